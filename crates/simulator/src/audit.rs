//! The auditor, who knows the truth: every answer is checked, and every nano is reconciled at the end.
//!
//! Nothing here is shared with what it checks: requests, answers and markup are read by `serde_json` and `quick-xml`,
//! targeting and prices are worked out again. What both rest on are the nouns and the conversion of currencies.

pub mod answer;
pub mod asked;
pub mod books;
pub mod catalogue;
pub mod fault;
pub mod judge;
pub mod markup;

mod html;
mod nouns;
pub(crate) mod reading;
mod shape;
mod suspects;
mod targeting;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use auction::book::Inventory;
use campaign::money::{Cpm, Currency};
use campaign::time::Timestamp;
use hyper::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use asked::Asked;
use catalogue::Catalogue;
use fault::{Fault, FaultKind};
use judge::{Contract, Judged};
use suspects::{Suspect, Suspects};

pub(crate) use nouns::cost;

/// How many violations are kept whole; the others are only counted.
const VIOLATIONS_MAX: usize = 100;
/// How much of a request or an answer is kept with a violation.
const EVIDENCE_BYTES_MAX: usize = 16 * 1024;
/// For how long around a change of the records bids by the older ones and by the newer ones are
/// right, unless it is said otherwise: pauses and budgets are to be live within one second, and the
/// answer was under way.
const CHANGE_GRACE: Duration = Duration::from_millis(1_500);

/// Something wrong, with what is needed to see it again.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// What is wrong.
    #[serde(flatten)]
    pub fault: Fault,
    /// What shows it.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// What shows that something was wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// Where the request came from.
    pub exchange: String,
    /// The request, cut if it is long.
    pub request: String,
    /// The answer, cut if it is long.
    pub answer: String,
}

/// An answer with what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// What is wrong with the answer as a whole.
    pub faults: Vec<Fault>,
    /// Its bids, each with what is wrong with it.
    pub bids: Vec<Judged>,
}

impl Judgement {
    /// Everything that is wrong.
    pub fn all_faults(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter().chain(
            self.bids
                .iter()
                .flat_map(|bid| bid.faults.iter().chain(&bid.record_faults)),
        )
    }
}

/// Checks answers and keeps what is wrong.
#[derive(Debug)]
pub struct Auditor {
    change_grace: Duration,
    /// Read at each answer, written when the records change.
    known: Mutex<Known>,
    /// Written when the records speak against a bid.
    suspects: Mutex<Suspects>,
    /// Written only when something is wrong.
    log: Mutex<Log>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    current: Option<Arc<Catalogue>>,
    before: Option<(Arc<Catalogue>, Instant)>,
}

impl Known {
    /// What the records say against a bid: those of now, and for a moment after a change those of before.
    fn faults(
        &self,
        judged: &Judged,
        asked: &Asked,
        exchange: &str,
        now: Timestamp,
        grace: Duration,
    ) -> Vec<Fault> {
        let by = |catalogue: &Arc<Catalogue>| nouns::check(judged, asked, exchange, catalogue, now);
        let faults = self.current.as_ref().map(by).unwrap_or_default();
        let before = self
            .before
            .as_ref()
            .filter(|(_, changed)| changed.elapsed() < grace);
        match before {
            Some((before, _)) if !faults.is_empty() && by(before).is_empty() => Vec::new(),
            _ => faults,
        }
    }
}

#[derive(Debug, Default)]
struct Log {
    counts: BTreeMap<FaultKind, u64>,
    violations: Vec<Violation>,
}

impl Log {
    fn add(&mut self, fault: Fault, evidence: impl FnOnce() -> Evidence) {
        *self.counts.entry(fault.kind).or_default() += 1;
        if self.violations.len() < VIOLATIONS_MAX {
            self.violations.push(Violation {
                fault,
                evidence: evidence(),
            });
        }
    }
}

/// A request and its answer.
#[derive(Clone, Copy, Debug)]
pub struct Exchanged<'a> {
    /// The name of the exchange.
    pub exchange: &'a str,
    /// The request.
    pub request: &'a Value,
    /// The status of the answer.
    pub status: StatusCode,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body, inflated.
    pub body: &'a [u8],
}

impl Default for Auditor {
    fn default() -> Auditor {
        Auditor::new(CHANGE_GRACE)
    }
}

impl Auditor {
    /// An auditor who knows no records yet: what only they can tell is not checked. For so long around a change of the
    /// records, in real time, bids by the older ones and by the newer ones are right.
    pub fn new(change_grace: Duration) -> Auditor {
        Auditor {
            change_grace,
            known: Mutex::default(),
            suspects: Mutex::default(),
            log: Mutex::default(),
        }
    }

    /// Tells the auditor what the records say from now on; not later after a change than the grace
    /// lasts. Telling the same again changes nothing, so it may be told at every turn of some
    /// clock.
    pub fn set_inventory(&self, inventory: &Inventory) {
        let fresh = Arc::new(Catalogue::of(inventory));
        {
            let mut known = lock(&self.known);
            if known
                .current
                .as_ref()
                .is_some_and(|current| **current == *fresh)
            {
                return;
            }
            let old = known.current.replace(fresh.clone());
            known.before = old.map(|old| (old, Instant::now()));
        }
        lock(&self.suspects).judge_again(&fresh);
    }

    /// What the records say, as far as the auditor was told.
    pub fn catalogue(&self) -> Option<Arc<Catalogue>> {
        lock(&self.known).current.clone()
    }

    /// Checks an answer, and keeps what is wrong. `now` is the time of the trade.
    pub fn audit(
        &self,
        exchanged: &Exchanged<'_>,
        contract: &Contract<'_>,
        now: Timestamp,
    ) -> Judgement {
        let asked = Asked::read(exchanged.request);
        let mut judgement = judge_answer(exchanged, &asked, contract);
        for fault in judgement.all_faults() {
            self.report(fault.clone(), exchanged);
        }
        let known = lock(&self.known).clone();
        for judged in &mut judgement.bids {
            judged.record_faults =
                known.faults(judged, &asked, exchanged.exchange, now, self.change_grace);
            if judged.record_faults.is_empty() {
                continue;
            }
            let guilty = lock(&self.suspects).add(Suspect {
                judged: judged.clone(),
                asked: asked.clone(),
                exchange: exchanged.exchange.to_string(),
                now,
                since: Instant::now(),
                request: cut(&exchanged.request.to_string()),
                answer: cut(&String::from_utf8_lossy(exchanged.body)),
            });
            guilty.into_iter().for_each(|suspect| self.convict(suspect));
        }
        self.convict_older(self.change_grace);
        judgement
    }

    /// Keeps something wrong that was seen elsewhere than in an answer.
    pub fn report(&self, fault: Fault, exchanged: &Exchanged<'_>) {
        lock(&self.log).add(fault, || Evidence {
            exchange: exchanged.exchange.to_string(),
            request: cut(&exchanged.request.to_string()),
            answer: cut(&String::from_utf8_lossy(exchanged.body)),
        });
    }

    /// Takes every bid that the records still speak against for a violation, though the records might yet change. To be
    /// called at the end, before anything is reported.
    pub fn close(&self) {
        self.convict_older(Duration::ZERO);
    }

    fn convict_older(&self, than: Duration) {
        let guilty = lock(&self.suspects).take_older(than);
        guilty.into_iter().for_each(|suspect| self.convict(suspect));
    }

    fn convict(&self, suspect: Suspect) {
        let Suspect {
            judged,
            exchange,
            request,
            answer,
            ..
        } = suspect;
        let mut log = lock(&self.log);
        for fault in judged.record_faults {
            let evidence = || Evidence {
                exchange: exchange.clone(),
                request: request.clone(),
                answer: answer.clone(),
            };
            log.add(fault, evidence);
        }
    }

    /// How much is wrong, by kind.
    pub fn counts(&self) -> BTreeMap<FaultKind, u64> {
        self.convict_older(self.change_grace);
        lock(&self.log).counts.clone()
    }

    /// The first things that were wrong, each with its request and answer.
    pub fn violations(&self) -> Vec<Violation> {
        self.convict_older(self.change_grace);
        lock(&self.log).violations.clone()
    }
}

/// Checks an answer against the request and the contract alone.
pub fn judge_answer(
    exchanged: &Exchanged<'_>,
    asked: &Asked,
    contract: &Contract<'_>,
) -> Judgement {
    let mut judgement = Judgement::default();
    let mut fault = |kind, detail: String| judgement.faults.push(Fault::new(kind, detail));
    match exchanged.status {
        StatusCode::NO_CONTENT => {
            if !exchanged.body.is_empty() {
                fault(FaultKind::Status, "204 with a body".to_string());
            }
            return judgement;
        }
        StatusCode::OK => {}
        status => {
            fault(FaultKind::Status, status.to_string());
            return judgement;
        }
    }
    let header = |name: &str| {
        exchanged
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    for (name, wanted) in [
        (header::CONTENT_TYPE.as_str(), "application/json"),
        ("x-openrtb-version", "2.6"),
    ] {
        if !header(name).starts_with(wanted) {
            fault(FaultKind::Header, format!("{name} is \"{}\"", header(name)));
        }
    }
    let (bids, faults) = answer::read(exchanged.body, &asked.id);
    judgement.faults.extend(faults);
    let mut ids = BTreeSet::new();
    for bid in bids {
        let mut judged = judge::judge(bid, asked, contract);
        if !ids.insert(judged.bid.text("id").to_string()) {
            let id = judged.bid.text("id").to_string();
            judged.fault(FaultKind::DuplicateBid, id);
        }
        judgement.bids.push(judged);
    }
    judgement
}

/// A price in words.
fn show(price: Cpm, currency: Currency) -> String {
    format!("{} {currency}", price.to_decimal(currency))
}

fn cut(text: &str) -> String {
    let mut end = text.len().min(EVIDENCE_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_string()
}

/// A thread that panicked while it held one of these locks left nothing half done: each holds one change.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
