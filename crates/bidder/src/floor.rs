//! The trading floor: what requests and notices share. Made once at the start; everything in it is read, or counted
//! atomically, by all threads at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption};
use auction::dice::DiceKey;
use auction::markup::Renderer;
use auction::privacy::PrivacySettings;
use auction::token::TokenKeys;
use campaign::id::{BidId, Incarnation};
use campaign::time::Clock;
use store::segment::outbox::Outbox;

use crate::config::Config;
use crate::counts::Counts;
use crate::exposition::Exposition;
use crate::frequency::Frequency;
use crate::latency::Latencies;
use crate::live::Hunger;
use crate::snapshot::Snapshot;

/// What requests and notices share.
pub struct Floor {
    pub config: Config,
    pub clock: Arc<dyn Clock>,
    pub keys: TokenKeys,
    pub privacy: PrivacySettings,
    pub dice: DiceKey,
    pub renderer: Renderer,
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    pub frequency: Arc<Frequency>,
    pub hunger: Hunger,
    /// The way into the journal; gone once the bidder has drained.
    pub outbox: ArcSwapOption<Outbox>,
    pub incarnation: Incarnation,
    pub sequence: AtomicU64,
    pub counts: Counts,
    pub latencies: Latencies,
    pub exposition: Exposition,
    pub bids_under_way: Gate,
    pub notices_under_way: Gate,
    pub connections: Gate,
    /// Nothing is bid on any more, and readiness has ended.
    pub draining: AtomicBool,
}

impl Floor {
    /// A bid's id, never used before: the sequence starts anew with each incarnation.
    pub fn next_bid(&self) -> BidId {
        BidId {
            incarnation: self.incarnation,
            sequence: self.sequence.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Whether bids are answered: a book has come, the journal takes notices, and no drain has begun.
    pub fn readiness(&self) -> Readiness {
        if self.draining.load(Ordering::Relaxed) {
            return Readiness::Draining;
        }
        match self.outbox.load().as_deref() {
            Some(outbox) if !outbox.progress().is_poisoned() => {}
            _ => return Readiness::JournalFailed,
        }
        if self.snapshot.load().book.version() == 0 {
            return Readiness::NoBook;
        }
        Readiness::Ready
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
    most: usize,
}

impl Gate {
    /// A gate for at most so many.
    pub fn new(most: usize) -> Gate {
        Gate {
            inside: AtomicUsize::new(0),
            most,
        }
    }

    /// Goes in, or finds it full. The pass goes out when it is dropped.
    pub fn enter(&self) -> Option<Pass<'_>> {
        let pass = Pass(self);
        // The pass is made first, so that it goes out again where there is no room.
        let before = self.inside.fetch_add(1, Ordering::Relaxed);
        (before < self.most).then_some(pass)
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
    use super::*;

    #[test]
    fn a_gate_lets_so_many_in_and_counts_those_who_leave() {
        let gate = Gate::new(2);
        let (first, second) = (gate.enter(), gate.enter());
        assert!(first.is_some() && second.is_some());
        assert!(gate.enter().is_none());
        assert_eq!(gate.inside(), 2);
        drop(first);
        assert!(gate.enter().is_some());
        drop(second);
        assert_eq!(gate.inside(), 0);
    }
}
