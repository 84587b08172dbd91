//! A store that keeps in memory what a real one writes down.

use std::collections::BTreeMap;

use campaign::id::{AdId, AdvertiserId, BidId, LeaseId};
use campaign::time::Timestamp;
use pacing::account::AccountKey;
use pacing::ledger::rows::{
    AccountRow, BidRow, Changes, HouseLossRow, LatenessRow, LeaseRow, Progress, Rows,
};
use pacing::ledger::terms::Rules;
use pacing::ledger::{Broken, Ledger};

#[derive(Clone, Debug, Default)]
pub struct Shadow {
    accounts: BTreeMap<AccountKey, AccountRow>,
    leases: BTreeMap<LeaseId, LeaseRow>,
    bids: BTreeMap<BidId, BidRow>,
    house_losses: BTreeMap<AdId, HouseLossRow>,
    lateness: BTreeMap<AdvertiserId, LatenessRow>,
    progress: Option<Progress>,
}

impl Shadow {
    pub fn write(&mut self, changes: Changes) {
        let written = changes.written;
        self.accounts
            .extend(written.accounts.into_iter().map(|r| (r.key, r)));
        self.leases
            .extend(written.leases.into_iter().map(|r| (r.id, r)));
        self.bids
            .extend(written.bids.into_iter().map(|r| (r.bid, r)));
        self.house_losses
            .extend(written.house_losses.into_iter().map(|r| (r.ad, r)));
        self.lateness
            .extend(written.lateness.into_iter().map(|r| (r.advertiser, r)));
        self.progress = written.progress.or(self.progress);
        for key in changes.deleted_accounts {
            self.accounts
                .remove(&key)
                .expect("only what was written is deleted");
        }
        for id in changes.deleted_leases {
            self.leases.remove(&id);
        }
        for id in changes.deleted_bids {
            self.bids.remove(&id);
        }
    }

    pub fn rows(&self) -> Rows {
        Rows {
            accounts: self.accounts.values().copied().collect(),
            leases: self.leases.values().copied().collect(),
            bids: self.bids.values().copied().collect(),
            house_losses: self.house_losses.values().copied().collect(),
            lateness: self.lateness.values().copied().collect(),
            progress: self.progress,
        }
    }

    pub fn accounts(&self) -> impl Iterator<Item = &AccountRow> {
        self.accounts.values()
    }

    pub fn lease(&self, id: LeaseId) -> Option<&LeaseRow> {
        self.leases.get(&id)
    }

    pub fn house_losses(&self) -> impl Iterator<Item = &HouseLossRow> {
        self.house_losses.values()
    }

    pub fn restore(&self, rules: Rules, now: Timestamp) -> Result<Ledger, Broken> {
        Ledger::restore(rules, self.rows(), now)
    }
}
