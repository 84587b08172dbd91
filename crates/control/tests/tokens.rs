//! Tokens: told once, ended at once, made only by those who may.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use api::v1::identity_service_client::IdentityServiceClient;
use api::v1::report_service_client::ReportServiceClient;
use campaign::time::Span;
use harness::*;
use tonic::{Code, Status};

const ID: &str = "6f0e4b0e-9c1b-4f6a-8a1e-2f4f5d3c7b11";

fn binding(role: v1::Role, resource: &str) -> v1::RoleBinding {
    v1::RoleBinding {
        role: role as i32,
        resource: resource.to_string(),
    }
}

fn new_token(id: &str, bindings: Vec<v1::RoleBinding>) -> v1::CreateApiTokenRequest {
    v1::CreateApiTokenRequest {
        api_token_id: id.to_string(),
        api_token: Some(v1::ApiToken {
            display_name: "Ann".to_string(),
            bindings,
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn reader(id: &str) -> v1::CreateApiTokenRequest {
    new_token(id, vec![binding(v1::Role::Reader, "-")])
}

async fn who_am_i(harness: &Harness, token: &str) -> Result<v1::ApiToken, Status> {
    let mut identity = IdentityServiceClient::new(harness.calls_with(token));
    let told = identity.who_am_i(v1::WhoAmIRequest {}).await;
    told.map(|told| told.into_inner().api_token.unwrap())
}

#[tokio::test]
async fn a_secret_is_told_once_and_kept_by_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let mut identity = harness.identity();
    let request = v1::CreateApiTokenRequest {
        request_id: ID.to_string(),
        ..reader("ann")
    };
    let rehearsed = v1::CreateApiTokenRequest {
        validate_only: true,
        ..reader("ann")
    };
    let would = identity
        .create_api_token(rehearsed)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(would.secret, "");
    let made = identity
        .create_api_token(request.clone())
        .await
        .unwrap()
        .into_inner();
    let token = made.api_token.unwrap();
    assert!(made.secret.starts_with("outbid_ann_") && made.secret.starts_with(&token.prefix));
    assert_eq!(token.prefix.len(), "outbid_ann_".len() + 4);
    let again = identity
        .create_api_token(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        again,
        v1::CreateApiTokenResponse {
            api_token: Some(token.clone()),
            secret: String::new()
        }
    );
    assert_eq!(
        who_am_i(&harness, &made.secret).await.unwrap().name,
        "apiTokens/ann"
    );
    refused(
        identity.create_api_token(reader("ann")).await,
        Code::AlreadyExists,
        "ALREADY_EXISTS",
    );

    let get = v1::GetApiTokenRequest {
        name: token.name.clone(),
    };
    let seen = identity.get_api_token(get).await.unwrap().into_inner();
    assert!(seen.last_use_time.is_some());
    assert_eq!(seen.state(), v1::ApiTokenState::Active);
    harness.control.shutdown().await;
    drop(harness.writer);
    // Nothing of what lies on disk holds the secret's random part, and the token is good after a restart.
    let random = &made.secret[token.prefix.len()..];
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(random.len())
                .any(|it| it == random.as_bytes());
            assert!(!found, "{} holds the secret", path.display());
        }
    }
    let harness = Harness::start(directory.path()).await;
    let seen = who_am_i(&harness, &made.secret).await.unwrap();
    assert_eq!(
        (seen.name.as_str(), seen.etag.as_str()),
        ("apiTokens/ann", "v1")
    );
}

#[tokio::test]
async fn a_stream_ends_with_the_token_that_opened_it() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let made = harness.identity().create_api_token(reader("ann")).await;
    let token = made.unwrap().into_inner().secret;
    let request = v1::WatchPacingRequest {
        name: CAMPAIGN.to_string(),
        message_limit: 0,
    };
    let mut reports = ReportServiceClient::new(harness.calls_with(&token));
    let mut stream = reports.watch_pacing(request).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some());
    let revoke = v1::RevokeApiTokenRequest {
        name: "apiTokens/ann".to_string(),
        ..Default::default()
    };
    harness.identity().revoke_api_token(revoke).await.unwrap();
    // What was on its way already may still come.
    let ended = loop {
        match stream.message().await {
            Ok(told) => assert!(told.is_some(), "it ended without a word"),
            Err(status) => break Err::<(), _>(status),
        }
    };
    refused(ended, Code::Unauthenticated, "TOKEN_REVOKED");
}

#[tokio::test]
async fn a_token_ends_when_it_is_revoked_rotated_or_over() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let mut identity = harness.identity();
    let first = identity
        .create_api_token(reader("ann"))
        .await
        .unwrap()
        .into_inner()
        .secret;
    let rotate = v1::RotateApiTokenRequest {
        name: "apiTokens/ann".to_string(),
        overlap: Some(prost_types::Duration {
            seconds: 3_600,
            nanos: 0,
        }),
        etag: "v1".to_string(),
        ..Default::default()
    };
    let second = identity
        .rotate_api_token(rotate.clone())
        .await
        .unwrap()
        .into_inner();
    refused(
        identity.rotate_api_token(rotate).await,
        Code::Aborted,
        "ETAG_MISMATCH",
    );
    for token in [&first, &second.secret] {
        who_am_i(&harness, token).await.unwrap();
    }
    harness.clock.advance(Span::hours(1));
    refused(
        who_am_i(&harness, &first).await,
        Code::Unauthenticated,
        "TOKEN_UNKNOWN",
    );
    who_am_i(&harness, &second.secret).await.unwrap();
    harness.clock.advance(Span::days(90));
    refused(
        who_am_i(&harness, &second.secret).await,
        Code::Unauthenticated,
        "TOKEN_EXPIRED",
    );

    let bob = identity
        .create_api_token(reader("bob"))
        .await
        .unwrap()
        .into_inner()
        .secret;
    let revoke = |name: &str| v1::RevokeApiTokenRequest {
        name: name.to_string(),
        ..Default::default()
    };
    identity
        .revoke_api_token(revoke("apiTokens/bob"))
        .await
        .unwrap();
    refused(
        who_am_i(&harness, &bob).await,
        Code::Unauthenticated,
        "TOKEN_REVOKED",
    );
    // Who could revoke it last could let nobody in again.
    let own = who_am_i(&harness, &harness.token).await.unwrap().name;
    refused(
        identity.revoke_api_token(revoke(&own)).await,
        Code::FailedPrecondition,
        "LAST_ADMIN",
    );
    let shown = |show_ended| v1::ListApiTokensRequest {
        show_ended,
        ..Default::default()
    };
    let good = identity
        .list_api_tokens(shown(false))
        .await
        .unwrap()
        .into_inner();
    let all = identity
        .list_api_tokens(shown(true))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((good.api_tokens.len(), all.api_tokens.len()), (1, 3));
}

#[tokio::test]
async fn nobody_makes_a_token_that_may_more_than_they_may() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let acme = "advertisers/acme";
    let admin = new_token("acme-admin", vec![binding(v1::Role::Admin, acme)]);
    let admin = harness
        .identity()
        .create_api_token(admin)
        .await
        .unwrap()
        .into_inner()
        .secret;
    let mut identity = IdentityServiceClient::new(harness.calls_with(&admin));
    let own = new_token("own", vec![binding(v1::Role::Manager, acme)]);
    identity.create_api_token(own).await.unwrap();
    for more in [
        vec![binding(v1::Role::Reader, "-")],
        vec![binding(v1::Role::Reader, "advertisers/bolt")],
        vec![
            binding(v1::Role::Reader, acme),
            binding(v1::Role::Admin, "-"),
        ],
    ] {
        let told = identity.create_api_token(new_token("more", more)).await;
        refused(told, Code::PermissionDenied, "ROLE_MISSING");
    }
    // Nor do they see, rotate or end what is not theirs.
    let root = who_am_i(&harness, &harness.token).await.unwrap().name;
    let rotate = v1::RotateApiTokenRequest {
        name: root.clone(),
        ..Default::default()
    };
    refused(
        identity.rotate_api_token(rotate).await,
        Code::PermissionDenied,
        "ROLE_MISSING",
    );
    let revoke = v1::RevokeApiTokenRequest {
        name: root,
        ..Default::default()
    };
    refused(
        identity.revoke_api_token(revoke).await,
        Code::PermissionDenied,
        "ROLE_MISSING",
    );
    let seen = identity
        .list_api_tokens(v1::ListApiTokensRequest::default())
        .await
        .unwrap();
    let seen: Vec<String> = seen
        .into_inner()
        .api_tokens
        .into_iter()
        .map(|it| it.name)
        .collect();
    assert_eq!(seen, ["apiTokens/acme-admin", "apiTokens/own"]);

    let wrong = v1::CreateApiTokenRequest {
        api_token: Some(v1::ApiToken {
            bindings: vec![
                binding(v1::Role::Unspecified, "-"),
                binding(v1::Role::Reader, "advertisers/-"),
            ],
            expire_time: Some(prost_types::Timestamp::default()),
            ..Default::default()
        }),
        ..Default::default()
    };
    let told = harness.identity().create_api_token(wrong).await;
    let paths = fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS"));
    assert_eq!(
        paths,
        [
            "api_token.display_name",
            "api_token.bindings[0]",
            "api_token.bindings[1]",
            "api_token.expire_time"
        ]
    );
}

#[tokio::test]
async fn the_first_token_is_taken_again_and_replaced_when_it_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let known = harness.token.clone();
    assert_eq!(
        harness
            .control
            .first_token(Some(known.clone()))
            .await
            .unwrap(),
        known
    );
    let fresh = harness
        .control
        .first_token(Some("nonsense".to_string()))
        .await
        .unwrap();
    assert_ne!(fresh, known);
    refused(
        who_am_i(&harness, &known).await,
        Code::Unauthenticated,
        "TOKEN_UNKNOWN",
    );
    who_am_i(&harness, &fresh).await.unwrap();
    // A token that is good and may less is not enough.
    let mut identity = IdentityServiceClient::new(harness.calls_with(&fresh));
    let small = identity
        .create_api_token(reader("small"))
        .await
        .unwrap()
        .into_inner()
        .secret;
    let other = harness
        .control
        .first_token(Some(small.clone()))
        .await
        .unwrap();
    assert_ne!(other, small);
}
