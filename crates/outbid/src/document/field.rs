//! From the JSON form of protobuf to messages, with the place of everything that is wrong.

use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, Value as Field,
};
use serde_json::{Map, Value};

use super::Faults;
use crate::report::length;
use crate::resolve::nearest;

/// A TOML value as JSON; moments become text.
pub fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(at) => Value::String(at.to_string()),
        toml::Value::Array(list) => Value::Array(list.into_iter().map(from_toml).collect()),
        toml::Value::Table(table) => {
            let fields = table
                .into_iter()
                .map(|(key, value)| (key, from_toml(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
    }
}

/// The contract's names of the fields that a table sets.
pub fn names(descriptor: &MessageDescriptor, value: &Value) -> Vec<String> {
    let Value::Object(fields) = value else {
        return Vec::new();
    };
    let known = fields.keys().filter_map(|key| find(descriptor, key));
    known.map(|field| field.name().to_string()).collect()
}

/// Reads a message. `None` where it is no table; what is wrong inside it is added to the faults.
pub fn read_message(
    descriptor: &MessageDescriptor,
    value: &Value,
    place: &str,
    faults: &mut Faults,
) -> Option<DynamicMessage> {
    match descriptor.full_name() {
        "google.protobuf.Timestamp" => return moment(descriptor, value, place, faults),
        "google.protobuf.Duration" => return span(descriptor, value, place, faults),
        _ => {}
    }
    let Value::Object(fields) = value else {
        faults.add(place, "write a table");
        return None;
    };
    let mut message = DynamicMessage::new(descriptor.clone());
    let mut seen = Vec::new();
    for (key, value) in fields {
        let Some(field) = find(descriptor, key) else {
            faults.add(place, unknown_field(descriptor, key));
            continue;
        };
        let place = format!("{place}.{}", field.name());
        if seen.contains(&field.number()) {
            faults.add(&place, "is there twice, in two spellings");
        }
        seen.push(field.number());
        if value.is_null() {
            continue;
        }
        if let Some(oneof) = field.containing_oneof()
            && let Some(other) = oneof.fields().find(|other| message.has_field(other))
        {
            faults.add(
                &place,
                format!("only one of this and {} can be there", other.name()),
            );
        }
        if let Some(value) = read_field(&field, value, &place, faults) {
            message.set_field(&field, value);
        }
    }
    Some(message)
}

fn find(descriptor: &MessageDescriptor, key: &str) -> Option<FieldDescriptor> {
    descriptor
        .get_field_by_name(key)
        .or_else(|| descriptor.get_field_by_json_name(key))
}

fn unknown_field(descriptor: &MessageDescriptor, key: &str) -> String {
    let known: Vec<String> = descriptor
        .fields()
        .map(|field| field.name().to_string())
        .collect();
    match nearest(key, known.iter().map(String::as_str)) {
        Some(near) => format!("there is no field \"{key}\": did you mean {near}?"),
        None => format!(
            "there is no field \"{key}\": write one of {}",
            known.join(", ")
        ),
    }
}

fn read_field(
    field: &FieldDescriptor,
    value: &Value,
    place: &str,
    faults: &mut Faults,
) -> Option<Field> {
    if !field.is_list() {
        return read_one(field, value, place, faults);
    }
    let Value::Array(list) = value else {
        faults.add(place, "write a list");
        return None;
    };
    let mut read = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        read.extend(read_one(field, value, &format!("{place}[{index}]"), faults));
    }
    Some(Field::List(read))
}

fn read_one(
    field: &FieldDescriptor,
    value: &Value,
    place: &str,
    faults: &mut Faults,
) -> Option<Field> {
    let (read, form) = match field.kind() {
        Kind::Message(descriptor) => {
            return read_message(&descriptor, value, place, faults).map(Field::Message);
        }
        Kind::Enum(descriptor) => return choice(&descriptor, value, place, faults),
        Kind::String => (
            value.as_str().map(|text| Field::String(text.to_string())),
            "write a text",
        ),
        Kind::Bool => (value.as_bool().map(Field::Bool), "write true or false"),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            (whole(value).map(Field::I32), "write a whole number")
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            (whole(value).map(Field::I64), "write a whole number")
        }
        Kind::Uint32 | Kind::Fixed32 => (
            whole(value).map(Field::U32),
            "write a whole number of 0 or more",
        ),
        Kind::Uint64 | Kind::Fixed64 => (
            whole(value).map(Field::U64),
            "write a whole number of 0 or more",
        ),
        Kind::Double => (value.as_f64().map(Field::F64), "write a number"),
        Kind::Float => (
            value.as_f64().map(|number| Field::F32(number as f32)),
            "write a number",
        ),
        Kind::Bytes => (None, "cannot be written in a file"),
    };
    if read.is_none() {
        faults.add(place, form);
    }
    read
}

/// A whole number, which the JSON form of protobuf also writes as a text. Never through a float: amounts are exact.
fn whole<T: std::str::FromStr>(value: &Value) -> Option<T> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

fn choice(
    descriptor: &EnumDescriptor,
    value: &Value,
    place: &str,
    faults: &mut Faults,
) -> Option<Field> {
    let known = match value {
        Value::String(name) => descriptor.get_value_by_name(name),
        value => whole(value).and_then(|number| descriptor.get_value(number)),
    };
    if let Some(known) = known {
        return Some(Field::EnumNumber(known.number()));
    }
    // The first one of each enum means that nothing was said.
    let names: Vec<String> = descriptor
        .values()
        .skip(1)
        .map(|value| value.name().to_string())
        .collect();
    let instead = value.as_str().and_then(|text| nearest_choice(text, &names));
    faults.add(
        place,
        match instead {
            Some(near) => format!("{value} is no choice: did you mean {near}?"),
            None => format!("{value} is no choice: write one of {}", names.join(", ")),
        },
    );
    None
}

/// Those who write "even" mean `DELIVERY_EVEN`.
fn nearest_choice<'a>(text: &str, names: &'a [String]) -> Option<&'a str> {
    let upper = text.to_uppercase().replace(['-', ' '], "_");
    let ending = names
        .iter()
        .find(|name| name.ends_with(&format!("_{upper}")));
    ending
        .map(String::as_str)
        .or_else(|| nearest(&upper, names.iter().map(String::as_str)))
}

fn moment(
    descriptor: &MessageDescriptor,
    value: &Value,
    place: &str,
    faults: &mut Faults,
) -> Option<DynamicMessage> {
    let at: Option<prost_types::Timestamp> = value.as_str().and_then(|text| text.parse().ok());
    let Some(at) = at else {
        faults.add(place, "write a moment such as \"2026-11-20T08:00:00Z\"");
        return None;
    };
    seconds(descriptor, at.seconds, at.nanos)
}

fn span(
    descriptor: &MessageDescriptor,
    value: &Value,
    place: &str,
    faults: &mut Faults,
) -> Option<DynamicMessage> {
    let text = value.as_str().unwrap_or_default();
    let in_seconds: Option<prost_types::Duration> = text.parse().ok();
    // As the command line takes it.
    let in_units = || {
        let seconds = length(text)?.0 / 1_000;
        Some(prost_types::Duration { seconds, nanos: 0 })
    };
    let Some(read) = in_seconds.or_else(in_units) else {
        faults.add(
            place,
            "write a length of time such as \"7d\", \"24h\" or \"86400s\"",
        );
        return None;
    };
    seconds(descriptor, read.seconds, read.nanos)
}

fn seconds(descriptor: &MessageDescriptor, seconds: i64, nanos: i32) -> Option<DynamicMessage> {
    let mut message = DynamicMessage::new(descriptor.clone());
    message
        .try_set_field_by_name("seconds", Field::I64(seconds))
        .ok()?;
    message
        .try_set_field_by_name("nanos", Field::I32(nanos))
        .ok()?;
    Some(message)
}
