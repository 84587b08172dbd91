//! Bits read straight from base64url text, six to a character, so that nothing is decoded into a
//! buffer first and a question about one vendor touches one character.

/// Why a text could not be read as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BitsError {
    /// The text ends before the field that was asked for.
    #[error("the text is cut short")]
    Cut,
    /// A character outside the base64url alphabet of RFC 4648 section 5.
    #[error("a character is not base64url")]
    NotBase64Url,
}

const INVALID: u8 = 0xff;

/// The value of each base64url character, `INVALID` for every other byte.
const SEXTETS: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut table = [INVALID; 256];
    let mut value = 0;
    while value < alphabet.len() {
        table[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    table
};

/// Text whose every character is known to be base64url. Positions count bits from the left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<'a> {
    text: &'a [u8],
}

impl<'a> Bits<'a> {
    /// Checks the alphabet once, so that later reads cannot meet a foreign character. `=` padding
    /// at the end is dropped: the standards forbid it, some writers add it.
    pub(super) fn of(text: &'a str) -> Result<Self, BitsError> {
        let text = text.trim_end_matches('=').as_bytes();
        if text
            .iter()
            .any(|&byte| SEXTETS[usize::from(byte)] == INVALID)
        {
            return Err(BitsError::NotBase64Url);
        }
        Ok(Self { text })
    }

    /// Reads `count` bits (at most 36) at `at`, most significant first.
    pub(super) fn read(self, at: usize, count: usize) -> Result<u64, BitsError> {
        debug_assert!(count <= 36);
        let end = at + count;
        let characters = self
            .text
            .get(at / 6..end.div_ceil(6))
            .ok_or(BitsError::Cut)?;
        let wide = characters.iter().fold(0_u64, |bits, &byte| {
            bits << 6 | u64::from(SEXTETS[usize::from(byte)])
        });
        let surplus = end.div_ceil(6) * 6 - end;
        Ok((wide >> surplus) & ((1 << count) - 1))
    }

    /// The bit at `at`; false past the end.
    pub(super) fn is_set(self, at: usize) -> bool {
        self.read(at, 1) == Ok(1)
    }

    /// How many characters hold the bits.
    pub(super) fn characters(self) -> usize {
        self.text.len()
    }
}

/// A place in [`Bits`] that moves on as fields are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) bits: Bits<'a>,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bits: Bits<'a>) -> Self {
        Self { bits, at: 0 }
    }

    /// Takes an unsigned number of `count` bits (at most 36).
    pub(super) fn take(&mut self, count: usize) -> Result<u64, BitsError> {
        let value = self.bits.read(self.at, count)?;
        self.at += count;
        Ok(value)
    }

    /// Takes a number of `count` bits, at most 16.
    pub(super) fn take_u16(&mut self, count: usize) -> Result<u16, BitsError> {
        debug_assert!(count <= 16);
        self.take(count).map(|value| value as u16)
    }

    /// Takes a number of `count` bits, at most 8.
    pub(super) fn take_u8(&mut self, count: usize) -> Result<u8, BitsError> {
        debug_assert!(count <= 8);
        self.take(count).map(|value| value as u8)
    }

    pub(super) fn take_flag(&mut self) -> Result<bool, BitsError> {
        self.take(1).map(|value| value == 1)
    }

    /// Moves over `count` bits, which must all be there.
    pub(super) fn skip(&mut self, count: usize) -> Result<(), BitsError> {
        if self.at + count > self.bits.characters() * 6 {
            return Err(BitsError::Cut);
        }
        self.at += count;
        Ok(())
    }
}
