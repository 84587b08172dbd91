//! What becomes of a reservation.

use campaign::id::BidId;
use campaign::money::Money;
use journal::entry::{BidTerms, Entry, Event, Price};

/// A notice that moves money, out of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The bid that it is about, as it was signed.
    pub terms: BidTerms,
    /// What the exchange said.
    pub outcome: Outcome,
}

/// What the exchange said of a bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// We owe.
    Billed(Price),
    /// We lost.
    Lost,
}

impl Settlement {
    /// Reads an entry; `None` where it moves no money (a win is not yet a debt).
    pub fn of(entry: &Entry) -> Option<Settlement> {
        match &entry.event {
            Event::Billing { terms, price } => Some(Settlement {
                terms: *terms,
                outcome: Outcome::Billed(*price),
            }),
            Event::Loss { terms, .. } => Some(Settlement {
                terms: *terms,
                outcome: Outcome::Lost,
            }),
            Event::Win { .. }
            | Event::Impression { .. }
            | Event::View { .. }
            | Event::Click { .. }
            | Event::Conversion { .. } => None,
        }
    }
}

/// What a settlement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// To which bid.
    pub bid: BidId,
    /// What.
    pub effect: Effect,
}

/// What a settlement did to the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The bid is billed.
    Charged(Charge),
    /// The bid is lost, and so much went back to the budgets.
    Voided(Money),
    /// Nothing: the bid had come to its end before, or what is said changes nothing any more.
    Repeated,
    /// Nothing: a rehearsal.
    Rehearsed,
    /// Nothing: it is older than what the ledger remembers, so nobody can tell whether it is a repetition. To be looked at
    /// by a person; the keys that signed it should have been retired.
    TooOld,
}

/// Who paid for a billed bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// What the advertiser was charged. With `house_loss`, the price.
    pub charged: Money,
    /// What the house paid, because nothing covered it.
    pub house_loss: Money,
    /// The lease had expired.
    pub late: bool,
    /// The price was cut to what was reserved.
    pub clamped: bool,
    /// The price could not be read, so what was reserved was owed.
    pub unreadable: bool,
}
