//! `outbid apply`: makes what files describe, and changes what is there already to what they say.
//!
//! A field that a file sets becomes what the file says, whole: a `budget` with a daily limit alone
//! has no lifetime limit afterwards. A field that a file does not name stays as it is. Applying the
//! same file again changes nothing.

use api::names::Name;
use clap::Args as Arguments;

use crate::confirm::{Chosen, Consent};
use crate::create::{Done, of_entry};
use crate::document::{self, Entry};
use crate::failure::Failure;
use crate::plan::{self, Planned, Step, differing};
use crate::print::progress::Progress;
use crate::resource::{Resource, short};
use crate::server::Server;
use crate::session::{Session, note};

/// How many names a question lists.
const MAX_ASKED: usize = 10;

/// What to apply.
#[derive(Arguments, Debug)]
pub struct Args {
    /// A file in TOML, YAML or JSON, `-` for standard input; may be given several times
    #[arg(short, long = "file", value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Tell what would be done, have the server check it, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Delete what is below the advertisers that the files hold and what no file names
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    consent: Consent,
}

/// Applies it, one resource after the other, and stops at the first that fails. What was done until
/// then stays; once the cause is mended, the same command goes on from there.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let entries = document::read_files(&args.files)?;
    let server = session.connect().await?;
    let surplus = match args.prune {
        true => plan::surplus(&server, &entries).await?,
        false => Vec::new(),
    };
    if args.dry_run {
        return rehearse(&server, &entries, surplus, session).await;
    }
    if !surplus.is_empty() {
        args.consent.ask(&question(&surplus), Chosen::ByCommand)?;
    }
    let mut done = Done::new(session);
    let progress = Progress::of(entries.len() + surplus.len(), "resources");
    for entry in &entries {
        match apply(&server, entry).await {
            Ok((what, resource)) => progress.aside(|| done.tell(&what, &resource))?,
            Err(failure) => {
                done.finish()?;
                return Err(of_entry(failure, entry.name.as_str()));
            }
        }
        progress.step();
    }
    for planned in &surplus {
        let resource = planned.resource();
        match delete(&server, resource).await {
            Ok(gone) => progress.aside(|| done.tell("deleted", &gone))?,
            Err(failure) => {
                done.finish()?;
                return Err(of_entry(failure, resource.name()));
            }
        }
        progress.step();
    }
    drop(progress);
    done.finish()?;
    session.next(&["outbid get campaigns".to_string()]);
    Ok(())
}

/// Tells what would be.
async fn rehearse(
    server: &Server,
    entries: &[Entry],
    surplus: Vec<Planned>,
    session: &Session,
) -> Result<(), Failure> {
    let planned = plan::rehearse(server, entries).await?;
    let unchecked = planned.iter().filter(|planned| !planned.checked).count();
    let mut done = Done::new(session);
    for planned in planned.iter().chain(&surplus) {
        let what = match &planned.step {
            Step::Create => "would be created".to_string(),
            Step::Change(fields) => format!("would be changed ({})", fields.join(", ")),
            Step::Keep => "unchanged".to_string(),
            Step::Delete => "would be deleted".to_string(),
        };
        done.tell(&what, planned.resource())?;
    }
    done.finish()?;
    if unchecked > 0 {
        note(&format!(
            "{unchecked} of them name what is still to be made, so the server could not check them"
        ));
    }
    session.next(&["outbid apply, without --dry-run".to_string()]);
    Ok(())
}

fn question(surplus: &[Planned]) -> String {
    let names: Vec<String> = surplus
        .iter()
        .take(MAX_ASKED)
        .map(|planned| short(planned.resource().name()))
        .collect();
    let more = surplus.len().saturating_sub(MAX_ASKED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!(
        "No file names {}{more}: --prune deletes them.",
        names.join(", ")
    )
}

async fn delete(server: &Server, resource: &Resource) -> Result<Resource, Failure> {
    let name = Name::parse(resource.name()).map_err(|error| Failure::usage(error.to_string()))?;
    server.delete(&name, false).await
}

async fn apply(server: &Server, entry: &Entry) -> Result<(String, Resource), Failure> {
    let Some(present) = server.find(&entry.name).await? else {
        let made = server.create(&entry.name, entry.resource()).await?;
        return Ok(("created".to_string(), made));
    };
    let before = present.reflect();
    let paths = differing(&entry.message, &before, &entry.fields);
    if paths.is_empty() {
        return Ok(("unchanged".to_string(), present));
    }
    let now = server.update(entry.resource(), paths).await?;
    // The server may write a value in its own way: what it says counts, not what the file spells.
    let changed = differing(&now.reflect(), &before, &entry.fields);
    if changed.is_empty() {
        return Ok(("unchanged".to_string(), now));
    }
    Ok((format!("changed ({})", changed.join(", ")), now))
}
