//! Rounds that take turns: what the machine does to one contender in a bad second it does to the next one too.

use std::time::Duration;

use crate::clock;

/// What some contenders cost in each round, in the order in which they were given.
#[derive(Clone, Debug)]
pub struct Rounds {
    /// Nanoseconds for one piece of work: `costs[contender][round]`.
    pub costs: Vec<Vec<f64>>,
}

/// Smallest, middle and largest of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The smallest.
    pub min: f64,
    /// The middle one; of an even number the lower.
    pub median: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of these values, of which there is at least one.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        Spread {
            min: at(0),
            median: at(sorted.len().saturating_sub(1) / 2),
            max: at(sorted.len().saturating_sub(1)),
        }
    }
}

/// A contender: does its work once, whatever it is, and says how many pieces that was.
pub type Contender<'c> = Box<dyn FnMut() -> usize + 'c>;

/// Runs the contenders by turns, on the clock of this thread. Each round is as many of a contender's works as fill
/// `at_least`; the first round is thrown away.
pub fn run(rounds: usize, at_least: Duration, contenders: &mut [Contender<'_>]) -> Rounds {
    let mut costs = vec![Vec::with_capacity(rounds); contenders.len()];
    for round in 0..=rounds {
        for (contender, costs) in contenders.iter_mut().zip(&mut costs) {
            let cost = one(at_least, contender);
            if round > 0 {
                costs.push(cost);
            }
        }
    }
    Rounds { costs }
}

fn one(at_least: Duration, work: &mut Contender<'_>) -> f64 {
    let before = clock::thread_cpu();
    let mut pieces = 0;
    loop {
        pieces += work();
        let spent = clock::thread_cpu() - before;
        if spent >= at_least {
            return spent.as_nanos() as f64 / pieces as f64;
        }
    }
}

impl Rounds {
    /// What the contender cost in its best round: noise only ever adds.
    pub fn best(&self, contender: usize) -> f64 {
        Spread::of(self.costs[contender].iter().copied()).min
    }

    /// What `peer` cost for one of what `ours` cost: the ratio of the best rounds, and the spread of each round's.
    pub fn ratio(&self, peer: usize, ours: usize) -> (f64, Spread) {
        let each = self.costs[peer]
            .iter()
            .zip(&self.costs[ours])
            .map(|(peer, ours)| peer / ours);
        (self.best(peer) / self.best(ours), Spread::of(each))
    }

    /// How many rounds there were.
    pub fn count(&self) -> usize {
        self.costs.first().map_or(0, Vec::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_of_all_values() {
        let spread = Spread::of([3.0, 1.0, 2.0, 9.0]);
        assert_eq!(
            spread,
            Spread {
                min: 1.0,
                median: 2.0,
                max: 9.0
            }
        );
    }

    #[test]
    fn every_contender_has_its_turn_in_every_round() {
        let order = std::cell::RefCell::new(Vec::new());
        let contender = |name: char| -> Contender<'_> {
            let order = &order;
            Box::new(move || {
                order.borrow_mut().push(name);
                1
            })
        };
        let rounds = run(3, Duration::ZERO, &mut [contender('a'), contender('b')]);
        assert_eq!(rounds.count(), 3);
        assert_eq!(order.borrow().iter().collect::<String>(), "abababab");
    }

    #[test]
    fn a_ratio_is_of_the_best_rounds() {
        let rounds = Rounds {
            costs: vec![vec![40.0, 30.0], vec![10.0, 20.0]],
        };
        let (ratio, spread) = rounds.ratio(0, 1);
        assert_eq!((ratio, spread.min, spread.max), (3.0, 1.5, 4.0));
    }
}
