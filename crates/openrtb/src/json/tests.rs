//! The reader by itself. What it refuses is in the tables of `fault`, and in the tests against serde_json.

use super::*;

fn validate(text: &[u8]) -> Result<(), Malformed> {
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
fn nesting_ends_at_the_limit() {
    let nested = |depth| [b"[".repeat(depth), b"]".repeat(depth)].concat();
    assert_eq!(validate(&nested(MAX_DEPTH)), Ok(()));
    assert_eq!(validate(&nested(MAX_DEPTH + 1)), Err(Malformed));
    let objects = br#"{"a":"#.repeat(100_000);
    assert_eq!(validate(&objects), Err(Malformed));
}

#[test]
fn strings_borrow_until_an_escape_makes_them_decode() {
    let arena = Bump::new();
    let check = |text: &'static str, expect: &str, borrowed: bool| {
        let mut reader = Reader::of_text(text, &arena).unwrap();
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

/// Reads every value by the doors that fields use, where `skip` passes over all at once.
fn read_all(value: &mut Reader<'_>) -> Result<(), Malformed> {
    match value.peek()? {
        Kind::Object => value.object(|value, _| read_all(value)),
        Kind::Array => value.array(read_all),
        Kind::String => value.string().map(drop),
        Kind::Number => value.number().map(drop),
        _ => value.skip(),
    }
}

#[test]
fn every_short_text_is_judged_as_by_serde_json() {
    const PIECES: [&str; 8] = ["[", "]", "{", "}", ",", ":", "\"\"", "1"];
    const LONGEST: u32 = 6;
    let mut arena = Bump::new();
    let mut well_formed = 0;
    for code in 0..8usize.pow(LONGEST + 1) {
        // Digits to the base of eight, after a leading one that tells how many there are.
        let Some(len) = code.checked_ilog2().map(|bits| bits / 3) else {
            continue;
        };
        if code >> (3 * len) != 1 {
            continue;
        }
        let text: String = (0..len).map(|nth| PIECES[code >> (3 * nth) & 7]).collect();
        let expect = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
        let skipped = Reader::new(text.as_bytes(), &arena);
        let skipped = skipped.and_then(|mut reader| reader.skip().and_then(|()| reader.end()));
        assert_eq!(skipped.is_ok(), expect, "skipped: {text}");
        let read = Reader::new(text.as_bytes(), &arena);
        let read = read.and_then(|mut reader| read_all(&mut reader).and_then(|()| reader.end()));
        assert_eq!(read.is_ok(), expect, "read: {text}");
        well_formed += usize::from(expect);
        arena.reset();
    }
    assert!(well_formed > 40, "{well_formed}");
}
