//! The task that keeps the bidder fresh: new books and terms in, leases in and out, tallies out. It is the only one
//! that changes what bids are decided by, and bids never wait for it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use auction::book::{AdTerms, BidTally, Book, Update};
use auction::prices::Offered;
use campaign::id::AdId;
use campaign::time::{Clock, Timestamp};
use journal::entry::Entry;
use pacing::lease::{GrantAnswer, LeaseMessage};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::Instant;

use crate::frequency::Frequency;
use crate::leases::{Leases, Outgoing};
use crate::live::AdLive;
use crate::offers::{Offers, Seen};
use crate::press::{Draft, Prepared, Press, Since, Turnover};

/// The channels between the bidder and control. Each is bounded.
#[derive(Debug)]
pub struct ControlLinks {
    /// Books, terms, recalls.
    pub updates: mpsc::Receiver<Update>,
    /// Answers to requests for money.
    pub answers: mpsc::Receiver<GrantAnswer>,
    /// Requests and returns.
    pub leases: mpsc::Sender<LeaseMessage>,
    /// What was bid and refused, each second. Kept for the next second where the channel is full.
    pub tallies: mpsc::Sender<Vec<BidTally>>,
    /// What was bid at which price, each second. Where the channel is full, or closed, it is lost.
    pub offers: mpsc::Sender<Vec<Offered>>,
}

/// Requests go in messages of at most so many: control grants each message in one transaction.
const BATCH: usize = 256;
/// How long the task sleeps at most. The trade's clock may be warped, and may change its pace.
const SLEEP_MAX: Duration = Duration::from_millis(10);
/// How long it sleeps at least.
const SLEEP_MIN: Duration = Duration::from_millis(1);
/// How often tallies are sent. Real time.
const TALLY_EVERY: Duration = Duration::from_secs(1);
/// How many events are taken in before leases are looked at again.
const EVENTS_AT_ONCE: usize = 64;
/// How many ads of a new book money hears of before updates are looked at again.
const ADS_AT_ONCE: usize = 4_096;
/// How long the last returns may wait for control to take them.
const FAREWELL: Duration = Duration::from_secs(1);

/// Entries of the journal, oldest first.
pub type History = Box<dyn Iterator<Item = Entry> + Send>;

/// The task's state.
pub struct Refresher {
    pub clock: Arc<dyn Clock>,
    pub links: ControlLinks,
    pub press: Press,
    pub leases: Leases,
    pub hunger: mpsc::Receiver<AdId>,
    /// What was bid of late, and how much of it was told to control.
    pub offers: Arc<Offers>,
    pub offers_seen: Seen,
    pub frequency: Arc<Frequency>,
    /// What is to be counted before the first book is published.
    pub history: Option<History>,
    /// Prepares books, on a thread where nobody waits for it.
    pub prepare: Prepare,
    pub books: Books,
    /// How many ads hold a lease; told to the metrics.
    pub held: watch::Sender<usize>,
}

/// How a book is prepared: [`crate::press::prepare`], but for tests of what happens meanwhile.
pub type Prepare = Arc<dyn Fn(Draft) -> Prepared + Send + Sync>;

/// How far new books are.
#[derive(Default)]
pub struct Books {
    /// One is being prepared.
    preparing: Option<JoinHandle<Prepared>>,
    /// The newest that came meanwhile.
    next: Option<Next>,
    /// What the one that was published last means for money, as far as money has not heard of it.
    turnover: Turnover,
}

/// A book that nobody has begun with.
struct Next {
    book: Arc<Book>,
    said: Vec<(AdId, AdTerms)>,
    /// The terms that came after it.
    since: Since,
}

impl Books {
    fn is_turning_over(&self) -> bool {
        !self.turnover.changed.is_empty() || !self.turnover.gone.is_empty()
    }

    /// The book that was prepared; `None` where preparing it failed. Waits for ever where none is.
    async fn prepared(&mut self) -> Option<Prepared> {
        match &mut self.preparing {
            Some(preparing) => {
                let prepared = preparing.await;
                self.preparing = None;
                let failed = |error| tracing::error!(%error, "a book could not be prepared");
                prepared.map_err(failed).ok()
            }
            None => std::future::pending().await,
        }
    }
}

/// What the task waits for.
enum Event {
    Update(Update),
    Prepared(Option<Prepared>),
    Answer(GrantAnswer),
    Hungry(AdId),
    Time,
}

impl Refresher {
    /// Runs until `stop` is true, gives all leases back, and tells whether control took every return.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> bool {
        let mut backlog = VecDeque::new();
        let mut pace = Pace::new(self.clock.now());
        let mut tally_at = Instant::now() + TALLY_EVERY;
        loop {
            let now = self.clock.now();
            // While control takes nothing, nothing more is made for it to take.
            if backlog.is_empty() {
                self.leases.tick(now);
            }
            queue(self.leases.take_outgoing(), &mut backlog);
            send(&self.links.leases, &mut backlog);
            if Instant::now() >= tally_at {
                tally_at = Instant::now() + TALLY_EVERY;
                self.tally(now);
            }
            self.turn_over(now);
            self.prepare_next(now);
            let turning_over = self.books.is_turning_over();
            let sleep = match turning_over {
                true => Duration::ZERO,
                false => pace.sleep(now, self.leases.next_due()),
            };
            let event = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                // Control may end first; then only time is waited for.
                Some(update) = self.links.updates.recv() => Event::Update(update),
                // Money hears of one book after the other.
                prepared = self.books.prepared(), if !turning_over => Event::Prepared(prepared),
                Some(answer) = self.links.answers.recv() => Event::Answer(answer),
                Some(ad) = self.hunger.recv() => Event::Hungry(ad),
                () = tokio::time::sleep(sleep) => Event::Time,
            };
            self.take_in(event);
            self.take_in_more();
        }
        // What was bid since the last tally belongs into the reports too.
        self.tally(self.clock.now());
        self.leases.close_all();
        queue(self.leases.take_outgoing(), &mut backlog);
        farewell(&self.links.leases, backlog).await
    }

    /// Begins to prepare the next book, if there is one and none is being prepared.
    fn prepare_next(&mut self, now: Timestamp) {
        if self.books.preparing.is_some() || self.books.is_turning_over() {
            return;
        }
        let Some(Next { book, said, since }) = self.books.next.take() else {
            return;
        };
        let draft = self.press.begin(book, said, since, now);
        let prepare = Arc::clone(&self.prepare);
        let frequency = Arc::clone(&self.frequency);
        let history = self.history.take();
        self.books.preparing = Some(spawn_blocking(move || {
            // Only after that is the first book published, so no bid is made in ignorance of what users have seen.
            for entry in history.into_iter().flatten() {
                frequency.note(&entry, &draft.book);
            }
            prepare(draft)
        }));
    }

    /// Lets money hear of some of what a new book changed. The terms are those of now: they may have changed since.
    fn turn_over(&mut self, now: Timestamp) {
        let Turnover { changed, gone } = &mut self.books.turnover;
        for gone in gone.drain(gone.len().saturating_sub(ADS_AT_ONCE)..) {
            self.leases.remove(gone.ad(), now);
        }
        let snapshot = self.press.snapshot();
        for ad in changed.drain(changed.len().saturating_sub(ADS_AT_ONCE)..) {
            if let Some((live, terms)) = snapshot.ad(ad) {
                self.leases.set_terms(live, terms, now);
            }
        }
    }

    /// What has come besides, without waiting.
    fn take_in_more(&mut self) {
        for _ in 0..EVENTS_AT_ONCE {
            if let Ok(answer) = self.links.answers.try_recv() {
                self.take_in(Event::Answer(answer));
            } else if let Ok(ad) = self.hunger.try_recv() {
                self.take_in(Event::Hungry(ad));
            } else {
                break;
            }
        }
    }

    fn take_in(&mut self, event: Event) {
        let now = self.clock.now();
        match event {
            Event::Update(Update::Book { book, terms }) => {
                // One that nobody has begun with is overtaken.
                self.books.next = Some(Next {
                    book,
                    said: terms,
                    since: Since::default(),
                });
            }
            Event::Prepared(prepared) => {
                if let Some(prepared) = prepared {
                    self.books.turnover = self.press.publish(prepared, now);
                }
            }
            Event::Update(Update::Terms(changes)) => {
                self.press.publish_terms(&changes, now);
                if let Some(next) = &mut self.books.next {
                    next.since.note(&changes);
                }
                let snapshot = self.press.snapshot();
                for (ad, _) in changes {
                    if let Some((live, terms)) = snapshot.ad(ad) {
                        self.leases.set_terms(live, terms, now);
                    }
                }
            }
            Event::Update(Update::Market(market)) => self.press.publish_market(market),
            Event::Update(Update::Prices(prices)) => self.press.publish_prices(prices),
            Event::Update(Update::Recall(ads)) => {
                for ad in ads {
                    self.leases.recall(ad, now);
                }
            }
            Event::Answer(answer) => self.leases.answer(answer, now),
            Event::Hungry(ad) => self.leases.hungry(ad, now),
            Event::Time => {}
        }
    }

    fn tell_offers(&mut self, at: Timestamp) {
        let snapshot = self.press.snapshot();
        let exchanges = snapshot.book.exchanges();
        let offered = self.offers.take(&mut self.offers_seen, exchanges, at);
        if !offered.is_empty() {
            // Statistics: what is not taken is lost.
            let _ = self.links.offers.try_send(offered);
        }
    }

    fn tally(&mut self, at: Timestamp) {
        self.held.send_replace(self.leases.held());
        self.tell_offers(at);
        let Ok(place) = self.links.tallies.try_reserve() else {
            return;
        };
        let mut tallies = Vec::new();
        let forgotten = self
            .press
            .each_touched(|live| tallies.extend(tally_of(live, at)));
        if !forgotten.is_empty() {
            spawn_blocking(move || drop(forgotten));
        }
        if !tallies.is_empty() {
            place.send(tallies);
        }
    }
}

/// What was bid and refused since the last time, if anything was.
fn tally_of(live: &AdLive, at: Timestamp) -> Option<BidTally> {
    let (bids, refusals) = live.take_counts();
    let ad = live.ad();
    (bids > 0 || !refusals.is_empty()).then_some(BidTally {
        ad,
        at,
        bids,
        refusals,
    })
}

fn queue(outgoing: Outgoing, backlog: &mut VecDeque<LeaseMessage>) {
    let batches = outgoing.requests.chunks(BATCH);
    backlog.extend(batches.map(|batch| LeaseMessage::Requests(batch.to_vec())));
    backlog.extend(outgoing.returns.into_iter().map(LeaseMessage::Return));
}

fn send(leases: &mpsc::Sender<LeaseMessage>, backlog: &mut VecDeque<LeaseMessage>) {
    while let Some(message) = backlog.pop_front() {
        match leases.try_send(message) {
            Ok(()) => {}
            Err(TrySendError::Full(message)) => {
                backlog.push_front(message);
                return;
            }
            // Control has ended: what is leased runs out.
            Err(TrySendError::Closed(_)) => backlog.clear(),
        }
    }
}

/// Sends the returns that are left. A return that is not taken costs nothing but time: its lease runs out by itself.
async fn farewell(leases: &mpsc::Sender<LeaseMessage>, backlog: VecDeque<LeaseMessage>) -> bool {
    let returns = backlog
        .into_iter()
        .filter(|message| matches!(message, LeaseMessage::Return(_)));
    let sending = async {
        for message in returns {
            if leases.send(message).await.is_err() {
                return false;
            }
        }
        true
    };
    tokio::time::timeout(FAREWELL, sending)
        .await
        .unwrap_or(false)
}

/// How fast the trade's clock goes against the real one, measured from one look to the next.
struct Pace {
    trade: Timestamp,
    real: Instant,
    /// Trade milliseconds in a real one; at least 1, so that a clock that stands still does not stop the task.
    warp: f64,
}

impl Pace {
    fn new(now: Timestamp) -> Pace {
        Pace {
            trade: now,
            real: Instant::now(),
            warp: 1.0,
        }
    }

    /// How long to sleep until `due`, within bounds.
    fn sleep(&mut self, now: Timestamp, due: Option<Timestamp>) -> Duration {
        let real = self.real.elapsed();
        if real >= SLEEP_MIN {
            let trade_ms = (now - self.trade).0.max(0) as f64;
            self.warp = (trade_ms / (real.as_secs_f64() * 1_000.0)).max(1.0);
            (self.trade, self.real) = (now, Instant::now());
        }
        let Some(due) = due else { return SLEEP_MAX };
        let real_ms = (due - now).0.max(0) as f64 / self.warp;
        Duration::from_secs_f64(real_ms.min(1_000.0) / 1_000.0).clamp(SLEEP_MIN, SLEEP_MAX)
    }
}

#[cfg(test)]
mod tests;
