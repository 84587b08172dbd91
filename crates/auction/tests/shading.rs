//! What is bid below its worth where the winner pays its bid.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod support;

use auction::prices::Shade;
use auction::token::{TagClass, verify};
use campaign::ad::Goal;
use campaign::id::AdId;
use campaign::money::{Cpm, Money};
use campaign::targeting::{Condition, Expression};
use journal::context::PriceContext;
use support::{Market, request};

/// An ad to which an impression is worth 2 CPM: a click in five hundred, for a dollar each.
fn market(best: i64, explored_ppm: u32) -> Market {
    let mut market = Market::of_banner(|ad, _| {
        ad.goal = Goal::Click(Money(1_000_000_000));
        ad.max_bid = Cpm(5_000_000);
    });
    market.world.shade = Some(Shade {
        best: Cpm(best),
        explored_ppm,
    });
    market
}

/// What is bid, what is reserved, and the kind of impression that the bid's notices tell.
fn bid(market: &mut Market, body: &str) -> (i64, i64, PriceContext) {
    market.world.start_again();
    let (price, context) = market.decide(body, |answer| {
        let bid = answer.bid();
        let path = bid.burl.unwrap().split('?').next().unwrap();
        let token = path.rsplit('/').next().unwrap();
        let terms = verify(token, TagClass::Server, &support::keys()).unwrap();
        (bid.price.units, terms.context)
    });
    let [(AdId(1), Money(reserved))] = market.world.reserved[..] else {
        panic!("{:?}", market.world.reserved)
    };
    (price, reserved, context)
}

#[test]
fn only_open_first_price_bids_of_a_worth_are_shaded() {
    let check = |market: &mut Market, more: &str, around: &str, expect: i64| {
        let (price, reserved, context) = bid(market, &request(more, around));
        assert_eq!((price, reserved), (expect, expect), "{more} {around}");
        context
    };
    let mut shaded = market(800_000, 0);
    let first = check(&mut shaded, "", r#""at":1"#, 800_000);
    assert!(first.is_known() && first.is_first_price() && !first.is_explored());
    assert_eq!((first.size(), first.floor()), (1, 1));
    // The exchange's auctions are of the first price where a request does not say.
    check(&mut shaded, "", "", 800_000);
    let second = check(&mut shaded, "", r#""at":2"#, 2_000_000);
    assert!(second.is_known() && !second.is_first_price());
    let other = check(&mut shaded, "", r#""at":500"#, 2_000_000);
    assert_eq!(other, PriceContext::NONE);
    check(&mut shaded, r#""bidfloor":1.2"#, r#""at":1"#, 1_200_000);
    // What was learned is in the exchange's currency.
    let (price, reserved, context) = bid(&mut shaded, &request("", r#""at":1,"cur":["EUR"]"#));
    assert_eq!(
        (price, reserved, context),
        (1_818_181, 2_000_000, PriceContext::NONE)
    );
    check(&mut market(9_000_000, 0), "", r#""at":1"#, 2_000_000);

    let mut fixed = market(800_000, 0);
    fixed.inventory.ads[0].goal = Goal::FixedCpm(Cpm(2_000_000));
    assert!(check(&mut fixed, "", r#""at":1"#, 2_000_000).is_first_price());

    let mut unknown = market(0, 0);
    unknown.world.shade = None;
    check(&mut unknown, "", r#""at":1"#, 2_000_000);
}

#[test]
fn a_deal_is_bid_as_it_was_agreed() {
    let mut market = market(800_000, 1_000_000);
    market.inventory.ads[0].targeting = Expression::Is(Condition::Deal(["d1".to_string()].into()));
    let pmp = r#""pmp":{"deals":[{"id":"d1","bidfloor":1.5}]}"#;
    let (price, _, context) = bid(&mut market, &request(pmp, r#""at":1"#));
    assert_eq!((price, context), (2_000_000, PriceContext::NONE));
}

#[test]
fn some_bids_are_made_to_learn_and_say_so() {
    let mut market = market(800_000, 1_000_000);
    let mut prices = Vec::new();
    for number in 0..40 {
        let body = request("", r#""at":1"#).replace(r#""id":"r""#, &format!(r#""id":"r{number}""#));
        let (price, reserved, context) = bid(&mut market, &body);
        assert!(context.is_explored() && reserved == price);
        assert!((400_000..=2_000_000).contains(&price), "{price}");
        prices.push(price);
    }
    let above = prices.iter().filter(|price| **price > 800_000).count();
    assert!((8..32).contains(&above), "{prices:?}");
}

#[test]
fn why_less_is_bid_is_told() {
    let explanation = market(800_000, 0).explain(&request("", r#""at":1"#));
    let told = format!("{explanation:?}");
    assert!(
        told.contains("the winner of this auction pays its bid"),
        "{told}"
    );
}
