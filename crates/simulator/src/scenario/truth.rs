//! The market's side of a scenario: traffic, rivals, and what nobody is told, how good the ads are.
//!
//! What happens follows from the seed and a request's number, whatever is bid: so two runs of one seed differ only by
//! what was won, and the clairvoyant plays the same market.

use campaign::creative::Format;
use campaign::money::{Cpm, Currency};
use campaign::time::{Span, TimeZone, Timestamp};
use libm::{exp, rint, sin, sqrt};
use rand::RngExt;

use super::wire::{Ask, Notice, Offer, SEGMENTS, TICK};
use crate::dice::{Purpose, dice, exponential, normal};
use crate::rivals::{Charge, Entrant, Fate, Rivals, hold};

/// How good an ad truly is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nature {
    /// Clicks in an impression, at the middle of its ups and downs.
    pub click: f64,
    /// Conversions in a click.
    pub conversion: f64,
    /// How far the logarithm of its click rate goes up and down.
    pub swing: f64,
    /// In how many days it does so once.
    pub period_days: f64,
    /// Where in that it starts, from 0 to 1.
    pub phase: f64,
}

impl Nature {
    /// An ad whose rates stay as they are.
    pub const fn steady(click: f64, conversion: f64) -> Nature {
        Nature {
            click,
            conversion,
            swing: 0.0,
            period_days: 1.0,
            phase: 0.0,
        }
    }

    /// Its click rate, so long after the scenario's start.
    pub fn click_after(&self, since: Span) -> f64 {
        let days = since.0 as f64 / Span::days(1).0 as f64;
        let turn = days / self.period_days + self.phase;
        self.click * exp(self.swing * sin(std::f64::consts::TAU * turn))
    }
}

/// What happens in the market by the clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Events {
    /// The first moment of the scenario.
    pub start: Timestamp,
    /// Requests on an average day.
    pub asks_per_day: f64,
    /// Between these two moments there are so many times as many.
    pub surge: Option<(Timestamp, Timestamp, f64)>,
    /// Conversions between these two moments are never told.
    pub silence: Option<(Timestamp, Timestamp)>,
    /// How long a conversion takes, on average.
    pub conversion_delay: Span,
}

/// How busy each hour of a day is: few at night, most in the evening.
const HOURS: [f64; 24] = [
    0.50, 0.35, 0.28, 0.25, 0.28, 0.40, 0.62, 0.85, 1.00, 1.08, 1.12, 1.16, 1.20, 1.18, 1.15, 1.15,
    1.20, 1.28, 1.38, 1.52, 1.66, 1.60, 1.22, 0.82,
];
/// What prices are against those of the dearest place of the world.
const PRICE_LEVEL: f64 = 0.8;
/// The least price of any impression, as a CPM: 0.10 USD.
const FLOOR: Cpm = Cpm(100_000);

/// The market.
pub struct Market {
    seed: u64,
    events: Events,
    natures: Vec<Nature>,
    zone: TimeZone,
    asked: u64,
}

impl Market {
    /// The market of a seed, for ads of these natures.
    pub fn new(seed: u64, events: Events, natures: Vec<Nature>, zone: TimeZone) -> Market {
        Market {
            seed,
            events,
            natures,
            zone,
            asked: 0,
        }
    }

    /// What is on offer in the minute that begins at `from`.
    pub fn minute(&mut self, from: Timestamp, asks: &mut Vec<Ask>) {
        asks.clear();
        let expected = self.expected(from);
        let mut throws = dice(self.seed, Purpose::Arrivals, (from.0 / TICK.0) as u64);
        // A Poisson number, by its normal approximation.
        let count = rint(expected + sqrt(expected) * normal(&mut throws)).max(0.0) as u64;
        for n in 0..count {
            let number = self.asked;
            self.asked += 1;
            let mut throws = dice(self.seed, Purpose::Request, number);
            asks.push(Ask {
                number,
                at: Timestamp(from.0 + (n * TICK.0 as u64 / count) as i64),
                segment: throws.random_range(0..SEGMENTS),
                floor: FLOOR,
            });
        }
    }

    /// How many requests are expected in a minute.
    fn expected(&self, from: Timestamp) -> f64 {
        let hour = self.zone.week_hour(from);
        let mean = HOURS.iter().sum::<f64>() / 24.0;
        let weekend = if hour.weekday >= 5 { 0.85 } else { 1.0 };
        let surge = match self.events.surge {
            Some((begin, end, factor)) if (begin..end).contains(&from) => factor,
            _ => 1.0,
        };
        let ticks = (Span::days(1).0 / TICK.0) as f64;
        self.events.asks_per_day / ticks * HOURS[usize::from(hour.hour)] / mean * weekend * surge
    }

    /// The best bid of the rivals, if any bids.
    pub fn rival(&self, ask: &Ask) -> Option<Cpm> {
        let rivals = Rivals {
            format: Format::Banner,
            price_level: PRICE_LEVEL,
            worth: 1.0,
        };
        rivals.best(self.seed, ask.number, 0, Currency::USD)
    }

    /// Holds an auction against the rivals' best bid, and says what is to be told of our bid and when. `ad` is the
    /// bidding ad's place among the natures.
    pub fn auction(
        &self,
        (ask, rival): (&Ask, Option<Cpm>),
        (offer, ad): (&Offer, usize),
        tell: &mut impl FnMut(Timestamp, Notice),
    ) {
        let terms = offer.terms;
        let (charged, min_to_win) = match fate(ask, rival, offer.price) {
            Fate::Won { price, min_to_win } => (Some(price), min_to_win),
            Fate::Lost { min_to_win, .. } => (None, min_to_win),
        };
        tell(
            ask.at,
            Notice::Over {
                terms,
                charged,
                min_to_win,
            },
        );
        if charged.is_some() {
            self.shown(ask, (offer, ad), tell);
        }
    }

    /// What the user does with an ad that is shown.
    fn shown(
        &self,
        ask: &Ask,
        (offer, ad): (&Offer, usize),
        tell: &mut impl FnMut(Timestamp, Notice),
    ) {
        const CLICK_AFTER_MS: f64 = 20_000.0;
        let terms = offer.terms;
        let nature = &self.natures[ad];
        let mut throws = dice(self.seed, Purpose::Fate, ask.number);
        let (click, conversion) = (throws.random::<f64>(), throws.random::<f64>());
        let clicked = Timestamp(ask.at.0 + exponential(&mut throws, CLICK_AFTER_MS) as i64);
        let delay = exponential(&mut throws, self.events.conversion_delay.0 as f64) as i64;
        if click >= nature.click_after(Span(ask.at.0 - self.events.start.0)) {
            return;
        }
        tell(clicked, Notice::Click { terms, at: clicked });
        let at = Timestamp(clicked.0 + delay);
        let lost = self
            .events
            .silence
            .is_some_and(|(from, to)| (from..to).contains(&at));
        if conversion < nature.conversion && !lost {
            tell(at, Notice::Conversion { terms, clicked, at });
        }
    }
}

/// What it takes to win an impression.
pub fn to_beat(ask: &Ask, rival: Option<Cpm>) -> Cpm {
    match fate(ask, rival, Cpm::ZERO) {
        Fate::Won { min_to_win, .. } | Fate::Lost { min_to_win, .. } => min_to_win,
    }
}

fn fate(ask: &Ask, rival: Option<Cpm>, price: Cpm) -> Fate {
    let entrant = Entrant {
        price,
        floor: ask.floor,
        deal: false,
        charge: Charge::SecondPrice,
    };
    let fates = hold(&[entrant], rival, Currency::USD);
    fates.into_iter().next().unwrap_or(Fate::Lost {
        reason: 0,
        min_to_win: ask.floor,
    })
}
