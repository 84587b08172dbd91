//! Uploaded audiences: who is in one is bid for, and who may not be looked up is not.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use auction::audience::{MemberHash, Members};
use auction::book::Book;
use auction::decide::decide;
use auction::reason::NoBidReason;
use auction::state::BidAlone;
use campaign::audience::Audience;
use campaign::id::{AdvertiserId, AudienceId};
use campaign::targeting::{Condition, Expression};
use campaign::time::Span;
use support::*;

const BUYERS: AudienceId = AudienceId(70);

fn market(targeting: Expression) -> Market {
    let mut market = Market::of_banner(|ad, _| ad.targeting = targeting);
    let mut members = Members::default();
    members.add(BUYERS, MemberHash::of("ann"), now() + Span::minutes(10));
    members.add(BUYERS, MemberHash::of("bob"), now() - Span::minutes(1));
    members.add(
        AudienceId(71),
        MemberHash::of("cem"),
        now() + Span::minutes(10),
    );
    market.inventory.members = members;
    market.inventory.audiences = vec![Audience {
        id: BUYERS,
        advertiser: AdvertiserId(1),
        display_name: "Buyers".to_string(),
        membership: Span::days(30),
    }];
    market
}

/// What becomes of a request, found without a look at every ad and with one.
fn fate(market: &mut Market, body: &str) -> Result<(), NoBidReason> {
    let quick = market.at_desk(body, |desk, reduced, world, arena| {
        decide(desk, reduced, world, &mut BidAlone, arena).map(drop)
    });
    let thorough = market.decide(body, |answer| answer.result.map(drop));
    assert_eq!(quick, thorough);
    quick
}

fn user(id: &str) -> String {
    request("", &format!(r#""device":{{"ifa":"{id}"}}"#))
}

#[test]
fn members_are_bid_for_where_there_is_a_right_to_look_them_up() {
    let wanted = Expression::Is(Condition::Audience(BTreeSet::from([BUYERS])));
    let mut market = market(wanted);
    let mut check = |body: &str, expect: Result<(), NoBidReason>| {
        assert_eq!(fate(&mut market, body), expect, "{body}");
    };
    check(&user("ann"), Ok(()));
    check(&request("", r#""user":{"id":"ann"}"#), Ok(()));
    check(&request("", r#""user":{"buyeruid":"ann"}"#), Ok(()));
    check(&user("bob"), Err(NoBidReason::Audience));
    check(&user("cem"), Err(NoBidReason::Audience));
    check(&user("ANN"), Err(NoBidReason::Audience));
    check(&request("", ""), Err(NoBidReason::Audience));
    let without = |more: &str| request("", &format!(r#""user":{{"id":"ann"}},{more}"#));
    check(
        &without(r#""device":{"lmt":1}"#),
        Err(NoBidReason::NoConsent),
    );
    check(
        &without(r#""regs":{"gdpr":1}"#),
        Err(NoBidReason::NoConsent),
    );
    check(
        &without(r#""regs":{"us_privacy":"1YYN"}"#),
        Err(NoBidReason::NoConsent),
    );
}

#[test]
fn members_who_are_shut_out_are_not_bid_for() {
    let buyers = Expression::Is(Condition::Audience(BTreeSet::from([BUYERS])));
    let mut market = market(Expression::Not(Box::new(buyers)));
    assert_eq!(fate(&mut market, &user("ann")), Err(NoBidReason::Audience));
    assert_eq!(fate(&mut market, &user("bob")), Ok(()));
    assert_eq!(fate(&mut market, &request("", "")), Ok(()));
}

#[test]
fn nobody_is_looked_up_where_no_ad_asks_and_nobody_is_in_what_was_deleted() {
    let mut market = market(Expression::default());
    assert!(
        Book::build(market.inventory.clone())
            .members(now())
            .is_none()
    );
    market.inventory.ads[0].targeting =
        Expression::Is(Condition::Audience(BTreeSet::from([BUYERS])));
    assert!(
        Book::build(market.inventory.clone())
            .members(now())
            .is_some()
    );
    market.inventory.audiences.clear();
    assert_eq!(fate(&mut market, &user("ann")), Err(NoBidReason::Audience));
}
