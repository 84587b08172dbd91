//! The last impressions that were won: what each costs, and what came of it.

use std::collections::{HashMap, VecDeque};

use campaign::id::{AdId, BidId, CreativeId, ExchangeId};
use campaign::money::Money;
use campaign::time::Timestamp;
use journal::entry::{BidTerms, Entry, Event, Price};

use super::Authority;
use crate::access::role::Permission;

/// How many are kept.
const KEPT: usize = 1_000;

/// One impression that was won.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Win {
    /// When the first notice of it came.
    pub at: Timestamp,
    /// Of which bid.
    pub bid: BidId,
    /// Where.
    pub exchange: ExchangeId,
    /// What bid.
    pub ad: AdId,
    /// What was shown.
    pub creative: CreativeId,
    /// What it costs; `None` where the notices do not say.
    pub cost: Option<Money>,
    /// Whether the exchange billed it.
    pub billed: bool,
    /// Whether it was in view.
    pub viewed: bool,
    /// Whether it was clicked on.
    pub clicked: bool,
}

/// The latest of them.
#[derive(Debug, Default)]
pub struct Wins {
    latest: VecDeque<Win>,
    /// Where each bid stands, counted from the first that ever came.
    places: HashMap<BidId, u64>,
    forgotten: u64,
}

impl Authority {
    /// The last impressions that were won.
    pub fn wins(&self) -> &Wins {
        &self.wins
    }

    /// Whether who asks may read this resource.
    pub fn may_read(&self, resource: &str) -> bool {
        self.caller.may(Permission::Read, resource)
    }
}

impl Wins {
    /// Takes a notice. Rehearsals are no wins, and what comes of a bid that is forgotten is not told.
    pub fn observe(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Win { terms, price } => {
                if let Some(win) = self.won(terms, *price, entry.at) {
                    win.cost = win.cost.or(cost(*price));
                }
            }
            Event::Billing { terms, price } => {
                if let Some(win) = self.won(terms, *price, entry.at) {
                    win.cost = cost(*price).or(win.cost);
                    win.billed = true;
                }
            }
            Event::View { terms } => self.known(terms).map_or((), |win| win.viewed = true),
            Event::Click { terms } => self.known(terms).map_or((), |win| win.clicked = true),
            Event::Loss { .. } | Event::Impression { .. } | Event::Conversion { .. } => {}
        }
    }

    /// The latest, newest first.
    pub fn latest(&self) -> impl Iterator<Item = &Win> {
        self.latest.iter().rev()
    }

    fn known(&mut self, terms: &BidTerms) -> Option<&mut Win> {
        let place = self.places.get(&terms.bid)?;
        let index = usize::try_from(place - self.forgotten).ok()?;
        self.latest.get_mut(index)
    }

    fn won(&mut self, terms: &BidTerms, price: Price, at: Timestamp) -> Option<&mut Win> {
        if price == Price::Audit {
            return None;
        }
        if !self.places.contains_key(&terms.bid) {
            if self.latest.len() >= KEPT
                && let Some(oldest) = self.latest.pop_front()
            {
                self.places.remove(&oldest.bid);
                self.forgotten += 1;
            }
            self.places
                .insert(terms.bid, self.forgotten + self.latest.len() as u64);
            self.latest.push_back(Win {
                at,
                bid: terms.bid,
                exchange: terms.exchange,
                ad: terms.ad,
                creative: terms.creative,
                cost: None,
                billed: false,
                viewed: false,
                clicked: false,
            });
        }
        self.known(terms)
    }
}

fn cost(price: Price) -> Option<Money> {
    match price {
        Price::Cost(cost) => Some(cost),
        Price::Unreadable | Price::Audit => None,
    }
}

#[cfg(test)]
mod tests {
    use campaign::creative::Format;
    use campaign::id::{Incarnation, LeaseId};
    use campaign::money::Currency;
    use campaign::time::Day;

    use super::*;

    fn terms(sequence: u64) -> BidTerms {
        BidTerms {
            bid: BidId {
                incarnation: Incarnation { node: 1, start: 2 },
                sequence,
            },
            exchange: ExchangeId(1),
            impression: 0,
            ad: AdId(4),
            creative: CreativeId(3),
            format: Format::Banner,
            lease: LeaseId(5),
            day: Day(20_000),
            max_cost: Money(9),
            currency: Currency::USD,
            fx_nanos: 1_000_000_000,
            issued: Timestamp(1),
            user: 0,
            measured: true,
            context: journal::context::PriceContext::NONE,
        }
    }

    fn told(wins: &mut Wins, event: Event) {
        let at = Timestamp(7);
        wins.observe(&Entry { at, event });
    }

    #[test]
    fn what_comes_of_a_win_is_told_with_it() {
        let mut wins = Wins::default();
        let price = |nanos| Price::Cost(Money(nanos));
        let win = |sequence, price| Event::Win {
            terms: terms(sequence),
            price,
        };
        told(&mut wins, win(1, Price::Unreadable));
        told(&mut wins, win(2, price(5)));
        told(&mut wins, win(3, Price::Audit));
        told(&mut wins, Event::Click { terms: terms(1) });
        told(&mut wins, Event::Click { terms: terms(9) });
        told(
            &mut wins,
            Event::Billing {
                terms: terms(1),
                price: price(6),
            },
        );
        let seen: Vec<_> = wins
            .latest()
            .map(|win| (win.bid.sequence, win.cost, win.billed, win.clicked))
            .collect();
        assert_eq!(
            seen,
            [
                (2, Some(Money(5)), false, false),
                (1, Some(Money(6)), true, true)
            ]
        );
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut wins = Wins::default();
        let kept = KEPT as u64;
        for sequence in 0..kept + 10 {
            let terms = terms(sequence);
            let price = Price::Cost(Money(1));
            told(&mut wins, Event::Win { terms, price });
        }
        told(&mut wins, Event::View { terms: terms(9) });
        told(&mut wins, Event::View { terms: terms(10) });
        assert_eq!((wins.latest.len(), wins.places.len()), (KEPT, KEPT));
        let oldest = wins.latest().last().unwrap();
        assert_eq!((oldest.bid.sequence, oldest.viewed), (10, true));
    }
}
