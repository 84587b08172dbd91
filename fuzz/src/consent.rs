//! Any consent strings: a verdict comes out, and nothing that is read of one is out of its range.

use openrtb::consent::gpp::Gpp;
use openrtb::consent::tcf::TcString;
use openrtb::consent::{Signals, VendorConfig, us, us_privacy, verdict};

/// Panics where it does not hold. The text is a TC string, a GPP string and a US Privacy string at once, and each line
/// of it as well.
pub fn holds(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let lines: Vec<&str> = text.lines().take(3).collect();
    let line = |index: usize| lines.get(index).copied();
    judge(Some(text), Some(text), Some(text));
    judge(line(0), line(1), line(2));
    if let Ok(tc) = TcString::parse(text) {
        for vendor in [0, 1, 77, 1_000, u16::MAX] {
            let _ = (
                tc.vendor_consent(vendor),
                tc.vendor_legitimate_interest(vendor),
                tc.disclosed(vendor),
            );
            for purpose in [0, 1, 11, 24, u8::MAX] {
                assert_eq!(
                    tc.restriction(purpose, vendor),
                    tc.restrictions(vendor).of(purpose)
                );
            }
        }
    }
    if let Ok(gpp) = Gpp::parse(text) {
        for &id in gpp.ids() {
            let section = gpp.section(id).unwrap();
            let _ = us::read(id, section);
        }
    }
    let _ = us_privacy::read(text);
}

fn judge(consent: Option<&str>, gpp: Option<&str>, us_privacy: Option<&str>) {
    for (gdpr, gpp_sid) in [(Some(true), &[2][..]), (Some(false), &[7, 8]), (None, &[])] {
        for tcf_vendor_id in [None, Some(77)] {
            let vendor = VendorConfig {
                tcf_vendor_id,
                ..VendorConfig::default()
            };
            let signals = Signals {
                gdpr,
                consent,
                gpp,
                gpp_sid,
                us_privacy,
                ..Signals::default()
            };
            // The same each time, and refused with a reason or not at all.
            assert_eq!(verdict(&signals, &vendor), verdict(&signals, &vendor));
        }
    }
}
