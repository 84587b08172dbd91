//! The ledger: every account, every lease, and every bid that came to its end, as a state machine in memory.
//!
//! It reads no clock, does no I/O, and knows no floats. Who drives it tells it the time, and after each batch writes
//! down [`Ledger::changes`] in one transaction; [`Ledger::restore`] makes the same ledger of what was written.
//!
//! Money moves along one road: a grant **holds** it, at three levels (advertiser, campaign, ad) in two windows
//! (lifetime, day); a billing **posts** it; a loss, a return, or expiry **releases** it. `posted + held ≤ cap` is
//! therefore true at every level whatever crashes, repeats or comes late, since nothing is spent that was not held
//! before. A lease belongs to the days of its grant, and so do its billings, whenever they come.

mod accounts;
mod audit;
mod expire;
mod grant;
mod lateness;
pub mod rows;
pub mod settle;
mod table;
pub mod terms;

use std::collections::{BTreeMap, BTreeSet};

use campaign::ad::Budget;
use campaign::id::{AdId, AdvertiserId, BidId, Incarnation, LeaseId};
use campaign::money::Money;
use campaign::time::{TimeZone, Timestamp};
use journal::position::Position;

use crate::account::{AccountKey, Level};
use crate::lease::LeaseReturn;
use accounts::Accounts;
pub use audit::{Broken, audit};
pub use expire::{Expired, MAX_DUE_PER_CALL};
use rows::{
    AccountRow, BidRow, Changes, HouseLossRow, LatenessRow, LeaseRow, LeaseState, Progress, Rows,
};
use table::Table;
use terms::{AdAccount, Rules};

/// All the money.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    rules: Rules,
    /// What is sold, as it was last told: not written down here, since the campaign records are.
    ads: BTreeMap<AdId, AdPlace>,
    levels: BTreeMap<Level, LevelTerms>,
    accounts: Accounts,
    leases: Table<LeaseId, LeaseRow>,
    bids: Table<BidId, BidRow>,
    house_losses: Table<AdId, HouseLossRow>,
    lateness: Table<AdvertiserId, LatenessRow>,
    progress: Progress,
    progress_changed: bool,
    /// Which lease answered which request. Follows from the leases.
    requests: BTreeMap<(Incarnation, u64), LeaseId>,
    /// What is to be done when the watermark reaches a moment. Follows from the rows.
    agenda: BTreeSet<(Timestamp, Due)>,
}

/// Where an ad hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AdPlace {
    levels: [Level; 3],
    halted: bool,
}

/// A level's limits.
#[derive(Clone, Debug, PartialEq)]
struct LevelTerms {
    parent: Option<Level>,
    budget: Budget,
    zone: TimeZone,
}

/// Something whose time comes. Leases first: what is due for a lease comes before its bids are forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Lease(LeaseId),
    Bid(BidId),
    Account(AccountKey),
}

impl Ledger {
    /// A ledger in which nothing has happened.
    pub fn new(rules: Rules) -> Ledger {
        Ledger {
            rules,
            ads: BTreeMap::new(),
            levels: BTreeMap::new(),
            accounts: Accounts::default(),
            leases: Table::default(),
            bids: Table::default(),
            house_losses: Table::default(),
            lateness: Table::default(),
            progress: Progress {
                position: Position::default(),
                next_lease: LeaseId(1),
                forgotten: Timestamp::MIN,
            },
            progress_changed: false,
            requests: BTreeMap::new(),
            agenda: BTreeSet::new(),
        }
    }

    /// The ledger that wrote these rows. It still has to be told its ads ([`Ledger::set_ad`]) before it grants.
    ///
    /// While it was away no notice was counted, so no lease's notices are taken for complete before
    /// `now` + [`Rules::lateness`]: the releases that are due sooner are put off.
    pub fn restore(rules: Rules, rows: Rows, now: Timestamp) -> Result<Ledger, Broken> {
        audit(&rows)?;
        let mut ledger = Ledger::new(rules);
        if let Some(progress) = rows.progress {
            ledger.progress = progress;
        }
        for row in &rows.leases {
            ledger.requests.insert((row.holder, row.request), row.id);
            ledger.agenda.insert((rules.due(row), Due::Lease(row.id)));
        }
        for row in &rows.bids {
            ledger.agenda.insert((row.forget_at, Due::Bid(row.bid)));
        }
        for row in &rows.accounts {
            if let Some(ends) = row.ends {
                let forget_at = ends + rules.account_retention();
                ledger.agenda.insert((forget_at, Due::Account(row.key)));
            }
        }
        ledger.accounts = Accounts::restore(rows.accounts);
        ledger.leases = Table::restore(rows.leases, |row| row.id);
        ledger.bids = Table::restore(rows.bids, |row| row.bid);
        ledger.house_losses = Table::restore(rows.house_losses, |row| row.ad);
        ledger.lateness = Table::restore(rows.lateness, |row| row.advertiser);
        ledger.put_off_releases(now + rules.lateness);
        Ok(ledger)
    }

    fn put_off_releases(&mut self, until: Timestamp) {
        let early: Vec<LeaseId> = self
            .leases
            .iter()
            .filter(|row| row.state < LeaseState::Expired && row.release_at < until)
            .map(|row| row.id)
            .collect();
        for id in early {
            if let Some(row) = self.leases.change(&id) {
                self.agenda.remove(&(row.release_at, Due::Lease(id)));
                row.release_at = until;
                self.agenda.insert((until, Due::Lease(id)));
            }
        }
    }

    /// Tells the ledger of an ad, or that its budgets, zones or state changed. Saying the same again changes nothing.
    pub fn set_ad(&mut self, account: AdAccount, now: Timestamp) -> Result<(), AccountError> {
        let advertiser = Level::Advertiser(account.advertiser);
        let campaign = Level::Campaign(account.campaign);
        let ad = Level::Ad(account.ad);
        let levels = [
            (advertiser, None),
            (campaign, Some(advertiser)),
            (ad, Some(campaign)),
        ];
        for (level, parent) in levels {
            if self.levels.get(&level).is_some_and(|t| t.parent != parent) {
                return Err(AccountError::Moved(level));
            }
        }
        let zones = [
            account.advertiser_zone,
            account.campaign_zone.clone(),
            account.campaign_zone,
        ];
        let budgets = [
            account.advertiser_budget,
            account.campaign_budget,
            account.ad_budget,
        ];
        for (((level, parent), zone), budget) in levels.into_iter().zip(zones).zip(budgets) {
            let terms = LevelTerms {
                parent,
                budget,
                zone,
            };
            self.set_terms(level, terms, now);
        }
        let place = AdPlace {
            levels: [advertiser, campaign, ad],
            halted: account.halted,
        };
        self.ads.insert(account.ad, place);
        Ok(())
    }

    /// Changes a budget. A cap that is cut stops grants at once; what was promised under the old one is still honoured.
    /// A daily budget holds for today and from now on; days that are over keep the cap that they ended with.
    pub fn set_budget(
        &mut self,
        level: Level,
        budget: Budget,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        let mut terms = self
            .levels
            .get(&level)
            .cloned()
            .ok_or(AccountError::Unknown(level))?;
        terms.budget = budget;
        self.set_terms(level, terms, now);
        Ok(())
    }

    fn set_terms(&mut self, level: Level, terms: LevelTerms, now: Timestamp) {
        let today = terms.zone.day(now).day;
        self.accounts.set_budget(level, terms.budget, today);
        self.levels.insert(level, terms);
    }

    /// Takes a lease back, and frees what its holder never reserved. Returns how much that is: nothing where the
    /// lease was returned before, or is over. What was reserved stays held until notices or expiry resolve it.
    pub fn close(&mut self, back: &LeaseReturn, now: Timestamp) -> Result<Money, ReturnError> {
        let LeaseReturn {
            holder,
            lease,
            used,
        } = *back;
        let row = self
            .leases
            .get(&lease)
            .ok_or(ReturnError::UnknownLease(lease))?;
        if row.holder != holder {
            return Err(ReturnError::NotItsHolder { lease, holder });
        }
        if used < Money::ZERO || used > row.amount {
            return Err(ReturnError::UsedBeyondAmount {
                lease,
                used,
                amount: row.amount,
            });
        }
        if row.state != LeaseState::Open {
            return Ok(Money::ZERO);
        }
        let before = *row;
        // Less is in doubt than was not used only where notices named bids that the holder does not count.
        let free = (before.amount - used).min(before.in_doubt());
        // All its bids have been made, so the wait for their notices starts now.
        let release_at = before.release_at.min(now + self.rules.lateness);
        if let Some(row) = self.leases.change(&lease) {
            row.state = LeaseState::Returned;
            row.released += free;
            row.release_at = release_at;
        }
        self.agenda.remove(&(before.release_at, Due::Lease(lease)));
        self.agenda.insert((release_at, Due::Lease(lease)));
        self.accounts.release(&accounts::path(&before), free);
        Ok(free)
    }

    /// What changed since this was last asked. The first thing to do with it is to write it down: it is told once.
    pub fn changes(&mut self) -> Changes {
        let (accounts, deleted_accounts) = self.accounts.drain();
        let (leases, deleted_leases) = self.leases.drain();
        let (bids, deleted_bids) = self.bids.drain();
        let (house_losses, _) = self.house_losses.drain();
        let (lateness, _) = self.lateness.drain();
        let progress = std::mem::take(&mut self.progress_changed).then_some(self.progress);
        Changes {
            written: Rows {
                accounts,
                leases,
                bids,
                house_losses,
                lateness,
                progress,
            },
            deleted_accounts,
            deleted_leases,
            deleted_bids,
        }
    }

    /// Everything, as it would be written down.
    pub fn rows(&self) -> Rows {
        Rows {
            accounts: self.accounts.iter().copied().collect(),
            leases: self.leases.iter().copied().collect(),
            bids: self.bids.iter().copied().collect(),
            house_losses: self.house_losses.iter().copied().collect(),
            lateness: self.lateness.iter().copied().collect(),
            progress: Some(self.progress),
        }
    }

    /// The last entry of the journal that is counted: the journal is to be read on after it.
    pub fn position(&self) -> Position {
        self.progress.position
    }

    /// An account; `None` where nothing was ever leased in its window.
    pub fn account(&self, key: &AccountKey) -> Option<&AccountRow> {
        self.accounts.get(key)
    }

    /// All accounts, by key.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountRow> {
        self.accounts.iter()
    }

    /// A lease, as long as it is remembered.
    pub fn lease(&self, id: LeaseId) -> Option<&LeaseRow> {
        self.leases.get(&id)
    }

    /// How a bid ended, as long as it is remembered.
    pub fn bid(&self, id: BidId) -> Option<&BidRow> {
        self.bids.get(&id)
    }

    /// What the house paid, by ad; each in its advertiser's currency.
    pub fn house_losses(&self) -> impl Iterator<Item = &HouseLossRow> {
        self.house_losses.iter()
    }
}

/// What can be wrong with what the ledger is told of its accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// It hangs elsewhere: its money would be counted in two places.
    #[error("{0:?} belongs elsewhere in the ledger and cannot move: make a new one instead")]
    Moved(Level),
    /// Nobody told the ledger of it.
    #[error("the ledger does not know {0:?}: set one of its ads first")]
    Unknown(Level),
}

/// What can be wrong with a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReturnError {
    /// No such lease, or it is long forgotten.
    #[error("lease {0} is returned, but there is no such lease: drop it")]
    UnknownLease(LeaseId),
    /// Only who holds a lease knows what was reserved from it.
    #[error("lease {lease} is returned by {holder:?}, which does not hold it: let it expire")]
    NotItsHolder {
        /// Which lease.
        lease: LeaseId,
        /// Who sent the return.
        holder: Incarnation,
    },
    /// The holder reserved more than it had, or says nonsense. The lease is left to expire, as if all of it had been
    /// used.
    #[error(
        "lease {lease} is returned with {used:?} used of {amount:?}: the holder's meter is broken"
    )]
    UsedBeyondAmount {
        /// Which lease.
        lease: LeaseId,
        /// What was said to be used.
        used: Money,
        /// What was granted.
        amount: Money,
    },
}
