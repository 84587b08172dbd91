//! Calm weeks raise no alarm, and what is injected is found within minutes.

use super::*;
use libm::{cos, exp, log, sqrt};

const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440;

/// Dice of the tests: a generator of Knuth's, with normals by Box and Muller.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = sqrt(-2.0 * log(self.uniform()));
        radius * cos(std::f64::consts::TAU * self.uniform())
    }

    /// A count around a mean: as Poisson, by the normal that is close to it.
    fn count(&mut self, mean: f64) -> f64 {
        if mean < 30.0 {
            let (mut left, mut count) = (exp(-mean), 0.0);
            loop {
                left /= self.uniform();
                if left >= 1.0 {
                    return count;
                }
                count += 1.0;
            }
        }
        libm::rint(mean + sqrt(mean) * self.normal()).max(0.0)
    }
}

/// A campaign's minutes: traffic by a daily wave of six to one that the plan knows, noise that lasts (minutes are 10 %
/// off on average, and a quarter of an hour is alike), win rate and price with waves of their own that nobody knows.
#[derive(Clone)]
struct World {
    dice: Dice,
    rate: f64,
    noise: [f64; 3],
}

impl World {
    fn new(seed: u64, rate: f64) -> World {
        World {
            dice: Dice(seed),
            rate,
            noise: [0.0; 3],
        }
    }

    /// A minute with each signal times a factor: traffic, click rate, win rate, price.
    fn minute(&mut self, minute: i64, factors: [f64; 4]) -> Sample {
        let wave =
            |hour: f64| cos(std::f64::consts::TAU * ((minute % DAY) as f64 / 60.0 - hour) / 24.0);
        for noise in &mut self.noise {
            *noise = 0.93 * *noise + 0.1 * 0.37 * self.dice.normal();
        }
        let usual = self.rate * exp(0.9 * wave(15.0));
        let auctions = self.dice.count(usual * exp(self.noise[0]) * factors[0]);
        let bids = self.dice.count(auctions * 0.8).min(auctions);
        let win_rate = 0.3 * exp(0.3 * wave(4.0) + self.noise[1]) * factors[2];
        let wins = self.dice.count(bids * win_rate).min(bids);
        let clicks = self.dice.count(wins * 0.01 * factors[1]).min(wins);
        let price = 1e6 * exp(0.3 * wave(20.0) + self.noise[2]) * factors[3];
        let spread = 0.5 / sqrt(wins.max(1.0));
        Sample {
            auctions,
            usual,
            bids,
            wins,
            clicks,
            spend: wins * price * exp(spread * self.dice.normal()),
        }
    }
}

fn detector() -> Detector {
    Detector::new(TimeZone::default(), Settings::default())
}

/// Plays minutes with factors that may change with time.
fn play(
    world: &mut World,
    detector: &mut Detector,
    minutes: std::ops::Range<i64>,
    factors: impl Fn(i64) -> [f64; 4],
) -> Vec<(i64, Surge)> {
    let mut found = Vec::new();
    for minute in minutes {
        let sample = world.minute(minute, factors(minute));
        let at = Timestamp(minute * MINUTE);
        found.extend(
            detector
                .observe(at, &sample)
                .into_iter()
                .map(|surge| (minute, surge)),
        );
    }
    found
}

#[test]
fn calm_weeks_are_calm() {
    let weeks = if std::env::var_os("OUTBID_SOAK").is_some() {
        400
    } else {
        4
    };
    let mut alarms = Vec::new();
    for week in 0..weeks {
        // From ten auctions a minute to ten thousand.
        let rate = [10.0, 100.0, 1_000.0, 10_000.0][week as usize % 4];
        let mut world = World::new(1 + week, rate);
        alarms.extend(play(&mut world, &mut detector(), 0..7 * DAY, |_| [1.0; 4]));
    }
    println!(
        "{} false alarms in {weeks} weeks of four signals",
        alarms.len()
    );
    assert!(alarms.len() <= weeks as usize / 8, "{alarms:?}");
}

#[test]
fn what_changes_is_found_within_minutes_and_named() {
    let calm: Vec<(World, Detector)> = (0..5)
        .map(|seed| {
            let (mut world, mut detector) = (World::new(100 + seed, 1_000.0), detector());
            play(&mut world, &mut detector, 0..DAY + 600, |_| [1.0; 4]);
            (world, detector)
        })
        .collect();
    let check = |signal: Signal, factor: f64, within: i64| {
        let mut delays = Vec::new();
        for (mut world, mut detector) in calm.clone() {
            let mut factors = [1.0; 4];
            factors[signal as usize] = factor;
            let begin = DAY + 600;
            let found = play(&mut world, &mut detector, begin..begin + 240, |_| factors);
            let (minute, surge) = found[0];
            assert_eq!(surge.signal, signal, "{found:?}");
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(surge.z > 0.0, factor > 1.0, "{surge:?}");
            let ratio = surge.to / surge.from / factor;
            // Of next to nothing it cannot be told how much it is.
            let near = (0.6..1.6).contains(&ratio) || (factor < 0.01 && surge.to < 0.001);
            assert!(near, "{factor}: {surge:?}");
            delays.push(minute - begin + 1);
        }
        let (worst, sum) = (delays.iter().max().unwrap(), delays.iter().sum::<i64>());
        println!(
            "{signal:?} × {factor}: {} minutes on average, {worst} at worst",
            sum as f64 / 5.0
        );
        assert!(*worst <= within, "{signal:?} {factor}: {delays:?}");
    };
    check(Signal::Traffic, 3.0, 6);
    check(Signal::Traffic, 2.0, 8);
    check(Signal::Traffic, 0.5, 8);
    check(Signal::Traffic, 0.0001, 6);
    check(Signal::WinRate, 2.0, 12);
    check(Signal::WinRate, 0.3, 12);
    check(Signal::Price, 2.0, 12);
    check(Signal::Price, 0.5, 12);
    // Two clicks a minute: a sample of twenty takes ten.
    check(Signal::ClickRate, 3.0, 60);
    check(Signal::ClickRate, 0.2, 90);
}

#[test]
fn a_signal_that_jumps_to_and_fro_tells_so_a_few_times() {
    let (mut world, mut detector) = (World::new(3, 1_000.0), detector());
    let found = play(&mut world, &mut detector, 0..DAY, |minute| {
        let factor = if minute / 20 % 2 == 0 { 1.0 } else { 4.0 };
        [factor, 1.0, 1.0, 1.0]
    });
    assert!((2..=9).contains(&found.len()), "{}: {found:?}", found.len());
}

#[test]
fn one_odd_minute_and_a_slow_drift_are_nothing() {
    let (mut world, mut detector) = (World::new(5, 1_000.0), detector());
    let found = play(&mut world, &mut detector, 0..2 * DAY, |minute| {
        let odd = if minute % 97 == 0 { 50.0 } else { 1.0 };
        let drift = exp(minute as f64 / DAY as f64);
        [odd, 1.0, 1.0, drift]
    });
    assert_eq!(found, []);
}

#[test]
fn what_cannot_be_seen_is_no_fall() {
    let (mut world, mut detector) = (World::new(6, 1_000.0), detector());
    play(&mut world, &mut detector, 0..DAY, |_| [1.0; 4]);
    for minute in DAY..2 * DAY {
        let found = detector.observe(Timestamp(minute * MINUTE), &Sample::default());
        assert_eq!(found, []);
    }
    let odd = Sample {
        auctions: f64::NAN,
        usual: f64::INFINITY,
        bids: -1.0,
        ..Sample::default()
    };
    assert_eq!(detector.observe(Timestamp(2 * DAY * MINUTE), &odd), []);
}
