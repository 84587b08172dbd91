//! What may be done with a request's personal data, and why not more.

/// Uses of personal data, each with its own ground. `docs/privacy.md` says which fields each one opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Choosing an ad by limited data: a city, a truncated address, the time where the user is.
    pub basic_ads: bool,
    /// Knowing the user again, as a keyed hash: frequency caps and reach.
    pub user_id: bool,
    /// Choosing an ad by what is known of the user: segments, interests, age, gender.
    pub personal_targeting: bool,
    /// The place as sent. Without it, one decimal of latitude and longitude.
    pub precise_geo: bool,
    /// Following an ad to the click and the conversion that it led to.
    pub measurement: bool,
}

impl Rights {
    /// Every use.
    pub const ALL: Self = Self {
        basic_ads: true,
        user_id: true,
        personal_targeting: true,
        precise_geo: true,
        measurement: true,
    };

    /// No use: the ad is chosen by its surroundings alone.
    pub const NONE: Self = Self {
        basic_ads: false,
        user_id: false,
        personal_targeting: false,
        precise_geo: false,
        measurement: false,
    };

    /// What both allow.
    pub const fn and(self, other: Self) -> Self {
        Self {
            basic_ads: self.basic_ads && other.basic_ads,
            user_id: self.user_id && other.user_id,
            personal_targeting: self.personal_targeting && other.personal_targeting,
            precise_geo: self.precise_geo && other.precise_geo,
            measurement: self.measurement && other.measurement,
        }
    }
}

/// Why a right is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// COPPA applies, or a US section says that the user is a known child.
    Child,
    /// The device or browser asks not to be tracked.
    LimitTracking,
    /// The GDPR applies and there is no TC string.
    NoConsent,
    /// The GDPR applies and the TC string is malformed, or of a kind that is no longer valid.
    InvalidConsent,
    /// The GDPR applies and no vendor id of ours is configured.
    NoVendorId,
    /// The TC string says that we were not shown to the user.
    VendorNotDisclosed,
    /// The user gave this vendor neither consent nor, where we rely on it, legitimate interest.
    VendorNotAllowed,
    /// The user or the publisher refused this purpose of the TCF.
    PurposeRefused(u8),
    /// The user did not opt in to this special feature of the TCF.
    SpecialFeatureRefused(u8),
    /// The GPP string is malformed.
    InvalidGpp,
    /// The request says that this section applies, and the GPP string does not have it.
    MissingSection(u16),
    /// This section applies and is malformed.
    InvalidSection(u16),
    /// This section applies and is one that is not read here.
    UnreadSection(u16),
    /// The user opted out of the sale, sharing or targeting by personal data, says this GPP section (6 for
    /// `us_privacy`); or the publisher sells as a service provider only.
    OptOut(u16),
    /// The browser sends Global Privacy Control, an opt-out of all of these.
    GlobalPrivacyControl,
    /// The US Privacy string is malformed, which counts as an opt-out.
    InvalidUsPrivacy,
    /// This US section has no yes to precise location.
    PreciseGeo(u16),
}

impl Refusal {
    /// A name for counters and explanations, without the number.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::LimitTracking => "limit_tracking",
            Self::NoConsent => "no_consent",
            Self::InvalidConsent => "invalid_consent",
            Self::NoVendorId => "no_vendor_id",
            Self::VendorNotDisclosed => "vendor_not_disclosed",
            Self::VendorNotAllowed => "vendor_not_allowed",
            Self::PurposeRefused(_) => "purpose_refused",
            Self::SpecialFeatureRefused(_) => "special_feature_refused",
            Self::InvalidGpp => "invalid_gpp",
            Self::MissingSection(_) => "missing_section",
            Self::InvalidSection(_) => "invalid_section",
            Self::UnreadSection(_) => "unread_section",
            Self::OptOut(_) => "opt_out",
            Self::GlobalPrivacyControl => "global_privacy_control",
            Self::InvalidUsPrivacy => "invalid_us_privacy",
            Self::PreciseGeo(_) => "precise_geo",
        }
    }
}

/// What is allowed, and the first reason found why not more is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The uses that are allowed.
    pub rights: Rights,
    /// Why some are not; `None` where all are.
    pub why: Option<Refusal>,
}

impl Verdict {
    pub(super) const fn allow() -> Self {
        Self {
            rights: Rights::ALL,
            why: None,
        }
    }

    pub(super) const fn refuse(why: Refusal) -> Self {
        Self {
            rights: Rights::NONE,
            why: Some(why),
        }
    }

    /// After a US opt-out: no user is known again, described or located, since that takes data which would be sold to
    /// us. Counting what an ad did and choosing it by limited data are business purposes that the laws leave open.
    pub(super) const fn opted_out(why: Refusal) -> Self {
        Self {
            rights: Rights {
                basic_ads: true,
                measurement: true,
                ..Rights::NONE
            },
            why: Some(why),
        }
    }

    pub(super) const fn without_precise_geo(why: Refusal) -> Self {
        Self {
            rights: Rights {
                precise_geo: false,
                ..Rights::ALL
            },
            why: Some(why),
        }
    }

    /// What both allow. A refusal of everything is told before a refusal of something, else the first one.
    pub(super) fn and(self, other: Self) -> Self {
        let rights = self.rights.and(other.rights);
        let (first, second) = if other.rights == Rights::NONE && self.rights != Rights::NONE {
            (other.why, self.why)
        } else {
            (self.why, other.why)
        };
        Self {
            rights,
            why: first.or(second),
        }
    }
}
