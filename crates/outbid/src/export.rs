//! `outbid export`: what is there, as a file that `apply` reads.
//!
//! Only what a client writes is in it. What the server adds (numbers, spend, status) is not, and neither is whether
//! something is paused: that is changed by `pause` and `resume`, not by a file.

use std::collections::BTreeSet;

use api::names::{Kind, Name};
use clap::{ArgGroup, Args as Arguments};

use crate::document::{ORDER, ours};
use crate::failure::Failure;
use crate::print::tree::Tree;
use crate::resolve;
use crate::resource::{Resource, collection};
use crate::server::Server;
use crate::session::{Format, Session, note, out};

/// How many resources one file takes; `apply` reads no more.
const MAX_RESOURCES: usize = 50_000;

/// What to export.
#[derive(Arguments, Debug)]
#[command(group(ArgGroup::new("what").required(true).args(["name", "all"])))]
pub struct Args {
    /// What to export, with what hangs below it and the creatives that it shows
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Everything that there is
    #[arg(long)]
    all: bool,
}

/// Exports it, as YAML where no other format is asked for.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let server = session.connect().await?;
    let what = args.name.clone();
    let resources = match args.name {
        None => everything(&server).await?,
        Some(text) => {
            let name = resolve::resolve(&server, &Kind::ALL, &text).await?;
            below(&server, &name).await?
        }
    };
    if resources.len() > MAX_RESOURCES {
        return Err(Failure::usage(format!(
            "these are {} resources, and one file takes {MAX_RESOURCES}: export the advertisers one by one",
            resources.len()
        )));
    }
    let paused = resources
        .iter()
        .filter(|resource| resource.state() == api::v1::State::Paused)
        .count();
    match session.output {
        Format::Table | Format::Wide => out(&tree(&resources).to_yaml())?,
        _ => session.print(
            String::new,
            || tree(&resources),
            || {
                resources
                    .iter()
                    .map(|resource| resource.name().to_string())
                    .collect()
            },
        )?,
    }
    if paused > 0 {
        note(&format!(
            "{paused} of them are paused, which no file tells: `outbid pause` them where this is applied"
        ));
    }
    session.next(&[match &what {
        Some(name) => {
            let file = name.rsplit('/').next().unwrap_or(name);
            format!("outbid export {name} > {file}.yaml, then outbid diff -f {file}.yaml")
        }
        None => "outbid export --all > all.yaml, then outbid diff -f all.yaml".to_string(),
    }]);
    Ok(())
}

async fn everything(server: &Server) -> Result<Vec<Resource>, Failure> {
    let mut all = Vec::new();
    for kind in ORDER {
        all.extend(list(server, kind, resolve::any_parent(kind)).await?);
    }
    Ok(all)
}

async fn list(server: &Server, kind: Kind, parent: &str) -> Result<Vec<Resource>, Failure> {
    Ok(server
        .list(kind, parent, false, MAX_RESOURCES + 1)
        .await?
        .resources)
}

async fn below(server: &Server, name: &Name) -> Result<Vec<Resource>, Failure> {
    let top = match server.get(name).await {
        Ok(resource) => resource,
        Err(failure) => return Err(resolve::suggest(server, name, failure).await),
    };
    let mut all = vec![top];
    for kind in ORDER {
        if let Some(parent) = resolve::parent_within(kind, name) {
            all.extend(list(server, kind, &parent).await?);
        }
    }
    if matches!(name.kind(), Kind::Campaign | Kind::Ad) {
        let ads = all.iter().filter_map(|resource| match resource {
            Resource::Ad(ad) => Some(ad),
            _ => None,
        });
        let shown: BTreeSet<String> = ads.flat_map(|ad| ad.creatives.iter().cloned()).collect();
        for creative in shown {
            let name = Name::parse(&creative).map_err(|error| Failure::usage(error.to_string()))?;
            all.extend(server.find(&name).await?);
        }
    }
    all.sort_by_key(|resource| ORDER.iter().position(|kind| *kind == resource.kind()));
    Ok(all)
}

fn tree(resources: &[Resource]) -> Tree {
    let tables = ORDER.iter().filter_map(|kind| {
        let of_kind: Vec<Tree> = resources
            .iter()
            .filter(|resource| resource.kind() == *kind)
            .map(written)
            .collect();
        (!of_kind.is_empty()).then(|| (collection(*kind).to_string(), Tree::List(of_kind)))
    });
    Tree::Table(tables.collect())
}

/// What a client writes of a resource, and its name.
pub fn written(resource: &Resource) -> Tree {
    match Tree::to_edit(&resource.reflect()) {
        Tree::Table(mut fields) => {
            fields
                .retain(|(key, _)| key != "etag" && !ours(resource.kind()).any(|ours| ours == key));
            Tree::Table(fields)
        }
        other => other,
    }
}
