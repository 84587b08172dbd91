//! Each way of scanning finds the same, and what a byte-by-byte reading finds.

use proptest::prelude::*;

use super::*;

/// The marks, whether a string is open at the end, whether one holds a control character, and whether all is ASCII.
type Found = (std::vec::Vec<u32>, bool, bool, bool);

fn found(marks: &[u32], end: &Carried) -> Found {
    let well = (end.inside != 0, end.forbidden != 0);
    (marks.to_vec(), well.0, well.1, end.beyond_ascii == 0)
}

/// A byte at a time.
fn model(text: &[u8]) -> Found {
    let (mut marks, mut inside, mut escaped, mut forbidden) = (vec![], false, false, false);
    for (at, &byte) in text.iter().enumerate() {
        let mark = match byte {
            b'"' | b'\\' if escaped => false,
            b'"' => {
                inside = !inside;
                true
            }
            b'\\' => true,
            b'[' | b']' | b'{' | b'}' => !inside,
            _ => false,
        };
        escaped = byte == b'\\' && !escaped;
        forbidden |= inside && byte < 0x20;
        if mark {
            marks.push(at as u32);
        }
    }
    (marks, inside, forbidden, text.is_ascii())
}

#[track_caller]
fn check(text: &[u8]) {
    let expect = model(text);
    let arena = Bump::new();
    let marks = || Vec::with_capacity_in(text.len() + BLOCK, &arena);
    let mut plain = marks();
    let end = scan_plainly(text, &mut plain);
    let shown = String::from_utf8_lossy(text);
    assert_eq!(found(&plain, &end), expect, "plain: {shown}");
    #[cfg(target_arch = "x86_64")]
    for (name, scan) in x86::WAYS {
        let mut by_vectors = marks();
        match scan(text, &mut by_vectors) {
            Some(end) => assert_eq!(found(&by_vectors, &end), expect, "{name}: {shown}"),
            None => eprintln!("{name} is not to be had here"),
        }
    }
}

#[test]
fn blocks_join_wherever_they_part() {
    let pieces: [&[u8]; 8] = [
        br#"{"a":["b","c\"d\\"]}"#,
        br#""\\\\\\\"\\""#,
        br#""unended"#,
        br#""\"#,
        b"\"\n\"\n",
        "\"é\"".as_bytes(),
        &[b'"'; 200],
        &[b'\\'; 201],
    ];
    for piece in pieces {
        for before in 0..=2 * BLOCK {
            for after in [0, 1, 63, 64] {
                check(&[&b" ".repeat(before), piece, &b"x".repeat(after)].concat());
            }
        }
    }
}

fn cases() -> u32 {
    let long = std::env::var_os("OUTBID_SOAK").is_some_and(|soak| soak == "1");
    if long { 500_000 } else { 5_000 }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn all_ways_of_scanning_find_the_same(
        text in prop::collection::vec(
            prop::sample::select(&b"\"\"\"\\\\\\[]{}{}:, azAZ09\x7f\x00\x1f\n\x5b\x1b\xc3\xa9\xdb\xfb\xff\x02\x22"[..]),
            0..400,
        ),
    ) {
        check(&text);
    }

    #[test]
    fn all_ways_of_scanning_find_the_same_in_any_bytes(text in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&text);
    }
}
