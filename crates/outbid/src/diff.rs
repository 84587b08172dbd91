//! `outbid diff`: what `apply` would change, field by field. Exits like diff(1) does, with a code of its own where
//! there is a difference, because 1 means a failure here.

use std::collections::BTreeMap;

use clap::Args as Arguments;

use crate::document::{self, ours};
use crate::failure::{Exit, Failure};
use crate::plan::{self, Planned, Step};
use crate::print::tree::Tree;
use crate::resource::{Resource, short};
use crate::session::Session;

/// What to compare.
#[derive(Arguments, Debug)]
pub struct Args {
    /// A file in TOML, YAML or JSON, `-` for standard input; may be given several times
    #[arg(short, long = "file", value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Tell too what no file names below the advertisers that the files hold
    #[arg(long)]
    prune: bool,
}

/// One field: what is there, and what the files say.
#[derive(Debug, PartialEq)]
struct Line {
    field: String,
    old: Option<String>,
    new: Option<String>,
}

/// Compares. A difference is told by the exit code.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let entries = document::read_files(&args.files)?;
    let server = session.connect().await?;
    let mut planned = plan::rehearse(&server, &entries).await?;
    if args.prune {
        planned.extend(plan::surplus(&server, &entries).await?);
    }
    planned.retain(|planned| planned.step != Step::Keep);
    session.print(
        || planned.iter().map(told).collect(),
        || {
            Tree::table([(
                "differences",
                Tree::List(planned.iter().map(tree).collect()),
            )])
        },
        || {
            planned
                .iter()
                .map(|planned| planned.resource().name().to_string())
                .collect()
        },
    )?;
    if planned.is_empty() {
        return Ok(());
    }
    session.next(&["outbid apply, with the same files".to_string()]);
    let resources = match planned.len() {
        1 => "1 resource differs".to_string(),
        many => format!("{many} resources differ"),
    };
    Err(Failure::new(Exit::Differs, resources))
}

fn told(planned: &Planned) -> String {
    let resource = planned.resource();
    let what = word(&planned.step);
    let mut text = format!(
        "{} {} {what}\n",
        resource.kind().words(),
        short(resource.name())
    );
    for line in lines(planned) {
        for (mark, value) in [('-', line.old), ('+', line.new)] {
            if let Some(value) = value {
                text.push_str(&format!("{mark} {}: {value}\n", line.field));
            }
        }
    }
    text
}

fn word(step: &Step) -> &'static str {
    match step {
        Step::Create => "is new",
        Step::Change(_) => "changes",
        Step::Keep => "stays",
        Step::Delete => "goes",
    }
}

fn tree(planned: &Planned) -> Tree {
    let text = |text: &str| Tree::Text(text.to_string());
    let fields = lines(planned).into_iter().map(|line| {
        let mut fields = vec![("field".to_string(), Tree::Text(line.field))];
        fields.extend(line.old.map(|old| ("old".to_string(), Tree::Text(old))));
        fields.extend(line.new.map(|new| ("new".to_string(), Tree::Text(new))));
        Tree::Table(fields)
    });
    let change = match planned.step {
        Step::Create => "create",
        Step::Change(_) => "change",
        Step::Keep => "keep",
        Step::Delete => "delete",
    };
    Tree::table([
        ("name", text(planned.resource().name())),
        ("change", text(change)),
        ("fields", Tree::List(fields.collect())),
    ])
}

/// The fields that differ. What goes is told by its name alone.
fn lines(planned: &Planned) -> Vec<Line> {
    if planned.step == Step::Delete {
        return Vec::new();
    }
    let (old, new) = (flat(planned.before.as_ref()), flat(planned.after.as_ref()));
    let all: BTreeMap<&String, ()> = old
        .keys()
        .chain(new.keys())
        .map(|field| (field, ()))
        .collect();
    all.into_keys()
        .filter(|field| old.get(*field) != new.get(*field))
        .map(|field| Line {
            field: field.clone(),
            old: old.get(field).cloned(),
            new: new.get(field).cloned(),
        })
        .collect()
}

/// What a client writes of a resource, a line a value: `budget.daily_micros`. Short lists stay on one line.
fn flat(resource: Option<&Resource>) -> BTreeMap<String, String> {
    let mut flat = BTreeMap::new();
    let Some(resource) = resource else {
        return flat;
    };
    if let Tree::Table(fields) = Tree::to_edit(&resource.reflect()) {
        for (key, tree) in fields {
            let written =
                key != "name" && key != "etag" && !ours(resource.kind()).any(|ours| ours == key);
            if written {
                flatten(&key, &tree, &mut flat);
            }
        }
    }
    flat
}

fn flatten(path: &str, tree: &Tree, flat: &mut BTreeMap<String, String>) {
    match tree {
        Tree::Bare(text) | Tree::Text(text) => {
            flat.insert(path.to_string(), text.clone());
        }
        Tree::List(list)
            if list
                .iter()
                .all(|one| matches!(one, Tree::Bare(_) | Tree::Text(_))) =>
        {
            let words: Vec<&str> = list
                .iter()
                .filter_map(|one| match one {
                    Tree::Bare(text) | Tree::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            flat.insert(path.to_string(), words.join(", "));
        }
        Tree::List(list) => {
            for (place, one) in list.iter().enumerate() {
                flatten(&format!("{path}[{place}]"), one, flat);
            }
        }
        Tree::Table(fields) if fields.is_empty() => {
            flat.insert(path.to_string(), "{}".to_string());
        }
        Tree::Table(fields) => {
            for (key, one) in fields {
                flatten(&format!("{path}.{key}"), one, flat);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::v1;

    fn campaign(daily_micros: Option<i64>, display_name: &str) -> Resource {
        Resource::from(v1::Campaign {
            name: "advertisers/acme/campaigns/spring".to_string(),
            display_name: display_name.to_string(),
            etag: display_name.to_string(),
            budget: Some(v1::Budget {
                daily_micros,
                lifetime_micros: None,
            }),
            ..v1::Campaign::default()
        })
    }

    #[test]
    fn each_field_that_differs_is_told_by_its_path() {
        let planned = Planned {
            step: Step::Change(vec!["budget".to_string()]),
            before: Some(campaign(Some(100), "Spring")),
            after: Some(campaign(Some(200), "Spring")),
            checked: true,
        };
        assert_eq!(
            told(&planned),
            "campaign acme/spring changes\n- budget.daily_micros: 100\n+ budget.daily_micros: 200\n"
        );
        let gone = Planned {
            step: Step::Delete,
            after: None,
            ..planned
        };
        assert_eq!(told(&gone), "campaign acme/spring goes\n");
    }
}
