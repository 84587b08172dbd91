//! Pulls JSON apart, one value at a time: grammar, UTF-8 and depth, and nothing of OpenRTB.
//!
//! Everything is checked against RFC 8259, also what is skipped, so that "malformed" does not depend on which fields
//! this crate happens to read. What a value means to a field is decided in [`crate::lenient`]; which key belongs to
//! which field, in the tables beside the types.

mod string;

use bumpalo::Bump;

use crate::decimal;

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
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    arena: &'a Bump,
}

impl<'a> Reader<'a> {
    /// Starts at the front of `body`, which must be UTF-8 throughout.
    pub(crate) fn new(body: &'a [u8], arena: &'a Bump) -> Result<Self, ParseError> {
        let text = std::str::from_utf8(body).map_err(|error| ParseError {
            offset: error.valid_up_to(),
            expected: "UTF-8",
        })?;
        Ok(Self::of_text(text, arena))
    }

    /// Starts at the front of a text that was inside another one.
    pub(crate) fn of_text(text: &'a str, arena: &'a Bump) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            arena,
        }
    }

    /// Where decoded strings and lists live.
    pub(crate) fn arena(&self) -> &'a Bump {
        self.arena
    }

    /// Makes sure that only space is left.
    pub(crate) fn end(&mut self) -> Result<(), ParseError> {
        match self.after_space() {
            None => Ok(()),
            Some(_) => self.fail("the end of the text"),
        }
    }

    /// Tells what the next value is and takes nothing of it.
    pub(crate) fn peek(&mut self) -> Result<Kind, ParseError> {
        match self.after_space() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't') => Ok(Kind::True),
            Some(b'f') => Ok(Kind::False),
            Some(b'n') => Ok(Kind::Null),
            _ => self.fail("a value"),
        }
    }

    /// Reads an object. `member` gets each key and must read its value.
    pub(crate) fn object(
        &mut self,
        member: impl FnMut(&mut Self, &'a str) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        self.members(Self::string, member)
    }

    /// Reads an array. `element` must read one value each time.
    pub(crate) fn array(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        self.enter(b'[', "an array")?;
        if self.after_space() == Some(b']') {
            return self.leave();
        }
        loop {
            element(self)?;
            match self.after_space() {
                Some(b',') => self.at += 1,
                Some(b']') => return self.leave(),
                _ => return self.fail("a comma or the end of the array"),
            }
        }
    }

    /// Reads a string: borrowed where it has no escapes, decoded into the arena where it has.
    pub(crate) fn string(&mut self) -> Result<&'a str, ParseError> {
        self.after_space();
        let (end, escaped) = string::end(self.text, self.at)?;
        let inside = &self.text[self.at + 1..end - 1];
        self.at = end;
        Ok(if escaped {
            string::decode(inside, self.arena)
        } else {
            inside
        })
    }

    /// Reads a number, as its text.
    pub(crate) fn number(&mut self) -> Result<&'a str, ParseError> {
        self.after_space();
        let start = self.at;
        match decimal::number_len(&self.text.as_bytes()[start..]) {
            Ok(len) => {
                self.at += len;
                Ok(&self.text[start..self.at])
            }
            Err(at) => {
                self.at += at;
                self.fail("a digit")
            }
        }
    }

    /// Reads any value and makes nothing of it.
    pub(crate) fn skip(&mut self) -> Result<(), ParseError> {
        match self.peek()? {
            Kind::Object => self.members(Self::skip_string, |value, ()| value.skip()),
            Kind::Array => self.array(Self::skip),
            Kind::String => self.skip_string(),
            Kind::Number => self.number().map(drop),
            Kind::True => self.word("true"),
            Kind::False => self.word("false"),
            Kind::Null => self.word("null"),
        }
    }

    /// Reads any value, as its text.
    pub(crate) fn raw(&mut self) -> Result<&'a str, ParseError> {
        self.after_space();
        let start = self.at;
        self.skip()?;
        Ok(&self.text[start..self.at])
    }

    /// Runs `read` and gives back the text that it took, from the first byte after space.
    pub(crate) fn spanned(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<(), ParseError>,
    ) -> Result<&'a str, ParseError> {
        self.after_space();
        let start = self.at;
        read(self)?;
        Ok(&self.text[start..self.at])
    }

    /// Reads an object whose keys are read by `key`.
    fn members<K>(
        &mut self,
        key: impl Fn(&mut Self) -> Result<K, ParseError>,
        mut member: impl FnMut(&mut Self, K) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        self.enter(b'{', "an object")?;
        if self.after_space() == Some(b'}') {
            return self.leave();
        }
        loop {
            if self.after_space() != Some(b'"') {
                return self.fail("a key");
            }
            let key = key(self)?;
            self.colon()?;
            member(self, key)?;
            match self.after_space() {
                Some(b',') => self.at += 1,
                Some(b'}') => return self.leave(),
                _ => return self.fail("a comma or the end of the object"),
            }
        }
    }

    fn skip_string(&mut self) -> Result<(), ParseError> {
        (self.at, _) = string::end(self.text, self.at)?;
        Ok(())
    }

    fn word(&mut self, word: &'static str) -> Result<(), ParseError> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return self.fail("true, false or null");
        }
        self.at += word.len();
        Ok(())
    }

    fn colon(&mut self) -> Result<(), ParseError> {
        if self.after_space() != Some(b':') {
            return self.fail("a colon");
        }
        self.at += 1;
        Ok(())
    }

    fn enter(&mut self, opening: u8, expected: &'static str) -> Result<(), ParseError> {
        if self.after_space() != Some(opening) {
            return self.fail(expected);
        }
        if self.depth == MAX_DEPTH {
            return self.fail("no more than 64 levels");
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Takes the closing bracket that was just seen.
    fn leave(&mut self) -> Result<(), ParseError> {
        self.depth -= 1;
        self.at += 1;
        Ok(())
    }

    /// Passes over space and shows the next byte.
    #[inline]
    fn after_space(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    fn fail<T>(&self, expected: &'static str) -> Result<T, ParseError> {
        Err(ParseError {
            offset: self.at,
            expected,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validate(text: &[u8]) -> Result<(), ParseError> {
        let arena = Bump::new();
        let mut reader = Reader::new(text, &arena)?;
        reader.skip()?;
        reader.end()
    }

    #[test]
    fn well_formed_values_are_taken_whole() {
        for text in [
            "null",
            " true ",
            "false\n",
            "0",
            "-0.0e-0",
            "[]",
            "{}",
            "[ ]",
            "{ }",
            "[1, [2, {}]]",
            "\"\"",
            r#"{"a":1,"a":2}"#,
            r#"{"":{"":[]}}"#,
            r#""\"\\\/\b\f\n\r\t\u00e9""#,
            "\"\u{2028}\u{7f}é😀\"",
            r#""\ud800""#,
            "1e999999",
            "\t\r\n [ 1 ,\t2 ]\r\n",
        ] {
            assert_eq!(validate(text.as_bytes()), Ok(()), "{text}");
        }
    }

    #[test]
    fn malformed_text_names_the_place_and_what_was_expected() {
        let check = |text: &str, offset, expected| {
            assert_eq!(
                validate(text.as_bytes()),
                Err(ParseError { offset, expected }),
                "{text}"
            );
        };
        check("", 0, "a value");
        check("  ", 2, "a value");
        check("[1,]", 3, "a value");
        check("[1 2]", 3, "a comma or the end of the array");
        check("[1", 2, "a comma or the end of the array");
        check("[", 1, "a value");
        check(r#"{"a":1,}"#, 7, "a key");
        check("{a:1}", 1, "a key");
        check("{'a':1}", 1, "a key");
        check(r#"{"a" 1}"#, 5, "a colon");
        check(r#"{"a":}"#, 5, "a value");
        check(r#"{"a":1 "b":2}"#, 7, "a comma or the end of the object");
        check("nul", 0, "true, false or null");
        check("nullx", 4, "the end of the text");
        check("1 1", 2, "the end of the text");
        check("01", 1, "the end of the text");
        check("-", 1, "a digit");
        check("1.x", 2, "a digit");
        check("1e+", 3, "a digit");
        check("+1", 0, "a value");
        check("\u{feff}{}", 0, "a value");
        check(r#""abc"#, 4, "the end of the string");
        check("\"a\nb\"", 2, "no control character");
        check(r#""\x""#, 2, "an escape");
        check(r#""\u12g4""#, 5, "a hexadecimal digit");
        check(r#""\u12"#, 5, "a hexadecimal digit");
        check("\"\\", 2, "an escape");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_malformed() {
        let check = |text: &[u8], offset| {
            let expected = "UTF-8";
            assert_eq!(validate(text), Err(ParseError { offset, expected }));
        };
        check(b"\"\xff\"", 1);
        check(b"\"\xc3\"", 1);
        check(b"[\"\xed\xa0\x80\"]", 2);
        check(b"{}\xfe", 2);
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        let nested = |depth| [b"[".repeat(depth), b"]".repeat(depth)].concat();
        assert_eq!(validate(&nested(MAX_DEPTH)), Ok(()));
        let expected = "no more than 64 levels";
        let offset = MAX_DEPTH;
        assert_eq!(
            validate(&nested(MAX_DEPTH + 1)),
            Err(ParseError { offset, expected })
        );
        let objects = br#"{"a":"#.repeat(100_000);
        assert_eq!(
            validate(&objects).map_err(|error| error.expected),
            Err(expected)
        );
    }

    #[test]
    fn strings_borrow_until_an_escape_makes_them_decode() {
        let arena = Bump::new();
        let check = |text: &'static str, expect: &str, borrowed: bool| {
            let mut reader = Reader::of_text(text, &arena);
            let string = reader.string().unwrap();
            assert_eq!(string, expect, "{text}");
            let range = text.as_bytes().as_ptr_range();
            assert_eq!(range.contains(&string.as_ptr()), borrowed, "{text}");
            reader.end().unwrap();
        };
        check(r#""plain é 😀""#, "plain é 😀", true);
        check(r#""a\"b\\c\/d""#, "a\"b\\c/d", false);
        check(r#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t", false);
        check(r#""\u00e9\u20AC\u0000""#, "é€\0", false);
        check(r#""x\ud83d\ude00y""#, "x😀y", false);
        check(r#""\ud83d""#, "\u{fffd}", false);
        check(r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}", false);
        check(r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀", false);
        check(r#""\ud83dx\ude00""#, "\u{fffd}x\u{fffd}", false);
        check(r#""\ud83d\n""#, "\u{fffd}\n", false);
        check(r#""é\u002F\\u0041""#, "é/\\u0041", false);
    }
}
