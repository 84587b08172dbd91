//! How traffic goes up and down with the hours of the week, and how much of it there is today.
//!
//! The two are learned apart. The *shape* ([`Profile`]) is a matter of weeks: which part of a week's auctions comes on
//! Tuesdays at nine. The *level* ([`Level`]) is a matter of minutes: how many auctions an hour of average traffic has
//! today. So a morning of twice the traffic corrects the whole day's forecast, and leaves the shape as it is.

use campaign::time::WeekHour;
use libm::exp;

/// The hours of a week.
pub const HOURS: usize = 168;

/// How busy each hour of the week is, against the mean hour: 1 is average. From Monday's midnight on, in the zone that
/// the plan is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape([f64; HOURS]);

impl Shape {
    /// Every hour like any other.
    pub const FLAT: Shape = Shape([1.0; HOURS]);

    /// From any numbers in proportion to the traffic, as shares of a week are. Flat where they are no such thing: none
    /// above 0, or one that is no number or below 0.
    pub fn of(shares: &[f64; HOURS]) -> Shape {
        let mean = shares.iter().sum::<f64>() / HOURS as f64;
        let sound = shares
            .iter()
            .all(|share| share.is_finite() && *share >= 0.0);
        if !sound || !mean.is_finite() || mean <= 0.0 {
            return Shape::FLAT;
        }
        Shape(shares.map(|share| share / mean))
    }

    /// How busy this hour of the week is.
    pub fn at(&self, hour: WeekHour) -> f64 {
        self.0[hour.index() % HOURS]
    }

    /// All hours, Monday's first hour first.
    pub fn hours(&self) -> &[f64; HOURS] {
        &self.0
    }
}

/// How much a broader profile weighs: as much as this many hours of the same kind seen. Counts are large, so what
/// makes an hour's rate uncertain is that days differ, and the weight is in days and not in auctions.
const BROADER_WEIGHT: f64 = 1.0;
/// How much the hour of the day, over all weekdays, weighs in an hour of the week.
const DAY_WEIGHT: f64 = 2.0;
/// After how many hours of the same kind (so: weeks) what was seen of it weighs 1 ÷ e.
const MEMORY_HOURS: f64 = 6.0;

/// What was seen of each hour of the week: by a campaign, or by an account over all of its campaigns.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    auctions: [f64; HOURS],
    /// For how long each hour was watched.
    watched: [f64; HOURS],
}

impl Default for Profile {
    fn default() -> Profile {
        Profile {
            auctions: [0.0; HOURS],
            watched: [0.0; HOURS],
        }
    }
}

impl Profile {
    /// Adds what came while a part of an hour (up to 1) was watched. What is not watched is not added: a campaign that
    /// was paused has seen nothing, which is not the same as that nothing came.
    pub fn observe(&mut self, hour: WeekHour, part: f64, auctions: f64) {
        if !(part > 0.0 && auctions >= 0.0 && part.is_finite() && auctions.is_finite()) {
            return;
        }
        let (at, fade) = (hour.index() % HOURS, exp(-part / MEMORY_HOURS));
        self.auctions[at] = self.auctions[at] * fade + auctions;
        self.watched[at] = self.watched[at] * fade + part;
    }

    /// The shape that these counts make likely, for one who believed in a broader one:
    ///
    /// > hour of the day: r(h) = (Σ seen + k₁ · level · b(h)) ÷ (Σ watched + k₁)
    /// > hour of the week: r(d, h) = (seen + k₂ · r(h) · b(d, h) ÷ b(h)) ÷ (watched + k₂)
    ///
    /// with b the broader shape, b(h) its mean over weekdays, and the level at which the broader shape explains what
    /// was seen: means of Gamma posteriors, with priors worth k₁ = 1 and k₂ = 2 hours of watching.
    pub fn shape(&self, broader: &Shape) -> Shape {
        let b = &broader.0;
        let under = sum(&|k| self.watched[k] * b[k]);
        if under <= 0.0 {
            return broader.clone();
        }
        let level = sum(&|k| self.auctions[k]) / under;
        let mut shares = [0.0; HOURS];
        for hour in 0..24 {
            let days = |of: &[f64; HOURS]| (0..7).map(|day| of[day * 24 + hour]).sum::<f64>();
            let mean = days(b) / 7.0;
            let expected: f64 = (0..7)
                .map(|day| day * 24 + hour)
                .map(|k| self.watched[k] * b[k])
                .sum();
            // Against the broader shape, so that a week of which only the Sunday was watched is not taken for Sundays.
            let busier = (days(&self.auctions) + BROADER_WEIGHT * level * mean)
                / (expected + BROADER_WEIGHT * mean).max(f64::MIN_POSITIVE);
            for k in (0..7).map(|day| day * 24 + hour) {
                shares[k] = (self.auctions[k] + DAY_WEIGHT * busier * b[k])
                    / (self.watched[k] + DAY_WEIGHT);
            }
        }
        Shape::of(&shares)
    }

    /// What was seen of each hour and for how long, as it is to be kept over a restart.
    pub fn counts(&self) -> (&[f64; HOURS], &[f64; HOURS]) {
        (&self.auctions, &self.watched)
    }

    /// A profile that was kept.
    pub fn kept(auctions: [f64; HOURS], watched: [f64; HOURS]) -> Profile {
        let sound = |cells: [f64; HOURS]| {
            cells.map(|cell| if cell.is_finite() { cell.max(0.0) } else { 0.0 })
        };
        Profile {
            auctions: sound(auctions),
            watched: sound(watched),
        }
    }
}

fn sum(of: &dyn Fn(usize) -> f64) -> f64 {
    (0..HOURS).map(of).sum()
}

/// How many auctions an hour of average traffic (shape 1) has, today.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    auctions: f64,
    hours: f64,
    memory: f64,
    /// So many hours of average traffic are still forgotten fast.
    hasty: f64,
}

/// How much the level that was believed before weighs: so many hours of average traffic.
const LEVEL_WEIGHT: f64 = 0.25;
/// After how many hours of average traffic the past weighs 1 ÷ e after a surge, and for how long that is so.
const HASTY_MEMORY: f64 = 0.1;
const HASTY_HOURS: f64 = 0.5;

impl Level {
    /// Starts at a guess: so many auctions in an hour of average traffic. After `memory` hours of it the past weighs
    /// 1 ÷ e.
    pub fn new(auctions_per_hour: f64, memory: f64) -> Level {
        let guess = if auctions_per_hour.is_finite() {
            auctions_per_hour.max(0.0)
        } else {
            0.0
        };
        Level {
            auctions: guess * LEVEL_WEIGHT,
            hours: LEVEL_WEIGHT,
            memory,
            hasty: 0.0,
        }
    }

    /// Auctions in an hour of average traffic.
    pub fn get(&self) -> f64 {
        self.auctions / self.hours
    }

    /// Adds what came in a stretch that was to have so many hours' worth of average traffic.
    pub fn observe(&mut self, hours: f64, auctions: f64) {
        if !(hours > 0.0 && auctions >= 0.0 && hours.is_finite() && auctions.is_finite()) {
            return;
        }
        let memory = if self.hasty > 0.0 {
            HASTY_MEMORY
        } else {
            self.memory
        };
        self.hasty = (self.hasty - hours).max(0.0);
        let fade = exp(-hours / memory);
        self.auctions = self.auctions * fade + auctions;
        self.hours = self.hours * fade + hours;
    }

    /// The traffic has changed at once: what was seen until now is forgotten within minutes.
    pub fn hasten(&mut self) {
        self.hasty = HASTY_HOURS;
        let weight = (HASTY_MEMORY / self.hours).min(1.0);
        self.auctions *= weight;
        self.hours *= weight;
    }
}

#[cfg(test)]
mod tests;
