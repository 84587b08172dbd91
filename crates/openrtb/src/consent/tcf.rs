//! The TC string of IAB Europe's Transparency and Consent Framework, versions 2.0 to 2.3.
//!
//! Source: "Consent string and vendor list formats v2" (IAB Tech Lab, 2025-04), the tables under
//! "TC String Format". A parse walks the whole string once to know that nothing is missing;
//! questions are then answered from the text itself, without a decoded copy.

use super::bits::{Bits, BitsError, Cursor};
use super::vendors::VendorSet;

/// Longer strings are refused unread. Real ones stay below 5 KB even with many restrictions, and
/// this bounds what one request can make us walk.
pub const MAX_LENGTH_BYTES: usize = 16 * 1024;

/// The core, three kinds of further segment, and room for a kind that is yet to come.
const MAX_SEGMENTS: usize = 5;

/// Where the purpose fields stand in the core segment, in bits.
const SPECIAL_FEATURES_AT: usize = 140;
const PURPOSES_CONSENT_AT: usize = 152;
const PURPOSES_LEGITIMATE_INTEREST_AT: usize = 176;

const SPECIAL_FEATURES: u8 = 12;
const PURPOSES: u8 = 24;

/// Why a text is no valid TC string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TcfError {
    /// The text is longer than [`MAX_LENGTH_BYTES`].
    #[error("the TC string is longer than {MAX_LENGTH_BYTES} bytes")]
    TooLong,
    /// The text is cut short or not base64url.
    #[error("the TC string cannot be read: {0}")]
    Bits(#[from] BitsError),
    /// The first field says another version than 2; version 1 has not been valid since 2020.
    #[error("the TC string is of version {0}, not 2")]
    Version(u8),
    /// A range of vendors ends before it starts.
    #[error("a range of vendors in the TC string ends before it starts")]
    ReversedRange,
    /// More segments than the format knows, or one kind twice.
    #[error("the TC string repeats a segment or has too many")]
    Segments,
}

/// What a publisher rules for one purpose and vendor, stricter first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Restriction {
    /// The purpose is not allowed at all. The undefined value 3 is read as this.
    NotAllowed,
    /// Only consent counts.
    RequireConsent,
    /// Only legitimate interest counts.
    RequireLegitimateInterest,
}

/// What a publisher rules for one vendor, by purpose.
#[derive(Debug, Clone, Copy)]
pub struct Restrictions([Option<Restriction>; 1 + PURPOSES as usize]);

impl Restrictions {
    /// The strictest restriction for this purpose.
    pub fn of(&self, purpose: u8) -> Option<Restriction> {
        self.0.get(usize::from(purpose)).copied().flatten()
    }
}

/// A TC string that has been read to its end. Borrowed from its text; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct TcString<'a> {
    /// When the string was created, in milliseconds since the epoch.
    pub created_ms: i64,
    /// When it was last updated, in milliseconds since the epoch.
    pub last_updated_ms: i64,
    /// The consent management platform that wrote it.
    pub cmp_id: u16,
    /// That platform's own version.
    pub cmp_version: u16,
    /// The platform's number for the screen that asked.
    pub consent_screen: u8,
    /// ISO 639-1 code of the language that the user saw, in capitals.
    pub consent_language: [u8; 2],
    /// The version of the global vendor list that was shown.
    pub vendor_list_version: u16,
    /// The policy version: 2 and 3 in TCF 2.0 and 2.1, 4 in 2.2, 5 since.
    pub policy_version: u8,
    /// Whether the choices hold for the publisher's service alone. Global ones are no longer valid.
    pub is_service_specific: bool,
    /// Whether the publisher changed the standard texts.
    pub use_non_standard_texts: bool,
    /// Whether purpose 1 was not disclosed at all, by the law of the publisher's country.
    pub purpose_one_treatment: bool,
    /// ISO 3166-1 code of the country whose law the publisher follows, in capitals.
    pub publisher_country: [u8; 2],
    core: Bits<'a>,
    vendor_consents: VendorSet<'a>,
    vendor_legitimate_interests: VendorSet<'a>,
    restrictions_at: usize,
    disclosed: Option<VendorSet<'a>>,
}

impl<'a> TcString<'a> {
    /// Reads a TC string.
    ///
    /// # Errors
    /// See [`TcfError`]: anything cut short, of another version or with a foreign character.
    pub fn parse(text: &'a str) -> Result<Self, TcfError> {
        if text.len() > MAX_LENGTH_BYTES {
            return Err(TcfError::TooLong);
        }
        let mut segments = text.split('.');
        let core = segments.next().unwrap_or_default();
        let mut parsed = Self::parse_core(Bits::of(core)?)?;
        parsed.disclosed = parse_further_segments(segments)?;
        Ok(parsed)
    }

    fn parse_core(bits: Bits<'a>) -> Result<Self, TcfError> {
        let mut at = Cursor::new(bits);
        let version = at.take_u8(6)?;
        if version != 2 {
            return Err(TcfError::Version(version));
        }
        let created_ms = take_time_ms(&mut at)?;
        let last_updated_ms = take_time_ms(&mut at)?;
        let cmp_id = at.take_u16(12)?;
        let cmp_version = at.take_u16(12)?;
        let consent_screen = at.take_u8(6)?;
        let consent_language = take_letters(&mut at)?;
        let vendor_list_version = at.take_u16(12)?;
        let policy_version = at.take_u8(6)?;
        let is_service_specific = at.take_flag()?;
        let use_non_standard_texts = at.take_flag()?;
        debug_assert_eq!(at.at, SPECIAL_FEATURES_AT);
        at.skip(usize::from(SPECIAL_FEATURES) + 2 * usize::from(PURPOSES))?;
        let purpose_one_treatment = at.take_flag()?;
        let publisher_country = take_letters(&mut at)?;
        let vendor_consents = VendorSet::take(&mut at)?;
        let vendor_legitimate_interests = VendorSet::take(&mut at)?;
        let restrictions_at = at.at;
        walk_restrictions(&mut at, |_, _, _| ())?;
        Ok(Self {
            created_ms,
            last_updated_ms,
            cmp_id,
            cmp_version,
            consent_screen,
            consent_language,
            vendor_list_version,
            policy_version,
            is_service_specific,
            use_non_standard_texts,
            purpose_one_treatment,
            publisher_country,
            core: bits,
            vendor_consents,
            vendor_legitimate_interests,
            restrictions_at,
            disclosed: None,
        })
    }

    /// Whether the user opted in to special feature `n` (1 is precise location).
    pub fn special_feature(&self, n: u8) -> bool {
        self.numbered(SPECIAL_FEATURES_AT, SPECIAL_FEATURES, n)
    }

    /// Whether the user consented to purpose `n`.
    pub fn purpose_consent(&self, n: u8) -> bool {
        self.numbered(PURPOSES_CONSENT_AT, PURPOSES, n)
    }

    /// Whether legitimate interest was established for purpose `n` and the user did not object.
    pub fn purpose_legitimate_interest(&self, n: u8) -> bool {
        self.numbered(PURPOSES_LEGITIMATE_INTEREST_AT, PURPOSES, n)
    }

    /// Whether the user consented to this vendor of the global vendor list.
    pub fn vendor_consent(&self, vendor: u16) -> bool {
        self.vendor_consents.contains(vendor)
    }

    /// Whether this vendor's legitimate interest was established and not objected to.
    pub fn vendor_legitimate_interest(&self, vendor: u16) -> bool {
        self.vendor_legitimate_interests.contains(vendor)
    }

    /// Whether the vendor was shown to the user; `None` when the string (of TCF 2.2 or older)
    /// does not say.
    pub fn disclosed(&self, vendor: u16) -> Option<bool> {
        self.disclosed.map(|set| set.contains(vendor))
    }

    /// The publisher's strictest restriction for this purpose and vendor.
    pub fn restriction(&self, purpose: u8, vendor: u16) -> Option<Restriction> {
        self.restrictions(vendor).of(purpose)
    }

    /// The publisher's strictest restriction of this vendor for each purpose, in one walk.
    pub fn restrictions(&self, vendor: u16) -> Restrictions {
        let mut strictest = Restrictions([None; 1 + PURPOSES as usize]);
        let mut at = Cursor {
            bits: self.core,
            at: self.restrictions_at,
        };
        let walked = walk_restrictions(&mut at, |purpose, restriction, vendors| {
            if let Some(known) = strictest.0.get_mut(usize::from(purpose))
                && vendors.contains(vendor)
            {
                *known = Some(known.map_or(restriction, |other| other.min(restriction)));
            }
        });
        debug_assert!(walked.is_ok(), "the parse walked the same restrictions");
        strictest
    }

    fn numbered(&self, at: usize, count: u8, n: u8) -> bool {
        (1..=count).contains(&n) && self.core.is_set(at + usize::from(n) - 1)
    }
}

/// Calls `visit` with each restriction: its purpose, what it rules, and for whom.
fn walk_restrictions<'a>(
    at: &mut Cursor<'a>,
    mut visit: impl FnMut(u8, Restriction, VendorSet<'a>),
) -> Result<(), TcfError> {
    // At most 4,095 restrictions by the width of the field, and each takes at least 20 bits.
    let count = at.take_u16(12)?;
    for _ in 0..count {
        let purpose = at.take_u8(6)?;
        let restriction = match at.take_u8(2)? {
            1 => Restriction::RequireConsent,
            2 => Restriction::RequireLegitimateInterest,
            _ => Restriction::NotAllowed,
        };
        visit(purpose, restriction, VendorSet::take_ranges(at)?);
    }
    Ok(())
}

/// Checks every segment after the core and keeps the disclosed vendors.
fn parse_further_segments<'a>(
    segments: impl Iterator<Item = &'a str>,
) -> Result<Option<VendorSet<'a>>, TcfError> {
    let mut disclosed = None;
    let mut kinds_seen = 0_u8;
    for (index, text) in segments.enumerate() {
        let mut at = Cursor::new(Bits::of(text)?);
        let kind = at.take_u8(3)?;
        // Kind 0 is the core, which came first.
        if index + 1 >= MAX_SEGMENTS || kind == 0 || kinds_seen & (1 << kind) != 0 {
            return Err(TcfError::Segments);
        }
        kinds_seen |= 1 << kind;
        match kind {
            1 => disclosed = Some(VendorSet::take(&mut at)?),
            // The vendors that a publisher allowed out of band: read to find it whole, never used,
            // since 2.2 dropped it and it granted nothing.
            2 => VendorSet::take(&mut at).map(|_| ())?,
            // The publisher's own consents: not ours to rely on ("Vendors should not rely on the
            // Publisher TC segment unless they're in agreement with the publisher to do so").
            3 => skip_publisher_purposes(&mut at)?,
            _ => {}
        }
    }
    Ok(disclosed)
}

fn skip_publisher_purposes(at: &mut Cursor<'_>) -> Result<(), TcfError> {
    at.skip(2 * usize::from(PURPOSES))?;
    let custom = at.take_u8(6)?;
    Ok(at.skip(2 * usize::from(custom))?)
}

/// Times are in tenths of a second, 36 bits wide, so milliseconds always fit an `i64`.
fn take_time_ms(at: &mut Cursor<'_>) -> Result<i64, BitsError> {
    at.take(36).map(|deciseconds| deciseconds as i64 * 100)
}

/// Two letters, six bits each, A = 0.
fn take_letters(at: &mut Cursor<'_>) -> Result<[u8; 2], BitsError> {
    Ok([b'A' + at.take_u8(6)?, b'A' + at.take_u8(6)?])
}
