//! What is bid below an impression's worth in a first-price auction, where the winner pays its bid.
//!
//! > argmax over b of (w − b) · F(b | kind of impression), w = value ÷ μ
//!
//! F, the chance to win, is learned by control; what a decision reads is a table ([`crate::prices`]). In a small share
//! of the auctions another bid is made, so that prices are found out that the best bids would never show. Deals are
//! left as they are, since their floors were agreed, and so are prices that a person fixed.

use campaign::money::Cpm;

use crate::dice::Throw;
use crate::prices;
use crate::pricing::{self, Priced};
use crate::shortlist::Lot;
use crate::state::State;

/// The ad's price in this auction: as it is in a second-price auction, shaded in a first-price one.
pub fn shade<'a>(priced: &Priced<'a>, lot: &Lot<'a>, state: &mut impl State) -> Priced<'a> {
    if priced.deal.is_some() || lot.visit.request.test {
        return *priced;
    }
    let context = prices::context(lot.visit, lot.opportunity);
    let in_context = Priced { context, ..*priced };
    let eligible = &priced.eligible;
    let paced = pricing::is_paced_by_price(eligible.terms.goal);
    if !context.is_first_price() || !paced {
        return in_context;
    }
    let exchange = lot.visit.exchange.id;
    let Some(shade) = state.shade(exchange, context, priced.price) else {
        return in_context;
    };
    let floor = lot.opportunity.floor.max(Cpm(1));
    // What an ad asks is never below the floor.
    let best = shade.best.max(floor).min(priced.price);
    let throw = lot.dice.throw(Throw::Explore, eligible.offer.ad.id);
    let (price, context) = match explored(best, floor, priced.price, throw, shade.explored_ppm) {
        Some(other) => (other, context.explored()),
        None => (best, context),
    };
    let cost = journal::entry::cost_at(price, priced.fx_nanos).unwrap_or(priced.max_cost);
    Priced {
        price,
        // The context is of impressions that are paid for once.
        max_cost: cost.min(priced.max_cost),
        context,
        ..*priced
    }
}

/// Another bid, in so many of a million throws: as often between the best one and the worth as between half of the best
/// one, or the floor, and it. A loss with its price, or a win at less, teaches as much as a win at more.
fn explored(best: Cpm, floor: Cpm, worth: Cpm, throw: u64, ppm: u32) -> Option<Cpm> {
    if (u128::from(throw) * 1_000_000) >> 64 >= u128::from(ppm) {
        return None;
    }
    // The upper bits have decided whether; the lower ones say which.
    let (from, to) = match throw & 1 {
        0 => (best, worth),
        _ => (floor.max(Cpm(best.0 / 2)), best),
    };
    let part = i128::from(throw >> 1 & 0xffff);
    let far = (i128::from(to.0 - from.0) * part) >> 16;
    Some(Cpm(from.0 + far as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_explored_is_bounded_and_of_both_sides() {
        let (floor, best, worth) = (Cpm(300), Cpm(1_000), Cpm(3_000));
        let mut seed = 7_u64;
        let (mut done, mut above) = (0, 0);
        for _ in 0..100_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let throw = seed ^ seed >> 29;
            if let Some(bid) = explored(best, floor, worth, throw, 20_000) {
                assert!((500..=3_000).contains(&bid.0), "{bid:?}");
                done += 1;
                above += u32::from(bid > best);
            }
        }
        assert!((1_700..2_300).contains(&done), "{done}");
        assert!(
            (done * 4 / 10..done * 6 / 10).contains(&above),
            "{above} of {done}"
        );
        assert_eq!(explored(best, floor, worth, 0, 0), None);
        // There is no room below a floor that is bid, nor above a worth that is.
        assert_eq!(explored(Cpm(9), Cpm(9), Cpm(9), 0, 1_000_000), Some(Cpm(9)));
        assert_eq!(explored(Cpm(9), Cpm(9), Cpm(9), 1, 1_000_000), Some(Cpm(9)));
    }
}
