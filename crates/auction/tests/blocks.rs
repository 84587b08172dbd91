//! What block lists shut out: those of exchanges before any ad is looked at, those of advertisers and campaigns as
//! their ads' targeting.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod support;

use std::sync::Arc;

use campaign::block_list::{BlockList, Blocked};
use campaign::exchange::Blocks;
use campaign::id::{AdvertiserId, CampaignId};
use campaign::targeting::Texts;
use support::Market;

fn texts(all: &[&str]) -> Texts {
    all.iter().collect()
}

fn blocked() -> Blocked {
    Blocked {
        domains: texts(&["bad.example"]),
        bundles: texts(&["com.bad"]),
        publishers: texts(&["p-9"]),
        categories: vec![(1, texts(&["IAB26"]))],
    }
}

/// What becomes of the only ad on a request from here.
fn fate(market: &mut Market, place: &str) -> &'static str {
    let body = format!(
        r#"{{"id":"r",{place},"imp":[{{"id":"1","banner":{{"format":[{{"w":300,"h":250}}]}}}}]}}"#
    );
    market.fate(&body)
}

const PLACES: [(&str, bool); 8] = [
    (r#""site":{"domain":"good.example"}"#, false),
    (r#""site":{"domain":"bad.example"}"#, true),
    (r#""site":{"domain":"www.shop.bad.example"}"#, true),
    (r#""site":{"domain":"notbad.example"}"#, false),
    (r#""app":{"bundle":"com.bad"}"#, true),
    (r#""app":{"bundle":"com.good","cat":["IAB26-3"]}"#, true),
    (r#""site":{"domain":"good.example","cat":["IAB25"]}"#, false),
    (
        r#""site":{"domain":"good.example","publisher":{"id":"P-9"}}"#,
        true,
    ),
];

#[test]
fn an_exchanges_lists_shut_out_whole_requests() {
    let mut market = Market::of_banner(|_, _| {});
    market.inventory.exchanges[0].blocks = Some(Arc::new(Blocks {
        inventory: blocked(),
        advertiser_domains: Texts::default(),
    }));
    for (place, is_blocked) in PLACES {
        let expect = if is_blocked {
            "blocked_inventory"
        } else {
            "bid"
        };
        assert_eq!(fate(&mut market, place), expect, "{place}");
    }
}

#[test]
fn an_exchanges_lists_shut_out_advertisers() {
    let check = |listed: &str, expect: &str| {
        let mut market = Market::of_banner(|_, creative| {
            creative.advertiser_domains = vec!["shoes.brand.example".to_string()];
        });
        market.inventory.exchanges[0].blocks = Some(Arc::new(Blocks {
            inventory: Blocked::default(),
            advertiser_domains: texts(&[listed]),
        }));
        assert_eq!(
            fate(&mut market, r#""site":{"domain":"good.example"}"#),
            expect,
            "{listed}"
        );
    };
    check("brand.example", "blocked_advertiser");
    check("shoes.brand.example", "blocked_advertiser");
    check("hats.brand.example", "bid");
    check("and.example", "bid");
}

#[test]
fn lists_of_advertisers_and_campaigns_shut_out_their_ads() {
    let of = |advertisers: Vec<u64>, campaigns: Vec<u64>| BlockList {
        advertisers: advertisers.into_iter().map(AdvertiserId).collect(),
        campaigns: campaigns.into_iter().map(CampaignId).collect(),
        blocked: blocked(),
        ..BlockList::default()
    };
    for (list, is_theirs) in [
        (of(vec![1], vec![]), true),
        (of(vec![], vec![1]), true),
        (of(vec![2], vec![2]), false),
    ] {
        let mut market = Market::of_banner(|_, _| {});
        market.inventory.block_lists = vec![list];
        for (place, is_blocked) in PLACES {
            let bids = fate(&mut market, place) == "bid";
            assert_eq!(bids, !(is_blocked && is_theirs), "{place}");
        }
    }
}
