//! A set of vendor ids as a TC string writes it: one bit for each id, or a list of ranges.

use super::bits::{Bits, BitsError, Cursor};
use super::tcf::TcfError;

/// Vendors in the text of a TC string, known to lie wholly inside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct VendorSet<'a> {
    bits: Bits<'a>,
    at: usize,
    encoding: Encoding,
}

#[derive(Debug, Clone, Copy)]
enum Encoding {
    /// One bit for each vendor from 1 to `max`.
    Bitfield { max: u16 },
    /// Ranges and single ids, in no promised order. Twelve bits wide, so at most 4,095.
    Ranges { count: u16 },
}

impl<'a> VendorSet<'a> {
    /// Takes a vendor section: highest id, kind of encoding, and the vendors.
    pub(super) fn take(at: &mut Cursor<'a>) -> Result<Self, TcfError> {
        let max = at.take_u16(16)?;
        if at.take_flag()? {
            return Self::take_ranges(at);
        }
        let set = Self {
            bits: at.bits,
            at: at.at,
            encoding: Encoding::Bitfield { max },
        };
        at.skip(usize::from(max))?;
        Ok(set)
    }

    /// Takes a list of ranges: how many, then each.
    pub(super) fn take_ranges(at: &mut Cursor<'a>) -> Result<Self, TcfError> {
        let count = at.take_u16(12)?;
        let set = Self {
            bits: at.bits,
            at: at.at,
            encoding: Encoding::Ranges { count },
        };
        for _ in 0..count {
            let (start, end) = take_range(at)?;
            if end < start {
                return Err(TcfError::ReversedRange);
            }
        }
        Ok(set)
    }

    /// Whether the vendor is in the set: one look in a bitfield, one walk over ranges.
    pub(super) fn contains(self, vendor: u16) -> bool {
        match self.encoding {
            Encoding::Bitfield { max } => {
                (1..=max).contains(&vendor) && self.bits.is_set(self.at + usize::from(vendor) - 1)
            }
            Encoding::Ranges { count } => {
                let mut at = Cursor {
                    bits: self.bits,
                    at: self.at,
                };
                (0..count).any(|_| {
                    take_range(&mut at).is_ok_and(|(start, end)| (start..=end).contains(&vendor))
                })
            }
        }
    }
}

/// First and last vendor of a range; both the same for a single vendor.
fn take_range(at: &mut Cursor<'_>) -> Result<(u16, u16), BitsError> {
    let is_range = at.take_flag()?;
    let start = at.take_u16(16)?;
    let end = if is_range { at.take_u16(16)? } else { start };
    Ok((start, end))
}
