//! Exchanges as resources: planted from the configuration once, changed by calls, and told to bidders at once.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use campaign::ad::State;
use campaign::exchange::{BillingNotice, FloorPolicy};
use campaign::id::ExchangeId;
use campaign::money::Cpm;
use harness::*;
use prost_types::FieldMask;
use tonic::Code;

const DEMO: &str = "exchanges/demo";

fn update(exchange: v1::Exchange, paths: &[&str]) -> v1::UpdateExchangeRequest {
    v1::UpdateExchangeRequest {
        exchange: Some(v1::Exchange {
            name: DEMO.to_string(),
            ..exchange
        }),
        update_mask: Some(FieldMask {
            paths: paths.iter().map(|path| path.to_string()).collect(),
        }),
        ..Default::default()
    }
}

fn harbor() -> v1::CreateExchangeRequest {
    v1::CreateExchangeRequest {
        exchange_id: "harbor".to_string(),
        exchange: Some(v1::Exchange {
            display_name: "Harbor".to_string(),
            seats: vec!["house".to_string()],
            currency_code: "EUR".to_string(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// What bidders know of the exchange.
fn told(harness: &Harness) -> campaign::exchange::Exchange {
    harness.book.exchange("demo").unwrap().clone()
}

#[tokio::test]
async fn the_configuration_plants_an_exchange_once_and_the_store_holds_from_then_on() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let list = |harness: &Harness| {
        let mut exchanges = harness.exchanges();
        async move {
            let list = exchanges.list_exchanges(v1::ListExchangesRequest::default());
            list.await.unwrap().into_inner().exchanges
        }
    };
    let planted = list(&harness).await;
    assert_eq!(planted.len(), 1);
    assert_eq!(
        (
            planted[0].name.as_str(),
            planted[0].number,
            planted[0].state()
        ),
        (DEMO, 1, v1::State::Active)
    );
    assert_eq!(planted[0].seats, ["outbid"]);
    let seats = v1::Exchange {
        seats: vec!["agency".to_string()],
        ..Default::default()
    };
    let mut exchanges = harness.exchanges();
    exchanges
        .update_exchange(update(seats, &["seats"]))
        .await
        .unwrap();
    let made = exchanges
        .create_exchange(harbor())
        .await
        .unwrap()
        .into_inner();
    assert_eq!((made.name.as_str(), made.number), ("exchanges/harbor", 2));
    drop(exchanges);
    harness.control.shutdown().await;
    drop(harness.writer);

    // The configuration still says "outbid", and knows nothing of the other.
    let mut harness = Harness::start(directory.path()).await;
    let kept = list(&harness).await;
    let kept: Vec<_> = kept
        .iter()
        .map(|it| (it.name.as_str(), it.seats.concat()))
        .collect();
    assert_eq!(
        kept,
        [
            (DEMO, "agency".to_string()),
            ("exchanges/harbor", "house".to_string())
        ]
    );
    harness
        .updated("both are in the book", |it| it.book.exchanges().len() == 2)
        .await;
    assert_eq!(harness.book.exchange("harbor").unwrap().id, ExchangeId(2));
}

#[tokio::test]
async fn bidders_hear_of_a_change_without_a_new_book() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    harness.usual().await;
    harness
        .updated("the ad is in the book", |it| it.book.offers().len() == 1)
        .await;
    let book = harness.book.version();

    let pause = v1::PauseExchangeRequest {
        name: DEMO.to_string(),
        ..Default::default()
    };
    let mut exchanges = harness.exchanges();
    let paused = exchanges.pause_exchange(pause).await.unwrap().into_inner();
    assert_eq!(
        (paused.state(), paused.etag.as_str()),
        (v1::State::Paused, "v2")
    );
    harness
        .updated("it is paused", |it| told(it).state == State::Paused)
        .await;

    let floors = v1::Exchange {
        floor_policy: Some(v1::FloorPolicy {
            margin_ppm: 50_000,
            banner_cpm_micros: 500_000,
            ..Default::default()
        }),
        ..Default::default()
    };
    let only = update(floors, &["floor_policy.banner_cpm_micros"]);
    exchanges.update_exchange(only).await.unwrap();
    let expect = FloorPolicy {
        margin_ppm: 0,
        least: [Cpm(500_000), Cpm::ZERO, Cpm::ZERO, Cpm::ZERO],
    };
    harness
        .updated("it has floors", |it| told(it).floors == Some(expect))
        .await;

    let resume = v1::ResumeExchangeRequest {
        name: DEMO.to_string(),
        ..Default::default()
    };
    exchanges.resume_exchange(resume).await.unwrap();
    harness
        .updated("it runs", |it| told(it).state == State::Active)
        .await;
    exchanges.create_exchange(harbor()).await.unwrap();
    harness
        .updated("there is another", |it| {
            it.book.exchange("harbor").is_some()
        })
        .await;

    let delete = v1::DeleteExchangeRequest {
        name: DEMO.to_string(),
        ..Default::default()
    };
    exchanges.delete_exchange(delete).await.unwrap();
    harness
        .updated("it is gone", |it| it.book.exchange("demo").is_none())
        .await;
    // Its bids may still be billed.
    let gone = harness.book.exchange_by_id(ExchangeId(1)).unwrap();
    assert_eq!(gone.billing, BillingNotice::Burl);
    let back = v1::UndeleteExchangeRequest {
        name: DEMO.to_string(),
        ..Default::default()
    };
    exchanges.undelete_exchange(back).await.unwrap();
    harness
        .updated("it is back", |it| it.book.exchange("demo").is_some())
        .await;
    assert_eq!(harness.book.version(), book, "the ads were not built anew");
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_field() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let mut exchanges = harness.exchanges();
    let mut check = async |exchange: v1::Exchange, path: &str, expect: &str| {
        let told = exchanges.update_exchange(update(exchange, &[path])).await;
        let told = refused(told, Code::InvalidArgument, "INVALID_FIELDS");
        assert_eq!(fields(told), [expect]);
    };
    let franc = v1::Exchange {
        currency_code: "CHF".to_string(),
        ..Default::default()
    };
    check(franc, "currency_code", "exchange.currency_code").await;
    let pixel = v1::Exchange {
        billing: v1::BillingNotice::ImpressionPixel as i32,
        ..Default::default()
    };
    check(pixel, "billing", "exchange.billing").await;
    check(v1::Exchange::default(), "seats", "exchange.seats").await;
    check(v1::Exchange::default(), "nonsense", "update_mask.paths[0]").await;

    let stale = v1::PauseExchangeRequest {
        name: DEMO.to_string(),
        etag: "v7".to_string(),
        ..Default::default()
    };
    let stale = exchanges.pause_exchange(stale).await;
    refused(stale, Code::Aborted, "ETAG_MISMATCH");
    let rehearsed = v1::CreateExchangeRequest {
        validate_only: true,
        ..harbor()
    };
    let rehearsed = exchanges
        .create_exchange(rehearsed)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(rehearsed.name, "exchanges/harbor");
    let again = v1::CreateExchangeRequest {
        exchange_id: "demo".to_string(),
        ..harbor()
    };
    let again = exchanges.create_exchange(again).await;
    refused(again, Code::AlreadyExists, "ALREADY_EXISTS");
    let missing = v1::GetExchangeRequest {
        name: "exchanges/harbor".to_string(),
    };
    let missing = exchanges.get_exchange(missing).await;
    refused(missing, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_change_is_in_the_history_and_can_be_taken_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let currency = v1::Exchange {
        currency_code: "EUR".to_string(),
        ..Default::default()
    };
    let mut exchanges = harness.exchanges();
    exchanges
        .update_exchange(update(currency, &["currency_code"]))
        .await
        .unwrap();
    let list = v1::ListChangeEventsRequest {
        resource: DEMO.to_string(),
        ..Default::default()
    };
    let events = harness
        .audit()
        .list_change_events(list)
        .await
        .unwrap()
        .into_inner()
        .change_events;
    let newest = &events[0];
    let change = &newest.changes[0];
    assert_eq!(
        (
            change.field.as_str(),
            change.old_value.as_deref(),
            change.new_value.as_deref()
        ),
        ("currency_code", Some("USD"), Some("EUR"))
    );
    // The first is the planting.
    assert_eq!(
        (events.len(), events[1].actor_display_name.as_str()),
        (2, "the server")
    );
    let back = v1::RevertChangeRequest {
        name: newest.name.clone(),
        ..Default::default()
    };
    harness.audit().revert_change(back).await.unwrap();
    let usd = campaign::money::Currency::USD;
    harness
        .updated("it is as it was", |it| {
            !it.book.exchanges().is_empty() && told(it).currency == usd
        })
        .await;
}
