//! Escapes in strings: which there are, and what they mean.

use bumpalo::Bump;
use bumpalo::collections::String;

/// Whether the backslash at `at` starts an escape that exists.
pub(super) fn is_whole(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => true,
        Some(b'u') => bytes
            .get(at + 2..at + 6)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
        _ => false,
    }
}

/// Decodes the inside of a string whose escapes are whole. `escapes` are their places, counted from `start` bytes
/// before it.
///
/// RFC 8259 section 8.2 leaves open what half a surrogate pair means. It becomes U+FFFD, as everywhere on the web, so
/// that one odd title does not cost the request.
pub(super) fn decode<'a>(inside: &str, start: usize, escapes: &[u32], arena: &'a Bump) -> &'a str {
    let mut decoded = String::with_capacity_in(inside.len(), arena);
    let mut at = 0;
    for &escape in escapes {
        let escape = escape as usize - start;
        // The second half of a pair has been taken with the first.
        if escape < at {
            continue;
        }
        decoded.push_str(&inside[at..escape]);
        let (character, taken) = unescape(&inside[escape..]);
        decoded.push(character);
        at = escape + taken;
    }
    decoded.push_str(&inside[at..]);
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
