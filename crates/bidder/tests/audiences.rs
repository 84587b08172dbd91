//! Uploaded audiences over a real socket: who is in one gets its ads, until his time is over or he is forgotten.
#![allow(clippy::unwrap_used, reason = "what a test builds on may panic")]

mod support;

use std::collections::BTreeSet;

use auction::audience::{MemberHash, Members};
use auction::book::Inventory;
use auction::reason::NoBidReason;
use campaign::audience::Audience;
use campaign::id::AudienceId;
use campaign::targeting::{Condition, Expression};
use campaign::time::Span;
use support::*;

const BUYERS: AudienceId = AudienceId(70);
/// The user of [`REQUEST`].
const ANN: &str = "6d92078a-8246-4ba4-ae5b-76104861e7dc";

/// An ad for buyers, of whom there are these, each for so many minutes.
fn buyers(version: u64, users: &[(&str, i64)]) -> Inventory {
    let mut inventory = inventory();
    inventory.version = version;
    inventory.ads[0].targeting = Expression::Is(Condition::Audience(BTreeSet::from([BUYERS])));
    inventory.audiences = vec![Audience {
        id: BUYERS,
        advertiser: ADVERTISER,
        display_name: "Buyers".to_string(),
        membership: Span::days(30),
    }];
    let mut members = Members::default();
    for (user, minutes) in users {
        members.add(BUYERS, MemberHash::of(user), NOW + Span::minutes(*minutes));
    }
    inventory.members = members;
    inventory
}

async fn started(inventory: Inventory) -> Fixture {
    let setup = Setup {
        inventory,
        ..Setup::default()
    };
    setup.start().await
}

/// Why a request is not bid on, so far as the bidder itself can tell.
fn why_not(bidder: &Fixture, body: &str) -> Option<NoBidReason> {
    let explained = bidder.bidder().explainer().explain("demo", body.as_bytes());
    explained.unwrap().refused
}

#[tokio::test]
async fn whoever_is_in_an_audience_gets_its_ad_and_nobody_else() {
    let bidder = started(buyers(1, &[(ANN, 10), ("user-of-the-exchange", -1)])).await;
    let check = async |body: &str, expect: Option<NoBidReason>| {
        let status = if expect.is_none() { 200 } else { 204 };
        assert_eq!(bidder.bid("demo", body).await.status, status, "{body}");
        assert_eq!(why_not(&bidder, body), expect, "{body}");
    };
    check(REQUEST, None).await;
    check(
        &REQUEST.replace("6d92", "6d93"),
        Some(NoBidReason::Audience),
    )
    .await;
    // Whoever may not be looked up is in no audience, whatever his id.
    for refusing in [r#""lmt":1"#, r#""dnt":1"#] {
        let body = REQUEST.replace(r#""ip""#, &format!(r#"{refusing},"ip""#));
        check(&body, Some(NoBidReason::NoConsent)).await;
    }
    let eu = REQUEST.replace(r#""tmax""#, r#""regs":{"ext":{"gdpr":1}},"tmax""#);
    check(&eu, Some(NoBidReason::NoConsent)).await;
}

#[tokio::test]
async fn a_member_whose_time_is_over_is_none() {
    let bidder = started(buyers(1, &[(ANN, 1), ("bob", 2)])).await;
    let bob = REQUEST.replace(ANN, "bob");
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 200);
    bidder.clock.advance(Span::minutes(1));
    // Money is asked for anew after so long.
    while bidder.bid("demo", &bob).await.status != 200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 204);
    assert_eq!(why_not(&bidder, REQUEST), Some(NoBidReason::Audience));
}

#[tokio::test]
async fn a_member_who_is_forgotten_is_none_with_the_next_book() {
    let bidder = started(buyers(1, &[(ANN, 10), ("bob", 10)])).await;
    assert_eq!(bidder.bid("demo", REQUEST).await.status, 200);
    let without = book(buyers(2, &[("bob", 10)]));
    bidder.updates.send(without).await.unwrap();
    while bidder.bid("demo", REQUEST).await.status != 204 {
        tokio::task::yield_now().await;
    }
    assert_eq!(why_not(&bidder, REQUEST), Some(NoBidReason::Audience));
    let bob = REQUEST.replace(ANN, "bob");
    assert_eq!(bidder.bid("demo", &bob).await.status, 200);
}
