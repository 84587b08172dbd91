//! Conversions that come late, and trackers that go silent.
//!
//! A click of an hour ago that has not converted is not yet a click that does not convert. With a delay that is
//! exponential (Chapelle, *Modeling Delayed Feedback in Display Advertising*, KDD 2014), a click made at t is at `now`
//! the part
//!
//! > F(now − t) = 1 − exp(−(now − t) ÷ mean delay)
//!
//! of a trial: so much of its conversion would have been heard of. Time in which the tracker was silent is time in
//! which nothing could be heard, and is left out of that part. So a rate falls neither because clicks are recent nor
//! because a tracker is broken.
//!
//! Each tracker (a campaign's, mostly) has a [`Tracker`], each ad its [`Clicks`]:
//!
//! ```text
//! tracker.click(at); clicks.click(at);                           // each click
//! tracker.convert(clicked, at, now); clicks.convert(clicked);    // each conversion, as it is told
//! if let Some(since) = tracker.silence(now) { tracker.hold(since) }   // once a tick; or what surge detection says
//! tracker.learn(now);
//! let belief = prior.posterior(clicks.evidence(&tracker, now));
//! let expected = clicks.to_come(&tracker, belief.mean(), now);
//! ```

use std::collections::BTreeMap;

use campaign::time::{Span, Timestamp};
use libm::exp;

use crate::rates::{CONVERSION, Evidence, Faded, HALF_LIFE, weight};

/// How a tracker's delays are learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The mean delay that is believed at first.
    pub delay: Span,
    /// How many conversions that belief weighs.
    pub delay_strength: f64,
    /// Clicks are counted together by so long a time.
    pub slot: Span,
    /// After so long a click that has not converted is taken not to: it should be several delays.
    pub horizon: Span,
    /// After so long, what was seen weighs half.
    pub half_life: Span,
    /// So many conversions have to be missing in a row before a tracker counts as silent: chance alone keeps n away
    /// once in e^n times.
    pub missing: f64,
    /// How many steps towards the delay one call of [`Tracker::learn`] makes.
    pub steps: u32,
    /// For how long rates are to be held at most: what lasts longer is true.
    pub hold_max: Span,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            delay: Span::hours(2),
            delay_strength: 10.0,
            slot: Span::minutes(15),
            horizon: Span::days(2),
            half_life: HALF_LIFE,
            missing: 14.0,
            steps: 1,
            hold_max: Span::days(3),
        }
    }
}

/// The most silences that are remembered: older ones are about clicks that are forgotten, too.
const SILENCES: usize = 16;

/// How long one tracker's conversions take, and when it was not heard.
#[derive(Clone, Debug)]
pub struct Tracker {
    settings: Settings,
    timing: Timing,
    all: Clicks,
    /// When a conversion was last told.
    heard: Option<Timestamp>,
}

/// What says how much of a click is a trial.
#[derive(Clone, Debug)]
struct Timing {
    /// The mean delay in milliseconds.
    delay: f64,
    /// From when until when nothing could be heard; an open one goes on.
    silences: Vec<(Timestamp, Option<Timestamp>)>,
}

impl Timing {
    /// Which part of the conversions of clicks of this age have come.
    fn arrived(&self, age: i64) -> f64 {
        1.0 - exp(-(age.max(0) as f64) / self.delay)
    }

    fn trial(&self, clicked: Timestamp, now: Timestamp) -> f64 {
        let part = |until: Timestamp| self.arrived(until.0.saturating_sub(clicked.0));
        let silent = |(from, to): &(Timestamp, Option<Timestamp>)| {
            part(to.unwrap_or(now).min(now)) - part((*from).min(now))
        };
        (part(now) - self.silences.iter().map(silent).sum::<f64>()).clamp(0.0, 1.0)
    }
}

impl Tracker {
    /// A tracker of which nothing was heard yet.
    pub fn new(settings: Settings) -> Tracker {
        Tracker {
            settings,
            timing: Timing {
                delay: settings.delay.0.max(1) as f64,
                silences: Vec::new(),
            },
            all: Clicks::new(&settings),
            heard: None,
        }
    }

    /// A click that may convert.
    pub fn click(&mut self, at: Timestamp) {
        self.all.click(at);
    }

    /// A conversion of a click, that happened at `converted` and is told at `now`. It ends a silence. One that is told
    /// much later than it happened shows that what happened in the silence was kept and is told now: then there was no
    /// silence at all.
    pub fn convert(&mut self, clicked: Timestamp, converted: Timestamp, now: Timestamp) {
        let delay = converted.0.saturating_sub(clicked.0).max(0) as f64;
        self.all.add(clicked, 0.0, 1.0, delay);
        self.heard = self.heard.max(Some(now));
        let silences = &mut self.timing.silences;
        let late = now.0.saturating_sub(converted.0) > self.settings.slot.0;
        silences.retain(|(from, to)| {
            let within = converted >= *from && to.is_none_or(|to| converted < to);
            !(late && within)
        });
        if let Some((_, to)) = silences.last_mut() {
            *to = to.or(Some(now));
        }
    }

    /// Since when it has been silent, if so many conversions are missing that chance cannot be why; or since when it is
    /// held. Once a tick.
    pub fn silence(&self, now: Timestamp) -> Option<Timestamp> {
        if let Some((from, None)) = self.timing.silences.last() {
            return Some(*from);
        }
        let heard = self.heard?;
        // What to expect is judged by what was known when it was last heard.
        let rate = CONVERSION.posterior(self.all.evidence(self, heard)).mean();
        let missing: f64 = self
            .all
            .slots
            .values()
            .map(|slot| {
                let part = |until: Timestamp| self.timing.arrived(until.0 - slot.at.0);
                slot.clicks * rate * (part(now) - part(heard))
            })
            .sum();
        (missing >= self.settings.missing).then_some(heard)
    }

    /// Holds the rates: nothing that did not come since `from` counts against an ad, until a conversion is told again.
    /// The hook for whoever finds out that a tracker is broken; a hold that is open already stays as it is.
    pub fn hold(&mut self, from: Timestamp) {
        if self.is_held() {
            return;
        }
        let silences = &mut self.timing.silences;
        if silences.len() == SILENCES {
            silences.remove(0);
        }
        silences.push((from, None));
    }

    /// The silence is true: clicks bring nothing. Those of the silence count, and rates follow.
    pub fn accept(&mut self, now: Timestamp) {
        if self.is_held() {
            self.timing.silences.pop();
            self.heard = Some(now);
        }
    }

    /// Whether rates are held now.
    pub fn is_held(&self) -> bool {
        matches!(self.timing.silences.last(), Some((_, None)))
    }

    /// From when until when rates were held; one that is open still is.
    pub fn holds(&self) -> &[(Timestamp, Option<Timestamp>)] {
        &self.timing.silences
    }

    /// How long a conversion takes, on average.
    pub fn delay(&self) -> Span {
        Span(self.timing.delay as i64)
    }

    /// Estimates the delay anew, by steps of Chapelle's EM algorithm: a click that has not converted has waited as
    /// long as it has, as far as it is likely to convert still. Clicks that a silence has touched say nothing of it.
    /// Once a minute is enough.
    pub fn learn(&mut self, now: Timestamp) {
        for _ in 0..self.settings.steps {
            let before = self.timing.delay;
            self.step(now);
            if (self.timing.delay - before).abs() < before * 0.01 {
                break;
            }
        }
        self.all.retire(&self.timing, now);
    }

    fn step(&mut self, now: Timestamp) {
        let rate = CONVERSION.posterior(self.all.evidence(self, now)).mean();
        let prior = self.settings.delay_strength;
        let (mut count, mut sum) = (prior, prior * self.settings.delay.0 as f64);
        for slot in self.all.slots.values() {
            // Of older clicks all was heard before the silence began.
            let until = slot.at.0.saturating_add((3.0 * self.timing.delay) as i64);
            let touched = |(from, to): &(Timestamp, Option<Timestamp>)| {
                from.0 < until && to.is_none_or(|to| to > slot.at)
            };
            if self.timing.silences.iter().any(touched) {
                continue;
            }
            let age = (now.0 - slot.at.0).max(0) as f64;
            let still = rate * exp(-age / self.timing.delay);
            let waiting = still / (1.0 - rate + still);
            count += slot.conversions;
            sum += slot.delays + (slot.clicks - slot.conversions).max(0.0) * waiting * age;
        }
        self.timing.delay = (sum / count).clamp(1.0, self.settings.horizon.0 as f64);
    }

    /// Which part of a click at `clicked` is a trial at `now`: what could have been heard of its conversion.
    pub fn trial(&self, clicked: Timestamp, now: Timestamp) -> f64 {
        self.timing.trial(clicked, now)
    }
}

/// The clicks of one slot of time.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Slot {
    /// When its clicks were made, on average.
    at: Timestamp,
    clicks: f64,
    conversions: f64,
    /// The sum of the conversions' delays, in milliseconds.
    delays: f64,
}

/// The clicks of one ad, as long as they may convert, and what became of the older ones.
#[derive(Clone, Debug)]
pub struct Clicks {
    slot: Span,
    horizon: Span,
    half_life: Span,
    slots: BTreeMap<i64, Slot>,
    old: Faded,
    /// What happened before is among the old.
    retired: Timestamp,
}

impl Clicks {
    /// No click yet.
    pub fn new(settings: &Settings) -> Clicks {
        Clicks {
            slot: Span(settings.slot.0.max(1)),
            horizon: settings.horizon,
            half_life: settings.half_life,
            slots: BTreeMap::new(),
            old: Faded::new(settings.half_life),
            retired: Timestamp::MIN,
        }
    }

    /// Of which so much is known from before `now`, when it was not yet counted by time.
    pub fn since(settings: &Settings, before: Evidence, now: Timestamp) -> Clicks {
        let mut clicks = Clicks::new(settings);
        clicks.old.add(before, now);
        clicks
    }

    /// A click.
    pub fn click(&mut self, at: Timestamp) {
        self.add(at, 1.0, 0.0, 0.0);
    }

    /// A conversion of a click that was made at `clicked`.
    pub fn convert(&mut self, clicked: Timestamp) {
        self.add(clicked, 0.0, 1.0, 0.0);
    }

    fn add(&mut self, at: Timestamp, clicks: f64, conversions: f64, delay: f64) {
        if at < self.retired {
            let late = Evidence {
                trials: clicks,
                successes: conversions,
            };
            return self.old.add(late, at);
        }
        let number = at.0.div_euclid(self.slot.0);
        let slot = self.slots.entry(number).or_insert(Slot {
            at,
            clicks: 0.0,
            conversions: 0.0,
            delays: 0.0,
        });
        slot.clicks += clicks;
        if clicks > 0.0 {
            let further = (at.0 - slot.at.0) as f64 * clicks / slot.clicks;
            slot.at = Timestamp(slot.at.0 + further as i64);
        }
        slot.conversions += conversions;
        slot.delays += delay;
    }

    /// Clicks, as far as they are trials, and conversions, both faded by the click's age: what a conversion rate is
    /// learned from.
    pub fn evidence(&self, tracker: &Tracker, now: Timestamp) -> Evidence {
        let recent = self.slots.values().map(|slot| {
            let age = Span((now.0 - slot.at.0).max(0));
            slot.evidence(&tracker.timing, now)
                .scaled(weight(age, self.half_life))
        });
        self.old.at_time(now) + recent.sum()
    }

    /// How many conversions of clicks that were made are still to come, at this rate of conversions in clicks. None is
    /// expected of what fell into a silence: it will not be told.
    pub fn to_come(&self, tracker: &Tracker, rate: f64, now: Timestamp) -> f64 {
        let waiting = |slot: &Slot| {
            slot.clicks * rate * (1.0 - tracker.timing.arrived(now.0.saturating_sub(slot.at.0)))
        };
        self.slots.values().map(waiting).sum()
    }

    /// Puts clicks that are older than the horizon among the old, so that no more than a horizon of slots is kept. Once
    /// a tick, or an hour.
    pub fn forget(&mut self, tracker: &Tracker, now: Timestamp) {
        self.retire(&tracker.timing, now);
    }

    fn retire(&mut self, timing: &Timing, now: Timestamp) {
        let first = (now.0 - self.horizon.0).div_euclid(self.slot.0);
        let recent = self.slots.split_off(&first);
        for slot in std::mem::replace(&mut self.slots, recent).values() {
            self.old.add(slot.evidence(timing, now), slot.at);
        }
        self.retired = self
            .retired
            .max(Timestamp(first.saturating_mul(self.slot.0)));
    }
}

impl Slot {
    fn evidence(&self, timing: &Timing, now: Timestamp) -> Evidence {
        Evidence {
            trials: self.clicks * timing.trial(self.at, now),
            successes: self.conversions,
        }
    }
}

#[cfg(test)]
mod tests;
