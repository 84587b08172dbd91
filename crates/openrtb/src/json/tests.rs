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
