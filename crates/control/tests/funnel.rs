//! Why ads do not bid of late: counted, traced, and told as a reason where it stands in the way.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use api::v1::ServingStatusReason as Reason;
use api::v1::diagnostics_service_client::DiagnosticsServiceClient;
use auction::book::BidTally;
use auction::reason::NoBidReason;
use campaign::id::AdId;
use campaign::money::Money;
use campaign::time::{Clock, Span};
use harness::*;
use journal::entry::{Event, Price};
use tonic::Code;

/// A bidder tells of an ad.
async fn tell(harness: &Harness, ad: u64, bids: u64, refusals: &[(NoBidReason, u32)]) {
    let tally = BidTally {
        ad: AdId(ad),
        at: harness.clock.now(),
        bids,
        refusals: refusals.to_vec(),
    };
    harness.tallies.send(vec![tally]).await.unwrap();
}

async fn reasons(harness: &Harness, parent: &str) -> v1::ListNoBidReasonsResponse {
    let request = v1::ListNoBidReasonsRequest {
        parent: parent.to_string(),
    };
    let told = harness.diagnostics().list_no_bid_reasons(request).await;
    told.unwrap().into_inner()
}

fn counts(refusals: &[v1::Refusal]) -> Vec<(String, i64)> {
    let each = refusals.iter();
    each.map(|one| (one.reason.clone().unwrap().code, one.count))
        .collect()
}

#[tokio::test]
async fn refusals_are_counted_by_what_is_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let first = harness.usual().await.number;
    let second = harness.ads().create_ad(new_ad("other")).await.unwrap();
    let second = second.into_inner().number;
    let (floor, geo) = (NoBidReason::Floor, NoBidReason::Geo);
    tell(&harness, first, 0, &[(floor, 70), (geo, 7)]).await;
    tell(&harness, second, 5, &[(geo, 3)]).await;

    let all = until(
        "both ads are counted",
        || reasons(&harness, "advertisers/-"),
        |told| counts(&told.refusals) == [("geo".to_string(), 10), ("floor".to_string(), 70)],
    );
    let all = all.await;
    assert_eq!(
        (all.bid_count, all.sampled_count, all.request_count),
        (5, 2, 10)
    );
    assert_eq!(all.below[0].name, "advertisers/acme");
    assert!(all.start_time.is_some() && all.end_time.is_some());

    let campaign = reasons(&harness, CAMPAIGN).await;
    let names: Vec<_> = campaign.below.iter().map(|one| one.name.as_str()).collect();
    // The one that bid first.
    assert_eq!(names, [format!("{CAMPAIGN}/ads/other").as_str(), AD]);
    let ad = reasons(&harness, AD).await;
    assert_eq!(counts(&ad.refusals)[0], ("geo".to_string(), 7));
    let exchange = reasons(&harness, "exchanges/demo").await;
    assert_eq!((exchange.sampled_count, exchange.request_count), (2, 10));
    assert_eq!(counts(&exchange.refusals)[1], ("floor".to_string(), 10));

    let check = async |parent: &str, code: Code, reason: &str| {
        let request = v1::ListNoBidReasonsRequest {
            parent: parent.to_string(),
        };
        let told = harness.diagnostics().list_no_bid_reasons(request).await;
        refused(told, code, reason);
    };
    check("advertisers/nobody", Code::NotFound, "NOT_FOUND").await;
    check(CREATIVE, Code::InvalidArgument, "INVALID_FIELDS").await;
    check("exchanges/other", Code::InvalidArgument, "INVALID_FIELDS").await;
    check("", Code::InvalidArgument, "INVALID_FIELDS").await;
}

#[tokio::test]
async fn the_last_requests_are_told_newest_first() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    assert_eq!(harness.usual().await.number, PLANTED + 4);
    let ask = async |request: v1::ListBidTracesRequest| {
        let told = harness.diagnostics().list_bid_traces(request).await;
        told.map(|told| told.into_inner().traces)
    };
    let all = ask(v1::ListBidTracesRequest::default()).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(
        (all[0].exchange.as_str(), all[0].nearest_miss.as_str()),
        ("demo", AD)
    );
    assert_eq!(all[0].refused.clone().unwrap().code, "floor");
    let one = v1::ListBidTracesRequest {
        page_size: 1,
        exchange: "demo".to_string(),
        ad: AD.to_string(),
    };
    assert_eq!(ask(one.clone()).await.unwrap().len(), 1);
    let nowhere = v1::ListBidTracesRequest {
        exchange: "other".to_string(),
        ..one
    };
    let told = refused(ask(nowhere).await, Code::InvalidArgument, "INVALID_FIELDS");
    assert_eq!(fields(told), ["exchange"]);
}

#[tokio::test]
async fn the_last_wins_are_told_to_whom_they_concern() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await;
    let grant = harness.granted(1, ad.number, 1_000_000_000).await;
    let price = Price::Cost(Money(2_000_000));
    let win = |sequence| Event::Win {
        terms: harness.terms_of(&grant, sequence),
        price,
    };
    let billing = Event::Billing {
        terms: harness.terms_of(&grant, 1),
        price,
    };
    let entries = [win(1), win(2), billing].map(|event| harness.entry(event));
    harness.write(&entries);
    let ask = async |token: &str, parent: &str| {
        let request = v1::ListWinsRequest {
            parent: parent.to_string(),
            ..Default::default()
        };
        let mut calls = DiagnosticsServiceClient::new(harness.calls_with(token));
        calls
            .list_wins(request)
            .await
            .map(|told| told.into_inner().wins)
    };
    let all = || async { ask(&harness.token, "advertisers/-").await.unwrap() };
    let billed = |wins: &Vec<v1::Win>| wins.len() == 2 && wins[1].billed;
    let wins = until("both wins are told, and the billing", all, billed).await;
    assert_eq!(
        (wins[1].ad.as_str(), wins[1].exchange.as_str()),
        (AD, "demo")
    );
    assert_eq!(
        (wins[1].price_cpm_micros, wins[0].billed),
        (Some(2_000_000), false)
    );
    let own = harness
        .token_of("ann", v1::Role::Reader, "advertisers/acme")
        .await;
    let other = harness
        .token_of("bob", v1::Role::Reader, "advertisers/bolt")
        .await;
    assert_eq!(ask(&own, "advertisers/-").await.unwrap().len(), 2);
    assert_eq!(ask(&own, AD).await.unwrap().len(), 2);
    assert_eq!(ask(&other, "advertisers/-").await.unwrap().len(), 0);
    refused(
        ask(&other, AD).await,
        Code::PermissionDenied,
        "ROLE_MISSING",
    );
}

#[tokio::test]
async fn an_ad_that_next_to_nothing_comes_of_says_what_stands_in_its_way() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await;
    assert_eq!(ad.serving_status(), v1::ServingStatus::Eligible);
    harness.clock.advance(Span::minutes(6));
    let get = || async {
        let request = v1::GetAdRequest {
            name: AD.to_string(),
        };
        harness.ads().get_ad(request).await.unwrap().into_inner()
    };
    let silent = get().await;
    assert_eq!(silent.serving_status(), v1::ServingStatus::Limited);
    assert_eq!(silent.serving_status_reasons, [Reason::NoTraffic as i32]);

    tell(&harness, ad.number, 1_475, &[(NoBidReason::Geo, 500)]).await;
    let too_low = |ad: &v1::Ad| ad.serving_status_reasons == [Reason::BidTooLow as i32];
    let told = until("its bids are too low", get, too_low).await;
    let detail = &told.serving_status_details[0].detail;
    assert!(detail.contains("0 of 1,475 bids won"), "{detail}");
    let campaign = v1::GetCampaignRequest {
        name: CAMPAIGN.to_string(),
    };
    let campaign = harness.campaigns().get_campaign(campaign).await.unwrap();
    let campaign = campaign.into_inner();
    assert_eq!(campaign.serving_status(), v1::ServingStatus::Limited);
    assert_eq!(campaign.serving_status_reasons, [Reason::BidTooLow as i32]);

    // What a person can switch comes first, and alone.
    let pause = v1::PauseAdRequest {
        name: AD.to_string(),
        ..Default::default()
    };
    harness.ads().pause_ad(pause).await.unwrap();
    assert_eq!(
        get().await.serving_status_reasons,
        [Reason::AdPaused as i32]
    );
}
