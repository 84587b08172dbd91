//! What applying files would do, resource by resource: `apply` does it, `apply --dry-run` and `diff` tell it.

use std::collections::BTreeSet;

use api::names::{Kind, Name};
use prost_reflect::{DynamicMessage, ReflectMessage};

use crate::document::Entry;
use crate::failure::Failure;
use crate::print::tree::Tree;
use crate::resolve;
use crate::resource::Resource;
use crate::server::Server;

/// How many resources of an advertiser are looked through for what files no longer name.
const MAX_PRESENT: usize = 100_000;

/// What would become of one resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// It is made.
    Create,
    /// These fields become others.
    Change(Vec<String>),
    /// It is so already.
    Keep,
    /// It goes, for the files do not name it.
    Delete,
}

/// One resource before and after.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What happens.
    pub step: Step,
    /// What is there, if anything is.
    pub before: Option<Resource>,
    /// What would be there.
    pub after: Option<Resource>,
    /// Whether the server was asked. It cannot be where something is named that is still to be made.
    pub checked: bool,
}

impl Planned {
    /// The resource as it would be, or as it is before it goes.
    pub fn resource(&self) -> &Resource {
        match (&self.after, &self.before) {
            (Some(one), _) | (None, Some(one)) => one,
            (None, None) => {
                unreachable!("a step is about something that is there before or after it")
            }
        }
    }
}

/// The fields that are not the same in both.
pub fn differing(one: &DynamicMessage, other: &DynamicMessage, fields: &[String]) -> Vec<String> {
    let differs = |name: &&String| {
        let field = one.descriptor().get_field_by_name(name);
        field.is_some_and(|field| {
            one.has_field(&field) != other.has_field(&field)
                || one.get_field(&field) != other.get_field(&field)
        })
    };
    fields.iter().filter(differs).cloned().collect()
}

/// What applying the entries would do. The server checks each where it can; nothing is changed.
pub async fn rehearse(server: &Server, entries: &[Entry]) -> Result<Vec<Planned>, Failure> {
    let rehearsal = server.rehearsal();
    let mut to_make = BTreeSet::new();
    let mut planned = Vec::new();
    for entry in entries {
        let step = one(&rehearsal, entry, &to_make)
            .await
            .map_err(|failure| crate::create::of_entry(failure, entry.name.as_str()))?;
        if step.step == Step::Create {
            to_make.insert(entry.name.to_string());
        }
        planned.push(step);
    }
    Ok(planned)
}

async fn one(
    rehearsal: &Server,
    entry: &Entry,
    to_make: &BTreeSet<String>,
) -> Result<Planned, Failure> {
    let checked = !names_any(entry, to_make);
    let Some(before) = rehearsal.find(&entry.name).await? else {
        let after = match checked {
            true => rehearsal.create(&entry.name, entry.resource()).await?,
            false => entry.resource(),
        };
        return Ok(Planned {
            step: Step::Create,
            before: None,
            after: Some(after),
            checked,
        });
    };
    let old = before.reflect();
    let paths = differing(&entry.message, &old, &entry.fields);
    let after = match (paths.is_empty(), checked) {
        (true, _) => before.clone(),
        (false, true) => rehearsal.update(entry.resource(), paths).await?,
        (false, false) => patched(&before, entry, &paths),
    };
    // The server may write a value in its own way: what it says counts, not what the file spells.
    let changed = differing(&after.reflect(), &old, &entry.fields);
    Ok(Planned {
        step: match changed.is_empty() {
            true => Step::Keep,
            false => Step::Change(changed),
        },
        before: Some(before),
        after: Some(after),
        checked,
    })
}

/// Whether an entry's parent, or anything that it names, is still to be made.
fn names_any(entry: &Entry, to_make: &BTreeSet<String>) -> bool {
    fn any(tree: &Tree, to_make: &BTreeSet<String>) -> bool {
        match tree {
            Tree::Bare(_) => false,
            Tree::Text(text) => to_make.contains(text),
            Tree::List(list) => list.iter().any(|tree| any(tree, to_make)),
            Tree::Table(fields) => fields.iter().any(|(_, tree)| any(tree, to_make)),
        }
    }
    let parent = entry.name.parent();
    parent.is_some_and(|parent| to_make.contains(parent.as_str()))
        || any(&Tree::of(&entry.message), to_make)
}

fn patched(before: &Resource, entry: &Entry, paths: &[String]) -> Resource {
    let mut message = before.reflect();
    for path in paths {
        if let Some(field) = message.descriptor().get_field_by_name(path) {
            match entry.message.has_field(&field) {
                true => message.set_field(&field, entry.message.get_field(&field).into_owned()),
                false => message.clear_field(&field),
            }
        }
    }
    Resource::of(before.kind(), &message)
}

/// What is there below the advertisers that the entries describe and no entry names, in the order in which it can go.
pub async fn surplus(server: &Server, entries: &[Entry]) -> Result<Vec<Planned>, Failure> {
    let advertisers: Vec<&Name> = entries
        .iter()
        .map(|entry| &entry.name)
        .filter(|name| name.kind() == Kind::Advertiser)
        .collect();
    if advertisers.is_empty() {
        return Err(Failure::usage(
            "--prune deletes only below advertisers that the files hold, and they hold none",
        )
        .with_hint("put the [[advertisers]] table into one of the files"));
    }
    let kept: BTreeSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let mut gone = Vec::new();
    for kind in [
        Kind::Experiment,
        Kind::Ad,
        Kind::Campaign,
        Kind::Creative,
        Kind::Audience,
        Kind::ConversionAction,
    ] {
        for advertiser in &advertisers {
            let Some(parent) = resolve::parent_within(kind, advertiser) else {
                continue;
            };
            let listed = server.list(kind, &parent, false, MAX_PRESENT).await?;
            gone.extend(
                listed
                    .resources
                    .into_iter()
                    .filter(|one| !kept.contains(one.name())),
            );
        }
    }
    let planned = gone.into_iter().map(|before| Planned {
        step: Step::Delete,
        before: Some(before),
        after: None,
        checked: true,
    });
    Ok(planned.collect())
}
