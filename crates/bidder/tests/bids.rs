//! Bid requests over a real socket.
#![allow(clippy::unwrap_used, reason = "what a test builds on may panic")]

mod support;

use std::io::{Read, Write};

use auction::reason::NoBidReason;
use campaign::experiment::{Arm, Experiment};
use campaign::id::{CampaignId, ExperimentId};
use campaign::money::Money;
use campaign::time::{Flight, Span};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use journal::entry::{Entry, Event};
use support::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn with(change: impl Fn(&mut serde_json::Value)) -> String {
    let mut request = serde_json::from_str(REQUEST).unwrap();
    change(&mut request);
    request.to_string()
}

#[tokio::test]
async fn a_request_is_answered_with_a_priced_and_signed_bid() {
    let bidder = Setup::default().start().await;
    let reply = bidder.bid("demo", REQUEST).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("x-openrtb-version"), Some("2.6"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let length = reply.body.len().to_string();
    assert_eq!(reply.header("content-length"), Some(length.as_str()));
    let (answer, bid) = (reply.json(), reply.bid());
    assert_eq!(answer["id"], "r1");
    assert_eq!(bid["impid"], "1");
    assert_eq!(bid["price"].to_string(), "2");
    assert_eq!(bid["adid"], "31");
    for field in ["nurl", "burl", "lurl"] {
        let url = bid[field].as_str().unwrap();
        assert!(url.starts_with("http://bid.example/n/"), "{field}: {url}");
    }
}

#[tokio::test]
async fn each_path_takes_its_methods_and_no_others() {
    let bidder = Setup::default().start().await;
    let check = async |line: &str, status: u16, allow: Option<&str>| {
        let request = format!("{line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        let reply = bidder.send(request).await;
        assert_eq!(
            (reply.status, reply.header("allow")),
            (status, allow),
            "{line}"
        );
        assert!(reply.body.is_empty() || status == 200, "{line}: {reply:?}");
    };
    check("GET /bid/demo", 405, Some("POST")).await;
    check("PUT /bid/demo", 405, Some("POST")).await;
    check("POST /bid/nobody", 404, None).await;
    check("POST /bid/", 404, None).await;
    check("POST /bid/demo", 400, None).await;
    check("DELETE /n/win/x", 405, Some("GET, POST")).await;
    check("GET /n/win/x", 403, None).await;
    check("GET /n/wins/x", 404, None).await;
    check("GET /n/win", 404, None).await;
    check("PUT /conversion/11", 405, Some("GET, POST")).await;
    check("POST /healthz", 405, Some("GET, HEAD")).await;
    check("HEAD /healthz", 200, None).await;
    check("GET /readyz", 200, None).await;
    check("GET /metrics", 200, None).await;
    check("GET /", 404, None).await;
}

#[tokio::test]
async fn a_body_is_json_whatever_its_type_is_called_unless_it_is_protobuf() {
    let bidder = Setup::default().start().await;
    let check = async |headers: &str, status: u16| {
        let reply = bidder.send(post("demo", headers, REQUEST.as_bytes())).await;
        assert_eq!(reply.status, status, "{headers}");
    };
    check("", 200).await;
    check("Content-Type: application/json\r\n", 200).await;
    check("Content-Type: application/json;charset=utf-8\r\n", 200).await;
    check("Content-Type: text/plain\r\n", 200).await;
    check("Content-Type: application/x-www-form-urlencoded\r\n", 200).await;
    check("Content-Type: application/octet-stream\r\n", 200).await;
    check("Content-Type: \r\n", 200).await;
    check("Content-Type: application/x-protobuf\r\n", 415).await;
    check("Content-Type: application/vnd.google.Protobuf\r\n", 415).await;
    check("Content-Encoding: br\r\n", 415).await;
    check("Content-Encoding: gzip\r\n", 400).await;
}

#[tokio::test]
async fn what_is_no_json_object_is_malformed_and_what_has_nothing_to_bid_on_is_not() {
    let bidder = Setup::default().start().await;
    let check = async |body: &str, status: u16| {
        let reply = bidder.bid("demo", body).await;
        assert_eq!((reply.status, reply.body.len()), (status, 0), "{body}");
    };
    check("", 400).await;
    check("{", 400).await;
    check("[]", 400).await;
    check("null", 400).await;
    check("<xml/>", 400).await;
    check("{\"id\":\"1\",\"imp\":[}", 400).await;
    check(&"[".repeat(100_000), 400).await;
    check("{}", 204).await;
    check("{\"placements\":[]}", 204).await;
    check("{\"id\":\"1\",\"imp\":[]}", 204).await;
    check("{\"id\":\"1\",\"imp\":[1,2,{}]}", 204).await;
}

#[tokio::test]
async fn gzip_goes_both_ways() {
    let mut setup = Setup::default();
    setup.raw.gzip_above_bytes = 500;
    let bidder = setup.start().await;
    let headers = "Content-Encoding: gzip\r\nAccept-Encoding: br, gzip\r\n";
    let reply = bidder
        .send(post("demo", headers, &gzip(REQUEST.as_bytes())))
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    let length = reply.body.len().to_string();
    assert_eq!(reply.header("content-length"), Some(length.as_str()));
    let mut text = String::new();
    GzDecoder::new(&reply.body[..])
        .read_to_string(&mut text)
        .unwrap();
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["id"], "r1");
    let plain = bidder.bid("demo", REQUEST).await;
    assert_eq!(plain.header("content-encoding"), None);
}

#[tokio::test]
async fn a_no_bid_is_said_as_the_exchange_wants_to_hear_it() {
    let bidder = Setup::default().start().await;
    let dear = with(|request| request["imp"][0]["bidfloor"] = 9.5.into());
    let reply = bidder.bid("demo", &dear).await;
    assert_eq!((reply.status, reply.body.as_slice()), (204, &b""[..]));
    let reply = bidder.bid("reasons", &dear).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["id"], "r1");
    assert_eq!(reply.json()["nbr"], NoBidReason::Floor.nbr());
    assert!(reply.json()["seatbid"].as_array().is_none_or(Vec::is_empty));
}

#[tokio::test]
async fn a_request_without_time_is_not_bid_on() {
    let mut setup = Setup::default();
    for exchange in &mut setup.inventory.exchanges {
        exchange.timeout_margin = Span::milliseconds(50);
    }
    let bidder = setup.start().await;
    let check = async |tmax: i64, status| {
        let request = with(|request| request["tmax"] = tmax.into());
        let reply = bidder.bid("reasons", &request).await;
        assert_eq!(reply.json().get("nbr").is_some(), status, "tmax {tmax}");
        reply
    };
    let reply = check(50, true).await;
    assert_eq!(reply.json()["nbr"], NoBidReason::InsufficientTime.nbr());
    check(1, true).await;
    check(60_000, false).await;
    // Nothing that is a time: the exchange's usual.
    check(0, false).await;
    check(-5, false).await;
}

#[tokio::test]
async fn a_trial_is_decided_and_nothing_is_reserved() {
    let bidder = Setup::default().start().await;
    let reply = bidder
        .bid("demo", &with(|request| request["test"] = 1.into()))
        .await;
    let burl = reply.notice("burl", &[("AUCTION_PRICE", "1.5")]);
    assert_eq!(bidder.get(&burl).await.status, 204);
    assert_eq!(bidder.journal(), []);
    let drained = bidder.told.clone();
    let mut bidder = bidder;
    bidder.bidder.take().unwrap().drain().await;
    let used = |told: &Told| told.returns.iter().map(|r| r.used).collect::<Vec<_>>();
    while drained.lock().unwrap().returns.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    assert_eq!(used(&drained.lock().unwrap()), [Money::ZERO]);
}

#[tokio::test]
async fn bids_are_never_called_the_same() {
    let bidder = Setup::default().start().await;
    let mut ids = std::collections::HashSet::new();
    for _ in 0..50 {
        // The same request each time: exchanges repeat them.
        let id = bidder.bid("demo", REQUEST).await.bid()["id"].to_string();
        assert!(ids.insert(id));
    }
}

#[tokio::test]
async fn a_user_who_has_seen_enough_is_left_alone() {
    let setup = Setup {
        inventory: capped(2),
        ..Setup::default()
    };
    let bidder = setup.start().await;
    let first = bidder.bid("demo", REQUEST).await;
    let second = bidder.bid("demo", REQUEST).await;
    assert_eq!((first.status, second.status), (200, 200));
    // Two are pending, and might be impressions.
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 204);
    let lost = second.notice("lurl", &[("AUCTION_LOSS", "102")]);
    assert_eq!(bidder.get(&lost).await.status, 204);
    let third = bidder.bid("demo", REQUEST).await;
    assert_eq!(third.status, 200);
    for won in [&first, &third] {
        let billing = won.notice("burl", &[("AUCTION_PRICE", "1")]);
        assert_eq!(bidder.get(&billing).await.status, 204);
    }
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 204);
    bidder.clock.advance(Span::hours(25));
    // The lease is over too, by then; the next is asked for and comes.
    while bidder.bid("demo", REQUEST).await.status != 200 {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn what_users_saw_before_the_start_is_counted() {
    let before = Setup {
        inventory: capped(1),
        ..Setup::default()
    };
    let before = before.start().await;
    let won = before.bid("demo", REQUEST).await;
    let billing = won.notice("burl", &[("AUCTION_PRICE", "1")]);
    assert_eq!(before.get(&billing).await.status, 204);
    let after = |history| Setup {
        inventory: capped(1),
        history,
        ..Setup::default()
    };
    let forgetful = after(Vec::new()).start().await;
    assert_eq!(forgetful.bid("demo", REQUEST).await.status, 200);
    let rebuilt = after(before.journal()).start().await;
    assert_eq!(rebuilt.bid("demo", REQUEST).await.status, 204);
}

#[tokio::test]
async fn an_explanation_decides_the_same_and_spends_nothing() {
    let bidder = Setup::default().start().await;
    let explainer = bidder.bidder().explainer();
    let explained = explainer.explain("demo", REQUEST.as_bytes()).unwrap();
    assert_eq!(explained.refused, None);
    assert_eq!(explained.impressions.len(), 1);
    assert!(explainer.explain("nobody", REQUEST.as_bytes()).is_err());
    assert!(explainer.explain("demo", b"{").is_err());
    assert_eq!(bidder.bidder().stats().bids, 0);
}

#[tokio::test]
async fn an_answer_that_is_late_is_not_sent_and_its_bids_are_lost() {
    const IMPRESSIONS: usize = 100;
    let mut setup = Setup::default();
    setup.inventory.exchanges[0].timeout_margin = Span::milliseconds(0);
    let bidder = setup.start().await;
    let many = |tmax: u64| {
        with(|request| {
            let one = request["imp"][0].clone();
            let imps = (0..IMPRESSIONS).map(|n| {
                let mut imp = one.clone();
                imp["id"] = n.to_string().into();
                imp
            });
            request["imp"] = imps.collect();
            request["tmax"] = tmax.into();
        })
    };
    // How long a hundred impressions take is the machine's affair: somewhere between too short to begin and long enough
    // there is a time that ends in between.
    let late = |bidder: &Fixture| bidder.bidder().stats().late_responses;
    'tries: loop {
        for tmax in 1..100 {
            let reply = bidder.bid("demo", &many(tmax)).await;
            if late(&bidder) > 0 {
                assert_eq!((reply.status, reply.body.len()), (204, 0));
                break 'tries;
            }
        }
    }
    bidder.until(|f| f.journal().len() == IMPRESSIONS).await;
    let lost = |entry: &Entry| {
        matches!(
            entry.event,
            Event::Loss {
                reason: Some(1),
                ..
            }
        )
    };
    assert!(bidder.journal().iter().all(lost));
}

/// What is bid for this user of the demo exchange, in millionths of a dollar.
async fn price_for(bidder: &Fixture, number: usize, gdpr: i32) -> String {
    let body = with(|request| {
        request["user"]["id"] = format!("user-{number}").into();
        request["device"] = serde_json::json!({});
        request["regs"] = serde_json::json!({ "gdpr": gdpr });
    });
    bidder.bid("demo", &body).await.bid()["price"].to_string()
}

#[tokio::test]
async fn users_who_may_be_told_apart_are_bid_for_as_their_arm_says() {
    let mut inventory = inventory();
    let arm = |id: &str, bid_percent| Arm {
        id: id.to_string(),
        weight: 1,
        bid_percent,
        ads: Default::default(),
        creatives: Default::default(),
    };
    inventory.experiments = vec![Experiment {
        id: ExperimentId(51),
        advertiser: ADVERTISER,
        display_name: "Half".to_string(),
        campaigns: [CampaignId(21)].into_iter().collect(),
        arms: vec![arm("control", 100), arm("half", 50)],
        flight: Flight::default(),
        salt: "half".to_string(),
    }];
    let setup = Setup {
        inventory,
        ..Setup::default()
    };
    let bidder = setup.start().await;
    let mut halves = 0;
    for number in 0..40 {
        let price = price_for(&bidder, number, 0).await;
        assert!(price == "2" || price == "1", "{price}");
        assert_eq!(price_for(&bidder, number, 0).await, price);
        assert_eq!(price_for(&bidder, number, 1).await, "2", "nobody consented");
        halves += usize::from(price == "1");
    }
    assert!((5..=35).contains(&halves), "{halves}");
    // Whom the samples met is counted by arm, each user once and only those who take part.
    let met = |f: &Fixture| -> u64 {
        let users = f.bidder().explainer().samples().users;
        users
            .get(&ExperimentId(51))
            .map_or(0, |arms| arms.iter().sum())
    };
    bidder.until(|f| met(f) > 0).await;
    assert!(met(&bidder) <= 40);
}
