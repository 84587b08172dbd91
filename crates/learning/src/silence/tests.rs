use super::*;

const MINUTE: i64 = 60_000;

/// So many minutes with ten clicks each, of which a tenth is expected to convert, and each `every`th does.
fn run(tracker: &mut Tracker, from: i64, minutes: i64, every: Option<i64>) -> Vec<(i64, Change)> {
    (from..from + minutes)
        .filter_map(|minute| {
            let converts = every.is_some_and(|every| minute % every == 0);
            let new = Counted {
                clicks: 10,
                conversions: u64::from(converts),
            };
            let change = tracker.observe(Timestamp(minute * MINUTE), new, 1.0);
            Some((minute, change?))
        })
        .collect()
}

fn tracker() -> Tracker {
    Tracker::new(Timestamp(0), Counted::default(), Settings::default())
}

fn rate(tracker: &Tracker) -> f64 {
    let counted = tracker.believed();
    counted.conversions as f64 / counted.clicks as f64
}

#[test]
fn a_tracker_that_goes_silent_is_noticed_and_the_rate_is_held() {
    let mut tracker = tracker();
    assert_eq!(run(&mut tracker, 0, 1_000, Some(1)), []);
    let changes = run(&mut tracker, 1_000, 600, None);
    let [(minute, Change::Silent(silence))] = changes[..] else {
        panic!("{changes:?}")
    };
    assert!((1_012..1_014).contains(&minute), "{minute}");
    assert!(silence.z < -6.0 && silence.since >= Timestamp(998 * MINUTE));
    assert!((rate(&tracker) - 0.1).abs() < 0.002, "{}", rate(&tracker));
    // It speaks again: what was not counted stays uncounted.
    let back = run(&mut tracker, 1_600, 100, Some(1));
    assert_eq!(back.len(), 1, "{back:?}");
    assert!(back[0].0 < 1_610 && back[0].1 == Change::Back);
    assert!((rate(&tracker) - 0.1).abs() < 0.003, "{}", rate(&tracker));
}

#[test]
fn a_rate_that_falls_to_a_half_is_learned_and_not_held() {
    let mut tracker = tracker();
    run(&mut tracker, 0, 1_000, Some(1));
    assert_eq!(run(&mut tracker, 1_000, 1_000, Some(2)), []);
    assert!(rate(&tracker) < 0.08);
}

#[test]
fn what_is_true_can_be_accepted_and_is_in_the_end() {
    let mut tracker = tracker();
    run(&mut tracker, 0, 1_000, Some(1));
    run(&mut tracker, 1_000, 100, None);
    assert!(tracker.silence().is_some());
    tracker.accept(Timestamp(1_100 * MINUTE));
    let all = Counted {
        clicks: 11_000,
        conversions: 1_000,
    };
    assert_eq!((tracker.silence(), tracker.believed()), (None, all));
    let mut forgotten = self::tracker();
    run(&mut forgotten, 0, 1_000, Some(1));
    let changes = run(&mut forgotten, 1_000, 3 * 1_440 + 60, None);
    assert!(matches!(changes[1], (_, Change::GivenUp)), "{changes:?}");
}

#[test]
fn chance_alone_silences_nobody() {
    // Poisson conversions of one expected in ten minutes, for two years.
    let mut tracker = tracker();
    let mut seed = 1_u64;
    for minute in 0..105_120 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let new = Counted {
            clicks: 1,
            conversions: u64::from((seed >> 33).is_multiple_of(10)),
        };
        let change = tracker.observe(Timestamp(minute * 10 * MINUTE), new, 0.1);
        assert_eq!(change, None, "{minute}");
    }
}
