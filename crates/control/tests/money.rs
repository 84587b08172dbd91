//! What changes of budgets and states mean for money and for bidders, and what the journal's entries become.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use api::v1::budget_change::Change;
use auction::book::BidTally;
use auction::reason::NoBidReason;
use campaign::creative::Format;
use campaign::id::{AdId, AdvertiserId, BidId, CreativeId, ExchangeId, Incarnation, LeaseId};
use campaign::money::{Cpm, Currency, Money};
use campaign::time::{Clock, Span};
use harness::*;
use journal::entry::{BidTerms, Entry, Event, Price};
use pacing::account::{AccountKey, Level, Window};
use pacing::lease::{
    GrantAnswer, GrantRefusal, GrantRefused, GrantRequest, LeaseGrant, LeaseMessage, LeaseReturn,
};
use tonic::Code;

const HOLDER: Incarnation = Incarnation { node: 1, start: 1 };

fn adjust(daily: Option<Change>, lifetime: Option<Change>) -> v1::AdjustBudgetRequest {
    let change = |change: Option<Change>| {
        change.map(|change| v1::BudgetChange {
            change: Some(change),
        })
    };
    v1::AdjustBudgetRequest {
        name: CAMPAIGN.to_string(),
        daily: change(daily),
        lifetime: change(lifetime),
        ..Default::default()
    }
}

impl Harness {
    async fn ask(&mut self, request: u64, ad: u64, wanted: i64) -> GrantAnswer {
        let request = GrantRequest {
            holder: HOLDER,
            request,
            ad: AdId(ad),
            wanted: Money(wanted),
            sent: self.clock.now(),
        };
        self.leases
            .send(LeaseMessage::Requests(vec![request]))
            .await
            .unwrap();
        self.answer().await
    }

    async fn granted(&mut self, request: u64, ad: u64, wanted: i64) -> LeaseGrant {
        match self.ask(request, ad, wanted).await {
            GrantAnswer::Granted(grant) => grant,
            GrantAnswer::Refused(refused) => panic!("{refused:?}"),
        }
    }

    fn terms_of(&self, grant: &LeaseGrant, sequence: u64) -> BidTerms {
        BidTerms {
            bid: BidId {
                incarnation: HOLDER,
                sequence,
            },
            exchange: ExchangeId(1),
            impression: 0,
            ad: grant.ad,
            creative: CreativeId(3),
            format: Format::Banner,
            lease: grant.id,
            day: grant.campaign_day,
            max_cost: Money(2_000_000),
            currency: Currency::USD,
            fx_nanos: 1_000_000_000,
            issued: self.clock.now(),
            user: 0,
            measured: true,
        }
    }

    fn entry(&self, event: Event) -> Entry {
        Entry {
            at: self.clock.now(),
            event,
        }
    }

    async fn report(&self, parent: &str, dimensions: &[v1::Dimension]) -> v1::QueryReportResponse {
        let request = v1::QueryReportRequest {
            parent: parent.to_string(),
            dimensions: dimensions
                .iter()
                .map(|dimension| *dimension as i32)
                .collect(),
            ..Default::default()
        };
        self.reports()
            .query_report(request)
            .await
            .unwrap()
            .into_inner()
    }
}

#[tokio::test]
async fn bidders_hear_of_a_pause_and_a_bid_without_a_new_book() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = AdId(harness.usual().await.number);
    harness
        .updated("the ad may be sold", |harness| {
            harness.terms.contains_key(&ad)
        })
        .await;
    assert_eq!(harness.terms[&ad].halted, None);
    harness
        .updated("the book holds the ad", |harness| {
            harness.book.slot(ad).is_some()
        })
        .await;
    let (book, before) = (harness.book.version(), harness.terms[&ad]);

    let pause = v1::PauseCampaignRequest {
        name: CAMPAIGN.to_string(),
        ..Default::default()
    };
    harness.campaigns().pause_campaign(pause).await.unwrap();
    let halted = |harness: &Harness| harness.terms[&ad].halted;
    harness
        .updated("the campaign is paused", |h| {
            halted(h) == Some(NoBidReason::CampaignPaused)
        })
        .await;
    assert!(harness.terms[&ad].version > before.version);
    assert_eq!(harness.book.version(), book);
    let refused = harness.ask(1, ad.0, 1_000_000).await;
    assert!(matches!(
        refused,
        GrantAnswer::Refused(GrantRefused {
            reason: GrantRefusal::Halted,
            ..
        })
    ));

    let resume = v1::ResumeCampaignRequest {
        name: CAMPAIGN.to_string(),
        ..Default::default()
    };
    harness.campaigns().resume_campaign(resume).await.unwrap();
    harness
        .updated("it runs again", |h| halted(h).is_none())
        .await;

    let dearer = v1::UpdateAdRequest {
        ad: Some(v1::Ad {
            name: AD.to_string(),
            goal: Some(v1::Goal {
                worth: Some(v1::goal::Worth::FixedCpmMicros(9_000_000)),
            }),
            ..Default::default()
        }),
        ..Default::default()
    };
    harness.ads().update_ad(dearer).await.unwrap();
    harness
        .updated("it bids more", |h| h.terms[&ad].max_bid == Cpm(9_000_000))
        .await;
}

#[tokio::test]
async fn a_flight_halts_an_ad_when_it_ends() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = AdId(harness.usual().await.number);
    let end = harness.clock.now() + Span::hours(1);
    let update = v1::UpdateCampaignRequest {
        campaign: Some(v1::Campaign {
            name: CAMPAIGN.to_string(),
            flight: Some(v1::Flight {
                start_time: None,
                end_time: api::time::write_moment(end),
            }),
            ..Default::default()
        }),
        ..Default::default()
    };
    harness.campaigns().update_campaign(update).await.unwrap();
    harness
        .updated("the ad is in the book", |h| h.book.slot(ad).is_some())
        .await;
    assert_eq!(harness.terms[&ad].halted, None);
    harness.clock.advance(Span::hours(2));
    harness
        .updated("the flight is over", |h| {
            h.terms[&ad].halted == Some(NoBidReason::OutsideFlight)
        })
        .await;
}

#[tokio::test]
async fn a_budget_bounds_what_is_leased_and_a_cut_recalls_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await.number;
    // 100 USD a day, of which 30 are leased.
    let grant = harness.granted(1, ad, 30_000_000_000).await;
    assert_eq!(grant.amount, Money(30_000_000_000));

    let mut campaigns = harness.campaigns();
    let cut = adjust(Some(Change::SetMicros(10_000_000)), None);
    let answer = campaigns.adjust_budget(cut).await.unwrap().into_inner();
    assert_eq!(
        answer.previous_budget.unwrap().daily_micros,
        Some(100_000_000)
    );
    assert_eq!(answer.budget.unwrap().daily_micros, Some(10_000_000));
    assert_eq!(
        answer.effective_budget.unwrap().daily_micros,
        Some(30_000_000),
        "as long as it is held"
    );
    let spend = answer.spend.unwrap();
    assert_eq!((spend.today_micros, spend.held_micros), (0, 30_000_000));
    harness
        .updated("the lease is wanted back", |h| {
            h.recalled.contains(&AdId(ad))
        })
        .await;
    let refused = harness.ask(2, ad, 1_000_000_000).await;
    let exhausted = AccountKey {
        level: Level::Campaign(campaign::id::CampaignId(2)),
        window: Window::Day(grant.campaign_day),
    };
    match refused {
        GrantAnswer::Refused(refused) => {
            assert_eq!(refused.reason, GrantRefusal::Exhausted(exhausted));
        }
        GrantAnswer::Granted(grant) => panic!("{grant:?}"),
    }

    let back = LeaseReturn {
        holder: HOLDER,
        lease: grant.id,
        used: Money::ZERO,
    };
    harness
        .leases
        .send(LeaseMessage::Return(back))
        .await
        .unwrap();
    let again = harness.granted(3, ad, 30_000_000_000).await;
    assert_eq!(again.amount, Money(10_000_000_000));
    let raise = adjust(Some(Change::AddMicros(5_000_000)), None);
    let answer = campaigns.adjust_budget(raise).await.unwrap().into_inner();
    assert_eq!(answer.budget.unwrap().daily_micros, Some(15_000_000));
    assert_eq!(
        harness.granted(4, ad, 30_000_000_000).await.amount,
        Money(5_000_000_000)
    );
}

#[tokio::test]
async fn a_budget_change_must_make_sense() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut campaigns = harness.campaigns();
    let mut check = async |request: v1::AdjustBudgetRequest, path: &str| {
        let told = campaigns.adjust_budget(request).await;
        assert_eq!(
            fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS")),
            [path]
        );
    };
    check(adjust(None, None), "daily").await;
    check(
        adjust(Some(Change::AddMicros(-100_000_001)), None),
        "daily.add_micros",
    )
    .await;
    check(
        adjust(Some(Change::AddMicros(i64::MAX)), None),
        "daily.add_micros",
    )
    .await;
    check(
        adjust(Some(Change::SetMicros(-1)), None),
        "campaign.budget.daily_micros",
    )
    .await;
    check(
        adjust(None, Some(Change::SetMicros(i64::MAX))),
        "campaign.budget.lifetime_micros",
    )
    .await;
    check(
        adjust(None, Some(Change::Unlimited(false))),
        "lifetime.unlimited",
    )
    .await;
    let open = campaigns
        .adjust_budget(adjust(Some(Change::Unlimited(true)), None))
        .await
        .unwrap();
    assert_eq!(open.into_inner().budget.unwrap().daily_micros, None);
    let mut check = async |request: v1::AdjustBudgetRequest, path: &str| {
        let told = campaigns.adjust_budget(request).await;
        assert_eq!(
            fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS")),
            [path]
        );
    };
    check(adjust(Some(Change::AddMicros(1)), None), "daily.add_micros").await;
}

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
        advertiser: AdvertiserId(1),
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
async fn money_outlives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await.number;
    let grant = harness.granted(1, ad, 40_000_000_000).await;
    let terms = harness.terms_of(&grant, 1);
    let price = Price::Cost(Money(2_000_000));
    harness.write(&[harness.entry(Event::Billing { terms, price })]);
    let later = harness.clock.now() + Span::seconds(1);
    let last = harness.control.shutdown().await;
    assert_eq!(
        last.campaigns[0].spend,
        Money(2_000_000),
        "what was durable was settled before the end"
    );
    drop(harness.writer);

    let mut harness = Harness::start_at(directory.path(), later).await;
    let summary = harness.control.summary();
    let campaign = &summary.campaigns[0];
    assert_eq!(
        (campaign.spend, campaign.impressions),
        (Money(2_000_000), 1)
    );
    assert_eq!(campaign.held, Money(40_000_000_000 - 2_000_000));
    // The same request again gets the same lease; a new one gets what is left of the day's 100 USD.
    let request = GrantRequest {
        holder: HOLDER,
        request: 1,
        ad: AdId(ad),
        wanted: Money(1),
        sent: later,
    };
    harness
        .leases
        .send(LeaseMessage::Requests(vec![request]))
        .await
        .unwrap();
    match harness.answer().await {
        GrantAnswer::Granted(again) => assert_eq!(again.id, grant.id),
        GrantAnswer::Refused(refused) => panic!("{refused:?}"),
    }
    let rest = harness.granted(2, ad, 99_000_000_000).await;
    assert_eq!(rest.amount, Money(60_000_000_000));
    assert!(rest.id > LeaseId(grant.id.0));
}

#[tokio::test]
async fn an_even_delivery_is_throttled_when_it_spends_too_fast() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = AdId(harness.usual().await.number);
    harness
        .updated("the ad is in the book", |h| h.book.slot(ad).is_some())
        .await;
    assert_eq!(harness.terms[&ad].participation_ppm, 1_000_000);
    // Ten seconds in, a tenth of the day's budget is gone.
    let grant = harness.granted(1, ad.0, 50_000_000_000).await;
    let mut terms = harness.terms_of(&grant, 1);
    terms.max_cost = Money(10_000_000_000);
    let price = Price::Cost(terms.max_cost);
    harness.write(&[harness.entry(Event::Billing { terms, price })]);
    let spent = |summary: &std::sync::Arc<control::summary::Summary>| {
        summary.campaigns[0].spend > Money::ZERO
    };
    // The summary is made at a tick, and ticks need the clock to move.
    let tick = || async {
        harness.clock.advance(Span::seconds(10));
        harness.control.summary()
    };
    until("it is charged", tick, spent).await;
    harness
        .updated("it takes part less often", |h| {
            h.terms[&ad].participation_ppm < 1_000_000
        })
        .await;
}
