//! Texts of a request in one form, so that they can be compared.

use bumpalo::Bump;
use bumpalo::collections::String as BumpString;

/// "en" of "en-US".
pub(crate) fn primary_subtag(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or(language)
}

/// The text in lower case; the text itself where it is so already.
pub(super) fn lower<'a>(text: &'a str, arena: &'a Bump) -> &'a str {
    if is_lower_ascii(text) {
        return text;
    }
    let changes = |c: char| c.is_uppercase();
    if text.is_ascii() {
        let copy = arena.alloc_str(text);
        copy.make_ascii_lowercase();
        return copy;
    }
    if !text.chars().any(changes) {
        return text;
    }
    let mut copy = BumpString::with_capacity_in(text.len(), arena);
    text.chars()
        .flat_map(char::to_lowercase)
        .for_each(|c| copy.push(c));
    copy.into_bump_str()
}

/// Whether the text is of ASCII alone and has no upper case: eight bytes at a time, since nearly all texts are so.
fn is_lower_ascii(text: &str) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The top bit of each byte that is a capital or beyond ASCII.
    let others = |word: u64| {
        let low = word & (ONES * 0x7f);
        let (from_a, past_z) = (low + ONES * (0x80 - 0x41), low + ONES * (0x80 - 0x5b));
        (from_a & !past_z | word) & (ONES * 0x80)
    };
    let (words, tail) = text.as_bytes().as_chunks();
    let found = words
        .iter()
        .fold(0, |found, word| found | others(u64::from_le_bytes(*word)));
    let plain = |byte: &u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    found == 0 && tail.iter().all(plain)
}

/// The text in upper case, as far as it is ASCII; the text itself where it is so already.
pub(super) fn upper<'a>(text: &'a str, arena: &'a Bump) -> &'a str {
    if !text.bytes().any(|b| b.is_ascii_lowercase()) {
        return text;
    }
    let copy = arena.alloc_str(text);
    copy.make_ascii_uppercase();
    copy
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_byte_is_a_capital_or_not_wherever_it_stands() {
        for byte in (0..0x80_u8).map(char::from).chain(['é', 'É']) {
            for before in 0..20 {
                let text = format!("{}{byte}{}", "x".repeat(before), "y".repeat(9));
                let expect = byte.is_ascii() && !byte.is_ascii_uppercase();
                assert_eq!(is_lower_ascii(&text), expect, "{text}");
                let short = &text[..before + byte.len_utf8()];
                assert_eq!(is_lower_ascii(short), expect, "{short}");
            }
        }
    }

    proptest! {
        #[test]
        fn lower_case_is_what_the_library_makes(text in "[a-zA-Z0-9.éÉß-]{0,30}") {
            let arena = Bump::new();
            prop_assert_eq!(lower(&text, &arena), text.to_lowercase());
        }
    }
}
