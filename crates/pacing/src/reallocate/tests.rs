use campaign::id::AdId;
use campaign::money::Currency;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

const MINUTE: i64 = Span::minutes(1).0;
/// A minute's spend.
const PACE: i64 = 1_000_000;

fn ad(n: usize) -> Level {
    Level::Ad(AdId(n as u64))
}

fn bounds(min: f64, max: f64) -> Bounds {
    Bounds { min, max }
}

fn worth(mean: f64) -> Estimate {
    Estimate {
        mean,
        low: mean * 0.7,
        high: mean * 1.3,
    }
}

/// How a minute's spend falls to members, by weight × worth.
#[derive(Clone, Copy, Debug)]
enum Market {
    /// All to the first: they want the same impressions.
    Same,
    /// In proportion: each has traffic of its own.
    Apart,
}

impl Market {
    fn shares(self, bids: &[f64]) -> Vec<f64> {
        let sum: f64 = bids.iter().sum();
        let first = (0..bids.len()).max_by(|a, b| bids[*a].total_cmp(&bids[*b]));
        (0..bids.len())
            .map(|n| match self {
                _ if sum <= 0.0 => 0.0,
                Market::Same => f64::from(u8::from(first == Some(n))),
                Market::Apart => bids[n] / sum,
            })
            .collect()
    }
}

/// A day of a group whose members are worth so much and had so many impressions before. Returns the shares of the
/// day's spend, and the moves.
fn day(members: &[(f64, Bounds, u64)], market: Market) -> (Vec<f64>, Vec<Move>) {
    let mut group = Group::new(Settings::default());
    let named: Vec<(Level, Bounds)> = members
        .iter()
        .enumerate()
        .map(|(n, (_, bounds, _))| (ad(n), *bounds))
        .collect();
    group.set_members(&named).unwrap();
    let mut spent = vec![0; members.len()];
    let mut last = vec![0; members.len()];
    let mut moves = Vec::new();
    // One tick more tells the last hour.
    for minute in 0..=1_440 {
        let seen: Vec<Seen> = members
            .iter()
            .enumerate()
            .map(|(n, (value, _, before))| Seen {
                member: ad(n),
                spent: Money(last[n]),
                impressions: before + spent[n] as u64 / 10_000,
                worth: worth(*value),
            })
            .collect();
        let all: i64 = spent.iter().sum();
        moves.extend(group.tick(&Tick {
            now: Timestamp(minute * MINUTE),
            day: Day(0),
            left: Money(1_440 * PACE - all),
            seen: &seen,
        }));
        for standing in group.standings() {
            let (weight, most) = (standing.weight(), Settings::default().weight_max);
            assert!(weight == 0.0 || (1.0 / most - 1e-9..=most + 1e-9).contains(&weight));
        }
        if minute == 1_440 {
            break;
        }
        let bids: Vec<f64> = (0..members.len())
            .map(|n| group.weight(ad(n)) * members[n].0)
            .collect();
        let shares = market.shares(&bids);
        for n in 0..members.len() {
            last[n] = (shares[n] * PACE as f64) as i64;
            spent[n] += last[n];
        }
    }
    let all = spent.iter().sum::<i64>() as f64;
    (spent.iter().map(|s| *s as f64 / all).collect(), moves)
}

#[test]
fn shares_of_a_day_stay_within_their_bounds() {
    let check = |members: &[(f64, f64, f64)], market, expect: &[f64]| {
        let members: Vec<(f64, Bounds, u64)> = members
            .iter()
            .map(|(value, min, max)| (*value, bounds(*min, *max), 1_000_000))
            .collect();
        let (shares, _) = day(&members, market);
        for (share, expect) in shares.iter().zip(expect) {
            assert!(
                (share - expect).abs() <= TOLERANCE,
                "{members:?}: {shares:?}"
            );
        }
    };
    check(
        &[(1.0, 0.0, 1.0), (2.0, 0.0, 1.0)],
        Market::Same,
        &[0.0, 1.0],
    );
    check(
        &[(1.0, 0.1, 1.0), (2.0, 0.0, 1.0)],
        Market::Same,
        &[0.1, 0.9],
    );
    check(
        &[(1.0, 0.0, 1.0), (2.0, 0.0, 0.7)],
        Market::Same,
        &[0.3, 0.7],
    );
    check(
        &[(1.0, 0.05, 1.0), (4.0, 0.0, 0.6), (2.0, 0.0, 1.0)],
        Market::Same,
        &[0.05, 0.6, 0.35],
    );
    check(
        &[(1.0, 0.0, 1.0), (3.0, 0.0, 1.0)],
        Market::Apart,
        &[0.25, 0.75],
    );
    check(
        &[(1.0, 0.4, 1.0), (3.0, 0.0, 1.0)],
        Market::Apart,
        &[0.4, 0.6],
    );
    check(
        &[(1.0, 0.0, 1.0), (3.0, 0.0, 0.5)],
        Market::Apart,
        &[0.5, 0.5],
    );
}

#[test]
fn a_new_member_gets_its_chance_until_it_is_known() {
    let share = |impressions| {
        let members = [
            (1.0, Bounds::NONE, impressions),
            (4.0, Bounds::NONE, 1_000_000),
        ];
        day(&members, Market::Same).0[0]
    };
    assert_eq!(share(1_000_000), 0.0);
    // 5 % of the day's 144,000 impressions would be 7,200; after 5,000 it is not new any more.
    let tried = share(0);
    assert!((0.03..0.05).contains(&tried), "{tried}");
}

#[test]
fn moves_say_from_whom_to_whom_how_much_and_why() {
    let members = [
        (1.0, bounds(0.1, 1.0), 1_000_000),
        (2.0, Bounds::NONE, 1_000_000),
    ];
    let (_, moves) = day(&members, Market::Same);
    let first = moves[0];
    assert_eq!(
        (first.at, first.from, first.to),
        (Timestamp(60 * MINUTE), ad(0), ad(1))
    );
    assert_eq!(first.cause, Cause::Worth);
    assert_eq!((first.from_worth, first.to_worth), (worth(1.0), worth(2.0)));
    // From an even split to all that the other's minimum leaves: half of the hour at most.
    assert!((0.3..=0.5).contains(&first.share), "{first:?}");
    assert_eq!(
        first.amount,
        Money((first.share * 60.0 * PACE as f64) as i64)
    );
    let sentence = Move {
        from_worth: worth(1_200_000.0),
        to_worth: worth(2_500_000.0),
        amount: Money(12_340_000_000),
        share: 0.25,
        ..first
    }
    .sentence(Currency::USD, |level| format!("{level:?}"));
    assert_eq!(
        sentence,
        "12.34 USD (25.0 % of the hour) moved from Ad(AdId(0)) to Ad(AdId(1)): a thousand impressions are believed to \
         be worth 2.50 (1.75 to 3.25) there, and 1.20 (0.84 to 1.56) here"
    );
}

#[test]
fn causes_are_told_apart() {
    let check = |members: &[(f64, f64, f64, u64)], from: usize, to: usize, expect: Cause| {
        let members: Vec<(f64, Bounds, u64)> = members
            .iter()
            .map(|(value, min, max, before)| (*value, bounds(*min, *max), *before))
            .collect();
        let (_, moves) = day(&members, Market::Same);
        let found = moves.iter().find(|m| (m.from, m.to) == (ad(from), ad(to)));
        assert_eq!(
            found.map(|m| m.cause),
            Some(expect),
            "{members:?}: {moves:?}"
        );
    };
    const OLD: u64 = 1_000_000;
    check(
        &[(1.0, 0.0, 1.0, OLD), (2.0, 0.0, 1.0, OLD)],
        0,
        1,
        Cause::Worth,
    );
    check(
        &[(1.0, 0.6, 1.0, OLD), (2.0, 0.0, 1.0, OLD)],
        1,
        0,
        Cause::Minimum,
    );
    check(
        &[(1.0, 0.0, 1.0, OLD), (2.0, 0.0, 0.4, OLD)],
        1,
        0,
        Cause::Maximum,
    );
}

/// A group of two that spend evenly, hour by hour; `change` is asked before each.
fn hours(count: i64, mut change: impl FnMut(i64, &mut Group) -> Vec<(Level, i64)>) -> Vec<Move> {
    let mut group = Group::new(Settings::default());
    let mut moves = Vec::new();
    let mut impressions = 0;
    for hour in 0..=count {
        impressions += 100_000;
        let spent = change(hour, &mut group);
        let seen: Vec<Seen> = spent
            .iter()
            .map(|(member, spent)| Seen {
                member: *member,
                spent: Money(*spent),
                impressions,
                worth: worth(1.0),
            })
            .collect();
        moves.extend(group.tick(&Tick {
            now: Timestamp(hour * 60 * MINUTE),
            day: Day((hour / 24) as i32),
            left: Money(1_000_000_000),
            seen: &seen,
        }));
        let shares: f64 = group.standings().map(|standing| standing.share).sum();
        assert!((shares - 1.0).abs() < 1e-9, "{hour}: {shares}");
    }
    moves
}

#[test]
fn small_moves_wait_until_they_add_up() {
    let both = [(ad(0), Bounds::NONE), (ad(1), Bounds::NONE)];
    // The second gains six thousandths of the spend each hour.
    let moves = hours(10, |hour, group| {
        group.set_members(&both).unwrap();
        vec![
            (ad(0), 500_000 - 6_000 * hour),
            (ad(1), 500_000 + 6_000 * hour),
        ]
    });
    let shares: Vec<i64> = moves
        .iter()
        .map(|m| (m.share * 1_000.0).round() as i64)
        .collect();
    assert_eq!(shares, [12; 5]);
}

#[test]
fn what_a_removed_member_spent_goes_to_the_others_and_is_told() {
    let all = [
        (ad(0), Bounds::NONE),
        (ad(1), Bounds::NONE),
        (ad(2), Bounds::NONE),
    ];
    let moves = hours(6, |hour, group| {
        let here = if hour < 3 { &all[..] } else { &all[..2] };
        group.set_members(here).unwrap();
        here.iter()
            .map(|(level, _)| (*level, 600_000 / here.len() as i64))
            .collect()
    });
    assert!(
        moves
            .iter()
            .all(|m| m.from == ad(2) && m.cause == Cause::Removed),
        "{moves:?}"
    );
    let gone: f64 = moves.iter().map(|m| m.share).sum();
    assert!((gone - 1.0 / 3.0).abs() < 1e-9, "{moves:?}");
}

#[test]
fn bounds_that_cannot_hold_are_refused() {
    let check = |members: &[(f64, f64)], expect: &str| {
        let members: Vec<(Level, Bounds)> = members
            .iter()
            .enumerate()
            .map(|(n, (min, max))| (ad(n), bounds(*min, *max)))
            .collect();
        let got = Group::new(Settings::default()).set_members(&members);
        let got = got.map_or_else(|error| error.to_string(), |()| String::new());
        assert!(
            got.contains(expect) && got.is_empty() == expect.is_empty(),
            "{got}"
        );
    };
    check(&[], "");
    check(&[(0.0, 1.0)], "");
    check(&[(0.1, 0.3), (0.2, 0.2), (0.7, 0.7)], "");
    check(&[(0.6, 1.0), (0.5, 1.0)], "add up to 1.1");
    check(&[(0.0, 0.4), (0.0, 0.5)], "add up to 0.9");
    check(&[(0.5, 0.4)], "0 ≤ minimum ≤ maximum ≤ 1");
    check(&[(-0.1, 0.4)], "0 ≤ minimum");
    check(&[(f64::NAN, 0.4)], "0 ≤ minimum");
}

#[test]
fn a_restart_goes_on_where_it_stood() {
    let settings = Settings::default();
    let mut group = Group::new(settings);
    let seen = |spent| {
        [Seen {
            member: ad(1),
            spent: Money(spent),
            impressions: 9,
            worth: worth(1.0),
        }]
    };
    group
        .set_members(&[(ad(1), Bounds::NONE), (ad(2), bounds(0.2, 1.0))])
        .unwrap();
    let tick = |group: &mut Group, minute: i64| {
        group.tick(&Tick {
            now: Timestamp(minute * MINUTE),
            day: Day(0),
            left: Money(1_000),
            seen: &seen(10),
        })
    };
    (0..30).for_each(|minute| drop(tick(&mut group, minute)));
    let standings: Vec<Standing> = group.standings().copied().collect();
    let mut again = Group::restore(settings, Day(0), group.today(), &standings);
    assert_eq!(again.today(), Money(300));
    assert_eq!(again.weight(ad(2)), group.weight(ad(2)));
    tick(&mut group, 30);
    tick(&mut again, 30);
    assert_eq!(again.today(), group.today());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        rng_seed: RngSeed::Fixed(11),
        ..ProptestConfig::default()
    })]

    /// Any members of any worth: bounds hold over the day, nobody is starved below its minimum, and the moves lead from
    /// the even split to where the shares end.
    #[test]
    fn shares_hold_for_any_members(
        drawn in prop::collection::vec((0.25_f64..1.0, 0.0_f64..1.0, 0.0_f64..1.0), 1..6),
        same in any::<bool>(),
    ) {
        let count = drawn.len() as f64;
        let members: Vec<(f64, Bounds, u64)> = drawn
            .iter()
            .map(|(value, min, max)| {
                (*value, bounds(0.8 * min / count, (1.2 / count + max).min(1.0)), 1_000_000)
            })
            .collect();
        let market = if same { Market::Same } else { Market::Apart };
        let (shares, moves) = day(&members, market);
        prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        for (share, (_, bounds, _)) in shares.iter().zip(&members) {
            prop_assert!(*share >= bounds.min - TOLERANCE, "{shares:?} {members:?}");
            prop_assert!(*share <= bounds.max + TOLERANCE, "{shares:?} {members:?}");
        }
        for one in &moves {
            prop_assert!(one.from != one.to && one.amount > Money::ZERO && one.share >= 0.01);
            let pair = |other: &&Move| (other.at, other.from, other.to) == (one.at, one.from, one.to);
            prop_assert_eq!(moves.iter().filter(pair).count(), 1);
        }
    }
}
