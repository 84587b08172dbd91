//! A scenario played, minute by minute, and what it brought by the hour.

use std::collections::BTreeMap;

use campaign::ad::Goal;
use campaign::estimate::Estimate;
use campaign::money::Money;
use campaign::time::{Span, TimeZone, Timestamp};
use learning::surge::Surge;
use pacing::reallocate::{BoundsError, Move};

use super::clairvoyant::{Bought, Chance, buy};
use super::engine::Engine;
use super::truth::{Events, Market, Nature, to_beat};
use super::wire::{Brief, Notice, TICK};

/// A scenario: what the engine is told, and what is true.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// What the engine is told.
    pub brief: Brief,
    /// How good its ads truly are, in the same order.
    pub natures: Vec<Nature>,
    /// What happens in the market.
    pub events: Events,
    /// How many days it lasts.
    pub days: u32,
}

impl Scene {
    /// What showing an ad is truly worth at a moment, in nanos.
    pub fn worth(&self, ad: usize, at: Timestamp) -> f64 {
        let nature = &self.natures[ad];
        let click = nature.click_after(Span(at.0 - self.events.start.0));
        match self.brief.goal {
            Goal::FixedCpm(cpm) => cpm.0 as f64,
            Goal::Click(worth) => click * worth.nanos() as f64,
            Goal::Conversion(worth) => click * nature.conversion * worth.nanos() as f64,
        }
    }
}

/// What one hour brought. Lists are by ad.
#[derive(Clone, Debug, PartialEq)]
pub struct Hour {
    /// Its first moment.
    pub at: Timestamp,
    /// Requests.
    pub asks: u64,
    /// What was spent.
    pub spend: Vec<f64>,
    /// What was bought is truly worth, in nanos.
    pub value: f64,
    /// What hindsight buys.
    pub best: Bought,
    /// What an impression is truly worth at the hour's end, in nanos.
    pub truth: Vec<f64>,
    /// What it is believed to be worth then.
    pub belief: Vec<Estimate>,
    /// Conversions that were told.
    pub conversions: u64,
    /// What the plan was to have spent that day by the hour's end.
    pub planned: f64,
    /// What was spent that day by the hour's end.
    pub today: f64,
}

/// What a scenario brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Hour by hour.
    pub hours: Vec<Hour>,
    /// Every move of money.
    pub moves: Vec<Move>,
    /// Requests.
    pub asks: u64,
    /// Bids.
    pub bids: u64,
    /// What was charged beyond any budget.
    pub overspent: Money,
    /// From when until when conversion rates were held.
    pub holds: Vec<(Timestamp, Option<Timestamp>)>,
    /// What changed at once, as far as it was noticed.
    pub surges: Vec<Surge>,
}

/// Plays a scenario. The error says which bounds of its ads cannot hold.
pub fn play(scene: &Scene, seed: u64) -> Result<Run, BoundsError> {
    let zone = TimeZone::default();
    let mut engine = Engine::new(scene.brief.clone(), zone.clone())?;
    let mut market = Market::new(seed, scene.events.clone(), scene.natures.clone(), zone);
    let minutes_in_day = Span::days(1).0 / TICK.0;
    let minutes_in_hour = Span::hours(1).0 / TICK.0;
    let ads = scene.brief.ads.len();
    let mut hours: Vec<Hour> = Vec::new();
    let mut bought: Vec<Bought> = Vec::new();
    let mut chances: Vec<Chance> = Vec::new();
    let mut over = Vec::new();
    let mut later: BTreeMap<(Timestamp, u64), Notice> = BTreeMap::new();
    let mut asks = Vec::new();
    let mut told = 0_u64;
    let mut asked = 0;
    for minute in 0..i64::from(scene.days) * minutes_in_day {
        let now = Timestamp(scene.brief.start.0 + minute * TICK.0);
        if minute % minutes_in_hour == 0 {
            hours.push(Hour::new(now, ads));
            bought.push(Bought {
                spend: vec![0.0; ads],
                value: 0.0,
            });
        }
        let number = hours.len() - 1;
        let hour = &mut hours[number];
        for notice in over.drain(..) {
            engine.hear(&notice, now);
        }
        while let Some(entry) = later.first_entry().filter(|entry| entry.key().0 <= now) {
            let notice = entry.remove();
            hour.conversions += u64::from(matches!(notice, Notice::Conversion { .. }));
            engine.hear(&notice, now);
        }
        engine.tick(now)?;
        market.minute(now, &mut asks);
        asked += asks.len() as u64;
        hour.asks += asks.len() as u64;
        let worth: Vec<f64> = (0..ads).map(|ad| scene.worth(ad, now)).collect();
        for ask in &asks {
            let rival = market.rival(ask);
            let wants = |ad: &usize| scene.brief.ads[*ad].wants(ask.segment, ask.at);
            let best = (0..ads)
                .filter(wants)
                .max_by(|a, b| worth[*a].total_cmp(&worth[*b]));
            if let Some(best) = best {
                chances.push(Chance {
                    hour: number as u32,
                    ad: best as u16,
                    value: worth[best],
                    price: to_beat(ask, rival).impression_cost().nanos() as f64,
                });
            }
            let Some(offer) = engine.bid(ask) else {
                continue;
            };
            let ad = offer.terms.ad.0 as usize - 1;
            market.auction((ask, rival), (&offer, ad), &mut |at, notice| match notice {
                Notice::Over { charged, .. } => {
                    if let Some(price) = charged {
                        hour.spend[ad] += price.impression_cost().nanos() as f64;
                        hour.value += worth[ad];
                    }
                    over.push(notice);
                }
                _ => {
                    told += 1;
                    later.insert((at, told), notice);
                }
            });
        }
        if (minute + 1) % minutes_in_hour == 0 {
            hour.truth = worth;
            hour.belief = (0..ads).map(|ad| engine.worth(ad)).collect();
            (hour.today, hour.planned) = (engine.today(now).nanos() as f64, engine.planned());
        }
        if (minute + 1) % minutes_in_day == 0 {
            buy(std::mem::take(&mut chances), scene.brief.daily, &mut bought);
        }
    }
    for (hour, best) in hours.iter_mut().zip(bought) {
        hour.best = best;
    }
    Ok(Run {
        hours,
        moves: std::mem::take(&mut engine.moves),
        asks: asked,
        bids: engine.bids(),
        overspent: engine.overspent(),
        holds: engine.holds().to_vec(),
        surges: engine.surges().to_vec(),
    })
}

impl Hour {
    fn new(at: Timestamp, ads: usize) -> Hour {
        Hour {
            at,
            asks: 0,
            spend: vec![0.0; ads],
            value: 0.0,
            best: Bought::default(),
            truth: Vec::new(),
            belief: Vec::new(),
            conversions: 0,
            planned: 0.0,
            today: 0.0,
        }
    }

    /// What was spent by all ads.
    pub fn spent(&self) -> f64 {
        self.spend.iter().sum()
    }
}

impl Run {
    /// The hours from one until before another, counted from the start.
    pub fn between(&self, from: usize, until: usize) -> &[Hour] {
        let until = until.min(self.hours.len());
        &self.hours[from.min(until)..until]
    }
}

/// An ad's share of what was spent in these hours, from 0 to 1.
pub fn share(hours: &[Hour], ad: usize) -> f64 {
    let own: f64 = hours.iter().map(|hour| hour.spend[ad]).sum();
    own / hours.iter().map(Hour::spent).sum::<f64>().max(1e-9)
}

/// An ad's share of what hindsight spends in these hours, from 0 to 1.
pub fn best_share(hours: &[Hour], ad: usize) -> f64 {
    let spent = |hour: &Hour| hour.best.spend.iter().sum::<f64>();
    let own: f64 = hours.iter().map(|hour| hour.best.spend[ad]).sum();
    own / hours.iter().map(spent).sum::<f64>().max(1e-9)
}

/// The value of what was bought in these hours, as a part of what hindsight buys in them.
pub fn of_best(hours: &[Hour]) -> f64 {
    let own: f64 = hours.iter().map(|hour| hour.value).sum();
    own / hours
        .iter()
        .map(|hour| hour.best.value)
        .sum::<f64>()
        .max(1e-9)
}
