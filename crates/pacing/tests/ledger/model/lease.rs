//! A lease as the list of what happened to it.

use campaign::id::{AdId, Incarnation, LeaseId};
use campaign::time::{Day, Timestamp};
use pacing::account::{AccountKey, Window};
use pacing::ledger::rows::LeaseState;

use crate::fixture::levels_of;

pub struct Lease {
    pub id: LeaseId,
    pub ad: AdId,
    pub holder: Incarnation,
    pub request: u64,
    pub days: [Day; 2],
    pub amount: i128,
    pub state: LeaseState,
    pub release_at: Timestamp,
    pub facts: Vec<Fact>,
    pub in_doubt_at_expiry: i128,
    pub forgotten: bool,
}

pub enum Fact {
    Paid(i128),
    PaidBeyond(i128),
    GivenBack(i128),
    KeptBack(i128),
    KeptBackGiven(i128),
    BilledLate(i128),
}

impl Lease {
    pub fn sum(&self, pick: impl Fn(&Fact) -> i128) -> i128 {
        self.facts.iter().map(pick).sum()
    }

    pub fn paid(&self) -> i128 {
        self.sum(|f| if let Fact::Paid(x) = f { *x } else { 0 })
    }

    pub fn beyond(&self) -> i128 {
        self.sum(|f| if let Fact::PaidBeyond(x) = f { *x } else { 0 })
    }

    pub fn given_back(&self) -> i128 {
        self.sum(|f| match f {
            Fact::GivenBack(x) | Fact::KeptBackGiven(x) => *x,
            _ => 0,
        })
    }

    pub fn in_doubt(&self) -> i128 {
        if self.state < LeaseState::Expired {
            self.amount - self.paid() - self.given_back()
        } else {
            0
        }
    }

    /// What was kept at expiry, less what was paid after it, less what was given up in the end.
    pub fn kept_back(&self) -> i128 {
        let at_expiry = self
            .facts
            .iter()
            .position(|f| matches!(f, Fact::KeptBack(_)));
        let Some(at_expiry) = at_expiry else { return 0 };
        let after = self.facts[at_expiry..].iter().map(|f| match f {
            Fact::KeptBack(x) => *x,
            Fact::Paid(x) | Fact::KeptBackGiven(x) => -*x,
            _ => 0,
        });
        after.sum()
    }

    pub fn keys(&self) -> [AccountKey; 6] {
        keys(self.ad, self.days)
    }
}

/// Advertiser, campaign, ad; each its lifetime, then its day.
pub fn keys(ad: AdId, days: [Day; 2]) -> [AccountKey; 6] {
    let levels = levels_of(ad);
    std::array::from_fn(|i| AccountKey {
        level: levels[i / 2],
        window: match (i % 2, i / 2) {
            (0, _) => Window::Lifetime,
            (_, 0) => Window::Day(days[0]),
            (_, _) => Window::Day(days[1]),
        },
    })
}
