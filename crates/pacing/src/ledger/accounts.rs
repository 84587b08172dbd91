//! The accounts, and the four ways in which money moves through them.

use campaign::ad::Budget;
use campaign::money::Money;
use campaign::time::{Day, Timestamp};

use super::rows::{AccountRow, LeaseRow};
use super::table::Table;
use crate::account::{AccountKey, Level, Window};

/// The accounts that one lease's money goes through: three levels × two windows, widest first.
pub(super) type Path = [AccountKey; 6];

/// The accounts of a lease.
pub(super) fn path(lease: &LeaseRow) -> Path {
    let levels = [
        (Level::Advertiser(lease.advertiser), lease.advertiser_day),
        (Level::Campaign(lease.campaign), lease.campaign_day),
        (Level::Ad(lease.ad), lease.campaign_day),
    ];
    let [a, b, c] = levels.map(|(level, day)| {
        [Window::Lifetime, Window::Day(day)].map(|window| AccountKey { level, window })
    });
    [a[0], a[1], b[0], b[1], c[0], c[1]]
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Accounts(Table<AccountKey, AccountRow>);

impl Accounts {
    pub(super) fn restore(rows: Vec<AccountRow>) -> Accounts {
        Accounts(Table::restore(rows, |row| row.key))
    }

    pub(super) fn get(&self, key: &AccountKey) -> Option<&AccountRow> {
        self.0.get(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &AccountRow> {
        self.0.iter()
    }

    pub(super) fn drain(&mut self) -> (Vec<AccountRow>, Vec<AccountKey>) {
        self.0.drain()
    }

    /// Opens an account where there is none yet; says whether it did.
    pub(super) fn open(
        &mut self,
        key: AccountKey,
        ends: Option<Timestamp>,
        requested: Option<Money>,
    ) -> bool {
        if self.0.get(&key).is_some() {
            return false;
        }
        let row = AccountRow {
            key,
            ends,
            requested,
            effective: requested,
            posted: Money::ZERO,
            held: Money::ZERO,
            overspend: Money::ZERO,
        };
        self.0.put(key, row);
        true
    }

    /// Forgets an account that holds nothing.
    pub(super) fn forget(&mut self, key: &AccountKey) {
        if self.0.get(key).is_some_and(|row| row.held == Money::ZERO) {
            self.0.remove(key);
        }
    }

    /// Puts a budget in force, for the lifetime and for days that are not over.
    pub(super) fn set_budget(&mut self, level: Level, budget: Budget, today: Day) {
        let key = |window| AccountKey { level, window };
        let days = key(Window::Day(today))..=key(Window::Day(Day(i32::MAX)));
        let open: Vec<AccountKey> = self.0.range(days).map(|row| row.key).collect();
        for account in open {
            self.set_requested(account, budget.daily);
        }
        self.set_requested(key(Window::Lifetime), budget.lifetime);
    }

    fn set_requested(&mut self, key: AccountKey, requested: Option<Money>) {
        if self
            .0
            .get(&key)
            .is_none_or(|row| row.requested == requested)
        {
            return;
        }
        if let Some(row) = self.0.change(&key) {
            row.requested = requested;
            row.effective = requested.map(|cap| cap.max(row.posted + row.held));
        }
    }

    /// What may still be promised on the whole path: the least room of its accounts, and whose that is. Not above
    /// zero where a budget is used up or was cut below what is promised; nothing where an account is not there.
    pub(super) fn room(&self, path: &Path) -> (Money, AccountKey) {
        let mut least = (Money::MAX, path[0]);
        for key in path {
            let room = self.0.get(key).map_or(Money::ZERO, |row| {
                // Without a limit of its own, an account ends where an amount of money does.
                row.requested
                    .unwrap_or(Money::MAX)
                    .saturating_sub(row.posted)
                    .saturating_sub(row.held)
            });
            if room < least.0 {
                least = (room, *key);
            }
        }
        least
    }

    /// Promises money to a lease. The caller has asked for the room.
    pub(super) fn hold(&mut self, path: &Path, amount: Money) {
        self.each(path, amount, |row| row.held += amount);
    }

    /// Takes a promise back, and lets a cap that was cut fall with it.
    pub(super) fn release(&mut self, path: &Path, amount: Money) {
        self.each(path, amount, |row| {
            row.held -= amount;
            if let (Some(requested), Some(effective)) = (row.requested, row.effective) {
                row.effective = Some(effective.min(requested.max(row.posted + row.held)));
            }
        });
    }

    /// Charges money that was held.
    pub(super) fn post(&mut self, path: &Path, amount: Money) {
        self.each(path, amount, |row| {
            row.held -= amount;
            charge(row, amount);
        });
    }

    /// Charges money that was not held. The caller has asked for the room.
    pub(super) fn post_unheld(&mut self, path: &Path, amount: Money) {
        self.each(path, amount, |row| charge(row, amount));
    }

    fn each(&mut self, path: &Path, amount: Money, mut move_money: impl FnMut(&mut AccountRow)) {
        if amount == Money::ZERO {
            return;
        }
        for key in path {
            if let Some(row) = self.0.change(key) {
                move_money(row);
                debug_assert!(row.held >= Money::ZERO, "{row:?}");
            }
        }
    }
}

/// Every charge goes through here, and is measured against the cap in force. That cap (`effective`) only ever rises
/// by a person's budget change, never by a charge, so what this finds is what really went over.
fn charge(row: &mut AccountRow, amount: Money) {
    let before = row.posted;
    row.posted += amount;
    if let Some(cap) = row.effective {
        row.overspend += (row.posted - cap.max(before)).or_zero();
    }
}
