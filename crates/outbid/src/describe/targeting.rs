//! Targeting in lines that people read: `countries: DE, FR; not CH`. Written by the contract's
//! fields, so that a new one needs no code here.

use api::v1;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage, Value};

use crate::contract;

/// How many values of one list are shown.
const MAX_VALUES: usize = 12;

/// One line a field, and the expression last.
pub fn lines(targeting: Option<&v1::Targeting>) -> Vec<String> {
    let Some(targeting) = targeting else {
        return Vec::new();
    };
    let message = contract::reflect("Targeting", targeting);
    let mut lines = Vec::new();
    for (field, value) in message.fields() {
        let title = field.name().replace('_', " ");
        match value {
            Value::Message(value) if field.name() == "expression" => {
                lines.push(format!("and {}", expression(value)));
            }
            Value::Message(value) => lines.push(format!("{title}: {}", wish(value))),
            // Categories: an entry a taxonomy.
            Value::List(list) => {
                let entries = list.iter().filter_map(Value::as_message);
                lines.extend(entries.map(|value| format!("{title}: {}", wish(value))));
            }
            _ => {}
        }
    }
    lines
}

/// What is included and excluded, or a range.
fn wish(message: &DynamicMessage) -> String {
    let list = |name: &str| {
        let field = message.descriptor().get_field_by_name(name)?;
        let shown = values(&field, message.get_field(&field).as_list()?);
        (!shown.is_empty()).then_some(shown)
    };
    let excluded = list("exclude").map(|excluded| format!("not {excluded}"));
    let parts: Vec<String> = list("include").into_iter().chain(excluded).collect();
    if parts.is_empty() {
        value_of(message)
    } else {
        parts.join("; ")
    }
}

fn values(field: &FieldDescriptor, list: &[Value]) -> String {
    let first = list.iter().take(MAX_VALUES);
    let mut shown: Vec<String> = first.map(|value| one(field, value)).collect();
    if list.len() > MAX_VALUES {
        shown.push(format!("and {} more", list.len() - MAX_VALUES));
    }
    shown.join(", ")
}

fn one(field: &FieldDescriptor, value: &Value) -> String {
    match (value, field.kind()) {
        (Value::String(text), _) => text.clone(),
        (Value::EnumNumber(number), Kind::Enum(choices)) => match choices.get_value(*number) {
            Some(choice) => {
                let bare = choice.name().strip_prefix(&screaming(choices.name()));
                bare.unwrap_or(choice.name())
                    .to_lowercase()
                    .replace('_', " ")
            }
            None => number.to_string(),
        },
        (Value::Message(message), _) => value_of(message),
        _ => String::new(),
    }
}

/// `DeviceType` as its values begin: `DEVICE_TYPE_`.
fn screaming(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text + "_"
}

/// Values that are messages of their own.
fn value_of(message: &DynamicMessage) -> String {
    match message.descriptor().name() {
        "Size" => typed(message, |size: v1::Size| {
            format!("{}x{}", size.width, size.height)
        }),
        "Circle" => typed(message, |it: v1::Circle| {
            format!(
                "within {} km of {},{}",
                it.radius_km, it.latitude, it.longitude
            )
        }),
        "DayPart" => typed(message, |part: v1::DayPart| {
            let day = match part.weekday() {
                v1::Weekday::Unspecified => "every day".to_string(),
                day => day
                    .as_str_name()
                    .trim_start_matches("WEEKDAY_")
                    .to_lowercase(),
            };
            format!("{day} {}-{}", part.start_hour, part.end_hour)
        }),
        "DurationRange" => typed(message, |it: v1::DurationRange| {
            range(it.min_seconds, it.max_seconds, "s")
        }),
        "AgeRange" => typed(message, |it: v1::AgeRange| {
            range(it.min_years, it.max_years, " years")
        }),
        _ => "any".to_string(),
    }
}

fn typed<T: prost::Message + Default>(
    message: &DynamicMessage,
    told: impl FnOnce(T) -> String,
) -> String {
    message.transcode_to().map(told).unwrap_or_default()
}

fn range(least: i32, most: i32, unit: &str) -> String {
    match most {
        0 => format!("{least}{unit} or more"),
        most => format!("{least} to {most}{unit}"),
    }
}

/// A boolean expression on one line. How deep one may be, the server limits to 16.
fn expression(message: &DynamicMessage) -> String {
    let Some((field, Value::Message(inner))) = message.fields().next() else {
        return "nothing".to_string();
    };
    match field.name() {
        "not" => format!("not {}", expression(inner)),
        "condition" => condition(inner),
        name => {
            let list = inner.get_field_by_name("expressions");
            let list = list.as_deref().and_then(Value::as_list).unwrap_or_default();
            let parts: Vec<String> = list
                .iter()
                .filter_map(Value::as_message)
                .map(expression)
                .collect();
            let word = if name == "all" { " and " } else { " or " };
            match parts.as_slice() {
                [] if name == "all" => "always".to_string(),
                [] => "never".to_string(),
                [one] => one.clone(),
                parts => format!("({})", parts.join(word)),
            }
        }
    }
}

fn condition(message: &DynamicMessage) -> String {
    let Some((field, Value::Message(inner))) = message.fields().next() else {
        return "nothing".to_string();
    };
    let title = field.name().replace('_', " ");
    match inner.descriptor().get_field_by_name("values") {
        Some(list) => {
            let shown = values(&list, inner.get_field(&list).as_list().unwrap_or_default());
            format!("{title} {shown}")
        }
        None => format!("{title} {}", value_of(inner)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use v1::condition::Test;
    use v1::expression::Kind as Is;

    fn own(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| text.to_string()).collect()
    }

    fn texts(include: &[&str], exclude: &[&str]) -> Option<v1::TextTargeting> {
        Some(v1::TextTargeting {
            include: own(include),
            exclude: own(exclude),
        })
    }

    fn is(test: Test) -> v1::Expression {
        v1::Expression {
            kind: Some(Is::Condition(v1::Condition { test: Some(test) })),
        }
    }

    #[test]
    fn each_field_has_its_line() {
        let many: Vec<String> = (0..15).map(|n| format!("d{n}.example")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let targeting = v1::Targeting {
            countries: texts(&["DE", "FR"], &["CH"]),
            domains: texts(&[], &many),
            device_types: Some(v1::DeviceTypeTargeting {
                include: vec![
                    v1::DeviceType::Phone as i32,
                    v1::DeviceType::SetTopBox as i32,
                ],
                exclude: Vec::new(),
            }),
            day_parts: Some(v1::DayPartTargeting {
                include: vec![v1::DayPart {
                    weekday: v1::Weekday::Monday as i32,
                    start_hour: 8,
                    end_hour: 18,
                }],
                exclude: Vec::new(),
            }),
            sizes: Some(v1::SizeTargeting {
                include: vec![v1::Size {
                    width: 300,
                    height: 250,
                }],
                exclude: Vec::new(),
            }),
            video_duration: Some(v1::DurationRange {
                min_seconds: 5,
                max_seconds: 30,
            }),
            age: Some(v1::AgeRange {
                min_years: 18,
                max_years: 0,
            }),
            ..v1::Targeting::default()
        };
        assert_eq!(
            lines(Some(&targeting)),
            [
                "countries: DE, FR; not CH",
                "device types: phone, set top box",
                "day parts: monday 8-18",
                "domains: not d0.example, d1.example, d2.example, d3.example, d4.example, d5.example, d6.example, \
                 d7.example, d8.example, d9.example, d10.example, d11.example, and 3 more",
                "sizes: 300x250",
                "video duration: 5 to 30s",
                "age: 18 years or more",
            ]
        );
        assert_eq!(lines(None), Vec::<String>::new());
    }

    #[test]
    fn an_expression_is_one_line() {
        let list = |values: &[&str]| v1::TextList {
            values: own(values),
        };
        let not_edge = Is::Not(Box::new(is(Test::Browsers(list(&["edge"])))));
        let targeting = v1::Targeting {
            expression: Some(v1::Expression {
                kind: Some(Is::Any(v1::ExpressionList {
                    expressions: vec![
                        is(Test::Countries(list(&["DE", "AT"]))),
                        v1::Expression {
                            kind: Some(not_edge),
                        },
                    ],
                })),
            }),
            ..v1::Targeting::default()
        };
        assert_eq!(
            lines(Some(&targeting)),
            ["and (countries DE, AT or not browsers edge)"]
        );
    }
}
