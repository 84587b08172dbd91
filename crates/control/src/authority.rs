//! The authority: the one thread that owns the records and the money.
//!
//! Everything that changes either comes to it as a message, and is durable before it is answered. It never waits for a
//! bidder, a book or a client: what they do not take is kept, newest only, until they do.
//!
//! **Invariant: no lock guards records or money.** Nobody else can reach them.

mod batch;
mod books;
mod change;
mod error;
mod history;
mod load;
mod money;
mod outlook;
mod pace;
mod pot;
mod recent;
mod records;
mod rollups;
mod runaway;
mod seed;
mod shares;
mod surges;
mod terms;
mod tokens;
mod undelete;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

use api::errors::CallError;
use campaign::id::{AdId, CampaignId};
use campaign::time::{Clock, Span, Timestamp};
use pacing::ledger::Ledger;
use store::Store;
use store::error::StoreError;
use tokio::sync::{mpsc, oneshot, watch};
use tonic::Code;

use crate::access::caller::{CALLER, Caller};
use crate::access::keyring::Keyring;
use crate::authority::books::Books;
use crate::authority::error::AuthorityError;
use crate::authority::money::{Journal, Waiting};
use crate::authority::pace::{Pace, Round};
use crate::authority::rollups::Tallied;
use crate::authority::shares::Shares;
use crate::authority::terms::Told;
use crate::authority::tokens::Tokens;
use crate::catalog::Catalog;
use crate::seams::{BidderLinks, Fatal};
use crate::summary::Summary;
use crate::traffic::Traffic;
use crate::view::{Overspends, Tripped, View};

pub use batch::Item;
pub use change::Manner;
pub use load::{LoadError, start};
pub(crate) use rollups::Learned;

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
    /// How the ads of campaigns share their money.
    shares: HashMap<CampaignId, Shares>,
    /// The look at all ads that is under way, and the number of the ad that was looked at last.
    round: Option<(Round, u64)>,
    learned: Learned,
    /// What became of the last while's impressions.
    traffic: Traffic,
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

/// How the services reach the authority.
#[derive(Clone)]
pub struct AuthorityHandle {
    commands: mpsc::Sender<Command>,
    thread: Thread,
    fatal: watch::Receiver<Option<Fatal>>,
    asks: Asks,
}

/// Who asks through a handle.
#[derive(Clone)]
enum Asks {
    /// The server itself.
    Server,
    /// Who makes the call that the asking task answers.
    Caller,
    /// This one.
    As(Arc<Caller>),
}

/// The running authority.
pub struct Running {
    /// How to reach it.
    pub handle: AuthorityHandle,
    /// What was spent, as it changes.
    pub summary: watch::Receiver<Arc<Summary>>,
    /// Set once, when the process must stop.
    pub fatal: watch::Receiver<Option<Fatal>>,
    /// The tokens that open something.
    pub keys: watch::Receiver<Arc<Keyring>>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl AuthorityHandle {
    /// A handle through which callers ask: each may do what its token allows.
    pub fn for_callers(&self) -> AuthorityHandle {
        AuthorityHandle {
            asks: Asks::Caller,
            ..self.clone()
        }
    }

    /// A handle that asks as the present caller, for a task that a service starts beside.
    ///
    /// # Errors
    /// Where there is no caller, which is a mistake in the program.
    pub fn of_caller(&self) -> Result<AuthorityHandle, CallError> {
        Ok(AuthorityHandle {
            asks: Asks::As(self.caller()?),
            ..self.clone()
        })
    }

    fn caller(&self) -> Result<Arc<Caller>, CallError> {
        match &self.asks {
            Asks::Server => Ok(Arc::new(Caller::server())),
            Asks::As(caller) => Ok(Arc::clone(caller)),
            Asks::Caller => CALLER.try_with(Arc::clone).map_err(|_| {
                let what = "a task beside the call asks for nobody: give it a handle by of_caller(). That is a defect";
                CallError::new(Code::PermissionDenied, "NO_CALLER", what)
            }),
        }
    }

    /// Has the authority do something, and tells what came of it.
    ///
    /// # Errors
    /// What `work` says; UNAVAILABLE where too many calls wait, the store has failed, or the authority is gone.
    pub async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Authority) -> Result<T, CallError> + Send + 'static,
    ) -> Result<T, CallError> {
        if let Some(fatal) = &*self.fatal.borrow() {
            return Err(failed(fatal));
        }
        let caller = self.caller()?;
        let goes_on = matches!(self.asks, Asks::As(_));
        let (answer, answered) = oneshot::channel();
        let command: Command = Box::new(move |authority| {
            // The gate let a stream in long ago.
            let still = match goes_on {
                true => caller.still(&authority.tokens.keys().borrow(), authority.clock.now()),
                false => Ok(()),
            };
            let done = still.and_then(|()| {
                let server = std::mem::replace(&mut authority.caller, caller);
                let done = work(authority);
                authority.caller = server;
                done
            });
            // Who asked may have gone away.
            let _ = answer.send(done);
        });
        if let Err(error) = self.commands.try_send(command) {
            return Err(match error {
                mpsc::error::TrySendError::Full(_) => CallError::new(
                    Code::Unavailable,
                    "OVERLOADED",
                    "too many calls at once: try again in a moment",
                ),
                mpsc::error::TrySendError::Closed(_) => stopping(),
            });
        }
        self.thread.unpark();
        match answered.await {
            Ok(result) => result,
            Err(_) => Err(match &*self.fatal.borrow() {
                Some(fatal) => failed(fatal),
                None => stopping(),
            }),
        }
    }
}

fn failed(fatal: &Fatal) -> CallError {
    let what = format!(
        "the store has failed, and nothing is taken any more: {fatal}. Mend it and start again"
    );
    CallError::new(Code::Unavailable, "STORE_FAILED", what)
}

fn stopping() -> CallError {
    CallError::new(
        Code::Unavailable,
        "STOPPING",
        "the process is stopping: try again when it is back",
    )
}

impl Running {
    /// Starts the thread.
    fn spawn(
        make: impl FnOnce(mpsc::Sender<Command>) -> Authority,
        summary: watch::Receiver<Arc<Summary>>,
        fatal: watch::Receiver<Option<Fatal>>,
        keys: watch::Receiver<Arc<Keyring>>,
    ) -> std::io::Result<Running> {
        let (commands, received) = mpsc::channel(MAX_WAITING_CALLS);
        let stop = Arc::new(AtomicBool::new(false));
        let authority = make(commands.clone());
        let stopped = stop.clone();
        let thread = thread::Builder::new()
            .name("authority".to_string())
            .spawn(move || authority.run(received, &stopped))?;
        let handle = AuthorityHandle {
            commands,
            thread: thread.thread().clone(),
            fatal: fatal.clone(),
            asks: Asks::Server,
        };
        Ok(Running {
            handle,
            summary,
            fatal,
            keys,
            stop,
            thread,
        })
    }

    /// Lets the authority apply what the journal holds to its end, and waits for its last transaction.
    pub async fn shutdown(self) {
        self.stop.store(true, Ordering::Release);
        self.thread.thread().unpark();
        let thread = self.thread;
        // A thread that panicked has said so; there is nothing else to wait for.
        let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    }
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
        self.go_round();
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
        self.housekeeping()?;
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
        if self.round.is_none() {
            self.round = Some((self.pace.begin(now), 0));
        }
        self.summarise();
        if real - self.cleaned >= HOUSEKEEPING {
            self.cleaned = real;
            self.housekeeping()?;
        }
        Ok(())
    }

    /// Looks at the pace and the terms of some more ads, until each was looked at once.
    fn go_round(&mut self) {
        let Some((round, after)) = self.round else {
            return;
        };
        let ads: Vec<AdId> = {
            let living = self.catalog.living_ads_after(after).take(ADS_A_TURN);
            let each = living.map(|placed| {
                self.pace.tick(&placed, &self.ledger, round);
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

    /// Notes the time, and forgets what nobody needs.
    fn housekeeping(&mut self) -> Result<(), AuthorityError> {
        let now = self.clock.now();
        let shown = self.tokens.shown_since();
        let multipliers = self.pace.unnoted();
        self.store.transaction::<_, StoreError>(|transaction| {
            transaction.note_now(now)?;
            for (level, multiplier) in &multipliers {
                transaction.write_multiplier(*level, *multiplier, now)?;
            }
            for (id, at) in &shown {
                transaction.note_api_token_use(id, *at)?;
            }
            transaction.forget_answers(
                now - crate::idempotency::KEPT,
                crate::idempotency::KEPT_COUNT,
            )?;
            transaction.forget_conversions(now - money::ORDERS_KEPT)?;
            transaction
                .forget_notices(now - money::NOTICES_KEPT, money::NOTICES_FORGOTTEN_AT_ONCE)?;
            Ok(())
        })?;
        Ok(())
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
    }

    /// The records.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
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
