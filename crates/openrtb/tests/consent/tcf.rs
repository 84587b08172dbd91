use std::io::Read;

use openrtb::consent::BitsError;
use openrtb::consent::tcf::{MAX_LENGTH_BYTES, Restriction, TcString, TcfError};
use proptest::prelude::*;
use serde_json::Value;

use crate::corpus::{fixture, numbers, shared};
use crate::tc_writer::{Tc, Vendors, Writer};

/// Ids up to past the highest that any row names; both readers agree on each.
const HIGHEST_VENDOR: u16 = 2_000;

fn vendors_where(test: impl Fn(u16) -> bool) -> Vec<u16> {
    (0..=HIGHEST_VENDOR)
        .chain([u16::MAX])
        .filter(|&id| test(id))
        .collect()
}

fn purposes_where(test: impl Fn(u8) -> bool) -> Vec<u16> {
    (0..=u8::MAX).filter(|&n| test(n)).map(u16::from).collect()
}

#[test]
fn reads_what_the_iab_decoder_reads() {
    let Some(path) = shared("corpus/tcf-oracle.json.xz") else {
        return;
    };
    let mut text = String::new();
    xz2::read::XzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(rows.len(), 200);
    for row in &rows {
        let text = row["t"].as_str().unwrap();
        let tc = TcString::parse(text).unwrap();
        assert_eq!(
            u64::from(tc.cmp_id),
            row["cmpId"].as_u64().unwrap(),
            "{text}"
        );
        assert_eq!(
            purposes_where(|n| tc.purpose_consent(n)),
            numbers(&row["pc"]),
            "{text}"
        );
        assert_eq!(
            vendors_where(|id| tc.vendor_consent(id)),
            numbers(&row["vc"]),
            "{text}"
        );
        assert_eq!(
            vendors_where(|id| tc.vendor_legitimate_interest(id)),
            numbers(&row["vl"]),
            "{text}"
        );
        let disclosed = vendors_where(|id| tc.disclosed(id).unwrap_or(false));
        assert_eq!(disclosed, numbers(&row["vd"]), "{text}");
        assert_eq!(tc.disclosed(1).is_some(), text.contains('.'), "{text}");
    }
}

#[test]
fn reads_every_field_that_the_iab_encoder_wrote() {
    for row in fixture("tcf.jsonl") {
        let text = row["text"].as_str().unwrap();
        let tc = TcString::parse(text).unwrap();
        let number = |key: &str| row[key].as_u64().unwrap();
        let flag = |key: &str| row[key].as_bool().unwrap();
        assert_eq!(tc.created_ms as u64, number("createdMs"), "{text}");
        assert_eq!(tc.last_updated_ms as u64, number("createdMs"), "{text}");
        assert_eq!(u64::from(tc.cmp_id), number("cmpId"), "{text}");
        assert_eq!(u64::from(tc.cmp_version), number("cmpVersion"), "{text}");
        assert_eq!(u64::from(tc.consent_screen), number("screen"), "{text}");
        assert_eq!(
            &tc.consent_language[..],
            row["language"].as_str().unwrap().as_bytes(),
            "{text}"
        );
        assert_eq!(
            u64::from(tc.vendor_list_version),
            number("vendorListVersion"),
            "{text}"
        );
        assert_eq!(
            u64::from(tc.policy_version),
            number("policyVersion"),
            "{text}"
        );
        assert_eq!(tc.is_service_specific, flag("serviceSpecific"), "{text}");
        assert_eq!(
            tc.use_non_standard_texts,
            flag("nonStandardTexts"),
            "{text}"
        );
        assert_eq!(
            tc.purpose_one_treatment,
            flag("purposeOneTreatment"),
            "{text}"
        );
        assert_eq!(
            &tc.publisher_country[..],
            row["country"].as_str().unwrap().as_bytes(),
            "{text}"
        );
        assert_eq!(
            purposes_where(|n| tc.special_feature(n)),
            numbers(&row["special"]),
            "{text}"
        );
        assert_eq!(
            purposes_where(|n| tc.purpose_consent(n)),
            numbers(&row["consents"]),
            "{text}"
        );
        assert_eq!(
            purposes_where(|n| tc.purpose_legitimate_interest(n)),
            numbers(&row["interests"]),
            "{text}"
        );
        assert_eq!(
            vendors_where(|id| tc.vendor_consent(id)),
            numbers(&row["vendors"]),
            "{text}"
        );
        assert_eq!(
            vendors_where(|id| tc.vendor_legitimate_interest(id)),
            numbers(&row["vendorInterests"]),
            "{text}"
        );
        match &row["disclosed"] {
            Value::Null => assert_eq!(tc.disclosed(1), None, "{text}"),
            ids => assert_eq!(
                vendors_where(|id| tc.disclosed(id).unwrap()),
                numbers(ids),
                "{text}"
            ),
        }
        check_restrictions(&tc, &row["restrictions"], text);
    }
}

fn check_restrictions(tc: &TcString<'_>, written: &Value, text: &str) {
    let written: Vec<Vec<u16>> = written.as_array().unwrap().iter().map(numbers).collect();
    for purpose in 1..=24 {
        for vendor in 1..=60 {
            let strictest = written
                .iter()
                .filter(|rule| rule[0] == u16::from(purpose) && rule[2] == vendor)
                .map(|rule| match rule[1] {
                    0 => Restriction::NotAllowed,
                    1 => Restriction::RequireConsent,
                    _ => Restriction::RequireLegitimateInterest,
                })
                .min();
            assert_eq!(
                tc.restriction(purpose, vendor),
                strictest,
                "{text} {purpose} {vendor}"
            );
        }
    }
}

#[test]
fn a_restriction_holds_for_each_vendor_of_its_range() {
    let text = Tc {
        restrictions: vec![(3, 3, 10, 20), (4, 1, 15, 15)],
        ..Tc::default()
    }
    .write();
    let tc = TcString::parse(&text).unwrap();
    for (purpose, vendor, expect) in [
        // Kind 3 is undefined: the strict reading is "not allowed".
        (3, 9, None),
        (3, 10, Some(Restriction::NotAllowed)),
        (3, 20, Some(Restriction::NotAllowed)),
        (3, 21, None),
        (4, 15, Some(Restriction::RequireConsent)),
        (4, 16, None),
        (5, 15, None),
    ] {
        assert_eq!(
            tc.restriction(purpose, vendor),
            expect,
            "{purpose} {vendor}"
        );
    }
}

#[test]
fn padding_is_tolerated_where_a_segment_ends() {
    let text = Tc {
        disclosed: Some(Vendors::Bits(vec![5])),
        ..Tc::default()
    }
    .write();
    let padded = format!("{}==", text.replace('.', "=."));
    assert_eq!(TcString::parse(&padded).unwrap().disclosed(5), Some(true));
}

#[test]
fn refuses_what_is_no_tc_string() {
    let good = Tc {
        vendors: Vendors::Bits(vec![100]),
        ..Tc::default()
    }
    .write();
    let segment = |kind: u64| {
        let mut segment = Writer::default();
        segment.put(kind, 3);
        segment.put_vendors(&Vendors::Bits(vec![]));
        segment.put(0, 60);
        segment.text()
    };
    let check = |text: &str, expect: TcfError| {
        assert_eq!(TcString::parse(text).err(), Some(expect), "{text}")
    };
    check("", BitsError::Cut.into());
    check("i said yes", BitsError::NotBase64Url.into());
    check("BOlOrv1OlOr2EAABADECg-AAAApp7v", TcfError::Version(1));
    check("DBABMA", TcfError::Version(3));
    check(&good[..good.len() - 3], BitsError::Cut.into());
    check(&format!("{good}."), BitsError::Cut.into());
    check(
        &format!("{good}.{}", &segment(1)[..2]),
        BitsError::Cut.into(),
    );
    check(
        &format!("{good}.{}", &segment(3)[..9]),
        BitsError::Cut.into(),
    );
    check(&format!("{good}.{}", good), TcfError::Segments);
    check(
        &format!("{good}.{}.{}", segment(1), segment(1)),
        TcfError::Segments,
    );
    check(&"C".repeat(MAX_LENGTH_BYTES + 1), TcfError::TooLong);
    let reversed = Tc {
        vendors: Vendors::Ranges(vec![(9, 3)]),
        ..Tc::default()
    }
    .write();
    check(&reversed, TcfError::ReversedRange);
    // A segment of a kind that is yet to come hides nothing of what we read.
    assert!(TcString::parse(&format!("{good}.{}.{}", segment(7), segment(1))).is_ok());
}

#[test]
fn a_disclosed_vendors_segment_is_there_to_its_last_bit() {
    let text = Tc {
        disclosed: Some(Vendors::Bits(vec![100])),
        ..Tc::default()
    }
    .write();
    assert_eq!(TcString::parse(&text).unwrap().disclosed(100), Some(true));
    let cut = &text[..text.len() - 1];
    assert_eq!(TcString::parse(cut).err(), Some(BitsError::Cut.into()));
}

#[test]
fn every_cut_of_a_string_without_padding_bits_is_refused() {
    let text = Tc {
        vendors: Vendors::Ranges(vec![(1, 400), (700, 700)]),
        vendor_interests: Vendors::Bits((1..=50).collect()),
        restrictions: vec![(2, 1, 3, 9)],
        ..Tc::default()
    }
    .write();
    assert!(TcString::parse(&text).is_ok());
    for length in 0..text.len() {
        assert_eq!(
            TcString::parse(&text[..length]).err(),
            Some(BitsError::Cut.into()),
            "{length}"
        );
    }
}

/// Asks everything, so that a panic in any answer is found.
fn ask_everything(text: &str) {
    let Ok(tc) = TcString::parse(text) else {
        return;
    };
    for n in [0, 1, 2, 12, 13, 24, 25, 63, 255] {
        tc.special_feature(n);
        tc.purpose_consent(n);
        tc.purpose_legitimate_interest(n);
        tc.restriction(n, 7);
    }
    for vendor in [0, 1, 2, 500, 4_095, u16::MAX] {
        tc.vendor_consent(vendor);
        tc.vendor_legitimate_interest(vendor);
        tc.disclosed(vendor);
        tc.restriction(2, vendor);
    }
}

fn vendors() -> impl Strategy<Value = Vendors> {
    prop_oneof![
        prop::collection::vec(1..=300_u16, 0..40).prop_map(Vendors::Bits),
        prop::collection::vec((0..=u16::MAX, 0..400_u16), 0..40).prop_map(|ranges| {
            Vendors::Ranges(
                ranges
                    .into_iter()
                    .map(|(first, more)| (first, first.saturating_add(more)))
                    .collect(),
            )
        }),
    ]
}

fn is_in(vendors: &Vendors, id: u16) -> bool {
    match vendors {
        Vendors::Bits(ids) => ids.contains(&id),
        Vendors::Ranges(ranges) => ranges
            .iter()
            .any(|&(first, last)| (first..=last).contains(&id)),
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}", tail in "[A-Za-z0-9_=.-]{0,300}") {
        ask_everything(&text);
        ask_everything(&format!("C{tail}"));
    }

    #[test]
    fn no_damage_makes_it_panic(
        vendors in vendors(), disclosed in prop::option::of(vendors()),
        restrictions in prop::collection::vec((0..64_u8, 0..4_u8, 0..900_u16, 0..900_u16), 0..20),
        damage in prop::collection::vec((any::<prop::sample::Index>(), "[A-Za-z0-9_=.-]"), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut text = Tc { vendors, disclosed, restrictions, ..Tc::default() }.write();
        for (index, character) in damage {
            let at = index.index(text.len());
            text.replace_range(at..=at, &character);
        }
        ask_everything(&text);
        ask_everything(&text[..cut.index(text.len())]);
    }

    #[test]
    fn reads_the_vendors_that_were_written(
        consents in vendors(), interests in vendors(), disclosed in prop::option::of(vendors()),
        ids in prop::collection::vec(0..=u16::MAX, 20),
    ) {
        let text = Tc {
            vendors: consents.clone(),
            vendor_interests: interests.clone(),
            disclosed: disclosed.clone(),
            ..Tc::default()
        }.write();
        let tc = TcString::parse(&text).unwrap();
        for id in ids.into_iter().chain(0..310) {
            prop_assert_eq!(tc.vendor_consent(id), is_in(&consents, id), "{}", id);
            prop_assert_eq!(tc.vendor_legitimate_interest(id), is_in(&interests, id), "{}", id);
            prop_assert_eq!(tc.disclosed(id), disclosed.as_ref().map(|set| is_in(set, id)), "{}", id);
        }
    }
}
