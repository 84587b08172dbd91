//! What reports are made of: counts by hour and by what bid where.

use std::fmt::Write;

use campaign::id::{AdId, AdvertiserId, CampaignId, CreativeId, ExchangeId};
use campaign::money::Money;
use campaign::time::{Span, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Row, params, params_from_iter};

use crate::database::{Transaction, id_of, sql_id};
use crate::error::StoreError;

/// The most rows that one query hands out.
pub const MAX_ROWS: usize = 100_000;

/// Which row something counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RollupKey {
    hour: Timestamp,
    /// Who pays: says the currency of the amounts.
    pub advertiser: AdvertiserId,
    /// Of which campaign.
    pub campaign: CampaignId,
    /// Which ad.
    pub ad: AdId,
    /// What was shown.
    pub creative: CreativeId,
    /// Where.
    pub exchange: ExchangeId,
}

impl RollupKey {
    /// The row of the hour (of UTC) that holds `at`.
    pub fn new(
        at: Timestamp,
        advertiser: AdvertiserId,
        campaign: CampaignId,
        ad: AdId,
        creative: CreativeId,
        exchange: ExchangeId,
    ) -> RollupKey {
        RollupKey {
            hour: hour(at),
            advertiser,
            campaign,
            ad,
            creative,
            exchange,
        }
    }

    /// The first moment of its hour.
    pub fn hour(&self) -> Timestamp {
        self.hour
    }
}

/// The first moment of the hour (of UTC) that holds `at`.
pub fn hour(at: Timestamp) -> Timestamp {
    at - Span(at.0.rem_euclid(Span::hours(1).0))
}

/// What happened. Amounts are in the advertiser's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bids made. Bidders tell them by ad only: in rows of creative 0 and exchange 0.
    pub bids: i64,
    /// Auctions that exchanges said we won.
    pub wins: i64,
    /// Auctions that exchanges said we lost.
    pub losses: i64,
    /// Impressions that were billed.
    pub impressions: i64,
    /// What advertisers were charged for them.
    pub spend: Money,
    /// What the house paid for them.
    pub house_loss: Money,
    /// Impressions that pages told of.
    pub shown: i64,
    /// Impressions that were in view.
    pub views: i64,
    /// Clicks.
    pub clicks: i64,
    /// Conversions that a click is credited with.
    pub conversions: i64,
    /// What those were worth.
    pub conversion_value: Money,
}

/// What rows can be told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The hour of UTC, as its first moment in milliseconds.
    Hour,
    /// The advertiser.
    Advertiser,
    /// The campaign.
    Campaign,
    /// The ad.
    Ad,
    /// The creative.
    Creative,
    /// The exchange.
    Exchange,
    /// What users did. Only conversions and their value are known by it, and all of them.
    Action,
}

impl Dimension {
    const fn column(self) -> &'static str {
        match self {
            Dimension::Hour => "hour_ms",
            Dimension::Advertiser => "advertiser",
            Dimension::Campaign => "campaign",
            Dimension::Ad => "ad",
            Dimension::Creative => "creative",
            Dimension::Exchange => "exchange",
            Dimension::Action => "action",
        }
    }
}

/// What to report.
#[derive(Clone, Debug, Default)]
pub struct RollupQuery {
    /// From the hour that holds this moment.
    pub from: Timestamp,
    /// To the hour before the one that holds this moment, or through it where the moment is within an hour.
    pub until: Timestamp,
    /// One row for each of these together; none is one row for everything. Amounts of several
    /// advertisers may be of several currencies, so who does not tell advertisers apart must have
    /// chosen one.
    pub by: Vec<Dimension>,
    /// Only rows whose dimension is one of these ids. All filters must hold.
    pub only: Vec<(Dimension, Vec<u64>)>,
}

/// A row of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupRow {
    /// The values of [`RollupQuery::by`], in its order. For [`Dimension::Hour`], the hour's first
    /// moment in milliseconds.
    pub key: Vec<u64>,
    /// What happened.
    pub counts: Counts,
}

const COUNTS: [&str; 11] = [
    "bids",
    "wins",
    "losses",
    "impressions",
    "spend",
    "house_loss",
    "shown",
    "views",
    "clicks",
    "conversions",
    "conversion_value",
];

impl Counts {
    /// Adds what else happened; sums end where their numbers do.
    pub fn add(&mut self, other: &Counts) {
        self.bids = self.bids.saturating_add(other.bids);
        self.wins = self.wins.saturating_add(other.wins);
        self.losses = self.losses.saturating_add(other.losses);
        self.impressions = self.impressions.saturating_add(other.impressions);
        self.spend = self.spend.saturating_add(other.spend);
        self.house_loss = self.house_loss.saturating_add(other.house_loss);
        self.shown = self.shown.saturating_add(other.shown);
        self.views = self.views.saturating_add(other.views);
        self.clicks = self.clicks.saturating_add(other.clicks);
        self.conversions = self.conversions.saturating_add(other.conversions);
        self.conversion_value = self.conversion_value.saturating_add(other.conversion_value);
    }

    fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Counts> {
        Ok(Counts {
            bids: row.get(first)?,
            wins: row.get(first + 1)?,
            losses: row.get(first + 2)?,
            impressions: row.get(first + 3)?,
            spend: Money(row.get(first + 4)?),
            house_loss: Money(row.get(first + 5)?),
            shown: row.get(first + 6)?,
            views: row.get(first + 7)?,
            clicks: row.get(first + 8)?,
            conversions: row.get(first + 9)?,
            conversion_value: Money(row.get(first + 10)?),
        })
    }
}

impl Transaction<'_> {
    /// Adds to the rows, in the transaction of the settlement that it comes from.
    pub fn add_rollups<'r>(
        &self,
        rows: impl IntoIterator<Item = (&'r RollupKey, &'r Counts)>,
    ) -> Result<(), StoreError> {
        let sums = COUNTS.map(|count| format!("{count} = {count} + excluded.{count}"));
        let mut statement = self.sql.prepare_cached(&format!(
            "INSERT INTO rollups (hour_ms, advertiser, campaign, ad, creative, exchange, {}) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {}",
            COUNTS.join(", "),
            sums.join(", "),
        ))?;
        for (key, counts) in rows {
            statement.execute(params![
                key.hour.0,
                sql_id(key.advertiser.0),
                sql_id(key.campaign.0),
                sql_id(key.ad.0),
                sql_id(key.creative.0),
                sql_id(key.exchange.0),
                counts.bids,
                counts.wins,
                counts.losses,
                counts.impressions,
                counts.spend.0,
                counts.house_loss.0,
                counts.shown,
                counts.views,
                counts.clicks,
                counts.conversions,
                counts.conversion_value.0,
            ])?;
        }
        Ok(())
    }

    /// Sums the rows of a time by what they are to be told apart by; by key, at most [`MAX_ROWS`].
    pub fn query_rollups(&self, query: &RollupQuery) -> Result<Vec<RollupRow>, StoreError> {
        let (sql, values) = query.sql();
        let mut statement = self.sql.prepare(&sql)?;
        let rows = statement.query_map(params_from_iter(values), |row| {
            let key = (0..query.by.len()).map(|column| row.get(column).map(id_of));
            Ok(RollupRow {
                key: key.collect::<Result<_, _>>()?,
                counts: Counts::read(row, query.by.len())?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl RollupQuery {
    /// The statement and its values. Only names from this file get into the text.
    fn sql(&self) -> (String, Vec<Value>) {
        let by: Vec<&str> = self.by.iter().map(|dimension| dimension.column()).collect();
        let dimensions = self.only.iter().map(|(dimension, _)| dimension);
        let by_action = self
            .by
            .iter()
            .chain(dimensions)
            .any(|it| *it == Dimension::Action);
        let known = |count: &str| !by_action || count.starts_with("conversion");
        let sums = COUNTS.map(|count| match known(count) {
            true => format!("coalesce(sum({count}), 0)"),
            false => "0".to_owned(),
        });
        let table = if by_action {
            "action_rollups"
        } else {
            "rollups"
        };
        let columns = by.iter().map(|column| (*column).to_owned()).chain(sums);
        let columns: Vec<String> = columns.collect();
        let mut sql = format!(
            "SELECT {} FROM {table} WHERE hour_ms >= ? AND hour_ms < ?",
            columns.join(", ")
        );
        let mut values = vec![
            Value::Integer(hour(self.from).0),
            Value::Integer(self.until.0),
        ];
        for (dimension, ids) in &self.only {
            let marks = vec!["?"; ids.len()].join(", ");
            // Writing to a String cannot fail.
            let _ = write!(sql, " AND {} IN ({marks})", dimension.column());
            values.extend(ids.iter().map(|id| Value::Integer(sql_id(*id))));
        }
        if !by.is_empty() {
            let by = by.join(", ");
            let _ = write!(sql, " GROUP BY {by} ORDER BY {by}");
        }
        let _ = write!(sql, " LIMIT {MAX_ROWS}");
        (sql, values)
    }
}
