use openrtb::consent::BitsError;
use openrtb::consent::gpp::{Gpp, GppError, MAX_LENGTH_BYTES, section};
use openrtb::consent::us::{self, Choices, SectionError};
use openrtb::consent::us_privacy::{self, UsPrivacy};
use proptest::prelude::*;
use serde_json::Value;

use crate::corpus::{fixture, numbers};
use crate::tc_writer::Writer;

#[test]
fn finds_each_section_that_the_iab_encoder_wrote() {
    for row in fixture("gpp-headers.jsonl") {
        let text = row["text"].as_str().unwrap();
        let gpp = Gpp::parse(text).unwrap();
        assert_eq!(gpp.ids(), numbers(&row["ids"]), "{text}");
        for (id, section) in gpp.ids().iter().zip(text.split('~').skip(1)) {
            assert_eq!(gpp.section(*id), Some(section), "{text}");
        }
        assert_eq!(gpp.section(section::HEADER), None, "{text}");
    }
}

#[test]
fn reads_the_examples_of_the_specification() {
    const TC: &str = "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA";
    for (header, sections) in [
        ("DBABM", &[(2, TC)][..]),
        ("DBACNY", &[(2, TC), (6, "1YNN")]),
        ("DBABjw", &[(5, TC), (6, "1YNN")]),
    ] {
        let texts: Vec<&str> = sections.iter().map(|section| section.1).collect();
        let text = format!("{header}~{}", texts.join("~"));
        let gpp = Gpp::parse(&text).unwrap();
        assert!(
            gpp.ids()
                .iter()
                .eq(sections.iter().map(|section| &section.0)),
            "{text}"
        );
        for &(id, expect) in sections {
            assert_eq!(gpp.section(id), Some(expect), "{text}");
        }
    }
}

#[test]
fn refuses_what_is_no_gpp_string() {
    let check =
        |text: &str, expect: GppError| assert_eq!(Gpp::parse(text).err(), Some(expect), "{text}");
    check("", BitsError::Cut.into());
    check("gpp string", BitsError::NotBase64Url.into());
    check("DBAB", BitsError::Cut.into());
    check(
        "AAABMA~x",
        GppError::Header {
            kind: 0,
            version: 0,
        },
    );
    check(
        "CPXxRfAPXxRfAAfKABENB",
        GppError::Header {
            kind: 2,
            version: 15,
        },
    );
    check(
        "DCABMA~x",
        GppError::Header {
            kind: 3,
            version: 2,
        },
    );
    check("DBABMA~x~y", GppError::Count { named: 1, texts: 2 });
    check("DBACNY~x", GppError::Count { named: 2, texts: 1 });
    check(&"D".repeat(MAX_LENGTH_BYTES + 1), GppError::TooLong);
    // One group of ids from 1 to 56.
    check("DBAB4Bg", GppError::TooManySections);
}

/// Which kind of sensitive data is precise location, by the section's document; none in Colorado and Maryland.
fn precise_geo(section: &str) -> Option<usize> {
    match section {
        "usca" => Some(3),
        "usor" => Some(11),
        "usco" | "usmd" => None,
        _ => Some(8),
    }
}

/// The facts that follow from the fields of a section, by name.
fn reduce(section: &str, fields: &Value) -> Choices {
    let is = |name: &str, value: u64| fields[name].as_u64() == Some(value);
    let told = |name: &str| !is(name, 2);
    let processing_told = told("SharingNotice") && told("ProcessingNotice");
    let sensitive_told = told("SensitiveDataProcessingOptOutNotice")
        && told("SensitiveDataOptOutNotice")
        && told("SensitiveDataLimitUseNotice");
    let child = &fields["KnownChildSensitiveDataConsents"];
    Choices {
        sale_opt_out: is("SaleOptOut", 1) || !told("SaleOptOutNotice") || !processing_told,
        sharing_opt_out: fields.get("SharingOptOut").is_some()
            && (is("SharingOptOut", 1) || !told("SharingOptOutNotice") || !processing_told),
        targeted_advertising_opt_out: fields.get("TargetedAdvertisingOptOut").is_some()
            && (is("TargetedAdvertisingOptOut", 1)
                || !told("TargetedAdvertisingOptOutNotice")
                || !processing_told),
        service_provider_only: is("MspaServiceProviderMode", 1) || is("MspaMode", 2),
        global_privacy_control: fields["Gpc"].as_bool() == Some(true),
        known_child: child.as_array().map_or_else(
            || child.as_u64().is_some_and(|answer| answer != 0),
            |answers| answers.iter().any(|answer| answer != 0),
        ),
        precise_geo_consent: sensitive_told
            && precise_geo(section)
                .is_some_and(|nth| fields["SensitiveDataProcessing"][nth - 1] == 2),
    }
}

#[test]
fn reads_the_choices_that_the_iab_encoder_wrote_for_each_state() {
    let rows = fixture("gpp.jsonl");
    let mut sections = std::collections::BTreeSet::new();
    for row in &rows {
        let text = row["text"].as_str().unwrap();
        let id = row["id"].as_u64().unwrap() as u16;
        sections.insert(id);
        let section = Gpp::parse(text).unwrap().section(id).unwrap();
        let name = row["section"].as_str().unwrap();
        assert_eq!(
            us::read(id, section),
            Ok(reduce(name, &row["fields"])),
            "{name} {section}"
        );
    }
    assert!(
        sections
            .into_iter()
            .eq(section::US_NATIONAL..=section::US_LAST)
    );
}

#[test]
fn the_national_section_is_read_in_both_layouts() {
    let free = Choices::default();
    let refused = Choices {
        sale_opt_out: true,
        sharing_opt_out: true,
        targeted_advertising_opt_out: true,
        ..Choices::default()
    };
    for (text, expect) in [
        // As found in the wild: version 1, all notices given, nothing opted out of, GPC off.
        ("BVVqAAAAAgA.QA", Ok(free)),
        ("BVVqAAAAAg", Ok(free)),
        // The same with precise location agreed to (the eighth pair), then with a child (the thirteenth).
        (
            "BVVqAAIAAgA",
            Ok(Choices {
                precise_geo_consent: true,
                ..free
            }),
        ),
        (
            "BVVqAAAAggA",
            Ok(Choices {
                known_child: true,
                ..free
            }),
        ),
        ("BVVVAAAAAgA", Ok(refused)),
        (
            "BVVqAAAAAgA.YA",
            Ok(Choices {
                global_privacy_control: true,
                ..free
            }),
        ),
        // The layout of version 2 under either number.
        ("BVVqAAAAAAAg", Ok(free)),
        ("CVVqAAAAAAAg", Ok(free)),
        (
            "CVVqAAAAAIAg",
            Ok(Choices {
                known_child: true,
                ..free
            }),
        ),
        ("CVVqAAAAAAg", Err(BitsError::Cut.into())),
        ("DVVqAAAAAAAg", Err(SectionError::Version(3))),
    ] {
        assert_eq!(us::read(7, text), expect, "{text}");
    }
}

/// The core of sections 24 to 27 (but for Maryland): MSPA version 2, notices given, the sale opted out of.
fn newest_core() -> String {
    let mut core = Writer::default();
    core.put(2, 6);
    for answer in [2, 0, 1, 1, 1, 1, 2, 0, 0] {
        core.put(answer, 2);
    }
    core.text()
}

#[test]
fn the_newest_sections_are_read_with_and_without_their_header() {
    let core = newest_core();
    let expect = Choices {
        sale_opt_out: true,
        precise_geo_consent: true,
        ..Choices::default()
    };
    for id in 25..=27 {
        let mut header = Writer::default();
        header.put(id, 6);
        header.put(1, 6);
        header.put(0, 12);
        let geo_agreed = "AAI";
        for text in [
            format!("{core}.{geo_agreed}"),
            format!("{}.{core}.{geo_agreed}", header.text()),
        ] {
            assert_eq!(us::read(id as u16, &text), Ok(expect), "{text}");
        }
        assert!(
            us::read(id as u16, &header.text()).is_err(),
            "a header alone says nothing"
        );
    }
}

#[test]
fn a_section_that_cannot_be_read_is_an_error() {
    for (id, text, expect) in [
        (8, "", BitsError::Cut.into()),
        (8, "BAQAAA", BitsError::Cut.into()),
        (8, "BAQAAABA.", BitsError::Cut.into()),
        (8, "BAQA ABA", BitsError::NotBase64Url.into()),
        (8, "CAQAAABA", SectionError::Version(2)),
        (9, "AAQAAABA", SectionError::Version(0)),
        (8, "BAQAAABA.QA.QA.QA.QA.QA", SectionError::Segments),
        (6, "BAQAAABA", SectionError::Unknown(6)),
        (28, "BAQAAABA", SectionError::Unknown(28)),
    ] {
        assert_eq!(us::read(id, text), Err(expect), "{id} {text}");
    }
}

#[test]
fn reads_the_us_privacy_string() {
    for (text, expect) in [
        ("1---", Some(UsPrivacy::NotApplicable)),
        ("1YNN", Some(UsPrivacy::NotOptedOut)),
        ("1YNY", Some(UsPrivacy::NotOptedOut)),
        ("1YN-", Some(UsPrivacy::NotOptedOut)),
        ("1-N-", Some(UsPrivacy::NotOptedOut)),
        ("1ynn", Some(UsPrivacy::NotOptedOut)),
        ("1YYN", Some(UsPrivacy::OptedOut)),
        ("1yyn", Some(UsPrivacy::OptedOut)),
        ("1NYN", Some(UsPrivacy::OptedOut)),
        ("1-Y-", Some(UsPrivacy::OptedOut)),
        ("1NNN", Some(UsPrivacy::OptedOut)),
        ("1Y--", None),
        ("1N-N", None),
        ("1--N", None),
        ("2YNN", None),
        ("1YN", None),
        ("1YNNN", None),
        ("1YXN", None),
        ("1YNX", None),
        ("1XNN", None),
        ("1ÄN", None),
        ("uspConsentString", None),
        ("", None),
    ] {
        assert_eq!(us_privacy::read(text), expect, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,100}", base64 in "[A-Za-z0-9_=.~-]{0,200}", id in 0..40_u16) {
        for text in [&text, &base64, &format!("DBA{base64}")] {
            if let Ok(gpp) = Gpp::parse(text) {
                for &id in gpp.ids() {
                    let _ = us::read(id, gpp.section(id).unwrap());
                }
            }
            let _ = us::read(id, text);
            let _ = us_privacy::read(text);
        }
    }
}
