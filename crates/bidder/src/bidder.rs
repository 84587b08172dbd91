//! The process on one page: build, run, drain.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use auction::dice::DiceKey;
use auction::explain::Explanation;
use auction::markup::Renderer;
use auction::privacy::PrivacySettings;
use auction::sample::Samples;
use auction::token::{Notice, TokenKeys};
use campaign::id::Incarnation;
use campaign::time::Clock;
use openrtb::request::ParseError;
use store::segment::outbox::Outbox;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::bid;
use crate::config::{Config, Runtime};
use crate::counts::{Counts, Fate, Inbound};
use crate::exposition::{COPY_EVERY, Exposition};
use crate::floor::{BidIds, Floor, Gate, Readiness};
use crate::frequency::Frequency;
use crate::latency::Latencies;
use crate::leases::Leases;
use crate::lookback::Lookback;
use crate::offers::{Offers, Seen};
use crate::press::{self, Press};
use crate::refresh::{Books, ControlLinks, History, Refresher};
use crate::sampler::{self, Sampler};
use crate::serve::workers::Workers;
use crate::snapshot::Snapshot;
use crate::traffic::TrafficTeller;

/// What the bidder is given by whoever composes the product.
pub struct Seams {
    /// The trade's clock.
    pub clock: Arc<dyn Clock>,
    /// Which process this is: stored before the first bid, so that it never repeats.
    pub incarnation: Incarnation,
    /// Signs and verifies notices.
    pub keys: TokenKeys,
    /// Throws the dice.
    pub dice: DiceKey,
    /// How consent is read and users are known.
    pub privacy: PrivacySettings,
    /// The way into the journal. Whoever started it joins its thread after the drain.
    pub outbox: Outbox,
    /// The channels to control.
    pub links: ControlLinks,
    /// What the journal holds of the longest period of frequency caps, oldest first. Read when the first book has come.
    pub history: History,
}

/// A bidder that runs.
pub struct BidderHandle {
    floor: Arc<Floor>,
    local_addr: SocketAddr,
    drain_notice: Duration,
    drain_limit: Duration,
    stop_accepting: watch::Sender<bool>,
    stop_refreshing: watch::Sender<bool>,
    workers: Workers,
    sampling: std::thread::JoinHandle<()>,
    refresher: JoinHandle<bool>,
    copier: JoinHandle<()>,
}

/// More ads that run out of money between two looks than the refresher is told of at once.
const HUNGER_CAPACITY: usize = 4_096;

/// Why a bidder could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {source}. Set `listen` to an address that is free")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system gives no threads.
    #[error(
        "cannot start a thread that serves: {0}. Set `runtime = \"shared\"`, or fewer `threads`"
    )]
    Threads(std::io::Error),
}

/// Starts a bidder on the tokio runtime that this is called in.
///
/// # Errors
/// [`StartError`] where it cannot listen.
pub async fn start(config: Config, seams: Seams) -> Result<BidderHandle, StartError> {
    let address = config.listen;
    let listen = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let local_addr = listener.local_addr().map_err(listen)?;
    let snapshot = Arc::new(ArcSwap::from_pointee(Snapshot::default()));
    let (hunger, hungry) = mpsc::channel(HUNGER_CAPACITY);
    let (held, leases_held) = watch::channel(0);
    let leases = Leases::new(seams.incarnation, config.leases);
    let frequency = Arc::new(Frequency::new(config.frequency_entries));
    let (sampler, samples) = Sampler::new();
    let offers = Arc::new(Offers::default());
    let floor = Arc::new(Floor {
        bids_under_way: Gate::new(config.limits.concurrent_bids),
        notices_under_way: Gate::new(config.limits.concurrent_notices),
        connections: Gate::new(config.limits.connections),
        frequency: Arc::clone(&frequency),
        config,
        clock: Arc::clone(&seams.clock),
        keys: seams.keys,
        privacy: seams.privacy,
        dice: seams.dice,
        renderer: Renderer::new(),
        snapshot: Arc::clone(&snapshot),
        hunger,
        journal: Arc::clone(seams.outbox.progress()),
        outbox: ArcSwapOption::from_pointee(seams.outbox),
        bid_ids: BidIds::new(seams.incarnation),
        counts: Counts::default(),
        offers: Arc::clone(&offers),
        latencies: Latencies::default(),
        exposition: Exposition::new(),
        sampler,
        lookback: Lookback::new(seams.clock.now()),
        draining: AtomicBool::new(false),
    });
    let sampling = sampler::start(&floor, samples).map_err(StartError::Threads)?;
    let refresher = Refresher {
        clock: seams.clock,
        links: seams.links,
        press: Press::new(snapshot),
        leases,
        hunger: hungry,
        offers,
        offers_seen: Seen::default(),
        held,
        frequency,
        history: Some(seams.history),
        prepare: Arc::new(press::prepare),
        books: Books::default(),
    };
    let (stop_refreshing, refresh_until) = watch::channel(false);
    let (stop_accepting, accept_until) = watch::channel(false);
    let workers = match floor.config.runtime {
        Runtime::Shared => Workers::shared(listener, &floor, &accept_until),
        Runtime::PerCore => {
            Workers::per_core(floor.config.threads, listener, &floor, &accept_until)
                .map_err(StartError::Threads)?
        }
    };
    tracing::info!(%local_addr, "the bidder listens");
    Ok(BidderHandle {
        drain_notice: floor.config.drain_notice,
        drain_limit: floor.config.drain_limit,
        workers,
        sampling,
        refresher: tokio::spawn(refresher.run(refresh_until)),
        copier: tokio::spawn(copy_counts(Arc::clone(&floor), leases_held)),
        floor,
        local_addr,
        stop_accepting,
        stop_refreshing,
    })
}

async fn copy_counts(floor: Arc<Floor>, leases_held: watch::Receiver<usize>) {
    let mut every = tokio::time::interval(COPY_EVERY);
    loop {
        every.tick().await;
        let held = *leases_held.borrow();
        floor.exposition.copy(&floor, held);
    }
}

/// What the bidder has done since its start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Bid requests, whatever became of them.
    pub requests: u64,
    /// Answers with bids.
    pub responses: u64,
    /// Bids.
    pub bids: u64,
    /// Answers that were ready after their deadline.
    pub late_responses: u64,
    /// Notices and conversions in the journal.
    pub notices: u64,
    /// Notices that were forged.
    pub forged: u64,
    /// Microseconds from a request's head to its answer: half of all took no longer.
    pub p50_us: u64,
    /// 99 of 100 took no longer.
    pub p99_us: u64,
    /// 999 of 1,000 took no longer.
    pub p999_us: u64,
}

/// How a drain went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were still open at the end of the drain's time.
    pub connections_cut: usize,
    /// Control took back every lease that was open.
    pub leases_returned: bool,
}

/// Why a request cannot be explained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// No exchange of this name in the book.
    #[error("no exchange is called \"{0}\": ask for one that the bidder's configuration names")]
    UnknownExchange(String),
    /// The request is no JSON object.
    #[error(transparent)]
    Malformed(#[from] ParseError),
}

/// Explains requests. Clones are handles to the same bidder.
#[derive(Clone)]
pub struct Explainer(Arc<Floor>);

impl Explainer {
    /// Decides a request as if it had come from the exchange of this name, spends nothing, and says what became of
    /// each ad.
    ///
    /// # Errors
    /// [`ExplainError`] where there is nothing to decide.
    pub fn explain(&self, exchange: &str, request: &[u8]) -> Result<Explanation, ExplainError> {
        let snapshot = self.0.snapshot.load();
        let (_, found, _) = snapshot
            .exchange(exchange, 0)
            .ok_or_else(|| ExplainError::UnknownExchange(exchange.chars().take(64).collect()))?;
        Ok(bid::explain_request(&self.0, &snapshot, found, request)?)
    }

    /// What became of the last while's requests, of which some were decided again.
    pub fn samples(&self) -> Samples {
        self.0.lookback.read(self.0.clock.now())
    }
}

impl BidderHandle {
    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Takes what can change while it runs: how many may come in at once, and how it drains.
    pub fn adapt(&mut self, config: &Config) {
        let floor = &self.floor;
        floor.bids_under_way.widen(config.limits.concurrent_bids);
        let notices = config.limits.concurrent_notices;
        floor.notices_under_way.widen(notices);
        floor.connections.widen(config.limits.connections);
        self.drain_notice = config.drain_notice;
        self.drain_limit = config.drain_limit;
    }

    /// Whether it bids, and why not.
    pub fn readiness(&self) -> Readiness {
        self.floor.readiness()
    }

    /// What explains requests.
    pub fn explainer(&self) -> Explainer {
        Explainer(Arc::clone(&self.floor))
    }

    /// What tells of the traffic.
    pub fn traffic(&self) -> TrafficTeller {
        TrafficTeller::new(Arc::clone(&self.floor))
    }

    /// What was done so far.
    pub fn stats(&self) -> Stats {
        let floor = &self.floor;
        let by_exchange = floor.snapshot.load();
        let sums = by_exchange.exchanges().map(|(_, counts)| counts.read());
        let [requests, responses, bids, late_responses] =
            sums.fold([0; 4], |all, one| [0, 1, 2, 3].map(|i| all[i] + one[i]));
        let inbound = |fate| {
            Inbound::all()
                .map(|what| floor.counts.read_inbound(what, fate))
                .sum()
        };
        let latencies = floor.latencies.read();
        Stats {
            requests,
            responses,
            bids,
            late_responses,
            notices: inbound(Fate::Kept),
            forged: inbound(Fate::Forged),
            p50_us: latencies.quantile(0.5),
            p99_us: latencies.quantile(0.99),
            p999_us: latencies.quantile(0.999),
        }
    }

    /// How many notices of a kind were kept.
    pub fn notices(&self, kind: Notice) -> u64 {
        self.floor
            .counts
            .read_inbound(Inbound::Notice(kind), Fate::Kept)
    }

    /// Ends it: readiness first, so that nobody sends more; then bidding; then the sockets; then the leases go back,
    /// and the way into the journal is closed, so that its thread can be joined.
    pub async fn drain(self) -> Drained {
        self.floor.draining.store(true, Ordering::Relaxed);
        tokio::time::sleep(self.drain_notice).await;
        self.stop_accepting.send_replace(true);
        let limit = self.drain_limit;
        let _ = tokio::time::timeout(limit, self.connections_end()).await;
        let connections_cut = self.floor.connections.inside();
        let (floor, sampling) = (Arc::clone(&self.floor), self.sampling);
        let end = move || {
            floor.sampler.close();
            // A thread that panicked has said so.
            drop(sampling.join());
        };
        let _ = tokio::task::spawn_blocking(end).await;
        self.stop_refreshing.send_replace(true);
        let leases_returned = self.refresher.await.unwrap_or(false);
        self.copier.abort();
        self.workers.end().await;
        self.floor.outbox.store(None);
        tracing::info!(connections_cut, leases_returned, "the bidder has drained");
        Drained {
            connections_cut,
            leases_returned,
        }
    }

    async fn connections_end(&self) {
        while self.floor.connections.inside() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
