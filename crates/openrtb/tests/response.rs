//! What is written, read back by serde_json.

#![recursion_limit = "256"]
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

use openrtb::native::response::{
    Asset, AssetContent, Data, EventTracker, Image, Link, NativeResponse,
};
use openrtb::response::{Bid, BidResponse, Price, SeatBid};
use openrtb::{native, response};
use proptest::prelude::*;
use serde_json::{Value, json};

fn written(response: &BidResponse<'_>) -> String {
    let mut out = b"kept".to_vec();
    response::write(response, &mut out);
    String::from_utf8(out.split_off(4)).unwrap()
}

#[track_caller]
fn check(response: &BidResponse<'_>, expect: Value) {
    let text = written(response);
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        expect,
        "{text}"
    );
}

/// A bid with a value in every field.
const BID: Bid<'static> = Bid {
    id: "b-1",
    impid: "1",
    price: Price {
        units: 1_230_000,
        scale: 6,
    },
    nurl: Some("https://bid.example/n/win?p=${AUCTION_PRICE}"),
    burl: Some("https://bid.example/n/billing?p=${AUCTION_PRICE}"),
    lurl: Some("https://bid.example/n/loss?r=${AUCTION_LOSS}"),
    adm: Some("<a href=\"https://shop.example/\">Buy \\ \u{1} now</a>\n"),
    adid: Some("ad-1"),
    adomain: &["shop.example", "brand.example"],
    bundle: Some("com.example.shop"),
    iurl: Some("https://shop.example/i.png"),
    cid: Some("c-1"),
    crid: Some("cr-1"),
    tactic: Some("t-1"),
    cattax: Some(7),
    cat: &["IAB1", "IAB2-3"],
    attr: &[1, 16],
    apis: &[5, 7],
    api: Some(5),
    protocol: Some(3),
    qagmediarating: Some(1),
    language: Some("en"),
    langb: Some("en-GB"),
    dealid: Some("deal-1"),
    w: Some(300),
    h: Some(250),
    wratio: Some(6),
    hratio: Some(5),
    exp: Some(300),
    dur: Some(15),
    mtype: Some(1),
    slotinpod: Some(-1),
    ext: Some(r#"{"dsa":{"adrender":1}}"#),
};

#[test]
fn every_field_of_a_bid_is_written() {
    let response = BidResponse {
        id: "r-1",
        seatbid: &[SeatBid {
            bid: &[BID],
            seat: Some("outbid"),
            group: true,
            ext: Some("[]"),
        }],
        bidid: Some("x-1"),
        cur: Some("EUR"),
        customdata: Some("d"),
        nbr: None,
        ext: Some(r#"{"processing_time_ms":3}"#),
    };
    check(
        &response,
        json!({
            "id": "r-1",
            "seatbid": [{
                "bid": [{
                    "id": "b-1", "impid": "1", "price": 1.23,
                    "nurl": "https://bid.example/n/win?p=${AUCTION_PRICE}",
                    "burl": "https://bid.example/n/billing?p=${AUCTION_PRICE}",
                    "lurl": "https://bid.example/n/loss?r=${AUCTION_LOSS}",
                    "adm": "<a href=\"https://shop.example/\">Buy \\ \u{1} now</a>\n",
                    "adid": "ad-1", "adomain": ["shop.example", "brand.example"], "bundle": "com.example.shop",
                    "iurl": "https://shop.example/i.png", "cid": "c-1", "crid": "cr-1", "tactic": "t-1",
                    "cattax": 7, "cat": ["IAB1", "IAB2-3"], "attr": [1, 16], "apis": [5, 7], "api": 5,
                    "protocol": 3, "qagmediarating": 1, "language": "en", "langb": "en-GB", "dealid": "deal-1",
                    "w": 300, "h": 250, "wratio": 6, "hratio": 5, "exp": 300, "dur": 15, "mtype": 1,
                    "slotinpod": -1, "ext": {"dsa": {"adrender": 1}},
                }],
                "seat": "outbid", "group": 1, "ext": [],
            }],
            "bidid": "x-1", "cur": "EUR", "customdata": "d", "ext": {"processing_time_ms": 3},
        }),
    );
}

#[test]
fn what_is_absent_is_left_out() {
    let bid = Bid {
        id: "b",
        impid: "i",
        ..Bid::default()
    };
    let seats = [SeatBid {
        bid: &[bid, bid],
        ..SeatBid::default()
    }];
    let response = BidResponse {
        id: "r",
        seatbid: &seats,
        ..BidResponse::default()
    };
    let bid = json!({"id": "b", "impid": "i", "price": 0});
    check(
        &response,
        json!({"id": "r", "seatbid": [{"bid": [bid, bid]}]}),
    );
}

#[test]
fn a_no_bid_says_why_or_that_there_are_no_bids() {
    let no_bid = |nbr| BidResponse {
        id: "r",
        nbr,
        ..BidResponse::default()
    };
    let too_late = openrtb::notice::no_bid::INSUFFICIENT_TIME;
    check(&no_bid(Some(too_late)), json!({"id": "r", "nbr": 15}));
    check(&no_bid(Some(0)), json!({"id": "r", "nbr": 0}));
    check(&no_bid(None), json!({"id": "r", "seatbid": []}));
}

#[test]
fn a_price_reaches_the_wire_digit_by_digit() {
    let check = |units, scale, expect: &str| {
        let bid = Bid {
            price: Price { units, scale },
            ..Bid::default()
        };
        let text = written(&BidResponse {
            seatbid: &[SeatBid {
                bid: &[bid],
                ..SeatBid::default()
            }],
            ..BidResponse::default()
        });
        assert!(text.contains(&format!(r#""price":{expect}}}"#)), "{text}");
    };
    check(1_230_000, 6, "1.23");
    check(1, 6, "0.000001");
    check(2_000_000, 6, "2");
    check(9_007_199_254_740_993, 9, "9007199.254740993");
    check(i64::MAX, 0, "9223372036854775807");
}

#[test]
fn native_markup_is_written_in_full() {
    let link = Link {
        url: "https://shop.example/?a=1&b=\"2\"",
        clicktrackers: &["https://bid.example/c"],
        fallback: Some("https://shop.example/app"),
    };
    let asset = |id, content| Asset {
        id,
        content,
        ..Asset::default()
    };
    let icon = Image {
        kind: Some(1),
        url: "https://cdn.example/i.png",
        w: Some(80),
        h: Some(80),
    };
    let sponsor = Data {
        kind: Some(1),
        value: "A brand",
    };
    let assets = [
        Asset {
            required: true,
            link: Some(link),
            ..asset(1, AssetContent::Title("A \"title\""))
        },
        asset(2, AssetContent::Image(icon)),
        asset(3, AssetContent::Data(sponsor)),
        asset(4, AssetContent::Video("<VAST version=\"4.2\"/>")),
    ];
    let markup = NativeResponse {
        ver: Some("1.2"),
        assets: &assets,
        assetsurl: Some("https://cdn.example/assets"),
        dcourl: Some("https://cdn.example/dco"),
        link,
        imptrackers: &["https://bid.example/i"],
        jstracker: Some("<script></script>"),
        eventtrackers: &[EventTracker {
            event: 1,
            method: 2,
            url: Some("https://bid.example/v.js"),
            customdata: Some(r#"{"k":"v"}"#),
        }],
        privacy: Some("https://brand.example/privacy"),
        ext: Some("{}"),
    };
    let arena = bumpalo::Bump::new();
    let mut text = bumpalo::collections::String::new_in(&arena);
    native::response::write(&markup, &mut text);
    let link = json!({
        "url": "https://shop.example/?a=1&b=\"2\"", "clicktrackers": ["https://bid.example/c"],
        "fallback": "https://shop.example/app",
    });
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        json!({
            "ver": "1.2",
            "assets": [
                {"id": 1, "required": 1, "title": {"text": "A \"title\""}, "link": link},
                {"id": 2, "img": {"type": 1, "url": "https://cdn.example/i.png", "w": 80, "h": 80}},
                {"id": 3, "data": {"type": 1, "value": "A brand"}},
                {"id": 4, "video": {"vasttag": "<VAST version=\"4.2\"/>"}},
            ],
            "assetsurl": "https://cdn.example/assets", "dcourl": "https://cdn.example/dco", "link": link,
            "imptrackers": ["https://bid.example/i"], "jstracker": "<script></script>",
            "eventtrackers": [{"event": 1, "method": 2, "url": "https://bid.example/v.js", "customdata": {"k": "v"}}],
            "privacy": "https://brand.example/privacy", "ext": {},
        }),
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn any_text_and_number_come_back_as_they_were(
        text in any::<String>(),
        controls in "[\\x00-\\x22\\x5c\\x7f\u{2028}\u{2029}]{0,8}",
        w in any::<i32>(),
        units in any::<i64>(),
        scale in 0u8..=18,
    ) {
        let text = format!("{text}{controls}");
        let bid = Bid {
            id: &text,
            adm: Some(&text),
            adomain: &[&text, ""],
            w: Some(w),
            attr: &[w, 0],
            price: Price { units, scale },
            ..Bid::default()
        };
        let seats = [SeatBid { bid: &[bid], ..SeatBid::default() }];
        let written = written(&BidResponse { id: &text, seatbid: &seats, ..BidResponse::default() });
        let value: Value = serde_json::from_str(&written).unwrap();
        let read = &value["seatbid"][0]["bid"][0];
        prop_assert_eq!(&value["id"], &json!(text));
        prop_assert_eq!(&read["adm"], &json!(text));
        prop_assert_eq!(&read["adomain"], &json!([text, ""]));
        prop_assert_eq!(&read["attr"], &json!([w, 0]));
        prop_assert_eq!(&read["w"], &json!(w));

        let price = bid.price.to_string();
        let amount = openrtb::Decimal::new(&price).unwrap();
        prop_assert_eq!(amount.to_scaled(u32::from(scale)), Some(units));
        prop_assert_eq!(amount.to_scaled_down(u32::from(scale)), Some(units));
    }
}
