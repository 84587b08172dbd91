//! A market: a world's exchanges, open for business with one bidder.
//!
//! ```text
//! let market = Market::new(seed, MarketSettings::default());
//! market.auditor().set_inventory(&inventory);           // what is for sale
//! let report = market.run(&target, clock, until).await; // trades, drains, reports
//! let wrong = market.reconcile(&statement);             // what the ledger says against what was acknowledged
//! ```

use std::future::Future;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use campaign::time::Clock;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use crate::audit::books::{Books, Discrepancy, Statement};
use crate::audit::{Auditor, lock};
use crate::client::Client;
use crate::dice::{Purpose, dice, exponential};
use crate::exchange::{Errands, Exchange, NoticeFaults, TICK};
use crate::report::{Counters, MarketReport};
use crate::world::{World, WorldSettings};

/// How a market trades.
#[derive(Clone, Debug)]
pub struct MarketSettings {
    /// Who lives in its world.
    pub world: WorldSettings,
    /// Bid requests a second, in real time. They are sent when they are due, answered or not (an open loop).
    pub requests_per_second: f64,
    /// The most requests; no limit where `None`.
    pub requests_max: Option<u64>,
    /// How many requests may be under way; those due beyond them are not sent, and counted.
    pub requests_under_way: usize,
    /// Connections for bid requests.
    pub connections: usize,
    /// Connections for notices.
    pub notice_connections: usize,
    /// How notices fail.
    pub faults: NoticeFaults,
    /// How often a notice is sent until it is given up.
    pub notice_attempts: u32,
    /// How many notices may wait; while more do, no request is sent.
    pub notices_waiting: usize,
    /// How long the market waits, once closed, until everything is told. Real time.
    pub drain_limit: Duration,
}

impl Default for MarketSettings {
    fn default() -> MarketSettings {
        MarketSettings {
            world: WorldSettings::default(),
            requests_per_second: 200.0,
            requests_max: None,
            requests_under_way: 256,
            connections: 64,
            notice_connections: 64,
            faults: NoticeFaults::default(),
            notice_attempts: 8,
            notices_waiting: 200_000,
            drain_limit: Duration::from_secs(30),
        }
    }
}

/// The bidder that a market trades with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where it listens: `127.0.0.1:8080`. It is reached by plain HTTP.
    pub address: String,
    /// What its notice URLs start with, whatever it is called in public: `https://bid.example`. Notices go to `address`
    /// all the same.
    pub notice_base: String,
}

impl Target {
    /// A bidder that is called in public what it listens on.
    pub fn local(address: &str) -> Target {
        Target {
            address: address.to_string(),
            notice_base: format!("http://{address}"),
        }
    }
}

/// A market. It remembers what was acknowledged over all its sessions, so a bidder may be restarted
/// between two of them.
pub struct Market {
    settings: MarketSettings,
    world: Arc<World>,
    auditor: Arc<Auditor>,
    books: Arc<Mutex<Books>>,
    counters: Arc<Counters>,
    next: AtomicU64,
}

impl Market {
    /// Makes the market of a seed. Its auditor knows no records yet: see [`Auditor::set_inventory`].
    pub fn new(seed: u64, settings: MarketSettings) -> Market {
        Market {
            world: Arc::new(World::new(seed, settings.world.clone())),
            settings,
            auditor: Arc::new(Auditor::default()),
            books: Arc::default(),
            counters: Arc::default(),
            next: AtomicU64::new(0),
        }
    }

    /// The world behind it.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Who checks the answers.
    pub fn auditor(&self) -> &Arc<Auditor> {
        &self.auditor
    }

    /// What has happened so far, live.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// A copy of the books: what was acknowledged so far.
    pub fn books(&self) -> Books {
        lock(&self.books).clone()
    }

    /// Holds what the product says against what was acknowledged. Only after a drain, and once the product has settled
    /// its journal, must nothing come out.
    pub fn reconcile(&self, statement: &Statement) -> Vec<Discrepancy> {
        lock(&self.books).reconcile(statement)
    }

    /// Trades until `until` is over or there are no more requests to send, waits until everything is told, and reports.
    /// The future belongs to a tokio runtime with time and I/O.
    pub async fn run(
        &self,
        target: &Target,
        clock: Arc<dyn Clock>,
        until: impl Future<Output = ()>,
    ) -> MarketReport {
        let session = self.open(target, clock);
        session.trade(until).await;
        let left = session.drain(self.settings.drain_limit).await;
        MarketReport::of(&self.counters, &lock(&self.books), &self.auditor, left)
    }

    /// Opens the market with a bidder. Nothing is sent before [`Session::trade`].
    pub fn open(&self, target: &Target, clock: Arc<dyn Clock>) -> Session<'_> {
        let exchange = Arc::new(Exchange {
            world: self.world.clone(),
            bids: Client::new(&target.address, self.settings.connections),
            notices: Client::new(&target.address, self.settings.notice_connections),
            host: target.address.clone(),
            notice_base: target.notice_base.trim_end_matches('/').to_string(),
            clock,
            auditor: self.auditor.clone(),
            books: self.books.clone(),
            counters: self.counters.clone(),
            faults: self.settings.faults,
            notice_attempts: self.settings.notice_attempts,
            errands: Errands::default(),
        });
        let runner = tokio::spawn(exchange.clone().run_errands());
        Session {
            market: self,
            exchange,
            runner,
            under_way: Arc::default(),
        }
    }
}

/// A market while it is open with one bidder.
pub struct Session<'m> {
    market: &'m Market,
    exchange: Arc<Exchange>,
    runner: JoinHandle<()>,
    under_way: Arc<AtomicUsize>,
}

impl Session<'_> {
    /// Sends requests at the market's rate until `until` is over or there are no more.
    pub async fn trade(&self, until: impl Future<Output = ()>) {
        tokio::select! {
            () = until => {}
            () = self.send_requests() => {}
        }
    }

    async fn send_requests(&self) {
        let settings = &self.market.settings;
        let counters = &self.market.counters;
        let mut dice = dice(self.market.world.seed(), Purpose::Arrivals, 0);
        let mut due = Instant::now();
        let mut left = settings.requests_max.unwrap_or(u64::MAX);
        while left > 0 {
            // Requests of many users come as a Poisson process.
            due += Duration::from_secs_f64(exponential(
                &mut dice,
                1.0 / settings.requests_per_second.max(1e-3),
            ));
            sleep_until(due).await;
            if self.exchange.errands.outstanding() > settings.notices_waiting
                || self.under_way.load(Ordering::Acquire) >= settings.requests_under_way
            {
                counters.held_back.add(1);
                continue;
            }
            left -= 1;
            let number = self.market.next.fetch_add(1, Ordering::Relaxed);
            let (exchange, under_way) = (self.exchange.clone(), self.under_way.clone());
            under_way.fetch_add(1, Ordering::AcqRel);
            tokio::spawn(async move {
                exchange.run_auction(number).await;
                under_way.fetch_sub(1, Ordering::AcqRel);
            });
        }
    }

    /// Waits until every request that was sent has its answer or was given up, and its auction is over.
    pub async fn drain_requests(&self) {
        while self.under_way.load(Ordering::Acquire) > 0 {
            sleep(TICK).await;
        }
    }

    /// Closes the market: no request is sent any more, and what is still to be told is told now, whenever it was due.
    /// Returns how much is left untold after `limit`, in real time.
    pub async fn drain(&self, limit: Duration) -> u64 {
        let end = Instant::now() + limit;
        self.exchange.errands.close();
        loop {
            let requests = self.under_way.load(Ordering::Acquire);
            let left = requests + self.exchange.errands.outstanding();
            if left == 0 || Instant::now() >= end {
                return left as u64;
            }
            sleep(TICK).await;
        }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.runner.abort();
    }
}
