//! The task that keeps the bidder fresh: new books and terms in, leases in and out, tallies out. It is the only one
//! that changes what bids are decided by, and bids never wait for it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use auction::book::{BidTally, Book, Update};
use campaign::id::AdId;
use campaign::time::{Clock, Timestamp};
use journal::entry::Entry;
use pacing::lease::{GrantAnswer, LeaseMessage};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::frequency::Frequency;
use crate::leases::{Leases, Outgoing};
use crate::live::AdLive;
use crate::snapshot::Press;

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
    pub frequency: Arc<Frequency>,
    /// What is to be counted before the first book is published.
    pub history: Option<History>,
    /// What ads had counted that have left the book since the last tally.
    pub departed: Vec<BidTally>,
    /// How many ads hold a lease; told to the metrics.
    pub held: watch::Sender<usize>,
}

/// What the task waits for.
enum Event {
    Update(Update),
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
            let sleep = pace.sleep(now, self.leases.next_due());
            let event = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                // Control may end first; then only time is waited for.
                Some(update) = self.links.updates.recv() => Event::Update(update),
                Some(answer) = self.links.answers.recv() => Event::Answer(answer),
                Some(ad) = self.hunger.recv() => Event::Hungry(ad),
                () = tokio::time::sleep(sleep) => Event::Time,
            };
            if let Event::Update(Update::Book { book, .. }) = &event
                && let Some(history) = self.history.take()
            {
                rebuild(Arc::clone(&self.frequency), history, Arc::clone(book)).await;
            }
            self.take_in(event);
            self.take_in_more();
        }
        // What was bid since the last tally belongs into the reports too.
        self.tally(self.clock.now());
        self.leases.close_all();
        queue(self.leases.take_outgoing(), &mut backlog);
        farewell(&self.links.leases, backlog).await
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
                for gone in self.press.publish_book(book, terms, now) {
                    self.leases.remove(gone.ad(), now);
                    self.departed.extend(tally_of(&gone, now));
                }
                let snapshot = self.press.snapshot();
                for (slot, live) in snapshot.slots() {
                    self.leases.set_terms(live, snapshot.terms(slot), now);
                }
            }
            Event::Update(Update::Terms(changes)) => {
                self.press.publish_terms(&changes, now);
                let snapshot = self.press.snapshot();
                for (ad, _) in changes {
                    if let Some((slot, live)) = snapshot.book.slot(ad).zip(self.press.live(ad)) {
                        self.leases.set_terms(live, snapshot.terms(slot), now);
                    }
                }
            }
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

    fn tally(&mut self, at: Timestamp) {
        self.held.send_replace(self.leases.held());
        let Ok(place) = self.links.tallies.try_reserve() else {
            return;
        };
        let snapshot = self.press.snapshot();
        let mut tallies = std::mem::take(&mut self.departed);
        tallies.extend(snapshot.slots().filter_map(|(_, live)| tally_of(live, at)));
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

/// Counts what users saw before the start. Only then is the first book published, so no bid is made in ignorance of it.
async fn rebuild(frequency: Arc<Frequency>, history: History, book: Arc<Book>) {
    let count = move || {
        for entry in history {
            frequency.note(&entry, &book);
        }
    };
    if tokio::task::spawn_blocking(count).await.is_err() {
        tracing::error!("what users saw before the start could not be counted: caps start anew");
    }
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
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn sleeps_are_real_time_whatever_the_trades_clock_does() {
        let mut pace = Pace::new(Timestamp(0));
        let mut check = async |real_ms: u64, trade: i64, due: Option<i64>, micros: u64| {
            tokio::time::advance(Duration::from_millis(real_ms)).await;
            let slept = pace.sleep(Timestamp(trade), due.map(Timestamp));
            assert_eq!(slept, Duration::from_micros(micros), "{trade} {due:?}");
        };
        // As fast as the real one.
        check(10, 10, Some(15), 5_000).await;
        check(10, 20, Some(500), 10_000).await;
        check(10, 30, None, 10_000).await;
        // Due already: not at once, so that nothing spins.
        check(10, 40, Some(0), 1_000).await;
        // Sixty times as fast.
        check(10, 640, Some(880), 4_000).await;
        check(10, 1_240, Some(1_241), 1_000).await;
        // It stands still, and goes back.
        check(10, 1_240, Some(1_245), 5_000).await;
        check(10, 0, Some(5), 5_000).await;
        // Far away, as far as it goes.
        check(10, 10, Some(i64::MAX), 10_000).await;
    }
}
