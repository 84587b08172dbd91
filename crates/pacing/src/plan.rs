//! The spend plan of a budget: what is to be spent by when, and how much traffic is still to come.
//!
//! A [`Plan`] knows the [`Terms`] of a budget and learns the traffic's [`Shape`] by hour of the week and today's
//! [`Level`]. Control uses it so:
//!
//! - each tick: [`Plan::observe`] with what came since the last one, then [`Plan::outlook`], whose `left` and
//!   `auctions_left` go into `pacer::Account`;
//! - when a budget, flight or setting changes: [`Plan::set_terms`]; the next outlook follows at once;
//! - once a day (or after a restart): [`Plan::learn`] with the account's shape, which the campaign's own is shrunk to;
//! - when `learning::surge` tells of a rise or fall of traffic: [`Plan::surge`].
//!
//! Days are those of the budget's zone, 23 or 25 hours long where the clocks change. A day's budget is the day's
//! whatever the hour at which it starts: a campaign that starts at noon spreads it over the afternoon.

mod outlook;
mod span;
mod terms;
mod traffic;

use campaign::time::{Span, Timestamp, WeekHour};

use span::Busy;
pub use terms::{CatchUp, Dayparts, Delivery, Outlook, Segment, Spent, Terms, Window};
pub use traffic::{HOURS, Level, Profile, Shape};

/// After how many hours of average traffic the usual level's past weighs 1 ÷ e: three days.
const USUAL_MEMORY: f64 = 72.0;
/// The same for today's level.
const TODAY_MEMORY: f64 = 3.0;

/// The plan of one budget.
#[derive(Clone, Debug)]
pub struct Plan {
    terms: Terms,
    profile: Profile,
    shape: Shape,
    today: Level,
    usual: Level,
    /// What was worked out for the day that is on.
    cache: Option<span::Around>,
}

impl Plan {
    /// A plan for one who believes in this shape, and that an hour of average traffic has so many auctions.
    pub fn new(terms: Terms, prior: Shape, auctions_per_hour: f64) -> Plan {
        Plan {
            terms,
            profile: Profile::default(),
            shape: prior,
            today: Level::new(auctions_per_hour, TODAY_MEMORY),
            usual: Level::new(auctions_per_hour, USUAL_MEMORY),
            cache: None,
        }
    }

    /// A plan with the counts that were kept over a restart.
    pub fn with_profile(mut self, profile: Profile) -> Plan {
        self.profile = profile;
        self
    }

    /// The terms.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Takes new terms, at once.
    pub fn set_terms(&mut self, terms: Terms) {
        if terms != self.terms {
            self.terms = terms;
            self.cache = None;
        }
    }

    /// Adds how many auctions came in a stretch of time: those that could be bid on, whether or not they were.
    /// Stretches in which nothing could be seen (a pause, a closed hour) are left out, not told as 0.
    pub fn observe(&mut self, from: Timestamp, until: Timestamp, auctions: f64) {
        let busy = self.busy();
        let all = busy.between(from, until);
        let hours: Vec<(WeekHour, f64, f64)> = busy.pieces(from, until).collect();
        for (hour, part, weight) in hours {
            let share = if all > 0.0 { weight / all } else { 0.0 };
            self.profile.observe(hour, part, auctions * share);
        }
        self.today.observe(all, auctions);
        self.usual.observe(all, auctions);
    }

    /// Works the shape out anew: the campaign's own, shrunk to a broader one (the account's, or a given prior). As the
    /// curve moves with it, this is for the start of a day.
    pub fn learn(&mut self, broader: &Shape) {
        self.shape = self.profile.shape(broader);
        self.cache = None;
    }

    /// The traffic has changed at once: what is still to come is learned anew, within minutes.
    pub fn surge(&mut self) {
        self.today.hasten();
    }

    /// The shape in use.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// What was seen of each hour of the week.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// How many auctions an hour of average traffic usually has.
    pub fn usual_hour(&self) -> f64 {
        self.usual.get()
    }

    /// How many auctions are forecast between two moments of today, in open hours.
    pub fn expected(&self, from: Timestamp, until: Timestamp) -> f64 {
        self.today.get() * self.busy().between(from, until)
    }

    /// How many auctions are usual in a short stretch, whatever this day brings: what `learning::surge` compares with.
    /// Between the middles of two hours in proportion, as traffic has no steps. 0 in a closed hour.
    pub fn usual(&self, from: Timestamp, until: Timestamp) -> f64 {
        const HALF: Span = Span::minutes(30);
        let (busy, zone) = (self.busy(), &self.terms.zone);
        let middle = from + Span((until - from).0 / 2);
        if busy.at(zone.week_hour(middle)) <= 0.0 {
            return 0.0;
        }
        let before = zone.week_hour(middle - HALF);
        let after = zone.week_hour(middle + HALF);
        let end = zone.hour_end(middle - HALF);
        let part = (middle + HALF - end).0 as f64 / Span::hours(1).0 as f64;
        let shape = self.shape.at(before) * (1.0 - part) + self.shape.at(after) * part;
        self.usual.get() * shape * (until - from).0 as f64 / Span::hours(1).0 as f64
    }

    fn busy(&self) -> Busy<'_> {
        Busy::new(&self.terms, &self.shape)
    }
}

/// A forecast of how many auctions a flight has, where nothing is known of hours: corrected by what has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// How many it was forecast to have.
    pub auctions: f64,
}

/// The forecast weighs as much as what comes in this part of the flight.
const FORECAST_WEIGHT: f64 = 0.01;

impl Forecast {
    /// How many are still to come, when so many came in the first `elapsed` part of the planned traffic:
    ///
    /// > total = (forecast × w + seen) ÷ (w + elapsed), left = total × (1 − elapsed)
    ///
    /// the mean of a Gamma posterior of the rate, with a prior worth the part w of the flight.
    pub fn left(&self, elapsed: f64, seen: f64) -> f64 {
        let elapsed = elapsed.clamp(0.0, 1.0);
        let total = (self.auctions * FORECAST_WEIGHT + seen) / (FORECAST_WEIGHT + elapsed);
        total * (1.0 - elapsed)
    }
}

#[cfg(test)]
mod tests;
