use openrtb::consent::Refusal::{self, *};
use openrtb::consent::Signals;

use crate::verdict::{by_consent, check};

/// Section 7 with everything allowed, precise location too.
const FREE: &str = "DBABLA~BVVqAAIAAgA.QA";
/// The sale and targeting opted out of.
const OPTED_OUT: &str = "DBABLA~BVVZAAAAAgA.QA";

fn check_us(
    gpp: &str,
    gpp_sid: &[i32],
    us_privacy: &str,
    letters: &str,
    why: impl Into<Option<Refusal>>,
) {
    let [gpp, us_privacy] = [gpp, us_privacy].map(Some);
    let signals = Signals {
        gpp,
        gpp_sid,
        us_privacy,
        ..Default::default()
    };
    check(signals, &by_consent(), letters, why);
}

#[test]
fn opting_out_leaves_limited_data_and_measurement() {
    for (gpp, letters, why) in [
        (FREE, "bupgm", None),
        ("DBABLA~BVVqAAAAAgA.QA", "bupm", Some(PreciseGeo(7))),
        (OPTED_OUT, "bm", Some(OptOut(7))),
        // Each ground alone: sale, sharing, targeted advertising, service provider mode.
        ("DBABLA~BVVaAAIAAgA", "bm", Some(OptOut(7))),
        ("DBABLA~BVVmAAIAAgA", "bm", Some(OptOut(7))),
        ("DBABLA~BVVpAAIAAgA", "bm", Some(OptOut(7))),
        ("DBABLA~BVVqAAIAAhA", "bm", Some(OptOut(7))),
        ("DBABLA~BVVqAAIAAgA.YA", "bm", Some(GlobalPrivacyControl)),
        ("DBABLA~BVVqAAAAggA.QA", "", Some(Child)),
    ] {
        check_us(gpp, &[7], "", letters, why);
    }
}

#[test]
fn the_us_privacy_string_counts_in_either_place() {
    for (text, letters, why) in [
        ("1YNN", "bupgm", None),
        ("1---", "bupgm", None),
        ("1YYN", "bm", Some(OptOut(6))),
        ("1nnn", "bm", Some(OptOut(6))),
        ("uspConsentString", "bm", Some(InvalidUsPrivacy)),
    ] {
        check_us("", &[], text, letters, why);
        // The older field stands in for section 6 where there is no GPP string.
        check_us("", &[6], text, letters, why);
        check_us(&format!("DBABTA~{text}"), &[6], "", letters, why);
        check_us("DBABTA~1YNN", &[6], text, letters, why);
        check_us(FREE, &[7], text, letters, why);
    }
}

#[test]
fn a_section_that_applies_and_cannot_be_read_allows_nothing() {
    for (gpp, gpp_sid, why) in [
        ("", &[7][..], MissingSection(7)),
        ("", &[6], MissingSection(6)),
        (FREE, &[8], MissingSection(8)),
        (FREE, &[7, 8], MissingSection(8)),
        (FREE, &[2], MissingSection(2)),
        ("DBABLA~BVVq", &[7], InvalidSection(7)),
        ("DBABLA~", &[7], InvalidSection(7)),
        ("gppString", &[7], InvalidGpp),
        ("gppString", &[], InvalidGpp),
        (FREE, &[28], UnreadSection(28)),
        (FREE, &[1, 7], UnreadSection(1)),
        (FREE, &[i32::MAX], UnreadSection(u16::MAX)),
        ("", &[5], UnreadSection(5)),
        (FREE, &[7; 41], InvalidGpp),
    ] {
        check_us(gpp, gpp_sid, "", "", why);
    }
}

#[test]
fn the_section_list_says_which_sections_apply() {
    // Nobody says which, so every section that is there does; or this one is named.
    for gpp_sid in [&[][..], &[0], &[-1, 0], &[3, 4], &[7], &[7, 3], &[-1, 7]] {
        check_us(OPTED_OUT, gpp_sid, "", "bm", OptOut(7));
    }
    // None of them.
    check_us(OPTED_OUT, &[-1], "", "bupgm", None);
    check_us("gppString", &[-1], "", "bupgm", None);
    // A section of the string that is not named does not apply.
    let both = "DBABzw~1YYN~BVVqAAIAAgA.QA";
    check_us(both, &[7], "", "bupgm", None);
    check_us(both, &[], "", "bm", OptOut(6));
}
