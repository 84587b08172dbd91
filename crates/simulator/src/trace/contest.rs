//! A contest: one trace, several budgets, several algorithms.

use std::path::PathBuf;
use std::str::FromStr;

use libm::{ceil, rint};
use pacing::pacer::Settings;

use super::limit::{Limit, even_hindsight, hindsight};
use super::peers::Algorithm;
use super::play::{Outcome, Rules, play};
use super::report::{Report, Standing};
use super::rows::{self, Auction, Prior, TraceError};

/// What is played, by whom, and under which conditions.
#[derive(Clone, Debug)]
pub struct Options {
    /// The trace; several are pooled.
    pub files: Vec<PathBuf>,
    /// Whether several files are one pot of money.
    pub pool: bool,
    /// A trace of the past, from which all may learn beforehand.
    pub train: Option<PathBuf>,
    /// The mean price by which episodes' budgets are reckoned, where it is not that of the past or of the file.
    pub mean_price: Option<f64>,
    /// How often each price was seen in the past: a JSON array of counts.
    pub price_histogram: Option<PathBuf>,
    /// Budgets, as parts of what all auctions cost.
    pub budgets: Vec<Fraction>,
    /// How long an episode is.
    pub episodes: Episodes,
    /// Who plays.
    pub algorithms: Vec<Algorithm>,
    /// Who wins pays the bid.
    pub first_price: bool,
    /// The most that a predicted click may cost, as a multiple of what it costs in the uncapped hindsight.
    pub cpc_cap: Option<f64>,
    /// How late outcomes are known, in seconds.
    pub delay_seconds: f64,
    /// How many auctions a second has.
    pub auctions_per_second: f64,
    /// How many seconds pass between two decisions of control.
    pub tick_seconds: f64,
    /// How many bidder nodes share the budget.
    pub nodes: usize,
    /// A change of prices on the way.
    pub shock: Option<Shock>,
    /// Prices of lost auctions are not told.
    pub censor: bool,
    /// By what part of itself the forecast of auctions is wrong.
    pub forecast_error: f64,
    /// Seed of the dice.
    pub seed: u64,
    /// How the engine's pacer is set.
    pub settings: Settings,
}

/// How long episodes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Episodes {
    /// The whole trace is one.
    Whole,
    /// So many auctions each; the last has what is left.
    Of(usize),
}

impl FromStr for Episodes {
    type Err = String;
    fn from_str(text: &str) -> Result<Episodes, String> {
        match (text, text.parse()) {
            ("whole", _) => Ok(Episodes::Whole),
            (_, Ok(n)) if n > 0 => Ok(Episodes::Of(n)),
            _ => Err("write a number of auctions, or \"whole\"".to_string()),
        }
    }
}

/// A part of a whole, as it was written: `1/32`, `0.25`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fraction {
    text: String,
    numerator: u64,
    denominator: u64,
}

impl FromStr for Fraction {
    type Err = String;
    fn from_str(text: &str) -> Result<Fraction, String> {
        let wrong = || format!("{text:?} is no part of a whole: write 1/32 or 0.25");
        let number = |digits: &str| digits.parse::<u64>().ok().filter(|n| *n <= 1_000_000_000);
        let parts = match (text.split_once('/'), text.split_once('.')) {
            (Some((over, under)), _) => number(over).zip(number(under)),
            (None, Some((whole, digits))) if digits.len() <= 9 => number(whole)
                .zip(number(&format!("0{digits}")))
                .map(|(whole, part)| {
                    let scale = 10_u64.pow(digits.len() as u32);
                    (whole * scale + part, scale)
                }),
            (None, Some(_)) => None,
            (None, None) => number(text).map(|whole| (whole, 1)),
        };
        let (numerator, denominator) = parts.filter(|(_, under)| *under > 0).ok_or_else(wrong)?;
        if numerator == 0 {
            return Err(wrong());
        }
        Ok(Fraction {
            text: text.to_string(),
            numerator,
            denominator,
        })
    }
}

impl Fraction {
    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn of_whole(&self, total: i64) -> i64 {
        let part = i128::from(total) * i128::from(self.numerator) / i128::from(self.denominator);
        i64::try_from(part).unwrap_or(i64::MAX)
    }

    fn of(&self, amount: f64) -> i64 {
        (amount * self.numerator as f64 / self.denominator as f64) as i64
    }
}

/// From a point on, prices are multiplied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shock {
    /// By what.
    pub factor: f64,
    /// From which part of the trace on.
    pub at: f64,
}

impl FromStr for Shock {
    type Err = String;
    fn from_str(text: &str) -> Result<Shock, String> {
        let parts = text
            .strip_prefix("price=")
            .and_then(|rest| rest.split_once('@'));
        parts
            .and_then(|(factor, at)| factor.parse().ok().zip(at.parse().ok()))
            .map(|(factor, at)| Shock { factor, at })
            .filter(|shock| {
                (0.0..=1_000.0).contains(&shock.factor) && (0.0..=1.0).contains(&shock.at)
            })
            .ok_or_else(|| format!("{text:?} is no shock: write price=2@0.5"))
    }
}

impl Shock {
    fn strike(&self, auctions: &mut [Auction]) {
        let from = (self.at * auctions.len() as f64) as usize;
        for auction in auctions.iter_mut().skip(from) {
            auction.price = rint(auction.price as f64 * self.factor) as i64;
        }
    }
}

/// One episode's auctions with its budget, cap and limits: the same for all who play.
pub(super) struct Episode<'a> {
    pub auctions: &'a [Auction],
    pub budget: i64,
    pub cap: Option<f64>,
    pub hindsight: Limit,
    pub even: Limit,
}

/// Plays it all.
///
/// # Errors
/// Where a file cannot be read or the options do not go together.
pub fn run(options: &Options) -> Result<Report, TraceError> {
    let (auctions, prior, total) = load(options)?;
    let length = match options.episodes {
        Episodes::Whole => auctions.len(),
        Episodes::Of(n) => n,
    };
    let mut standings = Vec::new();
    for fraction in &options.budgets {
        let episodes: Vec<Episode<'_>> = auctions
            .chunks(length)
            .map(|auctions| {
                let budget = match options.episodes {
                    Episodes::Whole => fraction.of_whole(total),
                    Episodes::Of(_) => fraction.of(prior.mean_price * auctions.len() as f64),
                };
                limits(auctions, budget, options.cpc_cap)
            })
            .collect();
        for algorithm in options
            .algorithms
            .iter()
            .filter(|a| a.plays(options.pool, options.first_price))
        {
            let outcomes = contend(*algorithm, &episodes, &prior, options);
            standings.push(Standing::new(*algorithm, fraction, &episodes, outcomes));
        }
    }
    Ok(Report::new(standings, options.seed))
}

fn load(options: &Options) -> Result<(Vec<Auction>, Prior, i64), TraceError> {
    if options.files.len() > 1 && !options.pool {
        let what = "several files are played together with --pool, or one at a time";
        return Err(TraceError::Options(what.to_string()));
    }
    if options.files.is_empty() || options.budgets.is_empty() || options.algorithms.is_empty() {
        return Err(TraceError::Options(
            "a file, a budget and an algorithm are needed".to_string(),
        ));
    }
    let traces: Vec<Vec<Auction>> = (0..)
        .zip(&options.files)
        .map(|(line, file)| rows::read(file, line))
        .collect::<Result<_, _>>()?;
    let mut auctions = rows::pool(&traces);
    let past = options
        .train
        .as_ref()
        .map(|file| rows::read(file, 0))
        .transpose()?;
    let prices = options
        .price_histogram
        .as_deref()
        .map(rows::histogram)
        .transpose()?;
    let prior = Prior::new(past, &auctions, prices, options.mean_price);
    let total = auctions.iter().map(|auction| auction.price).sum();
    if let Some(shock) = options.shock {
        shock.strike(&mut auctions);
    }
    Ok((auctions, prior, total))
}

fn limits(auctions: &[Auction], budget: i64, cpc_cap: Option<f64>) -> Episode<'_> {
    let free = hindsight(auctions, budget, None);
    let cap = cpc_cap.map(|part| part * free.cost / free.value.max(f64::MIN_POSITIVE));
    Episode {
        auctions,
        budget,
        cap,
        hindsight: if cap.is_some() {
            hindsight(auctions, budget, cap)
        } else {
            free
        },
        even: even_hindsight(auctions, budget, cap),
    }
}

/// A node's lease is for at least so many mean prices, where there is as much.
const LEAST_LEASE: f64 = 1.0;

fn contend(
    algorithm: Algorithm,
    episodes: &[Episode<'_>],
    prior: &Prior,
    options: &Options,
) -> Vec<Outcome> {
    let highest = episodes
        .iter()
        .flat_map(|episode| episode.auctions)
        .map(|a| a.price)
        .max();
    let rules = Rules {
        delay: ceil(options.delay_seconds * options.auctions_per_second) as usize,
        nodes: options.nodes,
        tick: (rint(options.tick_seconds * options.auctions_per_second) as usize).max(1),
        first_price: options.first_price,
        censor: options.censor,
        forecast_error: options.forecast_error,
        cap: None,
        least_lease: (LEAST_LEASE * prior.mean_price) as i64,
        highest_bid: prior.highest_price().max(highest.unwrap_or(0)),
    };
    let mut bidder = algorithm.bidder(prior, options, episodes);
    episodes
        .iter()
        .map(|episode| {
            let rules = Rules {
                cap: episode.cap,
                ..rules
            };
            play(bidder.as_mut(), episode.auctions, episode.budget, &rules)
        })
        .collect()
}
