//! The trade, from a request's text to the bid or the reason.

mod support;

use auction::book::AdTerms;
use auction::reason::NoBidReason;
use auction::token::{TagClass, verify};
use campaign::ad::{FrequencyCap, Goal};
use campaign::id::AdId;
use campaign::money::{Cpm, Currency, Money};
use campaign::time::{Flight, Span, Timestamp};
use support::{Market, ad, banner, now, request};

#[test]
fn a_plain_request_gets_a_whole_bid() {
    let mut market = Market::of_banner(|_, _| {});
    let body = request(r#""bidfloor":0.5,"secure":1"#, r#""cur":["USD"],"at":1"#);
    market.decide(&body, |answer| {
        let response = answer.result.unwrap();
        assert_eq!((response.id, response.cur), ("r", Some("USD")));
        assert_eq!(response.seatbid[0].seat, Some("outbid"));
        let bid = answer.bid();
        assert_eq!(
            (bid.impid, bid.price.units, bid.price.scale),
            ("1", 2_000_000, 6)
        );
        assert_eq!(
            (bid.adid, bid.cid, bid.crid),
            (Some("1"), Some("1"), Some("1"))
        );
        assert_eq!((bid.w, bid.h, bid.mtype), (Some(300), Some(250), Some(1)));
        assert_eq!(bid.adomain, ["shop.example"]);
        assert_eq!((bid.cat, bid.cattax), (&["IAB22-1"][..], Some(1)));
        assert!(bid.burl.unwrap().ends_with("?p=${AUCTION_PRICE}"));
        assert!(
            bid.lurl
                .unwrap()
                .ends_with("?r=${AUCTION_LOSS}&w=${AUCTION_MIN_TO_WIN}")
        );
        let adm = bid.adm.unwrap();
        assert!(
            adm.contains("https://bid.example/n/click/")
                && adm.contains("https://cdn.example/a.png"),
            "{adm}"
        );
    });
    assert_eq!(market.world.reserved, [(AdId(1), Money(2_000_000))]);
}

#[test]
fn the_terms_of_a_bid_come_back_from_its_notices() {
    let mut market = Market::of_banner(|_, _| {});
    market.decide(
        &request("", r#""cur":["EUR"],"user":{"id":"u1"}"#),
        |answer| {
            let bid = answer.bid();
            let token = |url: &str| {
                let path = url.split('?').next().unwrap();
                path.rsplit('/').next().unwrap().to_string()
            };
            let terms = verify(
                &token(bid.burl.unwrap()),
                TagClass::Server,
                &support::keys(),
            )
            .unwrap();
            assert_eq!(terms.bid.to_string(), bid.id);
            assert_eq!(
                (terms.ad, terms.currency, terms.issued),
                (AdId(1), Currency::EUR, now())
            );
            assert_ne!(terms.user, 0);
            // 2 USD is 1.818181 EUR, rounded down; what that costs in dollars is rounded up, and never more than 2 USD.
            assert_eq!(bid.price.units, 1_818_181);
            assert_eq!(terms.max_cost, Money(2_000_000));
            assert_eq!(
                journal::entry::cost_at(Cpm(1_818_181), terms.fx_nanos),
                Some(Money(2_000_000))
            );
            assert!(verify(&token(bid.burl.unwrap()), TagClass::Page, &support::keys()).is_err());
        },
    );
}

#[test]
fn state_money_and_dice_say_no_in_their_own_names() {
    let body = request("", r#""user":{"id":"u1"}"#);
    let check = |change: &dyn Fn(&mut Market), expect: &str| {
        let mut market = Market::of_banner(|_, _| {});
        change(&mut market);
        assert_eq!(market.fate(&body), expect);
    };
    let terms = |market: &mut Market, change: &dyn Fn(&mut AdTerms)| {
        let mut terms = AdTerms::of(&market.inventory.ads[0], 2);
        change(&mut terms);
        market.world.terms.insert(AdId(1), terms);
    };
    let cap = FrequencyCap {
        impressions: 3,
        period: Span::hours(24),
    };
    check(
        &|m| terms(m, &|t| t.halted = Some(NoBidReason::CampaignPaused)),
        "campaign_paused",
    );
    check(&|m| terms(m, &|t| t.participation_ppm = 0), "paced");
    check(&|m| terms(m, &|t| t.max_bid = Cpm(0)), "price_too_low");
    check(&|m| m.world.broke = [AdId(1)].into(), "budget_exhausted");
    check(
        &|m| m.inventory.ads[0].creatives.clear(),
        "no_supported_format",
    );
    check(
        &|m| {
            m.inventory.ads[0].flight = Flight {
                start: now() + Span(1),
                end: None,
            }
        },
        "outside_flight",
    );
    check(
        &|m| {
            m.inventory.campaigns[0].flight = Flight {
                start: Timestamp(0),
                end: Some(now()),
            }
        },
        "outside_flight",
    );
    check(
        &|m| {
            m.inventory.ads[0].frequency_caps = vec![cap];
            m.world.shown = 3;
        },
        "frequency_cap",
    );
    check(
        &|m| {
            m.inventory.campaigns[0].frequency_caps = vec![cap];
            m.world.shown = 2;
        },
        "bid",
    );
}

#[test]
fn a_cap_without_a_user_to_count_does_not_hold() {
    let capped = || {
        Market::of_banner(|ad, _| {
            ad.frequency_caps = vec![FrequencyCap {
                impressions: 1,
                period: Span::hours(1),
            }]
        })
    };
    assert_eq!(capped().fate(&request("", "")), "unknown_user");
    assert_eq!(
        capped().fate(&request(
            "",
            r#""device":{"ifa":"00000000-0000-0000-0000-000000000000"}"#
        )),
        "unknown_user"
    );
    assert_eq!(
        capped().fate(&request(
            "",
            r#""device":{"ifa":"6D92078A-8246-4BA4-AE5B-76104861E7DC"}"#
        )),
        "bid"
    );
    assert_eq!(
        capped().fate(&request("", r#""user":{"id":"u1"},"regs":{"gdpr":1}"#)),
        "no_consent"
    );
    assert_eq!(
        capped().fate(&request("", r#""user":{"id":"u1"},"regs":{"coppa":1}"#)),
        "no_consent"
    );
    let mut market = capped();
    market.fate(&request("", r#""user":{"id":"u1"}"#));
    assert_eq!(
        market.world.pended.len(),
        1,
        "the bid counts until it is lost or billed"
    );
}

#[test]
fn the_best_bid_wins_and_only_its_money_is_reserved() {
    let mut market = Market::new(
        vec![
            ad(1, "1", &[1]),
            ad(2, "3", &[1]),
            ad(3, "2", &[1]),
            ad(4, "4", &[1]),
        ],
        vec![banner(1, 300, 250)],
    );
    market.world.broke = [AdId(4)].into();
    let refusals = market.decide(&request("", ""), |answer| {
        assert_eq!(answer.bid().adid, Some("2"));
        answer
            .refusals
            .iter()
            .map(|(slot, reason)| (slot.0, reason.name()))
            .collect::<Vec<_>>()
    });
    assert_eq!(
        refusals,
        [
            (3, "budget_exhausted"),
            (2, "outbid_by_ours"),
            (0, "outbid_by_ours")
        ]
    );
    assert_eq!(market.world.reserved, [(AdId(2), Money(3_000_000))]);
}

#[test]
fn a_rehearsal_is_decided_and_costs_nothing() {
    let mut market = Market::of_banner(|_, _| {});
    market.world.broke = [AdId(1)].into();
    assert_eq!(market.fate(&request("", r#""test":1"#)), "bid");
    assert!(market.world.reserved.is_empty() && market.world.pended.is_empty());
}

#[test]
fn each_impression_has_its_own_reservation() {
    let mut market = Market::of_banner(|_, _| {});
    let imp = |id: u8| format!(r#"{{"id":"{id}","banner":{{"w":300,"h":250}}}}"#);
    let body = format!(
        r#"{{"id":"r","imp":[{},7,{},{{"id":"x"}}]}}"#,
        imp(1),
        imp(2)
    );
    market.decide(&body, |answer| {
        let ids: Vec<_> = answer.result.unwrap().seatbid[0]
            .bid
            .iter()
            .map(|b| b.impid)
            .collect();
        assert_eq!(ids, ["1", "2"]);
    });
    assert_eq!(market.world.reserved.len(), 2);
}

#[test]
fn two_impressions_of_one_id_get_one_bid() {
    let mut market = Market::of_banner(|_, _| {});
    let imp = r#"{"id":"1","banner":{"w":300,"h":250}}"#;
    market.decide(&format!(r#"{{"id":"r","imp":[{imp},{imp}]}}"#), |answer| {
        assert_eq!(answer.result.unwrap().seatbid[0].bid.len(), 1);
    });
    assert_eq!(market.world.reserved.len(), 1);
}

#[test]
fn a_goal_is_bid_as_value_times_rate_and_cut_to_the_most() {
    let check = |goal: Goal, max: &str, expect: i64| {
        let mut market = Market::of_banner(|ad, _| {
            ad.goal = goal;
            ad.max_bid = Cpm::parse(max, Currency::USD).unwrap();
        });
        market.decide(&request("", ""), |answer| {
            assert_eq!(answer.bid().price.units, expect)
        });
    };
    let dollars = |d: i64| Money(d * 1_000_000_000);
    // A click is worth 1 USD and comes in 0.2 % of impressions: 2 USD CPM.
    check(Goal::Click(dollars(1)), "10", 2_000_000);
    check(Goal::Click(dollars(1)), "1.5", 1_500_000);
    // A conversion is worth 50 USD and comes after 2 % of clicks: also 2 USD CPM.
    check(Goal::Conversion(dollars(50)), "10", 2_000_000);
}

#[test]
fn screens_in_public_reserve_for_every_impression() {
    let mut market = Market::of_banner(|_, _| {});
    market.decide(
        &request(r#""qty":{"multiplier":2.5}"#, r#""dooh":{"id":"d"}"#),
        |answer| {
            assert!(
                answer
                    .bid()
                    .burl
                    .unwrap()
                    .contains("m=${AUCTION_MULTIPLIER}")
            );
        },
    );
    assert_eq!(market.world.reserved, [(AdId(1), Money(5_000_000))]);
    assert_eq!(
        market.fate(&request(r#""qty":{"multiplier":0}"#, "")),
        "invalid_impression"
    );
}

#[test]
fn a_request_without_what_a_bid_needs_is_passed_over() {
    let mut market = Market::of_banner(|_, _| {});
    for body in [
        "{}",
        r#"{"id":"r"}"#,
        r#"{"imp":[{"id":"1","banner":{"w":300,"h":250}}]}"#,
    ] {
        assert_eq!(market.fate(body), "invalid_request", "{body}");
    }
    assert_eq!(market.fate(r#"{"id":"r","imp":[3]}"#), "invalid_impression");
}

#[test]
fn the_same_request_is_decided_the_same_way_every_time() {
    let decide = || {
        let mut market = Market::new(
            vec![ad(1, "2", &[1, 2]), ad(2, "2", &[1, 2]), ad(3, "2", &[2])],
            vec![banner(1, 300, 250), banner(2, 300, 250)],
        );
        market.decide(&request("", ""), |answer| format!("{:?}", answer.result))
    };
    assert_eq!(decide(), decide());
}
