//! A tracker of conversions that goes silent: clicks go on, conversions do not come.
//!
//! A campaign that learns from such a tracker would take its ads for worthless and stop buying. So what is seen is held
//! against what was expected, both since the last conversion and over a longer time that fades,
//!
//! > z = 2 · (√(seen + 3/8) − √(expected + 3/8))
//!
//! (Anscombe 1948: nearly a standard normal for counts). At z < −6, thirteen expected and none seen, the tracker is
//! silent: what was counted since all was last well is taken back, nothing more is counted, and the rates stay as they
//! were. When conversions come again as expected, or somebody says that it is true ([`Tracker::accept`]), or after
//! three days, counting goes on.

use campaign::time::{Span, Timestamp};
use libm::sqrt;

/// How a tracker is watched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How far below 0 z must be.
    pub z: f64,
    /// After how many expected conversions the past weighs 1 ÷ e.
    pub memory: f64,
    /// For how long rates are held at most: what lasts longer is true.
    pub hold_max: Span,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            z: 6.0,
            memory: 40.0,
            hold_max: Span::days(3),
        }
    }
}

/// What was counted and is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Clicks.
    pub clicks: u64,
    /// Conversions after them.
    pub conversions: u64,
}

/// A silent tracker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silence {
    /// When it was noticed.
    pub at: Timestamp,
    /// When all was last well: what came since is not believed.
    pub since: Timestamp,
    /// By how many standard deviations too few.
    pub z: f64,
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// The tracker is silent: rates are held, and a person should look.
    Silent(Silence),
    /// It speaks again.
    Back,
    /// Rates were held for as long as they may be. What was not counted meanwhile is counted now.
    GivenUp,
}

/// Watches the conversions of one ad or campaign.
#[derive(Clone, Debug)]
pub struct Tracker {
    settings: Settings,
    counted: Counted,
    expected: f64,
    seen: f64,
    /// What was expected since a conversion was last seen.
    gap: f64,
    /// What was counted when all was last well, and when that was.
    well: (Timestamp, Counted),
    silence: Option<Silence>,
    /// What came while it was silent.
    meanwhile: Counted,
}

/// Above this z all is well.
const WELL: f64 = -2.0;
/// So many conversions are expected before a tracker is believed to be back, at half of them seen.
const BACK: f64 = 5.0;

impl Tracker {
    /// A tracker that works, with what was counted before.
    pub fn new(now: Timestamp, counted: Counted, settings: Settings) -> Tracker {
        Tracker {
            settings,
            counted,
            expected: 0.0,
            seen: 0.0,
            gap: 0.0,
            well: (now, counted),
            silence: None,
            meanwhile: Counted::default(),
        }
    }

    /// What to learn rates from.
    pub fn believed(&self) -> Counted {
        self.counted
    }

    /// Whether it is silent.
    pub fn silence(&self) -> Option<&Silence> {
        self.silence.as_ref()
    }

    /// Adds what came until now: clicks, how many conversions were to come in this time (of these and of earlier
    /// clicks, by their delays and the rate that is believed), and how many came.
    pub fn observe(&mut self, at: Timestamp, new: Counted, expected: f64) -> Option<Change> {
        let expected = if expected.is_finite() {
            expected.max(0.0)
        } else {
            0.0
        };
        let fade = libm::exp(-expected / self.settings.memory);
        self.expected = self.expected * fade + expected;
        self.seen = self.seen * fade + new.conversions as f64;
        if let Some(silence) = self.silence {
            self.meanwhile = self.meanwhile.plus(new);
            return self.listen(at, silence);
        }
        self.counted = self.counted.plus(new);
        self.gap = if new.conversions > 0 {
            0.0
        } else {
            self.gap + expected
        };
        let z = deviation(self.seen, self.expected).min(deviation(0.0, self.gap));
        if z >= WELL {
            self.well = (at, self.counted);
        }
        if z > -self.settings.z {
            return None;
        }
        let (since, counted) = self.well;
        let silence = Silence { at, since, z };
        self.meanwhile = self.counted.minus(counted);
        self.counted = counted;
        self.silence = Some(silence);
        (self.expected, self.seen, self.gap) = (0.0, 0.0, 0.0);
        Some(Change::Silent(silence))
    }

    /// It is true: the clicks bring nothing. What was not counted is counted, and rates follow.
    pub fn accept(&mut self, at: Timestamp) {
        if self.silence.take().is_some() {
            self.counted = self.counted.plus(std::mem::take(&mut self.meanwhile));
            self.begin(at);
        }
    }

    fn listen(&mut self, at: Timestamp, silence: Silence) -> Option<Change> {
        if at - silence.at >= self.settings.hold_max {
            self.accept(at);
            return Some(Change::GivenUp);
        }
        // What is seen counts from when it speaks again: nothing was seen before, so all of it is lately.
        if self.seen <= 0.0 {
            self.expected = 0.0;
        }
        if self.expected < BACK || self.seen < self.expected / 2.0 {
            return None;
        }
        self.silence = None;
        self.meanwhile = Counted::default();
        self.begin(at);
        Some(Change::Back)
    }

    fn begin(&mut self, at: Timestamp) {
        (self.expected, self.seen, self.gap) = (0.0, 0.0, 0.0);
        self.well = (at, self.counted);
    }
}

/// By how many standard deviations what is seen lies above what was expected.
fn deviation(seen: f64, expected: f64) -> f64 {
    2.0 * (sqrt(seen + 0.375) - sqrt(expected + 0.375))
}

impl Counted {
    fn plus(self, more: Counted) -> Counted {
        Counted {
            clicks: self.clicks.saturating_add(more.clicks),
            conversions: self.conversions.saturating_add(more.conversions),
        }
    }

    fn minus(self, less: Counted) -> Counted {
        Counted {
            clicks: self.clicks.saturating_sub(less.clicks),
            conversions: self.conversions.saturating_sub(less.conversions),
        }
    }
}

#[cfg(test)]
mod tests;
