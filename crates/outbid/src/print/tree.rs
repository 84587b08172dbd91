//! Messages for programs: JSON or YAML with the contract's own field names, in the contract's order.
//!
//! As in the JSON form of protobuf, fields that are not set are left out, 64-bit numbers are texts
//! (a program that reads numbers as floats would round nanos), moments and lengths of time are
//! texts.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage, Value};

/// A value with its fields in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// A truth or a number as it is written.
    Bare(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// Fields.
    Table(Vec<(String, Tree)>),
}

impl Tree {
    /// A table of these fields.
    pub fn table<const N: usize>(fields: [(&str, Tree); N]) -> Tree {
        Tree::Table(
            fields
                .into_iter()
                .map(|(key, value)| (key.to_string(), value))
                .collect(),
        )
    }

    /// What a message sets.
    pub fn of(message: &DynamicMessage) -> Tree {
        Tree::written(message, Numbers::Texts)
    }

    /// What a message sets, for a file that a person edits: numbers are numbers, however large.
    pub fn to_edit(message: &DynamicMessage) -> Tree {
        Tree::written(message, Numbers::Bare)
    }

    fn written(message: &DynamicMessage, numbers: Numbers) -> Tree {
        match message.descriptor().full_name() {
            "google.protobuf.Timestamp" => {
                return Tree::Text(
                    message
                        .transcode_to()
                        .map_or(String::new(), |at: prost_types::Timestamp| at.to_string()),
                );
            }
            "google.protobuf.Duration" => {
                return Tree::Text(
                    message
                        .transcode_to()
                        .map_or(String::new(), |it: prost_types::Duration| it.to_string()),
                );
            }
            _ => {}
        }
        let fields = message.descriptor();
        let set = fields.fields().filter(|field| message.has_field(field));
        Tree::Table(
            set.map(|field| {
                (
                    field.name().to_string(),
                    of_field(&field, &message.get_field(&field), numbers),
                )
            })
            .collect(),
        )
    }

    /// As JSON, indented by two blanks, without an end of line.
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        self.write_json(0, &mut text);
        text
    }

    /// As JSON on one line, without its end.
    pub fn to_json_line(&self) -> String {
        let joined = |parts: Vec<String>| parts.join(", ");
        match self {
            Tree::Bare(bare) => bare.clone(),
            Tree::Text(written) => quoted(written),
            Tree::List(list) => {
                format!(
                    "[{}]",
                    joined(list.iter().map(Tree::to_json_line).collect())
                )
            }
            Tree::Table(fields) => {
                let fields = fields.iter();
                let fields =
                    fields.map(|(key, it)| format!("{}: {}", quoted(key), it.to_json_line()));
                format!("{{{}}}", joined(fields.collect()))
            }
        }
    }

    /// As YAML, each line ended.
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        self.write_yaml(0, &mut text);
        text
    }

    fn write_json(&self, depth: usize, text: &mut String) {
        let line = |depth: usize| format!("\n{}", "  ".repeat(depth));
        match self {
            Tree::Bare(bare) => text.push_str(bare),
            Tree::Text(written) => text.push_str(&quoted(written)),
            Tree::List(list) if list.is_empty() => text.push_str("[]"),
            Tree::Table(fields) if fields.is_empty() => text.push_str("{}"),
            Tree::List(list) => {
                for (place, value) in list.iter().enumerate() {
                    text.push(if place == 0 { '[' } else { ',' });
                    text.push_str(&line(depth + 1));
                    value.write_json(depth + 1, text);
                }
                text.push_str(&line(depth));
                text.push(']');
            }
            Tree::Table(fields) => {
                for (place, (key, value)) in fields.iter().enumerate() {
                    text.push(if place == 0 { '{' } else { ',' });
                    text.push_str(&line(depth + 1));
                    text.push_str(&quoted(key));
                    text.push_str(": ");
                    value.write_json(depth + 1, text);
                }
                text.push_str(&line(depth));
                text.push('}');
            }
        }
    }

    /// Begins where the caller has indented, and ends its last line.
    fn write_yaml(&self, depth: usize, text: &mut String) {
        let indent = |text: &mut String, place: usize| {
            if place > 0 {
                text.push_str(&"  ".repeat(depth));
            }
        };
        match self {
            Tree::Bare(bare) => text.extend([bare, "\n"]),
            Tree::Text(written) if is_plain(written) => text.extend([written, "\n"]),
            Tree::Text(written) => text.extend([&quoted(written), "\n"]),
            Tree::List(list) if list.is_empty() => text.push_str("[]\n"),
            Tree::Table(fields) if fields.is_empty() => text.push_str("{}\n"),
            Tree::List(list) => {
                for (place, value) in list.iter().enumerate() {
                    indent(text, place);
                    text.push_str("- ");
                    value.write_yaml(depth + 1, text);
                }
            }
            Tree::Table(fields) => {
                for (place, (key, value)) in fields.iter().enumerate() {
                    indent(text, place);
                    text.extend([key, ":"]);
                    if value.is_block() {
                        text.push('\n');
                        text.push_str(&"  ".repeat(depth + 1));
                    } else {
                        text.push(' ');
                    }
                    value.write_yaml(depth + 1, text);
                }
            }
        }
    }

    /// Whether YAML puts it on lines of its own.
    fn is_block(&self) -> bool {
        match self {
            Tree::Bare(_) | Tree::Text(_) => false,
            Tree::List(list) => !list.is_empty(),
            Tree::Table(fields) => !fields.is_empty(),
        }
    }
}

/// How numbers of 64 bits are written.
#[derive(Clone, Copy)]
enum Numbers {
    /// As texts: programs that read numbers as floats would round them.
    Texts,
    /// As numbers: `document` reads them exactly.
    Bare,
}

fn of_field(field: &FieldDescriptor, value: &Value, numbers: Numbers) -> Tree {
    match value {
        Value::List(list) => Tree::List(
            list.iter()
                .map(|value| of_field(field, value, numbers))
                .collect(),
        ),
        Value::Message(message) => Tree::written(message, numbers),
        Value::String(text) => Tree::Text(text.clone()),
        Value::EnumNumber(number) => match field.kind() {
            Kind::Enum(choices) => match choices.get_value(*number) {
                Some(known) => Tree::Text(known.name().to_string()),
                None => Tree::Bare(number.to_string()),
            },
            _ => Tree::Bare(number.to_string()),
        },
        Value::I64(number) => large(number, numbers),
        Value::U64(number) => large(number, numbers),
        Value::I32(number) => Tree::Bare(number.to_string()),
        Value::U32(number) => Tree::Bare(number.to_string()),
        Value::F64(number) => float(*number),
        Value::F32(number) => float(f64::from(*number)),
        Value::Bool(truth) => Tree::Bare(truth.to_string()),
        // The contract's resources have neither.
        Value::Bytes(bytes) => Tree::Text(String::from_utf8_lossy(bytes).into_owned()),
        Value::Map(map) => {
            let mut fields: Vec<(String, Tree)> = map
                .iter()
                .map(|(key, value)| (format!("{key:?}"), of_field(field, value, numbers)))
                .collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Tree::Table(fields)
        }
    }
}

fn large(number: &impl ToString, numbers: Numbers) -> Tree {
    match numbers {
        Numbers::Texts => Tree::Text(number.to_string()),
        Numbers::Bare => Tree::Bare(number.to_string()),
    }
}

fn float(number: f64) -> Tree {
    if number.is_finite() {
        Tree::Bare(format!("{number:?}"))
    } else {
        Tree::Text(number.to_string())
    }
}

fn quoted(text: &str) -> String {
    // Serialising a text cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}

/// Whether YAML reads it back as the same text without quotes: words, names and paths that are no truth and no number.
fn is_plain(text: &str) -> bool {
    const WORDS_WITH_A_MEANING: [&str; 9] =
        ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '.' | ' '))
        && !WORDS_WITH_A_MEANING.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;
    use api::v1;

    fn campaign() -> Tree {
        let campaign = v1::Campaign {
            name: "advertisers/acme/campaigns/spring".to_string(),
            display_name: "Spring: \"50% off\"".to_string(),
            state: v1::State::Active as i32,
            flight: Some(v1::Flight {
                start_time: "2026-11-20T08:00:00Z".parse().ok(),
                end_time: None,
            }),
            budget: Some(v1::Budget {
                daily_micros: Some(500_000_000),
                lifetime_micros: None,
            }),
            frequency_caps: vec![v1::FrequencyCap {
                impressions: 3,
                period: "86400s".parse().ok(),
            }],
            spend: Some(v1::Spend::default()),
            ..v1::Campaign::default()
        };
        Tree::table([(
            "campaigns",
            Tree::List(vec![Tree::of(&contract::reflect("Campaign", &campaign))]),
        )])
    }

    #[test]
    fn json_has_the_contracts_fields_in_its_order() {
        assert_eq!(
            campaign().to_json(),
            r#"{
  "campaigns": [
    {
      "name": "advertisers/acme/campaigns/spring",
      "display_name": "Spring: \"50% off\"",
      "state": "STATE_ACTIVE",
      "flight": {
        "start_time": "2026-11-20T08:00:00Z"
      },
      "budget": {
        "daily_micros": "500000000"
      },
      "frequency_caps": [
        {
          "impressions": 3,
          "period": "86400s"
        }
      ],
      "spend": {}
    }
  ]
}"#
        );
    }

    #[test]
    fn yaml_says_the_same() {
        assert_eq!(
            campaign().to_yaml(),
            r#"campaigns:
  - name: advertisers/acme/campaigns/spring
    display_name: "Spring: \"50% off\""
    state: STATE_ACTIVE
    flight:
      start_time: "2026-11-20T08:00:00Z"
    budget:
      daily_micros: "500000000"
    frequency_caps:
      - impressions: 3
        period: "86400s"
    spend: {}
"#
        );
    }

    #[test]
    fn yaml_quotes_what_it_would_read_as_something_else() {
        let check = |text: &str, expect: &str| {
            assert_eq!(
                Tree::Text(text.to_string()).to_yaml(),
                format!("{expect}\n"),
                "{text}"
            );
        };
        check("acme", "acme");
        check("Ünïcode wörd", "\"Ünïcode wörd\"");
        check("büro", "büro");
        check("NO", "\"NO\"");
        check("1e5", "\"1e5\"");
        check("", "\"\"");
        check("- a", "\"- a\"");
        check("a: b", "\"a: b\"");
        check("https://example.com/#top", "\"https://example.com/#top\"");
        check("trailing ", "\"trailing \"");
        check("two\nlines", "\"two\\nlines\"");
    }
}
