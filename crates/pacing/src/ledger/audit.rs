//! Whether rows can be those of a ledger: what has to add up, whatever has happened.

use std::collections::BTreeMap;

use campaign::id::LeaseId;
use campaign::money::Money;

use super::accounts::path;
use super::rows::{AccountRow, LeaseRow, LeaseState, Rows};
use crate::account::{AccountKey, Level, Window};

/// What does not add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Leases without the row that says which number is next.
    #[error(
        "there are leases or accounts, but no progress row: the ledger was not written down whole"
    )]
    NoProgress,
    /// A lease number that is still to be given out is in use.
    #[error("lease {0} exists, but its number has yet to be given out")]
    FutureLease(LeaseId),
    /// The parts of a lease are not its whole, or one of them is negative.
    #[error(
        "lease {0} does not add up: settled + released + in doubt + held back must be its amount, none negative"
    )]
    Lease(LeaseId),
    /// An account is over its cap, or negative.
    #[error(
        "account {0:?} does not add up: 0 ≤ posted, 0 ≤ held, posted + held ≤ effective, requested ≤ effective"
    )]
    Account(AccountKey),
    /// What an account holds is not what its leases hold.
    #[error("account {0:?} holds another sum than its leases")]
    Held(AccountKey),
    /// Over the lifetime, all ads, all campaigns and all advertisers are three counts of the same money.
    #[error("all ads, all campaigns and all advertisers have not posted and held the same sums")]
    Levels,
}

/// Checks everything that can be checked of rows alone. Reads every row, so it is for start-up, tests and inspections.
pub fn audit(rows: &Rows) -> Result<(), Broken> {
    match rows.progress {
        None if rows.leases.is_empty() && rows.accounts.is_empty() => {}
        None => return Err(Broken::NoProgress),
        Some(progress) => {
            if let Some(row) = rows.leases.iter().find(|l| l.id >= progress.next_lease) {
                return Err(Broken::FutureLease(row.id));
            }
        }
    }
    if let Some(row) = rows.leases.iter().find(|row| !lease_adds_up(row)) {
        return Err(Broken::Lease(row.id));
    }
    if let Some(row) = rows.accounts.iter().find(|row| !account_adds_up(row)) {
        return Err(Broken::Account(row.key));
    }
    accounts_hold_their_leases(rows)?;
    levels_are_their_children(rows)
}

fn lease_adds_up(row: &LeaseRow) -> bool {
    let parts = [row.settled, row.released, row.held_back, row.beyond];
    let Some(given) = Money::checked_sum([row.settled, row.released, row.held_back]) else {
        return false;
    };
    parts.iter().all(|part| *part >= Money::ZERO)
        && given <= row.amount
        && (row.state < LeaseState::Expired || row.in_doubt() == Money::ZERO)
        && (row.state == LeaseState::Expired || row.held_back == Money::ZERO)
}

fn account_adds_up(row: &AccountRow) -> bool {
    let Some(committed) = row.posted.checked_add(row.held) else {
        return false;
    };
    let capped = match (row.requested, row.effective) {
        (Some(requested), Some(effective)) => requested <= effective && committed <= effective,
        (None, None) => true,
        _ => false,
    };
    capped && row.posted >= Money::ZERO && row.held >= Money::ZERO
}

fn accounts_hold_their_leases(rows: &Rows) -> Result<(), Broken> {
    let mut held: BTreeMap<AccountKey, i128> = BTreeMap::new();
    for lease in rows
        .leases
        .iter()
        .filter(|l| l.state < LeaseState::Finished)
    {
        for key in path(lease) {
            let of_lease =
                i128::from(lease.in_doubt().nanos()) + i128::from(lease.held_back.nanos());
            *held.entry(key).or_default() += of_lease;
        }
    }
    for account in &rows.accounts {
        if held.remove(&account.key).unwrap_or(0) != i128::from(account.held.nanos()) {
            return Err(Broken::Held(account.key));
        }
    }
    match held.iter().find(|(_, sum)| **sum != 0) {
        Some((missing, _)) => Err(Broken::Held(*missing)),
        None => Ok(()),
    }
}

/// Only lifetimes: days of different zones cover different hours, and rows do not name the parent of an ad that has
/// no lease. So this compares the sums of whole floors: all ads, all campaigns, all advertisers.
fn levels_are_their_children(rows: &Rows) -> Result<(), Broken> {
    let mut floors: [(i128, i128); 3] = [(0, 0); 3];
    for row in rows
        .accounts
        .iter()
        .filter(|row| row.key.window == Window::Lifetime)
    {
        let floor = match row.key.level {
            Level::Advertiser(_) => 0,
            Level::Campaign(_) => 1,
            Level::Ad(_) => 2,
        };
        floors[floor].0 += i128::from(row.posted.nanos());
        floors[floor].1 += i128::from(row.held.nanos());
    }
    if floors[0] != floors[1] || floors[1] != floors[2] {
        return Err(Broken::Levels);
    }
    Ok(())
}
