//! What nobody can beat: the best that hindsight could have bought.

use super::rows::Auction;

/// What a limit buys, in the trace's units. Fractions of an impression are allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limit {
    /// Predicted clicks.
    pub value: f64,
    /// What they cost.
    pub cost: f64,
    /// The least value per money that is bought: the multiplier.
    pub threshold: f64,
}

/// Auctions, best value per money first; ties as they stand. Free ones come first of all.
fn best_first(auctions: &[Auction]) -> Vec<&Auction> {
    let mut order: Vec<&Auction> = auctions.iter().filter(|a| a.value > 0.0).collect();
    // What is free has an infinite ratio: it comes first.
    let ratio = |auction: &Auction| auction.value / auction.price as f64;
    order.sort_by(|a, b| ratio(b).total_cmp(&ratio(a)));
    order
}

/// The linear program's optimum: max Σ v·x under Σ p·x ≤ budget, 0 ≤ x ≤ 1. A fractional knapsack, so everything above
/// one threshold of value per money is bought, and of the one at the threshold as much as is left (Dantzig 1957).
/// With `cap`, also Σ p·x ≤ cap × Σ v·x: its Lagrangian has a threshold too, so the same order is gone through until
/// either binds.
pub fn hindsight(auctions: &[Auction], budget: i64, cap: Option<f64>) -> Limit {
    buy(&best_first(auctions), budget as f64, cap, 0.0)
}

fn buy(order: &[&Auction], budget: f64, cap: Option<f64>, least: f64) -> Limit {
    let mut bought = Limit::default();
    for auction in order {
        let (value, price) = (auction.value, auction.price as f64);
        if value < least * price {
            break;
        }
        let mut share = 1.0_f64;
        if price > 0.0 {
            share = share.min((budget - bought.cost) / price);
        }
        if let Some(cap) = cap {
            let excess = price - cap * value;
            if excess > 0.0 {
                share = share.min((cap * bought.value - bought.cost) / excess);
            }
        }
        let share = share.clamp(0.0, 1.0);
        bought.value += share * value;
        bought.cost += share * price;
        bought.threshold = if price > 0.0 {
            value / price
        } else {
            f64::INFINITY
        };
        if share < 1.0 {
            break;
        }
    }
    bought
}

/// In how many parts of equal length the even plan cuts the auctions.
pub const BUCKETS: usize = 48;

/// Which part auction `index` of `length` belongs to.
pub fn bucket(index: usize, length: usize) -> usize {
    // The first index of part k is ⌊k × length ÷ BUCKETS⌋, so the part is the last k whose first index is not above.
    (((index + 1) * BUCKETS - 1) / length.max(1)).min(BUCKETS - 1)
}

/// The best evenly paced plan in hindsight: each of [`BUCKETS`] parts spends an equal part of the budget as its own
/// linear program would. With `cap`, no part buys below the one threshold at which the whole keeps it.
pub fn even_hindsight(auctions: &[Auction], budget: i64, cap: Option<f64>) -> Limit {
    let parts: Vec<Vec<&Auction>> = parts(auctions).map(best_first).collect();
    let share = budget as f64 / BUCKETS as f64;
    let total = |least: f64| {
        parts.iter().fold(Limit::default(), |sum, part| {
            let bought = buy(part, share, None, least);
            Limit {
                value: sum.value + bought.value,
                cost: sum.cost + bought.cost,
                threshold: least,
            }
        })
    };
    let free = total(0.0);
    let Some(cap) = cap.filter(|cap| free.cost > cap * free.value) else {
        return free;
    };
    // Cost per value falls as the threshold rises; at 1 ÷ cap every single purchase keeps it.
    let (mut breaks, mut keeps) = (0.0, 1.0 / cap);
    for _ in 0..60 {
        let middle = (breaks + keeps) / 2.0;
        let bought = total(middle);
        if bought.cost > cap * bought.value {
            breaks = middle;
        } else {
            keeps = middle;
        }
    }
    total(keeps)
}

fn parts(auctions: &[Auction]) -> impl Iterator<Item = &[Auction]> {
    let length = auctions.len();
    (0..BUCKETS).map(move |k| &auctions[k * length / BUCKETS..(k + 1) * length / BUCKETS])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auction(price: i64, value: f64) -> Auction {
        Auction {
            click: false,
            price,
            value,
            hour: None,
            line: 0,
        }
    }

    /// The best value over all subsets with the rest of the budget put into one more auction: an optimum of the linear
    /// program has one fraction at most.
    fn brute_force(auctions: &[Auction], budget: i64) -> f64 {
        let mut best = 0.0_f64;
        for set in 0_u32..1 << auctions.len() {
            let chosen = |k: usize| set & 1 << k != 0;
            let of = |what: &dyn Fn(&Auction) -> f64| -> f64 {
                (0..auctions.len())
                    .filter(|k| chosen(*k))
                    .map(|k| what(&auctions[k]))
                    .sum()
            };
            let (cost, value) = (of(&|a| a.price as f64), of(&|a| a.value));
            let left = budget as f64 - cost;
            if left < 0.0 {
                continue;
            }
            let more = (0..auctions.len())
                .filter(|k| !chosen(*k))
                .map(|k| auctions[k].value * (left / auctions[k].price as f64).min(1.0))
                .fold(0.0, f64::max);
            best = best.max(value + more);
        }
        best
    }

    #[test]
    fn the_threshold_buys_as_much_as_trying_everything_does() {
        let mut seed = 12_345_u64;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        for _ in 0..60 {
            let auctions: Vec<Auction> = (0..9)
                .map(|_| auction(1 + next(20) as i64, next(50) as f64 / 10.0))
                .collect();
            let budget = next(120) as i64;
            let (lp, tried) = (
                hindsight(&auctions, budget, None),
                brute_force(&auctions, budget),
            );
            assert!(
                (lp.value - tried).abs() < 1e-9,
                "{lp:?} {tried} {auctions:?} {budget}"
            );
            assert!(lp.cost <= budget as f64 + 1e-9);
        }
    }

    #[test]
    fn the_cap_binds_where_it_is_tighter_than_the_budget() {
        let auctions = [auction(10, 4.0), auction(10, 2.0), auction(10, 1.0)];
        let check = |budget: i64, cap: Option<f64>, value: f64, cost: f64| {
            let lp = hindsight(&auctions, budget, cap);
            assert!(
                (lp.value - value).abs() < 1e-9 && (lp.cost - cost).abs() < 1e-9,
                "{lp:?}"
            );
        };
        check(30, None, 7.0, 30.0);
        check(25, None, 6.5, 25.0);
        // 20 for 6 is 3⅓ each; of the third x: (20 + 10x) = 3.5 × (6 + x).
        check(30, Some(3.5), 6.0 + 1.0 / 6.5, 20.0 + 10.0 / 6.5);
        check(30, Some(2.5), 4.0, 10.0);
        check(30, Some(2.0), 0.0, 0.0);
    }

    #[test]
    fn the_even_plan_is_no_better_than_hindsight_and_equal_where_all_parts_are_alike() {
        let alike: Vec<Auction> = (0..480).map(|i| auction(10, (i % 10) as f64)).collect();
        let (lp, even) = (
            hindsight(&alike, 960, None),
            even_hindsight(&alike, 960, None),
        );
        assert!((lp.value - even.value).abs() < 1e-9);
        let rising: Vec<Auction> = (0..480).map(|i| auction(10, i as f64)).collect();
        assert!(even_hindsight(&rising, 960, None).value < hindsight(&rising, 960, None).value);
        let capped = even_hindsight(&rising, 960, Some(0.03));
        assert!(
            capped.cost <= 0.03 * capped.value + 1e-6 && capped.value > 0.0,
            "{capped:?}"
        );
    }

    #[test]
    fn every_auction_is_in_the_part_that_its_place_says() {
        for length in [1, 47, 48, 49, 1_000, 1_003] {
            for k in 0..BUCKETS {
                for index in k * length / BUCKETS..(k + 1) * length / BUCKETS {
                    assert_eq!(bucket(index, length), k, "{index} of {length}");
                }
            }
        }
    }
}
