//! The engine's own pacing, with what control and the bidders know of a budget.

use std::collections::VecDeque;

use learning::landscape::{Exploration, Landscape, Told};
use libm::log2;
use pacing::pacer::{Account, Pacer, Settings};
use pacing::plan::Forecast;
use pacing::response::Shown;
use pacing::season::{HOURS, Past, Season, Today};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::contest::{Episodes, Options};
use super::play::{Bidder, Moment, Seen, Start};
use super::rows::{Auction, Prior};

/// How bids in first-price auctions are shaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shading {
    /// By what it takes to win in each context.
    ByContext,
    /// By what it takes to win at large.
    ContextFree,
    /// Not at all.
    None,
}

/// In which share of auctions more is bid than seems best, where prices are not told.
const EXPLORED: f64 = 0.01;

/// The contexts of an auction: the octave of its value, and in it the hour of the day.
fn contexts(value: f64, hour: Option<i64>) -> [u64; 2] {
    let octave = (log2(value.max(1e-12)) + 64.0) as u64;
    let hour = hour.map_or(24, |hour| hour.rem_euclid(24)) as u64;
    [octave, 1_000 + octave * 32 + hour]
}

/// The hours of the day, as they were on other days and as they are today.
struct Hours {
    season: Season,
    today: Today,
    /// The demand of the auctions that the pacer goes by: its mean, where those of long ago weigh less.
    mean: f64,
    weight: f64,
}

impl Hours {
    /// Where the past has hours: for a budget that may spend `rate` an auction.
    fn learn(past: &[Auction], rate: f64, settings: &Settings) -> Option<Hours> {
        let of = |auction: &Auction| {
            Some(Past {
                hour: hour_of_day(auction.hour?),
                value: auction.value,
                price: auction.price as f64,
            })
        };
        let past: Vec<Past> = past.iter().filter_map(of).collect();
        let mut hours = Hours {
            season: Season::learn(&past, rate),
            today: Today::default(),
            mean: 1.0,
            weight: 0.0,
        };
        past.iter()
            .for_each(|it| hours.fade(it.hour, settings.memory));
        hours.weight = hours.weight.min(settings.prior_weight);
        (!past.is_empty()).then_some(hours)
    }

    fn fade(&mut self, hour: usize, memory: f64) {
        self.weight = self.weight * (1.0 - 1.0 / memory) + 1.0;
        self.mean += (self.season.demand(hour) - self.mean) / self.weight;
    }

    fn observe(&mut self, hour: i64, memory: f64) {
        let hour = hour_of_day(hour);
        self.today.observe(hour);
        self.fade(hour, memory);
    }

    /// How many auctions like those that the pacer goes by so many to come stand for.
    fn count(&self, auctions: f64) -> f64 {
        match self.season.left(&self.today, auctions) {
            Some(counted) => counted / self.mean.max(f64::MIN_POSITIVE),
            None => auctions,
        }
    }
}

fn hour_of_day(hour: i64) -> usize {
    hour.rem_euclid(HOURS as i64) as usize
}

/// `outbid`.
pub struct Engine {
    settings: Settings,
    /// The mean price that is known beforehand.
    price: f64,
    pacer: Option<Pacer>,
    cap: Option<f64>,
    tick: usize,
    budget: f64,
    nodes: usize,
    next_tick: usize,
    forecast: Forecast,
    /// Whether an episode is a day, so that hours to come are those of other days.
    lasts_the_day: bool,
    hours: Option<Hours>,
    /// Under the cap: what was spent and what it bought, in this episode.
    spent: f64,
    bought: f64,
    /// Of auctions without an outcome: the multiplier, by how much a win may break the cap, and the bid.
    open: VecDeque<(f64, f64, i64)>,
    at_risk: f64,
    censored: bool,
    /// How a first-price auction is shaded: by context, by one landscape for all, or not.
    shading: Shading,
    first_price: bool,
    landscape: Option<Landscape>,
    past: Vec<Auction>,
    exploration: Exploration,
    dice: ChaCha8Rng,
}

impl Shading {
    fn shade(self, landscape: &Landscape, at: &Moment, worth: f64) -> i64 {
        let contexts = contexts(at.value, at.hour);
        landscape.best_bid(
            if self == Shading::ByContext {
                &contexts
            } else {
                &[]
            },
            worth,
        )
    }
}

impl Engine {
    /// Learns from the past, where there is one. Nothing that comes from the file to be played is looked at.
    pub fn new(prior: &Prior, options: &Options, shading: Shading) -> Engine {
        let settings = options.settings;
        let pacer = (!prior.past.is_empty()).then(|| {
            let mut pacer = Pacer::new(1.0 / prior.cost_per_value, prior.mean_price, settings);
            for auction in &prior.past {
                pacer.observe(auction.value, 0.0, Shown::Price(auction.price as f64));
            }
            pacer.age();
            pacer
        });
        Engine {
            settings,
            price: prior.mean_price,
            pacer,
            cap: None,
            tick: 1,
            budget: 0.0,
            nodes: 1,
            next_tick: 0,
            forecast: Forecast { auctions: 1.0 },
            lasts_the_day: options.episodes == Episodes::Whole,
            hours: None,
            spent: 0.0,
            bought: 0.0,
            open: VecDeque::new(),
            at_risk: 0.0,
            censored: false,
            shading,
            first_price: false,
            landscape: None,
            past: prior.past.clone(),
            exploration: Exploration {
                share: EXPLORED,
                done: 0,
            },
            dice: ChaCha8Rng::seed_from_u64(options.seed),
        }
    }
}

impl Bidder for Engine {
    fn begin(&mut self, start: &Start) {
        (self.cap, self.tick, self.next_tick) = (start.cap, start.tick, 0);
        (self.nodes, self.budget) = (start.nodes, start.budget as f64);
        (self.spent, self.bought) = (0.0, 0.0);
        self.forecast = Forecast {
            auctions: start.forecast,
        };
        let rate = start.budget as f64 / start.forecast.max(1.0);
        self.hours = (self.lasts_the_day)
            .then(|| Hours::learn(&self.past, rate, &self.settings))
            .flatten();
        if start.first_price && self.shading != Shading::None {
            let past = &self.past;
            self.landscape.get_or_insert_with(|| {
                let mut landscape = Landscape::new(start.highest_bid, Default::default());
                for auction in past {
                    let contexts = contexts(auction.value, auction.hour);
                    landscape.observe(&contexts, Told::Price(auction.price));
                }
                landscape
            });
        }
        self.first_price = start.first_price;
    }

    fn bid(&mut self, at: &Moment) -> Option<i64> {
        let pacer = self.pacer.get_or_insert_with(|| {
            // The first guess: an impression of the first one's value is worth the mean price.
            Pacer::new(at.value / self.price.max(1.0), self.price, self.settings)
        });
        if at.index == 0 {
            pacer.share_among(self.nodes);
            pacer.begin(self.budget);
        }
        let left = at.remaining as f64;
        let auctions_left = self.forecast.left(at.elapsed, at.index as f64).max(1.0);
        if let (Some(hours), Some(hour)) = (&mut self.hours, at.hour) {
            hours.observe(hour, self.settings.memory_for(auctions_left));
        }
        if at.index >= self.next_tick {
            self.next_tick = at.index + self.tick;
            let coming = auctions_left + at.outstanding as f64;
            pacer.tick(&Account {
                left,
                // What has no outcome yet is still to be paid for at the same rate.
                auctions_left: self
                    .hours
                    .as_ref()
                    .map_or(coming, |hours| hours.count(coming)),
                spent: self.spent,
                value: self.bought,
                cap: self.cap,
            });
        }
        let mut bid = pacer.bid(at.value, left - at.reserved as f64, auctions_left);
        if self.first_price {
            bid = at.value / pacer.multiplier();
        }
        if let Some(landscape) = &self.landscape {
            let worth = bid;
            let best = self.shading.shade(landscape, at, worth);
            bid = if self.censored {
                let throws = [self.dice.random(), self.dice.random()];
                self.exploration.bid(best, worth, throws) as f64
            } else {
                best as f64
            };
        }
        let mut risk = 0.0;
        if let Some(cap) = self.cap {
            let own = cap * at.value;
            let spare = cap * self.bought - self.spent - self.at_risk;
            bid = pacer.within_cap(bid, own, spare);
            risk = (bid - own).max(0.0);
            self.at_risk += risk;
        }
        self.open.push_back((pacer.multiplier(), risk, bid as i64));
        Some(bid as i64)
    }

    fn learn(&mut self, seen: &Seen) {
        let (Some(pacer), Some((multiplier, risk, meant))) =
            (self.pacer.as_mut(), self.open.pop_front())
        else {
            return;
        };
        self.at_risk -= risk;
        self.censored |= seen.price.is_none();
        let shown = match seen.price {
            None if seen.won => Shown::Won(seen.cost as f64),
            None => Shown::Lost,
            // A node without the money for a bid takes no part, whatever the multiplier.
            Some(price) if seen.bid.unwrap_or(0) < meant.min(price) => {
                Shown::Unfunded(price as f64)
            }
            Some(price) if self.censored => Shown::Won(price as f64),
            Some(price) => Shown::Price(price as f64),
        };
        if let Some(landscape) = &mut self.landscape {
            let bid = seen.bid.unwrap_or(0);
            let told = match seen.price {
                Some(price) => Told::Price(price),
                None if seen.won => Told::AtMost(bid),
                None => Told::Above(bid),
            };
            landscape.observe(&contexts(seen.at.value, seen.at.hour), told);
        }
        if self.first_price {
            pacer.pay(seen.cost as f64);
        } else {
            pacer.observe(seen.at.value, multiplier, shown);
        }
        if seen.won {
            self.spent += seen.cost as f64;
            self.bought += seen.at.value;
        }
    }

    fn holders(&self, money: i64, auctions_left: f64) -> Option<usize> {
        self.pacer.as_ref()?.holders(money as f64, auctions_left)
    }
}
