//! Pulls JSON apart, one value at a time: grammar, UTF-8 and depth, and nothing of OpenRTB.
//!
//! Everything is checked against RFC 8259, also what is skipped, so that "malformed" does not depend on which fields
//! this crate happens to read. What a value means to a field is decided in [`crate::lenient`]; which key belongs to
//! which field, in the tables beside the types.
//!
//! A text is read in two stages. The first finds the places of all strings and brackets, many bytes at a time
//! ([`structure`]); the second, [`Reader`], goes from place to place and looks only at the bytes between strings. Where
//! it finds a fault it only says so, and the text is gone through once more to say which: [`fault`].

mod escape;
mod fault;
mod integer;
mod key;
mod skip;
mod structure;

use bumpalo::Bump;

use crate::Decimal;

pub(crate) use key::Key;
pub use structure::all_ways_agree;

/// How deep objects and arrays may be nested. Real requests stay below 20.
pub const MAX_DEPTH: usize = 64;

/// The text is not JSON, or not a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed JSON at byte {offset}: expected {expected}")]
pub struct ParseError {
    /// Where reading stopped, in bytes from the start.
    pub offset: usize,
    /// What could have stood there.
    pub expected: &'static str,
}

impl ParseError {
    /// The first fault of a body that [`Reader`] has found to be malformed, or not one object.
    pub(crate) fn in_object(body: &[u8]) -> Self {
        fault::first(body)
    }
}

/// The text is not well formed. Where and why, [`ParseError::in_object`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// What the next value is, told by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// A place in a text. Each method that reads a value takes exactly one, whole.
///
/// **Invariant.** `marks[next]` is the first mark from `at` on: what is passed over between two marks has been looked
/// at, and each mark that is passed is counted.
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    marks: &'a [u32],
    next: usize,
    depth: usize,
    /// The last key that was read.
    key: &'a str,
    arena: &'a Bump,
}

impl<'a> Reader<'a> {
    /// Starts at the front of `body`, which must be UTF-8 throughout.
    pub(crate) fn new(body: &'a [u8], arena: &'a Bump) -> Result<Self, Malformed> {
        let structure = structure::of(body, arena).ok_or(Malformed)?;
        let text = structure::text(body, &structure).ok_or(Malformed)?;
        Ok(Self::at_start(text, structure.marks, arena))
    }

    /// Starts at the front of a text that was inside another one.
    pub(crate) fn of_text(text: &'a str, arena: &'a Bump) -> Result<Self, Malformed> {
        let structure = structure::of(text.as_bytes(), arena).ok_or(Malformed)?;
        Ok(Self::at_start(text, structure.marks, arena))
    }

    fn at_start(text: &'a str, marks: &'a [u32], arena: &'a Bump) -> Self {
        Self {
            text,
            at: 0,
            marks,
            next: 0,
            depth: 0,
            key: "",
            arena,
        }
    }

    /// Where decoded strings and lists live.
    pub(crate) fn arena(&self) -> &'a Bump {
        self.arena
    }

    /// Makes sure that only space is left.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        match self.after_space() {
            None => Ok(()),
            Some(_) => Err(Malformed),
        }
    }

    /// Tells what the next value is and takes nothing of it.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<Kind, Malformed> {
        match self.after_space() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't') => Ok(Kind::True),
            Some(b'f') => Ok(Kind::False),
            Some(b'n') => Ok(Kind::Null),
            _ => Err(Malformed),
        }
    }

    /// Reads an object. `member` gets each key and must read its value.
    #[inline]
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Key) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.enter(b'{')?;
        if self.after_space() == Some(b'}') {
            return self.leave();
        }
        loop {
            let key = self.key()?;
            member(self, key)?;
            match self.after_space() {
                Some(b',') => self.at += 1,
                Some(b'}') => return self.leave(),
                _ => return Err(Malformed),
            }
        }
    }

    /// Reads an array. `element` must read one value each time.
    #[inline]
    pub(crate) fn array(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.enter(b'[')?;
        if self.after_space() == Some(b']') {
            return self.leave();
        }
        loop {
            element(self)?;
            match self.after_space() {
                Some(b',') => self.at += 1,
                Some(b']') => return self.leave(),
                _ => return Err(Malformed),
            }
        }
    }

    /// Reads a string that stands here and has no escapes; of anything else takes nothing.
    #[inline(always)]
    pub(crate) fn plain_string(&mut self) -> Option<&'a str> {
        let close = *self.marks.get(self.next + 1)? as usize;
        let text = self.quoted(self.at, close)?;
        self.next += 2;
        self.at = close + 1;
        Some(text)
    }

    /// Reads a string whose quote stands here: borrowed where it has no escapes, decoded into the arena where it has.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<&'a str, Malformed> {
        match self.plain_string() {
            Some(text) => Ok(text),
            None => self.escaped_string(),
        }
    }

    /// Reads a string whose quote stands here, and which has escapes.
    #[cold]
    fn escaped_string(&mut self) -> Result<&'a str, Malformed> {
        let start = self.at + 1;
        let first = self.next + 1;
        self.pass_string()?;
        let escapes = &self.marks[first..self.next - 1];
        let inside = &self.text[start..self.at - 1];
        Ok(escape::decode(inside, start, escapes, self.arena))
    }

    /// Passes over a string whose quote stands here.
    #[inline]
    fn pass_string(&mut self) -> Result<(), Malformed> {
        let mut mark = self.next + 1;
        loop {
            let place = self.mark(mark)?;
            mark += 1;
            if self.byte(place) == Some(b'"') {
                self.next = mark;
                self.at = place + 1;
                return Ok(());
            }
            if !escape::is_whole(self.text.as_bytes(), place) {
                return Err(Malformed);
            }
        }
    }

    /// Reads a number that stands here.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<Decimal<'a>, Malformed> {
        let (number, len) = Decimal::at_front(&self.text[self.at..]).ok_or(Malformed)?;
        self.at += len;
        Ok(number)
    }

    /// Reads any value, as its text.
    pub(crate) fn raw(&mut self) -> Result<&'a str, Malformed> {
        self.spanned(Self::skip)
    }

    /// Runs `read` and gives back the text that it took, from the first byte after space.
    pub(crate) fn spanned(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<(), Malformed>,
    ) -> Result<&'a str, Malformed> {
        self.after_space();
        let start = self.at;
        read(self)?;
        Ok(&self.text[start..self.at])
    }

    #[inline]
    fn enter(&mut self, opening: u8) -> Result<(), Malformed> {
        if self.after_space() != Some(opening) || self.depth == MAX_DEPTH {
            return Err(Malformed);
        }
        self.depth += 1;
        self.at += 1;
        self.next += 1;
        Ok(())
    }

    /// Takes the closing bracket that was just seen.
    #[inline]
    fn leave(&mut self) -> Result<(), Malformed> {
        self.depth -= 1;
        self.at += 1;
        self.next += 1;
        Ok(())
    }

    /// What stands between two quotes, if there are quotes at these places.
    #[inline(always)]
    #[expect(unsafe_code, reason = "that the text is UTF-8 has been looked at once")]
    fn quoted(&self, open: usize, close: usize) -> Option<&'a str> {
        let [b'"', inside @ .., b'"'] = self.text.as_bytes().get(open..close + 1)? else {
            return None;
        };
        // SAFETY: `inside` is part of a text of UTF-8, right after one ASCII character and right before another, so
        // that it parts no character.
        Some(unsafe { std::str::from_utf8_unchecked(inside) })
    }

    /// The place of a mark. A well-formed text does not run out of them.
    #[inline]
    fn mark(&self, index: usize) -> Result<usize, Malformed> {
        self.marks
            .get(index)
            .map(|&place| place as usize)
            .ok_or(Malformed)
    }

    #[inline]
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Passes over space and shows the next byte.
    #[inline]
    fn after_space(&mut self) -> Option<u8> {
        let byte = self.byte(self.at)?;
        // Between machines there is no space, and no other byte that low stands outside strings.
        if byte > b' ' {
            Some(byte)
        } else {
            self.pass_space()
        }
    }

    #[cold]
    fn pass_space(&mut self) -> Option<u8> {
        while let Some(byte) = self.byte(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests;
