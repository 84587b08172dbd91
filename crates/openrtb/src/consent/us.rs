//! The US sections of a GPP string, national and by state, reduced to what a bidder must know.
//!
//! Sources: the section documents of the Global Privacy Platform (2025-12), one a state, and the MSPA US National
//! Technical Specification for section 7. All are lists of two-bit answers in an order that differs by state:
//! for an opt-out 0 is "not applicable", 1 "opted out", 2 "did not opt out"; for a consent 1 is "no", 2 "yes"; for a
//! notice 1 is "given", 2 "not given". The value 3 has no meaning and is read as the strict one.

use super::bits::{Bits, BitsError, Cursor};
use super::gpp::section::US_NATIONAL;

/// The core, a header before it in the newest sections, the sub-section, and room for another.
const MAX_SEGMENTS: usize = 4;

/// What the user chose, whichever section says it. True is always the stricter answer but for `precise_geo_consent`.
///
/// A notice that was not given counts as an opt-out of what it would have been about: nobody can decline to opt out
/// without having been asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choices {
    /// No sale of personal data.
    pub sale_opt_out: bool,
    /// No sharing for cross-context behavioural advertising (California and national).
    pub sharing_opt_out: bool,
    /// No targeted advertising.
    pub targeted_advertising_opt_out: bool,
    /// The publisher acts in service provider mode, and so may whoever buys from it.
    pub service_provider_only: bool,
    /// Global Privacy Control is on: the browser opts out of all of the above.
    pub global_privacy_control: bool,
    /// The publisher knows that this is a child, whatever was consented to in the child's name.
    pub known_child: bool,
    /// The user agreed to (or, where the state's law is so, did not opt out of) the use of precise location. False
    /// where the section has no word for it.
    pub precise_geo_consent: bool,
}

/// Why a US section cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SectionError {
    /// The section is none of the US sections that are known here.
    #[error("GPP section {0} is no US section known here")]
    Unknown(u16),
    /// The section is of a version whose layout is not known here.
    #[error("the US section is of unknown version {0}")]
    Version(u8),
    /// The section is cut short or not base64url.
    #[error("the US section cannot be read: {0}")]
    Bits(#[from] BitsError),
    /// The section has more sub-sections than any known one.
    #[error("the US section has more than {MAX_SEGMENTS} segments")]
    Segments,
}

/// A state whose core section has the usual order of fields.
struct State {
    id: u16,
    /// Whether a notice about sensitive data follows the three usual notices.
    sensitive_notice: bool,
    /// How many kinds of sensitive data are asked about.
    sensitive: u8,
    /// Which of them is precise location, counted from 1; 0 where none is.
    precise_geo: u8,
    /// How many questions there are about known children.
    child: u8,
    /// Whether a consent to unexpected processing follows them.
    additional: bool,
}

const fn state(id: u16, sensitive: u8, precise_geo: u8, child: u8, additional: bool) -> State {
    State {
        id,
        sensitive_notice: false,
        sensitive,
        precise_geo,
        child,
        additional,
    }
}

const STATES: [State; 15] = [
    state(9, 8, 8, 1, false),  // Virginia
    state(10, 7, 0, 1, false), // Colorado
    State {
        sensitive_notice: true,
        ..state(11, 8, 8, 1, false)
    }, // Utah
    state(12, 8, 8, 3, false), // Connecticut
    state(13, 8, 8, 3, true),  // Florida
    state(14, 8, 8, 3, true),  // Montana
    state(15, 11, 11, 3, true), // Oregon
    state(16, 8, 8, 1, true),  // Texas
    state(17, 9, 8, 5, true),  // Delaware
    State {
        sensitive_notice: true,
        ..state(18, 8, 8, 1, false)
    }, // Iowa
    state(19, 8, 8, 1, true),  // Nebraska
    state(20, 8, 8, 3, true),  // New Hampshire
    state(21, 10, 8, 5, true), // New Jersey
    state(22, 8, 8, 1, true),  // Tennessee
    state(23, 8, 8, 1, true),  // Minnesota
];

const CALIFORNIA: u16 = 8;
const MARYLAND: u16 = 24;
const INDIANA: u16 = 25;
const RHODE_ISLAND: u16 = 27;

/// Reads the text of US section `id`.
///
/// # Errors
/// See [`SectionError`]. Whoever meets one where the section applies must take it as a refusal of everything.
pub fn read(id: u16, text: &str) -> Result<Choices, SectionError> {
    let mut segments = text.split('.');
    let mut at = Answers::of(segments.next().unwrap_or_default())?;
    let mut choices = match id {
        US_NATIONAL => national(&mut at)?,
        CALIFORNIA => california(&mut at)?,
        MARYLAND..=RHODE_ISLAND => {
            // The documents put a header before the core of these four, the IAB's own library does not. A header starts
            // with the section's id, a core with the version of the MSPA, which is far from 24.
            if at.starts_with(id)? {
                at = Answers::of(segments.next().unwrap_or_default())?;
            }
            newest(id, &mut at)?
        }
        _ => match STATES.iter().find(|state| state.id == id) {
            Some(state) => usual(state, &mut at)?,
            None => return Err(SectionError::Unknown(id)),
        },
    };
    for (index, segment) in segments.enumerate() {
        if index >= MAX_SEGMENTS {
            return Err(SectionError::Segments);
        }
        let mut at = Answers::of(segment)?;
        if (INDIANA..=RHODE_ISLAND).contains(&id) {
            choices.precise_geo_consent = at.one_of(8, 8)?;
        } else {
            choices.global_privacy_control |= at.global_privacy_control()?;
        }
    }
    Ok(choices)
}

/// Section 7. Version 2 asks about 16 kinds of sensitive data where version 1 asked about 12, and about three ages of
/// children instead of two. Some writers kept the number 1 for the new layout, so the length tells them apart, as it
/// does in the IAB's own library.
fn national(at: &mut Answers<'_>) -> Result<Choices, SectionError> {
    const VERSION_1_CHARACTERS: usize = 11;
    let version = at.version(2)?;
    let is_first = version == 1 && at.0.bits.characters() <= VERSION_1_CHARACTERS;
    let (sensitive, child) = if is_first { (12, 2) } else { (16, 3) };
    let sharing_not_told = at.not_given()?;
    let sale_not_told = at.not_given()?;
    let sharing_opt_out_not_told = at.not_given()?;
    let targeting_not_told = at.not_given()?;
    let sensitive_not_told = at.not_given()? | at.not_given()?;
    let choices = Choices {
        sale_opt_out: at.refused()? | sale_not_told | sharing_not_told,
        sharing_opt_out: at.refused()? | sharing_opt_out_not_told | sharing_not_told,
        targeted_advertising_opt_out: at.refused()? | targeting_not_told | sharing_not_told,
        precise_geo_consent: at.one_of(sensitive, 8)? && !sensitive_not_told,
        known_child: at.any_of(child)?,
        ..Choices::default()
    };
    at.skip(1)?; // consent to unexpected processing
    at.agreement(choices)
}

/// Section 8 has no word for targeted advertising: sharing covers it.
fn california(at: &mut Answers<'_>) -> Result<Choices, SectionError> {
    at.version(1)?;
    let sale_not_told = at.not_given()?;
    let sharing_not_told = at.not_given()?;
    let sensitive_not_told = at.not_given()?;
    let choices = Choices {
        sale_opt_out: at.refused()? | sale_not_told,
        sharing_opt_out: at.refused()? | sharing_not_told,
        precise_geo_consent: at.one_of(9, 3)? && !sensitive_not_told,
        known_child: at.any_of(2)?,
        ..Choices::default()
    };
    at.skip(1)?; // consent to unexpected processing
    at.agreement(choices)
}

fn usual(state: &State, at: &mut Answers<'_>) -> Result<Choices, SectionError> {
    at.version(1)?;
    let processing_not_told = at.not_given()?;
    let sale_not_told = at.not_given()?;
    let targeting_not_told = at.not_given()?;
    let sensitive_not_told = state.sensitive_notice && at.not_given()?;
    let choices = Choices {
        sale_opt_out: at.refused()? | sale_not_told | processing_not_told,
        targeted_advertising_opt_out: at.refused()? | targeting_not_told | processing_not_told,
        precise_geo_consent: at.one_of(state.sensitive, state.precise_geo)? && !sensitive_not_told,
        known_child: at.any_of(state.child)?,
        ..Choices::default()
    };
    at.skip(u8::from(state.additional))?;
    at.agreement(choices)
}

/// Sections 24 to 27, whose sensitive data stands in a sub-section of its own, or nowhere.
fn newest(id: u16, at: &mut Answers<'_>) -> Result<Choices, SectionError> {
    const SERVICE_PROVIDER_MODE: u8 = 2;
    at.0.skip(6)?; // version of the MSPA: the layout does not hang on it
    at.skip(1)?; // whether the MSPA covers the sale
    let mode = at.answer()?;
    let processing_not_told = at.not_given()?;
    let sale_not_told = at.not_given()?;
    let targeting_not_told = at.not_given()?;
    let choices = Choices {
        sale_opt_out: at.refused()? | sale_not_told | processing_not_told,
        targeted_advertising_opt_out: at.refused()? | targeting_not_told | processing_not_told,
        service_provider_only: mode >= SERVICE_PROVIDER_MODE,
        known_child: id != MARYLAND && at.any_of(1)?,
        ..Choices::default()
    };
    at.skip(1)?; // consent to unexpected processing
    Ok(choices)
}

/// Two-bit answers, one after the other.
struct Answers<'a>(Cursor<'a>);

impl<'a> Answers<'a> {
    fn of(text: &'a str) -> Result<Self, SectionError> {
        Ok(Self(Cursor::new(Bits::of(text)?)))
    }

    fn version(&mut self, highest: u8) -> Result<u8, SectionError> {
        match self.0.take_u8(6)? {
            version if (1..=highest).contains(&version) => Ok(version),
            version => Err(SectionError::Version(version)),
        }
    }

    fn starts_with(&self, id: u16) -> Result<bool, BitsError> {
        self.0.bits.read(0, 6).map(|start| start == u64::from(id))
    }

    fn answer(&mut self) -> Result<u8, BitsError> {
        self.0.take_u8(2)
    }

    fn skip(&mut self, count: u8) -> Result<(), BitsError> {
        self.0.skip(2 * usize::from(count))
    }

    /// An opt-out that was made: 1, or 3, which means nothing.
    fn refused(&mut self) -> Result<bool, BitsError> {
        self.answer().map(|answer| answer % 2 == 1)
    }

    /// A notice that was due and not given.
    fn not_given(&mut self) -> Result<bool, BitsError> {
        self.answer().map(|answer| answer >= 2)
    }

    /// Whether the `nth` of `count` answers is a plain yes, counted from 1. "Not applicable" is no yes: the publisher
    /// says that it does not handle the data that we then see in the request.
    fn one_of(&mut self, count: u8, nth: u8) -> Result<bool, BitsError> {
        let mut granted = false;
        for n in 1..=count {
            granted |= self.answer()? == 2 && n == nth;
        }
        Ok(granted)
    }

    /// Whether any of `count` answers is other than "not applicable".
    fn any_of(&mut self, count: u8) -> Result<bool, BitsError> {
        let mut any = false;
        for _ in 0..count {
            any |= self.answer()? != 0;
        }
        Ok(any)
    }

    /// The last three answers of an older section: whether the MSPA covers the sale, and in which mode.
    fn agreement(&mut self, choices: Choices) -> Result<Choices, SectionError> {
        self.skip(2)?;
        Ok(Choices {
            service_provider_only: self.refused()?,
            ..choices
        })
    }

    /// A GPC sub-section: its type, then the signal. Some writers leave the type 0; other types are not known.
    fn global_privacy_control(&mut self) -> Result<bool, BitsError> {
        let kind = self.answer()?;
        let is_on = self.0.take_flag()?;
        Ok(kind <= 1 && is_on)
    }
}
