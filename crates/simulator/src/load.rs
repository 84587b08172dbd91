//! Load at a rate: `outbid loadtest`.
//!
//! The loop is open: every request has a moment at which it is to be sent, whatever became of those before it, and its
//! latency counts from that moment. So an answer that keeps others waiting is seen in theirs too, and nothing is left
//! out because the bidder was slow (the "coordinated omission" of closed loops). How late the harness itself was is
//! reported beside it: where that is large, the figures are about this machine and not about the bidder.
//!
//! [`run`] does a [`Plan`] and gives back what it [`Measured`]: histograms and counts, from which a
//! [`report::LoadReport`] is made, the same that files hold and that [`threshold`]s judge.

pub mod plan;

pub mod shape;

pub mod target;

pub mod report;

pub mod threshold;

pub mod comparison;

pub mod search;

pub mod page;

mod answer;
mod arrivals;
mod bodies;
mod connection;
mod job;
mod poll;
mod tally;
mod worker;

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::replay::ReplayError;
use job::Job;
use tally::Tally;
use worker::Worker;

pub use arrivals::Arrivals;
pub use bodies::Bodies;
pub use plan::{Pace, Plan, Stop};
pub use poll::pin_thread;
pub use tally::{Counts, Outcome, Progress};

/// How many lines of progress may wait to be told.
const LINES_MAX: usize = 64;

/// Why nothing can be measured.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The target or the file cannot be used.
    #[error(transparent)]
    Input(#[from] ReplayError),
    /// There is nothing to send.
    #[error("there is no request to send in {0}")]
    NoBodies(String),
    /// Nothing tells when requests were recorded.
    #[error("no request in {0} has the time at which it was recorded: a number in ext.ts")]
    NoTimes(String),
    /// The plan contradicts itself.
    #[error("{0}")]
    Plan(String),
    /// A target does not take connections.
    #[error("{target}: {why}")]
    Connect {
        /// Which server.
        target: String,
        /// Why.
        why: String,
    },
    /// The system does not give what is needed.
    #[error("this machine cannot send load: {0}")]
    Machine(#[from] std::io::Error),
}

/// What was measured, the warm-up left out. Times are in nanoseconds.
#[derive(Clone, Debug)]
pub struct Measured {
    /// How long was measured.
    pub seconds: f64,
    /// It was stopped before its end.
    pub stopped: bool,
    /// What became of the requests that came due in the measured time.
    pub counts: Counts,
    /// Answers that came in the measured time, those to requests of the warm-up too.
    pub answered: u64,
    /// Answers by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// From when a request was due to the last byte of its answer. A request without an answer counts as long as it was
    /// waited for, but never less than the timeout: failures that come quickly do not make it look better.
    pub latency: Histogram<u64>,
    /// From when a request was sent to the last byte of its answer; only requests with an answer.
    pub service: Histogram<u64>,
    /// From when a request was due to when the harness took it up: its own lateness.
    pub lateness: Histogram<u64>,
    /// From when a request was due to when it was sent, for those that had to wait for a connection.
    pub queueing: Histogram<u64>,
    /// Bytes that were written and read.
    pub bytes_sent: u64,
    /// Bytes that were read.
    pub bytes_received: u64,
    /// Rows of the file that could not be sent.
    pub rows_left_out: u64,
    tally: Tally,
}

impl Measured {
    fn of(tally: Tally, job: &Job) -> Measured {
        let measured_ns = tally.window.to_ns.saturating_sub(tally.window.from_ns);
        Measured {
            seconds: measured_ns as f64 / 1e9,
            stopped: job.stop.asked() > 0,
            counts: tally.counts,
            answered: tally.answered,
            by_status: tally.by_status.clone(),
            latency: tally.latency.clone(),
            service: tally.service.clone(),
            lateness: tally.lateness.clone(),
            queueing: tally.queueing.clone(),
            bytes_sent: tally.bytes_sent,
            bytes_received: tally.bytes_received,
            rows_left_out: job.rows_left_out,
            tally,
        }
    }

    /// Requests a second that came due.
    pub fn offered_per_second(&self) -> f64 {
        self.counts.requests as f64 / self.seconds.max(1e-9)
    }

    /// Bids and no-bids a second that came in the measured time.
    pub fn achieved_per_second(&self) -> f64 {
        self.answered as f64 / self.seconds.max(1e-9)
    }
}

/// Sends load and measures, until the plan is done or somebody asks it to stop. It blocks this thread and uses others
/// of its own. `progress` is called as often as the plan says.
///
/// # Errors
/// [`LoadError`] where it cannot begin. Requests that fail are counted.
pub fn run(
    plan: &Plan,
    stop: &Stop,
    progress: &mut dyn FnMut(Duration, &Progress),
) -> Result<Measured, LoadError> {
    let job = Job::prepare(plan, stop)?;
    let (lines, told) = sync_channel(LINES_MAX);
    let (prepared, all_prepared) = sync_channel(plan.threads);
    let tallies = std::thread::scope(|scope| {
        let mut threads = Vec::new();
        let mut starts = Vec::new();
        for number in 0..plan.threads {
            let (job, lines, prepared) = (&job, lines.clone(), prepared.clone());
            let (start, started) = sync_channel(1);
            let work = move || {
                let worker = Worker::prepare(job, number, lines)?;
                // Nobody is there to be told only where another thread has failed.
                let _ = prepared.send(());
                // As long as one is left the others' failures are not noticed.
                drop(prepared);
                let start = started.recv().map_err(std::io::Error::other)?;
                worker.run(start)
            };
            let name = format!("load-{number}");
            let builder = std::thread::Builder::new().name(name);
            threads.push(builder.spawn_scoped(scope, work)?);
            starts.push(start);
        }
        drop((lines, prepared));
        // Time begins when all are ready; where one has failed there is none, and the others end.
        if (0..plan.threads).all(|_| all_prepared.recv().is_ok()) {
            let now = Instant::now();
            for start in starts {
                let _ = start.send(now);
            }
            tell(&told, plan, progress);
        } else {
            drop(starts);
        }
        let joined = threads.into_iter().map(|thread| match thread.join() {
            Ok(tally) => tally,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect::<std::io::Result<Vec<Tally>>>()
    })?;
    let mut whole = job.tally();
    let stopped_ns = tallies.iter().map(|tally| tally.window.to_ns).max();
    whole.window.to_ns = stopped_ns.unwrap_or(whole.window.to_ns);
    for tally in &tallies {
        whole.add(tally);
    }
    Ok(Measured::of(whole, &job))
}

/// Tells progress until all threads are done: one line when each thread has sent its part.
fn tell(told: &Receiver<Progress>, plan: &Plan, progress: &mut dyn FnMut(Duration, &Progress)) {
    let begun = Instant::now();
    let Some(every) = plan.every else {
        return;
    };
    let mut line = Progress::default();
    let mut parts = 0;
    loop {
        match told.recv_timeout(every) {
            Ok(part) => {
                line.add(&part);
                parts += 1;
                if parts == plan.threads {
                    progress(begun.elapsed(), &std::mem::take(&mut line));
                    parts = 0;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
