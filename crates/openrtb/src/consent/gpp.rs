//! The GPP string of the IAB Tech Lab's Global Privacy Platform, version 1: a header that names the sections, then
//! their texts, joined by `~`.
//!
//! Source: "Global Privacy Platform String" (2023-11), "Header" and "Section Encoding".

use super::bits::{Bits, BitsError, Cursor};

/// Longer strings are refused unread: room for the longest TC string and every other section.
pub const MAX_LENGTH_BYTES: usize = super::tcf::MAX_LENGTH_BYTES + 4 * 1024;

/// More sections than exist (27 ids are given out) by some margin.
pub const MAX_SECTIONS: usize = 40;

/// The sections that a bidder meets by name.
pub mod section {
    /// TCF version 1, dead since 2020.
    pub const TCF_EU_V1: u16 = 1;
    /// A TC string as [`super::super::tcf`] reads it.
    pub const TCF_EU_V2: u16 = 2;
    /// The header itself, which some writers name as if it were a section.
    pub const HEADER: u16 = 3;
    /// Signal integrity, which says nothing about the user.
    pub const SIGNAL_INTEGRITY: u16 = 4;
    /// The Canadian TCF.
    pub const TCF_CA_V1: u16 = 5;
    /// A `us_privacy` string as [`super::super::us_privacy`] reads it.
    pub const US_PRIVACY_V1: u16 = 6;
    /// The United States as a whole; the single states follow, up to [`US_LAST`].
    pub const US_NATIONAL: u16 = 7;
    /// The last of the states' sections, Rhode Island.
    pub const US_LAST: u16 = 27;
}

/// Why a text is no GPP string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GppError {
    /// The text is longer than [`MAX_LENGTH_BYTES`].
    #[error("the GPP string is longer than {MAX_LENGTH_BYTES} bytes")]
    TooLong,
    /// The header is cut short or not base64url.
    #[error("the header of the GPP string cannot be read: {0}")]
    Bits(#[from] BitsError),
    /// The header is not of type 3, version 1.
    #[error(
        "the text starts with type {kind}, version {version}, not as a GPP header of version 1"
    )]
    Header {
        /// The type that was found.
        kind: u8,
        /// The version that was found.
        version: u8,
    },
    /// The header names more than [`MAX_SECTIONS`] sections, or an id above 65,535.
    #[error("the header of the GPP string names too many sections or too high an id")]
    TooManySections,
    /// The header names another number of sections than there are texts.
    #[error("the GPP string has {texts} sections where its header names {named}")]
    Count {
        /// How many ids the header names.
        named: usize,
        /// How many texts follow it.
        texts: usize,
    },
}

/// A GPP string whose header is read. Borrowed from its text.
#[derive(Debug, Clone, Copy)]
pub struct Gpp<'a> {
    ids: [u16; MAX_SECTIONS],
    count: usize,
    /// Everything after the header and its `~`.
    sections: &'a str,
}

impl<'a> Gpp<'a> {
    /// Reads the header. The sections' own texts are not looked into.
    ///
    /// # Errors
    /// See [`GppError`].
    pub fn parse(text: &'a str) -> Result<Self, GppError> {
        if text.len() > MAX_LENGTH_BYTES {
            return Err(GppError::TooLong);
        }
        let (header, sections) = text.split_once('~').unwrap_or((text, ""));
        let mut at = Cursor::new(Bits::of(header)?);
        let kind = at.take_u8(6)?;
        let version = at.take_u8(6)?;
        if (kind, version) != (3, 1) {
            return Err(GppError::Header { kind, version });
        }
        let mut gpp = Self {
            ids: [0; MAX_SECTIONS],
            count: 0,
            sections,
        };
        gpp.take_ids(&mut at)?;
        let texts = gpp.texts().count();
        if texts != gpp.count {
            return Err(GppError::Count {
                named: gpp.count,
                texts,
            });
        }
        Ok(gpp)
    }

    /// The ids of the sections, in the order of their texts.
    pub fn ids(&self) -> &[u16] {
        &self.ids[..self.count]
    }

    /// The text of a section, where the string has it.
    pub fn section(&self, id: u16) -> Option<&'a str> {
        let place = self.ids().iter().position(|&named| named == id)?;
        self.texts().nth(place)
    }

    fn texts(&self) -> impl Iterator<Item = &'a str> {
        let has_sections = self.count > 0 || !self.sections.is_empty();
        self.sections
            .split('~')
            .take(if has_sections { usize::MAX } else { 0 })
    }

    /// Takes a "Range (Fibonacci)": single ids and groups, each as the distance from the last id.
    fn take_ids(&mut self, at: &mut Cursor<'_>) -> Result<(), GppError> {
        let items = at.take_u16(12)?;
        let mut last = 0_u16;
        for _ in 0..items {
            let is_group = at.take_flag()?;
            let first = add(last, take_fibonacci(at)?)?;
            last = if is_group {
                add(first, take_fibonacci(at)?)?
            } else {
                first
            };
            for id in first..=last {
                *self
                    .ids
                    .get_mut(self.count)
                    .ok_or(GppError::TooManySections)? = id;
                self.count += 1;
            }
        }
        Ok(())
    }
}

fn add(id: u16, distance: u16) -> Result<u16, GppError> {
    id.checked_add(distance).ok_or(GppError::TooManySections)
}

/// Takes a Fibonacci-coded number: the sum of the Fibonacci numbers (1, 2, 3, 5, ...) whose bits are set, up to two set
/// bits in a row ("About Fibonacci Encoding").
fn take_fibonacci(at: &mut Cursor<'_>) -> Result<u16, GppError> {
    let (mut this, mut next) = (1_u16, 2_u16);
    let mut sum = 0;
    let mut last_was_set = false;
    loop {
        let is_set = at.take_flag()?;
        if is_set && last_was_set {
            return Ok(sum);
        }
        if is_set {
            sum = add(sum, this)?;
        }
        last_was_set = is_set;
        (this, next) = (next, add(this, next)?);
    }
}
