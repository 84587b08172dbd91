//! What a change changed, as the history tells it: field by field, from the stored messages themselves, so that a new
//! field needs no code here.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use api::v1;
use campaign::hexadecimal;
use campaign::time::Timestamp;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, ReflectMessage, Value};
use store::change_event::{Before, ChangeEventRow, NewChangeEvent};
use store::database::Transaction;
use store::error::StoreError;
use store::record::Record;

use crate::access::caller::Caller;
use crate::authority::Manner;

/// The longest value that is told, in bytes.
const LONGEST_VALUE: usize = 4_096;
/// The collection of all events.
pub const COLLECTION: &str = "changeEvents/";

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    // The set is committed and a test of `api` holds it to the contract, so it decodes.
    DescriptorPool::decode(api::DESCRIPTORS).expect("the committed descriptors decode")
});

/// Where the event of a change is left for who made the change to answer with.
pub type Noted = Arc<Mutex<Option<v1::ChangeEvent>>>;

/// Who makes a change, and by which call.
#[derive(Clone, Debug)]
pub struct Author {
    caller: Arc<Caller>,
    request_id: String,
    reverts: String,
    noted: Noted,
    at: Timestamp,
}

impl Author {
    /// The present caller, carrying out a call in this manner.
    pub fn new(caller: &Arc<Caller>, manner: &Manner, at: Timestamp) -> Author {
        let request_id = manner.call.as_ref().map(|call| call.request_id());
        let reverts = manner.reverts.clone().unwrap_or_default();
        Author {
            caller: Arc::clone(caller),
            request_id: request_id.unwrap_or_default().to_string(),
            reverts: reverts.event,
            noted: reverts.noted,
            at,
        }
    }

    /// Notes what a record was and is, in the transaction of the change.
    pub fn note(
        &self,
        transaction: &Transaction<'_>,
        before: Option<&Record>,
        after: &Record,
    ) -> Result<(), StoreError> {
        let action = match (before, after.deleted.is_some()) {
            (None, _) => v1::ChangeAction::Created,
            (Some(before), true) if before.deleted.is_none() => v1::ChangeAction::Deleted,
            (Some(before), false) if before.deleted.is_some() => v1::ChangeAction::Undeleted,
            (Some(_), _) => v1::ChangeAction::Changed,
        };
        let changes = match action {
            v1::ChangeAction::Created | v1::ChangeAction::Changed => {
                record_changes(before, &after.kind, &after.state, &after.body)?
            }
            _ => Vec::new(),
        };
        let kept = before.filter(|_| action == v1::ChangeAction::Changed);
        let kept = kept.map(|before| Before {
            state: before.state.clone(),
            body: before.body.clone(),
        });
        self.append(
            transaction,
            &after.name,
            action,
            changes,
            kept,
            after.version,
        )
    }

    /// Notes a change of something that is no record.
    pub fn append(
        &self,
        transaction: &Transaction<'_>,
        resource: &str,
        action: v1::ChangeAction,
        changes: Vec<v1::FieldChange>,
        before: Option<Before>,
        version: u64,
    ) -> Result<(), StoreError> {
        let event = v1::ChangeEvent {
            actor_display_name: self.caller.display_name.clone(),
            method: self.caller.method.clone(),
            request_id: self.request_id.clone(),
            action: action as i32,
            changes,
            reverts: self.reverts.clone(),
            ..Default::default()
        };
        let row = transaction.append_change_event(NewChangeEvent {
            at: self.at,
            actor: &self.caller.token,
            resource,
            body: &event.encode_to_vec(),
            before,
            version,
        })?;
        let event = present(&row)?;
        // Nothing panics while it holds this, so nothing is ever poisoned.
        *self.noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(event);
        Ok(())
    }
}

/// An event as the contract shows it.
pub fn present(row: &ChangeEventRow) -> Result<v1::ChangeEvent, StoreError> {
    let event = v1::ChangeEvent::decode(row.body.as_slice())
        .map_err(|error| StoreError::Unreadable(format!("{COLLECTION}{}: {error}", row.id)))?;
    Ok(v1::ChangeEvent {
        name: format!("{COLLECTION}{}", row.id),
        create_time: api::time::write_moment(row.at),
        actor: row.actor.clone(),
        resource: row.resource.clone(),
        hash: hexadecimal::write(&row.hash),
        ..event
    })
}

/// What was changed of a record, its state among it.
pub fn record_changes(
    before: Option<&Record>,
    kind: &str,
    state: &str,
    body: &[u8],
) -> Result<Vec<v1::FieldChange>, StoreError> {
    let mut changes = Vec::new();
    if let Some(before) = before
        && before.state != state
    {
        changes.push(v1::FieldChange {
            field: "state".to_string(),
            old_value: Some(before.state.to_uppercase()),
            new_value: Some(state.to_uppercase()),
        });
    }
    let old = before.map(|before| before.body.as_slice());
    changes.extend(field_changes(&message_of(kind), old, Some(body))?);
    Ok(changes)
}

/// The message of a kind of record: `ConversionAction` for "conversion action" or "conversion_action".
fn message_of(kind: &str) -> String {
    let words = kind.split([' ', '_', '-']);
    let upper = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    };
    words.map(upper).collect()
}

/// What two messages of the contract differ in. `name` is the message's short name.
pub fn field_changes(
    name: &str,
    old: Option<&[u8]>,
    new: Option<&[u8]>,
) -> Result<Vec<v1::FieldChange>, StoreError> {
    let unreadable = |why: String| StoreError::Unreadable(format!("a {name}: {why}"));
    let message = POOL
        .get_message_by_name(&format!("outbid.control.v1.{name}"))
        .ok_or_else(|| unreadable("the contract has no such message".to_string()))?;
    let read = |bytes: Option<&[u8]>| {
        DynamicMessage::decode(message.clone(), bytes.unwrap_or_default())
            .map_err(|error| unreadable(error.to_string()))
    };
    let mut changes = Vec::new();
    compare(&read(old)?, &read(new)?, "", &mut changes);
    Ok(changes)
}

fn compare(
    old: &DynamicMessage,
    new: &DynamicMessage,
    path: &str,
    changes: &mut Vec<v1::FieldChange>,
) {
    for field in new.descriptor().fields() {
        let value = |of: &DynamicMessage| {
            of.has_field(&field)
                .then(|| of.get_field(&field).into_owned())
        };
        let (old, new) = (value(old), value(new));
        if old == new {
            continue;
        }
        let path = format!("{path}{}", field.name());
        if let Some(inner) = nested(&field) {
            let message = |value: Option<Value>| match value {
                Some(Value::Message(message)) => message,
                _ => DynamicMessage::new(inner.clone()),
            };
            let before = changes.len();
            compare(&message(old), &message(new), &format!("{path}."), changes);
            if changes.len() > before {
                continue;
            }
            // A message without fields that came or went.
            changes.push(v1::FieldChange {
                field: path,
                ..Default::default()
            });
            continue;
        }
        let told = |value: Option<Value>| value.map(|value| cut(text(&field, &value)));
        changes.push(v1::FieldChange {
            field: path,
            old_value: told(old),
            new_value: told(new),
        });
    }
}

/// The message of a field whose own fields are told one by one.
fn nested(field: &FieldDescriptor) -> Option<prost_reflect::MessageDescriptor> {
    let Kind::Message(message) = field.kind() else {
        return None;
    };
    let is_value = message.full_name().starts_with("google.protobuf.");
    (!field.is_list() && !field.is_map() && !is_value).then_some(message)
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST_VALUE {
        let end = (0..=LONGEST_VALUE)
            .rev()
            .find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(0));
        text.push('…');
    }
    text
}

/// A value on its own: a text without quotes, and all else as JSON.
fn text(field: &FieldDescriptor, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        _ => json(&field.kind(), value).trim_matches('"').to_string(),
    }
}

fn json(kind: &Kind, value: &Value) -> String {
    match (value, kind) {
        (Value::Bool(it), _) => it.to_string(),
        (Value::I32(it), _) => it.to_string(),
        (Value::I64(it), _) => it.to_string(),
        (Value::U32(it), _) => it.to_string(),
        (Value::U64(it), _) => it.to_string(),
        (Value::F32(it), _) => it.to_string(),
        (Value::F64(it), _) => it.to_string(),
        (Value::String(it), _) => quoted(it),
        (Value::Bytes(it), _) => format!("\"{} bytes\"", it.len()),
        (Value::EnumNumber(number), Kind::Enum(kind)) => match kind.get_value(*number) {
            Some(known) => quoted(known.name()),
            None => number.to_string(),
        },
        (Value::EnumNumber(number), _) => number.to_string(),
        (Value::Message(it), _) => message_json(it),
        (Value::List(list), kind) => {
            let each: Vec<String> = list.iter().map(|it| json(kind, it)).collect();
            format!("[{}]", each.join(","))
        }
        // The contract has no maps.
        (Value::Map(map), _) => format!("\"{} entries\"", map.len()),
    }
}

fn message_json(message: &DynamicMessage) -> String {
    match message.descriptor().full_name() {
        "google.protobuf.Timestamp" => {
            let at = message.transcode_to::<prost_types::Timestamp>();
            return quoted(&at.map_or(String::new(), |it| it.to_string()));
        }
        "google.protobuf.Duration" => {
            let span = message.transcode_to::<prost_types::Duration>();
            return quoted(&span.map_or(String::new(), |it| it.to_string()));
        }
        _ => {}
    }
    let set = message.fields();
    let each: Vec<String> = set
        .map(|(field, value)| format!("{}:{}", quoted(field.name()), json(&field.kind(), value)))
        .collect();
    format!("{{{}}}", each.join(","))
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &v1::Ad, new: &v1::Ad) -> Vec<(String, Option<String>, Option<String>)> {
        let (old, new) = (old.encode_to_vec(), new.encode_to_vec());
        let changes = field_changes("Ad", Some(&old), Some(&new)).unwrap();
        let told = changes.into_iter();
        told.map(|it| (it.field, it.old_value, it.new_value))
            .collect()
    }

    #[test]
    fn each_field_is_told_with_what_it_was_and_what_it_became() {
        let old = v1::Ad {
            display_name: "Old \"one\"".to_string(),
            budget: Some(v1::Budget {
                daily_micros: Some(5),
                lifetime_micros: None,
            }),
            creatives: vec!["a".to_string()],
            ..Default::default()
        };
        let new = v1::Ad {
            display_name: "New".to_string(),
            budget: Some(v1::Budget {
                daily_micros: Some(7),
                lifetime_micros: Some(0),
            }),
            creatives: vec!["a".to_string(), "b\n".to_string()],
            flight: Some(v1::Flight {
                start_time: api::time::write_moment(Timestamp(0)),
                end_time: None,
            }),
            ..Default::default()
        };
        let some = |text: &str| Some(text.to_string());
        let mut expect = vec![
            ("display_name".to_string(), some("Old \"one\""), some("New")),
            ("budget.lifetime_micros".to_string(), None, some("0")),
            ("budget.daily_micros".to_string(), some("5"), some("7")),
            (
                "creatives".to_string(),
                some("[\"a\"]"),
                some("[\"a\",\"b\\u000a\"]"),
            ),
            (
                "flight.start_time".to_string(),
                None,
                some("1970-01-01T00:00:00Z"),
            ),
        ];
        let mut got = told(&old, &new);
        expect.sort();
        got.sort();
        assert_eq!(got, expect);
        assert_eq!(told(&old, &old), []);
    }

    #[test]
    fn a_long_value_is_cut_between_its_characters() {
        let long = "ä".repeat(LONGEST_VALUE);
        let got = cut(long);
        assert_eq!(got.len(), LONGEST_VALUE + "…".len());
        assert_eq!(cut("short".to_string()), "short");
        assert_eq!(message_of("conversion_action"), "ConversionAction");
    }
}
