//! What time does to leases, bids and accounts.

use campaign::id::{BidId, LeaseId};
use campaign::money::Money;
use campaign::time::{Span, Timestamp};

use super::accounts::path;
use super::rows::{BidEnd, BidRow, LatenessRow, LeaseRow, LeaseState};
use super::terms::Rules;
use super::{Due, Ledger};

/// How many leases, bids and accounts one call looks at, at most, so that no call holds up the rest for long.
pub const MAX_DUE_PER_CALL: usize = 4_096;

/// What a call of [`Ledger::expire`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// So many leases expired.
    pub leases: usize,
    /// There is more to do: call again.
    pub more: bool,
}

impl Ledger {
    /// Lets time pass. `watermark` is not the time: it is the moment of which the caller knows that **every notice
    /// that came before it has been settled**. After an outage of whatever takes notices in, the time says nothing
    /// about them.
    pub fn expire(&mut self, watermark: Timestamp) -> Expired {
        let mut done = Expired::default();
        for _ in 0..MAX_DUE_PER_CALL {
            match self.agenda.first() {
                Some((at, _)) if *at <= watermark => {}
                _ => return done,
            }
            let Some((at, due)) = self.agenda.pop_first() else {
                return done;
            };
            match due {
                Due::Lease(id) => self.age_lease(id, &mut done),
                Due::Bid(id) => self.forget_bid(id, at),
                Due::Account(key) => self.accounts.forget(&key),
            }
        }
        done.more = self.agenda.first().is_some_and(|(at, _)| *at <= watermark);
        done
    }

    fn age_lease(&mut self, id: LeaseId, done: &mut Expired) {
        let Some(before) = self.leases.get(&id).copied() else {
            return;
        };
        let released = match before.state {
            LeaseState::Open | LeaseState::Returned => {
                done.leases += 1;
                self.expire_lease(&before)
            }
            LeaseState::Expired => self.finish_lease(&before),
            LeaseState::Finished => {
                self.leases.remove(&id);
                self.requests.remove(&(before.holder, before.request));
                return;
            }
        };
        self.accounts.release(&path(&before), released);
        if let Some(after) = self.leases.get(&id) {
            let due = (self.rules.due(after), Due::Lease(id));
            self.agenda.insert(due);
        }
    }

    /// Gives up what is in doubt, but for the hold-back; says how much.
    fn expire_lease(&mut self, before: &LeaseRow) -> Money {
        let in_doubt = before.in_doubt();
        let advertiser = before.advertiser;
        let seen = self.lateness.get(&advertiser).copied();
        let mut seen = seen.unwrap_or(LatenessRow::new(advertiser));
        let held_back = seen.hold_back(in_doubt);
        if in_doubt > Money::ZERO {
            seen.saw_expiry(in_doubt);
            self.lateness.put(advertiser, seen);
        }
        if let Some(row) = self.leases.change(&before.id) {
            row.state = LeaseState::Expired;
            row.held_back = held_back;
            row.released += in_doubt - held_back;
        }
        in_doubt - held_back
    }

    /// Gives up the hold-back; says how much.
    fn finish_lease(&mut self, before: &LeaseRow) -> Money {
        if let Some(row) = self.leases.change(&before.id) {
            row.state = LeaseState::Finished;
            row.released += before.held_back;
            row.held_back = Money::ZERO;
        }
        before.held_back
    }

    fn forget_bid(&mut self, id: BidId, at: Timestamp) {
        let Some(row) = self.bids.get(&id).copied() else {
            return;
        };
        match row.end {
            BidEnd::Billed { .. } => {
                self.progress.forgotten = self.progress.forgotten.max(at);
                self.progress_changed = true;
            }
            // A loss must be remembered for as long as its repetition would release money a second time. The release
            // may have been put off since.
            BidEnd::Lost => {
                let lease = self.leases.get(&row.lease);
                if let Some(lease) = lease.filter(|l| l.state < LeaseState::Expired) {
                    let forget_at = lease.release_at;
                    self.agenda.insert((forget_at, Due::Bid(id)));
                    self.bids.put(id, BidRow { forget_at, ..row });
                    return;
                }
            }
        }
        self.bids.remove(&id);
    }
}

impl Rules {
    /// When something is next to be done about a lease.
    pub(super) fn due(&self, lease: &LeaseRow) -> Timestamp {
        match lease.state {
            LeaseState::Open | LeaseState::Returned => lease.release_at,
            LeaseState::Expired => lease.release_at + self.late_cutoff,
            // No bid of it that could still be billed is younger than its release.
            LeaseState::Finished => lease.release_at + self.late_cutoff + self.retention,
        }
    }

    /// How long a day's accounts are kept after it: longer than any lease of the day is remembered.
    pub(super) fn account_retention(&self) -> Span {
        Span(
            (self.retention.0)
                .saturating_mul(2)
                .saturating_add(self.time_to_live.0)
                .saturating_add(self.lateness.0)
                .saturating_add(self.late_cutoff.0),
        )
    }
}
