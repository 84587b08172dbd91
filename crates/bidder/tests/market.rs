//! Another market for the same ads: in force at once, whatever is on its way, and never an older one.
#![allow(clippy::unwrap_used, reason = "what a test builds on may panic")]

mod support;

use std::sync::Arc;

use auction::book::{Inventory, Update};
use auction::market::Market;
use campaign::ad::State;
use campaign::exchange::{Exchange, FloorPolicy};
use campaign::money::Cpm;
use support::*;

/// The market of this version with but one exchange, which is so.
fn market(version: u64, demo: Exchange) -> Update {
    Update::Market(Arc::new(Market::new(version, vec![demo])))
}

fn paused() -> Exchange {
    Exchange {
        state: State::Paused,
        ..exchange(1, "demo")
    }
}

async fn send(bidder: &Fixture, update: Update) {
    bidder.updates.send(update).await.unwrap();
}

/// Waits until a request is answered so.
async fn until(bidder: &Fixture, exchange: &str, status: u16) {
    while bidder.bid(exchange, REQUEST).await.status != status {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn another_market_needs_no_other_book() {
    let bidder = Setup::default().start().await;
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 200);
    send(&bidder, market(2, paused())).await;
    until(&bidder, "demo", 204).await;
    // The exchanges that it lacks are gone.
    assert_eq!(bidder.bid("pixel", REQUEST).await.status, 404);
    let dear = Exchange {
        floors: Some(FloorPolicy {
            margin_ppm: 0,
            least: [Cpm(2_000_001); 4],
        }),
        ..exchange(1, "demo")
    };
    // An older one would say that it is paused no more.
    send(&bidder, market(1, exchange(1, "demo"))).await;
    send(&bidder, market(3, exchange(1, "demo"))).await;
    until(&bidder, "demo", 200).await;
    send(&bidder, market(4, dear)).await;
    until(&bidder, "demo", 204).await;
}

/// Waits until the book of this version is in force.
async fn until_book(bidder: &Fixture, version: u64) {
    let line = format!("outbid_book_version {version}\n");
    loop {
        let metrics = String::from_utf8(bidder.get("/metrics").await.body).unwrap();
        if metrics.contains(&line) {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_book_that_comes_later_does_not_bring_an_older_market_back() {
    let bidder = Setup::default().start().await;
    send(&bidder, market(7, paused())).await;
    until(&bidder, "demo", 204).await;
    let later = |version: u64, market_version: u64| {
        book(Inventory {
            version,
            market_version,
            ..inventory()
        })
    };
    send(&bidder, later(2, 6)).await;
    until_book(&bidder, 2).await;
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 204);
    send(&bidder, later(3, 8)).await;
    until(&bidder, "demo", 200).await;
}
