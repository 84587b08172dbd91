//! What a plan says, case by case, and what holds for any plan.

use campaign::ad::Budget;
use campaign::money::Money;
use campaign::time::{Flight, TimeZone};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn berlin() -> TimeZone {
    TimeZone::parse("Europe/Berlin").unwrap()
}

/// A plan of a flat shape with 100 auctions an hour.
fn flat(terms: Terms) -> Plan {
    Plan::new(terms, Shape::FLAT, 100.0)
}

fn daily(amount: i64) -> Terms {
    Terms {
        budget: Budget {
            lifetime: None,
            daily: Some(Money(amount)),
        },
        ..Terms::default()
    }
}

/// Ten days of November with 10,000 for the life.
fn life() -> Terms {
    Terms {
        flight: Flight {
            start: at("2026-11-01T00:00:00Z"),
            end: Some(at("2026-11-11T00:00:00Z")),
        },
        budget: Budget {
            lifetime: Some(Money(10_000)),
            daily: None,
        },
        ..Terms::default()
    }
}

fn spent(life: i64, today: i64) -> Spent {
    Spent {
        life: Money(life),
        today: Money(today),
        segment: Money::ZERO,
        per_auction: None,
    }
}

#[test]
fn a_day_is_spent_in_proportion_to_its_traffic_whatever_its_length() {
    let check = |now: &str, target: i64, auctions: f64| {
        let mut plan = flat(Terms {
            zone: berlin(),
            ..daily(2_300)
        });
        let look = plan.outlook(at(now), &spent(0, 0));
        assert_eq!(look.target_today, Some(Money(target)), "{now}");
        assert!(
            (look.auctions_left - auctions).abs() < 1e-3,
            "{now}: {look:?}"
        );
        assert_eq!(
            (look.window, look.left),
            (Some(Window::Day), Money(2_300)),
            "{now}"
        );
        assert!(
            (look.share_left * 2_300.0 + target as f64 - 2_300.0).abs() < 1.0,
            "{now}"
        );
    };
    // 24 hours: noon is half of it.
    check("2026-11-20T11:00:00Z", 1_150, 1_200.0);
    // 23 hours: at three o'clock summer time two of them are over.
    check("2026-03-29T01:00:00Z", 200, 2_100.0);
    check("2026-03-29T21:59:59.999Z", 2_300, 0.0);
    // 25 hours: three o'clock comes when four are over, and the first two o'clock when two are.
    check("2026-10-25T02:00:00Z", 368, 2_100.0);
    check("2026-10-25T00:00:00Z", 184, 2_300.0);
    check("2026-10-24T22:00:00Z", 0, 2_500.0);
}

#[test]
fn the_shape_says_when_and_dayparts_say_whether() {
    let mut shares = [0.0; HOURS];
    // Fridays: all of it in equal parts in hours 8 and 20.
    (shares[4 * 24 + 8], shares[4 * 24 + 20]) = (1.0, 1.0);
    let of = |terms: Terms| Plan::new(terms, Shape::of(&shares), 1.0);
    let target = |plan: &mut Plan, now: &str| plan.outlook(at(now), &spent(0, 0)).target_today;
    let mut plan = of(daily(100));
    for (now, expect) in [
        ("06:00", 0),
        ("08:30", 25),
        ("12:00", 50),
        ("20:30", 75),
        ("22:00", 100),
    ] {
        let now = format!("2026-11-20T{now}:00Z");
        assert_eq!(target(&mut plan, &now), Some(Money(expect)), "{now}");
    }
    let mut evening = of(Terms {
        dayparts: Dayparts::NEVER.open(4, 18, 24),
        ..daily(100)
    });
    let noon = evening.outlook(at("2026-11-20T12:00:00Z"), &spent(0, 0));
    assert_eq!((noon.open, noon.target_today), (false, Some(Money::ZERO)));
    let later = evening.outlook(at("2026-11-20T20:30:00Z"), &spent(0, 0));
    assert_eq!((later.open, later.target_today), (true, Some(Money(50))));
    // A day without an open hour has nothing to wait for.
    let never = evening.outlook(at("2026-11-21T12:00:00Z"), &spent(0, 0));
    assert_eq!((never.open, never.auctions_left), (false, 0.0));
    assert_eq!(never.projected_today, Money::ZERO);
}

#[test]
fn delivery_bends_the_curve() {
    let check = |delivery: Delivery, hour: u32, target: i64, auctions: f64| {
        let mut plan = flat(Terms {
            delivery,
            ..daily(1_000)
        });
        let look = plan.outlook(at(&format!("2026-11-20T{hour:02}:00:00Z")), &spent(0, 0));
        assert_eq!(
            look.target_today,
            Some(Money(target)),
            "{delivery:?} {hour}"
        );
        assert!(
            (look.auctions_left - auctions).abs() < 1e-6,
            "{delivery:?} {hour}: {look:?}"
        );
    };
    check(Delivery::Even, 6, 250, 1_800.0);
    // 1 − 0.75^1.2 and 1 − 0.5²; the rest is spent as if over 1,800 ÷ 1.2 and 1,200 ÷ 2 auctions.
    check(Delivery::Ahead(1.2), 6, 292, 1_500.0);
    check(Delivery::Ahead(2.0), 12, 750, 600.0);
    check(Delivery::Ahead(f64::NAN), 6, 250, 1_800.0);
    check(Delivery::AsFastAsPossible, 0, 1_000, 0.0);
}

#[test]
fn what_was_missed_is_caught_up_as_agreed() {
    // Of 10,000 over ten days the fourth day is half over: 3,500 were to be spent, and 2,400 are, none of them today.
    let check = |catch_up: CatchUp, window: Window, left: i64, auctions: f64, day: i64| {
        let mut plan = flat(Terms { catch_up, ..life() });
        let look = plan.outlook(at("2026-11-04T12:00:00Z"), &spent(2_400, 0));
        assert_eq!(
            (look.window, look.left),
            (Some(window), Money(left)),
            "{catch_up:?}"
        );
        assert!(
            (look.auctions_left - auctions).abs() < 1e-6,
            "{catch_up:?}: {look:?}"
        );
        assert_eq!(look.day_amount, Some(Money(day)), "{catch_up:?}");
        assert_eq!(look.target_life, Some(Money(3_500)));
    };
    // A seventh of the 7,600 that were there at dawn is today's, over the half day that is left.
    check(CatchUp::Day, Window::Flight, 1_086, 1_200.0, 1_086);
    // 7,600 over six and a half days: a half day of that today.
    check(CatchUp::Flight, Window::Flight, 7_600, 15_600.0, 585);
    // 6,500 of the plan are still to come.
    check(CatchUp::LetGo, Window::Flight, 6_500, 15_600.0, 1_000);
    // Within a day: 1,000 a day, 300 spent at noon.
    let check = |catch_up: CatchUp, left: i64| {
        let mut plan = flat(Terms {
            catch_up,
            ..daily(1_000)
        });
        let look = plan.outlook(at("2026-11-04T12:00:00Z"), &spent(300, 300));
        assert_eq!(look.left, Money(left), "{catch_up:?}");
    };
    check(CatchUp::Day, 700);
    check(CatchUp::Flight, 700);
    check(CatchUp::LetGo, 500);
}

#[test]
fn the_tightest_window_sets_the_pace_and_none_is_exceeded() {
    let both = |life: i64, day: i64| Terms {
        budget: Budget {
            lifetime: Some(Money(life)),
            daily: Some(Money(day)),
        },
        ..self::life()
    };
    let check = |terms: Terms, spent: Spent, window: Option<Window>, left: i64| {
        let look = flat(terms.clone()).outlook(at("2026-11-01T00:00:00Z"), &spent);
        assert_eq!((look.window, look.left), (window, Money(left)), "{terms:?}");
    };
    check(both(10_000, 500), spent(0, 0), Some(Window::Day), 500);
    check(both(1_000, 500), spent(0, 0), Some(Window::Flight), 100);
    check(both(10_000, 500), spent(9_900, 40), Some(Window::Flight), 0);
    check(both(1_000, 500), spent(2_000, 700), Some(Window::Day), 0);
    // Nothing says how fast.
    check(Terms::default(), spent(5, 5), None, i64::MAX);
    let endless = Terms {
        flight: Flight::default(),
        ..life()
    };
    check(endless, spent(4_000, 0), None, 6_000);
}

#[test]
fn a_day_that_starts_late_and_a_budget_that_changes_are_followed_at_once() {
    let mut plan = flat(Terms {
        flight: Flight {
            start: at("2026-11-20T12:00:00Z"),
            end: None,
        },
        ..daily(1_200)
    });
    let before = plan.outlook(at("2026-11-20T11:00:00Z"), &spent(0, 0));
    assert_eq!(
        (before.open, before.target_today),
        (false, Some(Money::ZERO))
    );
    let look = plan.outlook(at("2026-11-20T18:00:00Z"), &spent(600, 600));
    assert_eq!(
        (look.open, look.target_today, look.left),
        (true, Some(Money(600)), Money(600))
    );
    plan.set_terms(Terms {
        budget: daily(2_400).budget,
        ..plan.terms().clone()
    });
    let raised = plan.outlook(at("2026-11-20T18:00:00Z"), &spent(600, 600));
    assert_eq!(
        (raised.target_today, raised.left),
        (Some(Money(1_200)), Money(1_800))
    );
    plan.set_terms(Terms {
        budget: daily(500).budget,
        ..plan.terms().clone()
    });
    let cut = plan.outlook(at("2026-11-20T18:00:00Z"), &spent(600, 600));
    assert_eq!(
        (cut.target_today, cut.left),
        (Some(Money(250)), Money::ZERO)
    );
    assert_eq!(cut.projected_today, Money(600));
}

#[test]
fn a_segment_spends_its_own_amount() {
    let terms = Terms {
        segments: vec![
            Segment {
                start: at("2026-11-01T00:00:00Z"),
                end: at("2026-11-03T12:00:00Z"),
                amount: Money(500),
            },
            Segment {
                start: at("2026-11-03T12:00:00Z"),
                end: at("2026-11-04T12:00:00Z"),
                amount: Money(300),
            },
        ],
        ..life()
    };
    let mut plan = flat(terms);
    let mut check = |now: &str, segment: i64, today: i64, left: i64, target: i64| {
        let spent = Spent {
            segment: Money(segment),
            ..spent(segment, today)
        };
        let look = plan.outlook(at(now), &spent);
        assert_eq!(
            (look.window, look.left),
            (Some(Window::Segment), Money(left)),
            "{now}"
        );
        assert_eq!(look.target_today, Some(Money(target)), "{now}");
    };
    // A fifth of two and a half days is half a day.
    check("2026-11-01T12:00:00Z", 0, 0, 200, 100);
    check("2026-11-03T06:00:00Z", 400, 0, 100, 50);
    // Half of the second is today's, from noon on.
    check("2026-11-03T12:00:00Z", 0, 100, 150, 0);
    check("2026-11-03T18:00:00Z", 30, 130, 120, 75);
    let after = plan.outlook(at("2026-11-05T00:00:00Z"), &spent(800, 0));
    assert_eq!(after.window, Some(Window::Flight));
}

#[test]
fn traffic_corrects_the_day_and_a_surge_does_so_at_once() {
    let hours = |plan: &mut Plan, from: u32, until: u32, rate: f64| {
        for minute in from * 60..until * 60 {
            let start = at("2026-11-20T00:00:00Z") + Span::minutes(i64::from(minute));
            plan.observe(start, start + Span::minutes(1), rate / 60.0);
        }
    };
    let left = |plan: &mut Plan, hour: u32| {
        let now = at("2026-11-20T00:00:00Z") + Span::hours(i64::from(hour));
        plan.outlook(now, &spent(0, 0)).auctions_left
    };
    let mut plan = flat(daily(1_000));
    hours(&mut plan, 0, 6, 100.0);
    assert!((left(&mut plan, 6) - 1_800.0).abs() < 1.0);
    hours(&mut plan, 6, 12, 200.0);
    // Two memories of three hours later most of the 200 an hour is believed.
    assert!(
        (2_150.0..2_300.0).contains(&left(&mut plan, 12)),
        "{}",
        left(&mut plan, 12)
    );
    let mut slow = plan.clone();
    let minutes = |plan: &mut Plan, rate: f64| {
        for minute in 0..12 {
            let start = at("2026-11-20T12:00:00Z") + Span::minutes(minute);
            plan.observe(start, start + Span::minutes(1), rate / 60.0);
        }
    };
    minutes(&mut slow, 1_000.0);
    plan.surge();
    minutes(&mut plan, 1_000.0);
    let rate = |plan: &mut Plan| left(plan, 13) / 11.0;
    assert!(
        rate(&mut slow) < 300.0 && rate(&mut plan) > 750.0,
        "{} {}",
        rate(&mut slow),
        rate(&mut plan)
    );
}

#[test]
fn the_projection_goes_on_as_lately_and_stops_at_the_budget() {
    let check = |terms: Terms, per_auction: Option<f64>, today: i64, life: Option<i64>| {
        let spent = Spent {
            per_auction,
            ..spent(300, 300)
        };
        let look = flat(terms).outlook(at("2026-11-01T12:00:00Z"), &spent);
        assert_eq!(look.projected_today, Money(today), "{per_auction:?}");
        assert_eq!(look.projected_life, life.map(Money), "{per_auction:?}");
    };
    // As planned: the day's thousand and all of the life's.
    check(life(), None, 1_000, Some(10_000));
    check(life(), Some(0.1), 420, Some(2_580));
    check(life(), Some(9.0), 10_000, Some(10_000));
    let capped = Terms {
        budget: Budget {
            lifetime: Some(Money(10_000)),
            daily: Some(Money(500)),
        },
        ..life()
    };
    check(capped, Some(9.0), 500, Some(5_000));
    check(daily(1_000), Some(0.25), 600, None);
}

#[test]
fn a_forecast_is_believed_until_traffic_tells_otherwise() {
    let check = |elapsed: f64, seen: f64, expect: f64| {
        let left = Forecast { auctions: 1_000.0 }.left(elapsed, seen);
        assert!((left - expect).abs() < 1e-6, "{elapsed} {seen}: {left}");
    };
    check(0.0, 0.0, 1_000.0);
    check(0.5, 500.0, 500.0);
    check(1.0, 1_000.0, 0.0);
    check(2.0, 10.0, 0.0);
    // Twice the traffic: (1000 × 0.01 + 1000) ÷ 0.51 × ½.
    check(0.5, 1_000.0, 1_010.0 / 0.51 / 2.0);
}

/// Any terms around November and December 2026, with or without an end, closed hours and segments.
fn terms() -> impl Strategy<Value = (Terms, [f64; HOURS])> {
    let zones = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
    ];
    let delivery = prop_oneof![
        Just(Delivery::Even),
        (1.0..3.0_f64).prop_map(Delivery::Ahead),
        Just(Delivery::AsFastAsPossible)
    ];
    let catch_up = prop_oneof![
        Just(CatchUp::Day),
        Just(CatchUp::Flight),
        Just(CatchUp::LetGo)
    ];
    let amount = || prop::option::of(0..1_000_000_000_000_i64);
    (
        (0..zones.len(), delivery, catch_up),
        (amount(), amount(), 0..60_i64, 0..3_000_i64),
        prop::collection::vec(0.0..10.0_f64, HOURS),
        (any::<[u32; 7]>(), any::<bool>()),
    )
        .prop_map(
            move |((zone, delivery, catch_up), (daily, lifetime, start, hours), shares, parts)| {
                let start = at("2026-10-20T00:00:00Z") + Span::hours(start);
                let mut dayparts = Dayparts::NEVER;
                for (day, bits) in parts.0.into_iter().enumerate() {
                    for hour in (0..24).filter(|hour| parts.1 || bits & (1 << hour) != 0) {
                        dayparts = dayparts.open(day as u8, hour, hour + 1);
                    }
                }
                let terms = Terms {
                    flight: Flight {
                        start,
                        end: (hours > 100).then(|| start + Span::hours(hours)),
                    },
                    zone: TimeZone::parse(zones[zone]).unwrap(),
                    budget: Budget {
                        lifetime: lifetime.map(Money),
                        daily: daily.map(Money),
                    },
                    segments: Vec::new(),
                    dayparts,
                    delivery,
                    catch_up,
                };
                (terms, shares.try_into().unwrap())
            },
        )
}

#[test]
fn any_plans_curve_rises_to_its_amount_and_nothing_is_below_nothing() {
    let config = Config {
        cases: 300,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let moments = (terms(), 0..2_000_i64, 0.0..1.0_f64, 0.0..1.2_f64);
    let tried = runner.run(&moments, |((terms, shares), hour, of_day, part)| {
        let mut plan = Plan::new(terms.clone(), Shape::of(&shares), 50.0);
        let now = at("2026-10-20T00:30:00Z") + Span::hours(hour);
        let most = |money: Option<Money>| money.map_or(0.0, |money| money.nanos() as f64 * part);
        let life = most(terms.budget.lifetime) as i64;
        let today = (most(terms.budget.daily) * of_day) as i64;
        let spent = spent(life.max(today), today);
        let look = plan.outlook(now, &spent);
        prop_assert!(
            look.left >= Money::ZERO && look.auctions_left >= 0.0,
            "{look:?}"
        );
        prop_assert!((0.0..=1.0).contains(&look.share_left), "{look:?}");
        prop_assert!(look.projected_today >= spent.today, "{look:?}");
        prop_assert!(
            look.projected_life.is_none_or(|life| life >= spent.life),
            "{look:?}"
        );
        if let Some(daily) = terms.budget.daily {
            prop_assert!(
                look.left <= daily && look.day_amount <= Some(daily),
                "{look:?}"
            );
        }
        let curve = plan.day_curve(now, &spent);
        prop_assert_eq!(curve.is_empty(), look.day_amount.is_none());
        prop_assert!(curve.is_sorted(), "{curve:?}");
        if let (Some(last), Some(amount)) = (curve.last(), look.day_amount) {
            prop_assert!(curve.len() <= 27 && curve[0].1 == Money::ZERO);
            prop_assert!(curve.len() == 1 || last.1 == amount, "{curve:?} {amount:?}");
            prop_assert!(
                look.target_today <= Some(amount) && look.target_today >= Some(Money::ZERO)
            );
        }
        // What was to be spent grows until the flight's end, and is all of it then.
        let later = plan.outlook(now + Span::minutes(10), &spent).target_life;
        prop_assert!(later >= look.target_life);
        if let (Some(end), Some(_)) = (terms.flight.end, look.target_life) {
            prop_assert_eq!(plan.outlook(end, &spent).target_life, terms.budget.lifetime);
        }
        Ok(())
    });
    tried.unwrap();
}
