use super::*;

const HOUR: i64 = Span::hours(1).0;
const MINUTE: i64 = Span::minutes(1).0;

fn settings() -> Settings {
    Settings {
        delay: Span::hours(1),
        ..Settings::default()
    }
}

/// Fifty clicks a minute for `hours`, of which one in ten converts after delays that are spread as an exponential of
/// this mean. What happens between `silent` is lost.
fn play(hours: i64, mean_hours: f64, silent: std::ops::Range<i64>) -> (Tracker, Clicks, Timestamp) {
    let (mut tracker, mut clicks) = (Tracker::new(settings()), Clicks::new(&settings()));
    let mut coming: Vec<(i64, i64)> = Vec::new();
    let mut count = 0_u64;
    for minute in 0..hours * 60 {
        let now = Timestamp(minute * MINUTE);
        for _ in 0..50 {
            tracker.click(now);
            clicks.click(now);
            count += 1;
            if count.is_multiple_of(10) {
                // Quantiles of the distribution in a scrambled order.
                let u = ((count / 10 * 7_919 % 10_007) as f64 + 0.5) / 10_007.0;
                let delay = -mean_hours * (1.0 - u).ln() * HOUR as f64;
                coming.push((now.0 + delay as i64, now.0));
            }
        }
        for (at, clicked) in coming.extract_if(.., |(at, _)| *at <= now.0) {
            if !silent.contains(&(at / HOUR)) {
                tracker.convert(Timestamp(clicked), Timestamp(at), now);
                clicks.convert(Timestamp(clicked));
            }
        }
        if let Some(since) = tracker.silence(now) {
            tracker.hold(since);
        }
        tracker.learn(now);
        clicks.forget(&tracker, now);
    }
    (tracker, clicks, Timestamp((hours * 60 - 1) * MINUTE))
}

fn rate(tracker: &Tracker, clicks: &Clicks, now: Timestamp) -> f64 {
    CONVERSION.posterior(clicks.evidence(tracker, now)).mean()
}

#[test]
fn clicks_that_are_young_do_not_lower_the_rate() {
    for mean_hours in [1.0, 4.0] {
        let (tracker, clicks, now) = play(12, mean_hours, 0..0);
        let got = rate(&tracker, &clicks, now);
        assert!((0.092..0.108).contains(&got), "{mean_hours}: {got}");
        let delay = tracker.delay().0 as f64 / HOUR as f64;
        assert!(
            (delay / mean_hours - 1.0).abs() < 0.12,
            "{mean_hours}: {delay}"
        );
        // Counted as if every click had had its time, it would be lower.
        let all = clicks.slots.values().map(|slot| slot.clicks).sum::<f64>();
        let seen = clicks
            .slots
            .values()
            .map(|slot| slot.conversions)
            .sum::<f64>();
        assert!(seen / all < 0.095, "{}", seen / all);
        // Of 50 × 60 clicks an hour one in ten converts, and one mean delay of them is always under way.
        let (to_come, expect) = (clicks.to_come(&tracker, 0.1, now), 300.0 * mean_hours);
        assert!((to_come / expect - 1.0).abs() < 0.15, "{to_come} {expect}");
        assert!(tracker.holds().is_empty());
    }
}

#[test]
fn a_silence_is_found_out_and_lowers_no_rate() {
    let (tracker, clicks, now) = play(15, 1.0, 12..99);
    assert!(tracker.is_held());
    let (from, to) = tracker.holds()[0];
    assert!((from.0 - 12 * HOUR).abs() < 5 * MINUTE && to.is_none());
    let got = rate(&tracker, &clicks, now);
    assert!((0.09..0.11).contains(&got), "{got}");
    // What is known of a short delay is held, too.
    let (tracker, clicks, now) = play(15, 0.1, 12..99);
    let got = rate(&tracker, &clicks, now);
    assert!(tracker.is_held() && (0.09..0.11).contains(&got), "{got}");
}

#[test]
fn after_a_silence_all_goes_on() {
    let (tracker, clicks, now) = play(24, 1.0, 12..18);
    assert!(!tracker.is_held());
    assert_eq!(tracker.holds().len(), 1);
    let to = tracker.holds()[0].1.unwrap();
    assert!((to.0 - 18 * HOUR).abs() < 5 * MINUTE);
    let got = rate(&tracker, &clicks, now);
    assert!((0.09..0.11).contains(&got), "{got}");
}

#[test]
fn a_tracker_that_tells_later_what_it_kept_was_never_silent() {
    let (mut tracker, _, now) = play(15, 1.0, 12..99);
    let converted = Timestamp(now.0 - 2 * HOUR);
    tracker.convert(Timestamp(converted.0 - MINUTE), converted, now);
    assert!(tracker.holds().is_empty());
}

#[test]
fn a_silence_that_is_true_is_accepted_and_lowers_the_rate() {
    let (mut tracker, clicks, now) = play(18, 1.0, 12..99);
    let held = rate(&tracker, &clicks, now);
    tracker.accept(now);
    assert!(!tracker.is_held() && tracker.silence(now).is_none());
    let true_rate = rate(&tracker, &clicks, now);
    assert!(true_rate < 0.8 * held, "{true_rate} {held}");
}

#[test]
fn chance_alone_silences_nobody() {
    // One click in a hundred converts, by dice: gaps of several times the usual come.
    let (mut tracker, mut seed) = (Tracker::new(settings()), 3_u64);
    for minute in 0..14 * 24 * 60 {
        let now = Timestamp(minute * MINUTE);
        for _ in 0..10 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            tracker.click(now);
            if (seed >> 33) % 100 == 0 {
                tracker.convert(now, now, now);
            }
        }
        assert_eq!(tracker.silence(now), None, "minute {minute}");
        tracker.learn(now);
    }
}

#[test]
fn several_steps_find_a_short_delay_at_once() {
    let rate_after = |steps: u32| {
        let settings = Settings {
            delay: Span::minutes(30),
            delay_strength: 3.0,
            steps,
            ..Settings::default()
        };
        let (mut tracker, mut clicks) = (Tracker::new(settings), Clicks::new(&settings));
        for minute in 0..10 {
            let now = Timestamp(minute * MINUTE);
            for number in 0..50 {
                tracker.click(now);
                clicks.click(now);
                if number % 10 == 0 {
                    tracker.convert(now, now, now);
                    clicks.convert(now);
                }
            }
            tracker.learn(now);
        }
        rate(&tracker, &clicks, Timestamp(10 * MINUTE))
    };
    let ten = rate_after(10);
    assert!((0.08..0.12).contains(&ten), "{ten}");
}

#[test]
fn what_was_counted_before_is_gone_on_from() {
    let before = Evidence {
        trials: 500.0,
        successes: 50.0,
    };
    let tracker = Tracker::new(settings());
    let clicks = Clicks::since(&settings(), before, Timestamp(HOUR));
    assert_eq!(clicks.evidence(&tracker, Timestamp(HOUR)), before);
}

#[test]
fn only_so_much_is_remembered() {
    let (mut tracker, mut clicks) = (Tracker::new(settings()), Clicks::new(&settings()));
    for hour in 0..1_000 {
        let now = Timestamp(hour * HOUR);
        clicks.click(now);
        clicks.forget(&tracker, now);
        tracker.hold(now);
        tracker.convert(now, now, now);
        tracker.learn(now);
    }
    assert!(clicks.slots.len() <= 50 && tracker.all.slots.len() <= 50);
    assert!(tracker.holds().len() <= SILENCES);
    // A conversion of a click that is long among the old still counts.
    let before = clicks.evidence(&tracker, Timestamp(1_000 * HOUR)).successes;
    clicks.convert(Timestamp(900 * HOUR));
    assert!(clicks.evidence(&tracker, Timestamp(1_000 * HOUR)).successes > before);
}
