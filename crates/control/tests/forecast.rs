//! What an ad would get, decided on the last while's requests; and a report as a file.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use auction::book::BidTally;
use campaign::id::AdId;
use campaign::time::{Clock, Span};
use harness::*;
use tonic::{Code, Status};

type Forecast = Result<v1::ForecastDeliveryResponse, Status>;

async fn forecast(harness: &Harness, request: v1::ForecastDeliveryRequest) -> Forecast {
    let told = harness.reports().forecast_delivery(request).await;
    told.map(|told| told.into_inner())
}

fn bidding(cpm_micros: i64, country: &str) -> v1::ForecastDeliveryRequest {
    v1::ForecastDeliveryRequest {
        parent: "advertisers/acme".to_string(),
        bid_cpm_micros: cpm_micros,
        targeting: Some(v1::Targeting {
            countries: Some(v1::TextTargeting {
                include: vec![country.to_string()],
                ..Default::default()
            }),
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn bids(harness: &Harness, ad: u64, bids: u64) {
    let tally = BidTally {
        ad: AdId(ad),
        at: harness.clock.now(),
        bids,
        refusals: vec![],
    };
    harness.tallies.send(vec![tally]).await.unwrap();
}

#[tokio::test]
async fn a_forecast_counts_what_the_ad_could_bid_on_in_a_day() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await.number;
    let early = forecast(&harness, bidding(2_000_000, "DE")).await;
    refused(early, Code::FailedPrecondition, "NO_SAMPLES");
    // Ten requests came in a day; two were kept, of which each stands for five.
    harness.clock.advance(Span::days(1));
    let check = async |micros: i64, country: &str, biddable: i64, reasons: &[(&str, i64)]| {
        let told = forecast(&harness, bidding(micros, country)).await.unwrap();
        assert_eq!((told.sample_count, told.impression_count), (2, 10));
        assert_eq!(told.biddable_count, biddable, "{told:?}");
        let refusals = told.refusals.iter();
        let refusals = refusals.map(|one| (one.reason.clone().unwrap().code, one.count));
        let expect = reasons
            .iter()
            .map(|(code, count)| (code.to_string(), *count));
        assert!(refusals.eq(expect), "{told:?}");
        told
    };
    let told = check(2_000_000, "DE", 5, &[("floor", 5)]).await;
    assert_eq!((told.win_count, told.spend_micros), (None, None));
    assert_eq!(told.currency_code, "USD");
    check(9_500_000, "DE", 10, &[]).await;
    check(100_000, "DE", 0, &[("floor", 10)]).await;
    check(2_000_000, "FR", 0, &[("geo", 10)]).await;

    // Once an ad has bid, it is known what wins: nothing so far.
    bids(&harness, ad, 500).await;
    let ask = || async { forecast(&harness, bidding(2_000_000, "DE")).await.unwrap() };
    let known = until("wins are known", ask, |told| told.win_count.is_some()).await;
    assert_eq!((known.win_count, known.spend_micros), (Some(0), Some(0)));
}

#[tokio::test]
async fn a_forecast_says_what_is_wrong_with_the_question() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let mut advertisers = harness.advertisers();
    let acme = advertisers.create_advertiser(new_advertiser("acme")).await;
    acme.unwrap();
    let told = forecast(&harness, bidding(0, "Atlantis")).await;
    let wrong = fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS"));
    assert_eq!(wrong[0], "bid_cpm_micros");
    assert!(wrong[1].starts_with("targeting.countries"), "{wrong:?}");
    assert_eq!(wrong[2], "creatives");
    let nobody = v1::ForecastDeliveryRequest {
        parent: "advertisers/nobody".to_string(),
        ..bidding(1, "DE")
    };
    refused(
        forecast(&harness, nobody).await,
        Code::NotFound,
        "NOT_FOUND",
    );
}

#[tokio::test]
async fn a_report_is_a_file_too() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await.number;
    bids(&harness, ad, 9).await;
    let ask = || async {
        let request = v1::ExportReportRequest {
            parent: CAMPAIGN.to_string(),
            dimensions: vec![v1::Dimension::Ad as i32, v1::Dimension::Day as i32],
            ..Default::default()
        };
        let told = harness.reports().export_report(request).await;
        told.unwrap().into_inner()
    };
    let file = until("bids are counted", ask, |file| {
        file.content.lines().count() == 2
    })
    .await;
    assert_eq!(file.content_type, "text/csv; charset=utf-8; header=present");
    let mut lines = file.content.split("\r\n");
    let head = lines.next().unwrap();
    assert!(
        head.starts_with("ad,start_time,currency_code,bids,wins,"),
        "{head}"
    );
    let row = lines.next().unwrap();
    let start = format!("{AD},2026-11-21T00:00:00");
    assert!(
        row.starts_with(&start) && row.contains(",USD,9,0,"),
        "{row}"
    );
    let wrong = v1::ExportReportRequest {
        parent: "nothing".to_string(),
        ..Default::default()
    };
    let told = harness.reports().export_report(wrong).await;
    refused(told, Code::InvalidArgument, "INVALID_FIELDS");
}
