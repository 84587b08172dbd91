//! What outlives a process of how budgets are paced: multipliers, moves of money, and what happened.

use campaign::id::{AdId, CampaignId};
use campaign::money::Money;
use campaign::time::Timestamp;
use pacing::account::Level;
use pacing::goal::Running;
use pacing::plan::{HOURS, Profile};
use rusqlite::{Row, params, params_from_iter};

use crate::database::{Transaction, id_of, sql_id};
use crate::error::StoreError;
use crate::record::RecordId;

/// So many moves are kept of each group, and as many events of each campaign.
pub const KEPT: i64 = 1_000;
/// The longest sentence that is kept, in bytes; what is longer is cut.
const MAX_SENTENCE: usize = 4_096;

/// When a campaign's segment began, and what had been charged to the campaign by then.
pub type SegmentStart = (Timestamp, Money);

/// A kind of event, as it is stored. The texts are never given to another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Something rose suddenly.
    Rise,
    /// Something fell suddenly.
    Fall,
    /// It is as usual again.
    BackToUsual,
    /// Spending ran away, and was stopped.
    BreakerTripped,
    /// A person let it go on.
    BreakerReset,
    /// Conversions are not told any more.
    ConversionsSilent,
}

impl EventKind {
    /// All of them.
    pub const ALL: [EventKind; 6] = [
        EventKind::Rise,
        EventKind::Fall,
        EventKind::BackToUsual,
        EventKind::BreakerTripped,
        EventKind::BreakerReset,
        EventKind::ConversionsSilent,
    ];

    const fn text(self) -> &'static str {
        match self {
            EventKind::Rise => "rise",
            EventKind::Fall => "fall",
            EventKind::BackToUsual => "back_to_usual",
            EventKind::BreakerTripped => "breaker_tripped",
            EventKind::BreakerReset => "breaker_reset",
            EventKind::ConversionsSilent => "conversions_silent",
        }
    }
}

/// What a budget's plan learned of the hours of the week.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanProfile {
    /// What was seen of each hour.
    pub profile: Profile,
    /// How many auctions an hour of average traffic has.
    pub per_hour: f64,
}

/// How a campaign's promise about what it buys stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    /// The promise, as whoever wrote it tells one from another.
    pub promise: String,
    /// What was spent and bought under it.
    pub running: Running,
    /// How many events it counts there were.
    pub events: f64,
}

/// Something that happened to a campaign's pacing.
#[derive(Clone, Debug, PartialEq)]
pub struct PacingEvent {
    /// To which campaign.
    pub campaign: CampaignId,
    /// When.
    pub at: Timestamp,
    /// What kind.
    pub kind: EventKind,
    /// Of what.
    pub metric: String,
    /// What happened, in one sentence.
    pub what: String,
}

/// Money that went to another ad of a campaign than before, or to another campaign of an advertiser.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// Whose: a campaign, or an advertiser.
    pub group: RecordId,
    /// When.
    pub at: Timestamp,
    /// Which ad or campaign gets less.
    pub from: RecordId,
    /// Which ad or campaign gets more.
    pub to: RecordId,
    /// How much of what was spent in the hour before, in the advertiser's currency.
    pub amount: Money,
    /// The same in millionths of what the group spent in that hour.
    pub share_ppm: u32,
    /// Why, in one sentence.
    pub why: String,
}

/// A row with its number; lists go from high numbers to low.
pub type Numbered<T> = (u64, T);

fn level(level: Level) -> (&'static str, u64) {
    match level {
        Level::Advertiser(id) => ("advertiser", id.0),
        Level::Campaign(id) => ("campaign", id.0),
        Level::Ad(id) => ("ad", id.0),
    }
}

fn level_of(level: &str, owner: u64) -> Level {
    match level {
        "advertiser" => Level::Advertiser(campaign::id::AdvertiserId(owner)),
        "campaign" => Level::Campaign(CampaignId(owner)),
        _ => Level::Ad(AdId(owner)),
    }
}

fn hours_to_bytes(hours: &[f64; HOURS]) -> Vec<u8> {
    hours.iter().flat_map(|hour| hour.to_le_bytes()).collect()
}

fn hours_of_bytes(bytes: &[u8]) -> [f64; HOURS] {
    let mut hours = [0.0; HOURS];
    for (hour, bytes) in hours.iter_mut().zip(bytes.as_chunks().0) {
        *hour = f64::from_le_bytes(*bytes);
    }
    hours
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_SENTENCE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

impl Transaction<'_> {
    /// Notes the multiplier of a budget.
    pub fn write_multiplier(
        &self,
        of: Level,
        multiplier: f64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (level, owner) = level(of);
        let sql = "INSERT INTO multipliers (level, owner, multiplier, at_ms) VALUES (?, ?, ?, ?) \
                   ON CONFLICT DO UPDATE SET multiplier = excluded.multiplier, at_ms = excluded.at_ms";
        let row = params![level, sql_id(owner), multiplier, at.0];
        self.sql.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Every multiplier that was noted since this moment.
    pub fn read_multipliers(&self, since: Timestamp) -> Result<Vec<(Level, f64)>, StoreError> {
        let sql = "SELECT level, owner, multiplier FROM multipliers WHERE at_ms >= ?";
        let mut statement = self.sql.prepare(sql)?;
        let rows = statement.query_map([since.0], |row| {
            let (level, owner): (String, u64) = (row.get(0)?, row.get(1).map(id_of)?);
            Ok((level_of(&level, owner), row.get(2)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes what a budget's plan learned of the hours of the week.
    pub fn write_plan_profile(
        &self,
        of: Level,
        plan: &PlanProfile,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (level, owner) = level(of);
        let sql = "INSERT OR REPLACE INTO plan_profiles (level, owner, per_hour, auctions, watched, at_ms) \
                   VALUES (?, ?, ?, ?, ?, ?)";
        let (auctions, watched) = plan.profile.counts();
        let (auctions, watched) = (hours_to_bytes(auctions), hours_to_bytes(watched));
        let per_hour = plan.per_hour.max(0.0);
        let row = params![level, sql_id(owner), per_hour, auctions, watched, at.0];
        self.sql.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// What was noted of plans since this moment.
    pub fn read_plan_profiles(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(Level, PlanProfile)>, StoreError> {
        let sql =
            "SELECT level, owner, per_hour, auctions, watched FROM plan_profiles WHERE at_ms >= ?";
        let mut statement = self.sql.prepare(sql)?;
        let rows = statement.query_map([since.0], |row| {
            let (level, owner): (String, u64) = (row.get(0)?, row.get(1).map(id_of)?);
            let (auctions, watched): (Vec<u8>, Vec<u8>) = (row.get(3)?, row.get(4)?);
            let profile = Profile::kept(hours_of_bytes(&auctions), hours_of_bytes(&watched));
            let per_hour = row.get(2)?;
            Ok((level_of(&level, owner), PlanProfile { profile, per_hour }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes how a campaign's promise stands.
    pub fn write_promise(
        &self,
        of: CampaignId,
        promise: &Promise,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO promises \
                   (campaign, promise, spent, expected, ripe, observed, events, at_ms) \
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let it = &promise.running;
        let row = params![
            sql_id(of.0),
            promise.promise,
            it.spent,
            it.expected,
            it.ripe,
            it.observed,
            promise.events,
            at.0
        ];
        self.sql.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Forgets how a campaign's promise stood: it makes none any more.
    pub fn forget_promise(&self, of: CampaignId) -> Result<(), StoreError> {
        let sql = "DELETE FROM promises WHERE campaign = ?";
        self.sql.prepare_cached(sql)?.execute([sql_id(of.0)])?;
        Ok(())
    }

    /// How campaigns' promises stood when they were noted.
    pub fn read_promises(&self) -> Result<Vec<(CampaignId, Promise)>, StoreError> {
        let sql = "SELECT campaign, promise, spent, expected, ripe, observed, events FROM promises";
        let mut statement = self.sql.prepare(sql)?;
        let rows = statement.query_map([], |row| {
            let running = Running {
                spent: row.get(2)?,
                expected: row.get(3)?,
                ripe: row.get(4)?,
                observed: row.get(5)?,
            };
            let promise = Promise {
                promise: row.get(1)?,
                running,
                events: row.get(6)?,
            };
            Ok((CampaignId(row.get(0).map(id_of)?), promise))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes what had been charged to a campaign in all when its segment began.
    pub fn write_segment_start(
        &self,
        of: CampaignId,
        (start, charged): SegmentStart,
    ) -> Result<(), StoreError> {
        let sql =
            "INSERT OR REPLACE INTO segment_starts (campaign, start_ms, charged) VALUES (?, ?, ?)";
        let row = params![sql_id(of.0), start.0, charged.nanos()];
        self.sql.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// The last segment of each campaign that was noted.
    pub fn read_segment_starts(&self) -> Result<Vec<(CampaignId, SegmentStart)>, StoreError> {
        let sql = "SELECT campaign, start_ms, charged FROM segment_starts";
        let mut statement = self.sql.prepare(sql)?;
        let rows = statement.query_map([], |row| {
            let start = (Timestamp(row.get(1)?), Money(row.get(2)?));
            Ok((CampaignId(row.get(0).map(id_of)?), start))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps an event, and forgets the campaign's oldest beyond [`KEPT`].
    pub fn add_pacing_event(&self, event: &PacingEvent) -> Result<(), StoreError> {
        let campaign = sql_id(event.campaign.0);
        let sql = "INSERT INTO pacing_events (campaign, at_ms, kind, metric, what) VALUES (?, ?, ?, ?, ?)";
        let (kind, what) = (event.kind.text(), cut(&event.what));
        let row = params![campaign, event.at.0, kind, event.metric, what];
        self.sql.prepare_cached(sql)?.execute(row)?;
        self.trim(("pacing_events", "campaign"), campaign)
    }

    /// Keeps a move, and forgets the group's oldest beyond [`KEPT`].
    pub fn add_move(&self, one: &Move) -> Result<(), StoreError> {
        let group = sql_id(one.group.0);
        let sql = "INSERT INTO moves (group_number, at_ms, from_member, to_member, amount, share_ppm, why) \
                   VALUES (?, ?, ?, ?, ?, ?, ?)";
        let (from, to) = (sql_id(one.from.0), sql_id(one.to.0));
        let why = cut(&one.why);
        let row = params![group, one.at.0, from, to, one.amount.0, one.share_ppm, why];
        self.sql.prepare_cached(sql)?.execute(row)?;
        self.trim(("moves", "group_number"), group)
    }

    fn trim(&self, (table, of): (&str, &str), number: i64) -> Result<(), StoreError> {
        let sql = format!(
            "DELETE FROM {table} WHERE {of} = ?1 AND id <= \
             (SELECT id FROM {table} WHERE {of} = ?1 ORDER BY id DESC LIMIT 1 OFFSET {KEPT})"
        );
        self.sql.prepare_cached(&sql)?.execute([number])?;
        Ok(())
    }

    /// A campaign's events with lower numbers than `before`, newest first, at most so many.
    pub fn list_pacing_events(
        &self,
        of: CampaignId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Numbered<PacingEvent>>, StoreError> {
        let sql = "SELECT id, at_ms, kind, metric, what FROM pacing_events \
                   WHERE campaign = ? AND id < ? ORDER BY id DESC LIMIT ?";
        self.list(sql, [sql_id(of.0)], before, limit, |row| {
            let kind: String = row.get(2)?;
            let known = EventKind::ALL
                .into_iter()
                .find(|known| known.text() == kind);
            Ok(PacingEvent {
                campaign: of,
                at: Timestamp(row.get(1)?),
                kind: known.ok_or(rusqlite::Error::InvalidQuery)?,
                metric: row.get(3)?,
                what: row.get(4)?,
            })
        })
    }

    /// The moves between a group's members, and those from or to the group itself in the wider one that it is in, if it
    /// is in one. With lower numbers than `before`, newest first, at most so many.
    pub fn list_moves(
        &self,
        of: RecordId,
        within: Option<RecordId>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Numbered<Move>>, StoreError> {
        let sql = "SELECT id, at_ms, from_member, to_member, amount, share_ppm, why, group_number FROM moves \
                   WHERE (group_number = ?1 OR group_number = ?2 AND (from_member = ?1 OR to_member = ?1)) \
                   AND id < ?3 ORDER BY id DESC LIMIT ?4";
        let groups = [sql_id(of.0), sql_id(within.unwrap_or(of).0)];
        self.list(sql, groups, before, limit, |row| {
            Ok(Move {
                group: RecordId(row.get(7).map(id_of)?),
                at: Timestamp(row.get(1)?),
                from: RecordId(row.get(2).map(id_of)?),
                to: RecordId(row.get(3).map(id_of)?),
                amount: Money(row.get(4)?),
                share_ppm: row.get(5)?,
                why: row.get(6)?,
            })
        })
    }

    fn list<T, const N: usize>(
        &self,
        sql: &str,
        of: [i64; N],
        before: Option<u64>,
        limit: usize,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<Numbered<T>>, StoreError> {
        let before = before.map_or(i64::MAX, sql_id);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.sql.prepare_cached(sql)?;
        let values = of.into_iter().chain([before, limit]);
        let rows = statement.query_map(params_from_iter(values), |row| {
            Ok((row.get(0).map(id_of)?, read(row)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests;
