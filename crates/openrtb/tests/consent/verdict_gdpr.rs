use openrtb::consent::Refusal::{self, *};
use openrtb::consent::{PurposeSet, Signals, VendorConfig};

use crate::tc_writer::{Tc, Vendors};
use crate::verdict::{US, by_consent, check, granting};

/// Purposes 2 and 7 on legitimate interest, 2 flexible; and 3, which no registration may move.
fn by_interest() -> VendorConfig {
    VendorConfig {
        legitimate_interest_purposes: PurposeSet::of(&[2, 3, 7]),
        flexible_purposes: PurposeSet::of(&[2]),
        ..by_consent()
    }
}

/// Under the GDPR with this string.
fn check_tc(tc: Tc, vendor: &VendorConfig, letters: &str, why: impl Into<Option<Refusal>>) {
    let text = tc.write();
    let signals = Signals {
        gdpr: Some(true),
        consent: Some(&text),
        ..Default::default()
    };
    check(signals, vendor, letters, why);
}

#[test]
fn the_gdpr_applies_where_somebody_says_so_or_a_string_suggests_it() {
    let [good, nothing] = &[granting().write(), Tc::default().write()];
    let cut = &good[..40];
    let refused = Some(VendorNotAllowed);
    for (gdpr, consent, gpp_sid, letters, why) in [
        (Some(true), "", &[][..], "", Some(NoConsent)),
        (Some(true), "i said yes", &[], "", Some(InvalidConsent)),
        (Some(true), cut, &[], "", Some(InvalidConsent)),
        (Some(true), good, &[], "bupgm", None),
        (Some(true), nothing, &[], "", refused),
        // Where nobody says, a string counts, and a broken one counts too.
        (None, good, &[], "bupgm", None),
        (None, nothing, &[], "", refused),
        (None, "i said yes", &[], "", Some(InvalidConsent)),
        // Where it is said not to apply, no string counts, unless the section list disagrees.
        (Some(false), nothing, &[], "bupgm", None),
        (Some(false), nothing, &[2], "", refused),
        (Some(false), "", &[2], "", Some(NoConsent)),
        (None, "", &[2], "", Some(NoConsent)),
        (None, good, &[2], "bupgm", None),
    ] {
        let signals = Signals {
            gdpr,
            consent: Some(consent),
            gpp_sid,
            ..Default::default()
        };
        check(signals, &by_consent(), letters, why);
    }
    check(
        Signals {
            gdpr: Some(true),
            ..Default::default()
        },
        &by_consent(),
        "",
        NoConsent,
    );
    check_tc(granting(), &VendorConfig::default(), "", NoVendorId);
}

#[test]
fn a_string_of_a_kind_that_is_no_longer_valid_is_none() {
    const JULY_2023: u64 = 16_900_000_000; // tenths of a second
    for (tc, letters, why) in [
        (
            Tc {
                version: 1,
                ..granting()
            },
            "",
            Some(InvalidConsent),
        ),
        (
            Tc {
                service_specific: false,
                ..granting()
            },
            "",
            Some(InvalidConsent),
        ),
        (
            Tc {
                policy_version: 2,
                ..granting()
            },
            "",
            Some(InvalidConsent),
        ),
        (
            Tc {
                policy_version: 3,
                ..granting()
            },
            "",
            Some(InvalidConsent),
        ),
        (
            Tc {
                policy_version: 4,
                ..granting()
            },
            "bupgm",
            None,
        ),
        (
            Tc {
                policy_version: 2,
                created_deciseconds: JULY_2023,
                ..granting()
            },
            "bupgm",
            None,
        ),
    ] {
        check_tc(tc, &by_consent(), letters, why);
    }
}

#[test]
fn we_must_be_shown_and_allowed_by_name() {
    let others = Vendors::Ranges(vec![(1, US - 1), (US + 1, 900)]);
    let consent = &by_consent();
    let hidden = Tc {
        disclosed: Some(others.clone()),
        ..granting()
    };
    check_tc(hidden, consent, "", VendorNotDisclosed);
    // TCF 2.2 and older do not say who was shown.
    check_tc(
        Tc {
            disclosed: None,
            ..granting()
        },
        consent,
        "bupgm",
        None,
    );
    check_tc(
        Tc {
            vendors: others.clone(),
            ..granting()
        },
        consent,
        "",
        VendorNotAllowed,
    );
    let interest = Vendors::Bits(vec![US]);
    let interest_alone = Tc {
        vendors: others,
        vendor_interests: interest,
        interests: vec![2, 7],
        ..granting()
    };
    check_tc(interest_alone.clone(), consent, "", VendorNotAllowed);
    check_tc(interest_alone, &by_interest(), "bgm", PurposeRefused(1));
}

#[test]
fn each_use_needs_its_purposes() {
    let consent = &by_consent();
    let only = |purposes: Vec<u16>| Tc {
        purposes,
        ..granting()
    };
    let without = |purpose: u16| only((1..=11).filter(|&n| n != purpose).collect());
    for (purpose, letters) in [(1, "bgm"), (2, "pm"), (3, "bugm"), (4, "bugm"), (7, "bupg")] {
        check_tc(
            without(u16::from(purpose)),
            consent,
            letters,
            PurposeRefused(purpose),
        );
    }
    for purpose in [5, 6, 8, 9, 10, 11] {
        check_tc(without(purpose), consent, "bupgm", None);
    }
    check_tc(only(vec![]), consent, "", PurposeRefused(1));
    check_tc(only(vec![2]), consent, "bg", PurposeRefused(1));
    check_tc(only(vec![1, 3, 4]), consent, "p", PurposeRefused(2));
    let no_location = Tc {
        special_features: vec![2],
        ..granting()
    };
    check_tc(no_location, consent, "bupm", SpecialFeatureRefused(1));
}

#[test]
fn legitimate_interest_counts_where_it_is_registered() {
    let interest = &by_interest();
    let vendor_interests = Vendors::Bits(vec![US]);
    let both = Tc {
        interests: vec![2, 3, 7],
        vendor_interests,
        ..granting()
    };
    check_tc(both.clone(), interest, "bupgm", None);
    // Consent does not stand in for a ground that is not registered, nor the other way round.
    check_tc(granting(), interest, "p", PurposeRefused(2));
    let objected = Tc {
        interests: vec![7],
        ..both.clone()
    };
    check_tc(objected, interest, "pm", PurposeRefused(2));
    let objected_to_us = Tc {
        vendor_interests: Vendors::Bits(vec![]),
        ..both.clone()
    };
    check_tc(objected_to_us, interest, "p", PurposeRefused(2));
    // Purpose 3 never rests on interest, whatever the registration says.
    let no_profile = Tc {
        purposes: vec![1, 4],
        ..both
    };
    check_tc(no_profile, interest, "bugm", PurposeRefused(3));
}

#[test]
fn a_publisher_may_forbid_a_purpose_or_move_its_ground() {
    const NOT_ALLOWED: u8 = 0;
    const CONSENT: u8 = 1;
    const INTEREST: u8 = 2;
    const UNDEFINED: u8 = 3;
    // Everything is granted on both grounds, so that only the restriction and the registration tell.
    let vendor_interests = Vendors::Bits(vec![US]);
    let both = Tc {
        interests: vec![2, 7],
        vendor_interests,
        ..granting()
    };
    let consent = &by_consent();
    let interest = &by_interest();
    let flexible = &VendorConfig {
        flexible_purposes: PurposeSet::of(&[7]),
        ..by_consent()
    };
    for (purpose, kind, vendor, letters, why) in [
        (2, NOT_ALLOWED, consent, "pm", Some(PurposeRefused(2))),
        (2, NOT_ALLOWED, interest, "pm", Some(PurposeRefused(2))),
        (3, UNDEFINED, consent, "bugm", Some(PurposeRefused(3))),
        (7, CONSENT, consent, "bupgm", None),
        (7, INTEREST, consent, "bupg", Some(PurposeRefused(7))),
        (7, INTEREST, flexible, "bupgm", None),
        (1, INTEREST, consent, "bgm", Some(PurposeRefused(1))),
        (2, CONSENT, interest, "bupgm", None),
        (7, CONSENT, interest, "bupg", Some(PurposeRefused(7))),
        (7, INTEREST, interest, "bupgm", None),
        (10, NOT_ALLOWED, consent, "bupgm", None),
    ] {
        let ours = vec![(purpose, kind, US - 3, US + 3)];
        check_tc(
            Tc {
                restrictions: ours,
                ..both.clone()
            },
            vendor,
            letters,
            why,
        );
        let of_others = vec![(purpose, kind, US + 1, US + 3)];
        check_tc(
            Tc {
                restrictions: of_others,
                ..both.clone()
            },
            vendor,
            "bupgm",
            None,
        );
    }
    // A flexible purpose that is moved to consent needs it.
    let restrictions = vec![(2, CONSENT, US, US)];
    let without_consent = Tc {
        restrictions,
        purposes: vec![1, 3, 4],
        ..both
    };
    check_tc(without_consent, interest, "pm", PurposeRefused(2));
}

#[test]
fn a_tc_string_may_come_as_a_gpp_section() {
    let [good, nothing] = &[granting().write(), Tc::default().write()];
    let [gpp, empty] = &[good, nothing].map(|text| format!("DBABMA~{text}"));
    let refused = Some(VendorNotAllowed);
    for (gdpr, gpp, gpp_sid, consent, letters, why) in [
        (None, gpp, &[2][..], "", "bupgm", None),
        (None, gpp, &[], "", "bupgm", None),
        (Some(true), gpp, &[], "", "bupgm", None),
        (None, empty, &[2], "", "", refused),
        (None, empty, &[], "", "", refused),
        (Some(false), empty, &[], "", "bupgm", None),
        (Some(false), empty, &[2], "", "", refused),
        // Two strings that differ must both allow.
        (None, gpp, &[2], good, "bupgm", None),
        (None, gpp, &[2], nothing, "", refused),
        (None, empty, &[2], good, "", refused),
        (Some(true), gpp, &[-1], "", "", Some(NoConsent)),
    ] {
        let [gpp, consent] = [gpp, consent].map(Some);
        let signals = Signals {
            gdpr,
            gpp,
            gpp_sid,
            consent,
            ..Default::default()
        };
        check(signals, &by_consent(), letters, why);
    }
}
