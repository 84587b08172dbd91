//! Requests that were decided a second time to find out why ads do not bid, and what came of them: what a bidder keeps
//! of the last while for people who ask.
//!
//! **Invariant:** the request in a sample is a trace's, which holds nobody's data. Who the user is stands beside it, as
//! the bidder's own keyed hash and only where there is the right to measure: it serves to count people, and is in no
//! answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use campaign::id::{AdId, CreativeId, ExchangeId, ExperimentId};
use campaign::money::{Cpm, Currency};
use campaign::time::Timestamp;

use crate::reason::NoBidReason;

/// One request, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// When it was decided.
    pub at: Timestamp,
    /// Where it came from.
    pub exchange: ExchangeId,
    /// For how many requests it stands, itself among them.
    pub stands_for: u64,
    /// The request as a trace keeps it ([`crate::trace::reduced_request`]).
    pub request: Vec<u8>,
    /// Who the user is, by the bidder's keyed hash, if he may be told from others.
    pub user: Option<u64>,
    /// The first bid, or why there is none.
    pub outcome: Result<SampledBid, NoBidReason>,
    /// How many times each reason kept an ad from bidding, in the order of the steps.
    pub refusals: Vec<(NoBidReason, u64)>,
    /// The ad that came nearest to a bid without making one, and what stopped it.
    pub nearest_miss: Option<(AdId, NoBidReason)>,
}

/// A bid that would be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampledBid {
    /// Whose.
    pub ad: AdId,
    /// What it shows.
    pub creative: CreativeId,
    /// The price.
    pub price: Cpm,
    /// The price's currency.
    pub currency: Currency,
}

/// What was counted of one exchange's requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExchangeFunnel {
    /// Requests that were decided a second time.
    pub sampled: u64,
    /// Requests that these stand for, themselves among them.
    pub requests: u64,
    /// How many times each reason kept an ad from bidding, counted for the requests that each sample stands for.
    pub refusals: BTreeMap<NoBidReason, u64>,
}

/// What a bidder tells of the last while.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// From when on exchanges are counted. Between half an hour and an hour ago, or when the bidder started.
    pub since: Timestamp,
    /// The funnel of each exchange that sent anything.
    pub exchanges: BTreeMap<ExchangeId, ExchangeFunnel>,
    /// How many different users were met in each arm of each experiment.
    pub users: BTreeMap<ExperimentId, Vec<u64>>,
    /// Some of the last requests, newest first.
    pub latest: Vec<Arc<Sample>>,
}
