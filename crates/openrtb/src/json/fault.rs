//! Says where a text is malformed, and why: the grammar of RFC 8259 once more, a byte at a time.
//!
//! [`super::Reader`] only says that a text is malformed, which lets it look at a text in any order and carry no
//! reasons around. This is run when it has said so, and finds the first fault in the order of the text.

use super::{MAX_DEPTH, ParseError};
use crate::decimal;

/// The first fault of `body`, which should be one JSON object and is not.
pub(super) fn first(body: &[u8]) -> ParseError {
    if body.len() > super::structure::MAX_LEN {
        return ParseError {
            offset: super::structure::MAX_LEN,
            expected: "the end of the text",
        };
    }
    let fault = match std::str::from_utf8(body) {
        Err(error) => Err(ParseError {
            offset: error.valid_up_to(),
            expected: "UTF-8",
        }),
        Ok(_) => document(body),
    };
    // Both say by the same grammar what is well formed, so that there is a fault; tests and fuzzing hold them together.
    debug_assert!(fault.is_err(), "no fault in {body:?}");
    fault.err().unwrap_or(ParseError {
        offset: 0,
        expected: "JSON",
    })
}

fn document(body: &[u8]) -> Result<(), ParseError> {
    let mut text = Text {
        bytes: body,
        at: 0,
        depth: 0,
    };
    if text.after_space() != Some(b'{') {
        return text.fail("an object");
    }
    text.value()?;
    match text.after_space() {
        None => Ok(()),
        Some(_) => text.fail("the end of the text"),
    }
}

struct Text<'t> {
    bytes: &'t [u8],
    at: usize,
    depth: usize,
}

impl Text<'_> {
    fn value(&mut self) -> Result<(), ParseError> {
        match self.after_space() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => self.fail("a value"),
        }
    }

    fn object(&mut self) -> Result<(), ParseError> {
        self.enter()?;
        if self.after_space() == Some(b'}') {
            return self.leave();
        }
        loop {
            if self.after_space() != Some(b'"') {
                return self.fail("a key");
            }
            self.string()?;
            if self.after_space() != Some(b':') {
                return self.fail("a colon");
            }
            self.at += 1;
            self.value()?;
            match self.after_space() {
                Some(b',') => self.at += 1,
                Some(b'}') => return self.leave(),
                _ => return self.fail("a comma or the end of the object"),
            }
        }
    }

    fn array(&mut self) -> Result<(), ParseError> {
        self.enter()?;
        if self.after_space() == Some(b']') {
            return self.leave();
        }
        loop {
            self.value()?;
            match self.after_space() {
                Some(b',') => self.at += 1,
                Some(b']') => return self.leave(),
                _ => return self.fail("a comma or the end of the array"),
            }
        }
    }

    fn string(&mut self) -> Result<(), ParseError> {
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(0..=0x1f) => return self.fail("no control character"),
                Some(_) => self.at += 1,
                None => return self.fail("the end of the string"),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self) -> Result<(), ParseError> {
        self.at += 1;
        let digits = match self.bytes.get(self.at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 0,
            Some(b'u') => 4,
            _ => return self.fail("an escape"),
        };
        self.at += 1;
        for _ in 0..digits {
            if !self.bytes.get(self.at).is_some_and(u8::is_ascii_hexdigit) {
                return self.fail("a hexadecimal digit");
            }
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), ParseError> {
        match decimal::number_len(&self.bytes[self.at..]) {
            Ok(len) => {
                self.at += len;
                Ok(())
            }
            Err(at) => {
                self.at += at;
                self.fail("a digit")
            }
        }
    }

    fn word(&mut self, word: &'static str) -> Result<(), ParseError> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self.fail("true, false or null");
        }
        self.at += word.len();
        Ok(())
    }

    fn enter(&mut self) -> Result<(), ParseError> {
        if self.depth == MAX_DEPTH {
            return self.fail("no more than 64 levels");
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    fn leave(&mut self) -> Result<(), ParseError> {
        self.depth -= 1;
        self.at += 1;
        Ok(())
    }

    /// Passes over space and shows the next byte.
    fn after_space(&mut self) -> Option<u8> {
        while let Some(&byte) = self.bytes.get(self.at) {
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

    #[test]
    fn malformed_text_names_the_place_and_what_was_expected() {
        let check = |text: &[u8], offset, expected| {
            let shown = String::from_utf8_lossy(text);
            assert_eq!(first(text), ParseError { offset, expected }, "{shown}");
        };
        check(b"", 0, "an object");
        check(b"  ", 2, "an object");
        check(b" [{}]", 1, "an object");
        check(b"\xef\xbb\xbf{}", 0, "an object");
        check(br#"{"a":1,}"#, 7, "a key");
        check(b"{a:1}", 1, "a key");
        check(b"{'a':1}", 1, "a key");
        check(br#"{"a" 1}"#, 5, "a colon");
        check(br#"{"a":}"#, 5, "a value");
        check(br#"{"a":1 "b":2}"#, 7, "a comma or the end of the object");
        check(br#"{"a":1"#, 6, "a comma or the end of the object");
        check(b"{} 1", 3, "the end of the text");
        check(br#"{"abc"#, 5, "the end of the string");
        // The rest stands in a list that is the value of a key.
        let check = |inside: &[u8], offset: usize, expected| {
            check(&[br#"{"":["#, inside].concat(), 5 + offset, expected);
        };
        check(b"1,]}", 2, "a value");
        check(b"1 2]}", 2, "a comma or the end of the array");
        check(b"1", 1, "a comma or the end of the array");
        check(b"", 0, "a value");
        check(b"nul]}", 0, "true, false or null");
        check(b"nullx]}", 4, "a comma or the end of the array");
        check(b"01]}", 1, "a comma or the end of the array");
        check(b"-]}", 1, "a digit");
        check(b"1.x]}", 2, "a digit");
        check(b"1e+]}", 3, "a digit");
        check(b"+1]}", 0, "a value");
        check(b"\"abc", 4, "the end of the string");
        check(b"\"a\nb\"", 2, "no control character");
        check(br#""\x""#, 2, "an escape");
        check(br#""\u12g4""#, 5, "a hexadecimal digit");
        check(br#""\u12"#, 5, "a hexadecimal digit");
        check(b"\"\\", 2, "an escape");
        check(b"\"\xff\"", 1, "UTF-8");
        check(b"\"\xc3\"", 1, "UTF-8");
        check(b"\"\xed\xa0\x80\"]", 1, "UTF-8");
        check(b"]}\xfe", 2, "UTF-8");
        check(
            &b"[".repeat(100_000),
            MAX_DEPTH - 2,
            "no more than 64 levels",
        );
    }
}
