//! Prices and rules of the request.

use super::*;

#[test]
fn a_wrong_price_is_seen() {
    use FaultKind::*;
    check(
        "below the floor",
        |case| case.imp(0)["bidfloor"] = json!(2.500001),
        &[BelowFloor],
    );
    check(
        "at the floor",
        |case| case.imp(0)["bidfloor"] = json!(2.5),
        &[],
    );
    check(
        "a floor as text",
        |case| case.imp(0)["bidfloor"] = json!("2.51"),
        &[BelowFloor],
    );
    check(
        "a floor in euros",
        |case| {
            case.inventory
                .rates
                .set(campaign::money::Currency::EUR, "1.25")
                .expect("a rate");
            case.imp(0)["bidfloor"] = json!(2.01);
            case.imp(0)["bidfloorcur"] = json!("EUR");
        },
        &[BelowFloor],
    );
    check(
        "above the most that the ad bids",
        |case| case.inventory.ads[0].max_bid = Cpm(2_400_000),
        &[AboveMaxBid, Terms],
    );
    check(
        "nothing",
        |case| case.bid(0)["price"] = json!(0),
        &[Price, BelowFloor, Terms],
    );
    check(
        "too fine",
        |case| case.bid(0)["price"] = json!(2.5000001),
        &[Price, BelowFloor, Terms],
    );
    check(
        "another price than was reserved",
        |case| case.bid(0)["price"] = json!(2.4),
        &[Terms],
    );
    check(
        "a currency that was not asked for",
        |case| case.request["cur"] = json!(["EUR"]),
        &[Currency],
    );
    check(
        "an unknown deal",
        |case| case.bid(0)["dealid"] = json!("d"),
        &[Deal],
    );
    check(
        "a private auction",
        |case| {
            case.imp(0)["pmp"] = json!({"private_auction": 1, "deals": [{"id": "d"}]});
        },
        &[Deal],
    );
    check(
        "below the deal's floor",
        |case| {
            case.imp(0)["pmp"] = json!({"deals": [{"id": "d", "bidfloor": 2.6}]});
            case.bid(0)["dealid"] = json!("d");
        },
        &[BelowFloor],
    );
    check(
        "another price than was agreed",
        |case| {
            case.imp(0)["pmp"] = json!({"deals": [{"id": "d", "bidfloor": 2.4, "at": 3}]});
            case.bid(0)["dealid"] = json!("d");
        },
        &[Price],
    );
}

#[test]
fn what_the_publisher_forbids_is_seen() {
    use FaultKind::*;
    check(
        "the advertiser",
        |case| case.request["badv"] = json!(["Shop.example"]),
        &[BlockedDomain],
    );
    check(
        "the domain above",
        |case| case.request["badv"] = json!(["example"]),
        &[BlockedDomain],
    );
    check(
        "the category",
        |case| case.request["bcat"] = json!(["IAB22-4"]),
        &[BlockedCategory],
    );
    check(
        "the category above",
        |case| case.request["bcat"] = json!(["IAB22"]),
        &[BlockedCategory],
    );
    check(
        "another category",
        |case| case.request["bcat"] = json!(["IAB2"]),
        &[],
    );
    check(
        "an attribute",
        |case| case.imp(0)["banner"]["battr"] = json!([21]),
        &[BlockedAttribute],
    );
    check(
        "the app",
        |case| {
            case.request["bapp"] = json!(["com.shop"]);
            case.bid(0)["bundle"] = json!("com.shop");
            case.inventory.creatives[0].app_bundle = "com.shop".to_string();
        },
        &[BlockedApp],
    );
    check(
        "the language",
        |case| case.request["wlang"] = json!(["de"]),
        &[Language],
    );
    check(
        "the size",
        |case| case.imp(0)["banner"]["format"] = json!([{"w": 728, "h": 90}]),
        &[Size],
    );
    check(
        "the format",
        |case| {
            let video = case.imp(1)["video"].clone();
            case.request["imp"][0] = json!({"id": "1", "video": video});
        },
        &[Format],
    );
    check(
        "insecure things",
        |case| case.replace(0, "adm", "https://cdn.example", "http://cdn.example"),
        &[Insecure],
    );
    check("an API", |case| case.bid(0)["apis"] = json!([5]), &[Api]);
    check(
        "too long",
        |case| case.imp(1)["video"]["maxduration"] = json!(10),
        &[Duration],
    );
    check(
        "the protocol",
        |case| case.imp(1)["video"]["protocols"] = json!([2, 7]),
        &[Protocol],
    );
    check(
        "the media type",
        |case| case.imp(1)["video"]["mimes"] = json!(["video/webm"]),
        &[MimeType],
    );
    check(
        "a long title",
        |case| {
            case.imp(2)["native"]["request"]["assets"][0]["title"]["len"] = json!(5);
        },
        &[Asset],
    );
    check(
        "a small image",
        |case| {
            case.imp(2)["native"]["request"]["assets"][1]["img"]["wmin"] = json!(601);
        },
        &[Asset],
    );
    check(
        "a missing asset",
        |case| {
            let more = json!({"id": 9, "required": 1, "data": {"type": 1}});
            case.imp(2)["native"]["request"]["assets"]
                .as_array_mut()
                .expect("a list")
                .push(more);
        },
        &[Asset],
    );
}
