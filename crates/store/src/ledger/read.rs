//! Reads the ledger's rows back.

use campaign::id::{AdId, AdvertiserId, BidId, CampaignId, Incarnation, LeaseId};
use campaign::money::Money;
use campaign::time::{Day, Timestamp};
use journal::position::Position;
use pacing::account::{AccountKey, Level, Window};
use pacing::ledger::rows::{
    AccountRow, BidEnd, BidRow, HouseLossRow, LatenessRow, LeaseRow, Progress, Rows,
};
use rusqlite::{OptionalExtension, Row};

use super::LEASE_STATES;
use crate::database::{Transaction, id_of};
use crate::error::StoreError;

impl Transaction<'_> {
    /// Everything that the ledger wrote, to restore it from; each kind by its key.
    pub fn read_ledger(&self) -> Result<Rows, StoreError> {
        Ok(Rows {
            accounts: self.all(
                "SELECT level, owner, span, day, ends_ms, requested, effective, posted, held, overspend FROM accounts",
                account,
                |row| row.key,
            )?,
            leases: self.all(
                "SELECT id, ad, campaign, advertiser, node, start, request, advertiser_day, campaign_day, state, amount, \
                 settled, released, held_back, beyond, spend_until_ms, release_at_ms FROM leases",
                lease,
                |row| row.id,
            )?,
            bids: self.all(
                "SELECT node, start, sequence, lease, ended, charged, house_loss, forget_at_ms FROM bids",
                bid,
                |row| row.bid,
            )?,
            house_losses: self.all(
                "SELECT ad, amount FROM house_losses",
                |row| {
                    Ok(HouseLossRow {
                        ad: AdId(id_of(row.get(0)?)),
                        amount: Money(row.get(1)?),
                    })
                },
                |row| row.ad,
            )?,
            lateness: self.all(
                "SELECT advertiser, expired, billed_late FROM lateness",
                |row| {
                    Ok(LatenessRow {
                        advertiser: AdvertiserId(id_of(row.get(0)?)),
                        expired: Money(row.get(1)?),
                        billed_late: Money(row.get(2)?),
                    })
                },
                |row| row.advertiser,
            )?,
            progress: self.progress()?,
        })
    }

    /// How far ledger and rollups have come; `None` where nothing was ever written.
    pub fn progress(&self) -> Result<Option<Progress>, StoreError> {
        let sql = "SELECT position, next_lease, forgotten_ms FROM progress";
        let progress = self.sql.query_row(sql, [], |row| {
            Ok(Progress {
                position: Position(id_of(row.get(0)?)),
                next_lease: LeaseId(id_of(row.get(1)?)),
                forgotten: Timestamp(row.get(2)?),
            })
        });
        Ok(progress.optional()?)
    }

    /// All rows of a table. Sorted here: SQLite's order of ids that use the sign bit, and of words,
    /// is not the ledger's.
    fn all<T, K: Ord>(
        &self,
        sql: &str,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
        key: impl Fn(&T) -> K,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.sql.prepare(sql)?;
        let mut rows: Vec<T> = statement
            .query_and_then([], read)?
            .collect::<Result<_, _>>()?;
        rows.sort_by_key(key);
        Ok(rows)
    }
}

fn unreadable(table: &str, column: &str, found: &str) -> StoreError {
    StoreError::Unreadable(format!("{table}.{column} is \"{found}\""))
}

fn account(row: &Row<'_>) -> Result<AccountRow, StoreError> {
    let owner = id_of(row.get(1)?);
    let level = match row.get_ref(0)?.as_str().unwrap_or_default() {
        "advertiser" => Level::Advertiser(AdvertiserId(owner)),
        "campaign" => Level::Campaign(CampaignId(owner)),
        "ad" => Level::Ad(AdId(owner)),
        other => return Err(unreadable("accounts", "level", other)),
    };
    let window = match row.get_ref(2)?.as_str().unwrap_or_default() {
        "lifetime" => Window::Lifetime,
        "day" => Window::Day(Day(row.get(3)?)),
        other => return Err(unreadable("accounts", "span", other)),
    };
    Ok(AccountRow {
        key: AccountKey { level, window },
        ends: row.get::<_, Option<i64>>(4)?.map(Timestamp),
        requested: row.get::<_, Option<i64>>(5)?.map(Money),
        effective: row.get::<_, Option<i64>>(6)?.map(Money),
        posted: Money(row.get(7)?),
        held: Money(row.get(8)?),
        overspend: Money(row.get(9)?),
    })
}

fn lease(row: &Row<'_>) -> Result<LeaseRow, StoreError> {
    let name = row.get_ref(9)?.as_str().unwrap_or_default();
    let state = LEASE_STATES
        .iter()
        .find_map(|(state, known)| (*known == name).then_some(*state))
        .ok_or_else(|| unreadable("leases", "state", name))?;
    Ok(LeaseRow {
        id: LeaseId(id_of(row.get(0)?)),
        ad: AdId(id_of(row.get(1)?)),
        campaign: CampaignId(id_of(row.get(2)?)),
        advertiser: AdvertiserId(id_of(row.get(3)?)),
        holder: incarnation(row, 4)?,
        request: id_of(row.get(6)?),
        advertiser_day: Day(row.get(7)?),
        campaign_day: Day(row.get(8)?),
        state,
        amount: Money(row.get(10)?),
        settled: Money(row.get(11)?),
        released: Money(row.get(12)?),
        held_back: Money(row.get(13)?),
        beyond: Money(row.get(14)?),
        spend_until: Timestamp(row.get(15)?),
        release_at: Timestamp(row.get(16)?),
    })
}

fn bid(row: &Row<'_>) -> Result<BidRow, StoreError> {
    let end = match row.get_ref(4)?.as_str().unwrap_or_default() {
        "billed" => BidEnd::Billed {
            charged: Money(row.get(5)?),
            house_loss: Money(row.get(6)?),
        },
        "lost" => BidEnd::Lost,
        other => return Err(unreadable("bids", "ended", other)),
    };
    Ok(BidRow {
        bid: BidId {
            incarnation: incarnation(row, 0)?,
            sequence: id_of(row.get(2)?),
        },
        lease: LeaseId(id_of(row.get(3)?)),
        end,
        forget_at: Timestamp(row.get(7)?),
    })
}

/// Node and start, in two columns from this one on.
fn incarnation(row: &Row<'_>, first: usize) -> Result<Incarnation, StoreError> {
    Ok(Incarnation {
        node: row.get(first)?,
        start: row.get(first + 1)?,
    })
}
