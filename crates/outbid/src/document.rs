//! Files that `create` and `apply` read: TOML, or the same in YAML or JSON.
//!
//! ```toml
//! [[advertisers]]
//! name = "advertisers/acme"
//! display_name = "Acme"
//! currency_code = "USD"
//!
//! [[campaigns]]
//! name = "advertisers/acme/campaigns/spring"
//! display_name = "Spring"
//! budget = { daily_micros = 500_000_000 }
//! ```
//!
//! The fields are the contract's own, in the JSON form of protobuf. What only the server writes may stand in a file and
//! is passed over, so that what `get -o json` prints can be applied again.

use std::io::Read;

use api::field_mask::Masked;
use api::names::{Kind, Name};
use api::v1;
use prost_reflect::DynamicMessage;
use serde_json::Value;

use crate::contract;
use crate::failure::{Exit, Failure};
use crate::resolve::nearest;
use crate::resource::{Resource, collection, message_name};

mod field;
mod yaml;

/// The largest file that is read.
const MAX_BYTES: u64 = 32 << 20;
/// How many resources one command takes.
const MAX_ENTRIES: usize = 50_000;
/// How many faults one command tells.
const MAX_FAULTS: usize = 50;
/// The order in which resources are made: what is named before what names it.
pub const ORDER: [Kind; Kind::ALL.len()] = [
    Kind::RateTable,
    Kind::Exchange,
    Kind::Advertiser,
    Kind::Deal,
    Kind::Creative,
    Kind::Audience,
    Kind::ConversionAction,
    Kind::Campaign,
    Kind::Ad,
    Kind::BlockList,
    Kind::Experiment,
];

/// One resource of a file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub name: Name,
    /// What the file says of it. What only the server writes is left out.
    pub message: DynamicMessage,
    /// The fields that the file sets, besides the name and the etag.
    pub fields: Vec<String>,
}

impl Entry {
    /// The resource as the file tells it.
    pub fn resource(&self) -> Resource {
        Resource::of(self.name.kind(), &self.message)
    }
}

/// Reads files, `-` being standard input, and puts what they hold in the order in which it can be made. Tells all that
/// is wrong at once.
pub fn read_files(paths: &[String]) -> Result<Vec<Entry>, Failure> {
    let mut texts = Vec::new();
    for path in paths {
        let name = if path == "-" { "standard input" } else { path };
        texts.push((name, read_text(path, MAX_BYTES)?));
    }
    in_order(&texts)
}

/// Reads what a text says, as [`read_files`] reads a file's. The name is for messages.
pub fn read_toml(text: &str, name: &str) -> Result<Vec<Entry>, Failure> {
    in_order(&[(name, text)])
}

fn in_order(texts: &[(&str, impl AsRef<str>)]) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    let mut faults = Faults::default();
    for (name, text) in texts {
        read_into(name, text.as_ref(), &mut entries, &mut faults)?;
    }
    if !faults.0.is_empty() {
        let more = faults.0.len().saturating_sub(MAX_FAULTS);
        let more = (more > 0).then(|| format!("and {more} more"));
        let told = faults.0.into_iter().take(MAX_FAULTS).chain(more);
        return Err(
            Failure::usage("nothing was sent: the files cannot be understood").with_details(told),
        );
    }
    if entries.is_empty() {
        let names: Vec<&str> = texts.iter().map(|(name, _)| *name).collect();
        return Err(
            Failure::usage(format!("{} holds nothing", names.join(", ")))
                .with_hint("write tables such as [[campaigns]], each with a name"),
        );
    }
    entries.sort_by_key(|entry| ORDER.iter().position(|kind| *kind == entry.name.kind()));
    Ok(entries)
}

/// Reads a file as text, `-` being standard input.
pub fn read_text(path: &str, most_bytes: u64) -> Result<String, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Failed, format!("{path} cannot be read: {error}"))
    };
    let mut text = String::new();
    let length = if path == "-" {
        std::io::stdin()
            .lock()
            .take(most_bytes + 1)
            .read_to_string(&mut text)
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(most_bytes + 1).read_to_string(&mut text)
    };
    match length {
        Ok(length) if length as u64 > most_bytes => Err(Failure::usage(format!(
            "{path} is larger than {most_bytes} bytes: split it"
        ))),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Failure::usage(format!("{path} is no text in UTF-8")))
        }
        Err(error) => Err(failed(error)),
    }
}

/// What is wrong with files, each with its place.
#[derive(Debug, Default)]
pub struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, place: &str, what: impl std::fmt::Display) {
        self.0.push(format!("{place}: {what}"));
    }
}

fn read_into(
    shown: &str,
    text: &str,
    entries: &mut Vec<Entry>,
    faults: &mut Faults,
) -> Result<(), Failure> {
    let Value::Object(tables) = parse(shown, text)? else {
        return Err(Failure::usage(format!(
            "{shown} must hold tables such as [[campaigns]]"
        )));
    };
    for (key, value) in tables {
        let Some(kind) = Kind::ALL.into_iter().find(|kind| collection(*kind) == key) else {
            let known = Kind::ALL.map(collection);
            let instead = match nearest(&key, known) {
                Some(known) => format!("did you mean {known}?"),
                None => format!("write one of {}", known.join(", ")),
            };
            faults.add(shown, format!("there are no \"{key}\": {instead}"));
            continue;
        };
        let Value::Array(list) = value else {
            faults.add(shown, format!("{key} must be a list: write [[{key}]]"));
            continue;
        };
        for (place, value) in list.into_iter().enumerate() {
            let place = format!("{shown}: {key}[{place}]");
            entries.extend(read_entry(kind, &value, &place, faults));
        }
        if entries.len() > MAX_ENTRIES {
            return Err(Failure::usage(format!(
                "more than {MAX_ENTRIES} resources: split the files"
            )));
        }
    }
    Ok(())
}

/// The text as JSON or YAML where it begins like it, and as TOML otherwise.
fn parse(shown: &str, text: &str) -> Result<Value, Failure> {
    let wrong = |error: String| {
        Failure::usage(format!(
            "{shown} cannot be understood: {}",
            error.trim_end()
        ))
    };
    if text.trim_start().starts_with(['{', '['])
        && !text.trim_start().starts_with("[[")
        && looks_like_json(text)
    {
        return serde_json::from_str(text).map_err(|error| wrong(error.to_string()));
    }
    if looks_like_yaml(shown, text) {
        return yaml::parse(text).map_err(wrong);
    }
    let table: toml::Table = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    Ok(field::from_toml(toml::Value::Table(table)))
}

/// A TOML file may begin with a bracket too, but then with a name in it.
fn looks_like_json(text: &str) -> bool {
    let begin = text.trim_start();
    begin.starts_with('{') || begin[1..].trim_start().starts_with(['{', ']'])
}

/// By the file's name, or else by its first line that says something: `campaigns:`, where TOML has `[[campaigns]]`.
fn looks_like_yaml(shown: &str, text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    let begins = first.is_some_and(|line| {
        let key = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        line == "---" || (key.len() < line.len() && key.starts_with(':'))
    });
    [".yaml", ".yml"].iter().any(|end| shown.ends_with(end)) || begins
}

/// Reads one resource's own fields in YAML, as `outbid edit` shows them.
pub fn read_resource(kind: Kind, text: &str) -> Result<Entry, Failure> {
    let value = yaml::parse(text).map_err(Failure::usage)?;
    let mut faults = Faults::default();
    let entry = read_entry(kind, &value, kind.noun(), &mut faults);
    match entry {
        Some(entry) if faults.0.is_empty() => Ok(entry),
        _ => Err(Failure::usage("this cannot be understood").with_details(faults.0)),
    }
}

fn read_entry(kind: Kind, value: &Value, place: &str, faults: &mut Faults) -> Option<Entry> {
    let before = faults.0.len();
    let descriptor = contract::message(message_name(kind));
    let mut message = field::read_message(&descriptor, value, place, faults)?;
    let name = match message.get_field_by_name("name").as_deref() {
        Some(prost_reflect::Value::String(name)) if !name.is_empty() => {
            match Name::of(kind, name) {
                Ok(name) => Some(name),
                Err(error) => {
                    faults.add(&format!("{place}.name"), error);
                    None
                }
            }
        }
        _ => {
            faults.add(
                &format!("{place}.name"),
                format!("write its name, of the form {}", kind.pattern()),
            );
            None
        }
    };
    if faults.0.len() > before {
        return None;
    }
    for field in ours(kind) {
        message.clear_field_by_name(field);
    }
    let mut fields = field::names(&descriptor, value);
    fields.retain(|field| {
        !matches!(field.as_str(), "name" | "etag") && !ours(kind).any(|ours| ours == field)
    });
    Some(Entry {
        name: name?,
        message,
        fields,
    })
}

/// The fields that only the server writes. The etag is the client's to send back.
pub fn ours(kind: Kind) -> impl Iterator<Item = &'static str> {
    let ours = match kind {
        Kind::Advertiser => v1::Advertiser::OURS,
        Kind::Campaign => v1::Campaign::OURS,
        Kind::Ad => v1::Ad::OURS,
        Kind::Creative => v1::Creative::OURS,
        Kind::Exchange => v1::Exchange::OURS,
        Kind::Deal => v1::Deal::OURS,
        Kind::RateTable => v1::RateTable::OURS,
        Kind::BlockList => v1::BlockList::OURS,
        Kind::Audience => v1::Audience::OURS,
        Kind::ConversionAction => v1::ConversionAction::OURS,
        Kind::Experiment => v1::Experiment::OURS,
    };
    ours.iter()
        .copied()
        .filter(|field| !matches!(*field, "name" | "etag"))
}

#[cfg(test)]
mod tests;
