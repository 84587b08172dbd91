//! Puts text into strings: what must be escaped is found many bytes at a time, and the rest is copied.

#[cfg(target_arch = "x86_64")]
mod x86;

/// Appends the inside of a string. Only what RFC 8259 section 7 requires is escaped.
pub(super) fn append(text: &str, out: &mut Vec<u8>) {
    // Most texts need few escapes, so that there is mostly one growth and often none.
    out.reserve(text.len() + text.len() / 8 + MARGIN);
    let text = text.as_bytes();
    #[cfg(target_arch = "x86_64")]
    let text = x86::append_blocks(text, out);
    append_plainly(text, out);
}

/// As [`append`].
#[expect(
    unsafe_code,
    reason = "a text is appended to as bytes, as which it is escaped"
)]
pub(super) fn append_to_text(text: &str, out: &mut String) {
    // SAFETY: what is appended is `text`, which is UTF-8, with ASCII in the place of some of its ASCII.
    append(text, unsafe { out.as_mut_vec() });
}

/// What is written at once may go past the end by less than this.
const MARGIN: usize = 64;

/// How many bytes are looked at together.
const WORD: usize = size_of::<u64>();

/// Appends a word at a time: what is shorter than a vector, and all on machines that nothing better is known for.
fn append_plainly(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(word) = rest.first_chunk::<WORD>() {
        let before = out.len();
        out.extend_from_slice(word);
        let plain = (first_special(u64::from_le_bytes(*word)) / 8) as usize;
        if plain == WORD {
            rest = &rest[WORD..];
        } else {
            out.truncate(before + plain);
            escape(word[plain], out);
            rest = &rest[plain + 1..];
        }
    }
    append_bytewise(rest, out);
}

fn append_bytewise(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        if byte < 0x20 || matches!(byte, b'"' | b'\\') {
            escape(byte, out);
        } else {
            out.push(byte);
        }
    }
}

/// The lowest bit of a word that belongs to a byte that must be escaped, or [`u64::BITS`], rounded down to bytes by 8.
fn first_special(word: u64) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The top bit of each byte that is less than `limit`, up to the first such; bytes beyond ASCII never are.
    let less = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & (ONES * 0x80);
    let quotes = less(word ^ (ONES * u64::from(b'"')), 1);
    let backslashes = less(word ^ (ONES * u64::from(b'\\')), 1);
    (less(word, 0x20) | quotes | backslashes).trailing_zeros()
}

/// As [`append`], for text in an arena: a word at a time. Such text is markup, which is escaped again as a whole.
pub(super) fn append_in_arena(text: &str, out: &mut bumpalo::collections::String<'_>) {
    let mut rest = text;
    while let Some(at) = position(rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let (bytes, length) = escaped(rest.as_bytes()[at]);
        bytes[..length]
            .iter()
            .for_each(|byte| out.push(char::from(*byte)));
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// Where the first byte stands that must be escaped.
fn position(text: &[u8]) -> Option<usize> {
    let (words, tail) = text.as_chunks::<WORD>();
    for (number, word) in words.iter().enumerate() {
        let plain = (first_special(u64::from_le_bytes(*word)) / 8) as usize;
        if plain < WORD {
            return Some(number * WORD + plain);
        }
    }
    let is_special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    let within = tail.iter().position(is_special)?;
    Some(words.len() * WORD + within)
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    let (bytes, length) = escaped(byte);
    out.extend_from_slice(&bytes[..length]);
}

/// What stands for a byte that must be escaped, and how many bytes that is.
fn escaped(byte: u8) -> ([u8; 6], usize) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
            return (
                [b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)],
                6,
            );
        }
    };
    ([b'\\', short, 0, 0, 0, 0], 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str) {
        let mut expect = b"kept".to_vec();
        append_bytewise(text.as_bytes(), &mut expect);
        let inside = std::str::from_utf8(&expect[4..]).unwrap();
        assert_eq!(
            serde_json::from_str::<String>(&format!("\"{inside}\"")).unwrap(),
            text
        );

        let mut plain = b"kept".to_vec();
        append_plainly(text.as_bytes(), &mut plain);
        assert_eq!(plain, expect, "plain: {text}");
        let mut by_best = b"kept".to_vec();
        append(text, &mut by_best);
        assert_eq!(by_best, expect, "best: {text}");
        #[cfg(target_arch = "x86_64")]
        {
            let mut by_short = b"kept".to_vec();
            let rest = x86::append_short_blocks(text.as_bytes(), &mut by_short);
            append_plainly(rest, &mut by_short);
            assert_eq!(by_short, expect, "short: {text}");
        }
        let mut into_text = "kept".to_owned();
        append_to_text(text, &mut into_text);
        assert_eq!(into_text.as_bytes(), expect);
        let arena = bumpalo::Bump::new();
        let mut in_arena = bumpalo::collections::String::from_str_in("kept", &arena);
        append_in_arena(text, &mut in_arena);
        assert_eq!(in_arena.as_bytes(), expect);
    }

    #[test]
    fn each_byte_is_escaped_or_not_wherever_it_stands() {
        for special in (0..=0x7f).map(char::from).chain(['é', '\u{2028}', '😀']) {
            for before in 0..70 {
                let special = special.to_string();
                check(&format!(
                    "{}{special}{}",
                    "x".repeat(before),
                    "y".repeat(70)
                ));
                check(&format!("{}{special}", "x".repeat(before)));
            }
        }
        check(&"\"".repeat(300));
        check(&"\u{1}".repeat(300));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

        #[test]
        fn all_ways_escape_the_same(text in "[a-z\"\\\\\\n<>=é😀\\x00-\\x22\u{7f}-\u{a0}]{0,300}") {
            check(&text);
        }

        #[test]
        fn markup_comes_back(text in "(<a href=\"x\">\\n?|y{0,90}){0,30}") {
            check(&text);
        }
    }
}
