//! Who changed what: noted with each change, seen by those who may, taken back by those who may, and never rewritten.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use api::v1::advertiser_service_client::AdvertiserServiceClient;
use api::v1::audit_service_client::AuditServiceClient;
use api::v1::campaign_service_client::CampaignServiceClient;
use harness::*;
use prost_types::FieldMask;
use tonic::{Code, Status};

const ID: &str = "6f0e4b0e-9c1b-4f6a-8a1e-2f4f5d3c7b11";
const ACME: &str = "advertisers/acme";

/// The harness with its campaign, and somebody's token.
async fn started(directory: &std::path::Path) -> Harness {
    let harness = Harness::start(directory).await;
    harness.usual().await;
    harness
}

impl Harness {
    async fn history(&self, token: &str, resource: &str) -> Vec<v1::ChangeEvent> {
        let request = v1::ListChangeEventsRequest {
            resource: resource.to_string(),
            ..Default::default()
        };
        let mut audit = AuditServiceClient::new(self.calls_with(token));
        let page = audit.list_change_events(request).await.unwrap();
        page.into_inner().change_events
    }

    async fn newest(&self, resource: &str) -> v1::ChangeEvent {
        self.history(&self.token, resource).await.swap_remove(0)
    }

    async fn revert(
        &self,
        token: &str,
        event: &str,
        force: bool,
    ) -> Result<v1::ChangeEvent, Status> {
        let request = v1::RevertChangeRequest {
            name: event.to_string(),
            force,
            ..Default::default()
        };
        let mut audit = AuditServiceClient::new(self.calls_with(token));
        audit
            .revert_change(request)
            .await
            .map(tonic::Response::into_inner)
    }

    async fn set_daily(&self, token: &str, micros: i64, request_id: &str) {
        let request = v1::AdjustBudgetRequest {
            name: CAMPAIGN.to_string(),
            daily: Some(v1::BudgetChange {
                change: Some(v1::budget_change::Change::SetMicros(micros)),
            }),
            request_id: request_id.to_string(),
            ..Default::default()
        };
        let mut campaigns = CampaignServiceClient::new(self.calls_with(token));
        campaigns.adjust_budget(request).await.unwrap();
    }

    async fn daily(&self) -> Option<i64> {
        self.campaign().await.budget.unwrap().daily_micros
    }

    async fn campaign(&self) -> v1::Campaign {
        let request = v1::GetCampaignRequest {
            name: CAMPAIGN.to_string(),
        };
        self.campaigns()
            .get_campaign(request)
            .await
            .unwrap()
            .into_inner()
    }

    async fn rename(&self, title: &str) {
        let request = v1::UpdateCampaignRequest {
            campaign: Some(v1::Campaign {
                name: CAMPAIGN.to_string(),
                display_name: title.to_string(),
                ..Default::default()
            }),
            ..Default::default()
        };
        self.campaigns().update_campaign(request).await.unwrap();
    }

    async fn set_cap(&self, token: &str, daily: i64) -> Result<v1::Advertiser, Status> {
        let request = v1::UpdateAdvertiserRequest {
            advertiser: Some(v1::Advertiser {
                name: ACME.to_string(),
                budget: Some(v1::Budget {
                    daily_micros: Some(daily),
                    lifetime_micros: None,
                }),
                ..Default::default()
            }),
            update_mask: Some(FieldMask {
                paths: vec!["budget".to_string()],
            }),
            ..Default::default()
        };
        let mut advertisers = AdvertiserServiceClient::new(self.calls_with(token));
        let done = advertisers.update_advertiser(request).await;
        done.map(tonic::Response::into_inner)
    }
}

#[tokio::test]
async fn a_change_tells_who_made_it_by_what_and_each_field() {
    let directory = tempfile::tempdir().unwrap();
    let harness = started(directory.path()).await;
    let ann = harness.token_of("ann", v1::Role::Manager, ACME).await;
    harness.set_daily(&ann, 150_000_000, ID).await;
    let event = harness.newest(CAMPAIGN).await;
    assert_eq!(event.actor, "apiTokens/ann");
    assert_eq!(event.actor_display_name, "Somebody called ann");
    assert_eq!(
        (event.method.as_str(), event.request_id.as_str()),
        ("CampaignService/AdjustBudget", ID)
    );
    assert_eq!(
        (event.resource.as_str(), event.action()),
        (CAMPAIGN, v1::ChangeAction::Changed)
    );
    let [change] = &event.changes[..] else {
        panic!("{event:?}")
    };
    assert_eq!(change.field, "budget.daily_micros");
    assert_eq!(change.old_value.as_deref(), Some("100000000"));
    assert_eq!(change.new_value.as_deref(), Some("150000000"));
    assert!(event.create_time.is_some() && event.hash.len() == 64);

    // What was only rehearsed, or is a repetition, is no change.
    harness.set_daily(&ann, 150_000_000, ID).await;
    let again = harness.newest(CAMPAIGN).await;
    assert_eq!(again.name, event.name);

    let get = v1::GetChangeEventRequest {
        name: event.name.clone(),
    };
    let got = harness.audit().get_change_event(get).await.unwrap();
    assert_eq!(got.into_inner(), event);

    // The list of an advertiser has what hangs below it; tokens are for admins of everything.
    let (seen, all) = (
        harness.history(&ann, "").await,
        harness.history(&harness.token, "").await,
    );
    assert!(
        seen.iter()
            .all(|it| it.resource.starts_with("advertisers/acme")),
        "{seen:?}"
    );
    assert_eq!(seen.len(), 5);
    let tokens = all
        .iter()
        .filter(|it| it.resource.starts_with("apiTokens/"));
    assert_eq!(tokens.count(), 2);
    assert!(
        !format!("{all:?}").contains(&ann),
        "a secret is in the history"
    );
    assert_eq!(harness.history(&ann, ACME).await.len(), 5);
    let bob = harness
        .token_of("bob", v1::Role::Reader, "advertisers/bolt")
        .await;
    assert_eq!(harness.history(&bob, "").await, []);
}

#[tokio::test]
async fn events_come_in_pages() {
    let directory = tempfile::tempdir().unwrap();
    let harness = started(directory.path()).await;
    for micros in 1..=5 {
        harness.set_daily(&harness.token, micros, "").await;
    }
    let mut request = v1::ListChangeEventsRequest {
        resource: CAMPAIGN.to_string(),
        page_size: 2,
        ..Default::default()
    };
    let (mut names, mut pages) = (Vec::new(), 0);
    loop {
        let page = harness
            .audit()
            .list_change_events(request.clone())
            .await
            .unwrap();
        let page = page.into_inner();
        names.extend(page.change_events.into_iter().map(|it| it.name));
        pages += 1;
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    // Five changes, and the creations of the campaign and of its ad.
    assert_eq!((names.len(), pages), (7, 4));
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), 7);
}

#[tokio::test]
async fn a_change_is_taken_back_unless_there_was_another_since() {
    let directory = tempfile::tempdir().unwrap();
    let harness = started(directory.path()).await;
    let token = harness.token.clone();
    harness.set_daily(&token, 150_000_000, "").await;
    let raised = harness.newest(CAMPAIGN).await;

    let rehearse = v1::RevertChangeRequest {
        name: raised.name.clone(),
        validate_only: true,
        ..Default::default()
    };
    let would = harness
        .audit()
        .revert_change(rehearse)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (would.name.as_str(), would.reverts.as_str()),
        ("", raised.name.as_str())
    );
    assert_eq!(would.changes[0].new_value.as_deref(), Some("100000000"));
    assert_eq!(harness.daily().await, Some(150_000_000));

    let revert = v1::RevertChangeRequest {
        name: raised.name.clone(),
        request_id: ID.to_string(),
        ..Default::default()
    };
    let back = harness
        .audit()
        .revert_change(revert.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(harness.daily().await, Some(100_000_000));
    assert_eq!(back.reverts, raised.name);
    assert_eq!(back.method, "AuditService/RevertChange");
    assert_eq!(back, harness.newest(CAMPAIGN).await);
    let repeated = harness
        .audit()
        .revert_change(revert)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(repeated, back);

    // What came since is not lost by accident, and with force only this change's field goes back.
    harness.set_daily(&token, 170_000_000, "").await;
    let second = harness.newest(CAMPAIGN).await;
    harness.rename("Summer").await;
    refused(
        harness.revert(&token, &second.name, false).await,
        Code::Aborted,
        "CHANGED_SINCE",
    );
    harness.revert(&token, &second.name, true).await.unwrap();
    let campaign = harness.campaign().await;
    assert_eq!(campaign.display_name, "Summer");
    assert_eq!(campaign.budget.unwrap().daily_micros, Some(100_000_000));

    // A pause, a creation and a deletion are changes like any other.
    let pause = v1::PauseCampaignRequest {
        name: CAMPAIGN.to_string(),
        ..Default::default()
    };
    harness.campaigns().pause_campaign(pause).await.unwrap();
    let paused = harness.newest(CAMPAIGN).await;
    harness.revert(&token, &paused.name, false).await.unwrap();
    assert_eq!(harness.campaign().await.state(), v1::State::Active);
    harness
        .creatives()
        .create_creative(new_creative("other"))
        .await
        .unwrap();
    let other = "advertisers/acme/creatives/other";
    let made = harness.newest(other).await;
    let gone = harness.revert(&token, &made.name, false).await.unwrap();
    assert_eq!(gone.action(), v1::ChangeAction::Deleted);
    let returned = harness.revert(&token, &gone.name, false).await.unwrap();
    assert_eq!(returned.action(), v1::ChangeAction::Undeleted);

    refused(
        harness
            .revert(&token, &format!("changeEvents/{}", PLANTED + 1), false)
            .await,
        Code::FailedPrecondition,
        "NOT_REVERTIBLE",
    );
    refused(
        harness.revert(&token, "changeEvents/999", false).await,
        Code::NotFound,
        "NOT_FOUND",
    );
    let stale = v1::RevertChangeRequest {
        name: returned.name,
        etag: "v1".to_string(),
        ..Default::default()
    };
    refused(
        harness.audit().revert_change(stale).await,
        Code::Aborted,
        "ETAG_MISMATCH",
    );
}

#[tokio::test]
async fn only_billing_and_admins_raise_an_advertisers_cap_by_whatever_way() {
    let directory = tempfile::tempdir().unwrap();
    let harness = started(directory.path()).await;
    let manager = harness.token_of("manager", v1::Role::Manager, ACME).await;
    let billing = harness.token_of("billing", v1::Role::Billing, ACME).await;
    let reader = harness.token_of("reader", v1::Role::Reader, ACME).await;
    let denied = |told: Result<v1::Advertiser, Status>| {
        refused(told, Code::PermissionDenied, "ROLE_MISSING")
    };
    harness.set_cap(&billing, 50_000_000).await.unwrap();
    denied(harness.set_cap(&manager, 60_000_000).await);
    denied(harness.set_cap(&reader, 40_000_000).await);
    harness.set_cap(&manager, 40_000_000).await.unwrap();
    let cut = harness.newest(ACME).await;
    let cut = match cut.resource.as_str() {
        ACME => cut,
        _ => panic!("{cut:?}"),
    };
    // To take a cut back is to raise.
    let told = harness.revert(&manager, &cut.name, false).await;
    refused(told, Code::PermissionDenied, "ROLE_MISSING");
    harness.revert(&billing, &cut.name, false).await.unwrap();
    let raised = harness.newest(ACME).await;
    assert_eq!(raised.changes[0].new_value.as_deref(), Some("50000000"));

    // Billing moves that budget and nothing else: no name, no campaign.
    let rename = v1::UpdateAdvertiserRequest {
        advertiser: Some(v1::Advertiser {
            name: ACME.to_string(),
            display_name: "Other".to_string(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let mut advertisers = AdvertiserServiceClient::new(harness.calls_with(&billing));
    denied(
        advertisers
            .update_advertiser(rename)
            .await
            .map(tonic::Response::into_inner),
    );
    // A manager moves campaigns' budgets as they like: the ledger holds them under the cap.
    harness.set_daily(&manager, 900_000_000, "").await;
}

#[tokio::test]
async fn whoever_rewrites_the_history_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let harness = started(directory.path()).await;
    harness.set_daily(&harness.token, 1_000_000, "").await;
    let verify = async |harness: &Harness| {
        let told = harness
            .audit()
            .verify_chain(v1::VerifyChainRequest {})
            .await;
        told.unwrap().into_inner()
    };
    let whole = verify(&harness).await;
    assert!(whole.whole && whole.first_broken.is_empty(), "{whole:?}");
    assert_eq!(whole.head_hash, harness.newest("").await.hash);
    let event = harness.newest(CAMPAIGN).await;
    harness.control.shutdown().await;
    drop(harness.writer);

    let connection = rusqlite::Connection::open(directory.path().join("outbid.sqlite")).unwrap();
    let number: i64 = event.name.rsplit('/').next().unwrap().parse().unwrap();
    connection
        .execute_batch("DROP TRIGGER change_events_are_never_changed")
        .unwrap();
    let sql = "UPDATE change_events SET actor = 'apiTokens/somebody-else' WHERE id = ?";
    assert_eq!(connection.execute(sql, [number]).unwrap(), 1);
    drop(connection);

    let harness = Harness::start(directory.path()).await;
    let broken = verify(&harness).await;
    assert!(!broken.whole, "{broken:?}");
    assert_eq!(broken.first_broken, event.name);
}
