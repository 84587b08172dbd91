//! How budgets are spent against their plan.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use auction::book::{BidTally, Update};
use campaign::id::AdId;
use campaign::money::Money;
use campaign::time::{Clock, Span};
use harness::*;
use journal::entry::{Event, Price};
use pacing::lease::GrantAnswer;
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
    let wrong = harness.reports().list_moves(moves(AD)).await;
    refused(wrong, Code::InvalidArgument, "INVALID_FIELDS");
    for parent in ["advertisers/acme", CAMPAIGN] {
        let none = harness.reports().list_moves(moves(parent)).await;
        let none = none.unwrap().into_inner();
        assert_eq!((none.moves.len(), none.next_page_token.as_str()), (0, ""));
    }
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

/// An ad for which a click is worth a dollar: 2 USD CPM, before anything was learned.
async fn click_ad(harness: &Harness, daily_micros: i64) -> v1::Ad {
    harness.usual().await;
    let mut request = new_ad("clicks");
    let ad = request.ad.as_mut().unwrap();
    ad.goal = Some(v1::Goal {
        worth: Some(v1::goal::Worth::ClickMicros(1_000_000)),
    });
    ad.max_bid_cpm_micros = 5_000_000;
    let change = v1::budget_change::Change::SetMicros(daily_micros);
    let adjust = v1::AdjustBudgetRequest {
        name: CAMPAIGN.to_string(),
        daily: Some(v1::BudgetChange {
            change: Some(change),
        }),
        ..Default::default()
    };
    harness.campaigns().adjust_budget(adjust).await.unwrap();
    harness.ads().create_ad(request).await.unwrap().into_inner()
}

/// A minute of a market of second prices from 0.2 to 2.2 USD CPM: a hundred bids at what the terms say, told of at
/// once. Answers what was spent.
async fn minute(harness: &mut Harness, ad: AdId, number: u64, at_most: Money) -> Money {
    harness.clock.advance(Span::minutes(1));
    let tally = BidTally {
        ad,
        at: harness.clock.now(),
        bids: 100,
        refusals: vec![],
    };
    harness.tallies.send(vec![tally]).await.unwrap();
    let bid = Money(auction::pricing::asking(&harness.terms[&ad]).0);
    let wanted = Money(at_most.nanos().min(bid.nanos() * 100));
    let grant = harness.granted(number, ad.0, wanted.nanos()).await;
    let mut spent = Money::ZERO;
    let entries: Vec<_> = (0..100)
        .map(|k| {
            let mut terms = harness.terms_of(&grant, number * 1_000 + k);
            terms.max_cost = bid;
            let price = Money(200_000 + (k as i64 * 37 % 100) * 20_000);
            let event = if price <= bid {
                spent = spent.saturating_add(price);
                Event::Billing {
                    terms,
                    price: Price::Cost(price),
                }
            } else {
                Event::Loss {
                    terms,
                    reason: Some(102),
                    min_to_win: None,
                }
            };
            harness.entry(event)
        })
        .collect();
    harness.write(&entries);
    spent
}

#[tokio::test]
async fn a_budget_lasts_by_a_price_that_reaches_the_bidder_and_outlives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    // A third of what all the auctions of the afternoon would cost.
    let budget = 15_000_000;
    let ad = AdId(click_ad(&harness, budget).await.number);
    harness
        .updated("the ad is for sale", |h| h.terms.contains_key(&ad))
        .await;
    assert_eq!(
        harness.terms[&ad].multiplier, 1.0,
        "a cold start bids the whole worth"
    );
    let ask = || async {
        watch(&harness, CAMPAIGN, 1)
            .await
            .message()
            .await
            .unwrap()
            .unwrap()
    };
    let cold = ask().await.campaigns.remove(0);
    assert_eq!(cold.multiplier, 0.0);

    let (mut spent, mut number) = (Money::ZERO, 0);
    let mut of_late = std::collections::VecDeque::new();
    while of_late.len() < 5 || harness.terms[&ad].multiplier <= 1.0 || number < 20 {
        number += 1;
        assert!(number < 200, "μ never rose: {:?}", harness.terms[&ad]);
        let now = minute(&mut harness, ad, number, Money(1_000_000_000)).await;
        spent = spent.saturating_add(now);
        of_late.push_front(now);
        of_late.truncate(5);
        let told = |told: &v1::WatchPacingResponse| {
            told.campaigns[0].day.as_ref().unwrap().spend_micros == spent.nanos() / 1_000
        };
        let ask = || async {
            watch(&harness, CAMPAIGN, 1)
                .await
                .message()
                .await
                .unwrap()
                .unwrap()
        };
        until("all is charged", ask, told).await;
        // The next tick comes after a quarter of a real second.
        tokio::time::sleep(std::time::Duration::from_millis(260)).await;
        while let Ok(Update::Terms(terms)) = harness.updates.try_recv() {
            harness.terms.extend(terms);
        }
    }
    let paced = harness.terms[&ad];
    // An even spend is 15 USD over 720 minutes: 0.021 a minute, where the whole worth buys some 0.1.
    let a_minute = of_late.iter().map(|money| money.nanos()).sum::<i64>() / 5;
    assert!(
        (10_000_000..40_000_000).contains(&a_minute),
        "{of_late:?} {paced:?}"
    );
    let ask = || async {
        watch(&harness, CAMPAIGN, 1)
            .await
            .message()
            .await
            .unwrap()
            .unwrap()
    };
    let told = ask().await.campaigns.remove(0);
    assert!(
        told.multiplier > 1.0 && told.summary.contains("so that the money lasts"),
        "{told:?}"
    );
    assert_eq!(
        harness.control.summary().campaigns[0].overspend,
        Money::ZERO
    );

    let now = harness.clock.now();
    let Harness {
        control, writer, ..
    } = harness;
    drop(writer);
    control.shutdown().await;
    let mut again = Harness::start_at(directory.path(), now).await;
    again
        .updated("the ad is for sale again", |h| h.terms.contains_key(&ad))
        .await;
    let warm = again.terms[&ad].multiplier;
    assert!(
        (warm / paced.multiplier - 1.0).abs() < 0.05,
        "{warm} after {}",
        paced.multiplier
    );
}

#[tokio::test]
async fn a_runaway_campaign_is_paused_until_a_person_resumes_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = AdId(click_ad(&harness, 20_000_000).await.number);
    harness
        .updated("the ad is for sale", |h| h.terms.contains_key(&ad))
        .await;
    let reasons = || async {
        let request = v1::GetCampaignRequest {
            name: CAMPAIGN.to_string(),
        };
        harness
            .campaigns()
            .get_campaign(request)
            .await
            .unwrap()
            .into_inner()
            .serving_status_reasons
    };
    assert_eq!(reasons().await, []);
    // Whatever the bidder is told, it bids 50 USD CPM and wins it all: 5 USD a minute of 20 a day.
    for number in 1..200 {
        harness.clock.advance(Span::minutes(1));
        let tally = BidTally {
            ad,
            at: harness.clock.now(),
            bids: 100,
            refusals: vec![],
        };
        harness.tallies.send(vec![tally]).await.unwrap();
        let amount = Money(50_000_000);
        let GrantAnswer::Granted(grant) = harness.ask(number, ad.0, amount.nanos() * 100).await
        else {
            break;
        };
        let entries: Vec<_> = (0..100)
            .map(|k| {
                let mut terms = harness.terms_of(&grant, number * 1_000 + k);
                terms.max_cost = amount;
                harness.entry(Event::Billing {
                    terms,
                    price: Price::Cost(amount),
                })
            })
            .collect();
        harness.write(&entries);
        tokio::time::sleep(std::time::Duration::from_millis(260)).await;
    }
    let tripped = v1::ServingStatusReason::BreakerTripped as i32;
    let reasons = || async {
        let request = v1::GetCampaignRequest {
            name: CAMPAIGN.to_string(),
        };
        harness
            .campaigns()
            .get_campaign(request)
            .await
            .unwrap()
            .into_inner()
            .serving_status_reasons
    };
    until("it is stopped", reasons, |told| told.contains(&tripped)).await;
    let resume = v1::ResumeCampaignRequest {
        name: CAMPAIGN.to_string(),
        ..Default::default()
    };
    harness.campaigns().resume_campaign(resume).await.unwrap();
    assert!(!reasons().await.contains(&tripped));
    let list = v1::ListPacingEventsRequest {
        parent: CAMPAIGN.to_string(),
        ..Default::default()
    };
    let told = harness
        .reports()
        .list_pacing_events(list)
        .await
        .unwrap()
        .into_inner();
    let kinds: Vec<_> = told.events.iter().map(|event| event.kind()).collect();
    use v1::pacing_event::Kind;
    assert_eq!(
        kinds,
        [Kind::BreakerReset, Kind::BreakerTripped],
        "newest first"
    );
    assert!(
        told.events[1].what.contains("the plan has"),
        "{}",
        told.events[1].what
    );
}

#[tokio::test]
async fn a_surge_of_traffic_is_told_once_and_calm_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = AdId(click_ad(&harness, 400_000_000).await.number);
    harness
        .updated("the ad is for sale", |h| h.terms.contains_key(&ad))
        .await;
    for number in 1..=40 {
        minute(&mut harness, ad, number, Money(1_000_000_000)).await;
        if number > 30 {
            // Four times the bids of before.
            let more = BidTally {
                ad,
                at: harness.clock.now(),
                bids: 300,
                refusals: vec![],
            };
            harness.tallies.send(vec![more]).await.unwrap();
        }
        // The next tick comes after a quarter of a real second.
        tokio::time::sleep(std::time::Duration::from_millis(260)).await;
        if number == 30 {
            assert_eq!(events(&harness).await, []);
        }
    }
    let told = events(&harness).await;
    let [surge] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(
        (surge.kind(), surge.metric.as_str()),
        (v1::pacing_event::Kind::Rise, "traffic"),
        "{surge:?}"
    );
}

/// What happened to the campaign.
async fn events(harness: &Harness) -> Vec<v1::PacingEvent> {
    let request = v1::ListPacingEventsRequest {
        parent: CAMPAIGN.to_string(),
        ..Default::default()
    };
    let told = harness.reports().list_pacing_events(request).await.unwrap();
    told.into_inner().events
}

#[tokio::test]
async fn a_campaign_whose_ads_are_not_held_back_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await;
    let update = v1::UpdateAdRequest {
        ad: Some(v1::Ad {
            delivery: v1::Delivery::AsFastAsPossible as i32,
            ..ad
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["delivery".to_string()],
        }),
        ..Default::default()
    };
    harness.ads().update_ad(update).await.unwrap();
    let mut told = watch(&harness, CAMPAIGN, 1).await;
    let told = told.message().await.unwrap().unwrap();
    let summary = &told.campaigns[0].summary;
    assert!(summary.contains("as fast as they can"), "{summary}");
}
