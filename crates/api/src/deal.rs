//! A deal as the wire says it.

use campaign::ad::State;
use campaign::deal::{Deal, DealPrice};
use campaign::id::{AdvertiserId, ExchangeId};
use campaign::money::{Cpm, Currency};

use crate::errors::Violations;
use crate::exchange::{MAX_SEAT, MAX_SEATS};
use crate::names::{Kind, Name};
use crate::{money, text, time, v1};

/// How long a deal's id may be, in characters.
pub const MAX_DEAL_ID: usize = 256;
/// How many advertisers one deal may name.
pub const MAX_ADVERTISERS: usize = 1_000;

/// What a deal's message does not say by itself.
pub struct Context<'a> {
    /// The number of an exchange by the last part of its name, and its currency.
    pub exchange: &'a dyn Fn(&str) -> Option<(ExchangeId, Currency)>,
    /// The number of an advertiser by its name.
    pub advertiser: &'a dyn Fn(&Name) -> Option<AdvertiserId>,
}

/// Reads a deal; `path` is where it stands in the request.
pub fn read(
    wire: &v1::Deal,
    state: State,
    context: &Context<'_>,
    path: &str,
    wrong: &mut Violations,
) -> Deal {
    let at = |field: &str| format!("{path}.{field}");
    let exchange = Name::of(Kind::Exchange, &wire.exchange).ok();
    let exchange = exchange.and_then(|name| (context.exchange)(name.id()));
    if exchange.is_none() {
        let what = "write the name of an exchange that there is, such as exchanges/harbor";
        wrong.add(&at("exchange"), "UNKNOWN_EXCHANGE", what);
    }
    let (exchange, usual) = exchange.unwrap_or((ExchangeId(0), Currency::USD));
    let currency = match wire.currency_code.as_str() {
        "" => usual,
        code => money::currency(code, &at("currency_code"), wrong),
    };
    if wire.deal_id.is_empty() {
        let what = "write the deal's id as requests have it";
        wrong.add(&at("deal_id"), "REQUIRED", what);
    }
    Deal {
        exchange,
        id: text::line(&wire.deal_id, MAX_DEAL_ID, &at("deal_id"), wrong),
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        state,
        flight: time::flight(wire.flight.as_ref(), &at("flight"), wrong),
        price: price(wire.price, currency, path, wrong),
        currency,
        seats: seats(&wire.seats, &at("seats"), wrong),
        advertisers: advertisers(&wire.advertisers, context, &at("advertisers"), wrong),
    }
}

fn price(
    wire: Option<v1::deal::Price>,
    currency: Currency,
    path: &str,
    wrong: &mut Violations,
) -> Option<DealPrice> {
    use v1::deal::Price;
    let mut cpm = |micros: i64, field: &str| -> Cpm {
        money::cpm(micros, currency, &format!("{path}.{field}"), wrong)
    };
    Some(match wire? {
        Price::FloorCpmMicros(micros) => DealPrice::Floor(cpm(micros, "floor_cpm_micros")),
        Price::FixedCpmMicros(micros) => DealPrice::Fixed(cpm(micros, "fixed_cpm_micros")),
    })
}

fn seats(wire: &[String], path: &str, wrong: &mut Violations) -> Vec<String> {
    if wire.len() > MAX_SEATS {
        wrong.add(path, "TOO_MANY", format!("write at most {MAX_SEATS} seats"));
    }
    let mut seats = Vec::new();
    for (place, written) in wire.iter().take(MAX_SEATS).enumerate() {
        let path = format!("{path}[{place}]");
        if written.trim().is_empty() {
            wrong.add(&path, "REQUIRED", "write one of our seats there");
        }
        seats.push(text::line(written, MAX_SEAT, &path, wrong));
    }
    seats
}

fn advertisers(
    wire: &[String],
    context: &Context<'_>,
    path: &str,
    wrong: &mut Violations,
) -> Vec<AdvertiserId> {
    if wire.len() > MAX_ADVERTISERS {
        let what = format!("write at most {MAX_ADVERTISERS} advertisers");
        wrong.add(path, "TOO_MANY", what);
    }
    let mut found = Vec::new();
    for (place, written) in wire.iter().take(MAX_ADVERTISERS).enumerate() {
        let name = Name::of(Kind::Advertiser, written).ok();
        match name.and_then(|name| (context.advertiser)(&name)) {
            Some(id) => found.push(id),
            None => wrong.add(
                &format!("{path}[{place}]"),
                "UNKNOWN_ADVERTISER",
                "write the name of an advertiser that there is, such as advertisers/acme",
            ),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_cannot_be_one_is_told_once_with_what_to_write() {
        let check = |deal_id: String, expect: &[(&str, &str)]| {
            let wire = v1::Deal {
                display_name: "Spring".to_string(),
                exchange: "exchanges/demo".to_string(),
                deal_id,
                ..v1::Deal::default()
            };
            let context = Context {
                exchange: &|_| Some((ExchangeId(1), Currency::USD)),
                advertiser: &|_| None,
            };
            let mut wrong = Violations::default();
            read(&wire, State::Active, &context, "deal", &mut wrong);
            let told = wrong.list().iter();
            let told: Vec<_> = told
                .map(|it| (it.field.as_str(), it.reason.as_str()))
                .collect();
            assert_eq!(told, expect);
        };
        check(String::new(), &[("deal.deal_id", "REQUIRED")]);
        check("x".repeat(MAX_DEAL_ID), &[]);
        check("x".repeat(MAX_DEAL_ID + 1), &[("deal.deal_id", "TOO_LONG")]);
    }
}
