//! Load against a bidder that answers, and one that does not.

use std::sync::Arc;
use std::time::Duration;

use campaign::time::{ManualClock, Timestamp};
use simulator::load::{Arrivals, LoadError, LoadPlan, load};

use crate::bidder::{Bidder, Manner};

fn plan(bidder: &Bidder) -> LoadPlan {
    LoadPlan {
        rate_per_second: 300.0,
        arrivals: Arrivals::Poisson { seed: 1 },
        warm_up: Duration::from_millis(100),
        duration: Duration::from_millis(500),
        connections: 4,
        limit: Duration::from_secs(30),
        ..LoadPlan::to(&format!("http://{}/bid/demo", bidder.address))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_that_was_due_is_in_the_report_and_the_warm_up_is_not() {
    let bidder = Bidder::start(Manner::Honest, Arc::new(ManualClock::new(Timestamp(0)))).await;
    let plan = plan(&bidder);
    let report = load(&plan).await.expect("it begins");
    let answers: u64 = report.by_status.values().sum();
    assert!((80..=230).contains(&report.requests), "{report:?}");
    assert_eq!(
        answers + report.timeouts + report.transport_errors + report.not_sent,
        report.requests,
        "{report:?}"
    );
    assert_eq!((report.timeouts, report.transport_errors), (0, 0));
    assert!(report.by_status[&200] > 0 && report.latency.p50_us > 0);
    let again = load(&plan).await.expect("it begins");
    assert_eq!(
        again.requests, report.requests,
        "arrivals follow from the seed"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_without_an_answer_counts_with_the_time_until_it_was_given_up() {
    let bidder = Bidder::start(
        Manner::NeverAnswers,
        Arc::new(ManualClock::new(Timestamp(0))),
    )
    .await;
    let plan = LoadPlan {
        limit: Duration::from_millis(50),
        ..plan(&bidder)
    };
    let report = load(&plan).await.expect("it begins");
    assert_eq!(
        report.timeouts + report.not_sent,
        report.requests,
        "{report:?}"
    );
    assert!(
        report.timeouts > 0 && report.latency.p50_us >= 50_000,
        "{report:?}"
    );
}

#[tokio::test]
async fn nothing_is_measured_where_nobody_listens() {
    let plan = LoadPlan::to("http://127.0.0.1:1/bid/demo");
    assert!(matches!(load(&plan).await, Err(LoadError::Connect { .. })));
}
