//! Writes the objects of the spec by the tables beside the types, so that no field can be read and not written.

use super::{Members, Sink, array, integer, object, string};
use crate::Decimal;

/// What becomes of raw extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extensions {
    /// They are written as they were sent.
    Kept,
    /// They are left out: nobody knows what is in them.
    LeftOut,
}

impl Extensions {
    /// The raw extension, where it is written.
    pub(crate) fn of(self, raw: Option<&str>) -> Option<&str> {
        raw.filter(|_| self == Extensions::Kept)
    }
}

/// A type that a field, or an element of a list, can have. [`crate::lenient::fields!`] implements it for objects.
pub(crate) trait Value {
    /// Whether there is nothing to say: reading makes the same of an absent field.
    fn is_absent(&self) -> bool {
        false
    }

    fn write<S: Sink>(&self, extensions: Extensions, out: &mut S);
}

impl<S: Sink> Members<'_, S> {
    /// Writes a field by `write`, or nothing where it is absent.
    pub(crate) fn field<V: Value>(
        &mut self,
        key: &'static str,
        value: &V,
        extensions: Extensions,
        write: impl FnOnce(&V, Extensions, &mut S),
    ) {
        if !value.is_absent() {
            write(value, extensions, self.key(key));
        }
    }
}

impl<T: Value + ?Sized> Value for &T {
    fn is_absent(&self) -> bool {
        T::is_absent(self)
    }

    fn write<S: Sink>(&self, extensions: Extensions, out: &mut S) {
        T::write(self, extensions, out);
    }
}

impl<T: Value> Value for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write<S: Sink>(&self, extensions: Extensions, out: &mut S) {
        match self {
            Some(value) => value.write(extensions, out),
            None => out.push_str("null"),
        }
    }
}

impl<T: Value> Value for [T] {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write<S: Sink>(&self, extensions: Extensions, out: &mut S) {
        array(self, out, |value, out| value.write(extensions, out));
    }
}

impl Value for str {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write<S: Sink>(&self, _: Extensions, out: &mut S) {
        string(self, out);
    }
}

/// A flag by itself is absent where it is not set; in an `Option`, "not set" is said.
impl Value for bool {
    fn is_absent(&self) -> bool {
        !self
    }

    fn write<S: Sink>(&self, _: Extensions, out: &mut S) {
        out.push_str(if *self { "1" } else { "0" });
    }
}

impl Value for i32 {
    fn write<S: Sink>(&self, _: Extensions, out: &mut S) {
        integer(i64::from(*self), out);
    }
}

impl Value for i64 {
    fn write<S: Sink>(&self, _: Extensions, out: &mut S) {
        integer(*self, out);
    }
}

/// The shortest text that reads back as the same bits. No amount of money is a float.
impl Value for f64 {
    fn write<S: Sink>(&self, _: Extensions, out: &mut S) {
        if self.is_finite() {
            out.push_str(&format!("{self:?}"));
        } else {
            out.push_str("null");
        }
    }
}

impl Value for Decimal<'_> {
    fn write<S: Sink>(&self, _: Extensions, out: &mut S) {
        out.push_str(self.as_str());
    }
}

/// JSON within a string: what is written to it is escaped on its way into the text around it.
pub(crate) struct InString<'o, S>(&'o mut S);

impl<S: Sink> Sink for InString<'_, S> {
    fn push_str(&mut self, text: &str) {
        self.0.push_escaped(text);
    }

    fn push_escaped(&mut self, text: &str) {
        // Escaped for the string within, and what comes of it for the one around.
        let mut inner = String::new();
        inner.push_escaped(text);
        self.0.push_escaped(&inner);
    }
}

/// Writes an object as a string that holds its JSON.
pub(crate) fn object_in_string<T: Value, S: Sink>(noun: &T, extensions: Extensions, out: &mut S) {
    out.push_str("\"");
    noun.write(extensions, &mut InString(out));
    out.push_str("\"");
}

/// The object of an extension, for facts that have no other place.
pub(crate) fn extension<'o, S: Sink>(members: &'o mut Members<'_, S>) -> Members<'o, S> {
    object(members.key("ext"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_back_bit_for_bit() {
        let check = |value: f64| {
            let mut out = String::new();
            Value::write(&value, Extensions::Kept, &mut out);
            assert!(Decimal::new(&out).is_some(), "{out}");
            let read: f64 = out.parse().unwrap();
            assert_eq!(read.to_bits(), value.to_bits(), "{out}");
        };
        for value in [
            0.0,
            -0.0,
            1.0,
            52.520_008,
            -33.868_820_1,
            0.1 + 0.2,
            1e300,
            1e-300,
        ] {
            check(value);
        }
        for value in [f64::MAX, f64::MIN_POSITIVE, 5e-324, f64::EPSILON] {
            check(value);
        }
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..20_000 {
            bits = bits
                .wrapping_mul(0x5851_f42d_4c95_7f2d)
                .wrapping_add(0x1405_7b7e_f767_814f);
            let value = f64::from_bits(bits);
            if value.is_finite() {
                check(value);
            }
        }
    }
}
