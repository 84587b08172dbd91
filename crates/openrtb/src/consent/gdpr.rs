//! What a TC string allows one vendor.
//!
//! Sources: the table of fields in "Consent string and vendor list formats v2" (IAB Tech Lab, 2025-04) and its rules on
//! publisher restrictions, flexible purposes and validity.

use super::rights::{Refusal, Rights, Verdict};
use super::tcf::{Restriction, TcString};

/// Purposes 3 to 6 may not rest on legitimate interest since TCF 2.2, purpose 1 never could.
const MAY_REST_ON_INTEREST: PurposeSet = PurposeSet::of(&[2, 7, 8, 9, 10, 11]);

/// Our own registration in the TCF's global vendor list, and what to assume of a silent request.
#[derive(Debug, Clone, Copy, Default)]
pub struct VendorConfig {
    /// Our id in the global vendor list. Without one nobody can have consented to us.
    pub tcf_vendor_id: Option<u16>,
    /// The purposes that are registered as resting on legitimate interest. All others rest on consent.
    pub legitimate_interest_purposes: PurposeSet,
    /// The purposes that a publisher may move from the one ground to the other.
    pub flexible_purposes: PurposeSet,
    /// Whether the GDPR applies where the request has neither `regs.gdpr` nor a TC string.
    pub assume_gdpr: bool,
}

/// A set of the TCF's purposes, 1 to 24.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurposeSet(u32);

impl PurposeSet {
    /// The set of these purposes. Numbers that are no purpose are left out.
    pub const fn of(purposes: &[u8]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < purposes.len() {
            let purpose = purposes[index];
            if purpose >= 1 && purpose <= 24 {
                bits |= 1 << purpose;
            }
            index += 1;
        }
        Self(bits)
    }

    /// Whether the purpose is in the set.
    pub const fn contains(self, purpose: u8) -> bool {
        purpose < 32 && self.0 & (1 << purpose) != 0
    }
}

/// What this TC string allows us.
pub(super) fn by_tc_string(text: &str, vendor: &VendorConfig) -> Verdict {
    let Some(id) = vendor.tcf_vendor_id else {
        return Verdict::refuse(Refusal::NoVendorId);
    };
    let Some(tc) = TcString::parse(text).ok().filter(is_valid) else {
        return Verdict::refuse(Refusal::InvalidConsent);
    };
    if tc.disclosed(id) == Some(false) {
        return Verdict::refuse(Refusal::VendorNotDisclosed);
    }
    let relies_on_interest = vendor.legitimate_interest_purposes != PurposeSet::default()
        || vendor.flexible_purposes != PurposeSet::default();
    let is_allowed =
        tc.vendor_consent(id) || relies_on_interest && tc.vendor_legitimate_interest(id);
    if !is_allowed {
        return Verdict::refuse(Refusal::VendorNotAllowed);
    }
    by_purposes(&tc, id, vendor)
}

/// The purpose-to-use table: which purposes of the TCF each use of ours needs.
///
/// Purpose 1 is storage on the device, 2 choosing ads by limited data (which covers frequency caps), 3 and 4 building
/// and using a profile, 7 measuring ads. Special feature 1 is precise location.
fn by_purposes(tc: &TcString<'_>, id: u16, vendor: &VendorConfig) -> Verdict {
    let restrictions = tc.restrictions(id);
    let may = |purpose| may_process(tc, purpose, restrictions.of(purpose), id, vendor);
    let [storage, basic, profile, personal, measure] = [may(1), may(2), may(3), may(4), may(7)];
    let location = tc.special_feature(1);
    let rights = Rights {
        basic_ads: basic,
        user_id: storage && basic,
        personal_targeting: storage && profile && personal,
        precise_geo: location && basic,
        measurement: measure,
    };
    let refused = [
        (storage, 1),
        (basic, 2),
        (profile, 3),
        (personal, 4),
        (measure, 7),
    ];
    let why = match refused.iter().find(|(allowed, _)| !allowed) {
        Some(&(_, purpose)) => Some(Refusal::PurposeRefused(purpose)),
        None if !location => Some(Refusal::SpecialFeatureRefused(1)),
        None => None,
    };
    Verdict { rights, why }
}

/// Whether there is a legal ground for the purpose. Ours is the registered one; a publisher's restriction can forbid
/// the purpose, or move it to the other ground where it is registered as flexible and forbid it where it is not.
fn may_process(
    tc: &TcString<'_>,
    purpose: u8,
    restriction: Option<Restriction>,
    id: u16,
    vendor: &VendorConfig,
) -> bool {
    let can_rest_on_interest = MAY_REST_ON_INTEREST.contains(purpose);
    let registered_interest =
        can_rest_on_interest && vendor.legitimate_interest_purposes.contains(purpose);
    let is_flexible = can_rest_on_interest && vendor.flexible_purposes.contains(purpose);
    let rests_on_interest = match restriction {
        None => registered_interest,
        Some(Restriction::NotAllowed) => return false,
        Some(Restriction::RequireConsent) if registered_interest && !is_flexible => return false,
        Some(Restriction::RequireConsent) => false,
        Some(Restriction::RequireLegitimateInterest) if !registered_interest && !is_flexible => {
            return false;
        }
        Some(Restriction::RequireLegitimateInterest) => true,
    };
    if rests_on_interest {
        tc.purpose_legitimate_interest(purpose) && tc.vendor_legitimate_interest(id)
    } else {
        tc.purpose_consent(purpose) && tc.vendor_consent(id)
    }
}

/// Whether the framework still counts a well-formed string as valid: not one for the whole web ("When a Vendor
/// encounters a TC String with IsServiceSpecific=0 then it is considered invalid"), nor one of an old policy that was
/// made after 30 September 2023.
fn is_valid(tc: &TcString<'_>) -> bool {
    const TCF_2_2_POLICY: u8 = 4;
    const OCTOBER_2023_MS: i64 = 1_696_118_400_000;
    tc.is_service_specific
        && (tc.policy_version >= TCF_2_2_POLICY || tc.created_ms < OCTOBER_2023_MS)
}
