//! An exchange as the wire says it.

use campaign::ad::State;
use campaign::exchange::{BillingNotice, Exchange, FloorPolicy, NoBidForm};
use campaign::id::ExchangeId;
use campaign::money::{Cpm, Currency};
use campaign::time::Span;

use crate::errors::Violations;
use crate::{money, text, time, v1};

/// How many seats one exchange may have given us.
pub const MAX_SEATS: usize = 32;
/// How long the name of a seat may be, in characters.
pub const MAX_SEAT: usize = 128;
/// The longest that an answer may take, and the largest margin.
pub const MAX_TIMEOUT: Span = Span::seconds(10);
/// The largest margin above an exchange's floor: the floor once more.
pub const MAX_MARGIN_PPM: i32 = 1_000_000;

/// Reads an exchange, `name` being the last part of its name; `path` is where it stands in the request.
pub fn read(
    wire: &v1::Exchange,
    name: &str,
    state: State,
    path: &str,
    wrong: &mut Violations,
) -> Exchange {
    let at = |field: &str| format!("{path}.{field}");
    let usual = Exchange::new(ExchangeId(wire.number), name, "");
    let currency = match wire.currency_code.as_str() {
        "" => usual.currency,
        code => money::currency(code, &at("currency_code"), wrong),
    };
    let timeout = |said: Option<&prost_types::Duration>, least: Span, usual: Span| {
        let said = said.map_or(usual, |said| time::span(Some(said)));
        ((least..=MAX_TIMEOUT).contains(&said), said)
    };
    let (fits, timeout_margin) =
        timeout(wire.timeout_margin.as_ref(), Span(0), usual.timeout_margin);
    if !fits {
        let what = "write nothing to 10 seconds, such as \"0.02s\"";
        wrong.add(&at("timeout_margin"), "OUT_OF_RANGE", what);
    }
    let (fits, default_timeout) = timeout(
        wire.default_timeout.as_ref(),
        Span(1),
        usual.default_timeout,
    );
    if !fits {
        let what = "write a millisecond to 10 seconds, such as \"0.12s\"";
        wrong.add(&at("default_timeout"), "OUT_OF_RANGE", what);
    }
    Exchange {
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        state,
        auction_type: choice(
            v1::AuctionType::try_from(wire.auction_type).ok(),
            &at("auction_type"),
            "write AUCTION_TYPE_FIRST_PRICE or AUCTION_TYPE_SECOND_PRICE",
            wrong,
            |said| match said {
                v1::AuctionType::Unspecified => usual.auction_type,
                v1::AuctionType::FirstPrice => 1,
                v1::AuctionType::SecondPrice => 2,
            },
        ),
        currency,
        timeout_margin,
        default_timeout,
        seats: seats(&wire.seats, &at("seats"), wrong),
        no_bid: choice(
            v1::NoBidForm::try_from(wire.no_bid).ok(),
            &at("no_bid"),
            "write NO_BID_FORM_EMPTY or NO_BID_FORM_REASON",
            wrong,
            |said| match said {
                v1::NoBidForm::Unspecified | v1::NoBidForm::Empty => NoBidForm::Empty,
                v1::NoBidForm::Reason => NoBidForm::Reason,
            },
        ),
        billing: choice(
            v1::BillingNotice::try_from(wire.billing).ok(),
            &at("billing"),
            "write BILLING_NOTICE_BURL or BILLING_NOTICE_IMPRESSION_PIXEL",
            wrong,
            billing,
        ),
        floors: floors(
            wire.floor_policy.as_ref(),
            currency,
            &at("floor_policy"),
            wrong,
        ),
        ..usual
    }
}

/// What bills, as the contract says it.
pub fn billing(said: v1::BillingNotice) -> BillingNotice {
    match said {
        v1::BillingNotice::Unspecified | v1::BillingNotice::Burl => BillingNotice::Burl,
        v1::BillingNotice::ImpressionPixel => BillingNotice::ImpressionPixel,
    }
}

/// What a choice means; the first one where it is none that the contract knows.
fn choice<W: Default, T>(
    said: Option<W>,
    path: &str,
    what: &str,
    wrong: &mut Violations,
    mean: impl FnOnce(W) -> T,
) -> T {
    if said.is_none() {
        wrong.add(path, "UNKNOWN_VALUE", what);
    }
    mean(said.unwrap_or_default())
}

fn seats(wire: &[String], path: &str, wrong: &mut Violations) -> Vec<String> {
    if wire.is_empty() {
        let what = "write the seat that the exchange gave you";
        wrong.add(path, "REQUIRED", what);
    }
    if wire.len() > MAX_SEATS {
        wrong.add(path, "TOO_MANY", format!("write at most {MAX_SEATS} seats"));
    }
    let mut seats: Vec<String> = Vec::new();
    for (place, written) in wire.iter().take(MAX_SEATS).enumerate() {
        let path = format!("{path}[{place}]");
        if written.trim().is_empty() {
            wrong.add(
                &path,
                "REQUIRED",
                "write the seat that the exchange gave you",
            );
        }
        if seats.contains(written) {
            wrong.add(&path, "REPEATED", "write each seat once");
        }
        seats.push(text::line(written, MAX_SEAT, &path, wrong));
    }
    seats
}

fn floors(
    wire: Option<&v1::FloorPolicy>,
    currency: Currency,
    path: &str,
    wrong: &mut Violations,
) -> Option<FloorPolicy> {
    let wire = wire?;
    let margin_ppm = u32::try_from(wire.margin_ppm).ok();
    let margin_ppm = margin_ppm.filter(|_| wire.margin_ppm <= MAX_MARGIN_PPM);
    if margin_ppm.is_none() {
        let what = format!("write 0 to {MAX_MARGIN_PPM} millionths of the floor");
        wrong.add(&format!("{path}.margin_ppm"), "OUT_OF_RANGE", what);
    }
    let mut least = |micros: i64, field: &str| match micros {
        0 => Cpm::ZERO,
        micros => money::cpm(micros, currency, &format!("{path}.{field}"), wrong),
    };
    let policy = FloorPolicy {
        margin_ppm: margin_ppm.unwrap_or(0),
        // In the order of `Format::ALL`.
        least: [
            least(wire.banner_cpm_micros, "banner_cpm_micros"),
            least(wire.video_cpm_micros, "video_cpm_micros"),
            least(wire.audio_cpm_micros, "audio_cpm_micros"),
            least(wire.native_cpm_micros, "native_cpm_micros"),
        ],
    };
    (policy != FloorPolicy::default()).then_some(policy)
}

/// Writes an exchange. Its state is not a part of what is asked for.
pub fn write(exchange: &Exchange) -> v1::Exchange {
    let span = |span: Span| {
        Some(prost_types::Duration {
            seconds: span.0.div_euclid(1_000),
            nanos: (span.0.rem_euclid(1_000) * 1_000_000) as i32,
        })
    };
    let micros = |cpm: Cpm| cpm.micros(exchange.currency).unwrap_or(i64::MAX);
    v1::Exchange {
        number: exchange.id.0,
        display_name: exchange.display_name.clone(),
        auction_type: exchange.auction_type,
        currency_code: exchange.currency.to_string(),
        timeout_margin: span(exchange.timeout_margin),
        default_timeout: span(exchange.default_timeout),
        seats: exchange.seats.clone(),
        no_bid: match exchange.no_bid {
            NoBidForm::Empty => v1::NoBidForm::Empty,
            NoBidForm::Reason => v1::NoBidForm::Reason,
        } as i32,
        billing: match exchange.billing {
            BillingNotice::Burl => v1::BillingNotice::Burl,
            BillingNotice::ImpressionPixel => v1::BillingNotice::ImpressionPixel,
        } as i32,
        floor_policy: exchange.floors.map(|policy| v1::FloorPolicy {
            margin_ppm: i32::try_from(policy.margin_ppm).unwrap_or(i32::MAX),
            banner_cpm_micros: micros(policy.least[0]),
            video_cpm_micros: micros(policy.least[1]),
            audio_cpm_micros: micros(policy.least[2]),
            native_cpm_micros: micros(policy.least[3]),
        }),
        ..v1::Exchange::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_reads_back_as_it_was_written() {
        let exchange = Exchange {
            auction_type: 1,
            currency: Currency::EUR,
            timeout_margin: Span::milliseconds(1_250),
            seats: vec!["house".to_string(), "agency-7".to_string()],
            no_bid: NoBidForm::Reason,
            billing: BillingNotice::ImpressionPixel,
            floors: Some(FloorPolicy {
                margin_ppm: 20_000,
                least: [Cpm(1), Cpm(2), Cpm(3), Cpm(4)],
            }),
            ..Exchange::new(ExchangeId(7), "harbor", "house")
        };
        let mut wrong = Violations::default();
        let read = read(
            &write(&exchange),
            "harbor",
            State::Active,
            "exchange",
            &mut wrong,
        );
        assert_eq!((read, wrong.list()), (exchange, &[][..]));
    }

    #[test]
    fn what_is_left_out_is_the_usual() {
        let wire = v1::Exchange {
            display_name: "Harbor".to_string(),
            seats: vec!["house".to_string()],
            floor_policy: Some(v1::FloorPolicy::default()),
            ..v1::Exchange::default()
        };
        let mut wrong = Violations::default();
        let read = read(&wire, "harbor", State::Paused, "exchange", &mut wrong);
        let expect = Exchange {
            display_name: "Harbor".to_string(),
            state: State::Paused,
            ..Exchange::new(ExchangeId(0), "harbor", "house")
        };
        assert_eq!((read, wrong.is_empty()), (expect, true));
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_field() {
        let wire = v1::Exchange {
            auction_type: 9,
            currency_code: "euro".to_string(),
            timeout_margin: time_of(-1),
            default_timeout: time_of(0),
            seats: vec!["a".to_string(), " ".to_string(), "a".to_string()],
            no_bid: -1,
            billing: 7,
            floor_policy: Some(v1::FloorPolicy {
                margin_ppm: 1_000_001,
                video_cpm_micros: -5,
                ..v1::FloorPolicy::default()
            }),
            ..v1::Exchange::default()
        };
        let mut wrong = Violations::default();
        read(&wire, "harbor", State::Active, "exchange", &mut wrong);
        let fields: Vec<&str> = wrong.list().iter().map(|it| it.field.as_str()).collect();
        let expect = [
            "exchange.currency_code",
            "exchange.timeout_margin",
            "exchange.default_timeout",
            "exchange.display_name",
            "exchange.auction_type",
            "exchange.seats[1]",
            "exchange.seats[2]",
            "exchange.no_bid",
            "exchange.billing",
            "exchange.floor_policy.margin_ppm",
            "exchange.floor_policy.video_cpm_micros",
        ];
        assert_eq!(fields, expect);
    }

    fn time_of(seconds: i64) -> Option<prost_types::Duration> {
        Some(prost_types::Duration { seconds, nanos: 0 })
    }
}
