//! Strings: where they end, and what their escapes mean.

use bumpalo::Bump;
use bumpalo::collections::String;

use super::ParseError;

/// Where the string that starts at `start` ends (after its closing quote), and whether it has escapes.
pub(super) fn end(text: &str, start: usize) -> Result<(usize, bool), ParseError> {
    let bytes = text.as_bytes();
    let fail = |offset, expected| Err(ParseError { offset, expected });
    let mut at = start + 1;
    let mut escaped = false;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = escape_end(bytes, at)?;
            }
            Some(0..=0x1f) => return fail(at, "no control character"),
            Some(_) => at += 1,
            None => return fail(at, "the end of the string"),
        }
    }
}

/// Where the escape that starts at `start` (with its backslash) ends.
fn escape_end(bytes: &[u8], start: usize) -> Result<usize, ParseError> {
    let fail = |offset, expected| Err(ParseError { offset, expected });
    match bytes.get(start + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(start + 2),
        Some(b'u') => {
            for at in start + 2..start + 6 {
                if !bytes.get(at).is_some_and(u8::is_ascii_hexdigit) {
                    return fail(at, "a hexadecimal digit");
                }
            }
            Ok(start + 6)
        }
        _ => fail(start + 1, "an escape"),
    }
}

/// Decodes the inside of a string that [`end`] has found to be well formed.
///
/// RFC 8259 section 8.2 leaves open what half a surrogate pair means. It becomes U+FFFD, as everywhere on the web, so
/// that one odd title does not cost the request.
pub(super) fn decode<'a>(inside: &str, arena: &'a Bump) -> &'a str {
    let mut decoded = String::with_capacity_in(inside.len(), arena);
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        decoded.push_str(&rest[..at]);
        let (character, taken) = unescape(&rest[at..]);
        decoded.push(character);
        rest = &rest[at + taken..];
    }
    decoded.push_str(rest);
    decoded.into_bump_str()
}

/// The character that the escape at the front of `text` means, and how many bytes the escape has.
fn unescape(text: &str) -> (char, usize) {
    match text.as_bytes().get(1) {
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'u') => unescape_unicode(text),
        Some(&byte) => (char::from(byte), 2),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

fn unescape_unicode(text: &str) -> (char, usize) {
    let Some(first) = code_unit(text) else {
        return (char::REPLACEMENT_CHARACTER, text.len());
    };
    if let Some(character) = char::from_u32(first) {
        return (character, 6);
    }
    let second = code_unit(&text[6..]);
    match (first, second) {
        (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) => {
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            (
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                12,
            )
        }
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}

/// The number in `\uXXXX` at the front of `text`.
fn code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}
