//! What the journal's entries become: money once, and reports.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use auction::book::BidTally;
use campaign::id::{AdId, AdvertiserId};
use campaign::money::Money;
use campaign::time::{Clock, Span};
use harness::*;
use journal::entry::{Event, Price};
use tonic::Code;

#[tokio::test]
async fn the_journal_becomes_money_and_reports_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await.number;
    let grant = harness.granted(1, ad, 1_000_000_000).await;
    let (one, two) = (harness.terms_of(&grant, 1), harness.terms_of(&grant, 2));
    let price = Price::Cost(Money(1_234_567));
    let billing = harness.entry(Event::Billing { terms: one, price });
    let conversion = harness.entry(Event::Conversion {
        advertiser: AdvertiserId(PLANTED + 1),
        action: None,
        order: "order-1".to_string(),
        value: Some(Money(50_000_000_000)),
        credited: Some((one, one.issued)),
    });
    harness.write(&[
        harness.entry(Event::Win { terms: one, price }),
        billing.clone(),
        harness.entry(Event::Impression { terms: one }),
        harness.entry(Event::View { terms: one }),
        harness.entry(Event::Click { terms: one }),
        conversion.clone(),
        harness.entry(Event::Loss {
            terms: two,
            reason: Some(102),
            min_to_win: None,
        }),
    ]);
    // Told again, later.
    harness.write(&[billing, conversion]);
    let tally = BidTally {
        ad: AdId(ad),
        at: harness.clock.now(),
        bids: 9,
        refusals: vec![],
    };
    harness.tallies.send(vec![tally]).await.unwrap();

    let complete = |report: &v1::QueryReportResponse| {
        let of = |m: &v1::Metrics| m.bids == 9 && m.losses == 1;
        report.totals.iter().any(of)
    };
    let report = until("all is counted", || harness.report(AD, &[]), complete).await;
    let expect = v1::Metrics {
        currency_code: "USD".to_string(),
        bids: 9,
        wins: 1,
        losses: 1,
        impressions: 1,
        page_impressions: 1,
        views: 1,
        clicks: 1,
        conversions: 1,
        spend_micros: 1_234,
        spend_nanos: 1_234_567,
        overspend_nanos: 0,
        house_loss_nanos: 0,
        conversion_value_micros: 50_000_000,
    };
    assert_eq!(report.totals, std::slice::from_ref(&expect));
    assert_eq!(report.rows.len(), 1);

    let by = [
        v1::Dimension::Campaign,
        v1::Dimension::Creative,
        v1::Dimension::Hour,
    ];
    let report = harness.report("advertisers/-", &by).await;
    let row = report
        .rows
        .iter()
        .find(|row| row.creative == CREATIVE)
        .unwrap();
    assert_eq!(row.campaign, CAMPAIGN);
    assert_eq!(row.start_time, api::time::write_moment(harness.clock.now()));
    let metrics = row.metrics.clone().unwrap();
    assert_eq!(
        (metrics.bids, metrics.spend_nanos),
        (0, 1_234_567),
        "bids are not told by creative"
    );
    assert_eq!(report.totals, [expect]);

    let campaign = v1::GetCampaignRequest {
        name: CAMPAIGN.to_string(),
    };
    let campaign = harness
        .campaigns()
        .get_campaign(campaign)
        .await
        .unwrap()
        .into_inner();
    let spend = campaign.spend.unwrap();
    assert_eq!(
        (spend.total_nanos, spend.today_nanos),
        (1_234_567, 1_234_567)
    );
    assert_eq!(spend.held_nanos, 1_000_000_000 - 2_000_000 * 2);
}

#[tokio::test]
async fn a_report_comes_in_pages_and_says_what_is_wrong_with_the_question() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await.number;
    let grant = harness.granted(1, ad, 1_000_000_000).await;
    for hour in 0..5 {
        let mut terms = harness.terms_of(&grant, hour);
        terms.issued = terms.issued - Span::hours(hour as i64);
        harness.write(&[harness.entry(Event::Click { terms })]);
    }
    let request = v1::QueryReportRequest {
        parent: CAMPAIGN.to_string(),
        dimensions: vec![v1::Dimension::Hour as i32],
        page_size: 2,
        ..Default::default()
    };
    let query = |request: v1::QueryReportRequest| async {
        let mut reports = harness.reports();
        reports
            .query_report(request)
            .await
            .map(tonic::Response::into_inner)
    };
    let clicks =
        |report: &v1::QueryReportResponse| report.totals.iter().map(|m| m.clicks).sum::<i64>();
    let whole =
        |report: &Result<v1::QueryReportResponse, _>| report.as_ref().is_ok_and(|r| clicks(r) == 5);
    let mut page = until("five clicks are counted", || query(request.clone()), whole)
        .await
        .unwrap();
    let mut pages = vec![page.rows.len()];
    while !page.next_page_token.is_empty() {
        let next = v1::QueryReportRequest {
            page_token: page.next_page_token,
            ..request.clone()
        };
        page = query(next).await.unwrap();
        assert_eq!(clicks(&page), 5, "the totals stand on every page");
        pages.push(page.rows.len());
    }
    assert_eq!(pages, [2, 2, 1]);

    let wrong = v1::QueryReportRequest {
        parent: "campaigns".to_string(),
        dimensions: vec![
            0,
            99,
            v1::Dimension::Hour as i32,
            v1::Dimension::Hour as i32,
            v1::Dimension::Day as i32,
        ],
        start_time: api::time::write_moment(harness.clock.now()),
        end_time: api::time::write_moment(harness.clock.now()),
        ..Default::default()
    };
    let told = fields(refused(
        query(wrong).await,
        Code::InvalidArgument,
        "INVALID_FIELDS",
    ));
    assert_eq!(
        told,
        [
            "parent",
            "dimensions[0]",
            "dimensions[1]",
            "dimensions[3]",
            "dimensions",
            "end_time"
        ]
    );
    let missing = v1::QueryReportRequest {
        parent: "advertisers/nobody".to_string(),
        ..request
    };
    refused(query(missing).await, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_report_on_what_nothing_is_counted_by_is_refused_with_what_to_ask() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let deal = v1::CreateDealRequest {
        deal_id: "spring".to_string(),
        deal: Some(v1::Deal {
            display_name: "Spring".to_string(),
            exchange: "exchanges/demo".to_string(),
            deal_id: "d-1".to_string(),
            price: Some(v1::deal::Price::FloorCpmMicros(1_000_000)),
            ..v1::Deal::default()
        }),
        ..Default::default()
    };
    harness.deals().create_deal(deal).await.unwrap();
    let check = async |parent: &str, expect: &str| {
        let request = v1::QueryReportRequest {
            parent: parent.to_string(),
            ..Default::default()
        };
        let answer = harness.reports().query_report(request).await;
        let (_, details) = refused(answer, Code::InvalidArgument, "INVALID_FIELDS");
        let told = &details.violations[0];
        assert_eq!(told.field, "parent");
        assert!(told.description.contains(expect), "{told:?}");
    };
    check("deals/spring", "nothing is counted by deal:").await;
    check("rateTables/usual", "nothing is counted by rate table:").await;
    check("blockLists/usual", "nothing is counted by block list:").await;
    let experiment = "advertisers/acme/experiments/one";
    check(experiment, "GetExperimentResults").await;
}
