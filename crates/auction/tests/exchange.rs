//! What an exchange's settings make of a request: whether it is bid on, under which seat, and above which floor.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod support;

use auction::reason::NoBidReason;
use campaign::ad::State;
use campaign::exchange::{Exchange, FloorPolicy};
use campaign::money::{Cpm, Currency};
use support::Market;

fn request(of_request: &str, of_imp: &str) -> String {
    format!(
        r#"{{"id":"r","site":{{"domain":"news.example"}}{of_request},
        "imp":[{{"id":"1","banner":{{"format":[{{"w":300,"h":250}}]}}{of_imp}}}]}}"#
    )
}

/// A market of one ad of 2 USD, on an exchange that is so.
fn market(change: impl FnOnce(&mut Exchange)) -> Market {
    let mut market = Market::of_banner(|_, _| {});
    change(&mut market.inventory.exchanges[0]);
    market
}

#[test]
fn a_paused_exchange_is_not_bid_on() {
    let mut paused = market(|exchange| exchange.state = State::Paused);
    paused.decide(&request("", ""), |answer| {
        assert_eq!(answer.result, Err(NoBidReason::ExchangePaused));
    });
}

#[test]
fn the_first_of_our_seats_that_is_let_in_bids() {
    let check = |of_request: &str, expect: Result<&str, NoBidReason>| {
        let mut market = market(|it| it.seats = vec!["house".to_string(), "agency".to_string()]);
        market.decide(&request(of_request, ""), |answer| {
            let seat = answer
                .result
                .map(|response| response.seatbid[0].seat.unwrap());
            assert_eq!(seat, expect, "{of_request}");
        });
    };
    check("", Ok("house"));
    check(r#","wseat":["agency","other"]"#, Ok("agency"));
    check(r#","bseat":["house"]"#, Ok("agency"));
    check(
        r#","bseat":["house","agency"]"#,
        Err(NoBidReason::OurSeatBlocked),
    );
    check(r#","wseat":["other"]"#, Err(NoBidReason::OurSeatBlocked));
}

#[test]
fn an_open_bid_keeps_to_our_own_floors() {
    let check = |policy: FloorPolicy, currency: Currency, of_imp: &str, expect: &str| {
        let mut market = market(|exchange| {
            exchange.floors = Some(policy);
            exchange.currency = currency;
        });
        assert_eq!(
            market.fate(&request("", of_imp)),
            expect,
            "{policy:?} {of_imp}"
        );
    };
    let margin = |margin_ppm| FloorPolicy {
        margin_ppm,
        ..FloorPolicy::default()
    };
    let least = |banner: i64| FloorPolicy {
        margin_ppm: 0,
        least: [Cpm(banner), Cpm(9_000_000), Cpm(9_000_000), Cpm(9_000_000)],
    };
    let usd = Currency::USD;
    check(margin(0), usd, r#","bidfloor":2"#, "bid");
    check(margin(1), usd, r#","bidfloor":2"#, "floor");
    check(margin(250_000), usd, r#","bidfloor":1.6"#, "bid");
    check(margin(250_000), usd, r#","bidfloor":1.7"#, "floor");
    check(least(2_000_000), usd, "", "bid");
    check(least(2_000_001), usd, "", "floor");
    // 2 USD are 1.81 EUR.
    check(least(1_810_000), Currency::EUR, "", "bid");
    check(least(1_820_000), Currency::EUR, "", "floor");
}

#[test]
fn a_deal_goes_by_its_own_terms() {
    use campaign::targeting::{Condition, Expression};
    let mut market = Market::of_banner(|ad, _| {
        ad.targeting = Expression::Is(Condition::Deal(["d".to_string()].into()));
    });
    let exchange = &mut market.inventory.exchanges[0];
    exchange.seats = vec!["house".to_string(), "agency".to_string()];
    exchange.floors = Some(FloorPolicy {
        margin_ppm: 1_000_000,
        least: [Cpm(9_000_000); 4],
    });
    let deal = r#","pmp":{"deals":[{"id":"d","bidfloor":1.9,"wseat":["agency"]}]}"#;
    market.decide(&request("", deal), |answer| {
        assert_eq!(answer.bid().dealid, Some("d"));
        assert_eq!(answer.result.unwrap().seatbid[0].seat, Some("agency"));
    });
}

#[test]
fn bids_of_two_seats_stand_apart() {
    use campaign::targeting::{Condition, Expression};
    let mut market = Market::new(
        vec![support::ad(1, "2", &[1]), support::ad(2, "3", &[1])],
        vec![support::banner(1, 300, 250)],
    );
    market.inventory.ads[1].targeting = Expression::Is(Condition::Deal(["d".to_string()].into()));
    market.inventory.exchanges[0].seats = vec!["house".to_string(), "agency".to_string()];
    let imp = |id: u8, more: &str| {
        format!(r#"{{"id":"{id}","banner":{{"format":[{{"w":300,"h":250}}]}}{more}}}"#)
    };
    let deal = r#","pmp":{"deals":[{"id":"d","wseat":["agency"]}]}"#;
    let imps = [imp(1, ""), imp(2, deal), imp(3, "")].join(",");
    let body = format!(r#"{{"id":"r","site":{{"domain":"news.example"}},"imp":[{imps}]}}"#);
    market.decide(&body, |answer| {
        let by_seat = answer.result.unwrap().seatbid;
        let told: Vec<_> = by_seat
            .iter()
            .map(|it| {
                (
                    it.seat.unwrap(),
                    it.bid.iter().map(|bid| bid.impid).collect::<Vec<_>>(),
                )
            })
            .collect();
        assert_eq!(told, [("house", vec!["1", "3"]), ("agency", vec!["2"])]);
    });
}
