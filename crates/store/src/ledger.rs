//! The ledger's rows. What the ledger says has changed is written in one transaction with all else
//! that the same journal entries change.

mod read;

use pacing::account::{AccountKey, Level, Window};
use pacing::ledger::rows::{
    AccountRow, BidEnd, BidRow, Changes, HouseLossRow, LatenessRow, LeaseRow, LeaseState, Progress,
};
use rusqlite::params;

use crate::database::{Transaction, sql_id};
use crate::error::StoreError;

/// A level as columns.
fn level_columns(level: Level) -> (&'static str, i64) {
    match level {
        Level::Advertiser(id) => ("advertiser", sql_id(id.0)),
        Level::Campaign(id) => ("campaign", sql_id(id.0)),
        Level::Ad(id) => ("ad", sql_id(id.0)),
    }
}

/// A window as columns.
fn window_columns(window: Window) -> (&'static str, i32) {
    match window {
        Window::Lifetime => ("lifetime", 0),
        Window::Day(day) => ("day", day.0),
    }
}

const LEASE_STATES: [(LeaseState, &str); 4] = [
    (LeaseState::Open, "open"),
    (LeaseState::Returned, "returned"),
    (LeaseState::Expired, "expired"),
    (LeaseState::Finished, "finished"),
];

impl Transaction<'_> {
    /// Writes what changed in the ledger, its place in the journal with it.
    pub fn write_ledger(&self, changes: &Changes) -> Result<(), StoreError> {
        self.delete_bids(changes)?;
        self.delete_leases(changes)?;
        self.delete_accounts(changes)?;
        let written = &changes.written;
        self.write_accounts(&written.accounts)?;
        self.write_leases(&written.leases)?;
        self.write_bids(&written.bids)?;
        self.write_house_losses(&written.house_losses)?;
        self.write_lateness(&written.lateness)?;
        match &written.progress {
            Some(progress) => self.write_progress(progress),
            None => Ok(()),
        }
    }

    fn write_accounts(&self, rows: &[AccountRow]) -> Result<(), StoreError> {
        let mut statement = self.sql.prepare(
            "INSERT INTO accounts (level, owner, span, day, ends_ms, requested, effective, posted, held, overspend) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ends_ms = excluded.ends_ms, \
             requested = excluded.requested, effective = excluded.effective, posted = excluded.posted, \
             held = excluded.held, overspend = excluded.overspend",
        )?;
        for row in rows {
            let AccountKey { level, window } = row.key;
            let (level, owner) = level_columns(level);
            let (span, day) = window_columns(window);
            statement.execute(params![
                level,
                owner,
                span,
                day,
                row.ends.map(|ends| ends.0),
                row.requested.map(|cap| cap.0),
                row.effective.map(|cap| cap.0),
                row.posted.0,
                row.held.0,
                row.overspend.0,
            ])?;
        }
        Ok(())
    }

    fn write_leases(&self, rows: &[LeaseRow]) -> Result<(), StoreError> {
        // Whose a lease is never changes, so a conflict on anything but its number is refused.
        let mut statement = self.sql.prepare(
            "INSERT INTO leases (id, ad, campaign, advertiser, node, start, request, advertiser_day, campaign_day, state, \
             amount, settled, released, held_back, beyond, spend_until_ms, release_at_ms) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, settled = excluded.settled, \
             released = excluded.released, held_back = excluded.held_back, \
             beyond = excluded.beyond, release_at_ms = excluded.release_at_ms",
        )?;
        for row in rows {
            let state = LEASE_STATES
                .iter()
                .find_map(|(state, name)| (*state == row.state).then_some(*name));
            statement.execute(params![
                sql_id(row.id.0),
                sql_id(row.ad.0),
                sql_id(row.campaign.0),
                sql_id(row.advertiser.0),
                row.holder.node,
                row.holder.start,
                sql_id(row.request),
                row.advertiser_day.0,
                row.campaign_day.0,
                state,
                row.amount.0,
                row.settled.0,
                row.released.0,
                row.held_back.0,
                row.beyond.0,
                row.spend_until.0,
                row.release_at.0,
            ])?;
        }
        Ok(())
    }

    fn write_bids(&self, rows: &[BidRow]) -> Result<(), StoreError> {
        let mut statement = self.sql.prepare(
            "INSERT INTO bids (node, start, sequence, lease, ended, charged, house_loss, forget_at_ms) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET lease = excluded.lease, ended = excluded.ended, \
             charged = excluded.charged, house_loss = excluded.house_loss, forget_at_ms = excluded.forget_at_ms",
        )?;
        for row in rows {
            let (ended, charged, house_loss) = match row.end {
                BidEnd::Billed {
                    charged,
                    house_loss,
                } => ("billed", charged.0, house_loss.0),
                BidEnd::Lost => ("lost", 0, 0),
            };
            statement.execute(params![
                row.bid.incarnation.node,
                row.bid.incarnation.start,
                sql_id(row.bid.sequence),
                sql_id(row.lease.0),
                ended,
                charged,
                house_loss,
                row.forget_at.0,
            ])?;
        }
        Ok(())
    }

    fn write_house_losses(&self, rows: &[HouseLossRow]) -> Result<(), StoreError> {
        let mut statement = self.sql.prepare(
            "INSERT INTO house_losses (ad, amount) VALUES (?, ?) ON CONFLICT DO UPDATE SET amount = excluded.amount",
        )?;
        for row in rows {
            statement.execute(params![sql_id(row.ad.0), row.amount.0])?;
        }
        Ok(())
    }

    fn write_lateness(&self, rows: &[LatenessRow]) -> Result<(), StoreError> {
        let mut statement = self.sql.prepare(
            "INSERT INTO lateness (advertiser, expired, billed_late) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET \
             expired = excluded.expired, billed_late = excluded.billed_late",
        )?;
        for row in rows {
            statement.execute(params![
                sql_id(row.advertiser.0),
                row.expired.0,
                row.billed_late.0
            ])?;
        }
        Ok(())
    }

    fn write_progress(&self, progress: &Progress) -> Result<(), StoreError> {
        let sql = "INSERT INTO progress (one, position, next_lease, forgotten_ms) VALUES (1, ?, ?, ?) ON CONFLICT DO UPDATE SET \
                   position = excluded.position, next_lease = excluded.next_lease, forgotten_ms = excluded.forgotten_ms";
        self.sql.execute(
            sql,
            params![
                sql_id(progress.position.0),
                sql_id(progress.next_lease.0),
                progress.forgotten.0
            ],
        )?;
        Ok(())
    }

    fn delete_bids(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut statement = self
            .sql
            .prepare("DELETE FROM bids WHERE node = ? AND start = ? AND sequence = ?")?;
        for bid in &changes.deleted_bids {
            let incarnation = bid.incarnation;
            statement.execute(params![
                incarnation.node,
                incarnation.start,
                sql_id(bid.sequence)
            ])?;
        }
        Ok(())
    }

    fn delete_leases(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut statement = self.sql.prepare("DELETE FROM leases WHERE id = ?")?;
        for lease in &changes.deleted_leases {
            statement.execute([sql_id(lease.0)])?;
        }
        Ok(())
    }

    fn delete_accounts(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut statement = self.sql.prepare(
            "DELETE FROM accounts WHERE level = ? AND owner = ? AND span = ? AND day = ?",
        )?;
        for key in &changes.deleted_accounts {
            let (level, owner) = level_columns(key.level);
            let (span, day) = window_columns(key.window);
            statement.execute(params![level, owner, span, day])?;
        }
        Ok(())
    }
}
