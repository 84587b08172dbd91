use auction::token::TokenSecret;
use campaign::creative::Format;
use campaign::id::{AdId, BidId, CreativeId, ExchangeId};
use campaign::money::{Currency, Money, RateTable};
use campaign::time::{Day, Timestamp};

use super::*;

#[test]
fn the_click_id_goes_into_the_query_and_before_the_fragment() {
    let secret = TokenSecret {
        id: 1,
        secret: [1; 32],
    };
    let keys = TokenKeys::new(secret, &[]).unwrap();
    let click = Click {
        terms: BidTerms {
            bid: BidId::default(),
            exchange: ExchangeId(1),
            impression: 0,
            ad: AdId(1),
            creative: CreativeId(1),
            format: Format::Banner,
            lease: LeaseId(1),
            day: Day(0),
            max_cost: Money(1),
            currency: Currency::USD,
            fx_nanos: RateTable::ONE,
            issued: Timestamp(0),
            user: 0,
            measured: true,
            context: journal::context::PriceContext::NONE,
        },
        at: Timestamp(5),
    };
    let mut id = String::new();
    click.push_id(&keys, &mut id);
    let check = |landing: &str, expect: &str| {
        let expect = expect.replace("ID", &format!("obclid={id}"));
        assert_eq!(with_click_id(landing, &click, &keys), expect);
    };
    check("https://shop.example", "https://shop.example?ID");
    check(
        "https://shop.example/a?b=c",
        "https://shop.example/a?b=c&ID",
    );
    check("https://shop.example/a?", "https://shop.example/a?ID");
    check("https://shop.example/a?b&", "https://shop.example/a?b&ID");
    check("https://shop.example/#x?y", "https://shop.example/?ID#x?y");
    check(
        "https://shop.example/?a=b#x",
        "https://shop.example/?a=b&ID#x",
    );
}
