//! What a contest brought, in figures.

use std::fmt::Write as _;

use libm::sqrt;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::contest::{Episode, Fraction};
use super::limit::BUCKETS;
use super::peers::Algorithm;
use super::play::Outcome;
use super::rows::NANOS_IN_UNIT;

/// The whole report.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// One row for each algorithm and budget.
    pub results: Vec<Figures>,
    /// How the engine stands against each other algorithm, where there are several episodes.
    pub paired: Vec<Paired>,
}

/// One algorithm with one budget.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Who played.
    pub algorithm: &'static str,
    /// With which part of what all auctions cost.
    pub budget: String,
    /// How many episodes.
    pub episodes: usize,
    /// Predicted clicks won.
    pub value: f64,
    /// Clicks won.
    pub clicks: u64,
    /// The value as a percentage of what the linear program buys in hindsight.
    pub percent_of_hindsight: f64,
    /// The value as a percentage of what the best evenly paced plan buys in hindsight.
    pub percent_of_even_hindsight: f64,
    /// What was charged, as a percentage of the budget.
    pub budget_used_percent: f64,
    /// What was charged beyond the budget, over all episodes.
    pub overspend_nanos: i64,
    /// The coefficient of variation of the spend of 48 parts of equal length.
    pub bucket_cv: f64,
    /// The cost per predicted click against its cap, at the end: the worst of all episodes.
    pub cap_ratio_end: Option<f64>,
    /// The worst running one after the first quarter of an episode.
    pub cap_ratio_worst: Option<f64>,
}

/// How much more of the limit the engine got than another, by the paired bootstrap over episodes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Paired {
    /// The other.
    pub algorithm: &'static str,
    /// The budget.
    pub budget: String,
    /// Percent of hindsight: the engine's less the other's.
    pub difference: f64,
    /// The lower end of the 95 % interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// One algorithm's outcomes, episode by episode, with their limits.
pub(super) struct Standing {
    figures: Figures,
    algorithm: Algorithm,
    /// Value won and value of the limit, of each episode.
    values: Vec<(f64, f64)>,
}

impl Standing {
    pub fn new(
        algorithm: Algorithm,
        budget: &Fraction,
        episodes: &[Episode<'_>],
        outcomes: Vec<Outcome>,
    ) -> Standing {
        let pairs = || episodes.iter().zip(&outcomes);
        let sum = |of: &dyn Fn(&Episode<'_>, &Outcome) -> f64| -> f64 {
            pairs().map(|(episode, outcome)| of(episode, outcome)).sum()
        };
        let value = sum(&|_, outcome| outcome.value);
        let cost: i64 = outcomes.iter().map(|outcome| outcome.cost).sum();
        let over: i64 = pairs().map(|(e, o)| (o.cost - e.budget).max(0)).sum();
        let ratios = pairs().filter_map(|(e, o)| Some((e.cap?, o)));
        let worst = |of: &dyn Fn(f64, &Outcome) -> f64| {
            ratios.clone().map(|(cap, o)| of(cap, o)).reduce(f64::max)
        };
        let figures = Figures {
            algorithm: algorithm.name(),
            budget: budget.text().to_string(),
            episodes: episodes.len(),
            value,
            clicks: outcomes.iter().map(|outcome| outcome.clicks).sum(),
            percent_of_hindsight: percent(value, sum(&|episode, _| episode.hindsight.value)),
            percent_of_even_hindsight: percent(value, sum(&|episode, _| episode.even.value)),
            budget_used_percent: percent(cost as f64, sum(&|episode, _| episode.budget as f64)),
            overspend_nanos: over.saturating_mul(NANOS_IN_UNIT),
            bucket_cv: variation(&outcomes),
            cap_ratio_end: worst(&|cap, o| match o.value {
                value if value > 0.0 => o.cost as f64 / (cap * value),
                _ => 0.0,
            }),
            cap_ratio_worst: worst(&|_, o| o.worst_ratio),
        };
        let values = pairs().map(|(e, o)| (o.value, e.hindsight.value)).collect();
        Standing {
            figures,
            algorithm,
            values,
        }
    }
}

fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        100.0 * part / whole
    } else {
        0.0
    }
}

/// Of the spend by part, summed over episodes.
fn variation(outcomes: &[Outcome]) -> f64 {
    let buckets: Vec<f64> = (0..BUCKETS)
        .map(|k| {
            outcomes
                .iter()
                .map(|outcome| outcome.buckets[k])
                .sum::<i64>() as f64
        })
        .collect();
    let mean = buckets.iter().sum::<f64>() / BUCKETS as f64;
    let variance = buckets.iter().map(|b| (b - mean) * (b - mean)).sum::<f64>() / BUCKETS as f64;
    if mean > 0.0 {
        sqrt(variance) / mean
    } else {
        0.0
    }
}

/// How often episodes are drawn anew.
const DRAWS: usize = 2_000;

/// The paired bootstrap (Efron 1979): episodes are drawn with replacement, the same for both; the interval holds the
/// middle 95 % of the differences.
pub fn bootstrap(ours: &[f64], theirs: &[f64], limit: &[f64], seed: u64) -> (f64, f64, f64) {
    let count = ours.len().min(theirs.len()).min(limit.len());
    let difference = |episodes: &mut dyn Iterator<Item = usize>| {
        let (mut more, mut of) = (0.0, 0.0);
        for k in episodes {
            more += ours[k] - theirs[k];
            of += limit[k];
        }
        percent(more, of)
    };
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn: Vec<f64> = (0..DRAWS)
        .map(|_| difference(&mut (0..count).map(|_| dice.random_range(0..count as u64) as usize)))
        .collect();
    drawn.sort_by(f64::total_cmp);
    let at = |part: f64| drawn[(part * (DRAWS - 1) as f64) as usize];
    (difference(&mut (0..count)), at(0.025), at(0.975))
}

impl Report {
    pub(super) fn new(standings: Vec<Standing>, seed: u64) -> Report {
        let mut paired = Vec::new();
        for other in standings
            .iter()
            .filter(|s| s.algorithm != Algorithm::Outbid)
        {
            let budget = &other.figures.budget;
            let ours = standings
                .iter()
                .find(|s| s.algorithm == Algorithm::Outbid && s.figures.budget == *budget);
            let Some(ours) = ours.filter(|ours| ours.values.len() > 1) else {
                continue;
            };
            let first = |s: &Standing| s.values.iter().map(|(value, _)| *value).collect::<Vec<_>>();
            let limit: Vec<f64> = ours.values.iter().map(|(_, limit)| *limit).collect();
            let (difference, low, high) = bootstrap(&first(ours), &first(other), &limit, seed);
            paired.push(Paired {
                algorithm: other.figures.algorithm,
                budget: budget.clone(),
                difference,
                low,
                high,
            });
        }
        let results = standings
            .into_iter()
            .map(|standing| standing.figures)
            .collect();
        Report { results, paired }
    }

    /// As a table for people: clicks with the root of their number, so that a tie can be seen as one.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{:<14} {:>7} {:>8} {:>12} {:>11} {:>7} {:>7} {:>9} {:>6} {:>8}  {}\n",
            "ALGORITHM",
            "BUDGET",
            "EPISODES",
            "CLICKS",
            "VALUE",
            "% LP",
            "% EVEN",
            "USED %",
            "CV",
            "CAP END",
            "OURS MORE BY (95 %)"
        );
        for row in &self.results {
            let clicks = format!("{} ±{:.0}", row.clicks, sqrt(row.clicks as f64));
            let cap = row
                .cap_ratio_end
                .map_or("-".to_string(), |ratio| format!("{ratio:.4}"));
            let paired = self
                .paired
                .iter()
                .find(|p| p.algorithm == row.algorithm && p.budget == row.budget)
                .map_or(String::new(), |p| {
                    format!("{:.2} ({:.2} to {:.2})", p.difference, p.low, p.high)
                });
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "{:<14} {:>7} {:>8} {:>12} {:>11.4} {:>7.2} {:>7.2} {:>9.3} {:>6.3} {:>8}  {paired}",
                row.algorithm,
                row.budget,
                row.episodes,
                clicks,
                row.value,
                row.percent_of_hindsight,
                row.percent_of_even_hindsight,
                row.budget_used_percent,
                row.bucket_cv,
                cap,
            );
            if row.overspend_nanos != 0 {
                let _ = writeln!(text, "  overspent by {} nanos", row.overspend_nanos);
            }
        }
        text
    }
}
