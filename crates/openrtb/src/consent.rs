//! What the user allows: the consent signals of a request, read, and the verdict on them.
//!
//! [`verdict`] is the whole decision on one page. Every rule can only take rights away, so signals that disagree end at
//! what all of them allow, and a signal that cannot be read where it applies allows nothing. What each right opens, and
//! what may be read without any, stands in `docs/privacy.md`.
//!
//! **Invariant.** Nothing here sees a user's data, only what was said about it.

mod bits;
mod gdpr;
pub mod gpp;
mod rights;
pub mod tcf;
pub mod us;
pub mod us_privacy;
mod vendors;

pub use bits::BitsError;
pub use gdpr::{PurposeSet, VendorConfig};
pub use rights::{Refusal, Rights, Verdict};

use gpp::{Gpp, GppError, section};
use us::{Choices, SectionError};
use us_privacy::UsPrivacy;

/// What a request says about consent, in plain values. An empty or blank text is the same as an absent one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signals<'a> {
    /// `regs.gdpr`: whether the GDPR applies; `None` where the request does not say.
    pub gdpr: Option<bool>,
    /// `user.consent`: a TC string.
    pub consent: Option<&'a str>,
    /// `regs.gpp`: a GPP string.
    pub gpp: Option<&'a str>,
    /// `regs.gpp_sid`: the sections of the GPP string that apply. Empty or 0 means that nobody said which, so all that
    /// are there do; -1 alone means none.
    pub gpp_sid: &'a [i32],
    /// `regs.us_privacy`: a US Privacy string.
    pub us_privacy: Option<&'a str>,
    /// `regs.coppa`: the request comes from a child under the USA's law.
    pub coppa: bool,
    /// `device.lmt`: the device limits ad tracking.
    pub lmt: bool,
    /// `device.dnt`: the browser asks not to be tracked.
    pub dnt: bool,
    /// `regs.ext.gpc`: the browser sends Global Privacy Control.
    pub gpc: bool,
}

/// Decides what the vendor whose registration is `vendor` may do with the personal data of this request.
pub fn verdict(signals: &Signals<'_>, vendor: &VendorConfig) -> Verdict {
    if signals.coppa {
        return Verdict::refuse(Refusal::Child);
    }
    if signals.lmt || signals.dnt {
        return Verdict::refuse(Refusal::LimitTracking);
    }
    let Ok(gpp) = read_gpp(signals) else {
        return Verdict::refuse(Refusal::InvalidGpp);
    };
    let held = match &gpp {
        Some(gpp) if leaves_sections_open(signals.gpp_sid) => gpp.ids(),
        _ => &[],
    };
    let mut verdict = by_gdpr(
        signals,
        vendor,
        gpp.as_ref(),
        held.contains(&section::TCF_EU_V2),
    );
    for id in named(signals.gpp_sid).chain(held.iter().copied()) {
        verdict = verdict.and(by_section(id, gpp.as_ref(), signals));
    }
    if let Some(text) = said(signals.us_privacy) {
        verdict = verdict.and(by_us_privacy(text));
    }
    if signals.gpc {
        verdict = verdict.and(Verdict::opted_out(Refusal::GlobalPrivacyControl));
    }
    verdict
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The GPP string, unless the request says that none of its sections applies.
fn read_gpp<'a>(signals: &Signals<'a>) -> Result<Option<Gpp<'a>>, GppError> {
    const NO_SECTION_APPLIES: i32 = -1;
    if signals.gpp_sid.len() > gpp::MAX_SECTIONS {
        return Err(GppError::TooManySections);
    }
    if !signals.gpp_sid.is_empty() && signals.gpp_sid.iter().all(|&id| id == NO_SECTION_APPLIES) {
        return Ok(None);
    }
    said(signals.gpp).map(Gpp::parse).transpose()
}

/// Whether nobody said which sections apply, so that all that are there do: 0 stands for "not known yet".
fn leaves_sections_open(gpp_sid: &[i32]) -> bool {
    gpp_sid.contains(&0) || named(gpp_sid).next().is_none()
}

/// The sections that the request names. The header and signal integrity say nothing about the user.
fn named(gpp_sid: &[i32]) -> impl Iterator<Item = u16> {
    gpp_sid
        .iter()
        .filter(|&&id| id > 0)
        .map(|&id| u16::try_from(id).unwrap_or(u16::MAX))
        .filter(|&id| id != section::HEADER && id != section::SIGNAL_INTEGRITY)
}

/// What a section other than the TC string allows.
fn by_section(id: u16, gpp: Option<&Gpp<'_>>, signals: &Signals<'_>) -> Verdict {
    let text = gpp.and_then(|gpp| gpp.section(id));
    match (id, text) {
        // `by_gdpr` has read it, beside the other place for a TC string.
        (section::TCF_EU_V2, _) => Verdict::allow(),
        (section::US_PRIVACY_V1, Some(text)) => by_us_privacy(text),
        // The older field holds the same string, and where there is no GPP string it speaks for it.
        (section::US_PRIVACY_V1, None) if gpp.is_none() && said(signals.us_privacy).is_some() => {
            Verdict::allow()
        }
        (section::US_NATIONAL..=section::US_LAST, Some(text)) => {
            by_us_choices(id, us::read(id, text))
        }
        (section::US_PRIVACY_V1..=section::US_LAST, None) => {
            Verdict::refuse(Refusal::MissingSection(id))
        }
        // The Canadian TCF is known and not read; the rest is not known.
        _ => Verdict::refuse(Refusal::UnreadSection(id)),
    }
}

fn by_us_choices(id: u16, choices: Result<Choices, SectionError>) -> Verdict {
    let Ok(choices) = choices else {
        return Verdict::refuse(Refusal::InvalidSection(id));
    };
    let opted_out = choices.sale_opt_out
        || choices.sharing_opt_out
        || choices.targeted_advertising_opt_out
        || choices.service_provider_only;
    if choices.known_child {
        Verdict::refuse(Refusal::Child)
    } else if choices.global_privacy_control {
        Verdict::opted_out(Refusal::GlobalPrivacyControl)
    } else if opted_out {
        Verdict::opted_out(Refusal::OptOut(id))
    } else if !choices.precise_geo_consent {
        Verdict::without_precise_geo(Refusal::PreciseGeo(id))
    } else {
        Verdict::allow()
    }
}

fn by_us_privacy(text: &str) -> Verdict {
    match us_privacy::read(text) {
        Some(UsPrivacy::NotApplicable | UsPrivacy::NotOptedOut) => Verdict::allow(),
        Some(UsPrivacy::OptedOut) => Verdict::opted_out(Refusal::OptOut(section::US_PRIVACY_V1)),
        None => Verdict::opted_out(Refusal::InvalidUsPrivacy),
    }
}

/// What the GDPR allows. It applies where `regs.gdpr` or `regs.gpp_sid` says so. Where nobody says, a TC string is
/// taken as a sign that it does, since only users under the GDPR are asked for one.
fn by_gdpr(
    signals: &Signals<'_>,
    vendor: &VendorConfig,
    gpp: Option<&Gpp<'_>>,
    holds_tc_string: bool,
) -> Verdict {
    let is_named = named(signals.gpp_sid).any(|id| id == section::TCF_EU_V2);
    let consent = said(signals.consent);
    let applies = match signals.gdpr {
        Some(applies) => applies || is_named,
        None => is_named || holds_tc_string || consent.is_some() || vendor.assume_gdpr,
    };
    if !applies {
        return Verdict::allow();
    }
    let section = gpp.and_then(|gpp| gpp.section(section::TCF_EU_V2));
    if is_named && gpp.is_some() && section.is_none() {
        return Verdict::refuse(Refusal::MissingSection(section::TCF_EU_V2));
    }
    // Two strings should be the same one twice. Where they differ, both must allow.
    match (section, consent) {
        (None, None) => Verdict::refuse(Refusal::NoConsent),
        (Some(text), None) | (None, Some(text)) => gdpr::by_tc_string(text, vendor),
        (Some(text), Some(same)) if text == same => gdpr::by_tc_string(text, vendor),
        (Some(text), Some(other)) => {
            gdpr::by_tc_string(text, vendor).and(gdpr::by_tc_string(other, vendor))
        }
    }
}
