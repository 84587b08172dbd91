//! Money on the hot path: leases, swaps of the book, and what control is told.
#![allow(clippy::unwrap_used, reason = "what a test builds on may panic")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use auction::book::{AdTerms, Update};
use auction::reason::NoBidReason;
use campaign::ad::{Ad, Goal};
use campaign::id::AdId;
use campaign::money::{Cpm, Money};
use campaign::time::Span;
use support::*;

/// Why the ad of the fixture does not bid; `None` where it would.
fn why_not(bidder: &Fixture) -> Option<NoBidReason> {
    let explainer = bidder.bidder().explainer();
    explainer
        .explain("demo", REQUEST.as_bytes())
        .unwrap()
        .refused
}

#[tokio::test]
async fn without_a_lease_nothing_is_bid_and_the_reason_is_said() {
    let setup = Setup {
        generosity: Generosity {
            answers: false,
            ..Generosity::default()
        },
        ..Setup::default()
    };
    let bidder = setup.start().await;
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 204);
    assert_eq!(why_not(&bidder), Some(NoBidReason::AwaitingLease));
    // Money was asked for as soon as the book had come, and is asked for again.
    bidder
        .until(|f| !f.told.lock().unwrap().requests.is_empty())
        .await;
    bidder.generosity.lock().unwrap().answers = true;
    bidder.clock.advance(Span(TTL.0 / 2));
    while bidder.bid("demo", REQUEST).await.status != 200 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_stale_lease_is_not_spent_from_when_control_is_away() {
    let bidder = Setup::default().start().await;
    bidder.generosity.lock().unwrap().answers = false;
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 200);
    bidder.clock.advance(Span(TTL.0 * 98 / 100 - 1));
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 200);
    bidder.clock.advance(Span(1));
    for _ in 0..20 {
        assert_eq!(bidder.bid("demo", REQUEST).await.status, 204);
    }
    assert_eq!(why_not(&bidder), Some(NoBidReason::AwaitingLease));
    // It goes back with what it had used, and nothing was reserved after its end.
    bidder
        .until(|f| !f.told.lock().unwrap().returns.is_empty())
        .await;
    assert_eq!(
        bidder.told.lock().unwrap().returns[0].used,
        Money(4_000_000)
    );
}

#[tokio::test]
async fn who_is_cut_off_from_control_keeps_its_last_price_and_its_lease() {
    let mut bidder = Setup::default().start().await;
    // A click is worth 1,000 and comes four times in a thousand; the budget's money is worth 1.6 times itself.
    let click = |version, multiplier| {
        let mut terms = AdTerms {
            goal: Goal::Click(Money(1_000_000_000)),
            max_bid: Cpm(9_000_000),
            multiplier,
            ..AdTerms::of(&ad(AD), version)
        };
        terms.rates.click = 0.004;
        Update::Terms(vec![(AD, terms)])
    };
    let price = |reply: &Reply| {
        let reply: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        reply["seatbid"][0]["bid"][0]["price"].as_f64().unwrap()
    };
    bidder.updates.send(click(5, 1.6)).await.unwrap();
    let mut told = bidder.bid("demo", REQUEST).await;
    while price(&told) != 2.5 {
        tokio::time::sleep(Duration::from_millis(2)).await;
        told = bidder.bid("demo", REQUEST).await;
    }
    // Control is gone: its channel is closed, and no request for money is answered.
    bidder.generosity.lock().unwrap().answers = false;
    let (nobody, _) = tokio::sync::mpsc::channel(1);
    drop(std::mem::replace(&mut bidder.updates, nobody));
    bidder.clock.advance(Span(TTL.0 / 2));
    for _ in 0..20 {
        let reply = bidder.bid("demo", REQUEST).await;
        assert_eq!((reply.status, price(&reply)), (200, 2.5));
    }
    // And no longer than the lease lasts.
    bidder.clock.advance(Span(TTL.0 / 2));
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 204);
}

#[tokio::test]
async fn no_more_is_reserved_than_was_granted() {
    let setup = Setup {
        generosity: Generosity {
            amount: Money(5_500_000),
            ..Generosity::default()
        },
        ..Setup::default()
    };
    let bidder = setup.start().await;
    bidder.generosity.lock().unwrap().answers = false;
    let mut bids = 0;
    for _ in 0..10 {
        bids += usize::from(bidder.bid("demo", REQUEST).await.status == 200);
    }
    let grants = bidder.told.lock().unwrap().grants.len();
    assert_eq!(
        bids,
        2 * grants,
        "two bids of 2,000,000 from each grant of 5,500,000"
    );
    assert_eq!(why_not(&bidder), Some(NoBidReason::BudgetExhausted));
}

#[tokio::test]
async fn a_change_of_terms_takes_effect_without_a_book() {
    let bidder = Setup::default().start().await;
    let terms = |version, halted| {
        let terms = AdTerms {
            halted,
            ..AdTerms::of(&ad(AD), version)
        };
        Update::Terms(vec![(AD, terms), (AdId(999), terms)])
    };
    let paused = Some(NoBidReason::CampaignPaused);
    bidder.updates.send(terms(5, paused)).await.unwrap();
    bidder.until(|f| why_not(f) == paused).await;
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 204);
    bidder
        .until(|f| f.told.lock().unwrap().returns.len() == 1)
        .await;
    // What is older comes too late; so does a book that was made before.
    bidder.updates.send(terms(4, None)).await.unwrap();
    let mut inventory = inventory();
    inventory.version = 2;
    bidder.updates.send(book(inventory)).await.unwrap();
    let seen = |f: &Fixture, version: &str| {
        let explained = f.bidder().explainer().explain("marker", b"{}").is_ok();
        explained == (version == "there")
    };
    let mut marked = support::inventory();
    marked.exchanges.push(exchange(9, "marker"));
    bidder.updates.send(book(marked)).await.unwrap();
    bidder.until(|f| seen(f, "there")).await;
    assert_eq!(why_not(&bidder), paused);
    bidder.updates.send(terms(6, None)).await.unwrap();
    while bidder.bid("demo", REQUEST).await.status != 200 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_recalled_lease_goes_back_and_another_is_asked_for() {
    let bidder = Setup::default().start().await;
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 200);
    let (lease, grants) = {
        let told = bidder.told.lock().unwrap();
        (told.grants.last().unwrap().id, told.grants.len())
    };
    bidder.updates.send(Update::Recall(vec![AD])).await.unwrap();
    bidder
        .until(|f| !f.told.lock().unwrap().returns.is_empty())
        .await;
    let returned = bidder.told.lock().unwrap().returns[0];
    assert_eq!((returned.lease, returned.used), (lease, Money(2_000_000)));
    bidder
        .until(|f| f.told.lock().unwrap().grants.len() > grants)
        .await;
    while bidder.bid("demo", REQUEST).await.status != 200 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counters_and_leases_outlive_every_swap_of_the_book_under_load() {
    const CLIENTS: usize = 4;
    const REQUESTS: usize = 150;
    let mut bidder = Setup::default().start().await;
    let address = bidder.bidder().local_addr();
    let load = (0..CLIENTS).map(|_| {
        tokio::spawn(async move {
            let mut client = Client::to(address).await;
            let mut bids = 0u64;
            for _ in 0..REQUESTS {
                let reply = client
                    .send(post("demo", "", REQUEST.as_bytes()))
                    .await
                    .unwrap();
                bids += u64::from(reply.status == 200);
            }
            bids
        })
    });
    let load: Vec<_> = load.collect();
    let mut version = 1;
    while !load.iter().all(tokio::task::JoinHandle::is_finished) {
        version += 1;
        let mut inventory = inventory();
        inventory.version = version;
        // The ad's place in the book changes; others, which are below the floor, come and go.
        let others = (0..version % 5).map(|n| Ad {
            goal: Goal::FixedCpm(Cpm(100_000)),
            ..ad(AdId(100 + n))
        });
        inventory.ads.splice(0..0, others);
        bidder.updates.send(book(inventory)).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut bids = 0;
    for client in load {
        bids += client.await.unwrap();
    }
    // A bid that finds no money waits for none, so a few may be missing; none may be counted that was not made.
    assert!(bids > 0);
    let mut tallied = 0;
    while tallied < bids {
        let tallies = bidder.tallies.recv().await.unwrap();
        tallied += tallies.iter().map(|tally| tally.bids).sum::<u64>();
    }
    assert_eq!(tallied, bids);
    let told = Arc::clone(&bidder.told);
    let drained = bidder.bidder.take().unwrap().drain().await;
    assert!(drained.leases_returned);
    // Every lease that was spent from has gone back, and what they had used is what was bid.
    let used = |told: &Told| told.returns.iter().map(|r| r.used.0).sum::<i64>();
    while used(&told.lock().unwrap()) < 2_000_000 * bids as i64 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(used(&told.lock().unwrap()), 2_000_000 * bids as i64);
}

#[tokio::test]
async fn refusals_are_told_by_ad_and_reason() {
    let mut bidder = Setup::default().start().await;
    let dear = REQUEST.replace("\"bidfloor\":0.5", "\"bidfloor\":9");
    for _ in 0..3 {
        assert_eq!(bidder.bid("demo", &dear).await.status, 204);
    }
    let mut refused = 0;
    while refused < 3 {
        for tally in bidder.tallies.recv().await.unwrap() {
            assert_eq!((tally.ad, tally.bids), (AD, 0));
            assert!(
                tally
                    .refusals
                    .iter()
                    .all(|(reason, _)| *reason == NoBidReason::Floor)
            );
            refused += tally.refusals.iter().map(|(_, count)| count).sum::<u32>();
        }
    }
    assert_eq!(refused, 3);
    // And so are the requests, by exchange and one by one.
    let samples = bidder.bidder().explainer().samples();
    let (_, funnel) = samples.exchanges.first_key_value().unwrap();
    assert_eq!(
        (funnel.requests, funnel.refusals[&NoBidReason::Floor]),
        (3, 3)
    );
    let latest = &samples.latest[0];
    assert_eq!(latest.outcome, Err(NoBidReason::Floor));
    assert_eq!(latest.nearest_miss, Some((AD, NoBidReason::Floor)));
}

#[tokio::test]
async fn a_drain_ends_readiness_answers_what_comes_and_gives_everything_back() {
    let mut setup = Setup::default();
    setup.raw.drain_notice_ms = 300;
    let mut bidder = setup.start().await;
    let bid = bidder.bid("demo", REQUEST).await;
    let billing = bid.notice("burl", &[("AUCTION_PRICE", "1")]);
    let mut open = bidder.connect().await;
    let mut other = bidder.connect().await;
    let request = post("demo", "", REQUEST.as_bytes());
    assert_eq!(open.send(&request).await.unwrap().status, 200);
    let address = bidder.bidder().local_addr();
    let draining = tokio::spawn(bidder.bidder.take().unwrap().drain());
    // Readiness has ended, and bids are refused, while notices are still taken.
    while other.send(get("/readyz")).await.unwrap().status != 503 {}
    let reply = open.send(&request).await.unwrap();
    assert_eq!(
        (reply.status, reply.header("connection")),
        (204, Some("close"))
    );
    assert_eq!(other.send(get(&billing)).await.unwrap().status, 204);
    let drained = draining.await.unwrap();
    assert!(drained.leases_returned);
    assert_eq!(drained.connections_cut, 0);
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    // The way into the journal is closed, so its thread ends.
    let thread = bidder.journal_thread.take().unwrap();
    tokio::task::spawn_blocking(|| thread.join())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(bidder.journal().len(), 1);
    bidder
        .until(|f| f.told.lock().unwrap().returns.len() == 1)
        .await;
    assert_eq!(
        bidder.told.lock().unwrap().returns[0].used,
        Money(4_000_000)
    );
}
