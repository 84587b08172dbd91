//! The binary form of entries: what is written reads back, and nothing that can be read has two forms.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use campaign::creative::Format;
use campaign::id::{
    AdId, AdvertiserId, BidId, ConversionActionId, CreativeId, ExchangeId, Incarnation, LeaseId,
};
use campaign::money::{Currency, Money};
use campaign::time::{Day, Timestamp};
use journal::codec::{
    DecodeError, EncodeError, MAX_ENTRY_LENGTH, MAX_ORDER_LENGTH, decode, decode_terms, encode,
    encode_terms,
};
use journal::context::PriceContext;
use journal::entry::{BidTerms, Entry, Event, Price};
use proptest::prelude::*;

fn cases() -> ProptestConfig {
    let soak = std::env::var_os("OUTBID_SOAK").is_some();
    ProptestConfig::with_cases(if soak { 100_000 } else { 1_000 })
}

fn some_terms() -> impl Strategy<Value = BidTerms> {
    let ids = any::<(u16, u32, u64, u64, u16, u64, u64, u64)>();
    let values = any::<(i32, i64, i64, i64, u64)>();
    (ids, values, 0..4_usize, "[A-Z]{3}").prop_map(|(ids, values, format, currency)| BidTerms {
        bid: BidId {
            incarnation: Incarnation {
                node: ids.0,
                start: ids.1,
            },
            sequence: ids.2,
        },
        exchange: ExchangeId(ids.3),
        impression: ids.4,
        ad: AdId(ids.5),
        creative: CreativeId(ids.6),
        format: Format::ALL[format],
        lease: LeaseId(ids.7),
        day: Day(values.0),
        max_cost: Money(values.1),
        currency: Currency::parse(&currency).unwrap(),
        fx_nanos: values.2,
        issued: Timestamp(values.3),
        user: values.4,
        measured: values.4 % 2 == 0,
        context: PriceContext::from_bits(ids.4),
    })
}

fn some_price() -> impl Strategy<Value = Price> {
    prop_oneof![
        any::<i64>().prop_map(|cost| Price::Cost(Money(cost))),
        Just(Price::Unreadable),
        Just(Price::Audit),
    ]
}

fn some_order() -> impl Strategy<Value = String> {
    ".{0,140}".prop_map(|mut order: String| {
        let end = order.floor_char_boundary(MAX_ORDER_LENGTH);
        order.truncate(end);
        order
    })
}

fn some_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (some_terms(), some_price()).prop_map(|(terms, price)| Event::Win { terms, price }),
        (some_terms(), some_price()).prop_map(|(terms, price)| Event::Billing { terms, price }),
        (some_terms(), any::<Option<i32>>(), any::<Option<i64>>()).prop_map(
            |(terms, reason, min_to_win)| Event::Loss {
                terms,
                reason,
                min_to_win: min_to_win.map(Money),
            }
        ),
        some_terms().prop_map(|terms| Event::Impression { terms }),
        some_terms().prop_map(|terms| Event::View { terms }),
        some_terms().prop_map(|terms| Event::Click { terms }),
        (
            any::<u64>(),
            any::<Option<u64>>(),
            some_order(),
            any::<Option<i64>>(),
            proptest::option::of((some_terms(), any::<i64>())),
        )
            .prop_map(
                |(advertiser, action, order, value, credited)| Event::Conversion {
                    advertiser: AdvertiserId(advertiser),
                    action: action.map(ConversionActionId),
                    order,
                    value: value.map(Money),
                    credited: credited.map(|(terms, clicked)| (terms, Timestamp(clicked))),
                }
            ),
    ]
}

fn some_entry() -> impl Strategy<Value = Entry> {
    (any::<i64>(), some_event()).prop_map(|(at, event)| Entry {
        at: Timestamp(at),
        event,
    })
}

fn bytes_of(entry: &Entry) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(entry, &mut bytes).unwrap();
    bytes
}

/// Terms in which no two fields share a byte, so that a swapped or misplaced field shows.
fn plain_terms() -> BidTerms {
    BidTerms {
        bid: BidId {
            incarnation: Incarnation {
                node: 0x0102,
                start: 0x0304_0506,
            },
            sequence: 0x0708_090a_0b0c_0d0e,
        },
        exchange: ExchangeId(0x11),
        impression: 0x12,
        ad: AdId(0x13),
        creative: CreativeId(0x14),
        format: Format::Native,
        lease: LeaseId(0x15),
        day: Day(-2),
        max_cost: Money(0x16),
        currency: Currency::EUR,
        fx_nanos: 0x17,
        issued: Timestamp(0x18),
        user: 0x19,
        measured: true,
        context: PriceContext::NONE,
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_entry_reads_back_what_was_written(entry in some_entry()) {
        let bytes = bytes_of(&entry);
        prop_assert!(bytes.len() <= MAX_ENTRY_LENGTH);
        prop_assert_eq!(decode(&bytes), Ok(entry));
    }

    #[test]
    fn terms_read_back_what_was_written(terms in some_terms()) {
        let mut bytes = Vec::new();
        encode_terms(&terms, &mut bytes);
        prop_assert_eq!(bytes.len(), BidTerms::LENGTH);
        prop_assert_eq!(decode_terms(&bytes), Ok(terms));
    }

    #[test]
    fn a_part_of_an_entry_is_no_entry(entry in some_entry()) {
        let bytes = bytes_of(&entry);
        for end in 0..bytes.len() {
            prop_assert!(matches!(decode(&bytes[..end]), Err(DecodeError::Truncated { .. })), "cut at {end}");
        }
    }

    /// Changed bytes are refused, or are another entry that writes itself exactly so: nothing has two forms.
    #[test]
    fn what_is_read_has_one_form(entry in some_entry(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = bytes_of(&entry);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = decode(&bytes) {
            prop_assert_eq!(bytes_of(&read), bytes);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0..9_u8) {
        let _ = decode(&bytes);
        let _ = decode_terms(&bytes);
        // Nearly all random bytes fail at the version; these get past it.
        if let [version, _, _, _, _, _, _, _, _, place, ..] = &mut bytes[..] {
            (*version, *place) = (1, kind);
            let _ = decode(&bytes);
        }
    }
}

/// The written form is a promise to every journal that exists: whoever changes it has to change the version too.
#[test]
fn the_form_of_version_1_stays_as_it_is() {
    let terms = "0201060504030e0d0c0b0a090807110000000000000012001300000000000000140000000000000004\
        1500000000000000feffffff16000000000000004555521700000000000000180000000000000019000000\
        0000000001";
    let check = |event: Event, rest: &str| {
        let bytes = bytes_of(&Entry {
            at: Timestamp(0x2a),
            event,
        });
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, format!("012a00000000000000{rest}"));
    };
    let plain = plain_terms();
    let price = Price::Cost(Money(0x1a));
    check(
        Event::Win {
            terms: plain,
            price,
        },
        &format!("01{terms}001a00000000000000"),
    );
    check(
        Event::Billing {
            terms: plain,
            price: Price::Unreadable,
        },
        &format!("02{terms}01"),
    );
    check(
        Event::Billing {
            terms: plain,
            price: Price::Audit,
        },
        &format!("02{terms}02"),
    );
    check(
        Event::Loss {
            terms: plain,
            reason: Some(102),
            min_to_win: None,
        },
        &format!("03{terms}016600000000"),
    );
    check(Event::Impression { terms: plain }, &format!("04{terms}"));
    check(Event::View { terms: plain }, &format!("05{terms}"));
    check(Event::Click { terms: plain }, &format!("06{terms}"));
    check(
        Event::Conversion {
            advertiser: AdvertiserId(0x1b),
            action: None,
            order: "o-1".into(),
            value: Some(Money(0x1c)),
            credited: Some((plain, Timestamp(0x1d))),
        },
        &format!("071b00000000000000036f2d31011c0000000000000001{terms}1d00000000000000"),
    );
    check(
        Event::Conversion {
            advertiser: AdvertiserId(0x1b),
            action: Some(ConversionActionId(0x1e)),
            order: "o-1".into(),
            value: None,
            credited: None,
        },
        "081b000000000000001e00000000000000036f2d310000",
    );
}

#[test]
fn an_order_number_that_is_too_long_leaves_no_trace() {
    let entry = Entry {
        at: Timestamp(1),
        event: Event::Conversion {
            advertiser: AdvertiserId(1),
            action: None,
            order: "x".repeat(MAX_ORDER_LENGTH + 1),
            value: None,
            credited: None,
        },
    };
    let mut out = vec![7];
    assert_eq!(
        encode(&entry, &mut out),
        Err(EncodeError::OrderTooLong { length: 129 })
    );
    assert_eq!(out, [7]);
}

#[test]
fn a_refusal_says_what_and_where() {
    let bytes = bytes_of(&Entry {
        at: Timestamp(1),
        event: Event::Click {
            terms: plain_terms(),
        },
    });
    let check = |at: usize, byte: u8, expect: DecodeError| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        assert_eq!(decode(&bytes), Err(expect));
    };
    check(0, 9, DecodeError::Version { found: 9 });
    check(
        9,
        0,
        DecodeError::Value {
            field: "kind",
            at: 9,
        },
    );
    let format = 10 + 14 + 8 + 2 + 8 + 8;
    check(
        format,
        5,
        DecodeError::Value {
            field: "format",
            at: format,
        },
    );
    let currency = format + 1 + 8 + 4 + 8;
    check(
        currency,
        b'e',
        DecodeError::Value {
            field: "currency",
            at: currency,
        },
    );
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(
        decode(&longer),
        Err(DecodeError::TrailingBytes { extra: 1 })
    );
}
