//! What it takes to win: the distribution of the highest bid of the others, by context, learned as auctions pass.
//!
//! In a first-price auction the best bid for an impression that is worth w is argmax over b of (w −
//! b) · F(b | context). A shade that is the same for every context is absorbed by the budget's
//! multiplier, so only what the context tells is worth learning. F is a histogram for each context,
//! shrunk toward the broader context's, and that toward the broadest:
//!
//! > F(b | c) = (n(c) · F̂(b | c) + k · F(b | broader c)) ÷ (n(c) + k)
//!
//! Where an exchange does not tell the price, a win says that it was at most the bid, and a loss that it was more: the
//! observation is spread over the prices that it allows as they are believed to be (Turnbull 1976; an online form of
//! the EM algorithm for censored data). The past fades.

mod kept;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What an auction told of its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The least bid that would have won.
    Price(i64),
    /// No more than this: the bid won.
    AtMost(i64),
    /// More than this: the bid lost.
    Above(i64),
}

/// A context and the broader ones around it: from broad to narrow, each with the broader ones' numbers in it or unique.
/// The broadest of all has no number and need not be named.
pub type Contexts<'a> = &'a [u64];

/// How a landscape learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// After how many auctions of a context its past weighs 1 ÷ e.
    pub memory: f64,
    /// How many auctions the broader context weighs in a narrower one.
    pub shrinkage: f64,
    /// The most contexts that are kept; those that come later are not told apart from the broader one.
    pub contexts_max: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            memory: 20_000.0,
            shrinkage: 200.0,
            contexts_max: 4_096,
        }
    }
}

/// The prices that a landscape tells apart, rising.
#[derive(Clone, Debug)]
struct Grid {
    prices: Vec<i64>,
}

impl Grid {
    /// From 0 to `highest`, one unit apart.
    fn even(highest: i64) -> Grid {
        Grid {
            prices: (0..=highest.clamp(1, 1 << 16)).collect(),
        }
    }

    /// From 2^from to 2^to, so many to each octave.
    fn octaves(from: u32, to: u32, each: u32) -> Grid {
        let price = |step: u32| {
            let octave = f64::from(from) + f64::from(step) / f64::from(each);
            libm::exp2(octave) as i64
        };
        let mut prices: Vec<i64> = (0..=(to - from) * each).map(price).collect();
        prices.dedup();
        Grid { prices }
    }

    fn last(&self) -> usize {
        self.prices.len() - 1
    }

    /// The least of them that is enough where so much is.
    fn enough(&self, price: i64) -> usize {
        self.prices
            .partition_point(|it| *it < price)
            .min(self.last())
    }

    /// The highest of them that a bid reaches.
    fn reached(&self, bid: i64) -> Option<usize> {
        self.prices.partition_point(|it| *it <= bid).checked_sub(1)
    }

    /// Each as likely as it has room up to the one before.
    fn even_shares(&self) -> Vec<f64> {
        let before = [self.prices[0] - 1]
            .into_iter()
            .chain(self.prices.iter().copied());
        let whole = (self.prices[self.last()] - self.prices[0] + 1) as f64;
        let room = self.prices.iter().zip(before);
        room.map(|(price, before)| (price - before) as f64 / whole)
            .collect()
    }
}

/// The landscape of one exchange.
#[derive(Clone, Debug)]
pub struct Landscape {
    settings: Settings,
    grid: Grid,
    broadest: Cell,
    narrower: BTreeMap<u64, Cell>,
}

#[derive(Clone, Debug)]
struct Cell {
    weights: Vec<f64>,
    total: f64,
    scale: f64,
}

/// Where weights have grown to this, all are scaled down.
const SCALE_MAX: f64 = 1e100;

impl Cell {
    /// Of the weight of one auction.
    fn believed(weights: Vec<f64>) -> Cell {
        Cell {
            weights,
            total: 1.0,
            scale: 1.0,
        }
    }

    /// In which nothing was seen.
    fn empty(steps: usize) -> Cell {
        Cell {
            weights: vec![0.0; steps],
            total: 0.0,
            scale: 1.0,
        }
    }

    fn seen(&self) -> f64 {
        self.total / self.scale
    }

    /// Spreads so many alike observations over the prices that they allow, as `believed` has those; of one price it
    /// need say nothing.
    fn add(&mut self, (from, to): (usize, usize), times: f64, believed: &[f64], memory: f64) {
        self.scale *= 1.0 + times / memory;
        let added = self.scale * times;
        self.total += added;
        if from == to {
            self.weights[from] += added;
        } else {
            let mass: f64 = believed.iter().sum();
            let even = 1.0 / (to - from + 1) as f64;
            for (weight, share) in self.weights[from..=to].iter_mut().zip(believed) {
                *weight += added * if mass > 0.0 { share / mass } else { even };
            }
        }
        if self.scale > SCALE_MAX {
            let scale = self.scale;
            self.weights.iter_mut().for_each(|weight| *weight /= scale);
            self.total /= scale;
            self.scale = 1.0;
        }
    }
}

impl Landscape {
    /// A landscape of prices from 0 to `highest` units, all as likely, with the weight of one auction.
    pub fn new(highest: i64, settings: Settings) -> Landscape {
        Landscape::on(Grid::even(highest), settings)
    }

    /// A landscape of prices from 2^13 to 2^30 units (in smallest units of an impression: 0.008 to 1,074 a thousand),
    /// 2 % apart.
    pub fn by_octaves(settings: Settings) -> Landscape {
        Landscape::on(Grid::octaves(LOWEST_OCTAVE, HIGHEST_OCTAVE, 32), settings)
    }

    fn on(grid: Grid, settings: Settings) -> Landscape {
        Landscape {
            settings,
            broadest: Cell::believed(grid.even_shares()),
            grid,
            narrower: BTreeMap::new(),
        }
    }

    /// Adds an auction.
    pub fn observe(&mut self, contexts: Contexts<'_>, told: Told) {
        self.observe_times(contexts, told, 1.0);
    }

    /// Adds so many auctions of which the same was told.
    pub fn observe_times(&mut self, contexts: Contexts<'_>, told: Told, times: f64) {
        let last = self.grid.last();
        let (from, to) = match told {
            Told::Price(price) => (self.grid.enough(price), self.grid.enough(price)),
            Told::AtMost(bid) => (0, self.grid.reached(bid).unwrap_or(0)),
            Told::Above(bid) => (
                self.grid.reached(bid).map_or(0, |at| (at + 1).min(last)),
                last,
            ),
        };
        let believed = if from == to {
            Vec::new()
        } else {
            self.shares_of(contexts, from..=to).collect()
        };
        let memory = self.settings.memory;
        self.broadest.add((from, to), times, &believed, memory);
        for context in contexts {
            let room = self.narrower.len() < self.settings.contexts_max;
            let steps = self.grid.prices.len();
            let cell = match self.narrower.get_mut(context) {
                Some(cell) => cell,
                None if room => self
                    .narrower
                    .entry(*context)
                    .or_insert_with(|| Cell::empty(steps)),
                None => return,
            };
            cell.add((from, to), times, &believed, memory);
        }
    }

    /// How many auctions of the narrowest of these contexts speak, older ones counted less; of all where there is none.
    pub fn weight(&self, contexts: Contexts<'_>) -> f64 {
        let narrowest = contexts.last();
        narrowest.map_or(self.broadest.seen(), |context| self.seen(*context))
    }

    /// How many auctions of a context speak, older ones counted less.
    pub fn seen(&self, context: u64) -> f64 {
        let cell = self.narrower.get(&context);
        cell.map_or(0.0, Cell::seen)
    }

    /// The cells that speak for a context, each with what it weighs in the whole.
    fn voices(&self, contexts: Contexts<'_>) -> Vec<(f64, &Cell)> {
        let mut voices = vec![(1.0, &self.broadest)];
        for context in contexts {
            let Some(cell) = self.narrower.get(context).filter(|cell| cell.total > 0.0) else {
                break;
            };
            let seen = cell.seen();
            let own = seen / (seen + self.settings.shrinkage);
            voices
                .iter_mut()
                .for_each(|(weight, _)| *weight *= 1.0 - own);
            voices.push((own, cell));
        }
        voices
            .iter_mut()
            .for_each(|(weight, cell)| *weight /= cell.total);
        voices
    }

    fn shares(&self, contexts: Contexts<'_>) -> Vec<f64> {
        self.shares_of(contexts, 0..=self.grid.last()).collect()
    }

    /// How likely each of these steps is.
    fn shares_of(
        &self,
        contexts: Contexts<'_>,
        steps: RangeInclusive<usize>,
    ) -> impl Iterator<Item = f64> {
        let voices = self.voices(contexts);
        steps.map(move |step| {
            let said = voices.iter();
            said.map(|(weight, cell)| weight * cell.weights[step]).sum()
        })
    }

    /// The probability that a bid wins.
    pub fn win_probability(&self, contexts: Contexts<'_>, bid: i64) -> f64 {
        let reached = self.grid.reached(bid).map_or(0, |at| at + 1);
        self.shares_of(contexts, 0..=self.grid.last())
            .take(reached)
            .sum()
    }

    /// The bid in whole units that gains most, on average, from an impression that is worth `worth` units: the argmax
    /// of (worth − b) · F(b | context); the lowest where several gain as much. Never above its worth.
    pub fn best_bid(&self, contexts: Contexts<'_>, worth: f64) -> i64 {
        let (at, _) = best_from(&self.grid.prices, &self.shares(contexts), 0.0, worth);
        self.grid.prices[at]
    }

    /// The best bids for impressions of every worth.
    pub fn curve(&self, contexts: Contexts<'_>) -> Curve {
        let shares = self.shares(contexts);
        let mut bids = [0; Curve::STEPS];
        let mut from = (0, 0.0);
        for (place, bid) in bids.iter_mut().enumerate() {
            // The higher the worth, the higher the best bid (Topkis 1978): what was below it before need not be looked
            // at again.
            let (prices, shares) = (&self.grid.prices[from.0..], &shares[from.0..]);
            let (at, below) = best_from(prices, shares, from.1, Curve::worth(place));
            from = (from.0 + at, below);
            *bid = u32::try_from(self.grid.prices[from.0]).unwrap_or(u32::MAX);
        }
        Curve(bids)
    }

    /// Bids from low to high, each with the chance that it wins, at most so many.
    pub fn points(&self, contexts: Contexts<'_>, most: usize) -> Vec<(i64, f64)> {
        let shares = self.shares(contexts);
        let won = shares.iter().scan(0.0, |won, share| {
            *won += share;
            Some(*won)
        });
        let all: Vec<(i64, f64)> = self.grid.prices.iter().copied().zip(won).collect();
        // Below nothing wins, above everything does.
        let from = all
            .partition_point(|(_, won)| *won < 0.002)
            .saturating_sub(1);
        let to = all
            .partition_point(|(_, won)| *won < 0.998)
            .max(from + 1)
            .min(all.len());
        let each = (to - from).div_ceil(most.max(1)).max(1);
        all[from..to].iter().step_by(each).copied().collect()
    }
}

/// The place of the price that gains most, of those from here on, and the chance to win below it. `below` is the chance
/// to win below the first.
fn best_from(prices: &[i64], shares: &[f64], below: f64, worth: f64) -> (usize, f64) {
    let (mut won, mut best, mut gain) = (below, (0, below), 0.0);
    for (at, (price, share)) in prices.iter().zip(shares).enumerate() {
        let left = worth - *price as f64;
        if left <= 0.0 {
            break;
        }
        let before = won;
        won += share;
        if left * won > gain {
            (best, gain) = ((at, before), left * won);
        }
    }
    best
}

/// The octaves of prices that [`Landscape::by_octaves`] tells apart.
const LOWEST_OCTAVE: u32 = 13;
const HIGHEST_OCTAVE: u32 = 30;
/// Worths of an octave that a curve tells apart, as a power of two.
const PARTS: u32 = 3;

/// What to bid in a first-price auction for an impression of any worth, as a table: a bid costs one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curve([u32; Curve::STEPS]);

impl Curve {
    /// Worths from 2^13 to 2^31, eight to an octave. Between two the best bid changes little, and what it gains less.
    const STEPS: usize = ((HIGHEST_OCTAVE + 1 - LOWEST_OCTAVE) << PARTS) as usize;

    /// The middle of a step.
    fn worth(place: usize) -> f64 {
        let (octave, part) = (place >> PARTS, place & ((1 << PARTS) - 1));
        let within = (part as f64 + 0.5) / f64::from(1 << PARTS);
        libm::exp2(f64::from(LOWEST_OCTAVE) + octave as f64) * (1.0 + within)
    }

    /// The best bid, never above the worth. What is worth less or more than the table holds is bid as it is.
    pub fn best_bid(&self, worth: i64) -> i64 {
        if worth < 1 << LOWEST_OCTAVE {
            return worth;
        }
        let octave = worth.ilog2();
        let part = (worth >> (octave - PARTS)) as usize & ((1 << PARTS) - 1);
        let place = ((octave - LOWEST_OCTAVE) as usize) << PARTS | part;
        self.0
            .get(place)
            .map_or(worth, |bid| i64::from(*bid).min(worth))
    }
}

/// Bids more than seems best in a share of auctions, so that prices which are not told are found out. Bounded: never
/// above the worth, and in no more than the share.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exploration {
    /// In which share of auctions.
    pub share: f64,
    /// How often it was done.
    pub done: u64,
}

impl Exploration {
    /// The bid, for two throws of the dice in [0, 1).
    pub fn bid(&mut self, best: i64, worth: f64, throws: [f64; 2]) -> i64 {
        if throws[0] >= self.share || worth <= best as f64 {
            return best;
        }
        self.done += 1;
        best + (throws[1] * (worth - best as f64)) as i64
    }
}

#[cfg(test)]
mod tests;
