//! A market from its first request to the last nano.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::Arc;

use campaign::time::{ManualClock, Timestamp};
use simulator::audit::fault::FaultKind;
use simulator::exchange::NoticeFaults;
use simulator::market::{Market, MarketSettings, Target};
use simulator::report::MarketReport;
use simulator::world::WorldSettings;

use crate::bidder::{Bidder, Manner, inventory};

/// Notices fail much more often than in life, and users click much more.
fn settings(requests: u64) -> MarketSettings {
    MarketSettings {
        world: WorldSettings {
            click_scale: 12.0,
            ..WorldSettings::default()
        },
        requests_per_second: 4_000.0,
        requests_max: Some(requests),
        faults: NoticeFaults {
            lost: 0.02,
            duplicated: 0.2,
            late: 0.05,
            unshown: 0.05,
        },
        ..MarketSettings::default()
    }
}

struct Traded {
    market: Market,
    bidder: Bidder,
    report: MarketReport,
}

impl Traded {
    fn kinds(&self) -> BTreeSet<FaultKind> {
        self.report.violations_by_kind.keys().copied().collect()
    }

    fn discrepancies(&self) -> Vec<String> {
        self.market
            .reconcile(&self.bidder.statement())
            .into_iter()
            .map(|d| d.what)
            .collect()
    }
}

async fn trade(manner: Manner, requests: u64) -> Traded {
    let clock = Arc::new(ManualClock::new(Timestamp(1_795_000_000_000)));
    let bidder = Bidder::start(manner, clock.clone()).await;
    let mut settings = settings(requests);
    for marketplace in &mut settings.world.marketplaces {
        // Tests share their processors with others: an answer of this bidder may take long, and is not late.
        if manner != Manner::Late {
            marketplace.tmax = std::time::Duration::from_secs(60);
        }
    }
    let market = Market::new(7, settings);
    market.auditor().set_inventory(&inventory());
    let report = market
        .run(&Target::local(&bidder.address), clock, pending())
        .await;
    Traded {
        market,
        bidder,
        report,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_an_honest_bidder_nothing_is_wrong_and_every_nano_is_in_its_place() {
    let traded = trade(Manner::Honest, 1_000).await;
    let report = &traded.report;
    assert!(
        report.violations.is_empty(),
        "{:#?}",
        report.violations.first()
    );
    assert_eq!(traded.discrepancies(), Vec::<String>::new());
    assert_eq!(
        (report.requests, report.late_responses, report.notices_left),
        (1_000, 0, 0)
    );
    assert!(
        report.bids > 300 && report.wins > 100,
        "{} {}",
        report.bids,
        report.wins
    );
    assert!(
        report.billed > 80 && report.billed < report.wins,
        "{} of {}",
        report.billed,
        report.wins
    );
    assert!(
        report.clicks > 0 && report.conversions > 0,
        "{} {}",
        report.clicks,
        report.conversions
    );
    // A thousand requests and more notices than that went over connections that were kept.
    let settings = MarketSettings::default();
    let most = settings.connections + settings.notice_connections;
    assert!(
        traded.bidder.connections() <= most,
        "{}",
        traded.bidder.connections()
    );
    let campaign = report.campaigns[&5];
    assert_eq!(
        (campaign.spend_nanos, campaign.billed),
        (report.spend_nanos, report.billed)
    );
    let summary = report.summary(&traded.bidder.statement());
    for field in [
        "requests",
        "bids",
        "wins",
        "billed",
        "clicks",
        "conversions",
        "spend_nanos",
        "late_responses",
        "p50_us",
    ] {
        assert!(summary[field].is_u64(), "{field} in {summary}");
    }
    assert_eq!(
        (&summary["overspend_nanos"], &summary["house_loss_nanos"]),
        (&0.into(), &0.into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_is_forgotten_counted_twice_or_added_is_found() {
    for manner in [Manner::Forgets, Manner::CountsTwice, Manner::ChargesMore] {
        let traded = trade(manner, 400).await;
        assert_eq!(traded.kinds(), BTreeSet::new(), "{manner:?}");
        let found = traded.discrepancies();
        assert!(
            found.iter().any(|what| what.ends_with("spend_nanos")),
            "{manner:?}: {found:?}"
        );
        assert!(
            found.contains(&"campaign 5 spend_nanos".to_string()),
            "{manner:?}: {found:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_is_sent_again_until_it_is_acknowledged() {
    let traded = trade(Manner::Flaky, 300).await;
    assert_eq!(traded.discrepancies(), Vec::<String>::new());
    assert!(traded.report.billed > 0);
    assert_eq!(traded.report.notices_given_up, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dishonest_bidder_does_is_seen_and_never_wins() {
    for (manner, kind) in [
        (Manner::Garbled, FaultKind::Json),
        (Manner::BelowFloor, FaultKind::BelowFloor),
    ] {
        let traded = trade(manner, 150).await;
        assert!(
            traded.kinds().contains(&kind),
            "{manner:?}: {:?}",
            traded.kinds()
        );
        assert_eq!(traded.report.wins, 0, "{manner:?}");
    }
    for (manner, kind) in [
        (Manner::LeadsElsewhere, FaultKind::Click),
        (Manner::Tracks, FaultKind::Click),
        (Manner::Disowns, FaultKind::Notice),
    ] {
        let traded = trade(manner, 400).await;
        assert_eq!(traded.kinds(), BTreeSet::from([kind]), "{manner:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_after_tmax_is_no_bid_and_is_counted() {
    let traded = trade(Manner::Late, 40).await;
    let report = &traded.report;
    assert_eq!(
        (report.requests, report.late_responses, report.bids),
        (40, 40, 0)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_go_out_by_the_trades_clock() {
    let clock = Arc::new(ManualClock::new(Timestamp(1_795_000_000_000)));
    let bidder = Bidder::start(Manner::Honest, clock.clone()).await;
    let market = Market::new(7, settings(200));
    market.auditor().set_inventory(&inventory());
    let session = market.open(&Target::local(&bidder.address), clock);
    session.trade(pending()).await;
    // The clock stands still, so nothing is due.
    session.drain_requests().await;
    assert_eq!(market.counters().notices_sent.get(), 0);
    assert!(market.counters().bids.get() > 0);
    // When the market closes, everything is.
    assert_eq!(session.drain(std::time::Duration::from_secs(60)).await, 0);
    assert!(market.counters().notices_sent.get() > 0);
}
