use super::*;

fn taught(told: &[(&[u64], Told, usize)]) -> Landscape {
    let mut landscape = Landscape::new(100, Settings::default());
    for (contexts, told, times) in told {
        (0..*times).for_each(|_| landscape.observe(contexts, *told));
    }
    landscape
}

#[test]
fn the_best_bid_is_just_enough_to_win() {
    let one = taught(&[(&[], Told::Price(40), 1_000)]);
    let two = taught(&[(&[], Told::Price(20), 500), (&[], Told::Price(60), 500)]);
    let check = |landscape: &Landscape, worth: f64, expect: i64| {
        assert_eq!(landscape.best_bid(&[], worth), expect, "{worth}");
    };
    check(&one, 90.0, 40);
    check(&one, 60.0, 40);
    // (100 − 60) × 1 is no more than (100 − 20) × ½; from 101 on it is.
    check(&two, 90.0, 20);
    check(&two, 110.0, 60);
    check(&two, 0.0, 0);
    check(&two, -5.0, 0);
}

#[test]
fn what_a_context_tells_is_used_once_it_was_seen_often() {
    let few = taught(&[(&[1], Told::Price(20), 2_000), (&[2], Told::Price(60), 3)]);
    assert_eq!(few.best_bid(&[2], 90.0), 20);
    let many = taught(&[
        (&[1], Told::Price(20), 2_000),
        (&[2], Told::Price(60), 2_000),
    ]);
    assert_eq!(
        (many.best_bid(&[1], 90.0), many.best_bid(&[2], 90.0)),
        (20, 60)
    );
    assert_eq!(many.best_bid(&[3], 65.0), 20);
}

#[test]
fn wins_and_losses_alone_find_the_price() {
    let settings = Settings {
        memory: 1_000.0,
        ..Settings::default()
    };
    let mut landscape = Landscape::new(100, settings);
    for round in 0..8_000_i64 {
        let bid = round * 37 % 100;
        landscape.observe(
            &[],
            if bid >= 50 {
                Told::AtMost(bid)
            } else {
                Told::Above(bid)
            },
        );
    }
    let (below, above) = (
        landscape.win_probability(&[], 45),
        landscape.win_probability(&[], 55),
    );
    assert!(below < 0.2 && above > 0.8, "{below} {above}");
    let best = landscape.best_bid(&[], 95.0);
    assert!((50..=60).contains(&best), "{best}");
}

#[test]
fn a_curve_bids_as_the_landscape_does() {
    let mut landscape = Landscape::by_octaves(Settings::default());
    let mut seed = 1_u64;
    for _ in 0..20_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let price = 400_000 + (seed >> 33) as i64 % 2_000_000;
        landscape.observe(&[1], Told::Price(price));
    }
    let curve = landscape.curve(&[1]);
    // Of prices even from 0.4 to 2.4 the best bid is halfway between the lowest and the worth.
    for worth in [500_000, 1_000_000, 1_700_000, 2_300_000] {
        let best = (worth + 400_000) / 2;
        let gain = |bid: i64| (worth - bid) as f64 * landscape.win_probability(&[1], bid);
        let bid = curve.best_bid(worth);
        assert!(gain(bid) > 0.97 * gain(best), "{worth}: {bid} {best}");
        let asked = landscape.best_bid(&[1], worth as f64);
        assert!(gain(bid) > 0.97 * gain(asked), "{worth}: {bid} {asked}");
    }
    // Enough for all of them is enough.
    assert!((2_400_000..2_460_000).contains(&curve.best_bid(50_000_000)));
    assert_eq!((curve.best_bid(5), curve.best_bid(0)), (5, 0));
    assert_eq!(curve.best_bid(i64::MAX), i64::MAX);
    let points = landscape.points(&[1], 40);
    assert!((20..=40).contains(&points.len()), "{points:?}");
    assert!(points[0].0 >= 380_000 && points[0].1 < 0.05, "{points:?}");
}

#[test]
fn there_is_an_end_to_contexts() {
    let settings = Settings {
        contexts_max: 2,
        ..Settings::default()
    };
    let mut landscape = Landscape::new(10, settings);
    (0..9).for_each(|context| landscape.observe(&[context], Told::Price(5)));
    assert_eq!(landscape.narrower.len(), 2);
}

#[test]
fn exploration_stays_below_the_worth_and_within_its_share() {
    let mut exploration = Exploration {
        share: 0.1,
        done: 0,
    };
    for k in 0..1_000 {
        let bid = exploration.bid(10, 20.0, [f64::from(k) / 1_000.0, 0.999]);
        assert!((10..=20).contains(&bid));
    }
    assert_eq!(exploration.done, 100);
    assert_eq!(exploration.bid(10, 5.0, [0.0, 0.9]), 10);
}

#[test]
fn what_was_learned_goes_on_as_it_was() {
    let told = [
        (&[1_u64, 2][..], Told::Price(20), 50),
        (&[1, 3], Told::AtMost(70), 20),
        (&[], Told::Above(40), 20),
    ];
    let landscape = taught(&told);
    let mut again = Landscape::new(100, Settings::default());
    for context in [None, Some(1), Some(2), Some(3)] {
        let kept = landscape.kept(context).unwrap();
        assert!(again.resume(context, &kept), "{context:?}");
    }
    for contexts in [&[][..], &[1], &[1, 2], &[1, 3], &[9]] {
        assert_eq!(again.weight(contexts), landscape.weight(contexts));
        assert_eq!(again.curve(contexts), landscape.curve(contexts));
    }
    assert_eq!(landscape.kept(Some(9)), None);
    // Numbers of other prices, or none at all, change nothing.
    let kept = landscape.kept(None).unwrap();
    let mut wrong = vec![kept[..50].to_vec(), Vec::new(), vec![f64::NAN; kept.len()]];
    wrong.push(vec![0.0; kept.len()]);
    for numbers in wrong {
        assert!(!again.resume(None, &numbers), "{}", numbers.len());
    }
    assert_eq!(again.kept(None), Some(kept));
    let mut full = Landscape::new(
        100,
        Settings {
            contexts_max: 1,
            ..Settings::default()
        },
    );
    let kept = landscape.kept(Some(1)).unwrap();
    assert!(full.resume(Some(1), &kept) && full.resume(Some(1), &kept));
    assert!(!full.resume(Some(2), &kept));
}
