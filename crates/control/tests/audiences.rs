//! Audiences through a real server and a real store: who is in them, for how long, and what bidders get.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use api::v1::audience_service_client::AudienceServiceClient;
use auction::audience::hash_digits;
use campaign::id::AudienceId;
use campaign::time::{Clock, Span};
use harness::*;
use tonic::Code;

const AUDIENCE: &str = "advertisers/acme/audiences/buyers";

fn new_audience(id: &str) -> v1::CreateAudienceRequest {
    v1::CreateAudienceRequest {
        parent: "advertisers/acme".to_string(),
        audience_id: id.to_string(),
        audience: Some(v1::Audience {
            display_name: "Buyers".to_string(),
            membership_duration: Some(prost_types::Duration {
                seconds: 3_600,
                nanos: 0,
            }),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn add(name: &str, ids: &[&str]) -> v1::AddAudienceMembersRequest {
    v1::AddAudienceMembersRequest {
        name: name.to_string(),
        member_ids: ids.iter().map(|id| hash_digits(id)).collect(),
        ..Default::default()
    }
}

fn remove(name: &str, ids: &[&str]) -> v1::RemoveAudienceMembersRequest {
    v1::RemoveAudienceMembersRequest {
        name: name.to_string(),
        member_ids: ids.iter().map(|id| hash_digits(id)).collect(),
        validate_only: false,
    }
}

impl Harness {
    fn audiences(&self) -> AudienceServiceClient<Calls> {
        AudienceServiceClient::new(self.calls())
    }

    /// An audience, and an ad that wants its members only.
    async fn targeted(&self) -> v1::Audience {
        self.usual().await;
        let made = self
            .audiences()
            .create_audience(new_audience("buyers"))
            .await;
        let targeting = v1::Targeting {
            audiences: Some(v1::TextTargeting {
                include: vec![AUDIENCE.to_string()],
                exclude: Vec::new(),
            }),
            ..Default::default()
        };
        let update = v1::UpdateAdRequest {
            ad: Some(v1::Ad {
                name: AD.to_string(),
                targeting: Some(targeting),
                ..Default::default()
            }),
            ..Default::default()
        };
        self.ads().update_ad(update).await.unwrap();
        made.unwrap().into_inner()
    }

    /// The audiences that a user is in, as the bidder's book says it now.
    fn audiences_of(&self, id: &str) -> Vec<AudienceId> {
        let arena = bumpalo::Bump::new();
        let now = self.clock.now();
        let found = self.book.members(now).map(|(members, now)| {
            let id = &*arena.alloc_str(id);
            members.of_user(std::iter::once(id), now, &arena).to_vec()
        });
        found.unwrap_or_default()
    }
}

#[tokio::test]
async fn members_are_in_the_book_until_they_expire_or_are_removed_and_outlive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let audience = AudienceId(harness.targeted().await.number);
    let mut audiences = harness.audiences();
    let added = audiences
        .add_audience_members(add(AUDIENCE, &["ann", "bob", "cem"]))
        .await;
    let added = added.unwrap().into_inner();
    assert_eq!((added.added_count, added.member_count), (3, 3));
    let again = audiences
        .add_audience_members(add(AUDIENCE, &["bob", "dan"]))
        .await;
    let again = again.unwrap().into_inner();
    assert_eq!((again.added_count, again.member_count), (1, 4));
    harness
        .updated("dan is known", |it| it.audiences_of("dan") == [audience])
        .await;
    assert_eq!(harness.audiences_of("ann"), [audience]);
    assert_eq!(harness.audiences_of("eve"), []);

    // Forgotten everywhere by one call, and the history tells how many and not who.
    let gone = audiences
        .remove_audience_members(remove("advertisers/acme/audiences/-", &["ann", "eve"]))
        .await;
    assert_eq!(gone.unwrap().into_inner().removed_count, 1);
    harness
        .updated("ann is forgotten", |it| it.audiences_of("ann").is_empty())
        .await;
    let events = v1::ListChangeEventsRequest {
        resource: AUDIENCE.to_string(),
        ..Default::default()
    };
    let events = harness
        .audit()
        .list_change_events(events)
        .await
        .unwrap()
        .into_inner();
    let told = format!("{events:?}");
    assert!(
        told.contains("3 added") && told.contains("1 removed"),
        "{told}"
    );
    assert!(!told.contains(&hash_digits("ann")[..16]), "{told}");

    // A deleted audience holds nobody; undeleted, those who are left.
    let delete = v1::DeleteAudienceRequest {
        name: AUDIENCE.to_string(),
        ..Default::default()
    };
    audiences.delete_audience(delete).await.unwrap();
    harness
        .updated("nobody is in it", |it| it.audiences_of("bob").is_empty())
        .await;
    let back = v1::UndeleteAudienceRequest {
        name: AUDIENCE.to_string(),
        ..Default::default()
    };
    audiences.undelete_audience(back).await.unwrap();
    harness
        .updated("bob is in it again", |it| {
            it.audiences_of("bob") == [audience]
        })
        .await;

    let now = harness.clock.now();
    drop(audiences);
    harness.control.shutdown().await;
    drop((harness.updates, harness.writer));
    let mut harness = Harness::start_at(directory.path(), now).await;
    harness
        .updated("bob is known after a restart", |it| {
            it.audiences_of("bob") == [audience]
        })
        .await;
    assert_eq!(harness.audiences_of("ann"), []);
    // To the minute after their hour they are known, and then not.
    harness.clock.advance(Span::minutes(59));
    assert_eq!(harness.audiences_of("bob"), [audience]);
    harness.clock.advance(Span::minutes(1));
    assert_eq!(harness.audiences_of("bob"), []);
}

#[tokio::test]
async fn what_is_no_member_or_no_audience_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.targeted().await;
    let mut audiences = harness.audiences();
    let mut wrong = add(AUDIENCE, &["ann"]);
    wrong.member_ids.push("ann".to_string());
    wrong.expire_time = api::time::write_moment(harness.clock.now());
    let told = audiences.add_audience_members(wrong).await;
    let told = fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS"));
    assert_eq!(told, ["member_ids[1]", "expire_time"]);
    let nobody = audiences.add_audience_members(add(AUDIENCE, &[])).await;
    let told = fields(refused(nobody, Code::InvalidArgument, "INVALID_FIELDS"));
    assert_eq!(told, ["member_ids"]);
    let nowhere = add("advertisers/acme/audiences/no", &["ann"]);
    refused(
        audiences.add_audience_members(nowhere).await,
        Code::NotFound,
        "NOT_FOUND",
    );
    let all = remove("advertisers/-/audiences/-", &["ann"]);
    let told = audiences.remove_audience_members(all).await;
    assert_eq!(
        fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS")),
        ["name"]
    );
    let mut long = new_audience("long");
    long.audience.as_mut().unwrap().membership_duration = Some(prost_types::Duration {
        seconds: 541 * 86_400,
        nanos: 0,
    });
    let told = audiences.create_audience(long).await;
    let told = fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS"));
    assert_eq!(told, ["audience.membership_duration"]);
    // Another advertiser's audience cannot be targeted.
    harness
        .advertisers()
        .create_advertiser(new_advertiser("bolt"))
        .await
        .unwrap();
    let other = v1::CreateAudienceRequest {
        parent: "advertisers/bolt".to_string(),
        ..new_audience("buyers")
    };
    audiences.create_audience(other).await.unwrap();
    let targeting = v1::Targeting {
        audiences: Some(v1::TextTargeting {
            include: Vec::new(),
            exclude: vec!["advertisers/bolt/audiences/buyers".to_string()],
        }),
        ..Default::default()
    };
    let update = v1::UpdateAdRequest {
        ad: Some(v1::Ad {
            name: AD.to_string(),
            targeting: Some(targeting),
            ..Default::default()
        }),
        ..Default::default()
    };
    let told = harness.ads().update_ad(update).await;
    let told = fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS"));
    assert_eq!(told, ["ad.targeting.audiences.exclude[0]"]);
}
