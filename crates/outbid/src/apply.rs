//! `outbid apply`: makes what files describe, and changes what is there already to what they say.
//!
//! A field that a file sets becomes what the file says, whole: a `budget` with a daily limit alone
//! has no lifetime limit afterwards. A field that a file does not name stays as it is. Applying the
//! same file again changes nothing.

use clap::Args as Arguments;
use prost_reflect::{DynamicMessage, ReflectMessage};

use crate::create::{Done, of_entry};
use crate::document::{self, Entry};
use crate::failure::Failure;
use crate::resource::Resource;
use crate::server::Server;
use crate::session::Session;

/// What to apply.
#[derive(Arguments, Debug)]
pub struct Args {
    /// A file in TOML or JSON, `-` for standard input; may be given several times
    #[arg(short, long = "file", value_name = "FILE", required = true)]
    files: Vec<String>,
}

/// Applies it, one resource after the other, and stops at the first that fails. What was done until
/// then stays; once the cause is mended, the same command goes on from there.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let entries = document::read_files(&args.files)?;
    let server = session.connect().await?;
    let mut done = Done::new(session);
    for entry in &entries {
        match apply(&server, entry).await {
            Ok((what, resource)) => done.tell(&what, &resource)?,
            Err(failure) => {
                done.finish()?;
                return Err(of_entry(failure, entry.name.as_str()));
            }
        }
    }
    done.finish()?;
    session.next(&["outbid get campaigns".to_string()]);
    Ok(())
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

/// The fields that are not the same in both.
fn differing(one: &DynamicMessage, other: &DynamicMessage, fields: &[String]) -> Vec<String> {
    let differs = |name: &&String| {
        let field = one.descriptor().get_field_by_name(name);
        field.is_some_and(|field| {
            one.has_field(&field) != other.has_field(&field)
                || one.get_field(&field) != other.get_field(&field)
        })
    };
    fields.iter().filter(differs).cloned().collect()
}
