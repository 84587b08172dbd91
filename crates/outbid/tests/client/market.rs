//! Where is bought, changed by commands while the bidder runs: each change shows in its bids, without a restart.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::ACME;
use crate::product::Product;

/// The product with but one ad that bids: 2.50 USD CPM for a banner in Germany.
pub fn product() -> Product {
    let product = Product::start();
    product.done(&["pause", "advertisers/demo"]);
    product.done_reading(&["apply", "-f", "-"], ACME);
    product
}

/// A request that the ad wants, changed as the test wants.
pub fn request(change: impl FnOnce(&mut Value)) -> String {
    let mut request = serde_json::json!({
        "id": "r1", "at": 1, "tmax": 10_000,
        "site": {"domain": "news.example", "page": "https://news.example/"},
        "device": {"geo": {"country": "DEU"}},
        "imp": [{"id": "1", "secure": 1, "banner": {"format": [{"w": 300, "h": 250}]}}],
    });
    change(&mut request);
    request.to_string()
}

/// What the bidder answers: the status, and the body, null where there is none.
pub fn ask(product: &Product, exchange: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(product.bids).unwrap();
    let head = format!(
        "POST /bid/{exchange} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream
        .write_all(&[head.as_bytes(), body.as_bytes()].concat())
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    (head[9..12].parse().unwrap(), body)
}

/// Asks until the answer is what a change is to bring about.
pub fn until(
    product: &Product,
    exchange: &str,
    body: &str,
    what: &str,
    is: impl Fn(u16, &Value) -> bool,
) {
    product.eventually(|| {
        let (status, answer) = ask(product, exchange, body);
        let told = || format!("{what}: {status} {answer}");
        is(status, &answer).then_some(()).ok_or_else(told)
    });
}

fn bids(status: u16, _: &Value) -> bool {
    status == 200
}

fn is_silent(status: u16, _: &Value) -> bool {
    status == 204
}

#[test]
fn an_exchange_is_paused_made_and_deleted_while_the_bidder_runs() {
    let product = product();
    let usual = request(|_| {});
    until(&product, "demo", &usual, "the ad bids", bids);
    assert_eq!(
        product.done(&["pause", "exchanges/demo"]),
        "exchange exchanges/demo paused\n"
    );
    until(
        &product,
        "demo",
        &usual,
        "a paused exchange hears nothing",
        is_silent,
    );
    assert_eq!(ask(&product, "harbor", &usual).0, 200, "the others go on");
    let told = product.done_reading(
        &["why", "-f", "-", "--exchange", "demo", "-o", "json"],
        &usual,
    );
    assert!(told.contains("exchange_paused"), "{told}");
    product.done(&["resume", "exchanges/demo"]);
    until(&product, "demo", &usual, "a resumed one does", bids);

    assert_eq!(ask(&product, "pier", &usual).0, 404);
    let pier = "[[exchanges]]\nname = \"exchanges/pier\"\ndisplay_name = \"Pier\"\nseats = [\"house\"]\n\
                auction_type = \"AUCTION_TYPE_FIRST_PRICE\"\nno_bid = \"NO_BID_FORM_REASON\"\n";
    assert_eq!(
        product.done_reading(&["apply", "-f", "-"], pier),
        "exchange exchanges/pier created\n"
    );
    until(
        &product,
        "pier",
        &usual,
        "a new exchange is bid on",
        |status, answer| status == 200 && answer["seatbid"][0]["seat"] == "house",
    );
    product.done(&["pause", "exchanges/pier"]);
    until(
        &product,
        "pier",
        &usual,
        "it hears of no-bids as it wants",
        |status, answer| status == 200 && answer["nbr"] == 0,
    );
    product.done(&["delete", "exchanges/pier"]);
    until(
        &product,
        "pier",
        &usual,
        "what is deleted is not there",
        |status, _| status == 404,
    );
}

#[test]
fn floors_and_seats_of_an_exchange_are_in_force_without_a_restart() {
    let product = product();
    let usual = request(|_| {});
    until(&product, "demo", &usual, "the ad bids", bids);
    let apply = |fields: &str| {
        let exchange = format!("[[exchanges]]\nname = \"exchanges/demo\"\n{fields}\n");
        product.done_reading(&["apply", "-f", "-"], &exchange)
    };
    // The ad bids 2.50 USD.
    assert_eq!(
        apply("floor_policy = { banner_cpm_micros = 3_000_000 }"),
        "exchange exchanges/demo changed (floor_policy)\n"
    );
    until(
        &product,
        "demo",
        &usual,
        "no bid is below a banner's least",
        is_silent,
    );
    apply("floor_policy = { margin_ppm = 100_000 }");
    until(
        &product,
        "demo",
        &usual,
        "without a floor there is no margin",
        bids,
    );
    let floor = |floor: f64| request(|request| request["imp"][0]["bidfloor"] = floor.into());
    let status = |floor_of: f64| ask(&product, "demo", &floor(floor_of)).0;
    // A tenth more than 2.30 is above 2.50, a tenth more than 2.20 is not.
    assert_eq!((status(2.3), status(2.2)), (204, 200));

    let other_seat = request(|request| request["wseat"] = vec!["agency"].into());
    assert_eq!(ask(&product, "demo", &other_seat).0, 204);
    apply("seats = [\"outbid\", \"agency\"]");
    until(
        &product,
        "demo",
        &other_seat,
        "it bids under the other seat",
        |status, answer| status == 200 && answer["seatbid"][0]["seat"] == "agency",
    );
    assert_eq!(
        ask(&product, "demo", &usual).1["seatbid"][0]["seat"],
        "outbid"
    );
}

#[test]
fn an_exchange_is_listed_described_and_exported_like_everything_else() {
    let product = Product::start();
    let listed = product.done(&["get", "exchanges"]);
    assert!(
        listed.starts_with(
            "NAME                STATUS  AUCTION       CURRENCY  SEATS   FLOORS  TITLE\n\
             exchanges/demo      active  first price   USD       outbid  -       demo\n"
        ),
        "{listed}"
    );
    let described = product.done(&["describe", "exchanges/lantern"]);
    for line in [
        "Billing   impression pixel\n",
        "No-bid    200 with the reason\n",
        "Margin    0.020s\n",
    ] {
        assert!(described.contains(line), "{described}");
    }
    // A short name alone is an advertiser's.
    product.fails(&["describe", "lantern"], 3, "there is no");
    assert!(
        product
            .done(&["get", "exchanges", "lantern"])
            .contains("exchanges/lantern")
    );
    let exported = product.done(&["export", "exchanges/lantern"]);
    assert!(
        exported.starts_with("exchanges:\n  - name: exchanges/lantern\n"),
        "{exported}"
    );
    assert_eq!(
        product.done_reading(&["apply", "-f", "-"], &exported),
        "exchange exchanges/lantern unchanged\n"
    );
    let (code, told, _) = product.outcome(
        &["apply", "-f", "-"],
        "[[exchanges]]\nname = \"exchanges/lantern\"\nseats = []\n",
    );
    assert_eq!((code, told.as_str()), (5, ""));
    assert!(
        product
            .done(&["schema", "exchange.floor_policy"])
            .contains("margin_ppm")
    );
}

#[test]
fn a_deals_terms_and_the_rates_are_in_force_without_a_restart() {
    let product = product();
    let wanting = ACME.replace(
        "countries = { include = [\"DE\"] }",
        "deals = { include = [\"PMP-7\"] }",
    );
    product.done_reading(&["apply", "-f", "-"], &wanting);
    let offered = request(|request| {
        request["imp"][0]["pmp"] = serde_json::json!({
            "private_auction": 1, "deals": [{"id": "PMP-7", "bidfloor": 1, "at": 1}],
        });
    });
    let price = |answer: &Value| answer["seatbid"][0]["bid"][0]["price"].as_f64();
    until(
        &product,
        "demo",
        &offered,
        "the ad bids for the deal",
        |_, it| price(it) == Some(2.5),
    );
    let apply = |fields: &str| {
        let deal = format!(
            "[[deals]]\nname = \"deals/spring\"\ndisplay_name = \"Spring\"\nexchange = \"exchanges/demo\"\n\
             deal_id = \"PMP-7\"\n{fields}\n"
        );
        product.done_reading(&["apply", "-f", "-"], &deal)
    };
    assert_eq!(
        apply("fixed_cpm_micros = 1_500_000"),
        "deal deals/spring created\n"
    );
    until(
        &product,
        "demo",
        &offered,
        "it bids what was agreed",
        |_, it| price(it) == Some(1.5),
    );
    apply("floor_cpm_micros = 2_600_000");
    until(
        &product,
        "demo",
        &offered,
        "the floor is above the ad's price",
        is_silent,
    );
    apply("fixed_cpm_micros = 2_000_000\nadvertisers = [\"advertisers/demo\"]");
    assert_eq!(
        ask(&product, "demo", &offered).0,
        204,
        "it is for somebody else"
    );
    apply("advertisers = [\"advertisers/acme\"]");
    until(&product, "demo", &offered, "it is for this one", |_, it| {
        price(it) == Some(2.0)
    });
    product.done(&["pause", "deals/spring"]);
    until(
        &product,
        "demo",
        &offered,
        "a paused deal is not bid for",
        is_silent,
    );
    product.done(&["resume", "deals/spring"]);
    until(&product, "demo", &offered, "a resumed one is", bids);
    let listed = product.done(&["get", "deals"]);
    assert!(
        listed.contains("deals/spring  active  demo      PMP-7    2.00 USD CPM"),
        "{listed}"
    );

    // Meridian is answered in euros.
    let euros = request(|request| {
        request["imp"][0]["pmp"] = serde_json::json!({"deals": [{"id": "PMP-7"}]});
        request["cur"] = serde_json::json!(["EUR"]);
    });
    let cents = |answer: &Value| price(answer).map(|price| (price * 100.0).round());
    until(
        &product,
        "meridian",
        &euros,
        "2.50 USD at 1.0842",
        |_, it| cents(it) == Some(231.0),
    );
    let rates = "[[rateTables]]\nname = \"rateTables/dear\"\ndisplay_name = \"Dear euros\"\n\
                 rates = [{ currency_code = \"EUR\", usd = \"1.25\" }]\n";
    product.done_reading(&["apply", "-f", "-"], rates);
    until(&product, "meridian", &euros, "2.50 USD at 1.25", |_, it| {
        cents(it) == Some(200.0)
    });
    let listed = product.done(&["get", "rate-tables"]);
    assert!(
        listed.contains("rateTables/dear        active  now "),
        "{listed}"
    );
    product.done(&["delete", "rateTables/dear"]);
    until(&product, "meridian", &euros, "the rates before", |_, it| {
        cents(it) == Some(231.0)
    });
}

#[test]
fn a_block_list_holds_where_it_is_attached_without_a_restart() {
    let product = product();
    let usual = request(|_| {});
    until(&product, "demo", &usual, "the ad bids", bids);
    let apply = |fields: &str| {
        let list = format!(
            "[[blockLists]]\nname = \"blockLists/news\"\ndisplay_name = \"News\"\n{fields}\n"
        );
        product.done_reading(&["apply", "-f", "-"], &list)
    };
    assert_eq!(
        apply("domains = [\"news.example\"]\nattached_to = [\"exchanges/demo\"]"),
        "block list blockLists/news created\n"
    );
    until(
        &product,
        "demo",
        &usual,
        "the exchange's list holds",
        is_silent,
    );
    assert_eq!(
        ask(&product, "harbor", &usual).0,
        200,
        "on no other exchange"
    );
    apply("attached_to = [\"advertisers/acme/campaigns/spring\"]");
    until(
        &product,
        "harbor",
        &usual,
        "the campaign's list holds everywhere",
        is_silent,
    );
    until(&product, "demo", &usual, "on this one too", is_silent);
    apply("attached_to = [\"advertisers/demo\"]");
    until(
        &product,
        "demo",
        &usual,
        "another advertiser's list does not",
        bids,
    );
}
