//! Keys, told apart without comparing text by text.

use super::{Malformed, Reader};

/// A number that tells a key from nearly all others: its first seven bytes and, above them, its length.
///
/// Keys of up to seven bytes are equal when their codes are; of longer ones [`Reader::key_is`] knows the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(u64);

/// As many of a key's bytes as its code holds.
const HELD: usize = 7;

impl Key {
    /// The code of a name.
    pub(crate) const fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut first = [0; 8];
        let mut index = 0;
        while index < bytes.len() && index < HELD {
            first[index] = bytes[index];
            index += 1;
        }
        Self::from_parts(u64::from_le_bytes(first), bytes.len())
    }

    /// The code of a key of `len` bytes that starts with `first`, its first byte lowest.
    #[inline(always)]
    const fn from_parts(first: u64, len: usize) -> Self {
        let held = if len < HELD { len } else { HELD };
        let most = if len < 0xff { len } else { 0xff };
        Self(first & ((1 << (8 * held)) - 1) | (most as u64) << 56)
    }

    /// Whether no two keys of a table have the same code.
    pub(crate) const fn tell_apart(names: &[&str]) -> bool {
        let mut one = 0;
        while one < names.len() {
            let mut other = one + 1;
            while other < names.len() {
                if Key::of(names[one]).0 == Key::of(names[other]).0 {
                    return false;
                }
                other += 1;
            }
            one += 1;
        }
        true
    }
}

impl Reader<'_> {
    /// Whether the last key is `name`, which has the same code.
    #[inline(always)]
    pub(crate) fn key_is(&self, name: &'static str) -> bool {
        name.len() <= HELD || self.key == name
    }

    /// Reads a key and the colon after it.
    #[inline(always)]
    pub(super) fn key(&mut self) -> Result<Key, Malformed> {
        match self.tidy_key() {
            Some(key) => Ok(key),
            None => self.other_key(),
        }
    }

    /// Reads a key without escapes, without space, and with eight bytes of text from its start on that its code can be
    /// taken from; of any other takes nothing.
    #[inline(always)]
    fn tidy_key(&mut self) -> Option<Key> {
        let bytes = self.text.as_bytes();
        let close = *self.marks.get(self.next + 1)? as usize;
        let text = self.quoted(self.at, close)?;
        let first = bytes.get(self.at + 1..self.at + 9)?.first_chunk()?;
        if *bytes.get(close + 1)? != b':' {
            return None;
        }
        self.next += 2;
        self.at = close + 2;
        self.key = text;
        Some(Key::from_parts(u64::from_le_bytes(*first), text.len()))
    }

    /// Reads any key.
    #[inline(never)]
    fn other_key(&mut self) -> Result<Key, Malformed> {
        if self.after_space() != Some(b'"') {
            return Err(Malformed);
        }
        self.key = self.string()?;
        if self.after_space() != Some(b':') {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(Key::of(self.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_come_by() {
        let arena = bumpalo::Bump::new();
        let long = "x".repeat(300);
        for key in [
            "",
            "w",
            "id",
            "bidfloor",
            "minduration",
            "companiontype",
            r"\u00e9",
            &long,
        ] {
            for after in ["1}", "1           }"] {
                let object = format!("{{\"{key}\":{after}");
                let mut reader = Reader::of_text(&object, &arena).unwrap();
                let read = reader.object(|value, code| {
                    assert_eq!(code, Key::of(value.key), "{object}");
                    value.skip()
                });
                assert_eq!(read, Ok(()), "{object}");
            }
        }
        assert!(Key::tell_apart(&[
            "w",
            "h",
            "wmin",
            "minduration",
            "maxduration"
        ]));
        assert!(!Key::tell_apart(&["companionad", "h", "companionbc"]));
    }
}
