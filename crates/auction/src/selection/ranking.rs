//! The best first, without sorting what nobody will look at.

use std::cmp::Reverse;

use campaign::money::Cpm;

use crate::book::Slot;
use crate::shortlist::Contender;

/// After so many looks for the best, the rest is sorted: each look goes through all of it.
const MAX_LOOKS: u32 = 4;

/// Contenders in the order in which they get their chance: guaranteed deals first, then by price; among equals the
/// lowest throw of the dice.
pub struct Ranking<'r, 'a> {
    rest: &'r mut [Contender<'a>],
    /// How many at the front of the rest are equals, their dice thrown.
    equals: usize,
    /// Whether they are in order.
    in_order: bool,
    looks: u32,
}

impl<'r, 'a> Ranking<'r, 'a> {
    /// Ranks these.
    pub fn of(contenders: &'r mut [Contender<'a>]) -> Ranking<'r, 'a> {
        Ranking {
            rest: contenders,
            equals: 0,
            in_order: true,
            looks: 0,
        }
    }

    /// The next one. `roll` throws the dice for an ad.
    pub fn next(&mut self, roll: impl Fn(Slot) -> u64) -> Option<Contender<'a>> {
        if self.equals == 0 {
            self.equals = self.find_best();
            let equals = &mut self.rest[..self.equals];
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
            self.rest[..self.equals].sort_unstable_by_key(lot);
            self.in_order = true;
        }
        let (first, rest) = std::mem::take(&mut self.rest).split_first_mut()?;
        self.rest = rest;
        self.equals -= 1;
        Some(*first)
    }

    /// Brings the best to the front; how many equals they are.
    fn find_best(&mut self) -> usize {
        self.looks += 1;
        if self.looks == MAX_LOOKS {
            self.rest
                .sort_unstable_by_key(|contender| Reverse(rank(contender)));
        }
        let best = match self.looks {
            MAX_LOOKS.. => self.rest.first().map(rank),
            _ => self.rest.iter().map(rank).max(),
        };
        let Some(best) = best else { return 0 };
        let mut equals = 0;
        for place in 0..self.rest.len() {
            if rank(&self.rest[place]) == best {
                self.rest.swap(equals, place);
                equals += 1;
            } else if self.looks >= MAX_LOOKS {
                break;
            }
        }
        equals
    }
}

fn rank(contender: &Contender<'_>) -> (bool, Cpm) {
    (contender.guaranteed, contender.price)
}

/// The order among equals.
fn lot(contender: &Contender<'_>) -> (u64, Slot) {
    (contender.roll, contender.slot)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_sorting(ads in prop::collection::vec((any::<bool>(), 0_i64..6), 0..40)) {
            let contender = |(slot, &(guaranteed, price)): (usize, &(bool, i64))| Contender {
                slot: Slot(slot as u32),
                guaranteed,
                price: Cpm(price),
                looked_at: None,
                roll: 0,
            };
            let mut contenders: Vec<_> = ads.iter().enumerate().map(contender).collect();
            let roll = |slot: Slot| u64::from(slot.0).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60;
            let mut sorted = contenders.clone();
            sorted.sort_by_key(|c| (Reverse(rank(c)), roll(c.slot), c.slot));
            let mut ranking = Ranking::of(&mut contenders);
            let mut ranked = Vec::new();
            while let Some(next) = ranking.next(roll) {
                ranked.push(next.slot);
            }
            prop_assert_eq!(ranked, sorted.iter().map(|c| c.slot).collect::<Vec<_>>());
        }
    }
}
