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

use std::collections::BTreeMap;

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

/// The landscape of one exchange, in steps of one unit of price.
#[derive(Clone, Debug)]
pub struct Landscape {
    settings: Settings,
    steps: usize,
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
    fn new(steps: usize, weight: f64) -> Cell {
        Cell {
            weights: vec![weight / steps as f64; steps],
            total: weight,
            scale: 1.0,
        }
    }

    fn seen(&self) -> f64 {
        self.total / self.scale
    }

    /// Spreads one observation over the prices that it allows, as `believed` has them.
    fn add(&mut self, from: usize, to: usize, believed: &[f64], memory: f64) {
        self.scale *= 1.0 + 1.0 / memory;
        self.total += self.scale;
        if from == to {
            self.weights[from] += self.scale;
        } else {
            let mass: f64 = believed[from..=to].iter().sum();
            let even = 1.0 / (to - from + 1) as f64;
            for (weight, share) in self.weights[from..=to].iter_mut().zip(&believed[from..=to]) {
                *weight += self.scale * if mass > 0.0 { share / mass } else { even };
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
        let steps = highest.clamp(1, 1 << 16) as usize + 1;
        Landscape {
            settings,
            steps,
            broadest: Cell::new(steps, 1.0),
            narrower: BTreeMap::new(),
        }
    }

    /// Adds an auction.
    pub fn observe(&mut self, contexts: Contexts<'_>, told: Told) {
        let last = self.steps - 1;
        let step = |price: i64| price.clamp(0, last as i64) as usize;
        let (from, to) = match told {
            Told::Price(price) => (step(price), step(price)),
            Told::AtMost(bid) => (0, step(bid)),
            Told::Above(bid) => (step(bid.saturating_add(1)), last),
        };
        let believed = if from == to {
            Vec::new()
        } else {
            self.shares(contexts)
        };
        self.broadest.add(from, to, &believed, self.settings.memory);
        for context in contexts {
            let room = self.narrower.len() < self.settings.contexts_max;
            let steps = self.steps;
            let cell = match self.narrower.get_mut(context) {
                Some(cell) => cell,
                None if room => self
                    .narrower
                    .entry(*context)
                    .or_insert_with(|| Cell::new(steps, 0.0)),
                None => return,
            };
            cell.add(from, to, &believed, self.settings.memory);
        }
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
        let voices = self.voices(contexts);
        (0..self.steps)
            .map(|step| {
                voices
                    .iter()
                    .map(|(weight, cell)| weight * cell.weights[step])
                    .sum()
            })
            .collect()
    }

    /// The probability that a bid wins.
    pub fn win_probability(&self, contexts: Contexts<'_>, bid: i64) -> f64 {
        match usize::try_from(bid) {
            Ok(bid) => self.shares(contexts).iter().take(bid + 1).sum(),
            Err(_) => 0.0,
        }
    }

    /// The bid in whole units that gains most, on average, from an impression that is worth `worth` units: the argmax
    /// of (worth − b) · F(b | context); the lowest where several gain as much. Never above its worth.
    pub fn best_bid(&self, contexts: Contexts<'_>, worth: f64) -> i64 {
        let voices = self.voices(contexts);
        let (mut won, mut best, mut gain) = (0.0, 0, 0.0);
        for step in 0..self.steps {
            let left = worth - step as f64;
            if left <= 0.0 {
                break;
            }
            won += voices
                .iter()
                .map(|(weight, cell)| weight * cell.weights[step])
                .sum::<f64>();
            if left * won > gain {
                (best, gain) = (step as i64, left * won);
            }
        }
        best
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
mod tests {
    use super::*;

    fn taught(told: &[(&[u64], Told, usize)]) -> Landscape {
        let mut landscape = Landscape::new(100, Settings::default());
        for (contexts, told, times) in told {
            (0..*times).for_each(|_| landscape.observe(contexts, *told));
        }
        landscape
    }

    #[test]
    fn the_best_bid_is_just_enough_to_win() {
        let one = taught(&[(&[], Told::Price(40), 1_000)]);
        let two = taught(&[(&[], Told::Price(20), 500), (&[], Told::Price(60), 500)]);
        let check = |landscape: &Landscape, worth: f64, expect: i64| {
            assert_eq!(landscape.best_bid(&[], worth), expect, "{worth}");
        };
        check(&one, 90.0, 40);
        check(&one, 60.0, 40);
        // (100 − 60) × 1 is no more than (100 − 20) × ½; from 101 on it is.
        check(&two, 90.0, 20);
        check(&two, 110.0, 60);
        check(&two, 0.0, 0);
        check(&two, -5.0, 0);
    }

    #[test]
    fn what_a_context_tells_is_used_once_it_was_seen_often() {
        let few = taught(&[(&[1], Told::Price(20), 2_000), (&[2], Told::Price(60), 3)]);
        assert_eq!(few.best_bid(&[2], 90.0), 20);
        let many = taught(&[
            (&[1], Told::Price(20), 2_000),
            (&[2], Told::Price(60), 2_000),
        ]);
        assert_eq!(
            (many.best_bid(&[1], 90.0), many.best_bid(&[2], 90.0)),
            (20, 60)
        );
        assert_eq!(many.best_bid(&[3], 65.0), 20);
    }

    #[test]
    fn wins_and_losses_alone_find_the_price() {
        let settings = Settings {
            memory: 1_000.0,
            ..Settings::default()
        };
        let mut landscape = Landscape::new(100, settings);
        for round in 0..8_000_i64 {
            let bid = round * 37 % 100;
            landscape.observe(
                &[],
                if bid >= 50 {
                    Told::AtMost(bid)
                } else {
                    Told::Above(bid)
                },
            );
        }
        let (below, above) = (
            landscape.win_probability(&[], 45),
            landscape.win_probability(&[], 55),
        );
        assert!(below < 0.2 && above > 0.8, "{below} {above}");
        let best = landscape.best_bid(&[], 95.0);
        assert!((50..=60).contains(&best), "{best}");
    }

    #[test]
    fn there_is_an_end_to_contexts() {
        let settings = Settings {
            contexts_max: 2,
            ..Settings::default()
        };
        let mut landscape = Landscape::new(10, settings);
        (0..9).for_each(|context| landscape.observe(&[context], Told::Price(5)));
        assert_eq!(landscape.narrower.len(), 2);
    }

    #[test]
    fn exploration_stays_below_the_worth_and_within_its_share() {
        let mut exploration = Exploration {
            share: 0.1,
            done: 0,
        };
        for k in 0..1_000 {
            let bid = exploration.bid(10, 20.0, [f64::from(k) / 1_000.0, 0.999]);
            assert!((10..=20).contains(&bid));
        }
        assert_eq!(exploration.done, 100);
        assert_eq!(exploration.bid(10, 5.0, [0.0, 0.9]), 10);
    }
}
