//! `outbid schema`: what fields there are, and what they mean, from the contract itself.

use api::names::Kind;
use clap::Args as Arguments;
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind as Type, MessageDescriptor};

use crate::contract::{self, Writer};
use crate::failure::{Exit, Failure};
use crate::print::table::{Page, Side, Table};
use crate::print::tree::Tree;
use crate::resolve::nearest;
use crate::resource::{collection, message_name};
use crate::session::Session;

/// How deep a search for a field by its last name goes, and how many places it tells.
const MAX_DEPTH: usize = 4;
const MAX_PLACES: usize = 10;

/// What to explain.
#[derive(Arguments, Debug)]
pub struct Args {
    /// A kind, or a field of one: campaign, campaign.budget.daily_micros. All kinds without
    #[arg(value_name = "FIELD")]
    path: Option<String>,
}

/// Explains it. No server is asked.
pub fn run(args: &Args, session: &Session) -> Result<(), Failure> {
    let Some(path) = args.path.as_deref() else {
        session.print(
            || kinds().render(),
            kinds_tree,
            || Kind::ALL.map(|kind| kind.noun().to_string()).to_vec(),
        )?;
        session.next(&["outbid schema campaign".to_string()]);
        return Ok(());
    };
    let found = find(path)?;
    session.print(
        || page(path, &found),
        || found.tree(path),
        || found.names(path),
    )?;
    if let Some(inner) = found.message()
        && let Some(field) = inner.fields().find(|field| message_of(field).is_some())
    {
        session.next(&[format!("outbid schema {path}.{}", field.name())]);
    } else {
        let kind = path.split('.').next().unwrap_or(path);
        session.next(&[match path.contains('.') {
            true => format!("outbid schema {kind}"),
            false => "outbid apply -f FILE --dry-run".to_string(),
        }]);
    }
    Ok(())
}

/// What a path leads to.
enum Found {
    Resource(MessageDescriptor),
    Field(FieldDescriptor),
}

impl Found {
    fn message(&self) -> Option<MessageDescriptor> {
        match self {
            Found::Resource(message) => Some(message.clone()),
            Found::Field(field) => message_of(field),
        }
    }

    fn names(&self, path: &str) -> Vec<String> {
        let inner = self
            .message()
            .into_iter()
            .flat_map(|message| message.fields().collect::<Vec<_>>());
        let names: Vec<String> = inner
            .map(|field| format!("{path}.{}", field.name()))
            .collect();
        if names.is_empty() {
            vec![path.to_string()]
        } else {
            names
        }
    }

    fn tree(&self, path: &str) -> Tree {
        let text = |text: &str| Tree::Text(text.to_string());
        let mut fields = vec![("path".to_string(), text(path))];
        match self {
            Found::Resource(message) => {
                fields.push((
                    "about".to_string(),
                    text(contract::comment(message.full_name())),
                ));
            }
            Found::Field(field) => fields.extend(facts(field)),
        }
        if let Some(message) = self.message() {
            let inner = message.fields().map(|field| {
                let name = ("name".to_string(), text(field.name()));
                Tree::Table([vec![name], facts(&field)].concat())
            });
            fields.push(("fields".to_string(), Tree::List(inner.collect())));
        }
        Tree::Table(fields)
    }
}

fn facts(field: &FieldDescriptor) -> Vec<(String, Tree)> {
    let mut facts = vec![
        ("type".to_string(), Tree::Text(type_words(field))),
        (
            "written".to_string(),
            Tree::Text(written(field).to_string()),
        ),
        (
            "about".to_string(),
            Tree::Text(contract::comment(field.full_name()).to_string()),
        ),
    ];
    if let Type::Enum(choices) = field.kind() {
        let names = choices_of(&choices)
            .map(|(name, _)| Tree::Text(name))
            .collect();
        facts.push(("choices".to_string(), Tree::List(names)));
    }
    facts
}

fn kinds() -> Table {
    let mut table = Table::new(&[("KIND", Side::Left), ("WHAT IT IS", Side::Left)]);
    for kind in Kind::ALL {
        table.row([kind.noun(), about(kind)]);
    }
    table
}

fn kinds_tree() -> Tree {
    let kinds = Kind::ALL.map(|kind| {
        Tree::table([
            ("path", Tree::Text(kind.noun().to_string())),
            ("about", Tree::Text(about(kind).to_string())),
        ])
    });
    Tree::table([("kinds", Tree::List(kinds.to_vec()))])
}

fn about(kind: Kind) -> &'static str {
    contract::comment(contract::message(message_name(kind)).full_name())
}

fn find(path: &str) -> Result<Found, Failure> {
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default();
    let named = |kind: &Kind| [kind.noun(), collection(*kind)].contains(&first);
    let Some(kind) = Kind::ALL.into_iter().find(named) else {
        return Err(unknown_kind(first, path));
    };
    let mut message = contract::message(message_name(kind));
    let mut found = Found::Resource(message.clone());
    let mut so_far = first.to_string();
    for part in parts {
        // Places in lists may be written as errors tell them: `creatives[3]`.
        let part = part.split('[').next().unwrap_or(part);
        let field = message
            .get_field_by_name(part)
            .or_else(|| message.get_field_by_json_name(part));
        let Some(field) = field else {
            return Err(unknown_field(&message, &so_far, part));
        };
        so_far = format!("{so_far}.{part}");
        if let Some(inner) = message_of(&field) {
            message = inner;
        } else if path.len() > so_far.len() && !path.ends_with(']') {
            return Err(
                Failure::new(Exit::NotFound, format!("{so_far} has no fields of its own"))
                    .with_hint(format!("outbid schema {so_far}")),
            );
        }
        found = Found::Field(field);
    }
    Ok(found)
}

fn unknown_kind(first: &str, path: &str) -> Failure {
    let failure = Failure::new(Exit::NotFound, format!("there is no kind \"{first}\""));
    // Who writes a field's name alone means one of these.
    let last = path.rsplit('.').next().unwrap_or(path);
    let mut places = Vec::new();
    for kind in Kind::ALL {
        let message = contract::message(message_name(kind));
        search(&message, kind.noun(), last, MAX_DEPTH, &mut places);
    }
    places.truncate(MAX_PLACES);
    if !places.is_empty() {
        return failure.with_hint(format!("did you mean {}?", places.join(" or ")));
    }
    let known = Kind::ALL.map(Kind::noun);
    match nearest(first, known) {
        Some(near) => failure.with_hint(format!("did you mean {near}?")),
        None => failure.with_hint(format!("write one of {}", known.join(", "))),
    }
}

fn search(
    message: &MessageDescriptor,
    path: &str,
    name: &str,
    depth: usize,
    places: &mut Vec<String>,
) {
    for field in message.fields() {
        let path = format!("{path}.{}", field.name());
        if field.name() == name {
            places.push(path.clone());
        }
        if let Some(inner) = message_of(&field)
            && depth > 1
        {
            search(&inner, &path, name, depth - 1, places);
        }
    }
}

fn unknown_field(message: &MessageDescriptor, path: &str, part: &str) -> Failure {
    let known: Vec<String> = message
        .fields()
        .map(|field| field.name().to_string())
        .collect();
    let failure = Failure::new(Exit::NotFound, format!("{path} has no field \"{part}\""));
    match nearest(part, known.iter().map(String::as_str)) {
        Some(near) => failure.with_hint(format!("did you mean {path}.{near}?")),
        None => failure.with_hint(format!("it has {}", known.join(", "))),
    }
}

/// The message whose fields a file writes as a table. Moments and lengths of time are texts there.
fn message_of(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Type::Message(message) if !message.full_name().starts_with("google.protobuf.") => {
            Some(message)
        }
        _ => None,
    }
}

fn page(path: &str, found: &Found) -> String {
    let mut page = Page::default();
    match found {
        Found::Resource(message) => {
            page.fact("Kind", path);
            page.fact("About", contract::comment(message.full_name()));
        }
        Found::Field(field) => {
            page.fact("Field", path);
            page.fact("Type", type_words(field));
            page.fact("Written", written(field));
            page.fact("About", contract::comment(field.full_name()));
            if let Some(oneof) = field.containing_oneof() {
                let others: Vec<String> = oneof
                    .fields()
                    .map(|field| field.name().to_string())
                    .collect();
                if others.len() > 1 {
                    page.fact("Only one of", others.join(", "));
                }
            }
            if let Type::Enum(choices) = field.kind() {
                let lines: Vec<String> = choices_of(&choices)
                    .map(|(name, about)| format!("{name}  {about}"))
                    .collect();
                page.fact("Choices", lines.join("\n"));
            }
        }
    }
    let mut text = page.render();
    if let Some(message) = found.message() {
        let mut table = Table::new(&[
            ("FIELD", Side::Left),
            ("TYPE", Side::Left),
            ("WRITTEN", Side::Left),
            ("ABOUT", Side::Left),
        ]);
        for field in message.fields() {
            let about = contract::comment(field.full_name());
            table.row([field.name(), &type_words(&field), written(&field), about]);
        }
        text.push('\n');
        text.push_str(&table.render());
    }
    text
}

/// The choices that a file may write. The first one of each enum means that nothing was said.
fn choices_of(choices: &EnumDescriptor) -> impl Iterator<Item = (String, &'static str)> {
    let named = choices.clone();
    let values: Vec<_> = choices
        .values()
        .skip(1)
        .map(|value| value.name().to_string())
        .collect();
    values.into_iter().map(move |name| {
        let about = contract::comment(&format!("{}.{name}", named.full_name()));
        (name, about)
    })
}

fn written(field: &FieldDescriptor) -> &'static str {
    match contract::writer(field) {
        Writer::Required => "required",
        Writer::Optional => "optional",
        Writer::Once => "when made",
        Writer::Server => "by the server",
    }
}

fn type_words(field: &FieldDescriptor) -> String {
    let one = match field.kind() {
        Type::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" => "moment (2026-11-20T08:00:00Z)",
            "google.protobuf.Duration" => "length of time (7d, 24h, 86400s)",
            _ => "table",
        },
        Type::Enum(_) => "choice",
        Type::String | Type::Bytes => "text",
        Type::Bool => "true or false",
        Type::Double | Type::Float => "number",
        _ => "whole number",
    };
    if field.is_list() {
        format!("list of {one}")
    } else {
        one.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_field() {
        let told = |path: &str| page(path, &find(path).unwrap());
        assert_eq!(
            told("campaign.budget.daily_micros"),
            "Field    campaign.budget.daily_micros\nType     whole number\nWritten  optional\n\
             About    In one day, which begins at midnight of the time zone (a campaign's for its ads).\n"
        );
        assert!(
            told("ads.delivery").contains("DELIVERY_EVEN"),
            "{}",
            told("ads.delivery")
        );
        assert!(told("ad.creatives[3]").contains("list of text"));
        assert!(told("campaign").contains("by the server"));
        assert!(told("ad.goal.click_micros").contains("Only one of"));
        assert!(told("campaign.flight").contains("moment"));
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        let check = |path: &str, expect: &str| {
            let failure = find(path).err().unwrap();
            assert_eq!(
                (failure.exit, failure.to_string().as_str()),
                (Exit::NotFound, expect),
                "{path}"
            );
        };
        check(
            "campain",
            "there is no kind \"campain\"\nhint: did you mean campaign?",
        );
        check(
            "campaign.budgett",
            "campaign has no field \"budgett\"\nhint: did you mean campaign.budget?",
        );
        check(
            "campaign.display_name.x",
            "campaign.display_name has no fields of its own\nhint: outbid schema campaign.display_name",
        );
        let alone = find("daily_micros").err().unwrap().to_string();
        assert!(alone.contains("campaign.budget.daily_micros"), "{alone}");
    }

    #[test]
    fn every_field_of_every_kind_is_explained() {
        for kind in Kind::ALL {
            for field in contract::message(message_name(kind)).fields() {
                assert!(
                    !contract::comment(field.full_name()).is_empty(),
                    "{}",
                    field.full_name()
                );
            }
        }
    }
}
