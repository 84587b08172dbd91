//! One signal of one campaign.

use std::collections::VecDeque;

use campaign::time::{Span, Timestamp};
use libm::{exp, fabs, log, sqrt};

use super::{Sample, Settings, Signal, Surge};

/// The median is over so many samples: an hour of minutes.
const WINDOW: usize = 60;
/// Before so many nothing is judged.
const WARM: usize = 15;
/// What is now is the median of so many samples: no fewer make an event.
const LATEST: usize = 4;
/// A sample that should hold fewer counts does not tell what is usual.
const LEAST_TO_FALL: f64 = 5.0;
/// A sample that does not fill is closed after so many tries.
const TRIES_MAX: u32 = 240;
/// In how many days the usual ratio of an hour is believed anew.
const SEASON_DAYS: f64 = 7.0;
/// One day moves the usual ratio of an hour by no more: a surge is no season.
const SEASON_STEP_MAX: f64 = 0.2;

#[derive(Clone, Debug)]
pub(super) struct Channel {
    signal: Signal,
    settings: Settings,
    /// The sample that is being filled.
    count: f64,
    of: f64,
    tries: u32,
    /// Logarithms of ratios, less their season.
    window: VecDeque<f64>,
    /// Kept over an event until there are enough new ones to tell.
    spread: f64,
    rise: Sum,
    fall: Sum,
    season: Season,
    quiet_until: Timestamp,
    /// Whether the last event left so little that it is not known how much.
    scarce: bool,
    /// When the last events were.
    events: VecDeque<Timestamp>,
}

/// A sum of z in one direction, and what came while it grew.
#[derive(Clone, Debug, Default)]
struct Sum {
    z: f64,
    total: f64,
    since: Timestamp,
    residuals: Vec<f64>,
}

impl Sum {
    fn add(&mut self, at: Timestamp, z: f64, residual: f64, settings: &Settings) {
        self.z = (self.z + z.min(settings.z_max) - settings.allowance).max(0.0);
        // The change began where the last run of differences on this side did.
        if self.z <= 0.0 || z <= settings.allowance {
            self.total = 0.0;
            self.residuals.clear();
            return;
        }
        if self.residuals.is_empty() {
            self.since = at;
        }
        self.total += z;
        self.residuals.push(residual);
        if self.residuals.len() > WINDOW {
            self.residuals.remove(0);
        }
    }
}

/// What is usual at each hour of the day, as a logarithm.
#[derive(Clone, Debug, Default)]
struct Season {
    hours: [f64; 24],
    days: [f64; 24],
    /// The hour that is on, with its samples.
    now: usize,
    samples: Vec<f64>,
}

impl Season {
    /// Against the mean of all hours, between the middles of two hours in proportion. Nothing before each hour was
    /// seen once.
    fn at(&self, hour: f64) -> f64 {
        if self.days.contains(&0.0) {
            return 0.0;
        }
        let place = (hour - 0.5).rem_euclid(24.0);
        let (from, part) = (place as usize % 24, place.fract());
        let mean = self.hours.iter().sum::<f64>() / 24.0;
        self.hours[from] * (1.0 - part) + self.hours[(from + 1) % 24] * part - mean
    }

    /// Whether this was the last hour of which nothing was known.
    fn observe(&mut self, hour: f64, x: f64) -> bool {
        let hour = hour as usize % 24;
        let unknown = self.days.contains(&0.0);
        if hour != self.now {
            if let Some(median) = median(&self.samples) {
                let k = self.now;
                let step = if self.days[k] == 0.0 {
                    median
                } else {
                    (median - self.hours[k]).clamp(-SEASON_STEP_MAX, SEASON_STEP_MAX)
                        / (self.days[k] + 1.0).min(SEASON_DAYS)
                };
                self.hours[k] += step;
                self.days[k] += 1.0;
            }
            self.samples.clear();
            self.now = hour;
        }
        if self.samples.len() < 240 {
            self.samples.push(x);
        }
        unknown && !self.days.contains(&0.0)
    }
}

impl Channel {
    pub fn new(signal: Signal, settings: Settings) -> Channel {
        Channel {
            signal,
            settings,
            count: 0.0,
            of: 0.0,
            tries: 0,
            window: VecDeque::new(),
            spread: settings.least_spread,
            rise: Sum::default(),
            fall: Sum::default(),
            season: Season::default(),
            quiet_until: Timestamp::MIN,
            scarce: false,
            events: VecDeque::new(),
        }
    }

    pub fn observe(&mut self, at: Timestamp, hour: f64, sample: &Sample) -> Option<Surge> {
        let (count, of) = match self.signal {
            Signal::Traffic => (sample.auctions, sample.usual),
            Signal::ClickRate => (sample.clicks, sample.wins),
            Signal::WinRate => (sample.wins, sample.bids),
            Signal::Price => (sample.spend, sample.wins),
        };
        if !(of > 0.0 && count >= 0.0 && of.is_finite() && count.is_finite()) {
            return None;
        }
        self.count += count;
        self.of += of;
        self.tries += 1;
        let season = self.season.at(hour);
        let usual = self.usual().map(|median| exp(median + season));
        // Of a price the wins are counted, of all else what stands above.
        let expected = match (self.signal, usual) {
            (Signal::Price, _) => self.of,
            (_, Some(usual)) => self.of * usual,
            (_, None) => self.count,
        };
        if expected < self.settings.least_count && self.tries < TRIES_MAX {
            return None;
        }
        // Half a count, so that none at all has a logarithm too.
        let half = match self.signal {
            Signal::Price => f64::MIN_POSITIVE,
            _ => 0.5,
        };
        let x = log((self.count + half) / (self.of + half));
        (self.count, self.of, self.tries) = (0.0, 0.0, 0);
        let residual = x - season;
        if self.season.observe(hour, x) {
            // From now on hours differ: what was usual without that says nothing.
            self.window.clear();
        }
        self.judge(at, season, residual, expected)
    }

    fn judge(&mut self, at: Timestamp, season: f64, residual: f64, expected: f64) -> Option<Surge> {
        let usual = self.usual();
        self.window.push_back(residual);
        if self.window.len() > WINDOW {
            self.window.pop_front();
        }
        let usual = usual?;
        if self.window.len() > WARM {
            let deviations: Vec<f64> = self.window.iter().map(|x| fabs(x - usual)).collect();
            self.spread = 1.4826 * median(&deviations).unwrap_or(0.0);
        }
        let noise = self.settings.least_spread * self.settings.least_spread + 1.0 / expected;
        let z = (residual - usual) / self.spread.max(sqrt(noise));
        self.rise.add(at, z, residual, &self.settings);
        // Of next to nothing there is no fall to see.
        let fall = if self.scarce { 0.0 } else { -z };
        self.fall.add(at, fall, residual, &self.settings);
        let (sum, sign) = if self.rise.z > self.fall.z {
            (&self.rise, 1.0)
        } else {
            (&self.fall, -1.0)
        };
        let latest = sum.residuals.len().saturating_sub(LATEST);
        let to = median(&sum.residuals[latest..])?;
        let changed = fabs(to - usual) >= log(self.settings.least_ratio);
        if sum.z <= self.settings.threshold || !changed || at < self.quiet_until {
            return None;
        }
        let surge = Surge {
            signal: self.signal,
            at,
            since: sum.since,
            from: exp(usual + season),
            to: exp(to + season),
            z: sign * sum.total / sum.residuals.len() as f64,
        };
        self.scarce = expected * exp(to - usual) < LEAST_TO_FALL;
        self.window = sum.residuals.iter().copied().collect();
        (self.rise, self.fall) = (Sum::default(), Sum::default());
        self.keep_quiet(at);
        Some(surge)
    }

    /// What is usual, less the season. None before there is enough to tell; after an event what came since is.
    fn usual(&self) -> Option<f64> {
        let enough = self.window.len() >= WARM || !self.events.is_empty();
        let (front, back) = self.window.as_slices();
        enough.then(|| median(&[front, back].concat())).flatten()
    }

    fn keep_quiet(&mut self, at: Timestamp) {
        while self
            .events
            .pop_front_if(|event| *event + Span::days(1) <= at)
            .is_some()
        {}
        let longer = 1_i64 << self.events.len().min(16);
        let quiet = Span(self.settings.quiet.0.saturating_mul(longer)).min(self.settings.quiet_max);
        self.quiet_until = at + quiet;
        self.events.push_back(at);
    }
}

fn median(of: &[f64]) -> Option<f64> {
    let mut of = of.to_vec();
    let half = of.len() / 2;
    if of.is_empty() {
        return None;
    }
    let even = of.len().is_multiple_of(2);
    let (below, middle, _) = of.select_nth_unstable_by(half, f64::total_cmp);
    let middle = *middle;
    match below.iter().copied().reduce(f64::max) {
        Some(lower) if even => Some((lower + middle) / 2.0),
        _ => Some(middle),
    }
}
