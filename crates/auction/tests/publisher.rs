//! What the publisher forbids, what an impression takes, and deals.

mod support;

use auction::book::AdTerms;
use auction::reason::NoBidReason;
use campaign::id::AdId;
use campaign::money::{Cpm, Currency};
use campaign::targeting::{Condition, Expression, Texts};
use support::{Market, ad, banner, html_banner, native, request, video};

fn texts(all: &[&str]) -> Texts {
    all.iter().collect()
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
        r#""banner":{"w":300,"h":250,"format":[{"w":320,"h":50}]}"#,
        "",
        "size",
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
