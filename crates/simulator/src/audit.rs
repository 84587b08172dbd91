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

pub(crate) use nouns::cost;

/// How many violations are kept whole; the others are only counted.
const VIOLATIONS_MAX: usize = 100;
/// How much of a request or an answer is kept with a violation.
const EVIDENCE_BYTES_MAX: usize = 16 * 1024;
/// How long after a change of the records bids by the older ones are still right. Real time: pauses and budgets are to be
/// live within one second, and the answer was under way.
const CHANGE_GRACE: Duration = Duration::from_millis(1_500);

/// Something wrong, with what is needed to see it again.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// What is wrong.
    #[serde(flatten)]
    pub fault: Fault,
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
        self.faults.iter().chain(self.bids.iter().flat_map(|bid| &bid.faults))
    }
}

/// Checks answers and keeps what is wrong.
#[derive(Debug, Default)]
pub struct Auditor {
    /// Read at each answer, written when the records change.
    known: Mutex<Known>,
    /// Written only when something is wrong.
    log: Mutex<Log>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    current: Option<Arc<Catalogue>>,
    before: Option<(Arc<Catalogue>, Instant)>,
}

#[derive(Debug, Default)]
struct Log {
    counts: BTreeMap<FaultKind, u64>,
    violations: Vec<Violation>,
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

impl Auditor {
    /// An auditor who knows no records yet: what only they can tell is not checked.
    pub fn new() -> Auditor {
        Auditor::default()
    }

    /// Tells the auditor what the records say from now on. What is added to them must be told before the bidder hears of
    /// it; for what is taken away or changed, bids by the older records are right for a moment more.
    pub fn set_inventory(&self, inventory: &Inventory) {
        let mut known = lock(&self.known);
        let fresh = Arc::new(Catalogue::of(inventory));
        known.before = known.current.replace(fresh).map(|old| (old, Instant::now()));
    }

    /// What the records say, as far as the auditor was told.
    pub fn catalogue(&self) -> Option<Arc<Catalogue>> {
        lock(&self.known).current.clone()
    }

    /// Checks an answer, and keeps what is wrong. `now` is the time of the trade.
    pub fn audit(&self, exchanged: &Exchanged<'_>, contract: &Contract<'_>, now: Timestamp) -> Judgement {
        let asked = Asked::read(exchanged.request);
        let mut judgement = judge_answer(exchanged, &asked, contract);
        let known = lock(&self.known).clone();
        for judged in &mut judgement.bids {
            let by = |catalogue: &Arc<Catalogue>| nouns::check(judged, &asked, exchanged.exchange, catalogue, now);
            let mut faults = known.current.as_ref().map(by).unwrap_or_default();
            if let (false, Some((before, changed))) = (faults.is_empty(), &known.before)
                && changed.elapsed() < CHANGE_GRACE
                && by(before).is_empty()
            {
                faults.clear();
            }
            judged.faults.extend(faults);
        }
        let faults: Vec<Fault> = judgement.all_faults().cloned().collect();
        for fault in faults {
            self.report(fault, exchanged);
        }
        judgement
    }

    /// Keeps something wrong that was seen elsewhere than in an answer.
    pub fn report(&self, fault: Fault, exchanged: &Exchanged<'_>) {
        let mut log = lock(&self.log);
        *log.counts.entry(fault.kind).or_default() += 1;
        if log.violations.len() < VIOLATIONS_MAX {
            log.violations.push(Violation {
                fault,
                exchange: exchanged.exchange.to_string(),
                request: cut(&exchanged.request.to_string()),
                answer: cut(&String::from_utf8_lossy(exchanged.body)),
            });
        }
    }

    /// How much is wrong, by kind.
    pub fn counts(&self) -> BTreeMap<FaultKind, u64> {
        lock(&self.log).counts.clone()
    }

    /// The first things that were wrong, each with its request and answer.
    pub fn violations(&self) -> Vec<Violation> {
        lock(&self.log).violations.clone()
    }
}

/// Checks an answer against the request and the contract alone.
pub fn judge_answer(exchanged: &Exchanged<'_>, asked: &Asked, contract: &Contract<'_>) -> Judgement {
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
    let header = |name: &str| exchanged.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for (name, wanted) in [(header::CONTENT_TYPE.as_str(), "application/json"), ("x-openrtb-version", "2.6")] {
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
