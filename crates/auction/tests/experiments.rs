//! What is tried on a part of the users is done for those users, and for nobody else.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use auction::decide::decide;
use auction::reason::NoBidReason;
use auction::state::BidAlone;
use campaign::experiment::{Arm, Experiment};
use campaign::id::{AdId, AdvertiserId, CampaignId, CreativeId, ExperimentId};
use campaign::time::{Flight, Span};
use support::*;

fn arm(id: &str, bid_percent: u32) -> Arm {
    Arm {
        id: id.to_string(),
        weight: 1,
        bid_percent,
        ads: BTreeSet::new(),
        creatives: BTreeSet::new(),
    }
}

fn experiment(arms: Vec<Arm>) -> Experiment {
    Experiment {
        id: ExperimentId(9),
        advertiser: AdvertiserId(1),
        display_name: "Higher bids".to_string(),
        campaigns: BTreeSet::from([CampaignId(1)]),
        arms,
        flight: Flight::default(),
        salt: "advertisers/shop/experiments/higher".to_string(),
    }
}

fn user(number: u32) -> String {
    request("", &format!(r#""user":{{"id":"user-{number}"}}"#))
}

/// The price and the ad and creative of the bid, found without a look at every ad and with one.
fn bid(market: &mut Market, body: &str) -> Result<(i64, String, String), NoBidReason> {
    let told = |response: &openrtb::response::BidResponse<'_>| {
        let bid = response.seatbid[0].bid[0];
        (
            bid.price.units,
            bid.adid.unwrap().to_string(),
            bid.crid.unwrap().to_string(),
        )
    };
    let quick = market.at_desk(body, |desk, reduced, world, arena| {
        decide(desk, reduced, world, &mut BidAlone, arena).map(|response| told(&response))
    });
    let thorough = market.decide(body, |answer| answer.result.map(|response| told(&response)));
    assert_eq!(quick, thorough);
    quick
}

#[test]
fn each_user_is_bid_for_as_his_arm_says_every_time() {
    let mut market = Market::of_banner(|_, _| {});
    market.inventory.experiments = vec![experiment(vec![arm("control", 100), arm("higher", 150)])];
    let mut seen = BTreeSet::new();
    for number in 0..60 {
        let first = bid(&mut market, &user(number)).unwrap();
        assert_eq!(bid(&mut market, &user(number)), Ok(first.clone()));
        seen.insert(first.0);
    }
    assert_eq!(seen, BTreeSet::from([2_000_000, 3_000_000]));
}

#[test]
fn who_may_not_be_told_apart_or_measured_is_bid_for_as_without_it() {
    let mut market = Market::of_banner(|_, _| {});
    market.inventory.experiments = vec![experiment(vec![arm("low", 50), arm("lower", 25)])];
    let mut check = |body: &str, expect: bool| {
        let tried = bid(&mut market, body).unwrap().0 != 2_000_000;
        assert_eq!(tried, expect, "{body}");
    };
    let with = |around: &str| request("", around);
    check(&user(1), true);
    check(&with(""), false);
    check(&with(r#""user":{"id":"user-1"},"device":{"lmt":1}"#), false);
    check(&with(r#""user":{"id":"user-1"},"regs":{"gdpr":1}"#), false);
    check(
        &with(r#""user":{"id":"user-1"},"regs":{"us_privacy":"1YYN"}"#),
        false,
    );
}

#[test]
fn an_experiment_does_nothing_before_it_begins_nor_after_it_ends_nor_to_other_campaigns() {
    let check = |change: fn(&mut Experiment), expect: bool| {
        let mut market = Market::of_banner(|_, _| {});
        let mut it = experiment(vec![arm("low", 50), arm("lower", 25)]);
        change(&mut it);
        market.inventory.experiments = vec![it];
        let tried = bid(&mut market, &user(1)).unwrap().0 != 2_000_000;
        assert_eq!(tried, expect);
    };
    check(|_| {}, true);
    check(|it| it.flight.start = now() + Span(1), false);
    check(|it| it.flight.start = now(), true);
    check(|it| it.flight.end = Some(now()), false);
    check(|it| it.flight.end = Some(now() + Span(1)), true);
    check(|it| it.campaigns = BTreeSet::from([CampaignId(2)]), false);
}

#[test]
fn an_arm_takes_the_ads_and_shows_the_creatives_that_it_names() {
    let ads = vec![ad(1, "5", &[1]), ad(2, "2", &[2, 3])];
    let creatives = vec![
        banner(1, 300, 250),
        banner(2, 300, 250),
        banner(3, 300, 250),
    ];
    let mut market = Market::new(ads, creatives);
    let mut second = arm("second", 100);
    second.ads = BTreeSet::from([AdId(2)]);
    second.creatives = BTreeSet::from([CreativeId(3)]);
    let mut nothing = arm("nothing", 100);
    nothing.creatives = BTreeSet::from([CreativeId(77)]);
    market.inventory.experiments = vec![experiment(vec![arm("first", 100), second, nothing])];
    let mut seen = BTreeSet::new();
    for number in 0..100 {
        seen.insert(bid(&mut market, &user(number)).map(|(_, ad, creative)| (ad, creative)));
    }
    let of = |ad: &str, creative: &str| Ok((ad.to_string(), creative.to_string()));
    let expect = [of("1", "1"), of("2", "3"), Err(NoBidReason::ExperimentArm)];
    assert_eq!(seen, BTreeSet::from(expect));
    assert_eq!(
        bid(&mut market, &request("", "")),
        Ok((5_000_000, "1".to_string(), "1".to_string()))
    );
}

#[test]
fn what_is_tried_is_told_with_the_price() {
    let mut market = Market::of_banner(|_, _| {});
    market.inventory.experiments = vec![experiment(vec![arm("low", 10), arm("as-low", 10)])];
    let explanation = market.explain(&request(r#""bidfloor":1"#, r#""user":{"id":"user-1"}"#));
    let detail = &explanation.impressions[0].ads[0].detail;
    assert!(
        detail.contains("low of its experiment bids 10 % of that"),
        "{detail}"
    );
}

#[test]
fn an_ad_whose_bid_an_arm_raises_is_found_however_far_down_the_book_it_stands() {
    // Rows of the book are left unread where nobody in them asks as much as the best.
    let ads = (1..=600).map(|id| {
        let mut ad = ad(id, if id <= 300 { "3" } else { "2.5" }, &[1]);
        if id == 600 {
            ad.campaign = CampaignId(2);
        }
        ad
    });
    let mut market = Market::new(ads.collect(), vec![banner(1, 300, 250)]);
    let mut second = market.inventory.campaigns[0].clone();
    second.id = CampaignId(2);
    market.inventory.campaigns.push(second);
    let mut raised = experiment(vec![arm("double", 200), arm("triple", 300)]);
    raised.campaigns = BTreeSet::from([CampaignId(2)]);
    market.inventory.experiments = vec![raised];
    let (price, ad, _) = bid(&mut market, &user(1)).unwrap();
    assert_eq!(ad, "600");
    assert!(price == 5_000_000 || price == 7_500_000, "{price}");
    assert_eq!(bid(&mut market, &request("", "")).unwrap().0, 3_000_000);
}
