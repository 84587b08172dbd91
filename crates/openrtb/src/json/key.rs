//! Keys, told apart without comparing text by text.

use super::{Malformed, Reader};

/// The key of a member, and a number that tells it from nearly all others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a> {
    pub(crate) text: &'a str,
    pub(crate) code: u64,
}

/// As many of a key's bytes as its code holds.
const HELD: usize = 7;

impl Key<'_> {
    /// The first seven bytes and, above them, the length. Keys of up to seven bytes are equal when their codes are.
    pub(crate) const fn code_of(key: &str) -> u64 {
        let bytes = key.as_bytes();
        let mut first = [0; 8];
        let mut index = 0;
        while index < bytes.len() && index < HELD {
            first[index] = bytes[index];
            index += 1;
        }
        code(u64::from_le_bytes(first), bytes.len())
    }

    /// Whether it is `name`, of which it has the code.
    #[inline(always)]
    pub(crate) fn is(self, name: &'static str) -> bool {
        name.len() <= HELD || self.text == name
    }
}

/// The code of a key of `len` bytes that starts with `first`, its first byte lowest.
#[inline(always)]
const fn code(first: u64, len: usize) -> u64 {
    let held = if len < HELD { len } else { HELD };
    let most = if len < 0xff { len } else { 0xff };
    first & ((1 << (8 * held)) - 1) | (most as u64) << 56
}

/// Whether no two keys of a table have the same code.
pub(crate) const fn are_told_apart(keys: &[&str]) -> bool {
    let mut one = 0;
    while one < keys.len() {
        let mut other = one + 1;
        while other < keys.len() {
            if Key::code_of(keys[one]) == Key::code_of(keys[other]) {
                return false;
            }
            other += 1;
        }
        one += 1;
    }
    true
}

impl<'a> Reader<'a> {
    /// Reads a key and the colon after it.
    #[inline(always)]
    pub(super) fn key(&mut self) -> Result<Key<'a>, Malformed> {
        match self.tidy_key() {
            Some(key) => Ok(key),
            None => self.other_key(),
        }
    }

    /// Reads a key without escapes, without space, and with eight bytes of text from its start on that its code can be
    /// taken from; of any other takes nothing.
    #[inline(always)]
    fn tidy_key(&mut self) -> Option<Key<'a>> {
        let bytes = self.text.as_bytes();
        let close = *self.marks.get(self.next + 1)? as usize;
        let text = self.quoted(self.at, close)?;
        let first = bytes.get(self.at + 1..self.at + 9)?.first_chunk()?;
        if *bytes.get(close + 1)? != b':' {
            return None;
        }
        self.next += 2;
        self.at = close + 2;
        let code = code(u64::from_le_bytes(*first), text.len());
        Some(Key { text, code })
    }

    /// Reads any key.
    #[inline(never)]
    fn other_key(&mut self) -> Result<Key<'a>, Malformed> {
        if self.after_space() != Some(b'"') {
            return Err(Malformed);
        }
        let text = self.string()?;
        if self.after_space() != Some(b':') {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(Key {
            text,
            code: Key::code_of(text),
        })
    }
}
