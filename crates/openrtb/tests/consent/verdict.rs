use openrtb::consent::Refusal::{self, *};
use openrtb::consent::{PurposeSet, Rights, Signals, VendorConfig, verdict};
use proptest::prelude::*;

use crate::tc_writer::{Tc, Vendors};

/// Our vendor id in these tables.
pub const US: u16 = 77;

/// A vendor that rests everything on consent.
pub fn by_consent() -> VendorConfig {
    VendorConfig {
        tcf_vendor_id: Some(US),
        ..Default::default()
    }
}

/// A string that grants us everything on the ground of consent.
pub fn granting() -> Tc {
    Tc {
        special_features: vec![1],
        purposes: (1..=11).collect(),
        vendors: Vendors::Ranges(vec![(1, 900)]),
        disclosed: Some(Vendors::Bits(vec![US])),
        ..Tc::default()
    }
}

/// Rights by letter: basic ads, user id, personal targeting, geo that is precise, measurement.
fn rights(letters: &str) -> Rights {
    Rights {
        basic_ads: letters.contains('b'),
        user_id: letters.contains('u'),
        personal_targeting: letters.contains('p'),
        precise_geo: letters.contains('g'),
        measurement: letters.contains('m'),
    }
}

/// Checks which rights are left, and the reason that is given for the others.
pub fn check(
    signals: Signals<'_>,
    vendor: &VendorConfig,
    letters: &str,
    why: impl Into<Option<Refusal>>,
) {
    let found = verdict(&signals, vendor);
    let expect = (rights(letters), why.into());
    assert_eq!((found.rights, found.why), expect, "{signals:?} {vendor:?}");
}

#[test]
fn children_and_devices_that_limit_tracking_are_not_looked_at() {
    let text = granting().write();
    let free = Signals {
        gdpr: Some(true),
        consent: Some(&text),
        ..Default::default()
    };
    let silent = Signals::default();
    for (signals, letters, why) in [
        (free, "bupgm", None),
        (
            Signals {
                coppa: true,
                ..free
            },
            "",
            Some(Child),
        ),
        (Signals { lmt: true, ..free }, "", Some(LimitTracking)),
        (Signals { dnt: true, ..free }, "", Some(LimitTracking)),
        (
            Signals {
                coppa: true,
                lmt: true,
                ..silent
            },
            "",
            Some(Child),
        ),
        (
            Signals {
                gpc: true,
                ..silent
            },
            "bm",
            Some(GlobalPrivacyControl),
        ),
    ] {
        check(signals, &by_consent(), letters, why);
    }
}

#[test]
fn a_request_that_says_nothing_is_under_no_law() {
    let silent = Signals::default();
    let blank = Signals {
        consent: Some(" "),
        gpp: Some(""),
        us_privacy: Some(""),
        ..silent
    };
    for signals in [silent, blank] {
        check(signals, &by_consent(), "bupgm", None);
        check(signals, &VendorConfig::default(), "bupgm", None);
    }
}

#[test]
fn silence_may_be_configured_to_mean_the_gdpr() {
    let wary = VendorConfig {
        assume_gdpr: true,
        ..by_consent()
    };
    check(Signals::default(), &wary, "", NoConsent);
    check(
        Signals {
            gdpr: Some(false),
            ..Default::default()
        },
        &wary,
        "bupgm",
        None,
    );
}

#[test]
fn a_purpose_set_holds_purposes_and_nothing_else() {
    let set = PurposeSet::of(&[0, 1, 24, 25, 255]);
    let held: Vec<u8> = (0..=u8::MAX).filter(|&n| set.contains(n)).collect();
    assert_eq!(held, [1, 24]);
}

fn text() -> impl Strategy<Value = Option<String>> {
    let known = prop::sample::select(vec![
        "DBABLA~BVVqAAAAAgA.QA".to_owned(),
        "DBABLA~BVVaAAIAAgA".to_owned(),
        "DBABLA~BVVqAAIAAgA.QA".to_owned(),
        "1YNN".to_owned(),
        "1YYN".to_owned(),
        granting().write(),
        Tc::default().write(),
        format!("DBABMA~{}", granting().write()),
    ]);
    prop::option::of(prop_oneof![known, ".{0,30}", "[A-Za-z0-9_~.-]{0,60}"])
}

proptest! {
    #[test]
    fn a_further_signal_only_takes_away(
        gdpr in any::<Option<bool>>(), consent in text(), gpp in text(), us_privacy in text(),
        gpp_sid in prop::collection::vec(-2..30, 0..4), has_id in any::<bool>(), assume_gdpr in any::<bool>(),
    ) {
        let vendor = VendorConfig {
            tcf_vendor_id: has_id.then_some(US), assume_gdpr, ..VendorConfig::default()
        };
        let signals = Signals {
            gdpr, consent: consent.as_deref(), gpp: gpp.as_deref(), us_privacy: us_privacy.as_deref(),
            gpp_sid: &gpp_sid, ..Signals::default()
        };
        let base = verdict(&signals, &vendor);
        prop_assert_eq!(base.why.is_none(), base.rights == Rights::ALL);
        for more in [
            Signals { coppa: true, ..signals }, Signals { lmt: true, ..signals }, Signals { dnt: true, ..signals },
            Signals { gpc: true, ..signals }, Signals { gdpr: Some(true), ..signals },
        ] {
            let found = verdict(&more, &vendor).rights;
            prop_assert_eq!(found.and(base.rights), found, "{:?}", more);
        }
    }
}
