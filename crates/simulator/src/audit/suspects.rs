//! Bids that the records speak against, for as long as the records may be out of date.
//!
//! A new ad may bid a moment before the auditor hears of it. So such a bid is only suspected at first: when the records
//! change, it is judged again, and forgotten where it turns out right. After the grace it is a violation.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use campaign::time::Timestamp;

use super::asked::Asked;
use super::catalogue::Catalogue;
use super::fault::Fault;
use super::judge::Judged;
use super::nouns;

/// How many suspects wait; where more do, the first is taken for guilty.
const SUSPECTS_MAX: usize = 1_000;

/// A bid that the records speak against, with the evidence.
#[derive(Debug)]
pub(super) struct Suspect {
    pub(super) judged: Judged,
    pub(super) asked: Asked,
    pub(super) exchange: String,
    pub(super) now: Timestamp,
    pub(super) since: Instant,
    pub(super) request: String,
    pub(super) answer: String,
}

impl Suspect {
    /// What the records say against the bid.
    fn faults(&self, catalogue: &Catalogue) -> Vec<Fault> {
        nouns::check(
            &self.judged,
            &self.asked,
            &self.exchange,
            catalogue,
            self.now,
        )
    }
}

/// Those that wait, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Suspects(VecDeque<Suspect>);

impl Suspects {
    /// Adds one. Returns the one that has to go for it.
    pub(super) fn add(&mut self, suspect: Suspect) -> Option<Suspect> {
        self.0.push_back(suspect);
        if self.0.len() > SUSPECTS_MAX {
            self.0.pop_front()
        } else {
            None
        }
    }

    /// Forgets those that the new records speak for, and keeps what these say against the others.
    pub(super) fn judge_again(&mut self, catalogue: &Catalogue) {
        self.0.retain_mut(|suspect| {
            suspect.judged.record_faults = suspect.faults(catalogue);
            !suspect.judged.record_faults.is_empty()
        });
    }

    /// Takes out those that have waited for so long.
    pub(super) fn take_older(&mut self, than: Duration) -> Vec<Suspect> {
        let old = self
            .0
            .iter()
            .take_while(|suspect| suspect.since.elapsed() >= than)
            .count();
        self.0.drain(..old).collect()
    }
}
