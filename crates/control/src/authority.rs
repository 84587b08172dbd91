//! The authority: the one thread that owns the records and the money.
//!
//! Everything that changes either comes to it as a message, and is durable before it is answered. It never waits for a
//! bidder, a book or a client: what they do not take is kept, newest only, until they do.
//!
//! **Invariant: no lock guards records or money.** Nobody else can reach them.

mod audiences;
mod batch;
mod books;
mod change;
mod conversions;
mod error;
mod exploration;
mod handle;
mod history;
mod housekeeping;
mod keeper;
mod load;
mod money;
mod outlook;
mod pace;
mod pot;
pub(crate) mod prices;
mod promises;
mod purse;
mod recent;
mod records;
mod rollups;
mod runaway;
mod seed;
mod segments;
mod shares;
mod surges;
mod terms;
mod tokens;
mod undelete;
mod wins;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use api::errors::CallError;
use campaign::id::{AdId, ExchangeId};
use campaign::time::{Clock, Span, Timestamp};
use pacing::ledger::Ledger;
use store::Store;
use store::error::StoreError;
use tokio::sync::{mpsc, watch};

use crate::access::caller::Caller;
use crate::authority::books::Books;
use crate::authority::conversions::Conversions;
use crate::authority::error::AuthorityError;
use crate::authority::exploration::Exploration;
use crate::authority::money::{Journal, Waiting};
use crate::authority::pace::Round;
use crate::authority::prices::Prices;
use crate::authority::rollups::Tallied;
use crate::authority::shares::Sharing;
use crate::authority::terms::Told;
use crate::authority::tokens::Tokens;
use crate::authority::wins::Wins;
use crate::catalog::Catalog;
use crate::seams::{BidderLinks, Fatal};
use crate::summary::Summary;
use crate::traffic::Traffic;
use crate::view::{Overspends, Tripped, View};

pub use batch::Item;
pub use change::Manner;
use handle::failed;
pub use handle::{AuthorityHandle, Running};
pub use load::{LoadError, start};
pub(crate) use outlook::Forecast;
pub(crate) use pace::Pace;
pub(crate) use purse::posted_in;
pub use records::Listing;
pub(crate) use rollups::Learned;
pub(crate) use segments::Segments;

/// How many calls may wait for the authority.
pub const MAX_WAITING_CALLS: usize = 256;
/// How many calls are run before money is looked at again.
const CALLS_A_TURN: usize = 16;
/// How many ads are looked at before money and calls are looked at again: some milliseconds.
const ADS_A_TURN: usize = 2_048;
/// How long the authority sleeps where there is nothing to do. Real time.
const NAP: Duration = Duration::from_millis(2);
/// How often it looks at pace, terms and the summary: at most this often in real time, and not before a second of the
/// trade's clock has gone by.
const TICK: Duration = Duration::from_millis(250);
const TICK_TRADE: Span = Span::seconds(1);
/// How often what nobody needs any more is forgotten. Real time.
const HOUSEKEEPING: Duration = Duration::from_secs(60);

/// Something that a service wants done.
type Command = Box<dyn FnOnce(&mut Authority) + Send>;

/// Records and money.
pub struct Authority {
    store: Store,
    ledger: Ledger,
    catalog: Catalog,
    clock: Arc<dyn Clock>,
    links: BidderLinks,
    journal: Journal,
    waiting: Waiting,
    books: Books,
    told: Told,
    tokens: Tokens,
    /// Who asks for what is being done.
    caller: Arc<Caller>,
    pace: Pace,
    /// What was heard of conversions.
    conversions: Conversions,
    /// What it takes to win.
    prices: Prices,
    /// What bidders are to bid, and have not been told yet.
    table: Option<Arc<auction::prices::Prices>>,
    /// The budget segments that are on.
    segments: Segments,
    /// How the ads of campaigns, and the campaigns of advertisers, share their money.
    sharing: Sharing,
    /// What was spent to learn.
    exploration: Exploration,
    /// The look at all ads that is under way, and the number of the ad that was looked at last.
    round: Option<(Round, u64)>,
    learned: Learned,
    /// What became of the last while's impressions.
    traffic: Traffic,
    /// The last impressions that were won.
    wins: Wins,
    /// What was ever charged beyond a cap: nothing, unless there is a defect.
    overspends: Overspends,
    /// Campaigns that were paused because their spending ran away.
    tripped: Tripped,
    /// Bids that are not in the rollups yet.
    bids: Tallied,
    summary: watch::Sender<Arc<Summary>>,
    fatal: watch::Sender<Option<Fatal>>,
    started: Timestamp,
    ticked: (Instant, Timestamp),
    cleaned: Instant,
}

impl Authority {
    fn run(mut self, mut commands: mpsc::Receiver<Command>, stop: &AtomicBool) {
        let ended = loop {
            if stop.load(Ordering::Acquire) {
                break self.finish(&mut commands);
            }
            match self.turn(&mut commands) {
                Ok(true) => {}
                Ok(false) => thread::park_timeout(NAP),
                Err(error) => break Err(error),
            }
            if self.fatal.borrow().is_some() {
                return;
            }
        };
        if let Err(error) = ended {
            self.poison(&error);
        }
    }

    /// Does what there is to do, and tells whether there was anything.
    fn turn(&mut self, commands: &mut mpsc::Receiver<Command>) -> Result<bool, AuthorityError> {
        let mut busy = self.move_money()?;
        for _ in 0..CALLS_A_TURN {
            let Ok(command) = commands.try_recv() else {
                break;
            };
            busy = true;
            command(self);
            if self.fatal.borrow().is_some() {
                return Ok(true);
            }
        }
        self.take_tallies();
        self.tick()?;
        self.go_round()?;
        self.build_book();
        self.flush();
        Ok(busy || self.round.is_some() || self.books.is_gathering())
    }

    /// The last turn: the journal to its end, and one more transaction.
    fn finish(&mut self, commands: &mut mpsc::Receiver<Command>) -> Result<(), AuthorityError> {
        commands.close();
        while let Ok(command) = commands.try_recv() {
            command(self);
        }
        self.take_tallies();
        // Each turn either moves on in the journal or has nothing more to do.
        while self.move_money()? {}
        self.housekeeping(true)?;
        self.summarise();
        Ok(())
    }

    fn tick(&mut self) -> Result<(), AuthorityError> {
        let (real, now) = (Instant::now(), self.clock.now());
        let (last_real, last_trade) = self.ticked;
        if real - last_real < TICK || now - last_trade < TICK_TRADE {
            return Ok(());
        }
        self.ticked = (real, now);
        self.traffic.forget(now);
        if self.catalog.settle_rates(now) {
            self.books.want();
        }
        self.listen();
        self.table = self
            .prices
            .tell(self.catalog.market.exchanges(), now)
            .or(self.table.take());
        if self.round.is_none() {
            self.round = Some((self.pace.begin(now), 0));
            self.turn_budgets(now)?;
        }
        self.summarise();
        if real - self.cleaned >= HOUSEKEEPING {
            self.cleaned = real;
            self.housekeeping(false)?;
        }
        Ok(())
    }

    /// Looks at the pace and the terms of some more ads, until each was looked at once.
    fn go_round(&mut self) -> Result<(), AuthorityError> {
        let Some((round, after)) = self.round else {
            return Ok(());
        };
        let ads: Vec<AdId> = {
            let living = self.catalog.living_ads_after(after).take(ADS_A_TURN);
            let each = living.map(|placed| {
                self.pace.tick(&placed, &self.ledger, &self.segments, round);
                placed.ad.id
            });
            each.collect()
        };
        self.round = match ads.last() {
            Some(last) => Some((round, last.0)),
            None => {
                self.pace.end(round);
                self.stop_runaways();
                self.tell_surges();
                self.share_out();
                None
            }
        };
        self.refresh_terms(ads);
        Ok(())
    }

    /// Paces these ads from now on.
    fn watch_pace(&mut self, ads: &[AdId]) {
        let now = self.clock.now();
        for ad in ads {
            if let Some(placed) = self.catalog.placed(*ad) {
                self.pace.watch(&placed, &self.ledger, now);
            }
        }
    }

    fn summarise(&mut self) {
        let summary = Summary::of(&self.view(), &self.learned, self.books.version());
        self.summary.send_replace(Arc::new(summary));
    }

    /// What can be said of records and money now.
    pub fn view(&self) -> View<'_> {
        View::new(
            &self.catalog,
            &self.ledger,
            &self.overspends,
            &self.tripped,
            self.clock.now(),
        )
        .with_traffic(&self.traffic)
        .with_pace(&self.pace, &self.segments)
    }

    /// The records.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// From now on another bid is made in so many of a million first-price auctions.
    pub(crate) fn explore(&mut self, ppm: u32) {
        self.prices.explore(ppm);
    }

    /// What was learned of what it takes to win at an exchange.
    pub(crate) fn prices_of(&self, exchange: ExchangeId) -> Option<&prices::Market> {
        self.prices.market(exchange)
    }

    /// What became of the last while's impressions.
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// When control started, by the trade's clock.
    pub fn started(&self) -> Timestamp {
        self.started
    }

    /// The version of the book that bidders were last given.
    pub fn book_version(&self) -> u64 {
        self.books.version().unwrap_or(0)
    }

    /// How many entries of the journal are applied.
    pub fn applied(&self) -> u64 {
        self.ledger.position().0
    }

    /// Reads from the store, all of it of one moment. A store that fails to read is as good as one that fails to write.
    pub fn read<T>(
        &mut self,
        work: impl FnOnce(&store::database::Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, CallError> {
        let outcome = self.store.read(work);
        outcome.map_err(|error| self.give_up(&error.into()))
    }

    /// Stops everything: what is durable is not what is in memory any more.
    fn poison(&self, error: &AuthorityError) {
        tracing::error!(%error, "control stops: its store has failed");
        let fatal = Fatal(error.to_string().into());
        self.fatal.send_if_modified(|state| {
            let first = state.is_none();
            state.get_or_insert(fatal);
            first
        });
    }

    /// Stops everything, and words it for the call that met it.
    fn give_up(&self, error: &AuthorityError) -> CallError {
        self.poison(error);
        failed(&Fatal(error.to_string().into()))
    }
}
