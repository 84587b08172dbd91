//! Load at a rate: `outbid loadtest`.
//!
//! The loop is open: every request has a moment at which it is to be sent, whatever became of those before it, and its
//! latency counts from that moment. So an answer that keeps others waiting is seen in theirs too, and nothing is left
//! out because the bidder was slow (the "coordinated omission" of closed loops). How late the harness itself was is
//! reported beside it: where that is large, the figures are about this machine and not about the bidder.

mod pace;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hdrhistogram::Histogram;
use http_body_util::Full;
use hyper::{Request, header};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::audit::lock;
use crate::audit::reading;
use crate::client::{Client, SendError, split_url};
use crate::replay::{ReplayError, rows};
use crate::report::{Latency, latency_histogram, record};
use crate::world::{World, WorldSettings};

pub use pace::Arrivals;

/// How many bodies are made in advance; they are sent round and round.
const BODIES_MAX: usize = 4_096;

/// What is to be sent, where, how often and for how long.
#[derive(Clone, Debug)]
pub struct LoadPlan {
    /// The bid endpoint: `http://127.0.0.1:8080/bid/demo`.
    pub to: String,
    /// Requests a second.
    pub rate_per_second: f64,
    /// How they are spread over the second.
    pub arrivals: Arrivals,
    /// How long load lasts before anything is measured.
    pub warm_up: Duration,
    /// How long is measured.
    pub duration: Duration,
    /// Keep-alive connections, one request at a time on each.
    pub connections: usize,
    /// How long an answer may take, from when it was to be sent.
    pub limit: Duration,
    /// What is sent.
    pub bodies: Bodies,
}

/// What is sent.
#[derive(Clone, Debug)]
pub enum Bodies {
    /// Requests of the world of a seed.
    World {
        /// The seed.
        seed: u64,
    },
    /// The OpenRTB requests of a file: the kinds of rows that [`crate::replay`] reads, but for whole HTTP requests.
    File(PathBuf),
}

impl LoadPlan {
    /// A thousand requests a second for ten seconds after two, on sixteen connections.
    pub fn to(url: &str) -> LoadPlan {
        LoadPlan {
            to: url.to_string(),
            rate_per_second: 1_000.0,
            arrivals: Arrivals::Constant,
            warm_up: Duration::from_secs(2),
            duration: Duration::from_secs(10),
            connections: 16,
            limit: Duration::from_secs(1),
            bodies: Bodies::World { seed: 1 },
        }
    }
}

/// What was measured, the warm-up left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LoadReport {
    /// The rate that was to be offered.
    pub offered_per_second: f64,
    /// Answers a second that did come.
    pub achieved_per_second: f64,
    /// Requests that were to be sent.
    pub requests: u64,
    /// Answers by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// Requests without an answer within the limit.
    pub timeouts: u64,
    /// Requests that failed on the wire.
    pub transport_errors: u64,
    /// Requests that were never sent, since too many before them were waiting for a connection.
    pub not_sent: u64,
    /// From the moment when a request was to be sent to the last byte of its answer. One without an answer counts with
    /// the time until it was given up.
    pub latency: Latency,
    /// From the moment when a request was to be sent to when the harness handed it to a connection: waiting for a free
    /// connection is not in it.
    pub own_lateness: Latency,
}

/// Why nothing can be measured.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The target or the file cannot be used.
    #[error(transparent)]
    Input(#[from] ReplayError),
    /// There is nothing to send.
    #[error("there is no request to send in {0}")]
    NoBodies(String),
    /// The target does not take connections.
    #[error("{target}: {why}")]
    Connect {
        /// Which target.
        target: String,
        /// Why.
        why: String,
    },
    /// No thread could be started.
    #[error("the thread that keeps the pace cannot be started: {0}")]
    Thread(std::io::Error),
}

/// One request to be sent.
#[derive(Clone, Copy, Debug)]
struct Turn {
    number: u64,
    due: Instant,
    measured: bool,
}

/// Sends load and measures.
///
/// # Errors
/// [`LoadError`] where it cannot begin. Requests that fail are in the report.
pub async fn load(plan: &LoadPlan) -> Result<LoadReport, LoadError> {
    let (authority, path) =
        split_url(&plan.to).ok_or_else(|| ReplayError::Target(plan.to.clone()))?;
    let requests = Arc::new(requests(&plan.bodies, authority, path)?);
    let client = Client::new(authority, plan.connections);
    let connect = |error: SendError| LoadError::Connect {
        target: plan.to.clone(),
        why: error.to_string(),
    };
    client
        .warm(plan.connections.max(1))
        .await
        .map_err(connect)?;
    let tally = Arc::new(Mutex::new(Tally::default()));
    // Room for what comes due while all connections wait; what comes due beyond that is counted as not sent.
    let room = (plan.rate_per_second * plan.limit.as_secs_f64())
        .ceil()
        .clamp(1.0, 1e6) as usize
        + plan.connections;
    let (turns, queue) = mpsc::channel(room);
    let pace = pace::start(plan, turns, tally.clone()).map_err(LoadError::Thread)?;
    // One queue for all, so that whichever connection is free takes the next: held only until a turn comes out of it.
    let queue = Arc::new(tokio::sync::Mutex::new(queue));
    let mut connections = JoinSet::new();
    for _ in 0..plan.connections.max(1) {
        let (client, requests, queue, tally) = (
            client.clone(),
            requests.clone(),
            queue.clone(),
            tally.clone(),
        );
        let limit = plan.limit;
        connections.spawn(async move {
            loop {
                let turn = queue.lock().await.recv().await;
                let Some(turn) = turn else {
                    return;
                };
                send(&client, &requests, turn, limit, &tally).await;
            }
        });
    }
    while connections.join_next().await.is_some() {}
    drop(pace);
    let tally = std::mem::take(&mut *lock(&tally));
    Ok(tally.finish(plan))
}

async fn send(
    client: &Client,
    requests: &[Request<Full<Bytes>>],
    turn: Turn,
    limit: Duration,
    tally: &Mutex<Tally>,
) {
    let request = &requests[turn.number as usize % requests.len()];
    let answer = client.send(request, turn.due + limit).await;
    let took = turn.due.elapsed();
    if !turn.measured {
        return;
    }
    let mut tally = lock(tally);
    record(&mut tally.latency, took);
    match answer {
        Ok(reply) => {
            *tally
                .report
                .by_status
                .entry(reply.status.as_u16())
                .or_default() += 1
        }
        Err(SendError::Late) => tally.report.timeouts += 1,
        Err(SendError::Transport(_) | SendError::Unreadable(_)) => {
            tally.report.transport_errors += 1
        }
    }
}

fn requests(
    bodies: &Bodies,
    authority: &str,
    path: &str,
) -> Result<Vec<Request<Full<Bytes>>>, LoadError> {
    let texts: Vec<Bytes> = match bodies {
        Bodies::World { seed } => {
            let world = World::new(*seed, WorldSettings::default());
            (0..BODIES_MAX as u64)
                .map(|number| world.body(&world.ask(number)))
                .collect()
        }
        Bodies::File(file) => {
            let mut texts = Vec::new();
            for row in rows(file)?.take(BODIES_MAX) {
                texts.extend(body_of(&row?));
            }
            texts
        }
    };
    let request = |body| {
        Request::post(path)
            .header(header::HOST, authority)
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-openrtb-version", "2.6")
            .body(Full::new(body))
            .map_err(|_| LoadError::Input(ReplayError::Target(format!("{authority}{path}"))))
    };
    let requests = texts
        .into_iter()
        .map(request)
        .collect::<Result<Vec<_>, _>>()?;
    if requests.is_empty() {
        return Err(LoadError::NoBodies(format!("{bodies:?}")));
    }
    Ok(requests)
}

/// The OpenRTB request of a row; none where the row is no JSON or a whole HTTP request.
fn body_of(row: &str) -> Option<Bytes> {
    let json: serde_json::Value = serde_json::from_str(row).ok()?;
    if json.get("line").is_some() {
        return None;
    }
    match reading::text(&json["request"]) {
        Some(text) => Some(Bytes::from(text)),
        None => json
            .is_object()
            .then(|| Bytes::from(row.trim().to_string())),
    }
}

/// What is measured while it happens.
struct Tally {
    report: LoadReport,
    latency: Histogram<u64>,
    own_lateness: Histogram<u64>,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            report: LoadReport::default(),
            latency: latency_histogram(),
            own_lateness: latency_histogram(),
        }
    }
}

impl Tally {
    fn finish(mut self, plan: &LoadPlan) -> LoadReport {
        let answers: u64 = self.report.by_status.values().sum();
        self.report.offered_per_second = plan.rate_per_second;
        self.report.achieved_per_second =
            answers as f64 / plan.duration.as_secs_f64().max(f64::EPSILON);
        self.report.latency = Latency::of(&self.latency);
        self.report.own_lateness = Latency::of(&self.own_lateness);
        self.report
    }
}
