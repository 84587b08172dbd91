//! What a JSON value means to a field, as exchanges really send them.
//!
//! | the field is | it also takes |
//! | --- | --- |
//! | a string | a number, as its text |
//! | an integer | a number with fraction or exponent, a string of a number, a boolean as 0 or 1 |
//! | a flag | a number (anything but 0 is set), a string of a number, `"true"`, `"false"` |
//! | a float, a decimal | a string of a number |
//! | a list | one element that stands alone; elements that cannot be read are left out |
//!
//! Everything else, and `null` and the empty string, is "absent". Integers are cut towards zero and held at the ends of
//! their type. Of duplicate keys the last one counts.

use bumpalo::collections::Vec;

use crate::Decimal;
use crate::json::{Key, Kind, Malformed, Reader};

/// A type that a field can have.
pub(crate) trait Read<'a>: Sized {
    /// Sets the field to the next value, whatever it is. Fails only where that is malformed.
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed>;
}

/// A type that an element of a list can have.
pub(crate) trait Element<'a>: Copy + 'a {
    /// There is room for so many elements before a list has to move: more than most lists have.
    const USUAL: usize;

    /// Takes one value, and adds it to the list if it can be read as an element.
    fn add(value: &mut Reader<'a>, list: &mut Vec<'a, Self>) -> Result<(), Malformed>;
}

/// An object of the spec. Implemented by [`fields!`].
pub(crate) trait Object<'a>: Copy + Default + 'a {
    /// Whether facts are folded out of `ext`.
    const FOLDS: bool = false;

    /// Reads the value of a key that is not `ext`.
    fn field(&mut self, key: Key, value: &mut Reader<'a>) -> Result<(), Malformed>;

    /// Reads the value of a key within `ext`, as the field that it is folded into.
    fn ext_field(&mut self, _key: Key, value: &mut Reader<'a>) -> Result<(), Malformed> {
        value.skip()
    }

    /// Takes from `ext` what is absent in its own place.
    fn fold(&mut self, _ext: &Self) {}

    /// Keeps the raw extension.
    fn set_ext(&mut self, raw: Option<&'a str>);
}

/// A field that may be absent.
pub(crate) trait Absent {
    /// The field, or where it is absent, the other.
    fn otherwise(self, other: Self) -> Self;
}

impl<T> Absent for Option<T> {
    fn otherwise(self, other: Self) -> Self {
        self.or(other)
    }
}

impl<T> Absent for &[T] {
    fn otherwise(self, other: Self) -> Self {
        if self.is_empty() { other } else { self }
    }
}

impl Absent for bool {
    fn otherwise(self, other: Self) -> Self {
        self || other
    }
}

/// Reads the members of an object into a noun. The next value must be an object.
pub(crate) fn fill<'a, T: Object<'a>>(
    noun: &mut T,
    value: &mut Reader<'a>,
) -> Result<(), Malformed> {
    let mut folded: Option<T> = None;
    value.object(|value, key| {
        if key != const { Key::of("ext") } {
            return noun.field(key, value);
        }
        if T::FOLDS && value.peek()? == Kind::Object {
            let ext = folded.insert(T::default());
            let raw =
                value.spanned(|value| value.object(|value, key| ext.ext_field(key, value)))?;
            noun.set_ext(Some(raw));
        } else {
            folded = None;
            noun.set_ext(extension(value)?);
        }
        Ok(())
    })?;
    if let Some(ext) = &folded {
        noun.fold(ext);
    }
    Ok(())
}

/// Reads an extension as its text.
pub(crate) fn extension<'a>(value: &mut Reader<'a>) -> Result<Option<&'a str>, Malformed> {
    let raw = value.raw()?;
    Ok(Some(raw).filter(|raw| !matches!(*raw, "null" | "\"\"")))
}

/// Reads the text of a number, or of a string of one.
fn numeral<'a>(value: &mut Reader<'a>) -> Result<Option<Decimal<'a>>, Malformed> {
    match value.peek()? {
        Kind::Number => value.number().map(Some),
        Kind::String => Ok(Decimal::new(value.string()?.trim_ascii())),
        _ => value.skip().map(|()| None),
    }
}

impl<'a> Read<'a> for Option<&'a str> {
    #[inline]
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed> {
        *self = match value.plain_string() {
            Some(text) => Some(text).filter(|text| !text.is_empty()),
            None => other_text(value)?,
        };
        Ok(())
    }
}

impl<'a> Read<'a> for &'a str {
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed> {
        *self = match value.plain_string() {
            Some(text) => text,
            None => other_text(value)?.unwrap_or_default(),
        };
        Ok(())
    }
}

impl<'a> Read<'a> for Option<i64> {
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed> {
        *self = match value.short_integer() {
            Some(integer) => Some(i64::from(integer)),
            None => other_integer(value)?,
        };
        Ok(())
    }
}

impl<'a> Read<'a> for Option<i32> {
    #[inline]
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed> {
        let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
        *self = match value.short_integer() {
            Some(integer) => Some(integer as i32),
            None => other_integer(value)?.map(|integer| integer.clamp(least, most) as i32),
        };
        Ok(())
    }
}

impl<'a> Read<'a> for Option<bool> {
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed> {
        *self = match value.short_integer() {
            Some(integer) => Some(integer != 0),
            None => other_flag(value)?,
        };
        Ok(())
    }
}

impl<'a> Read<'a> for bool {
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed> {
        let mut flag = None;
        Read::read(&mut flag, value)?;
        *self = flag.unwrap_or(false);
        Ok(())
    }
}

/// Reads a text that is not a plain string.
#[inline(never)]
fn other_text<'a>(value: &mut Reader<'a>) -> Result<Option<&'a str>, Malformed> {
    match value.peek()? {
        Kind::String => Ok(Some(value.string()?).filter(|text| !text.is_empty())),
        Kind::Number => Ok(Some(value.number()?.as_str())),
        _ => value.skip().map(|()| None),
    }
}

/// Reads an integer that is not a few digits.
#[inline(never)]
fn other_integer(value: &mut Reader<'_>) -> Result<Option<i64>, Malformed> {
    match value.peek()? {
        kind @ (Kind::True | Kind::False) => {
            value.skip()?;
            Ok(Some(i64::from(kind == Kind::True)))
        }
        _ => Ok(numeral(value)?.map(Decimal::truncated)),
    }
}

/// Reads a flag that is not a few digits.
#[inline(never)]
fn other_flag(value: &mut Reader<'_>) -> Result<Option<bool>, Malformed> {
    match value.peek()? {
        Kind::Number => Ok(Some(!value.number()?.is_zero())),
        Kind::String => {
            let text = value.string()?.trim_ascii();
            Ok(if text.eq_ignore_ascii_case("true") {
                Some(true)
            } else if text.eq_ignore_ascii_case("false") {
                Some(false)
            } else {
                Decimal::new(text).map(|number| !number.is_zero())
            })
        }
        kind => {
            value.skip()?;
            Ok(match kind {
                Kind::True => Some(true),
                Kind::False => Some(false),
                _ => None,
            })
        }
    }
}

impl<'a> Read<'a> for Option<f64> {
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed> {
        let number = numeral(value)?.and_then(|number| number.as_str().parse().ok());
        *self = number.filter(|number: &f64| number.is_finite());
        Ok(())
    }
}

impl<'a> Read<'a> for Option<Decimal<'a>> {
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed> {
        *self = numeral(value)?;
        Ok(())
    }
}

impl<'a, T: Object<'a>> Read<'a> for Option<&'a T> {
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed> {
        *self = None;
        if value.peek()? != Kind::Object {
            return value.skip();
        }
        let noun = value.arena().alloc_with(T::default);
        fill(noun, value)?;
        *self = Some(noun);
        Ok(())
    }
}

impl<'a, T: Element<'a>> Read<'a> for &'a [T] {
    fn read(&mut self, value: &mut Reader<'a>) -> Result<(), Malformed> {
        let mut list = Vec::with_capacity_in(T::USUAL, value.arena());
        if value.peek()? == Kind::Array {
            value.array(|value| T::add(value, &mut list))?;
        } else {
            T::add(value, &mut list)?;
        }
        *self = list.into_bump_slice();
        Ok(())
    }
}

/// Adds an element that is read as it would be where one alone stands.
#[inline(always)]
fn add_one<'a, T>(value: &mut Reader<'a>, list: &mut Vec<'a, T>) -> Result<(), Malformed>
where
    Option<T>: Read<'a>,
{
    let mut element: Option<T> = None;
    element.read(value)?;
    list.extend(element);
    Ok(())
}

impl<'a> Element<'a> for &'a str {
    const USUAL: usize = 8;

    #[inline(always)]
    fn add(value: &mut Reader<'a>, list: &mut Vec<'a, Self>) -> Result<(), Malformed> {
        add_one(value, list)
    }
}

impl<'a> Element<'a> for i32 {
    const USUAL: usize = 16;

    #[inline(always)]
    fn add(value: &mut Reader<'a>, list: &mut Vec<'a, Self>) -> Result<(), Malformed> {
        add_one(value, list)
    }
}

impl<'a, T: Object<'a>> Element<'a> for T {
    const USUAL: usize = 4;

    fn add(value: &mut Reader<'a>, list: &mut Vec<'a, Self>) -> Result<(), Malformed> {
        if value.peek()? != Kind::Object {
            return value.skip();
        }
        // Filled where it stays, since some are large.
        list.push(T::default());
        match list.last_mut() {
            Some(noun) => fill(noun, value),
            None => Ok(()),
        }
    }
}

/// The table of an object: which key belongs to which field, for reading and for writing.
///
/// ```text
/// fields! {
///     Geo { lat, lon, "type" => kind }           a key is given where it differs from the field's name
///     also { "long" => lon }                     read under this key too, never written
/// }
/// fields! {
///     Native { request = read | write, ver }     read and written by these functions, not by the type
/// }
/// fields! {
///     Imp { id, rwdd }
///     ext { "prebid" => rwdd = read              folded out of `ext` when absent above, here by a function
///         ; gpid, tid }                          at home in `ext`; written there unless a raw one is written
/// }
/// ```
macro_rules! fields {
    (
        $noun:ident { $( $($key:literal =>)? $field:ident $(= $read:path | $write:path)? ),* $(,)? }
        $( also { $( $also_key:literal => $also_field:ident ),* } )?
        $( ext {
            $( $($ext_key:literal =>)? $ext_field:ident $(= $ext_read:path)? ),*
            $( ; $( $only_field:ident ),* )?
        } )?
    ) => {
        impl<'a> $crate::lenient::Object<'a> for $noun<'a> {
            fn field(
                &mut self,
                key: $crate::json::Key,
                value: &mut $crate::json::Reader<'a>,
            ) -> Result<(), $crate::json::Malformed> {
                $crate::lenient::by_key! { key, value,
                    $( $crate::lenient::key!($($key)? ; $field) =>
                        $crate::lenient::reading!(self.$field, value $(, $read)?), )*
                    $( $( $also_key => $crate::lenient::reading!(self.$also_field, value), )* )?
                    else => value.skip(),
                }
            }

            fn set_ext(&mut self, raw: Option<&'a str>) {
                self.ext = raw;
            }

            $(
                const FOLDS: bool = true;

                fn ext_field(
                    &mut self,
                    key: $crate::json::Key,
                    value: &mut $crate::json::Reader<'a>,
                ) -> Result<(), $crate::json::Malformed> {
                    $crate::lenient::by_key! { key, value,
                        $( $crate::lenient::key!($($ext_key)? ; $ext_field) =>
                            $crate::lenient::reading!(self.$ext_field, value $(, $ext_read)?), )*
                        $( $( stringify!($only_field) =>
                            $crate::lenient::reading!(self.$only_field, value), )* )?
                        else => value.skip(),
                    }
                }

                fn fold(&mut self, ext: &Self) {
                    use $crate::lenient::Absent;
                    $( self.$ext_field = self.$ext_field.otherwise(ext.$ext_field); )*
                    $( $( self.$only_field = self.$only_field.otherwise(ext.$only_field); )* )?
                }
            )?
        }

        impl $crate::write::Value for $noun<'_> {
            fn write<S: $crate::write::Sink>(&self, extensions: $crate::write::Extensions, out: &mut S) {
                let mut members = $crate::write::object(out);
                $( members.field(
                    $crate::lenient::key!($($key)? ; $field),
                    &self.$field,
                    extensions,
                    $crate::lenient::writing!($($write)?),
                ); )*
                if let Some(raw) = extensions.of(self.ext) {
                    members.raw("ext", Some(raw));
                }
                $( $( else if $( !$crate::write::Value::is_absent(&self.$only_field) )||* {
                    let mut ext = $crate::write::extension(&mut members);
                    $( ext.field(
                        stringify!($only_field),
                        &self.$only_field,
                        extensions,
                        $crate::write::Value::write,
                    ); )*
                    ext.end();
                } )? )?
                members.end();
            }
        }
    };
}

/// Reads the value of a key by the arm of its name, or by the last arm.
///
/// The comparisons are of numbers that no two of the names share, so that the compiler can search among them.
macro_rules! by_key {
    ($key:ident, $value:ident, $( $name:expr => $read:expr, )* else => $other:expr $(,)?) => {{
        const { assert!($crate::json::Key::tell_apart(&[$( $name ),*])) };
        $( if $key == const { $crate::json::Key::of($name) } {
            return if $value.key_is($name) { $read } else { $other };
        } )*
        $other
    }};
}

/// The key of a field: the one that is given, else the field's name.
macro_rules! key {
    (; $field:ident) => {
        stringify!($field)
    };
    ($key:literal ; $field:ident) => {
        $key
    };
}

/// How a field is read: by the function that is given, else by its type.
macro_rules! reading {
    ($field:expr, $value:ident) => {
        $crate::lenient::Read::read(&mut $field, $value)
    };
    ($field:expr, $value:ident, $read:path) => {
        $read($value).map(|read| $field = read)
    };
}

/// How a field is written: by the function that is given, else by its type.
macro_rules! writing {
    () => {
        $crate::write::Value::write
    };
    ($write:path) => {
        $write
    };
}

pub(crate) use {by_key, fields, key, reading, writing};
