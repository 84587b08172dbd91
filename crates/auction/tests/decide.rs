//! The trade, from a request's text to the bid or the reason.

mod support;

use auction::book::AdTerms;
use auction::reason::NoBidReason;
use auction::token::{TagClass, verify};
use campaign::ad::{FrequencyCap, Goal};
use campaign::id::AdId;
use campaign::money::{Cpm, Currency, Money};
use campaign::targeting::{Condition, Expression, Texts};
use campaign::time::{Flight, Span, Timestamp};
use support::{Market, ad, banner, html_banner, native, now, request, video};

fn texts(all: &[&str]) -> Texts {
    all.iter().collect()
}

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
fn what_the_publisher_forbids_is_not_bid() {
    let check = |more: &str, around: &str, expect: &str| {
        let fate = Market::of_banner(|_, creative| {
            creative.attributes = vec![6];
            creative.language = "de".to_string();
            creative.app_bundle = "com.shop.app".to_string();
        })
        .fate(&request(more, around));
        assert_eq!(fate, expect, "{more} {around}");
    };
    check("", "", "bid");
    check("", r#""bcat":["IAB22-1"]"#, "blocked_category");
    check("", r#""bcat":["iab22"]"#, "blocked_category");
    check("", r#""bcat":["IAB2"]"#, "bid");
    check("", r#""bcat":["IAB22"],"cattax":6"#, "blocked_category");
    check("", r#""bcat":["1020"],"cattax":6"#, "blocked_category");
    check("", r#""acat":["IAB22"]"#, "bid");
    check("", r#""acat":["IAB1"]"#, "category_not_allowed");
    check("", r#""badv":["shop.example"]"#, "blocked_advertiser");
    check(
        "",
        r#""badv":["https://www.Shop.Example/x"]"#,
        "blocked_advertiser",
    );
    check("", r#""badv":["example"]"#, "blocked_advertiser");
    check("", r#""badv":["hop.example","other.example",""]"#, "bid");
    check("", r#""bapp":["com.shop.app"]"#, "blocked_app");
    check("", r#""wlang":["en","fr"]"#, "creative_language");
    check("", r#""wlangb":["de-AT"]"#, "bid");
    check("", r#""wseat":["other"]"#, "our_seat_blocked");
    check("", r#""wseat":["other","outbid"]"#, "bid");
    check("", r#""bseat":["outbid"]"#, "our_seat_blocked");
    check("", r#""cur":["XXX"]"#, "no_common_currency");
    check("", r#""cur":["XXX","eur"]"#, "bid");
    check(r#""bidfloor":2.000001"#, "", "floor");
    check(r#""bidfloor":2"#, "", "bid");
    check(r#""bidfloor":1.9,"bidfloorcur":"EUR""#, "", "floor");
    check(r#""bidfloor":1.8,"bidfloorcur":"EUR""#, "", "bid");
    check(
        r#""bidfloor":1.8,"bidfloorcur":"EUR""#,
        r#""cur":["EUR"]"#,
        "bid",
    );
    check(r#""bidfloor":1,"bidfloorcur":"XXX""#, "", "no_rate");
    check(r#""bidfloor":-1"#, "", "bid");
    check(
        r#""banner":{"w":300,"h":250,"battr":[1,6]}"#,
        "",
        "creative_attribute",
    );
    check(r#""banner":{"w":300,"h":250,"battr":[1]}"#, "", "bid");
    check(r#""banner":{"w":320,"h":50}"#, "", "size");
    check(r#""banner":{}"#, "", "size");
    check(
        r#""banner":{"w":320,"h":50,"format":[{"w":300,"h":250}]}"#,
        "",
        "bid",
    );
    check(
        r#""banner":{"format":[{"wratio":6,"hratio":5,"wmin":200}]}"#,
        "",
        "bid",
    );
    check(
        r#""banner":{"format":[{"wratio":6,"hratio":5,"wmin":301}]}"#,
        "",
        "size",
    );
    check(
        r#""banner":{"w":300,"h":250,"mimes":["application/x-shockwave-flash"]}"#,
        "",
        "mime_type",
    );
    check(
        r#""banner":{"w":300,"h":250,"btype":[2]}"#,
        "",
        "creative_type",
    );
    check(r#""banner":{"w":300,"h":250,"btype":[1,3,4]}"#, "", "bid");
    check(r#""pmp":{"private_auction":1}"#, "", "private_auction");
    check(
        r#""instl":1,"banner":{}"#,
        r#""device":{"w":320,"h":480}"#,
        "bid",
    );
    check(
        r#""instl":1,"banner":{}"#,
        r#""device":{"w":1280,"h":720}"#,
        "interstitial_size",
    );
}

#[test]
fn own_html_is_judged_by_what_it_holds() {
    let check = |html: &str, more: &str, expect: &str| {
        let mut market = Market::new(vec![ad(1, "2", &[1])], vec![html_banner(1, html)]);
        assert_eq!(market.fate(&request(more, "")), expect, "{html} {more}");
    };
    check(
        "<img src=http://cdn.example/a.png>",
        r#""secure":1"#,
        "not_secure",
    );
    check("<img src=http://cdn.example/a.png>", r#""secure":0"#, "bid");
    check(
        "<script>1</script>",
        r#""banner":{"w":300,"h":250,"btype":[3]}"#,
        "creative_type",
    );
    check(
        "<b>hello</b>",
        r#""banner":{"w":300,"h":250,"btype":[3]}"#,
        "bid",
    );
}

#[test]
fn without_scripts_a_banner_goes_without_its_beacon() {
    let adm = |more: &str| {
        Market::of_banner(|_, _| {})
            .decide(&request(more, ""), |a| a.bid().adm.unwrap().to_string())
    };
    assert!(adm("").contains("<script"));
    assert!(!adm(r#""banner":{"w":300,"h":250,"btype":[3]}"#).contains("<script"));
}

#[test]
fn formats_go_where_they_are_asked_for() {
    let mut market = Market::new(
        vec![ad(1, "2", &[1]), ad(2, "3", &[2]), ad(3, "4", &[3])],
        vec![banner(1, 300, 250), video(2, 15), native(3)],
    );
    let mut check = |imp: &str, expect: Result<(&str, i32), &str>| {
        let body = format!(r#"{{"id":"r","imp":[{{"id":"1",{imp}}}]}}"#);
        let got = market.decide(&body, |answer| {
            answer
                .result
                .map(|r| r.seatbid[0].bid[0])
                .map(|b| (b.adid.unwrap().to_string(), b.mtype.unwrap()))
        });
        let expect = expect.map(|(ad, kind)| (ad.to_string(), kind));
        assert_eq!(got.map_err(NoBidReason::name), expect, "{imp}");
    };
    check(r#""banner":{"w":300,"h":250}"#, Ok(("1", 1)));
    check(
        r#""video":{"mimes":["video/mp4"],"protocols":[2,3],"w":640,"h":360,"maxduration":30}"#,
        Ok(("2", 2)),
    );
    check(
        r#""video":{"mimes":["video/mp4"],"maxduration":10}"#,
        Err("duration"),
    );
    check(r#""video":{"mimes":["video/webm"]}"#, Err("mime_type"));
    check(
        r#""video":{"mimes":["video/mp4"],"protocols":[9]}"#,
        Err("protocol"),
    );
    check(
        r#""native":{"request":"{\"assets\":[{\"id\":1,\"required\":1,\"title\":{\"len\":90}}]}"}"#,
        Ok(("3", 4)),
    );
    check(
        r#""native":{"request":{"assets":[{"id":1,"required":1,"data":{"type":2}}]}}"#,
        Err("native_asset"),
    );
    check(
        r#""banner":{"w":300,"h":250},"video":{"mimes":["video/mp4"]}"#,
        Ok(("2", 2)),
    );
    check(
        r#""audio":{"mimes":["audio/mp4"]}"#,
        Err("no_supported_format"),
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
fn deals_are_bid_on_their_own_terms() {
    let deal = |body: &str| {
        request(
            &format!(r#""bidfloor":9,"pmp":{{"private_auction":1,"deals":[{body}]}}"#),
            "",
        )
    };
    let check = |body: &str, expect: Result<(&str, i64), &str>| {
        let mut market = Market::of_banner(|ad, _| {
            ad.targeting =
                Expression::Is(Condition::Deal(["D1".to_string(), "D2".to_string()].into()));
            ad.max_bid = Cpm::parse("3", Currency::USD).unwrap();
        });
        let got = market.decide(&deal(body), |answer| match answer.result {
            Ok(response) => {
                let bid = response.seatbid[0].bid[0];
                Ok((bid.dealid.unwrap().to_string(), bid.price.units))
            }
            Err(_) => Err(answer.refusals.last().unwrap().1.name()),
        });
        assert_eq!(
            got,
            expect.map(|(id, price)| (id.to_string(), price)),
            "{body}"
        );
    };
    check(r#"{"id":"D1"}"#, Ok(("D1", 2_000_000)));
    check(r#"{"id":"d1"}"#, Err("deal"));
    check(r#"{"id":"D1","bidfloor":2.5}"#, Err("deal_floor"));
    check(
        r#"{"id":"D1","bidfloor":1.5,"at":3}"#,
        Ok(("D1", 1_500_000)),
    );
    check(
        r#"{"id":"D1","bidfloor":1.9,"bidfloorcur":"EUR"}"#,
        Err("deal_floor"),
    );
    check(r#"{"id":"D1","wseat":["other"]}"#, Err("deal"));
    check(
        r#"{"id":"D1","wadomain":["other.example"]}"#,
        Err("deal_advertiser_blocked"),
    );
    check(
        r#"{"id":"D1","wadomain":["shop.example"]}"#,
        Ok(("D1", 2_000_000)),
    );
    check(
        r#"{"id":"D1","bidfloor":2.5,"guar":1}"#,
        Ok(("D1", 2_500_000)),
    );
    check(r#"{"id":"D1","bidfloor":3.5,"guar":1}"#, Err("deal_floor"));
    check(
        r#"{"id":"D1","bidfloor":2.5},{"id":"D2"}"#,
        Ok(("D2", 2_000_000)),
    );
}

#[test]
fn a_guaranteed_deal_is_bid_even_where_pacing_sits_out() {
    let mut market = Market::of_banner(|ad, _| {
        ad.targeting = Expression::Is(Condition::Deal(["D1".to_string()].into()));
    });
    let terms = AdTerms {
        participation_ppm: 0,
        ..AdTerms::of(&market.inventory.ads[0], 1)
    };
    market.world.terms.insert(AdId(1), terms);
    assert_eq!(
        market.fate(&request(r#""pmp":{"deals":[{"id":"D1"}]}"#, "")),
        "paced"
    );
    assert_eq!(
        market.fate(&request(r#""pmp":{"deals":[{"id":"D1","guar":1}]}"#, "")),
        "bid"
    );
}

#[test]
fn an_ad_that_can_do_without_a_deal_goes_to_the_open_auction() {
    let either = Expression::Any(vec![
        Expression::Is(Condition::Deal(["D1".to_string()].into())),
        Expression::Is(Condition::Domain(texts(&["news.example"]))),
    ]);
    let mut market = Market::of_banner(|ad, _| ad.targeting = either);
    let deals = r#""pmp":{"deals":[{"id":"D1","bidfloor":5}]}"#;
    assert_eq!(
        market.fate(&request(deals, r#""site":{"domain":"news.example"}"#)),
        "bid"
    );
    assert_eq!(
        market.fate(&request(deals, r#""site":{"domain":"other.example"}"#)),
        "deal_floor"
    );
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
