//! What is counted while load runs: one tally a thread, added up at the end.

use std::collections::BTreeMap;

use hdrhistogram::{Counter, Histogram};
use serde::{Deserialize, Serialize};

/// The longest time that histograms tell apart, in nanoseconds: a thousand seconds.
const HISTOGRAM_MAX_NS: u64 = 1_000_000_000_000;

/// What became of a request. Each has exactly one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Status 200 with a bid.
    Bid,
    /// Status 204, or 200 without a bid.
    NoBid,
    /// Any other status.
    HttpError,
    /// No answer in time. Its connection is closed, since the answer may still come on it.
    Timeout,
    /// The connection broke or was closed before the answer was whole.
    Broken,
    /// No connection could be opened.
    Refused,
    /// What came is no HTTP, or longer than 4 MiB.
    Unreadable,
    /// It was never sent: no connection became free within half of the timeout, or too many waited for one.
    NotSent,
    /// Its answer was not waited for, since the run was broken off.
    Abandoned,
}

/// How many requests had each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Requests that came due. The others add up to it.
    pub requests: u64,
    /// See [`Outcome::Bid`].
    pub bids: u64,
    /// See [`Outcome::NoBid`].
    pub no_bids: u64,
    /// See [`Outcome::HttpError`].
    pub http_errors: u64,
    /// See [`Outcome::Timeout`].
    pub timeouts: u64,
    /// See [`Outcome::Broken`].
    pub broken: u64,
    /// See [`Outcome::Refused`].
    pub refused: u64,
    /// See [`Outcome::Unreadable`].
    pub unreadable: u64,
    /// See [`Outcome::NotSent`].
    pub not_sent: u64,
    /// See [`Outcome::Abandoned`].
    pub abandoned: u64,
}

impl Counts {
    /// Bids and no-bids: what an exchange can use.
    pub fn answers(&self) -> u64 {
        self.bids + self.no_bids
    }

    /// All others.
    pub fn errors(&self) -> u64 {
        self.requests.saturating_sub(self.answers())
    }

    /// The errors by their names in reports.
    pub fn errors_by_kind(&self) -> [(&'static str, u64); 7] {
        [
            ("http errors", self.http_errors),
            ("timeouts", self.timeouts),
            ("broken", self.broken),
            ("refused", self.refused),
            ("unreadable", self.unreadable),
            ("not sent", self.not_sent),
            ("abandoned", self.abandoned),
        ]
    }

    fn count(&mut self, outcome: Outcome) {
        self.requests += 1;
        *match outcome {
            Outcome::Bid => &mut self.bids,
            Outcome::NoBid => &mut self.no_bids,
            Outcome::HttpError => &mut self.http_errors,
            Outcome::Timeout => &mut self.timeouts,
            Outcome::Broken => &mut self.broken,
            Outcome::Refused => &mut self.refused,
            Outcome::Unreadable => &mut self.unreadable,
            Outcome::NotSent => &mut self.not_sent,
            Outcome::Abandoned => &mut self.abandoned,
        } += 1;
    }

    pub(super) fn add(&mut self, other: &Counts) {
        self.requests += other.requests;
        self.bids += other.bids;
        self.no_bids += other.no_bids;
        self.http_errors += other.http_errors;
        self.timeouts += other.timeouts;
        self.broken += other.broken;
        self.refused += other.refused;
        self.unreadable += other.unreadable;
        self.not_sent += other.not_sent;
        self.abandoned += other.abandoned;
    }
}

/// The time that is measured, in nanoseconds since the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Where the warm-up ends.
    pub(super) from_ns: u64,
    /// Where the last request may come due; it comes earlier where the run is stopped.
    pub(super) to_ns: u64,
    /// How long a part of the timeline is.
    pub(super) part_ns: u64,
}

impl Window {
    /// The part of the timeline that a moment belongs to; none where it is not measured.
    fn part(&self, at_ns: u64) -> Option<usize> {
        let into = at_ns.checked_sub(self.from_ns)?;
        (at_ns < self.to_ns).then(|| (into / self.part_ns) as usize)
    }
}

/// A part of the timeline.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Requests that came due in it, by what became of them in the end.
    pub(super) due: Counts,
    /// Answers that came in it.
    pub(super) answered: u64,
    pub(super) latency: Histogram<u32>,
}

/// One target's share.
#[derive(Clone, Debug)]
pub(super) struct TargetTally {
    pub(super) counts: Counts,
    pub(super) latency: Histogram<u64>,
}

/// What happened between two lines of progress.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Requests that had their outcome, warm-up and all.
    pub counts: Counts,
    /// How long they took, in nanoseconds, to two digits.
    pub latency: Histogram<u32>,
}

impl Default for Progress {
    fn default() -> Progress {
        Progress {
            counts: Counts::default(),
            latency: histogram(2),
        }
    }
}

impl Progress {
    pub(super) fn add(&mut self, other: &Progress) {
        self.counts.add(&other.counts);
        merge(&mut self.latency, &other.latency);
    }
}

/// An outcome with its times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    pub(super) target: usize,
    pub(super) outcome: Outcome,
    pub(super) status: Option<u16>,
    pub(super) due_ns: u64,
    pub(super) sent_ns: Option<u64>,
    pub(super) done_ns: u64,
}

/// Everything that is counted.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub(super) window: Window,
    /// A request without an answer counts as this long at least, so that quick failures never make a tail look better.
    timeout_ns: u64,
    pub(super) counts: Counts,
    pub(super) by_status: BTreeMap<u16, u64>,
    /// From when a request was due to the end of its answer.
    pub(super) latency: Histogram<u64>,
    /// From when a request was sent to the end of its answer.
    pub(super) service: Histogram<u64>,
    /// From when a request was due to when the harness took it up.
    pub(super) lateness: Histogram<u64>,
    /// From when a request was due to when it was sent, where no connection was free at first.
    pub(super) queueing: Histogram<u64>,
    pub(super) targets: Vec<TargetTally>,
    pub(super) parts: Vec<Part>,
    /// Answers that came within the measured time, those to requests of the warm-up too: what the target can do.
    pub(super) answered: u64,
    pub(super) bytes_sent: u64,
    pub(super) bytes_received: u64,
    pub(super) connections_opened: u64,
    pub(super) connections_broken: u64,
    pub(super) connects_failed: u64,
    pub(super) progress: Progress,
}

impl Tally {
    pub(super) fn new(window: Window, timeout_ns: u64, targets: usize) -> Tally {
        let target = TargetTally {
            counts: Counts::default(),
            latency: histogram(3),
        };
        Tally {
            window,
            timeout_ns,
            counts: Counts::default(),
            by_status: BTreeMap::new(),
            latency: histogram(3),
            service: histogram(3),
            lateness: histogram(3),
            queueing: histogram(3),
            targets: vec![target; targets],
            parts: Vec::new(),
            answered: 0,
            bytes_sent: 0,
            bytes_received: 0,
            connections_opened: 0,
            connections_broken: 0,
            connects_failed: 0,
            progress: Progress::default(),
        }
    }

    /// A request was taken up.
    pub(super) fn taken_up(&mut self, due_ns: u64, now_ns: u64) {
        if self.window.part(due_ns).is_some() {
            record(&mut self.lateness, now_ns.saturating_sub(due_ns));
        }
    }

    /// A request was sent after it had waited for a connection.
    pub(super) fn sent_from_queue(&mut self, due_ns: u64, now_ns: u64) {
        if self.window.part(due_ns).is_some() {
            record(&mut self.queueing, now_ns.saturating_sub(due_ns));
        }
    }

    /// A request has its outcome.
    pub(super) fn done(&mut self, done: Done) {
        let answered = matches!(done.outcome, Outcome::Bid | Outcome::NoBid);
        let mut latency_ns = done.done_ns.saturating_sub(done.due_ns);
        if done.status.is_none() {
            latency_ns = latency_ns.max(self.timeout_ns);
        }
        self.progress.counts.count(done.outcome);
        record(&mut self.progress.latency, latency_ns);
        if answered && let Some(part) = self.window.part(done.done_ns) {
            self.answered += 1;
            self.part(part).answered += 1;
        }
        let Some(part) = self.window.part(done.due_ns) else {
            return;
        };
        self.counts.count(done.outcome);
        record(&mut self.latency, latency_ns);
        let target = &mut self.targets[done.target];
        target.counts.count(done.outcome);
        record(&mut target.latency, latency_ns);
        let part = self.part(part);
        part.due.count(done.outcome);
        record(&mut part.latency, latency_ns);
        if let Some(status) = done.status {
            *self.by_status.entry(status).or_default() += 1;
            if let Some(sent_ns) = done.sent_ns {
                record(&mut self.service, done.done_ns.saturating_sub(sent_ns));
            }
        }
    }

    /// A number that counts while the measured time lasts.
    pub(super) fn is_measured(&self, now_ns: u64) -> bool {
        self.window.part(now_ns).is_some()
    }

    fn part(&mut self, part: usize) -> &mut Part {
        while self.parts.len() <= part {
            self.parts.push(Part {
                due: Counts::default(),
                answered: 0,
                latency: histogram(2),
            });
        }
        &mut self.parts[part]
    }

    /// Adds what another thread has counted in the same window.
    pub(super) fn add(&mut self, other: &Tally) {
        self.counts.add(&other.counts);
        for (status, count) in &other.by_status {
            *self.by_status.entry(*status).or_default() += count;
        }
        merge(&mut self.latency, &other.latency);
        merge(&mut self.service, &other.service);
        merge(&mut self.lateness, &other.lateness);
        merge(&mut self.queueing, &other.queueing);
        for (target, other) in self.targets.iter_mut().zip(&other.targets) {
            target.counts.add(&other.counts);
            merge(&mut target.latency, &other.latency);
        }
        for (number, other) in other.parts.iter().enumerate() {
            let part = self.part(number);
            part.due.add(&other.due);
            part.answered += other.answered;
            merge(&mut part.latency, &other.latency);
        }
        self.answered += other.answered;
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
        self.connections_opened += other.connections_opened;
        self.connections_broken += other.connections_broken;
        self.connects_failed += other.connects_failed;
    }
}

/// Of nanoseconds, to so many digits.
fn histogram<C: Counter>(digits: u8) -> Histogram<C> {
    Histogram::new_with_bounds(1, HISTOGRAM_MAX_NS, digits)
        .expect("the bounds are constants that are in order")
}

/// Records a time; one beyond the histogram's end counts as its end.
fn record<C: Counter>(histogram: &mut Histogram<C>, nanoseconds: u64) {
    histogram.saturating_record(nanoseconds.max(1));
}

fn merge<C: Counter>(into: &mut Histogram<C>, from: &Histogram<C>) {
    into.add(from)
        .expect("histograms of one digit count and the same constant bounds");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally() -> Tally {
        let window = Window {
            from_ns: 100,
            to_ns: 200,
            part_ns: 50,
        };
        Tally::new(window, 1_000, 1)
    }

    fn done(outcome: Outcome, due_ns: u64, done_ns: u64) -> Done {
        Done {
            target: 0,
            outcome,
            status: matches!(outcome, Outcome::Bid | Outcome::NoBid | Outcome::HttpError)
                .then_some(200),
            due_ns,
            sent_ns: Some(due_ns + 1),
            done_ns,
        }
    }

    #[test]
    fn a_request_belongs_to_when_it_was_due_and_an_answer_to_when_it_came() {
        let mut tally = tally();
        tally.done(done(Outcome::Bid, 99, 100));
        tally.done(done(Outcome::Bid, 100, 160));
        tally.done(done(Outcome::NoBid, 199, 200));
        tally.done(done(Outcome::Bid, 200, 201));
        assert_eq!((tally.counts.requests, tally.answered), (2, 2));
        let parts: Vec<_> = tally
            .parts
            .iter()
            .map(|part| (part.due.requests, part.answered))
            .collect();
        assert_eq!(parts, [(1, 1), (1, 1)]);
    }

    #[test]
    fn a_request_without_an_answer_takes_as_long_as_it_might_have_been_waited_for() {
        let check = |outcome: Outcome, expect: u64| {
            let mut tally = tally();
            tally.done(done(outcome, 100, 110));
            assert_eq!(tally.latency.max(), expect, "{outcome:?}");
            assert_eq!(
                tally.counts.errors(),
                u64::from(expect != 10 || outcome == Outcome::HttpError)
            );
        };
        check(Outcome::Bid, 10);
        check(Outcome::NoBid, 10);
        check(Outcome::HttpError, 10);
        check(Outcome::Broken, 1_000);
        check(Outcome::Refused, 1_000);
        check(Outcome::NotSent, 1_000);
    }

    #[test]
    fn tallies_of_threads_add_up() {
        let (mut one, mut two) = (tally(), tally());
        one.done(done(Outcome::Bid, 100, 110));
        two.done(done(Outcome::Timeout, 160, 1_170));
        two.taken_up(160, 163);
        two.taken_up(99, 163);
        one.add(&two);
        assert_eq!(one.counts.requests, 2);
        assert_eq!((one.counts.bids, one.counts.timeouts), (1, 1));
        assert_eq!((one.latency.len(), one.latency.max()), (2, 1_010));
        assert_eq!((one.lateness.len(), one.lateness.max()), (1, 3));
        assert_eq!(one.service.len(), 1);
        let due: Vec<u64> = one.parts.iter().map(|part| part.due.requests).collect();
        assert_eq!(due, [1, 1]);
        let of_kinds: u64 = one.counts.errors_by_kind().iter().map(|(_, n)| n).sum();
        assert_eq!(of_kinds, one.counts.errors());
    }
}
