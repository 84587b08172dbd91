//! The trading floor: what requests and notices share. Made once at the start; everything in it is read, or counted
//! atomically, by all threads at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use arc_swap::ArcSwapOption;
use auction::dice::DiceKey;
use auction::markup::Renderer;
use auction::privacy::PrivacySettings;
use auction::token::TokenKeys;
use campaign::id::{BidId, Incarnation};
use campaign::time::Clock;
use store::segment::Progress;
use store::segment::outbox::Outbox;

use crate::config::Config;
use crate::counts::Counts;
use crate::exposition::Exposition;
use crate::frequency::Frequency;
use crate::latency::Latencies;
use crate::live::Hunger;
use crate::lookback::Lookback;
use crate::offers::Offers;
use crate::per_thread::PerThread;
use crate::sampler::Sampler;
use crate::snapshot::{Published, Snapshot};

/// What requests and notices share.
pub struct Floor {
    pub config: Config,
    pub clock: Arc<dyn Clock>,
    pub keys: TokenKeys,
    pub privacy: PrivacySettings,
    pub dice: DiceKey,
    pub renderer: Renderer,
    pub snapshot: Published,
    pub frequency: Arc<Frequency>,
    pub hunger: Hunger,
    /// The way into the journal; gone once the bidder has drained.
    pub outbox: ArcSwapOption<Outbox>,
    /// How the journal is.
    pub journal: Arc<Progress>,
    pub bid_ids: BidIds,
    pub counts: Counts,
    /// What was bid of late.
    pub offers: Arc<Offers>,
    pub latencies: Latencies,
    pub exposition: Exposition,
    pub sampler: Sampler,
    /// What the last samples said.
    pub lookback: Lookback,
    pub bids_under_way: Gate,
    pub notices_under_way: Gate,
    pub connections: Gate,
    /// Nothing is bid on any more, and readiness has ended.
    pub draining: AtomicBool,
}

impl Floor {
    /// Whether bids are answered: a book has come, the journal takes notices, and no drain has begun.
    pub fn readiness(&self) -> Readiness {
        self.readiness_with(&self.snapshot.load())
    }

    /// The same, for whoever has the snapshot at hand.
    pub fn readiness_with(&self, snapshot: &Snapshot) -> Readiness {
        if self.is_draining() {
            Readiness::Draining
        } else if self.journal.is_poisoned() {
            Readiness::JournalFailed
        } else if snapshot.book.version() == 0 {
            Readiness::NoBook
        } else {
            Readiness::Ready
        }
    }

    /// Whether the end has begun.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// Gives bids ids that were never used before: the sequence starts anew with each incarnation. Each thread takes
/// numbers from a block of its own, so that threads do not wait for one counter with every bid.
#[derive(Debug)]
pub struct BidIds {
    incarnation: Incarnation,
    next: AtomicU64,
    blocks: PerThread<Block>,
}

/// Numbers that one thread gives out.
#[derive(Debug, Default)]
struct Block {
    next: AtomicU64,
    end: AtomicU64,
}

/// How many numbers a thread takes at once.
const BLOCK: u64 = 1_024;

impl BidIds {
    /// None was given out yet.
    pub fn new(incarnation: Incarnation) -> BidIds {
        BidIds {
            incarnation,
            next: AtomicU64::new(1),
            blocks: PerThread::default(),
        }
    }

    /// The next.
    pub fn next(&self) -> BidId {
        let sequence = match self.blocks.mine().alone() {
            Some(block) => block.next(&self.next),
            None => self.next.fetch_add(1, Ordering::Relaxed),
        };
        BidId {
            incarnation: self.incarnation,
            sequence,
        }
    }
}

impl Block {
    /// The next number of this block, or the first of another. Only one thread calls it.
    fn next(&self, blocks: &AtomicU64) -> u64 {
        let mut next = self.next.load(Ordering::Relaxed);
        if next == self.end.load(Ordering::Relaxed) {
            next = blocks.fetch_add(BLOCK, Ordering::Relaxed);
            self.end.store(next + BLOCK, Ordering::Relaxed);
        }
        self.next.store(next + 1, Ordering::Relaxed);
        next
    }
}

/// Whether the bidder bids, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It does.
    Ready,
    /// Control has not sent a book yet.
    NoBook,
    /// The journal takes nothing: what would be won could not be written down.
    JournalFailed,
    /// It is about to end.
    Draining,
}

impl Readiness {
    /// For people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Readiness::Ready => "ready",
            Readiness::NoBook => "waiting for the first book from control",
            Readiness::JournalFailed => "the journal has failed: see the log, then start again",
            Readiness::Draining => "draining",
        }
    }
}

/// Lets so many in at once.
#[derive(Debug)]
pub struct Gate {
    inside: AtomicUsize,
    most: AtomicUsize,
}

impl Gate {
    /// A gate for at most so many.
    pub fn new(most: usize) -> Gate {
        Gate {
            inside: AtomicUsize::new(0),
            most: AtomicUsize::new(most),
        }
    }

    /// Goes in, or finds it full. The pass goes out when it is dropped.
    pub fn enter(&self) -> Option<Pass<'_>> {
        let pass = Pass(self);
        // The pass is made first, so that it goes out again where there is no room.
        let before = self.inside.fetch_add(1, Ordering::Relaxed);
        (before < self.most.load(Ordering::Relaxed)).then_some(pass)
    }

    /// Whether nobody else is let in.
    pub fn is_full(&self) -> bool {
        self.inside() >= self.most.load(Ordering::Relaxed)
    }

    /// Lets so many in from now on. Who is inside stays.
    pub fn widen(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// How many are inside.
    pub fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }
}

/// One who is inside.
#[derive(Debug)]
pub struct Pass<'a>(&'a Gate);

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    #[test]
    fn no_two_bids_have_the_same_id() {
        let ids = BidIds::new(Incarnation::default());
        let all: Vec<Vec<BidId>> = thread::scope(|scope| {
            let take = || (0..3_000).map(|_| ids.next()).collect();
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(take)).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let different: HashSet<u64> = all.iter().flatten().map(|id| id.sequence).collect();
        assert_eq!(different.len(), 48_000);
        assert!(!different.contains(&0));
    }

    #[test]
    fn a_gate_lets_so_many_in_and_counts_those_who_leave() {
        let gate = Gate::new(2);
        let (first, second) = (gate.enter(), gate.enter());
        assert!(first.is_some() && second.is_some());
        assert!(gate.enter().is_none());
        assert_eq!(gate.inside(), 2);
        drop(first);
        assert!(gate.enter().is_some());
        gate.widen(1);
        assert!(gate.is_full() && gate.enter().is_none());
        gate.widen(2);
        assert!(gate.enter().is_some());
        drop(second);
        assert_eq!(gate.inside(), 0);
    }
}
