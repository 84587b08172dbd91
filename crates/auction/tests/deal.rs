//! What was agreed of a deal, against what requests say of it.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod support;

use campaign::ad::State;
use campaign::deal::{Deal, DealPrice};
use campaign::id::{AdvertiserId, ExchangeId};
use campaign::money::{Cpm, Currency};
use campaign::targeting::{Condition, Expression};
use campaign::time::{Flight, Timestamp};
use support::Market;

/// What a request with the deal comes to: the price that an ad of 2 USD bids for it, or why it does not.
fn outcome(of_deal: &str, change: impl FnOnce(&mut Deal)) -> String {
    let mut market = Market::of_banner(|ad, _| {
        ad.targeting = Expression::Is(Condition::Deal(["d".to_string()].into()));
    });
    market.inventory.exchanges[0].seats = vec!["house".to_string(), "agency".to_string()];
    let mut deal = Deal {
        exchange: ExchangeId(1),
        id: "d".to_string(),
        display_name: String::new(),
        state: State::Active,
        flight: Flight::default(),
        price: None,
        currency: Currency::USD,
        seats: Vec::new(),
        advertisers: Vec::new(),
    };
    change(&mut deal);
    market.inventory.deals = vec![deal];
    let body = format!(
        r#"{{"id":"r","site":{{"domain":"news.example"}},"imp":[{{"id":"1",
        "banner":{{"format":[{{"w":300,"h":250}}]}},"pmp":{{"private_auction":1,"deals":[{{"id":"d"{of_deal}}}]}}}}]}}"#
    );
    market.decide(&body, |answer| match &answer.result {
        Ok(response) => {
            let (seat, bid) = (
                response.seatbid[0].seat.unwrap(),
                response.seatbid[0].bid[0],
            );
            assert_eq!(bid.dealid, Some("d"));
            format!("{seat} {}", bid.price.units)
        }
        Err(reason) => answer
            .refusals
            .last()
            .map_or(*reason, |(_, it)| *it)
            .name()
            .to_string(),
    })
}

#[test]
fn what_was_agreed_comes_before_what_a_request_says() {
    let check = |of_deal: &str, price: Option<DealPrice>, expect: &str| {
        let told = outcome(of_deal, |deal| deal.price = price);
        assert_eq!(told, expect, "{of_deal} {price:?}");
    };
    let (floor, fixed) = (
        |micros| Some(DealPrice::Floor(Cpm(micros))),
        |micros| Some(DealPrice::Fixed(Cpm(micros))),
    );
    check(r#","bidfloor":1"#, None, "house 2000000");
    check(r#","bidfloor":1,"at":3"#, None, "house 1000000");
    check(r#","bidfloor":1"#, floor(2_000_000), "house 2000000");
    check(r#","bidfloor":1"#, floor(2_000_001), "deal_floor");
    check(r#","bidfloor":2.1"#, floor(1_000_000), "deal_floor");
    check(r#","bidfloor":1"#, fixed(1_500_000), "house 1500000");
    check("", fixed(1_500_000), "house 1500000");
    check("", fixed(2_500_000), "deal_floor");
    // It asks more than was agreed: that is another deal.
    check(r#","bidfloor":1.6"#, fixed(1_500_000), "deal");
}

#[test]
fn a_price_in_another_currency_is_compared() {
    let told = outcome("", |deal| {
        deal.price = Some(DealPrice::Fixed(Cpm(1_000_000)));
        deal.currency = Currency::EUR;
    });
    assert_eq!(told, "house 1100000");
}

#[test]
fn a_deal_is_bid_for_while_it_is_on_by_whom_it_is_for() {
    let check = |change: fn(&mut Deal), expect: &str| {
        assert_eq!(outcome("", change), expect);
    };
    check(|deal| deal.state = State::Paused, "deal");
    check(|deal| deal.flight.end = Some(Timestamp(1)), "deal");
    check(
        |deal| deal.seats = vec!["agency".to_string()],
        "agency 2000000",
    );
    check(|deal| deal.seats = vec!["stranger".to_string()], "deal");
    check(
        |deal| deal.advertisers = vec![AdvertiserId(1)],
        "house 2000000",
    );
    check(
        |deal| deal.advertisers = vec![AdvertiserId(9)],
        "deal_advertiser_blocked",
    );
    // Of another exchange.
    check(
        |deal| {
            deal.exchange = ExchangeId(2);
            deal.state = State::Paused;
        },
        "house 2000000",
    );
}
