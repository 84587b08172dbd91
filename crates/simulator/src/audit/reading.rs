//! Reading JSON as forgivingly as exchanges write it. The auditor's own eyes: the product's parser is not used.

use serde_json::Value;

/// A text, or a number as text. Nothing where it is empty.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(decimal(number)),
        _ => None,
    }
}

/// A decimal number without an exponent. What was written with 15 digits or fewer comes out as it went in.
pub(crate) fn decimal(number: &serde_json::Number) -> String {
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => whole.to_string(),
        (None, Some(number)) => number.to_string(),
        (None, None) => number.to_string(),
    }
}

/// A number, also one that is written as text. Fractions are cut.
pub(crate) fn integer(value: &Value) -> Option<i32> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        _ => return None,
    };
    (number.abs() <= f64::from(i32::MAX)).then_some(number as i32)
}

/// A flag: a boolean, 0 or 1.
pub(crate) fn flag(value: &Value) -> bool {
    integer(value).is_some_and(|number| number != 0)
}

/// The elements of a list; a single element where there is no list.
pub(crate) fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(all) => all,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// The texts of a list.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    list(value).iter().filter_map(text).collect()
}

/// The numbers of a list.
pub(crate) fn integers(value: &Value) -> Vec<i32> {
    list(value).iter().filter_map(integer).collect()
}

/// An object that some exchanges send as the text of one.
pub(crate) fn object(value: &Value) -> Option<Value> {
    match value {
        Value::Object(_) => Some(value.clone()),
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        _ => None,
    }
}
