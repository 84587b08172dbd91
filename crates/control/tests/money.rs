//! What changes of budgets and states mean for money and for bidders.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use api::v1::budget_change::Change;
use auction::reason::NoBidReason;
use campaign::id::{AdId, CampaignId, LeaseId};
use campaign::money::{Cpm, Money};
use campaign::time::{Clock, Span};
use harness::money::HOLDER;
use harness::*;
use journal::entry::{Event, Price};
use pacing::account::{AccountKey, Level, Window};
use pacing::lease::{
    GrantAnswer, GrantRefusal, GrantRefused, GrantRequest, LeaseMessage, LeaseReturn,
};
use tonic::Code;

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
        level: Level::Campaign(CampaignId(PLANTED + 2)),
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

#[tokio::test]
async fn what_is_set_until_a_time_is_then_as_before() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let get = async || {
        let name = CAMPAIGN.to_string();
        let request = v1::GetCampaignRequest { name };
        let campaign = harness.campaigns().get_campaign(request).await.unwrap();
        campaign.into_inner()
    };
    let daily = |it: &v1::Campaign| it.budget.unwrap().daily_micros.unwrap();
    let before = daily(&get().await);
    // What is added until then ends beside what is set.
    for (change, until) in [
        (Change::AddMicros(5_000_000), "2026-11-21T18:00:00Z"),
        (
            Change::SetMicros(before + 50_000_000),
            "2026-11-21T18:30:00Z",
        ),
    ] {
        let request = v1::AdjustBudgetRequest {
            until: until.parse().ok(),
            ..adjust(Some(change), None)
        };
        harness.campaigns().adjust_budget(request).await.unwrap();
    }
    let raised = get().await;
    let each = raised.budget_raises.iter().map(|it| it.daily_micros);
    assert_eq!(each.collect::<Vec<_>>(), [5_000_000, 45_000_000]);
    assert_eq!(daily(&raised), before + 50_000_000);
    harness.clock.advance(Span::hours(7));
    let over = |it: &v1::Campaign| it.budget_raises.is_empty();
    let after = until("the raises are over", get, over).await;
    assert_eq!(daily(&after), before);
}
