//! The published algorithms that the engine is measured against. No live path calls them.

pub mod dmd;
pub mod linear;
pub mod online_lp;
pub mod pid;
pub mod rlb;
pub mod split;
pub mod stationary;
pub mod throttle;

use std::str::FromStr;

use super::contest::{Episode, Episodes, Options};
use super::engine::{Engine, Shading};
use super::play::Bidder;
use super::rows::Prior;
use split::By;

/// Who can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// The product's own.
    Outbid,
    /// Bids in proportion to the predicted value, tuned on the past.
    Linear,
    /// Bids the past's cost per click × the predicted value.
    Mcpc,
    /// AuctionNet's PID rule.
    Pid,
    /// Dual mirror descent.
    Dmd,
    /// The online linear program, re-solved.
    OnlineLp,
    /// Reinforcement learning's dynamic program.
    Rlb,
    /// The same without predictions for single auctions.
    SsMdp,
    /// LinkedIn's probabilistic throttle.
    Throttle,
    /// Several ads: equal parts of the budget, each paced for itself.
    FixedSplit,
    /// Split again by predicted value per cost.
    ResplitValue,
    /// Split again by observed clicks per cost.
    ResplitClicks,
    /// First price: the engine with one landscape for all contexts.
    ContextFree,
    /// First price: the engine bidding value ÷ μ.
    Unshaded,
    /// First price: a limit, which knows what it takes to win by context.
    Stationary,
}

impl Algorithm {
    /// All, the engine first.
    pub const ALL: [Algorithm; 15] = [
        Algorithm::Outbid,
        Algorithm::Linear,
        Algorithm::Mcpc,
        Algorithm::Rlb,
        Algorithm::SsMdp,
        Algorithm::Pid,
        Algorithm::Throttle,
        Algorithm::Dmd,
        Algorithm::OnlineLp,
        Algorithm::FixedSplit,
        Algorithm::ResplitValue,
        Algorithm::ResplitClicks,
        Algorithm::ContextFree,
        Algorithm::Unshaded,
        Algorithm::Stationary,
    ];

    /// Whether it has anything to say: splitting takes several ads, shading a first price.
    pub fn plays(self, pool: bool, first_price: bool) -> bool {
        match self {
            Algorithm::FixedSplit | Algorithm::ResplitValue | Algorithm::ResplitClicks => pool,
            Algorithm::ContextFree | Algorithm::Unshaded | Algorithm::Stationary => first_price,
            _ => true,
        }
    }

    /// As it is called in options and reports.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Outbid => "outbid",
            Algorithm::Linear => "linear",
            Algorithm::Mcpc => "mcpc",
            Algorithm::Pid => "pid",
            Algorithm::Dmd => "dmd",
            Algorithm::OnlineLp => "online-lp",
            Algorithm::Rlb => "rlb",
            Algorithm::SsMdp => "ss-mdp",
            Algorithm::Throttle => "throttle",
            Algorithm::FixedSplit => "fixed-split",
            Algorithm::ResplitValue => "resplit-value",
            Algorithm::ResplitClicks => "resplit-clicks",
            Algorithm::ContextFree => "context-free",
            Algorithm::Unshaded => "unshaded",
            Algorithm::Stationary => "stationary",
        }
    }

    pub(super) fn bidder(
        self,
        prior: &Prior,
        options: &Options,
        episodes: &[Episode<'_>],
    ) -> Box<dyn Bidder> {
        let whole = options.episodes == Episodes::Whole;
        let rate = episodes
            .first()
            .map_or(0.0, |e| e.budget as f64 / e.auctions.len() as f64);
        let split = |by: By| {
            let mut counts = vec![0.0; options.files.len()];
            for auction in episodes.iter().flat_map(|episode| episode.auctions) {
                counts[auction.line] += 1.0;
            }
            split::Split::new(prior, by, counts)
        };
        let engine = |shading| Engine::new(prior, options, shading);
        match self {
            Algorithm::ContextFree => Box::new(engine(Shading::ContextFree)),
            Algorithm::Unshaded => Box::new(engine(Shading::None)),
            Algorithm::Outbid => Box::new(engine(Shading::ByContext)),
            Algorithm::Stationary => {
                let all: Vec<_> = episodes.iter().flat_map(|e| e.auctions).copied().collect();
                let budget: i64 = episodes.iter().map(|episode| episode.budget).sum();
                Box::new(stationary::Stationary::new(&all, budget as f64))
            }
            Algorithm::Linear => Box::new(linear::Linear::tuned(prior, rate)),
            Algorithm::Mcpc => Box::new(linear::Linear::mcpc(prior)),
            Algorithm::Pid => Box::new(pid::Pid::new(prior, if whole { 48 } else { 20 })),
            Algorithm::Dmd => {
                let eta = if whole {
                    dmd::Eta::WHOLE
                } else {
                    dmd::Eta::EPISODES
                };
                Box::new(dmd::Dmd::new(prior, eta))
            }
            Algorithm::OnlineLp if whole => Box::new(online_lp::OnlineLp::new(prior, 500, 20_000)),
            Algorithm::OnlineLp => Box::new(online_lp::OnlineLp::new(prior, 50, 5_000)),
            Algorithm::Rlb => Box::new(rlb::Rlb::new(prior, rate)),
            Algorithm::SsMdp => Box::new(rlb::Rlb::ss_mdp(prior, rate)),
            Algorithm::Throttle => Box::new(throttle::Throttle::new(prior, options.seed)),
            Algorithm::FixedSplit => Box::new(split(By::Fixed)),
            Algorithm::ResplitValue => Box::new(split(By::Value)),
            Algorithm::ResplitClicks => Box::new(split(By::Clicks)),
        }
    }
}

/// `all`, or names with commas between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice(pub Vec<Algorithm>);

impl FromStr for Choice {
    type Err = String;
    fn from_str(text: &str) -> Result<Choice, String> {
        if text == "all" {
            return Ok(Choice(Algorithm::ALL.to_vec()));
        }
        let find = |name: &str| {
            Algorithm::ALL
                .into_iter()
                .find(|a| a.name() == name.trim())
                .ok_or_else(|| {
                    let names = Algorithm::ALL.map(Algorithm::name).join(", ");
                    format!("{name:?} is no algorithm: there are {names}")
                })
        };
        text.split(',')
            .map(find)
            .collect::<Result<_, _>>()
            .map(Choice)
    }
}
