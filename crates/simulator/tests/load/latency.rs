//! Latency counts from when a request was due.

use std::time::Duration;

use simulator::load::shape::Shape;
use simulator::load::{Counts, Pace, Plan};

use crate::counts::{at, plan, run};
use crate::server::{Manner, Server};

/// How many of a histogram's times are this long or longer.
fn as_long_as(histogram: &hdrhistogram::Histogram<u64>, bound: Duration) -> u64 {
    histogram.count_between(bound.as_nanos() as u64, u64::MAX)
}

/// The server stalls once, for 300 ms at its fifth request, and has one connection. Of the requests at 200/s those that
/// come due in the first 200 ms of the stall, 40 of them, can have no answer before another 100 ms, however fast or
/// slow the machine is. A harness that waited for the answer before it took the next moment would see one slow answer.
#[test]
fn a_stall_is_seen_in_all_requests_that_came_due_in_it() {
    let server = Server::start(Manner::StallsOnce {
        at: 5,
        stall: Duration::from_millis(300),
    });
    let plan = Plan {
        pace: at(Shape::Constant(200.0)),
        duration: Duration::from_millis(600),
        connections: 1,
        ..plan(&server)
    };
    let measured = run(&plan);
    let all = Counts {
        requests: 120,
        bids: 120,
        ..Counts::default()
    };
    assert_eq!(measured.counts, all);
    let slow = as_long_as(&measured.latency, Duration::from_millis(99));
    assert!(slow >= 40, "{slow} of 120 saw the stall");
    let waited = measured.queueing.len();
    assert!(waited >= 40, "{waited} of 120 waited for the connection");
}

/// The same stall in a closed loop is seen once: that is what it leaves out, and why it is not the default.
#[test]
fn a_closed_loop_does_not_see_what_would_have_come() {
    let server = Server::start(Manner::StallsOnce {
        at: 5,
        stall: Duration::from_millis(300),
    });
    let plan = Plan {
        pace: Pace::Closed,
        duration: Duration::from_millis(600),
        connections: 1,
        ..plan(&server)
    };
    let measured = run(&plan);
    assert!(as_long_as(&measured.latency, Duration::from_millis(299)) >= 1);
    assert_eq!(measured.queueing.len(), 0);
}
