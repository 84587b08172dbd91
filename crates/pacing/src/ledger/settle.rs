//! What becomes of a reservation.

use campaign::id::{AdId, BidId};
use campaign::money::Money;
use campaign::time::Timestamp;
use journal::entry::{BidTerms, Entry, Event, Price};
use journal::position::Position;

use super::accounts::path;
use super::rows::{BidEnd, BidRow, HouseLossRow, LatenessRow, LeaseRow, LeaseState};
use super::terms::Rules;
use super::{Due, Ledger};

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

/// Each entry with what settling it did, where it moves money. `settled` is what [`Ledger::settle`] answered to the
/// settlements of these entries.
pub fn effects<'a>(
    entries: &'a [(Position, Entry)],
    settled: &'a [Settled],
) -> impl Iterator<Item = (&'a Entry, Option<Effect>)> {
    let mut effects = settled.iter().map(|settled| settled.effect);
    entries.iter().map(move |(_, entry)| {
        let effect = Settlement::of(entry).and_then(|_| effects.next());
        (entry, effect)
    })
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
    /// Nothing: it is older than what the ledger remembers, so nobody can tell whether it is a repetition. To be
    /// looked at by a person; the keys that signed it should have been retired.
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

/// What a billing asks for.
struct Bill {
    price: Money,
    reserved: Money,
    clamped: bool,
    unreadable: bool,
}

impl Bill {
    /// `None` for a rehearsal. Nobody is ever charged more than was reserved, or less than nothing.
    fn read(reserved: Money, price: Price) -> Option<Bill> {
        let reserved = reserved.or_zero();
        let (asked, unreadable) = match price {
            Price::Cost(cost) => (cost.or_zero(), false),
            Price::Unreadable => (reserved, true),
            Price::Audit => return None,
        };
        Some(Bill {
            price: asked.min(reserved),
            reserved,
            clamped: asked > reserved,
            unreadable,
        })
    }
}

impl Rules {
    fn forget_billed_at(&self, terms: &BidTerms) -> Timestamp {
        terms.issued + self.retention
    }
}

impl Ledger {
    /// Settles what the journal tells up to `position`, which is written down with its effects. Each bid comes to one
    /// end, in whatever order and however often it is told; only a billing after a loss still counts (the exchange
    /// corrected itself, and charges us).
    pub fn settle(&mut self, settlements: &[Settlement], position: Position) -> Vec<Settled> {
        if position > self.progress.position {
            self.progress.position = position;
            self.progress_changed = true;
        }
        settlements
            .iter()
            .map(|settlement| Settled {
                bid: settlement.terms.bid,
                effect: match settlement.outcome {
                    Outcome::Billed(price) => self.bill(&settlement.terms, price),
                    Outcome::Lost => self.lose(&settlement.terms),
                },
            })
            .collect()
    }

    fn lose(&mut self, terms: &BidTerms) -> Effect {
        // One that is forgotten may have been billed.
        if self.bids.get(&terms.bid).is_some() || self.is_forgotten(terms) {
            return Effect::Repeated;
        }
        // Once a lease has expired, its losses have been given back with all else that was in doubt.
        let lease = self.leases.get(&terms.lease).copied();
        let Some(lease) = lease.filter(|l| l.ad == terms.ad && l.state < LeaseState::Expired)
        else {
            return Effect::Repeated;
        };
        let free = terms.max_cost.or_zero().min(lease.in_doubt());
        if let Some(row) = self.leases.change(&lease.id) {
            row.released += free;
        }
        self.accounts.release(&path(&lease), free);
        self.end_bid(terms, BidEnd::Lost, lease.release_at);
        Effect::Voided(free)
    }

    fn bill(&mut self, terms: &BidTerms, price: Price) -> Effect {
        let Some(bill) = Bill::read(terms.max_cost, price) else {
            return Effect::Rehearsed;
        };
        let end = self.bids.get(&terms.bid).map(|row| row.end);
        if matches!(end, Some(BidEnd::Billed { .. })) {
            return Effect::Repeated;
        }
        if self.is_forgotten(terms) {
            return Effect::TooOld;
        }
        let lease = self.leases.get(&terms.lease).copied();
        let lease = lease.filter(|lease| lease.ad == terms.ad);
        let charged = match lease {
            Some(lease) => self.cover(&lease, &bill, end == Some(BidEnd::Lost)),
            None => Money::ZERO,
        };
        let house_loss = bill.price - charged;
        self.lose_to_house(terms.ad, house_loss);
        let end = BidEnd::Billed {
            charged,
            house_loss,
        };
        self.end_bid(terms, end, self.rules.forget_billed_at(terms));
        Effect::Charged(Charge {
            charged,
            house_loss,
            late: lease.is_none_or(|lease| lease.state >= LeaseState::Expired),
            clamped: bill.clamped,
            unreadable: bill.unreadable,
        })
    }

    /// Charges a billing to its lease as far as anything covers it: first what the lease still holds for it, then
    /// what is free in the same accounts. Says how much was charged.
    fn cover(&mut self, before: &LeaseRow, bill: &Bill, given_back: bool) -> Money {
        let path = path(before);
        let mut lease = *before;
        let from_lease = match lease.state {
            // The bid's own reservation was given back when it was lost. What is in doubt now is that of other bids.
            LeaseState::Open | LeaseState::Returned if given_back => Money::ZERO,
            LeaseState::Open | LeaseState::Returned => {
                let own = bill.price.min(lease.in_doubt());
                lease.settled += own;
                let rest = (bill.reserved - bill.price).min(lease.in_doubt());
                lease.released += rest;
                self.accounts.release(&path, rest);
                own
            }
            LeaseState::Expired => {
                let own = bill.price.min(lease.held_back);
                lease.settled += own;
                lease.held_back -= own;
                self.see_late_billing(&lease, bill.price);
                own
            }
            LeaseState::Finished => Money::ZERO,
        };
        self.accounts.post(&path, from_lease);
        let (room, _) = self.accounts.room(&path);
        let beyond = (bill.price - from_lease).min(room.or_zero());
        self.accounts.post_unheld(&path, beyond);
        lease.beyond += beyond;
        self.leases.put(lease.id, lease);
        from_lease + beyond
    }

    /// Whether bids of this age have been forgotten, so that nobody knows whether this one came to its end.
    fn is_forgotten(&self, terms: &BidTerms) -> bool {
        self.rules.forget_billed_at(terms) <= self.progress.forgotten
    }

    fn see_late_billing(&mut self, lease: &LeaseRow, price: Money) {
        let seen = self.lateness.get(&lease.advertiser).copied();
        let mut seen = seen.unwrap_or(LatenessRow::new(lease.advertiser));
        seen.saw_late_billing(price);
        self.lateness.put(lease.advertiser, seen);
    }

    fn lose_to_house(&mut self, ad: AdId, amount: Money) {
        if amount == Money::ZERO {
            return;
        }
        let before = self
            .house_losses
            .get(&ad)
            .map_or(Money::ZERO, |row| row.amount);
        let amount = before.saturating_add(amount);
        self.house_losses.put(ad, HouseLossRow { ad, amount });
    }

    fn end_bid(&mut self, terms: &BidTerms, end: BidEnd, forget_at: Timestamp) {
        let bid = terms.bid;
        if let Some(before) = self.bids.get(&bid) {
            self.agenda.remove(&(before.forget_at, Due::Bid(bid)));
        }
        self.agenda.insert((forget_at, Due::Bid(bid)));
        let row = BidRow {
            bid,
            lease: terms.lease,
            end,
            forget_at,
        };
        self.bids.put(bid, row);
    }
}
