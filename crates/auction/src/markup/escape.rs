//! Text escaped for the place where it stands, straight into the bid. What the libraries that wrote the sheets would
//! do, to the letter (the tests hold it against them), yet without a string of its own for each.

use bumpalo::collections::String as Text;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Appends text for an attribute, or between the tags, of HTML. `/` stays as it is: a browser reads `&#x2f;` well, but
/// exchanges that scan markup for the addresses in it do not.
pub(super) fn html(text: &str, out: &mut Text<'_>) {
    let special = |byte| is_markup(byte) | (byte == b'\r');
    escaped(text, out, special, |rest, out| {
        out.push_str(entity(rest.as_bytes()[0]));
        1
    });
}

/// Appends text for the inside of a string literal of a script. `<`, `>`, `&` and both quotes are written as numbers,
/// so it ends neither the literal nor the script, nor an attribute in which the script stands.
pub(super) fn script(text: &str, out: &mut Text<'_>) {
    let special = |byte| is_markup(byte) | (byte < 0x20) | (byte == b'\\');
    escaped(text, out, special, |rest, out| {
        match rest.as_bytes()[0] {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x08 => out.push_str("\\b"),
            0x0C => out.push_str("\\f"),
            byte => {
                out.push_str("\\u");
                crate::digits::hexadecimal::<4>(u64::from(byte), out);
            }
        }
        1
    });
}

/// Appends text for the value of a parameter in another address.
pub(super) fn url_part(text: &str, out: &mut Text<'_>) {
    for part in utf8_percent_encode(text, URL_PART) {
        out.push_str(part);
    }
}

/// All but the unreserved characters of RFC 3986.
const URL_PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Appends text between the tags of XML, less what XML cannot hold at all.
pub(super) fn xml_text(text: &str, out: &mut Text<'_>) {
    let special = |byte| is_markup(byte) | (byte == b'\r') | may_be_impossible(byte);
    escaped(text, out, special, |rest, out| {
        if rest.as_bytes()[0] == b'\r' {
            out.push_str("&#13;");
            return 1;
        }
        impossible(rest, out).unwrap_or_else(|| {
            out.push_str(entity(rest.as_bytes()[0]));
            1
        })
    });
}

/// Appends text for an attribute of XML.
pub(super) fn xml_attribute(text: &str, out: &mut Text<'_>) {
    let blank = |byte| (byte == b'\r') | (byte == b'\n') | (byte == b'\t');
    let special = |byte| is_markup(byte) | blank(byte);
    escaped(text, out, special, |rest, out| {
        out.push_str(entity(rest.as_bytes()[0]));
        1
    });
}

/// Appends text for the inside of a CDATA section, less what XML cannot hold at all. A `]]>` in it would end the
/// section, so it is split over two.
pub(super) fn cdata(text: &str, out: &mut Text<'_>) {
    let start = out.len();
    let special = |byte| (byte == b'>') | may_be_impossible(byte);
    escaped(text, out, special, |rest, out| {
        impossible(rest, out).unwrap_or_else(|| {
            if out[start..].ends_with("]]") {
                out.push_str("]]><![CDATA[");
            }
            out.push('>');
            1
        })
    });
}

/// Whether a byte is part of markup, or ends what markup quotes. Here and in all such questions no comparison is
/// skipped: of these a compiler makes a few instructions for sixteen bytes, of a `match` it does not.
fn is_markup(byte: u8) -> bool {
    (byte == b'<') | (byte == b'>') | (byte == b'&') | (byte == b'\'') | (byte == b'"')
}

/// Whether a byte may start what XML 1.0 cannot hold (production 2, `Char`): most controls, U+FFFE and U+FFFF.
fn may_be_impossible(byte: u8) -> bool {
    let held = (byte == b'\t') | (byte == b'\n') | (byte == b'\r');
    ((byte < 0x20) & !held) | (byte == 0xEF)
}

/// How much of the text to leave out, or, where it starts with what is only like it, appends that and says how much it
/// was. `None` where it starts with something else.
fn impossible(text: &str, out: &mut Text<'_>) -> Option<usize> {
    match text.as_bytes() {
        [0xEF, 0xBF, 0xBE | 0xBF, ..] => Some(3),
        [0xEF, ..] => {
            out.push_str(&text[..3]);
            Some(3)
        }
        [..0x20, ..] => Some(1),
        _ => None,
    }
}

fn entity(byte: u8) -> &'static str {
    match byte {
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'&' => "&amp;",
        b'\'' => "&apos;",
        b'"' => "&quot;",
        b'\r' => "&#13;",
        b'\n' => "&#10;",
        b'\t' => "&#9;",
        _ => "",
    }
}

/// Appends the text; where a special byte stands, `escape` gets the rest of the text and says how many bytes of it it
/// has dealt with. A special byte is ASCII, or the first of a character.
fn escaped<'a>(
    text: &str,
    out: &mut Text<'a>,
    special: impl Fn(u8) -> bool,
    escape: impl Fn(&str, &mut Text<'a>) -> usize,
) {
    let mut rest = text;
    while let Some(at) = first(rest.as_bytes(), &special) {
        let (plain, from) = rest.split_at(at);
        out.push_str(plain);
        rest = &from[escape(from, out)..];
    }
    out.push_str(rest);
}

/// Where the first special byte stands. Most texts have none, so it asks for sixteen bytes at once, which compilers
/// know how to do in a few instructions.
fn first(bytes: &[u8], special: impl Fn(u8) -> bool) -> Option<usize> {
    let (blocks, tail) = bytes.as_chunks::<16>();
    for (number, block) in blocks.iter().enumerate() {
        if block.iter().fold(false, |any, byte| any | special(*byte)) {
            let within = block.iter().position(|byte| special(*byte))?;
            return Some(number * 16 + within);
        }
    }
    let within = tail.iter().position(|byte| special(*byte))?;
    Some(blocks.len() * 16 + within)
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;
    use proptest::prelude::*;
    use quick_xml::escape::escape;
    use quick_xml::events::{BytesCData, BytesStart};

    use super::*;

    fn written(write: fn(&str, &mut Text<'_>), text: &str) -> String {
        let arena = Bump::new();
        let mut out = Text::new_in(&arena);
        // What stands before must play no part.
        out.push_str("]]");
        write(text, &mut out);
        out[2..].to_string()
    }

    /// Production 2 of XML 1.0, `Char`.
    fn possible(text: &str) -> String {
        let is_possible =
            |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
        text.chars().filter(is_possible).collect()
    }

    fn json(text: &str) -> String {
        let mut templates = minijinja::Environment::empty();
        templates.add_filter("tojson", minijinja::filters::tojson);
        let values = minijinja::context! { text };
        templates.render_str("{{ text|tojson }}", values).unwrap()
    }

    fn agree_with_the_libraries(text: &str) {
        assert_eq!(written(html, text), escape(text));
        assert_eq!(written(xml_text, text), escape(possible(text)));
        let start = BytesStart::new("a").with_attributes([("b", text)]);
        assert_eq!(format!("a b=\"{}\"", written(xml_attribute, text)), *start);
        let kept = possible(text);
        let sections: Vec<_> = BytesCData::escaped(&kept).map(|s| s.to_string()).collect();
        assert_eq!(written(cdata, text), sections.join("]]><![CDATA["));
        let json = json(text);
        let inside = &json[1..json.len() - 1];
        assert_eq!(written(script, text), inside.replace("\\\"", "\\u0022"));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let encoded = text.bytes().map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        });
        assert_eq!(written(url_part, text), encoded.collect::<String>());
    }

    #[test]
    fn each_place_is_escaped_as_the_libraries_do() {
        for text in [
            "",
            "https://bid.example/n/click/AQ0Xk_-9?t=a1b2&s=c3",
            "]]>]]]>>]\u{0}]>]]",
            "\"'<>&\\\r\n\t\u{8}\u{c}\u{0}\u{1f}\u{7f}",
            "\u{fffd}\u{fffe}\u{ffff}\u{10000}\u{feff}\u{e000} \u{2028}é",
        ] {
            agree_with_the_libraries(text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_escaped_as_the_libraries_do(
            text in "[\\x00-\\x7f]{0,40}",
            other in any::<String>(),
            dense in "[\\]>\u{0}&\"\u{fffe}\u{ffff}a]{0,40}",
        ) {
            agree_with_the_libraries(&text);
            agree_with_the_libraries(&other);
            agree_with_the_libraries(&dense);
        }
    }
}
