//! Damaged requests: never a panic, and always serde_json's judgement.

use bumpalo::Bump;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::corpus::check;
use crate::samples;

/// One way to damage a body. Places are fractions of its length, in 1/65536.
#[derive(Clone, Debug)]
enum Damage {
    /// Takes a part away.
    Cut(u16, u16),
    /// Changes bits of one byte.
    Flip(u16, u8),
    /// Puts something in.
    Insert(u16, &'static str),
    /// Says a part twice.
    Repeat(u16, u16),
    /// Puts a part into brackets, so many times.
    Nest(u16, u16, u8),
    /// Puts something in the place of a whole value.
    Replace(u16, &'static str),
    /// Ends early.
    Truncate(u16),
}

/// What JSON is made of, and what it must not be made of.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "\\ud83d",
    "\\u0000",
    "\\x",
    "null",
    "true",
    "false",
    "nul",
    "0",
    "-",
    "01",
    "1.",
    "1e",
    "1e999",
    "-0.0",
    "300.0",
    "1E+2",
    "NaN",
    "\"\"",
    "\"1\"",
    "\" 7 \"",
    "[]",
    "{}",
    "[[]]",
    "\"ext\":{}",
    "\"id\":\"x\",",
    "\"imp\":[],",
    " ",
    "\n",
    "\t",
    "\u{0}",
    "\u{1f}",
    "\u{7f}",
    "é",
    "😀",
    "\u{feff}",
    "//",
    "/* */",
    "'",
    "{\"native\":",
    "\"{\\\"assets\\\":[{}]}\"",
    "99999999999999999999",
    "1e-9",
    "[1,\"2\",null]",
];

fn damage() -> impl Strategy<Value = Damage> {
    let piece = || prop::sample::select(PIECES);
    prop_oneof![
        (any::<u16>(), 0u16..600).prop_map(|(at, len)| Damage::Cut(at, len)),
        (any::<u16>(), 1u8..).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        (any::<u16>(), piece()).prop_map(|(at, piece)| Damage::Insert(at, piece)),
        (any::<u16>(), 0u16..2000).prop_map(|(at, len)| Damage::Repeat(at, len)),
        (any::<u16>(), 0u16..2000, 1u8..80)
            .prop_map(|(at, len, times)| Damage::Nest(at, len, times)),
        (any::<u16>(), piece()).prop_map(|(at, piece)| Damage::Replace(at, piece)),
        (any::<u16>(), piece()).prop_map(|(at, piece)| Damage::Replace(at, piece)),
        any::<u16>().prop_map(Damage::Truncate),
    ]
}

fn apply(body: &mut Vec<u8>, damage: &Damage) {
    let place = |at: u16| (usize::from(at) * (body.len() + 1)) >> 16;
    // A length is in 1/65536 of the body too, so that small bodies get small cuts.
    let part = |at: u16, len: u16| {
        let start = place(at);
        start..(start + place(len)).min(body.len())
    };
    match *damage {
        Damage::Cut(at, len) => drop(body.drain(part(at, len))),
        Damage::Flip(at, bits) => {
            let at = place(at);
            if let Some(byte) = body.get_mut(at) {
                *byte ^= bits;
            }
        }
        Damage::Insert(at, piece) => drop(body.splice(place(at)..place(at), piece.bytes())),
        Damage::Repeat(at, len) => {
            let part = part(at, len);
            let copy = body[part.clone()].to_vec();
            drop(body.splice(part.start..part.start, copy));
        }
        Damage::Nest(at, len, times) => {
            let part = part(at, len);
            let inside = body[part.clone()].to_vec();
            let times = usize::from(times);
            let nested = [b"[".repeat(times), inside, b"]".repeat(times)].concat();
            drop(body.splice(part, nested));
        }
        Damage::Replace(at, piece) => {
            let part = value_after(body, place(at));
            drop(body.splice(part, piece.bytes()));
        }
        Damage::Truncate(at) => body.truncate(place(at)),
    }
}

/// The scalar after the first colon from `at` on, roughly.
fn value_after(body: &[u8], at: usize) -> std::ops::Range<usize> {
    let colon = body[at..]
        .iter()
        .position(|&byte| byte == b':')
        .map_or(at, |offset| at + offset + 1);
    let len = body[colon..]
        .iter()
        .position(|byte| b",}]".contains(byte))
        .unwrap_or(0);
    colon..colon + len
}

fn cases() -> u32 {
    let long = std::env::var_os("OUTBID_SOAK").is_some_and(|soak| soak == "1");
    if long { 400_000 } else { 20_000 }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_damaged_request_is_judged_and_read_as_by_serde_json(
        sample in prop::sample::select(samples::NAMES),
        damages in prop::collection::vec(damage(), 1..5),
    ) {
        let mut body = samples::body(sample);
        for damage in &damages {
            apply(&mut body, damage);
        }
        check(&body, &Bump::new());
    }

    #[test]
    fn bytes_at_random_are_judged_as_by_serde_json(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24),
    ) {
        check(pieces.concat().as_bytes(), &Bump::new());
        let object = format!("{{\"site\":{{\"cat\":[{}]}}}}", pieces.concat());
        check(object.as_bytes(), &Bump::new());
    }
}

#[test]
fn a_request_cut_anywhere_is_malformed() {
    for sample in ["untidy", "native-app"] {
        let body = samples::body(sample);
        let whole = body.trim_ascii_end().len();
        for len in 0..whole {
            assert!(!check(&body[..len], &Bump::new()), "{sample} cut at {len}");
        }
    }
}
