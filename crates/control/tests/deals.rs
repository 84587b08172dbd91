//! Deals and rate tables as resources, and what bidders hear of them.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use campaign::deal::DealPrice;
use campaign::id::ExchangeId;
use campaign::money::{Cpm, Currency};
use campaign::time::{Span, Timestamp};
use harness::*;
use prost_types::FieldMask;
use tonic::Code;

const SPRING: &str = "deals/spring";

fn deal(id: &str, change: impl FnOnce(&mut v1::Deal)) -> v1::CreateDealRequest {
    let mut deal = v1::Deal {
        display_name: "Spring".to_string(),
        exchange: "exchanges/demo".to_string(),
        deal_id: "PMP-7".to_string(),
        ..Default::default()
    };
    change(&mut deal);
    v1::CreateDealRequest {
        deal_id: id.to_string(),
        deal: Some(deal),
        ..Default::default()
    }
}

fn mask(path: &str) -> Option<FieldMask> {
    Some(FieldMask {
        paths: vec![path.to_string()],
    })
}

/// What bidders know of the deal.
fn told(harness: &Harness) -> Option<campaign::deal::Deal> {
    let market = harness.book.market();
    market.deal(ExchangeId(1), "PMP-7").cloned()
}

#[tokio::test]
async fn bidders_hear_of_a_deal_and_its_price_without_a_new_book() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    harness.usual().await;
    harness
        .updated("the ad is in the book", |it| it.book.offers().len() == 1)
        .await;
    let book = harness.book.version();
    let mut deals = harness.deals();
    let made = deals
        .create_deal(deal("spring", |_| {}))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (made.name.as_str(), made.state()),
        (SPRING, v1::State::Active)
    );
    // The exchange's currency.
    assert_eq!(made.currency_code, "USD");
    harness
        .updated("there is a deal", |it| {
            told(it).is_some_and(|it| it.price.is_none())
        })
        .await;

    let fixed = v1::UpdateDealRequest {
        deal: Some(v1::Deal {
            name: SPRING.to_string(),
            price: Some(v1::deal::Price::FixedCpmMicros(5_000_000)),
            ..Default::default()
        }),
        update_mask: mask("fixed_cpm_micros"),
        ..Default::default()
    };
    deals.update_deal(fixed).await.unwrap();
    let price = Some(DealPrice::Fixed(Cpm(5_000_000)));
    harness
        .updated("it has a price", |it| told(it).unwrap().price == price)
        .await;
    let pause = v1::PauseDealRequest {
        name: SPRING.to_string(),
        ..Default::default()
    };
    deals.pause_deal(pause).await.unwrap();
    let paused = campaign::ad::State::Paused;
    harness
        .updated("it is paused", |it| told(it).unwrap().state == paused)
        .await;
    let delete = v1::DeleteDealRequest {
        name: SPRING.to_string(),
        ..Default::default()
    };
    deals.delete_deal(delete).await.unwrap();
    harness.updated("it is gone", |it| told(it).is_none()).await;
    // Its id is free again, and taken when the first would come back.
    deals.create_deal(deal("summer", |_| {})).await.unwrap();
    let back = v1::UndeleteDealRequest {
        name: SPRING.to_string(),
        ..Default::default()
    };
    let back = refused(
        deals.undelete_deal(back).await,
        Code::InvalidArgument,
        "INVALID_FIELDS",
    );
    assert_eq!(fields(back), ["deal.deal_id"]);
    assert_eq!(harness.book.version(), book, "the ads were not built anew");
}

#[tokio::test]
async fn a_deal_that_could_never_be_bid_for_is_refused_with_its_field() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let mut deals = harness.deals();
    deals.create_deal(deal("spring", |_| {})).await.unwrap();
    let mut check = async |change: fn(&mut v1::Deal), expect: &str| {
        let told = deals.create_deal(deal("other", change)).await;
        let told = refused(told, Code::InvalidArgument, "INVALID_FIELDS");
        assert_eq!(fields(told), [expect]);
    };
    check(|_| {}, "deal.deal_id").await;
    check(|deal| deal.deal_id.clear(), "deal.deal_id").await;
    let other = |deal: &mut v1::Deal| deal.deal_id = "PMP-8".to_string();
    check(
        |deal| {
            deal.deal_id = "PMP-8".to_string();
            deal.exchange = "exchanges/nowhere".to_string();
        },
        "deal.exchange",
    )
    .await;
    check(
        |deal| {
            deal.deal_id = "PMP-8".to_string();
            deal.currency_code = "CHF".to_string();
        },
        "deal.currency_code",
    )
    .await;
    check(
        |deal| {
            deal.deal_id = "PMP-8".to_string();
            deal.seats = vec!["stranger".to_string()];
        },
        "deal.seats[0]",
    )
    .await;
    check(
        |deal| {
            deal.deal_id = "PMP-8".to_string();
            deal.advertisers = vec!["advertisers/nobody".to_string()];
        },
        "deal.advertisers[0]",
    )
    .await;
    check(
        |deal| {
            deal.deal_id = "PMP-8".to_string();
            deal.price = Some(v1::deal::Price::FloorCpmMicros(0));
        },
        "deal.floor_cpm_micros",
    )
    .await;
    deals.create_deal(deal("other", other)).await.unwrap();
}

#[tokio::test]
async fn a_deal_for_one_advertiser_is_shown_to_those_who_may_read_it() {
    use api::v1::deal_service_client::DealServiceClient;
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut advertisers = harness.advertisers();
    advertisers
        .create_advertiser(new_advertiser("bolt"))
        .await
        .unwrap();
    let mut deals = harness.deals();
    deals.create_deal(deal("everybodys", |_| {})).await.unwrap();
    let of_acme = |deal: &mut v1::Deal| {
        deal.deal_id = "PMP-8".to_string();
        deal.advertisers = vec!["advertisers/acme".to_string()];
    };
    deals.create_deal(deal("acmes", of_acme)).await.unwrap();
    for (advertiser, expect) in [("acme", 2), ("bolt", 1)] {
        let at = format!("advertisers/{advertiser}");
        let token = token(&harness, advertiser, &at).await;
        let mut deals = DealServiceClient::new(harness.calls_with(&token));
        let list = deals
            .list_deals(v1::ListDealsRequest::default())
            .await
            .unwrap();
        assert_eq!(list.into_inner().deals.len(), expect, "{advertiser}");
        let get = v1::GetDealRequest {
            name: "deals/acmes".to_string(),
        };
        let got = deals.get_deal(get).await;
        match advertiser {
            "acme" => assert_eq!(got.unwrap().into_inner().deal_id, "PMP-8"),
            _ => drop(refused(got, Code::PermissionDenied, "ROLE_MISSING")),
        }
    }
}

/// A token that reads this.
async fn token(harness: &Harness, id: &str, resource: &str) -> String {
    let request = v1::CreateApiTokenRequest {
        api_token_id: id.to_string(),
        api_token: Some(v1::ApiToken {
            display_name: id.to_string(),
            bindings: vec![v1::RoleBinding {
                role: v1::Role::Reader as i32,
                resource: resource.to_string(),
            }],
            ..Default::default()
        }),
        ..Default::default()
    };
    let made = harness.identity().create_api_token(request).await;
    made.unwrap().into_inner().secret
}

fn rates(id: &str, from: Option<Timestamp>, usd: &str) -> v1::CreateRateTableRequest {
    v1::CreateRateTableRequest {
        rate_table_id: id.to_string(),
        rate_table: Some(v1::RateTable {
            display_name: "Rates".to_string(),
            effective_time: from.and_then(api::time::write_moment),
            rates: vec![v1::Rate {
                currency_code: "EUR".to_string(),
                usd: usd.to_string(),
            }],
            ..Default::default()
        }),
        ..Default::default()
    }
}

#[tokio::test]
async fn the_latest_rate_table_whose_time_has_come_is_in_force() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let worth = |harness: &Harness| harness.book.rates().worth(Currency::EUR);
    harness
        .updated("the configuration's rates hold", |it| {
            worth(it) == Some(1_100_000_000)
        })
        .await;
    let now = Timestamp::parse(NOON).unwrap();
    let mut tables = harness.rate_tables();
    let later = rates("later", Some(now + Span::hours(1)), "1.3");
    let later = tables.create_rate_table(later).await.unwrap().into_inner();
    assert!(!later.in_force);
    let at_once = rates("now", Some(now), "1.2");
    let at_once = tables
        .create_rate_table(at_once)
        .await
        .unwrap()
        .into_inner();
    assert!(at_once.in_force);
    harness
        .updated("the new table holds", |it| worth(it) == Some(1_200_000_000))
        .await;
    harness.clock.advance(Span::hours(2));
    harness
        .updated("time brings the next", |it| {
            worth(it) == Some(1_300_000_000)
        })
        .await;
    for (name, expect) in [("later", 1_200_000_000), ("now", 1_100_000_000)] {
        let delete = v1::DeleteRateTableRequest {
            name: format!("rateTables/{name}"),
            ..Default::default()
        };
        tables.delete_rate_table(delete).await.unwrap();
        harness
            .updated("the one before holds again", |it| worth(it) == Some(expect))
            .await;
    }
    let list = tables
        .list_rate_tables(v1::ListRateTablesRequest::default())
        .await
        .unwrap();
    let list = list.into_inner().rate_tables;
    let told: Vec<_> = list
        .iter()
        .map(|it| (it.name.as_str(), it.in_force))
        .collect();
    assert_eq!(told, [("rateTables/configured", true)]);
}

#[tokio::test]
async fn an_ad_and_its_campaign_say_that_what_they_are_bought_by_is_paused() {
    use v1::ServingStatusReason::{DealsPaused, ExchangesPaused, NoEligibleAds};
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let check = async |of_ad: &[v1::ServingStatusReason], of_campaign: &[_]| {
        let name = AD.to_string();
        let ad = harness.ads().get_ad(v1::GetAdRequest { name }).await;
        let told: Vec<_> = ad.unwrap().into_inner().serving_status_reasons().collect();
        assert_eq!(told, of_ad);
        let name = CAMPAIGN.to_string();
        let campaign = v1::GetCampaignRequest { name };
        let campaign = harness.campaigns().get_campaign(campaign).await.unwrap();
        let told: Vec<_> = campaign.into_inner().serving_status_reasons().collect();
        assert_eq!(told, of_campaign);
    };
    check(&[], &[]).await;
    harness
        .deals()
        .create_deal(deal("spring", |_| {}))
        .await
        .unwrap();
    let asks = v1::UpdateAdRequest {
        ad: Some(v1::Ad {
            name: AD.to_string(),
            targeting: Some(v1::Targeting {
                deals: Some(v1::TextTargeting {
                    include: vec!["PMP-7".to_string()],
                    exclude: Vec::new(),
                }),
                ..Default::default()
            }),
            ..Default::default()
        }),
        ..Default::default()
    };
    harness.ads().update_ad(asks).await.unwrap();
    check(&[], &[]).await;
    let pause = v1::PauseDealRequest {
        name: SPRING.to_string(),
        ..Default::default()
    };
    harness.deals().pause_deal(pause).await.unwrap();
    check(&[DealsPaused], &[DealsPaused, NoEligibleAds]).await;
    let all = harness
        .exchanges()
        .list_exchanges(v1::ListExchangesRequest::default())
        .await;
    for exchange in all.unwrap().into_inner().exchanges {
        let pause = v1::PauseExchangeRequest {
            name: exchange.name,
            ..Default::default()
        };
        harness.exchanges().pause_exchange(pause).await.unwrap();
    }
    check(&[ExchangesPaused], &[ExchangesPaused, NoEligibleAds]).await;
}
