//! Who is let in: every method of the contract, called as everybody.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[path = "access/expectations.rs"]
mod expectations;
#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;
#[path = "access/raw.rs"]
mod raw;

use api::v1;
use campaign::time::{Span, Timestamp};
use expectations::EXPECTATIONS;
use harness::*;
use raw::{Contract, call};
use tonic::{Code, Status};

const ROLES: [v1::Role; 4] = [
    v1::Role::Reader,
    v1::Role::Billing,
    v1::Role::Manager,
    v1::Role::Admin,
];

fn binding(role: v1::Role, resource: &str) -> v1::RoleBinding {
    v1::RoleBinding {
        role: role as i32,
        resource: resource.to_string(),
    }
}

/// Asks for a token of one role.
fn new_token(id: &str, role: v1::Role, resource: &str) -> v1::CreateApiTokenRequest {
    v1::CreateApiTokenRequest {
        api_token_id: id.to_string(),
        api_token: Some(v1::ApiToken {
            display_name: id.to_string(),
            bindings: vec![binding(role, resource)],
            ..Default::default()
        }),
        ..Default::default()
    }
}

impl Harness {
    /// Tokens of the four roles at one place.
    async fn tokens_at(&self, resource: &str, short: &str) -> Vec<String> {
        let mut tokens = Vec::new();
        for role in ROLES {
            let id = format!("{short}-{}", tokens.len());
            tokens.push(self.token_of(&id, role, resource).await);
        }
        tokens
    }
}

/// Whether the gate let a call in: whatever a service says of it afterwards is not the gate's word.
fn let_in(result: &Result<(), Status>) -> bool {
    let refusal = |status: &Status| {
        matches!(
            status.code(),
            Code::PermissionDenied | Code::Unauthenticated
        )
    };
    !result.as_ref().is_err_and(refusal)
}

#[tokio::test]
async fn every_method_lets_in_whom_the_table_says_and_nobody_else() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    // The fifth change that there is makes the campaign: after rates, exchange, the harness's token and the advertiser.
    harness.usual().await;
    harness
        .advertisers()
        .create_advertiser(new_advertiser("bolt"))
        .await
        .unwrap();
    let own = harness.tokens_at("advertisers/acme", "own").await;
    let other = harness.tokens_at("advertisers/bolt", "other").await;
    let ended = ended_tokens(&harness).await;

    let contract = Contract::read();
    for method in contract.methods() {
        let line = EXPECTATIONS.iter().find(|line| line.method == method);
        let line = line.unwrap_or_else(|| {
            panic!(
                "{method} is new: add a row to RULES in crates/control/src/access/rules.rs (who may call it, and which \
                 field names what it is about), and a line to crates/control/tests/access/expectations.rs (what each \
                 role gets)"
            )
        });
        // Nothing is to be changed by a call that is let in: it would be in the way of the next.
        let request = contract.request(method, line.names, true);
        let ask = async |token: &str| call(harness.calls_with(token), method, &request).await;
        for (place, role) in ROLES.iter().enumerate() {
            let told = ask(&own[place]).await;
            assert_eq!(
                let_in(&told),
                line.roles[place],
                "{method} as {role:?}: {told:?}"
            );
            let told = ask(&other[place]).await;
            assert_eq!(
                let_in(&told),
                line.elsewhere[place],
                "{method} as {role:?} of another advertiser: {told:?}"
            );
            if !line.elsewhere[place] {
                let (status, details) = refused(told, Code::PermissionDenied, "ROLE_MISSING");
                let facts = details.info.unwrap().metadata;
                assert_eq!(facts["method"], method, "{status}");
                assert!(
                    !facts["resource"].is_empty() && facts["roles"].contains("ADMIN"),
                    "{facts:?}"
                );
            }
        }
        let told = ask(&harness.token).await;
        assert!(
            let_in(&told),
            "{method} as an admin of everything: {told:?}"
        );
        for (token, reason) in &ended {
            refused(ask(token).await, Code::Unauthenticated, reason);
        }
    }
    let known: Vec<&str> = contract.methods().collect();
    for line in EXPECTATIONS {
        assert!(
            known.contains(&line.method),
            "{} is no method: take its line out",
            line.method
        );
    }
}

/// No token, and tokens that are not good, each with the reason that is told.
async fn ended_tokens(harness: &Harness) -> Vec<(String, &'static str)> {
    let now = Timestamp::parse(NOON).unwrap();
    let mut short = new_token("short", v1::Role::Admin, "-");
    if let Some(token) = &mut short.api_token {
        token.expire_time = api::time::write_moment(now + Span::minutes(1));
    }
    let mut identity = harness.identity();
    let short = identity.create_api_token(short).await.unwrap();
    let revoked = harness.token_of("revoked", v1::Role::Admin, "-").await;
    let revoke = v1::RevokeApiTokenRequest {
        name: "apiTokens/revoked".to_string(),
        ..Default::default()
    };
    identity.revoke_api_token(revoke).await.unwrap();
    harness.clock.advance(Span::minutes(1));
    let mut forged = harness.token.clone();
    forged.truncate(forged.len() - 2);
    vec![
        (String::new(), "TOKEN_MISSING"),
        ("nonsense".to_string(), "TOKEN_UNKNOWN"),
        (forged, "TOKEN_UNKNOWN"),
        (short.into_inner().secret, "TOKEN_EXPIRED"),
        (revoked, "TOKEN_REVOKED"),
    ]
}

#[tokio::test]
async fn a_request_in_parts_names_all_that_it_touches() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    harness
        .advertisers()
        .create_advertiser(new_advertiser("bolt"))
        .await
        .unwrap();
    let token = harness
        .token_of("bolt", v1::Role::Manager, "advertisers/bolt")
        .await;
    let contract = Contract::read();
    let method = "CampaignService/PauseCampaign";
    // The decoder takes the last of the two names.
    let twice = [
        contract.request(method, &[("name", "advertisers/bolt/campaigns/x")], false),
        contract.request(method, &[("name", CAMPAIGN)], false),
    ]
    .concat();
    let told = call(harness.calls_with(&token), method, &twice).await;
    refused(told, Code::PermissionDenied, "ROLE_MISSING");
}

#[tokio::test]
async fn a_list_shows_what_its_reader_may_see() {
    use api::v1::advertiser_service_client::AdvertiserServiceClient;
    use api::v1::campaign_service_client::CampaignServiceClient;
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    harness
        .advertisers()
        .create_advertiser(new_advertiser("bolt"))
        .await
        .unwrap();
    let bolt = harness
        .token_of("bolt", v1::Role::Reader, "advertisers/bolt")
        .await;
    let calls = harness.calls_with(&bolt);
    let advertisers = AdvertiserServiceClient::new(calls.clone())
        .list_advertisers(v1::ListAdvertisersRequest::default())
        .await
        .unwrap()
        .into_inner()
        .advertisers;
    let names: Vec<&str> = advertisers.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["advertisers/bolt"]);
    let mut campaigns = CampaignServiceClient::new(calls);
    let mut list = async |parent: &str| {
        let request = v1::ListCampaignsRequest {
            parent: parent.to_string(),
            ..Default::default()
        };
        campaigns.list_campaigns(request).await
    };
    let seen = list("advertisers/-").await.unwrap().into_inner();
    assert_eq!(
        (seen.campaigns.len(), seen.next_page_token.as_str()),
        (0, "")
    );
    refused(
        list("advertisers/acme").await,
        Code::PermissionDenied,
        "ROLE_MISSING",
    );
    // All advertisers' money in one row would tell of those that are not theirs.
    let report = v1::QueryReportRequest {
        parent: "advertisers/-".to_string(),
        ..Default::default()
    };
    let mut reports =
        v1::report_service_client::ReportServiceClient::new(harness.calls_with(&bolt));
    refused(
        reports.query_report(report).await,
        Code::PermissionDenied,
        "ROLE_MISSING",
    );
}
