//! Whatever bytes decode as a message, reading it must not panic, and what is wrong must be said by field.

use campaign::ad::State;
use campaign::id::{AdId, AdvertiserId, CampaignId, CreativeId, ExchangeId};
use campaign::money::Currency;
use campaign::targeting::Expression;

use api::errors::{MAX_VIOLATIONS, Violations};
use api::names::{Kind, Name};
use api::v1;
use proptest::prelude::*;
use prost::Message;

/// Enums, amounts and flags at and around their ends, and texts that are nearly right.
fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(-1),
        Just(i64::MAX),
        Just(i64::MIN),
        -10_i64..200,
        any::<i64>()
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("DE".to_string()),
        Just("US-CA".to_string()),
        Just("Europe/Berlin".to_string()),
        Just("https://example.com/".to_string()),
        Just("advertisers/acme/creatives/one".to_string()),
        ".{0,20}",
    ]
}

/// One field of the wire format: a number, or bytes that may be a text or fields again.
fn fields(depth: u32) -> BoxedStrategy<Vec<u8>> {
    let varint = (1_u32..30, number()).prop_map(|(tag, value)| {
        let mut bytes = Vec::new();
        prost::encoding::int64::encode(tag, &value, &mut bytes);
        bytes
    });
    let string = (1_u32..30, text()).prop_map(|(tag, value)| {
        let mut bytes = Vec::new();
        prost::encoding::string::encode(tag, &value, &mut bytes);
        bytes
    });
    if depth == 0 {
        return prop_oneof![varint, string].boxed();
    }
    let nested = (1_u32..30, fields(depth - 1)).prop_map(|(tag, value)| {
        let mut bytes = Vec::new();
        prost::encoding::bytes::encode(tag, &value, &mut bytes);
        bytes
    });
    prop::collection::vec(prop_oneof![varint, string, nested], 0..8)
        .prop_map(|parts| parts.concat())
        .boxed()
}

proptest! {
    #[test]
    fn reading_any_message_ends_in_a_noun_or_in_fields_that_are_wrong(bytes in fields(5)) {
        let acme = Name::of(Kind::Advertiser, "advertisers/acme").unwrap();
        let mut wrong = Violations::default();
        let named = api::targeting::Named {
            exchange: &|_| Some(ExchangeId(1)),
            audience: &|_| None,
        };
        if let Ok(wire) = v1::Targeting::decode(bytes.as_slice()) {
            let read = api::targeting::read(Some(&wire), named, "t", &mut wrong);
            prop_assert!(read.depth() <= Expression::MAX_DEPTH);
        }
        if let Ok(wire) = v1::Ad::decode(bytes.as_slice()) {
            let context = api::ad::Context {
                advertiser: &acme,
                currency: Currency::USD,
                creative: &|_| Some(CreativeId(1)),
                exchange: &|_| None,
                audience: &|_| None,
            };
            api::ad::read(&wire, (AdId(1), CampaignId(1)), State::Active, &context, "ad", &mut wrong);
        }
        if let Ok(wire) = v1::Creative::decode(bytes.as_slice()) {
            api::creative::read(&wire, CreativeId(1), AdvertiserId(1), "creative", &mut wrong);
        }
        if let Ok(wire) = v1::Advertiser::decode(bytes.as_slice()) {
            let read = api::advertiser::read(&wire, AdvertiserId(1), State::Active, "a", &mut wrong);
            if let Ok(wire) = v1::Campaign::decode(bytes.as_slice()) {
                api::campaign::read(&wire, CampaignId(1), State::Active, &read, "c", &mut wrong);
            }
        }
        prop_assert!(wrong.list().len() <= MAX_VIOLATIONS);
        prop_assert!(wrong.list().iter().all(|v| !v.field.is_empty() && !v.description.is_empty()));
    }
}
