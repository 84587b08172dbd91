//! The funnel of one request.

mod support;

use auction::explain::Outcome;
use auction::reason::NoBidReason;
use campaign::ad::Goal;
use campaign::money::Money;
use campaign::targeting::{Condition, Expression};
use support::{Market, ad, banner, request, video};

#[test]
fn every_ad_has_its_fate_and_the_nearest_miss_is_named() {
    let mut ads = vec![
        ad(1, "0.10", &[1]),
        ad(2, "5", &[2]),
        ad(3, "5", &[3]),
        ad(4, "5", &[]),
        ad(5, "5", &[1]),
    ];
    ads[4].targeting = Expression::Is(Condition::DeviceType([4].into()));
    let mut market = Market::new(
        ads,
        vec![banner(1, 300, 250), banner(2, 728, 90), video(3, 15)],
    );
    let explained = market.explain(&request(r#""bidfloor":0.5"#, ""));
    let imp = &explained.impressions[0];
    let fates: Vec<_> = imp
        .ads
        .iter()
        .map(|fate| match fate.outcome {
            Outcome::Refused(reason) => (fate.ad.0, reason.name()),
            Outcome::Bid { .. } => (fate.ad.0, "bid"),
        })
        .collect();
    assert_eq!(
        fates,
        [
            (1, "floor"),
            (5, "device"),
            (2, "size"),
            (3, "format"),
            (4, "no_creative")
        ]
    );
    assert_eq!(imp.considered, 5);
    assert_eq!(imp.refused, Some(NoBidReason::Floor));
    let miss = imp.nearest_miss.as_ref().unwrap();
    assert_eq!(
        miss.detail,
        "would bid 0.10 USD CPM, and the floor is 0.50 USD CPM: its price is fixed at 0.10 USD CPM"
    );
    assert!(
        imp.understood
            .contains("banner, 300x250, floor 0.50 USD CPM"),
        "{}",
        imp.understood
    );
}

#[test]
fn a_bid_comes_first_and_what_it_beat_is_no_miss() {
    let mut market = Market::new(
        vec![ad(1, "1", &[1]), ad(2, "2", &[1])],
        vec![banner(1, 300, 250)],
    );
    let explained = market.explain(&request("", ""));
    let imp = &explained.impressions[0];
    assert!(matches!(imp.ads[0].outcome, Outcome::Bid { price, .. } if price.0 == 2_000_000));
    assert_eq!(
        imp.ads[1].outcome,
        Outcome::Refused(NoBidReason::OutbidByOurs)
    );
    assert_eq!(
        (imp.refused, imp.nearest_miss.as_ref(), explained.refused),
        (None, None, None)
    );
}

#[test]
fn a_request_that_is_refused_whole_says_so() {
    let mut market = Market::of_banner(|_, _| {});
    let explained = market.explain(&request("", r#""bseat":["outbid"],"regs":{"gdpr":1}"#));
    assert_eq!(explained.refused, Some(NoBidReason::OurSeatBlocked));
    assert!(explained.impressions[0].ads.is_empty());
    assert_eq!(
        explained.privacy,
        "allowed: context only; not more, because: no_consent"
    );
}

#[test]
fn an_impression_that_cannot_be_understood_is_in_the_funnel() {
    let mut market = Market::of_banner(|_, _| {});
    let explained =
        market.explain(r#"{"id":"r","imp":[{"id":"a"},{"id":"b","banner":{"w":300,"h":250}}]}"#);
    let refused: Vec<_> = explained
        .impressions
        .iter()
        .map(|imp| (imp.imp_id.as_str(), imp.refused))
        .collect();
    assert_eq!(
        refused,
        [("a", Some(NoBidReason::InvalidImpression)), ("b", None)]
    );
}

#[test]
fn prices_are_told_by_the_thousand_floors_as_amounts_and_creatives_by_their_names() {
    // A click is worth 1 USD and comes in 0.2 % of impressions.
    let mut market = Market::of_banner(|ad, creative| {
        ad.goal = Goal::Click(Money(1_000_000_000));
        creative.display_name = "Hero".to_string();
    });
    let explained = market.explain(&request(r#""bidfloor":1.5e-1"#, ""));
    let imp = &explained.impressions[0];
    assert_eq!(imp.understood, "banner, 300x250, floor 0.15 USD CPM");
    let detail = &imp.ads[0].detail;
    for part in [
        "USD CPM with creative \"Hero\": a thousand impressions are worth 2.00 USD to it",
        " CPM at most",
    ] {
        assert!(detail.contains(part), "{detail}");
    }
    let unknown = market.explain(&request(r#""bidfloor":2,"bidfloorcur":"XX""#, ""));
    let understood = &unknown.impressions[0].understood;
    assert!(understood.ends_with("floor 2 XX CPM"), "{understood}");
}
