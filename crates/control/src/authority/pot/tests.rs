use campaign::ad::Budget;

use super::*;

const NANO: f64 = 1_000.0;

/// A day of second-price auctions at prices 100 to 1,099 for impressions of worth 1,000, `rate` a second, from
/// noon. Answers what was spent in each quarter of the half day, and whether the breaker tripped.
fn play(pot: &mut Pot, terms: &Terms, budget: i64, rate: u64, told: bool) -> ([i64; 4], bool) {
    let (noon, half) = (Timestamp(43_200_000), 43_200);
    let (mut spent, mut quarters, mut tripped, mut seed) = (0_i64, [0; 4], false, 1_u64);
    for second in 0..half {
        let now = noon + Span::seconds(second);
        let bid = (NANO / pot.multiplier()) as i64;
        pot.bid(now, rate, Some(pot.multiplier()));
        let before = spent;
        for _ in 0..rate {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let price = 100 + (seed >> 33) as i64 % 1_000;
            let won = bid >= price && spent + bid <= budget;
            spent += if won { price } else { 0 };
            pot.learn(&Outcome {
                at: now,
                value: NANO,
                bid: bid as f64,
                most: f64::INFINITY,
                cost: won.then_some(Money(price)),
                to_win: (!won && told).then_some(Money(price)),
                first_price: false,
            });
        }
        let (life, charged) = (Money(spent), Money(spent - before));
        let tick = Tick {
            now: now + Span::seconds(1),
            life,
            today: life,
            segment: Money::ZERO,
            charged,
        };
        tripped |= matches!(pot.tick(terms.clone(), &tick), Some(Change::Tripped(_)));
        quarters[(second * 4 / half) as usize] = spent;
    }
    (quarters, tripped)
}

fn terms(daily: i64) -> Terms {
    Terms {
        budget: Budget {
            daily: Some(Money(daily)),
            lifetime: None,
        },
        ..Terms::default()
    }
}

#[test]
fn a_days_budget_lasts_the_rest_of_the_day() {
    // Half a day of two auctions a second: all of them would cost some 40 millions.
    for (daily, told) in [(10_000_000, true), (10_000_000, false), (2_000_000, false)] {
        let terms = terms(daily);
        let mut pot = Pot::new(terms.clone(), 1.0, Timestamp(43_200_000));
        let (quarters, tripped) = play(&mut pot, &terms, daily, 2, told);
        for (spent, percent) in quarters.into_iter().zip([25, 50, 75, 100]) {
            let got = spent as f64 * 100.0 / daily as f64;
            assert!(
                (got - f64::from(percent)).abs() < 4.0,
                "{daily} {told}: {quarters:?}"
            );
        }
        assert!(!tripped && quarters[3] <= daily);
    }
}

#[test]
fn where_there_is_money_enough_bids_are_the_whole_worth() {
    let terms = terms(1_000_000_000);
    let mut pot = Pot::new(terms.clone(), 3.0, Timestamp(43_200_000));
    play(&mut pot, &terms, 1_000_000_000, 2, false);
    assert_eq!(pot.multiplier(), LOWEST);
}

/// What is told of a lost bid.
#[derive(Clone, Copy, Debug)]
enum Loss {
    Silent,
    Told,
    Priced,
}

/// Six hours of the same prices for two ads of one budget, an auction a second each: one for which an impression is
/// worth 3,000 and that bids 600 at most, another for which it is worth 1,000.
fn play_cut(pot: &mut Pot, terms: &Terms, loss: Loss) -> i64 {
    let (mut spent, mut seed) = (0_i64, 1_u64);
    for second in 0..21_600 {
        let now = Timestamp(43_200_000) + Span::seconds(second);
        let before = spent;
        for (value, most) in [(3.0 * NANO, 600.0), (NANO, 1e9)] {
            let bid = (value / pot.multiplier()).min(most);
            pot.bid(now, 1, reach(value, bid, most));
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let price = 100 + (seed >> 33) as i64 % 1_000;
            let won = bid >= price as f64;
            spent += if won { price } else { 0 };
            if !won && matches!(loss, Loss::Silent) {
                continue;
            }
            let priced = !won && matches!(loss, Loss::Priced);
            pot.learn(&Outcome {
                at: now,
                value,
                bid,
                most,
                cost: won.then_some(Money(price)),
                to_win: priced.then_some(Money(price)),
                first_price: false,
            });
        }
        let tick = Tick {
            now: now + Span::seconds(1),
            life: Money(spent),
            today: Money(spent),
            segment: Money::ZERO,
            charged: Money(spent - before),
        };
        pot.tick(terms.clone(), &tick);
    }
    spent
}

#[test]
fn bids_that_are_cut_do_not_hold_the_price_of_money_up() {
    for loss in [Loss::Silent, Loss::Told, Loss::Priced] {
        // Both ads' whole worth costs some 690 a second, which is 30 millions in the half day that is left.
        let rich = terms(33_000_000);
        let mut pot = Pot::new(rich.clone(), 2.2, Timestamp(43_200_000));
        play_cut(&mut pot, &rich, loss);
        let left = pot.multiplier();
        assert!(left < 1.01, "{loss:?}: money is left, and μ is {left}");
        // And where it is short, it lasts: half of that for half of the time.
        let poor = terms(20_000_000);
        let mut pot = Pot::new(poor.clone(), 1.0, Timestamp(43_200_000));
        let spent = play_cut(&mut pot, &poor, loss);
        assert!(
            (9_400_000..10_600_000).contains(&spent),
            "{loss:?}: {spent} at {}",
            pot.multiplier()
        );
    }
}

#[test]
fn bids_of_which_nobody_tells_are_taken_for_lost() {
    let terms = terms(1_000_000);
    let mut pot = Pot::new(terms.clone(), 1.0, Timestamp(0));
    pot.bid(Timestamp(1_000), 500, Some(2.0));
    assert_eq!(pot.under_way.len(), 1);
    let tick = |second: i64| Tick {
        now: Timestamp(second * 1_000),
        life: Money::ZERO,
        today: Money::ZERO,
        segment: Money::ZERO,
        charged: Money::ZERO,
    };
    pot.tick(terms.clone(), &tick(60));
    assert!(!pot.censored && !pot.under_way.is_empty());
    pot.tick(terms, &tick(100));
    assert!(pot.censored && pot.under_way.is_empty());
}

#[test]
fn money_that_runs_away_trips_the_breaker() {
    let terms = terms(86_400_000_000);
    let mut pot = Pot::new(terms.clone(), 1.0, Timestamp(0));
    let mut life = 0;
    let mut tick = |pot: &mut Pot, second: i64, charged: i64| {
        life += charged;
        pot.bid(Timestamp(second * 1_000), 10, Some(1.0));
        let today = Money(life);
        let now = Timestamp((second + 1) * 1_000);
        pot.tick(
            terms.clone(),
            &Tick {
                now,
                life: today,
                today,
                segment: Money::ZERO,
                charged: Money(charged),
            },
        )
    };
    let calm = (0..600)
        .filter_map(|second| tick(&mut pot, second, 1_000_000))
        .count();
    assert_eq!(calm, 0);
    let wild = (600..1_200)
        .filter_map(|second| tick(&mut pot, second, 60_000_000))
        .count();
    assert_eq!((wild, pot.tripped().is_some()), (1, true));
    pot.reset(Timestamp(1_200_000));
    assert!(pot.tripped().is_none());
}
