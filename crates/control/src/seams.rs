//! Where control meets the rest of the process: messages in and out, and what ends it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use auction::book::{BidTally, Book, Inventory, Update};
use auction::explain::Explanation;
use auction::prices::Offered;
use auction::sample::Samples;
use campaign::time::Clock;
use pacing::lease::{GrantAnswer, LeaseMessage};
use pacing::ledger::terms::Rules;
use store::Store;
use store::disk::Disk;
use store::segment::Progress;
use tokio::sync::mpsc;

use crate::config::Market;
use crate::secure::Certificates;

/// What control is given when it starts.
pub struct Seams<D: Disk> {
    /// Tells the time of the trade.
    pub clock: Arc<dyn Clock>,
    /// The open store.
    pub store: Store,
    /// Where the journal lies.
    pub journal: D,
    /// How far the journal is durable: its writer's.
    pub progress: Arc<Progress>,
    /// The bidder's channels.
    pub links: BidderLinks,
    /// Where impressions are bought.
    pub market: Market,
    /// The certificates; without, control listens on loopback only.
    pub certificates: Option<Certificates>,
    /// How long leases live, and how long billings are waited for.
    pub rules: Rules,
    /// Asks the bidder why a request is bid on or not.
    pub explainer: Explainer,
    /// Tells of the bidder's last requests.
    pub sampled: Sampled,
    /// How books are built, on a thread of their own.
    pub build: Build,
}

/// Builds a book: [`Book::build`], but for tests of what happens meanwhile.
pub type Build = Arc<dyn Fn(Inventory) -> Book + Send + Sync>;

/// The channels between control and a bidder, control's ends. Each is bounded.
#[derive(Debug)]
pub struct BidderLinks {
    /// Books, terms, recalls. Where it is full, what changed is kept, newest only, and sent later.
    pub updates: mpsc::Sender<Update>,
    /// Answers to requests for money.
    pub answers: mpsc::Sender<GrantAnswer>,
    /// Requests and returns.
    pub leases: mpsc::Receiver<LeaseMessage>,
    /// What was bid and refused.
    pub tallies: mpsc::Receiver<Vec<BidTally>>,
    /// What was bid at which price.
    pub offers: mpsc::Receiver<Vec<Offered>>,
}

/// Asks a bidder why a request is bid on or not.
pub type Explainer = Arc<dyn Fn(ExplainRequest) -> Explaining + Send + Sync>;

/// Tells what became of a bidder's last requests; nothing where it has not started yet.
pub type Sampled = Arc<dyn Fn() -> Samples + Send + Sync>;

/// An explanation under way.
pub type Explaining = Pin<Box<dyn Future<Output = Result<Explanation, ExplainError>> + Send>>;

/// Asks the bidder what comes to it and how fast it answers.
pub type Traffic = Arc<dyn Fn() -> api::v1::BidderTraffic + Send + Sync>;

/// Reads the configuration file again, or only tells what that would change. The error says what is wrong with it.
pub type Reload = Arc<dyn Fn(bool) -> Reloading + Send + Sync>;

/// A configuration that is being read again.
pub type Reloading =
    Pin<Box<dyn Future<Output = Result<Vec<api::v1::ConfigurationChange>, String>> + Send>>;

/// One request to be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainRequest {
    /// The exchange's name.
    pub exchange: String,
    /// The OpenRTB request, as the exchange would send it.
    pub body: Vec<u8>,
}

/// Why there is no explanation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// No such exchange.
    #[error("no exchange is named \"{0}\"")]
    UnknownExchange(String),
    /// The request cannot be read at all.
    #[error("the request is no OpenRTB JSON: {0}")]
    Unreadable(String),
    /// The bidder has no book yet, or is gone.
    #[error("the bidder cannot answer now: {0}")]
    Unavailable(String),
}

/// Why the process must stop: what is durable is no longer known. Whoever runs it stops bidding, says why, and exits
/// with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fatal(pub Arc<str>);

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
