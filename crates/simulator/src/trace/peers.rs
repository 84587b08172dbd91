//! The published algorithms that the engine is measured against. No live path calls them.

pub mod dmd;
pub mod linear;
pub mod online_lp;
pub mod pid;

use std::str::FromStr;

use super::contest::{Episode, Episodes, Options};
use super::engine::Engine;
use super::play::Bidder;
use super::rows::Prior;

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
}

impl Algorithm {
    /// All, the engine first.
    pub const ALL: [Algorithm; 6] = [
        Algorithm::Outbid,
        Algorithm::Linear,
        Algorithm::Mcpc,
        Algorithm::Pid,
        Algorithm::Dmd,
        Algorithm::OnlineLp,
    ];

    /// As it is called in options and reports.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Outbid => "outbid",
            Algorithm::Linear => "linear",
            Algorithm::Mcpc => "mcpc",
            Algorithm::Pid => "pid",
            Algorithm::Dmd => "dmd",
            Algorithm::OnlineLp => "online-lp",
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
        match self {
            Algorithm::Outbid => Box::new(Engine::new(prior, Default::default())),
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
