//! Writes JSON: objects whose absent fields are left out, escaped strings, integers.

mod digits;
mod escape;
mod field;

pub(crate) use digits::Digits;
pub(crate) use field::{Extensions, Value, extension, object_in_string};

/// What JSON is written to.
pub(crate) trait Sink {
    fn push_str(&mut self, text: &str);

    /// Writes the inside of a string. Only what RFC 8259 section 7 requires is escaped.
    fn push_escaped(&mut self, text: &str);
}

impl Sink for Vec<u8> {
    #[inline]
    fn push_str(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }

    fn push_escaped(&mut self, text: &str) {
        escape::append(text, self);
    }
}

impl Sink for String {
    #[inline]
    fn push_str(&mut self, text: &str) {
        String::push_str(self, text);
    }

    fn push_escaped(&mut self, text: &str) {
        escape::append_to_text(text, self);
    }
}

/// Text in an arena.
impl Sink for bumpalo::collections::String<'_> {
    #[inline]
    fn push_str(&mut self, text: &str) {
        bumpalo::collections::String::push_str(self, text);
    }

    fn push_escaped(&mut self, text: &str) {
        escape::append_in_arena(text, self);
    }
}

/// An object that is being written. Closed by [`Members::end`].
pub(crate) struct Members<'o, S> {
    out: &'o mut S,
    empty: bool,
}

/// Opens an object.
pub(crate) fn object<S: Sink>(out: &mut S) -> Members<'_, S> {
    out.push_str("{");
    Members { out, empty: true }
}

impl<S: Sink> Members<'_, S> {
    /// Writes a key, which must need no escapes, and gives the place of its value. Always inlined, as what calls it, so
    /// that the key's length is known where it is copied.
    #[inline(always)]
    pub(crate) fn key(&mut self, key: &'static str) -> &mut S {
        self.out.push_str(if self.empty { "\"" } else { ",\"" });
        self.empty = false;
        self.out.push_str(key);
        self.out.push_str("\":");
        self.out
    }

    #[inline(always)]
    pub(crate) fn text<'v>(&mut self, key: &'static str, value: impl Into<Option<&'v str>>) {
        if let Some(value) = value.into() {
            string(value, self.key(key));
        }
    }

    #[inline(always)]
    pub(crate) fn int(&mut self, key: &'static str, value: impl Into<Option<i32>>) {
        if let Some(value) = value.into() {
            integer(i64::from(value), self.key(key));
        }
    }

    /// Writes 1 for a flag that is set, and nothing for its default.
    #[inline(always)]
    pub(crate) fn flag(&mut self, key: &'static str, value: bool) {
        self.int(key, value.then_some(1));
    }

    #[inline(always)]
    pub(crate) fn texts(&mut self, key: &'static str, values: &[&str]) {
        self.list(key, values, |value, out| string(value, out));
    }

    #[inline(always)]
    pub(crate) fn ints(&mut self, key: &'static str, values: &[i32]) {
        self.list(key, values, |value, out| integer(i64::from(*value), out));
    }

    /// Writes text that is JSON already.
    pub(crate) fn raw(&mut self, key: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.key(key).push_str(value);
        }
    }

    /// Writes an array, or nothing when it is empty.
    #[inline(always)]
    pub(crate) fn list<T>(
        &mut self,
        key: &'static str,
        values: &[T],
        write: impl FnMut(&T, &mut S),
    ) {
        if !values.is_empty() {
            array(values, self.key(key), write);
        }
    }

    pub(crate) fn end(self) {
        self.out.push_str("}");
    }
}

/// Writes an array.
pub(crate) fn array<T, S: Sink>(values: &[T], out: &mut S, mut write: impl FnMut(&T, &mut S)) {
    out.push_str("[");
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push_str(",");
        }
        write(value, out);
    }
    out.push_str("]");
}

/// Writes a string.
pub(crate) fn string<S: Sink>(text: &str, out: &mut S) {
    out.push_str("\"");
    out.push_escaped(text);
    out.push_str("\"");
}

/// Writes an integer.
fn integer<S: Sink>(value: i64, out: &mut S) {
    if value < 0 {
        out.push_str("-");
    }
    out.push_str(Digits::of(value.unsigned_abs()).as_str());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_escape_what_json_requires_and_nothing_else() {
        let check = |text: &str, expect: &str| {
            let mut out = String::new();
            string(text, &mut out);
            assert_eq!(out, expect);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        };
        check("", r#""""#);
        check(
            "plain é 😀 \u{2028}\u{2029}\u{7f} </script>",
            "\"plain é 😀 \u{2028}\u{2029}\u{7f} </script>\"",
        );
        check("a\"b\\c", r#""a\"b\\c""#);
        check(
            "\n\r\t\u{8}\u{c}\0\u{1f}",
            r#""\n\r\t\u0008\u000c\u0000\u001f""#,
        );
        check("\"\"", r#""\"\"""#);
    }

    #[test]
    fn integers_are_written_in_full() {
        for value in [0, 1, -1, 9, 10, 99, 100, 1_000_000_007, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            integer(value, &mut out);
            assert_eq!(out, value.to_string().as_bytes());
        }
    }
}
