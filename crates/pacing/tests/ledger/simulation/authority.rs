//! Who keeps the ledger, and can die at any moment.

use std::collections::BTreeMap;

use campaign::ad::Budget;
use campaign::id::{AdId, LeaseId};
use campaign::money::Money;
use campaign::time::{TimeZone, Timestamp};
use journal::position::Position;
use pacing::account::{AccountKey, Level, Window};
use pacing::lease::{GrantAnswer, GrantRequest, LeaseReturn};
use pacing::ledger::rows::LeaseState;
use pacing::ledger::settle::{Settled, Settlement};
use pacing::ledger::terms::Rules;
use pacing::ledger::{Ledger, audit};

use super::dice::Dice;
use super::world::Defect;
use crate::fixture::ad_account;
use crate::shadow::Shadow;

/// How many entries one transaction settles.
const BATCH: usize = 100;

pub struct Authority {
    rules: Rules,
    defect: Option<Defect>,
    zones: [TimeZone; 2],
    pub budgets: BTreeMap<Level, Budget>,
    /// The highest cap that was ever in force.
    highest: BTreeMap<(Level, bool), Money>,
    ledger: Option<Ledger>,
    shadow: Shadow,
    /// Written in the transaction of what they tell of: how much of each bidder's journal is settled.
    offsets: Vec<usize>,
    /// Until when each bidder's journal is known to be settled. Not written down.
    drained: Vec<Timestamp>,
    entries: u64,
    commits: u64,
    pub restarts: u64,
}

impl Authority {
    pub fn new(
        rules: Rules,
        zones: [TimeZone; 2],
        budgets: BTreeMap<Level, Budget>,
        bidders: usize,
        defect: Option<Defect>,
    ) -> Authority {
        let mut authority = Authority {
            rules,
            defect,
            zones,
            budgets,
            highest: BTreeMap::new(),
            ledger: None,
            shadow: Shadow::default(),
            offsets: vec![0; bidders],
            drained: vec![Timestamp::MIN; bidders],
            entries: 0,
            commits: 0,
            restarts: 0,
        };
        authority.note_caps();
        authority
    }

    pub fn is_up(&self) -> bool {
        self.ledger.is_some()
    }

    pub fn stop(&mut self) {
        self.ledger = None;
    }

    pub fn start(&mut self, now: Timestamp) {
        if self.is_up() {
            return;
        }
        self.restarts += 1;
        self.drained.fill(Timestamp::MIN);
        let since = match self.defect {
            Some(Defect::RestoresWithoutWaiting) => Timestamp::MIN,
            _ => now,
        };
        let mut ledger = self.shadow.restore(self.rules, since).unwrap();
        for ad in [1, 2, 3].map(AdId) {
            let account = ad_account(ad, &self.zones, |level| {
                self.budgets.get(&level).copied().unwrap_or_default()
            });
            ledger.set_ad(account, now).unwrap();
        }
        self.ledger = Some(ledger);
    }

    pub fn set_budget(&mut self, level: Level, budget: Budget, now: Timestamp) {
        self.budgets.insert(level, budget);
        self.note_caps();
        if let Some(ledger) = &mut self.ledger {
            ledger.set_budget(level, budget, now).unwrap();
        }
    }

    fn note_caps(&mut self) {
        for (level, budget) in &self.budgets {
            for (daily, cap) in [(false, budget.lifetime), (true, budget.daily)] {
                let highest = self.highest.entry((*level, daily)).or_default();
                *highest = cap.unwrap_or(Money::MAX).max(*highest);
            }
        }
    }

    /// Writes down what was done, unless it dies just before; says whether it did.
    fn commit(&mut self, dice: &mut Dice) -> Result<bool, String> {
        // Seldom, or it would wait for the notices of each outage all the time, and nothing would ever expire.
        if dice.permille(1) && dice.permille(100) {
            self.stop();
            return Ok(false);
        }
        if let Some(ledger) = &mut self.ledger {
            self.shadow.write(ledger.changes());
        }
        self.must_hold()?;
        Ok(true)
    }

    pub fn grant(
        &mut self,
        request: GrantRequest,
        now: Timestamp,
        dice: &mut Dice,
    ) -> Result<Option<GrantAnswer>, String> {
        let Some(ledger) = &mut self.ledger else {
            return Ok(None);
        };
        let answer = ledger.grant(&[request], now)[0];
        Ok(self.commit(dice)?.then_some(answer))
    }

    /// Whether the return was taken.
    pub fn close(
        &mut self,
        back: &LeaseReturn,
        now: Timestamp,
        dice: &mut Dice,
    ) -> Result<bool, String> {
        let Some(ledger) = &mut self.ledger else {
            return Ok(false);
        };
        let _ = ledger.close(back, now);
        self.commit(dice)
    }

    /// Settles what a bidder's journal has that is new.
    pub fn drain(
        &mut self,
        bidder: usize,
        journal: &[Settlement],
        now: Timestamp,
        dice: &mut Dice,
    ) -> Result<Vec<Settled>, String> {
        let mut settled = Vec::new();
        let Some(ledger) = &mut self.ledger else {
            return Ok(settled);
        };
        let from = self.offsets[bidder];
        let to = journal.len().min(from + BATCH);
        if from < to {
            let position = Position(self.entries + (to - from) as u64);
            settled = ledger.settle(&journal[from..to], position);
            if !self.commit(dice)? {
                return Ok(settled);
            }
            self.entries = position.0;
            self.offsets[bidder] = to;
        }
        if to == journal.len() {
            self.drained[bidder] = now;
        }
        Ok(settled)
    }

    /// Lets time pass, as far as all journals are settled.
    pub fn expire(&mut self, now: Timestamp, dice: &mut Dice) -> Result<(), String> {
        let settled_until = self.drained.iter().min().copied().unwrap_or(now);
        let watermark = match self.defect {
            Some(Defect::ExpiresByTheClock) => now,
            _ => settled_until,
        };
        if let Some(ledger) = &mut self.ledger {
            while ledger.expire(watermark).more {}
            self.commit(dice)?;
        }
        Ok(())
    }

    /// What must be true of what was written down, always; that the rows add up is looked at now and then.
    fn must_hold(&mut self) -> Result<(), String> {
        self.commits += 1;
        if self.commits.is_multiple_of(64) {
            audit(&self.shadow.rows()).map_err(|broken| broken.to_string())?;
        }
        for row in self.shadow.accounts() {
            let AccountKey { level, window } = row.key;
            let highest = self.highest[&(level, window != Window::Lifetime)];
            let over = row.effective.is_some_and(|cap| row.posted + row.held > cap);
            if over || row.overspend != Money::ZERO || row.posted + row.held > highest {
                return Err(format!(
                    "over the cap, the highest ever was {highest:?}: {row:?}"
                ));
            }
        }
        Ok(())
    }

    /// A lease that is still spent must not be over for the authority.
    pub fn must_be_open(&self, lease: LeaseId) -> Result<(), String> {
        match self.shadow.lease(lease) {
            Some(row) if row.state == LeaseState::Open => Ok(()),
            other => Err(format!("a bid was made from {other:?}")),
        }
    }

    /// What was charged to the advertiser and to the house; an error where anything is still held.
    pub fn close_books(&self) -> Result<(i128, i128), String> {
        let rows = self.shadow.rows();
        if let Some(row) = rows.accounts.iter().find(|row| row.held != Money::ZERO) {
            return Err(format!("still held at the end: {row:?}"));
        }
        if let Some(row) = rows.leases.iter().find(|l| l.state != LeaseState::Finished) {
            return Err(format!("still alive at the end: {row:?}"));
        }
        let charged = rows.accounts.iter().filter(|row| {
            matches!(row.key.level, Level::Advertiser(_)) && row.key.window == Window::Lifetime
        });
        Ok((
            charged.map(|row| i128::from(row.posted.0)).sum(),
            self.house(),
        ))
    }

    pub fn house(&self) -> i128 {
        let rows = self.shadow.house_losses();
        rows.map(|row| i128::from(row.amount.0)).sum()
    }

    pub fn next_lease(&self) -> u64 {
        self.shadow.rows().progress.map_or(0, |p| p.next_lease.0)
    }
}
