use std::sync::mpsc as gates;

use arc_swap::ArcSwap;
use auction::book::AdTerms;
use auction::reason::NoBidReason;
use campaign::id::Incarnation;
use campaign::time::{ManualClock, Span};

use super::*;
use crate::config::LeaseRules;
use crate::press;
use crate::snapshot::{Published, Snapshot};
use crate::test_book::{ad, book};

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

fn of(id: u64, version: u64, halted: Option<NoBidReason>) -> (AdId, AdTerms) {
    let terms = AdTerms {
        halted,
        ..AdTerms::of(&ad(id), version)
    };
    (AdId(id), terms)
}

/// A refresher whose books are prepared only when the test lets them.
struct Gated {
    updates: mpsc::Sender<Update>,
    published: Published,
    /// Says that one begins to be prepared.
    begun: mpsc::Receiver<()>,
    /// Lets it.
    go: gates::Sender<()>,
    _stop: watch::Sender<bool>,
    /// The other ends of what the test does not look at.
    _ends: Box<dyn std::any::Any>,
}

impl Gated {
    fn start() -> Gated {
        let (updates, updates_in) = mpsc::channel(16);
        let (answers, answers_in) = mpsc::channel(16);
        let (leases, lease_messages) = mpsc::channel(64);
        let (tallies, tallied) = mpsc::channel(16);
        let (hunger, hungry) = mpsc::channel(16);
        let (held, _) = watch::channel(0);
        let (begins, begun) = mpsc::channel(16);
        let (go, gate) = gates::channel();
        let gate = std::sync::Mutex::new(gate);
        let published = Published::new(ArcSwap::from_pointee(Snapshot::default()));
        let rules = LeaseRules {
            time_to_live: Span::seconds(5),
            least_impressions: 1,
            most_impressions: 1,
            warm_ads: 10,
        };
        let refresher = Refresher {
            clock: Arc::new(ManualClock::new(Timestamp(0))),
            links: ControlLinks {
                updates: updates_in,
                answers: answers_in,
                leases,
                tallies,
                offers: mpsc::channel(16).0,
            },
            press: Press::new(Arc::clone(&published)),
            leases: Leases::new(Incarnation::default(), rules),
            hunger: hungry,
            offers: Arc::default(),
            offers_seen: Default::default(),
            frequency: Arc::new(Frequency::new(64)),
            history: None,
            prepare: Arc::new(move |draft| {
                begins.blocking_send(()).unwrap();
                gate.lock().unwrap().recv().unwrap();
                press::prepare(draft)
            }),
            books: Books::default(),
            held,
        };
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(refresher.run(stopped));
        Gated {
            updates,
            published,
            begun,
            go,
            _stop: stop,
            _ends: Box::new((answers, lease_messages, tallied, hunger)),
        }
    }

    async fn send(&self, update: Update) {
        self.updates.send(update).await.unwrap();
    }

    fn version(&self) -> u64 {
        self.published.load().book.version()
    }

    fn halted(&self, id: u64) -> Option<NoBidReason> {
        let snapshot = self.published.load();
        snapshot.ad(AdId(id)).unwrap().1.halted
    }

    /// Waits for what will come; the test runner ends a test that waits for ever.
    async fn until(&self, come: impl Fn(&Gated) -> bool) {
        while !come(self) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[tokio::test]
async fn terms_are_in_force_while_a_book_is_prepared_and_after_it() {
    let paused = Some(NoBidReason::AdPaused);
    let mut gated = Gated::start();
    gated.send(book(1, &[5, 6])).await;
    gated.go.send(()).unwrap();
    gated.until(|it| it.version() == 1).await;
    gated.begun.recv().await.unwrap();
    // The book with ad 7 is being prepared, and is held there.
    gated.send(book(2, &[7, 5, 6])).await;
    gated.begun.recv().await.unwrap();
    gated
        .send(Update::Terms(vec![of(5, 3, paused), of(7, 3, paused)]))
        .await;
    gated.until(|it| it.halted(5) == paused).await;
    assert_eq!(gated.version(), 1);
    // Another has come, which nobody has begun with, and then terms of an ad that only it has.
    gated.send(book(3, &[8, 7, 6, 5])).await;
    gated
        .send(Update::Terms(vec![of(8, 4, paused), of(6, 4, paused)]))
        .await;
    gated.until(|it| it.halted(6) == paused).await;
    assert_eq!(gated.version(), 1);
    gated.go.send(()).unwrap();
    gated.until(|it| it.version() == 2).await;
    let now = |it: &Gated, ids: &[u64]| ids.iter().all(|id| it.halted(*id) == paused);
    assert!(now(&gated, &[5, 6, 7]));
    gated.begun.recv().await.unwrap();
    gated.go.send(()).unwrap();
    gated.until(|it| it.version() == 3).await;
    assert!(now(&gated, &[5, 6, 7, 8]));
}

#[tokio::test]
async fn of_books_that_come_while_one_is_prepared_only_the_newest_is() {
    let mut gated = Gated::start();
    gated.send(book(1, &[5])).await;
    gated.begun.recv().await.unwrap();
    for version in 2..=9 {
        gated.send(book(version, &[5])).await;
    }
    // All of them have been taken in once this has.
    while gated.updates.capacity() < gated.updates.max_capacity() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    gated.go.send(()).unwrap();
    gated.begun.recv().await.unwrap();
    gated.go.send(()).unwrap();
    gated.until(|it| it.version() == 9).await;
    assert!(gated.begun.try_recv().is_err());
}
