//! Which records a list shows, and in which order (AIP-132): a small part of the filter language of AIP-160.
//!
//! A filter is one or more conditions, of which every one must hold:
//!
//! ```text
//! state = "PAUSED" AND display_name : "spring" AND NOT create_time < "2026-11-01T00:00:00Z"
//! ```
//!
//! | field | conditions |
//! | --- | --- |
//! | `state` | `=` `!=` with `ACTIVE`, `PAUSED` or `DELETED` |
//! | `name`, `display_name` | `=` `!=`, with `*` at an end for anything; `:` where the text is in it, in any case |
//! | `create_time`, `update_time` | `=` `!=` `<` `<=` `>` `>=` with a time in RFC 3339 |
//!
//! An order is fields, each with `desc` or without: `display_name desc, create_time`. What is equal stands in the order
//! in which it was made.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use api::errors::CallError;
use campaign::ad::State;
use campaign::time::Timestamp;

use crate::catalog::Entry;

/// How long a filter or an order may be, in bytes.
const MAX_BYTES: usize = 1_024;
/// How many conditions or fields it may have.
const MAX_PARTS: usize = 16;

/// A field that a filter or an order may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Name,
    DisplayName,
    State,
    CreateTime,
    UpdateTime,
}

const FIELDS: [(&str, Field); 5] = [
    ("name", Field::Name),
    ("display_name", Field::DisplayName),
    ("state", Field::State),
    ("create_time", Field::CreateTime),
    ("update_time", Field::UpdateTime),
];

impl Field {
    fn parse(text: &str) -> Option<Field> {
        let found = FIELDS.iter().find(|(name, _)| *name == text);
        found.map(|(_, field)| *field)
    }
}

fn known() -> String {
    FIELDS.map(|(name, _)| name).join(", ")
}

/// Which records are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter(Vec<Condition>);

#[derive(Clone, Debug, PartialEq)]
struct Condition {
    holds: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    State(State),
    /// The whole text, with `*` at an end for anything.
    Is(Field, String),
    /// A part of the text, in lower case.
    Has(Field, String),
    Time(Field, &'static [Ordering], Timestamp),
}

impl Filter {
    /// Reads a filter. The empty one shows everything.
    pub fn parse(text: &str) -> Result<Filter, CallError> {
        let wrong = |what: String| CallError::field("filter", "INVALID_FILTER", what);
        if text.len() > MAX_BYTES {
            return Err(wrong(format!("write at most {MAX_BYTES} bytes")));
        }
        let words = words(text).map_err(wrong)?;
        let mut words = words.iter().map(String::as_str).peekable();
        let mut conditions = Vec::new();
        while words.peek().is_some() {
            let negated = words.next_if(|word| *word == "NOT").is_some();
            let (field, sign, value) = (words.next(), words.next(), words.next());
            let (Some(field), Some(sign), Some(value)) = (field, sign, value) else {
                return Err(wrong(
                    "write FIELD = VALUE, such as state = \"PAUSED\"".to_string(),
                ));
            };
            let (test, equal) = test(field, sign, unquoted(value)).map_err(wrong)?;
            let holds = equal != negated;
            conditions.push(Condition { holds, test });
            match words.next() {
                None => break,
                Some("AND") if words.peek().is_some() => {}
                Some(other) => {
                    let what =
                        format!("write AND between conditions, not {other}: every one must hold");
                    return Err(wrong(what));
                }
            }
        }
        match conditions.len() {
            0..=MAX_PARTS => Ok(Filter(conditions)),
            _ => Err(wrong(format!("write at most {MAX_PARTS} conditions"))),
        }
    }

    /// Whether it shows a record.
    pub fn shows(&self, entry: &Entry) -> bool {
        self.0.iter().all(|it| it.test.holds(entry) == it.holds)
    }

    /// Whether it speaks of what was deleted, which is then shown without being asked for.
    pub fn asks_for_deleted(&self) -> bool {
        let deleted = |it: &Condition| it.holds && it.test == Test::State(State::Deleted);
        self.0.iter().any(deleted)
    }
}

impl Test {
    fn holds(&self, entry: &Entry) -> bool {
        match self {
            Test::State(state) => entry.state() == *state,
            Test::Is(field, pattern) => matches_pattern(text(entry, *field), pattern),
            Test::Has(field, part) => text(entry, *field).to_lowercase().contains(part),
            Test::Time(field, orders, at) => orders.contains(&time(entry, *field).cmp(at)),
        }
    }
}

/// A test, and whether it must hold or must not.
fn test(field: &str, sign: &str, value: &str) -> Result<(Test, bool), String> {
    use Ordering::{Equal, Greater, Less};
    let Some(known_field) = Field::parse(field) else {
        return Err(format!(
            "there is no field \"{field}\" to filter by: write one of {}",
            known()
        ));
    };
    let orders: &[Ordering] = match sign {
        "=" | "!=" => &[Equal],
        "<" => &[Less],
        "<=" => &[Less, Equal],
        ">" => &[Greater],
        ">=" => &[Greater, Equal],
        ":" => &[],
        other => {
            return Err(format!(
                "\"{other}\" compares nothing: write = != < <= > >= or :"
            ));
        }
    };
    let of_times = matches!(known_field, Field::CreateTime | Field::UpdateTime);
    let of_texts = matches!(known_field, Field::Name | Field::DisplayName);
    let is_equality = matches!(sign, "=" | "!=");
    let test = match known_field {
        Field::State if is_equality => {
            let value = value.strip_prefix("STATE_").unwrap_or(value);
            let state = match value {
                "ACTIVE" => State::Active,
                "PAUSED" => State::Paused,
                "DELETED" => State::Deleted,
                _ => return Err("write ACTIVE, PAUSED or DELETED for a state".to_string()),
            };
            Test::State(state)
        }
        field if of_texts && is_equality => Test::Is(field, value.to_string()),
        field if of_texts && sign == ":" => Test::Has(field, value.to_lowercase()),
        field if of_times && sign != ":" => {
            let at = Timestamp::parse(value);
            let at = at.map_err(|_| "write a time such as \"2026-11-01T00:00:00Z\"".to_string())?;
            Test::Time(field, orders, at)
        }
        _ => return Err(format!("{field} cannot be compared by {sign}")),
    };
    Ok((test, sign != "!="))
}

fn matches_pattern(text: &str, pattern: &str) -> bool {
    let (open_front, rest) = match pattern.strip_prefix('*') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    match (open_front, rest.strip_suffix('*')) {
        (true, Some(part)) => text.contains(part),
        (true, None) => text.ends_with(rest),
        (false, Some(part)) => text.starts_with(part),
        (false, None) => text == rest,
    }
}

fn text(entry: &Entry, field: Field) -> &str {
    match field {
        Field::DisplayName => entry.noun.display_name(),
        _ => entry.name.as_str(),
    }
}

fn time(entry: &Entry, field: Field) -> Timestamp {
    match field {
        Field::UpdateTime => entry.record.updated,
        _ => entry.record.created,
    }
}

/// Cuts a filter into names, signs and values; what stands in quotes keeps its first one.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let inner = &rest[1..];
                let end = inner.find('"');
                end.ok_or("a quote is not closed: write \"…\"".to_string())? + 2
            }
            '=' | ':' => 1,
            '<' | '>' | '!' => 1 + usize::from(rest[1..].starts_with('=')),
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "=:<>!\"".contains(c));
                end.unwrap_or(rest.len())
            }
        };
        words.push(rest[..length].to_string());
        rest = rest[length..].trim_start();
    }
    Ok(words)
}

fn unquoted(word: &str) -> &str {
    let inner = word
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(word)
}

/// In which order records are shown: by these fields, those marked backwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Order(Vec<(Field, bool)>);

impl Order {
    /// Reads an order. The empty one is that in which records were made.
    pub fn parse(text: &str) -> Result<Order, CallError> {
        let wrong = |what: String| CallError::field("order_by", "INVALID_ORDER", what);
        if text.len() > MAX_BYTES {
            return Err(wrong(format!("write at most {MAX_BYTES} bytes")));
        }
        if text.trim().is_empty() {
            return Ok(Order::default());
        }
        let mut fields = Vec::new();
        for part in text.split(',') {
            let mut words = part.split_whitespace();
            let (name, way) = (words.next().unwrap_or_default(), words.next());
            let field = Field::parse(name).ok_or_else(|| {
                wrong(format!(
                    "there is no field \"{name}\" to sort by: write one of {}",
                    known()
                ))
            })?;
            let backwards = match (way, words.next()) {
                (None | Some("asc"), None) => false,
                (Some("desc"), None) => true,
                _ => return Err(wrong(format!("write \"{name}\" or \"{name} desc\""))),
            };
            fields.push((field, backwards));
        }
        match fields.len() {
            0..=MAX_PARTS => Ok(Order(fields)),
            _ => Err(wrong(format!("write at most {MAX_PARTS} fields"))),
        }
    }

    /// Whether it is that in which records were made.
    pub fn is_usual(&self) -> bool {
        self.0.is_empty()
    }

    fn compare(&self, one: &Entry, other: &Entry) -> Ordering {
        for (field, backwards) in &self.0 {
            let order = match field {
                Field::Name | Field::DisplayName => text(one, *field).cmp(text(other, *field)),
                Field::State => place(one.state()).cmp(&place(other.state())),
                Field::CreateTime | Field::UpdateTime => {
                    time(one, *field).cmp(&time(other, *field))
                }
            };
            let order = if *backwards { order.reverse() } else { order };
            if order != Ordering::Equal {
                return order;
            }
        }
        one.record.id.cmp(&other.record.id)
    }

    /// The first `count` of these entries in this order that come after `last`. Looks at each once, and holds no more
    /// than that many.
    pub fn first<'a>(
        &'a self,
        entries: impl Iterator<Item = &'a Entry>,
        last: Option<&'a Entry>,
        count: usize,
    ) -> Vec<&'a Entry> {
        let after = |entry: &&Entry| last.is_none_or(|last| self.compare(entry, last).is_gt());
        let mut first = BTreeSet::new();
        for entry in entries.filter(after) {
            first.insert(Ranked { order: self, entry });
            if first.len() > count {
                first.pop_last();
            }
        }
        first.into_iter().map(|ranked| ranked.entry).collect()
    }
}

fn place(state: State) -> u8 {
    match state {
        State::Active => 0,
        State::Paused => 1,
        State::Deleted => 2,
    }
}

/// An entry at its place in an order.
struct Ranked<'a> {
    order: &'a Order,
    entry: &'a Entry,
}

impl Ord for Ranked<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order.compare(self.entry, other.entry)
    }
}

impl PartialOrd for Ranked<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_cannot_be_read_says_what_to_write() {
        let check = |text: &str, part: &str| {
            let told = tonic::Status::from(Filter::parse(text).unwrap_err());
            assert!(told.message().contains(part), "{text}: {told}");
        };
        check("state", "write FIELD = VALUE");
        check("state = ", "write FIELD = VALUE");
        check("colour = red", "display_name");
        check("state = RED", "ACTIVE");
        check("state < PAUSED", "cannot be compared");
        check("state = PAUSED OR state = ACTIVE", "AND");
        check("state = PAUSED AND", "AND");
        check("display_name = \"spring", "quote");
        check("display_name > a", "cannot be compared");
        check("create_time > yesterday", "2026-");
        check("create_time : x", "cannot be compared");
        check("name ~ x", "compares nothing");
        check(&"x".repeat(2_000), "1024");
        check(&["name = x"; 17].join(" AND "), "16");
    }

    #[test]
    fn an_order_that_cannot_be_read_says_what_to_write() {
        let check = |text: &str, part: &str| {
            let told = tonic::Status::from(Order::parse(text).unwrap_err());
            assert!(told.message().contains(part), "{text}: {told}");
        };
        check("colour", "display_name");
        check("name,", "no field \"\"");
        check("name down", "name desc");
        check("name desc desc", "name desc");
        assert!(Order::parse(" ").unwrap().is_usual());
        assert_eq!(
            Order::parse("name, state desc").unwrap().0,
            [(Field::Name, false), (Field::State, true)]
        );
    }

    #[test]
    fn a_star_stands_for_anything_at_an_end() {
        let check = |text: &str, pattern: &str, expect: bool| {
            assert_eq!(matches_pattern(text, pattern), expect, "{text} {pattern}");
        };
        check("spring sale", "spring sale", true);
        check("spring sale", "spring", false);
        check("spring sale", "spring*", true);
        check("spring sale", "*sale", true);
        check("spring sale", "*ring*", true);
        check("spring sale", "*", true);
        check("spring sale", "*x*", false);
    }
}
