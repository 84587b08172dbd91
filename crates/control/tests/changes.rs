//! What makes changes safe: masks, etags, calls that can be repeated, and rehearsals.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use api::v1;
use auction::book::Book;
use auction::reason::NoBidReason;
use campaign::time::Timestamp;
use harness::*;
use prost_types::FieldMask;
use tonic::Code;

const ID: &str = "6f0e4b0e-9c1b-4f6a-8a1e-2f4f5d3c7b11";

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask {
        paths: paths.iter().map(|path| path.to_string()).collect(),
    })
}

fn get(name: &str) -> v1::GetCampaignRequest {
    v1::GetCampaignRequest {
        name: name.to_string(),
    }
}

fn pause(name: &str) -> v1::PauseCampaignRequest {
    v1::PauseCampaignRequest {
        name: name.to_string(),
        ..Default::default()
    }
}

#[tokio::test]
async fn an_update_changes_what_its_mask_names() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut campaigns = harness.campaigns();
    let update = |campaign: v1::Campaign, paths: &[&str]| v1::UpdateCampaignRequest {
        campaign: Some(v1::Campaign {
            name: CAMPAIGN.to_string(),
            ..campaign
        }),
        update_mask: mask(paths),
        ..Default::default()
    };
    let renamed = v1::Campaign {
        display_name: "Summer".to_string(),
        ..Default::default()
    };
    let got = campaigns
        .update_campaign(update(renamed.clone(), &["display_name"]))
        .await
        .unwrap();
    let got = got.into_inner();
    assert_eq!(got.display_name, "Summer");
    assert_eq!(got.budget.unwrap().daily_micros, Some(100_000_000));
    assert_eq!(got.etag, "v2");

    let told = campaigns
        .update_campaign(update(renamed, &["nonsense"]))
        .await;
    let told = refused(told, Code::InvalidArgument, "INVALID_FIELDS");
    assert_eq!(fields(told), ["update_mask.paths[0]"]);

    let yen = v1::UpdateAdvertiserRequest {
        advertiser: Some(v1::Advertiser {
            name: "advertisers/acme".to_string(),
            currency_code: "JPY".to_string(),
            ..Default::default()
        }),
        update_mask: mask(&["currency_code"]),
        ..Default::default()
    };
    let told = harness.advertisers().update_advertiser(yen).await;
    let told = refused(told, Code::InvalidArgument, "INVALID_FIELDS");
    assert_eq!(fields(told), ["advertiser.currency_code"]);
}

#[tokio::test]
async fn a_stale_etag_loses_no_change() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut campaigns = harness.campaigns();
    let with = |etag: &str| v1::PauseCampaignRequest {
        etag: etag.to_string(),
        ..pause(CAMPAIGN)
    };
    assert_eq!(
        campaigns
            .pause_campaign(with("v1"))
            .await
            .unwrap()
            .into_inner()
            .etag,
        "v2"
    );
    refused(
        campaigns.pause_campaign(with("v1")).await,
        Code::Aborted,
        "ETAG_MISMATCH",
    );
    refused(
        campaigns.pause_campaign(with("nonsense")).await,
        Code::Aborted,
        "ETAG_MISMATCH",
    );
    // To stop what is stopped changes nothing.
    assert_eq!(
        campaigns
            .pause_campaign(with("v2"))
            .await
            .unwrap()
            .into_inner()
            .etag,
        "v2"
    );
}

#[tokio::test]
async fn a_call_with_an_id_is_safe_to_repeat() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut campaigns = harness.campaigns();
    let add = v1::AdjustBudgetRequest {
        name: CAMPAIGN.to_string(),
        daily: Some(v1::BudgetChange {
            change: Some(v1::budget_change::Change::AddMicros(5_000_000)),
        }),
        request_id: ID.to_string(),
        ..Default::default()
    };
    let first = campaigns
        .adjust_budget(add.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first.budget.unwrap().daily_micros, Some(105_000_000));
    let second = campaigns
        .adjust_budget(add.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first, second);

    let other = v1::AdjustBudgetRequest {
        lifetime: add.daily,
        daily: None,
        ..add.clone()
    };
    refused(
        campaigns.adjust_budget(other).await,
        Code::InvalidArgument,
        "REQUEST_ID_REUSED",
    );
    let nonsense = v1::AdjustBudgetRequest {
        request_id: "1".to_string(),
        ..add
    };
    let told = refused(
        campaigns.adjust_budget(nonsense).await,
        Code::InvalidArgument,
        "INVALID_FIELDS",
    );
    assert_eq!(fields(told), ["request_id"]);

    let make = v1::CreateCampaignRequest {
        request_id: ID.to_string(),
        ..new_campaign("autumn")
    };
    let first = campaigns
        .create_campaign(make.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        campaigns.create_campaign(make).await.unwrap().into_inner(),
        first
    );
}

#[tokio::test]
async fn validate_only_changes_nothing_and_fails_where_the_call_would() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut campaigns = harness.campaigns();
    let check = v1::CreateCampaignRequest {
        validate_only: true,
        request_id: ID.to_string(),
        ..new_campaign("autumn")
    };
    let shown = campaigns
        .create_campaign(check.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shown.name, "advertisers/acme/campaigns/autumn");
    refused(
        campaigns.get_campaign(get(&shown.name)).await,
        Code::NotFound,
        "NOT_FOUND",
    );
    let real = v1::CreateCampaignRequest {
        validate_only: false,
        ..check
    };
    campaigns.create_campaign(real).await.unwrap();

    let again = v1::CreateCampaignRequest {
        validate_only: true,
        ..new_campaign("autumn")
    };
    refused(
        campaigns.create_campaign(again).await,
        Code::AlreadyExists,
        "ALREADY_EXISTS",
    );
    let stop = v1::PauseCampaignRequest {
        validate_only: true,
        ..pause(CAMPAIGN)
    };
    let shown = campaigns.pause_campaign(stop).await.unwrap().into_inner();
    assert_eq!(shown.state(), v1::State::Paused);
    let now = campaigns
        .get_campaign(get(CAMPAIGN))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((now.state(), now.etag.as_str()), (v1::State::Active, "v1"));
}

#[tokio::test]
async fn a_pause_is_told_while_a_book_is_built_and_holds_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let (begins, begun) = mpsc::channel();
    let (go, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let held = Arc::new(AtomicBool::new(false));
    let is_held = Arc::clone(&held);
    let build = Arc::new(move |inventory| {
        if is_held.load(Ordering::SeqCst) {
            begins.send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
        }
        Book::build(inventory)
    });
    let noon = Timestamp::parse(NOON).unwrap();
    let mut harness = Harness::start_with(directory.path(), noon, build).await;
    harness.usual().await;
    harness
        .updated("the ad is there", |it| !it.book.offers().is_empty())
        .await;
    let old = harness.book.offers()[0].ad.id;
    let version = harness.book.version();
    held.store(true, Ordering::SeqCst);
    harness.ads().create_ad(new_ad("second")).await.unwrap();
    begun.recv().unwrap();
    // The book with the second ad is being built, and is held there. Now both are paused.
    let mut campaigns = harness.campaigns();
    campaigns.pause_campaign(pause(CAMPAIGN)).await.unwrap();
    let paused = Some(NoBidReason::CampaignPaused);
    harness
        .updated("the old ad is paused", |it| it.terms[&old].halted == paused)
        .await;
    assert_eq!(harness.book.version(), version);
    held.store(false, Ordering::SeqCst);
    go.send(()).unwrap();
    harness
        .updated("the second ad is there", |it| it.book.offers().len() == 2)
        .await;
    let all = |it: &Harness| it.terms.len() == 2 && it.terms.values().all(|it| it.halted == paused);
    assert!(all(&harness), "{:?}", harness.terms);
}
