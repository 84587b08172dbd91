//! The engine's own pacing, with what control and the bidders know of a budget.

use std::collections::VecDeque;

use pacing::pacer::{Account, Pacer, Settings};
use pacing::response::Shown;

use super::play::{Bidder, Moment, Seen, Start};
use super::rows::Prior;

/// `outbid`.
pub struct Engine {
    settings: Settings,
    /// The mean price that is known beforehand.
    price: f64,
    pacer: Option<Pacer>,
    cap: Option<f64>,
    tick: usize,
    next_tick: usize,
    /// Under the cap: what was spent and what it bought, in this episode.
    spent: f64,
    bought: f64,
    /// Of auctions without an outcome: the multiplier, and by how much a win may break the cap.
    open: VecDeque<(f64, f64)>,
    at_risk: f64,
    censored: bool,
}

impl Engine {
    /// Learns from the past, where there is one. Nothing that comes from the file to be played is looked at.
    pub fn new(prior: &Prior, settings: Settings) -> Engine {
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
            next_tick: 0,
            spent: 0.0,
            bought: 0.0,
            open: VecDeque::new(),
            at_risk: 0.0,
            censored: false,
        }
    }
}

impl Bidder for Engine {
    fn begin(&mut self, start: &Start) {
        (self.cap, self.tick, self.next_tick) = (start.cap, start.tick, 0);
        (self.spent, self.bought) = (0.0, 0.0);
    }

    fn bid(&mut self, at: &Moment) -> Option<i64> {
        let pacer = self.pacer.get_or_insert_with(|| {
            // The first guess: an impression of the first one's value is worth the mean price.
            Pacer::new(at.value / self.price.max(1.0), self.price, self.settings)
        });
        let left = at.remaining as f64;
        if at.index >= self.next_tick {
            self.next_tick = at.index + self.tick;
            pacer.tick(&Account {
                left,
                // What has no outcome yet is still to be paid for at the same rate.
                auctions_left: at.left + at.outstanding as f64,
                spent: self.spent,
                value: self.bought,
                cap: self.cap,
            });
        }
        let mut bid = pacer.bid(at.value, left - at.reserved as f64, at.left);
        let mut risk = 0.0;
        if let Some(cap) = self.cap {
            // While the running goal would break if all that is open were won, no bid costs more than its own value
            // allows.
            risk = (bid - cap * at.value).max(0.0);
            if self.spent + self.at_risk + risk > cap * self.bought {
                bid = bid.min(cap * at.value);
                risk = 0.0;
            }
            self.at_risk += risk;
        }
        self.open.push_back((pacer.multiplier(), risk));
        Some(bid as i64)
    }

    fn learn(&mut self, seen: &Seen) {
        let (Some(pacer), Some((multiplier, risk))) = (self.pacer.as_mut(), self.open.pop_front())
        else {
            return;
        };
        self.at_risk -= risk;
        self.censored |= seen.price.is_none();
        let shown = match seen.price {
            None if seen.won => Shown::Won(seen.cost as f64),
            None => Shown::Lost,
            Some(price) if self.censored => Shown::Won(price as f64),
            Some(price) => Shown::Price(price as f64),
        };
        pacer.observe(seen.at.value, multiplier, shown);
        if seen.won {
            self.spent += seen.cost as f64;
            self.bought += seen.at.value;
        }
    }
}
