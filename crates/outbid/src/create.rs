//! `outbid create`: makes what files describe, and nothing that is there already.

use clap::Args as Arguments;

use crate::document;
use crate::failure::{Exit, Failure};
use crate::print::tree::Tree;
use crate::resource::{Resource, collection, short};
use crate::session::{Format, Session, note, out};

/// What to make.
#[derive(Arguments, Debug)]
pub struct Args {
    /// A file in TOML, YAML or JSON, `-` for standard input; may be given several times
    #[arg(short, long = "file", value_name = "FILE", required = true)]
    files: Vec<String>,
}

/// Makes it, one resource after the other, and stops at the first that fails.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let entries = document::read_files(&args.files)?;
    let server = session.connect().await?;
    let mut done = Done::new(session);
    for entry in &entries {
        match server.create(&entry.name, entry.resource()).await {
            Ok(made) => done.tell("created", &made)?,
            Err(failure) => {
                done.finish()?;
                return Err(of_made(failure, entry.name.as_str(), &args.files));
            }
        }
    }
    done.finish()?;
    session.next(&["outbid get campaigns".to_string()]);
    Ok(())
}

/// Why something was not made. What is there already is told with the command that changes it.
fn of_made(failure: Failure, name: &str, files: &[String]) -> Failure {
    if failure.exit != Exit::Conflict || !failure.message.starts_with(name) {
        return of_entry(failure, name);
    }
    let (told, _) = failure
        .message
        .split_once(':')
        .unwrap_or((&failure.message, ""));
    let hint = match told.contains("was deleted") {
        true => format!(
            "`outbid undelete {}` brings it back; or write another name",
            short(name)
        ),
        false => format!(
            "`outbid apply -f {}` makes what is not there and changes what is; or write another name",
            files.join(" -f ")
        ),
    };
    Failure::new(failure.exit, told).with_hint(hint)
}

/// A failure with the name of the resource that it is about.
pub fn of_entry(mut failure: Failure, name: &str) -> Failure {
    failure.message = format!("{name}: {}", failure.message);
    failure
}

/// Tells what became of each resource: at once where people read it, at the end as one document for programs.
pub struct Done<'a> {
    session: &'a Session,
    told: Vec<Resource>,
}

impl Done<'_> {
    /// Nothing done yet.
    pub fn new(session: &Session) -> Done<'_> {
        Done {
            session,
            told: Vec::new(),
        }
    }

    /// What became of one: `created`, `changed (budget)`, `unchanged`.
    pub fn tell(&mut self, what: &str, resource: &Resource) -> Result<(), Failure> {
        match self.session.output {
            Format::Table | Format::Wide | Format::Csv => {
                let noun = resource.kind().words();
                out(&format!("{noun} {} {what}\n", short(resource.name())))
            }
            Format::Name => out(&format!("{}\n", resource.name())),
            Format::Json | Format::Yaml => {
                note(&format!("{} {what}", resource.name()));
                self.told.push(resource.clone());
                Ok(())
            }
        }
    }

    /// Prints the document, where one was asked for: every resource as it is now, as `get` prints it.
    pub fn finish(self) -> Result<(), Failure> {
        if !matches!(self.session.output, Format::Json | Format::Yaml) {
            return Ok(());
        }
        let mut tables: Vec<(String, Vec<Tree>)> = Vec::new();
        for resource in &self.told {
            let key = collection(resource.kind());
            let tree = Tree::of(&resource.reflect());
            match tables.iter_mut().find(|(known, _)| known == key) {
                Some((_, trees)) => trees.push(tree),
                None => tables.push((key.to_string(), vec![tree])),
            }
        }
        let tree = Tree::Table(
            tables
                .into_iter()
                .map(|(key, trees)| (key, Tree::List(trees)))
                .collect(),
        );
        self.session.print(String::new, || tree, Vec::new)
    }
}
