//! The best first, without sorting what nobody will look at.

use std::cmp::Reverse;

use crate::book::Slot;
use crate::shortlist::Contender;

/// After so many looks for the best, the rest is sorted: each look goes through all of it.
const MAX_LOOKS: u32 = 4;

/// Contenders in the order in which they get their chance: guaranteed deals first, then by price; among equals the
/// lowest throw of the dice.
pub struct Ranking {
    /// How many had their chance; they stand first.
    done: usize,
    /// How many after them are equals, their dice thrown.
    equals: usize,
    /// Whether they are in order.
    in_order: bool,
    looks: u32,
    /// How many contenders there were when they were sorted.
    sorted: usize,
}

impl Ranking {
    /// Nobody had a chance yet.
    pub fn new() -> Ranking {
        Ranking {
            done: 0,
            equals: 0,
            in_order: true,
            looks: 0,
            sorted: 0,
        }
    }

    /// From which contender on the next best is to be found, and how many more rows than needed are worth reading, if
    /// it is to be found now. `None` where it is known.
    pub fn wants_rivals(&self) -> Option<(usize, usize)> {
        // Where so many had no luck, many more will have none, and to sort them all once costs less than to sort each
        // row's anew.
        let rows_more = match self.looks + 1 {
            looks @ MAX_LOOKS.. => 1 << (looks - MAX_LOOKS).min(20),
            _ => 0,
        };
        (self.equals == 0).then_some((self.done, rows_more))
    }

    /// The next one. `roll` throws the dice for an ad.
    pub fn next<'a>(
        &mut self,
        contenders: &mut [Contender<'a>],
        roll: impl Fn(Slot) -> u64,
    ) -> Option<Contender<'a>> {
        let rest = &mut contenders[self.done..];
        if self.equals == 0 {
            self.equals = self.find_best(rest);
            let equals = &mut rest[..self.equals];
            if equals.len() > 1 {
                equals
                    .iter_mut()
                    .for_each(|equal| equal.roll = roll(equal.slot));
                // Mostly the first is the last, and the order of the others is nobody's affair.
                let first = (0..equals.len()).min_by_key(|place| lot(&equals[*place]))?;
                equals.swap(0, first);
                self.in_order = false;
            }
        } else if !self.in_order {
            rest[..self.equals].sort_unstable_by_key(lot);
            self.in_order = true;
        }
        let first = *rest.first()?;
        self.done += 1;
        self.equals -= 1;
        Some(first)
    }

    /// Brings the best to the front; how many equals they are.
    fn find_best(&mut self, rest: &mut [Contender<'_>]) -> usize {
        self.looks += 1;
        let all = self.done + rest.len();
        if self.looks >= MAX_LOOKS && self.sorted != all {
            rest.sort_unstable_by_key(|contender| Reverse(contender.rank()));
            self.sorted = all;
        }
        let best = match self.looks {
            MAX_LOOKS.. => rest.first().map(Contender::rank),
            _ => rest.iter().map(Contender::rank).max(),
        };
        let Some(best) = best else { return 0 };
        let mut equals = 0;
        for place in 0..rest.len() {
            if rest[place].rank() == best {
                rest.swap(equals, place);
                equals += 1;
            } else if self.looks >= MAX_LOOKS {
                break;
            }
        }
        equals
    }
}

/// The order among equals.
fn lot(contender: &Contender<'_>) -> (u64, Slot) {
    (contender.roll, contender.slot)
}

#[cfg(test)]
mod tests {
    use campaign::money::Cpm;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_sorting(
            ads in prop::collection::vec((any::<bool>(), 0_i64..6), 0..40),
            at_first in 0_usize..40,
        ) {
            let contender = |(slot, &(guaranteed, price)): (usize, &(bool, i64))| Contender {
                slot: Slot(slot as u32),
                guaranteed,
                price: Cpm(price),
                looked_at: None,
                roll: 0,
            };
            let mut sorted: Vec<_> = ads.iter().enumerate().map(contender).collect();
            let roll = |slot: Slot| u64::from(slot.0).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60;
            // Some are there from the start; the others come in when they are rivals of the best who are.
            let mut contenders = sorted.clone();
            let mut others = contenders.split_off(at_first.min(ads.len()));
            sorted.sort_by_key(|c| (Reverse(c.rank()), roll(c.slot), c.slot));
            let mut ranking = Ranking::new();
            let mut ranked = Vec::new();
            loop {
                if let Some((first, more)) = ranking.wants_rivals() {
                    let best = contenders[first..].iter().map(Contender::rank).max();
                    let (mut come, stay): (Vec<_>, Vec<_>) = others.into_iter().partition(|c| Some(c.rank()) >= best);
                    others = stay;
                    come.extend(others.drain(..more.min(others.len())));
                    contenders.extend(come);
                }
                let Some(next) = ranking.next(&mut contenders, roll) else { break };
                ranked.push(next.slot);
            }
            prop_assert_eq!(ranked, sorted.iter().map(|c| c.slot).collect::<Vec<_>>());
        }
    }
}
