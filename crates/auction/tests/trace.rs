//! Invariant: every decision is made again from its trace, bit for bit, and a trace holds nobody's data.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod support;

#[path = "trace/corpus.rs"]
mod corpus;
#[path = "trace/generated.rs"]
mod generated;
#[path = "trace/personal.rs"]
mod personal;
#[path = "trace/tampered.rs"]
mod tampered;

use auction::decide::{Desk, decide};
use auction::trace::{Recorder, Replayed, Trace, TraceError, replay};
use campaign::time::Timestamp;
use support::{Market, Refusals};

/// A recorded decision, and what comes of it when it is made again after `change`.
struct Again {
    trace: Trace,
    replayed: Result<Replayed, TraceError>,
}

/// Decides and records, changes the trace, and decides again: at another time, on a desk that stands elsewhere, and
/// without the state that was asked.
fn again(market: &mut Market, body: &str, change: impl FnOnce(&mut Trace)) -> Again {
    market.at_desk(body, |desk, reduced, world, arena| {
        let mut recorder = Recorder::new(world);
        let mut refusals = Refusals::default();
        let decided = decide(desk, reduced, &mut recorder, &mut refusals, arena);
        let mut trace = recorder.finish(desk, reduced, &decided).unwrap();
        change(&mut trace);
        let elsewhere = Desk {
            now: Timestamp(0),
            notice_base: "https://elsewhere.example",
            ..*desk
        };
        let replayed = replay(&trace, &elsewhere);
        Again { trace, replayed }
    })
}

/// Decides, records and decides again: the same, or the test fails. The trace is handed back.
#[track_caller]
fn same_again(market: &mut Market, body: &str) -> Trace {
    let Again { trace, replayed } = again(market, body, |_| {});
    let request = String::from_utf8_lossy(&trace.request);
    let replayed = replayed.unwrap_or_else(|error| panic!("{error}\n{body}\n{request}"));
    let text = |outcome: &Result<Vec<u8>, _>| match outcome {
        Ok(body) => String::from_utf8_lossy(body).into_owned(),
        Err(reason) => format!("{reason:?}"),
    };
    assert_eq!(
        text(&replayed.outcome),
        text(&trace.outcome),
        "{body}\n{request}"
    );
    assert!(replayed.agrees_with(&trace));
    trace
}
