//! How budgets are spent against their plan.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use campaign::money::Money;
use harness::*;
use journal::entry::{Event, Price};
use tonic::Code;

async fn watch(
    harness: &Harness,
    name: &str,
    limit: i32,
) -> tonic::Streaming<v1::WatchPacingResponse> {
    let request = v1::WatchPacingRequest {
        name: name.to_string(),
        message_limit: limit,
    };
    harness
        .reports()
        .watch_pacing(request)
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test]
async fn who_watches_is_told_at_once_and_the_stream_ends() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await;
    let mut stream = watch(&harness, CAMPAIGN, 2).await;
    let first = stream.message().await.unwrap().unwrap();
    let [campaign] = &first.campaigns[..] else {
        panic!("{first:?}")
    };
    let day = campaign.day.as_ref().unwrap();
    // Noon of a day in UTC: half of the day's 100 USD.
    assert_eq!((day.budget_micros, day.spend_micros), (100_000_000, 0));
    assert_eq!(day.ideal_micros, 50_000_000);
    let [told] = &campaign.ads[..] else {
        panic!("{campaign:?}")
    };
    assert_eq!((told.ad.as_str(), told.value_cpm_micros), (AD, 2_000_000));

    let grant = harness.granted(1, ad.number, 1_000_000_000).await;
    let terms = harness.terms_of(&grant, 1);
    let price = Price::Cost(Money(2_000_000));
    let entry = harness.entry(Event::Billing { terms, price });
    harness.write(&[entry]);
    let spent = |told: &v1::WatchPacingResponse| {
        told.campaigns[0].day.as_ref().unwrap().spend_micros == 2_000
    };
    let ask = || async {
        watch(&harness, CAMPAIGN, 1)
            .await
            .message()
            .await
            .unwrap()
            .unwrap()
    };
    until("the billing is told", ask, spent).await;
    assert!(stream.message().await.unwrap().is_some());
    assert!(
        stream.message().await.unwrap().is_none(),
        "two were asked for"
    );

    let of_all = watch(&harness, "advertisers/acme", 1).await.message().await;
    assert_eq!(of_all.unwrap().unwrap().campaigns.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_watched_or_listed_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let watch = |name: &str, limit| v1::WatchPacingRequest {
        name: name.to_string(),
        message_limit: limit,
    };
    for (request, code, reason) in [
        (watch(AD, 1), Code::InvalidArgument, "INVALID_FIELDS"),
        (watch("x", 1), Code::InvalidArgument, "INVALID_FIELDS"),
        (watch(CAMPAIGN, -1), Code::InvalidArgument, "INVALID_FIELDS"),
        (watch("advertisers/nobody", 1), Code::NotFound, "NOT_FOUND"),
    ] {
        refused(harness.reports().watch_pacing(request).await, code, reason);
    }
    let moves = |parent: &str| v1::ListMovesRequest {
        parent: parent.to_string(),
        ..Default::default()
    };
    let wrong = harness
        .reports()
        .list_moves(moves("advertisers/acme"))
        .await;
    refused(wrong, Code::InvalidArgument, "INVALID_FIELDS");
    let none = harness
        .reports()
        .list_moves(moves(CAMPAIGN))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((none.moves.len(), none.next_page_token.as_str()), (0, ""));
}

#[tokio::test]
async fn a_landscape_says_what_an_impression_is_worth() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let ask = |exchange: &str| v1::GetBidLandscapeRequest {
        name: CAMPAIGN.to_string(),
        exchange: exchange.to_string(),
        ..Default::default()
    };
    let told = harness
        .reports()
        .get_bid_landscape(ask("demo"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (told.exchange.as_str(), told.worth_cpm_micros),
        ("demo", 2_000_000)
    );
    let wrong = harness.reports().get_bid_landscape(ask("nowhere")).await;
    refused(wrong, Code::InvalidArgument, "INVALID_FIELDS");
}
