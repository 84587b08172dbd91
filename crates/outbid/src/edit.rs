//! `outbid edit`: one resource in the editor, and what was changed there sent back.
//!
//! The etag travels with the file, so that nobody's change is lost: where somebody was faster, or the server refuses,
//! the editor opens again with what was said as a comment on top.

use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use api::field_mask::Masked;
use api::names::{Kind, Name};
use api::v1;
use campaign::hexadecimal;
use clap::Args as Arguments;

use crate::create::Done;
use crate::document::{read_resource, read_text};
use crate::export::written;
use crate::failure::{Exit, Failure};
use crate::plan::differing;
use crate::resolve;
use crate::resource::{Resource, short};
use crate::server::Server;
use crate::session::{Session, note};

/// How often the editor opens for one change.
const MAX_ROUNDS: usize = 20;
/// The largest file that is read back.
const MAX_BYTES: u64 = 4 << 20;
/// Editors that draw on a terminal.
const ON_TERMINALS: [&str; 16] = [
    "vi", "vim", "nvim", "view", "nano", "pico", "micro", "emacs", "hx", "helix", "kak", "joe",
    "jed", "mcedit", "ne", "mg",
];
/// What begins the lines that are told, so that they can be taken off again.
const COMMENT: &str = "# ";

/// What to edit.
#[derive(Arguments, Debug)]
pub struct Args {
    /// What to edit, whichever kind it is of
    #[arg(value_name = "NAME")]
    name: String,
}

/// Opens it in the editor until it is saved as it was, or taken by the server.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if !terminal && draws(&editor()) {
        return Err(Failure::usage(format!(
            "edit opens `{}` on a terminal, and this is none",
            editor()
        ))
        .with_hint(
            "`outbid export NAME > FILE`, change the file, and `outbid apply -f FILE`; or name an editor that needs no \
             terminal: EDITOR='sed -i s/old/new/'",
        ));
    }
    let server = session.connect().await?;
    let name = resolve::resolve(&server, &Kind::ALL, &args.name).await?;
    let mut present = match server.get(&name).await {
        Ok(resource) => resource,
        Err(failure) => return Err(resolve::suggest(&server, &name, failure).await),
    };
    let draft = Draft::new()?;
    let (mut body, mut said) = (yaml(&present), Vec::new());
    for _ in 0..MAX_ROUNDS {
        draft.write(&(heading(&present, &said) + &body))?;
        draft.open()?;
        let now = without_comments(&draft.read()?);
        if now.trim().is_empty() || now == body {
            return give_up(draft, &said);
        }
        body = now;
        match send(&server, &name, &present, &body).await {
            Ok(None) => return give_up(draft, &[]),
            Ok(Some((fields, resource))) => {
                draft.remove();
                let mut done = Done::new(session);
                done.tell(&format!("changed ({})", fields.join(", ")), &resource)?;
                done.finish()?;
                session.next(&[format!("outbid describe {}", short(name.as_str()))]);
                return Ok(());
            }
            Err(failure) => {
                said = failure.to_string().lines().map(str::to_string).collect();
                if failure.exit == Exit::Conflict {
                    present = server.get(&name).await?;
                    said.push(
                        "What is below is yours. Saving it again puts it over the other change."
                            .to_string(),
                    );
                }
            }
        }
    }
    let path = draft.keep();
    Err(
        Failure::new(Exit::Failed, format!("{MAX_ROUNDS} attempts are enough"))
            .with_hint(format!("your text is in {}", path.display())),
    )
}

/// Sends what was changed. `None` where nothing was.
async fn send(
    server: &Server,
    name: &Name,
    present: &Resource,
    text: &str,
) -> Result<Option<(Vec<String>, Resource)>, Failure> {
    let entry = read_resource(name.kind(), text)?;
    if entry.name != *name {
        return Err(Failure::usage(format!(
            "a name cannot be changed: leave it {name}, or write another resource with `outbid apply`"
        )));
    }
    let mut message = entry.message.clone();
    let etag = prost_reflect::Value::String(present.etag().to_string());
    message.set_field_by_name("etag", etag);
    let all: Vec<String> = writable(name.kind())
        .iter()
        .map(ToString::to_string)
        .collect();
    // A field that was taken out of the file is in the mask too: it is cleared.
    let paths = differing(&message, &present.reflect(), &all);
    if paths.is_empty() {
        return Ok(None);
    }
    let changed = server
        .update(Resource::of(name.kind(), &message), paths.clone())
        .await?;
    Ok(Some((paths, changed)))
}

fn give_up(draft: Draft, said: &[String]) -> Result<(), Failure> {
    if said.is_empty() {
        draft.remove();
        note("nothing was changed");
        return Ok(());
    }
    let path = draft.keep();
    Err(Failure::new(Exit::Refused, "nothing was changed")
        .with_details(said.iter().cloned())
        .with_hint(format!("your text is in {}", path.display())))
}

fn yaml(resource: &Resource) -> String {
    written(resource).to_yaml()
}

fn heading(resource: &Resource, said: &[String]) -> String {
    let mut lines = vec![
        format!(
            "The {} {}. Save and close to change it.",
            resource.kind().words(),
            short(resource.name())
        ),
        "Save it as it is, or empty, to change nothing. A field that is taken out is cleared."
            .to_string(),
        format!(
            "`outbid schema {}` explains the fields.",
            resource.kind().noun()
        ),
    ];
    if !said.is_empty() {
        lines.push(String::new());
        lines.push("It was not taken:".to_string());
        lines.extend(said.iter().cloned());
    }
    let told = lines
        .iter()
        .map(|line| format!("{COMMENT}{line}").trim_end().to_string() + "\n");
    told.collect()
}

/// Without the lines that only tell something, which would grow with each round.
fn without_comments(text: &str) -> String {
    let body = text
        .lines()
        .skip_while(|line| line.trim_start().starts_with('#') || line.trim().is_empty());
    body.map(|line| line.to_string() + "\n").collect()
}

fn writable(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Advertiser => v1::Advertiser::WRITABLE,
        Kind::Campaign => v1::Campaign::WRITABLE,
        Kind::Ad => v1::Ad::WRITABLE,
        Kind::Creative => v1::Creative::WRITABLE,
        Kind::Exchange => v1::Exchange::WRITABLE,
        Kind::Deal => v1::Deal::WRITABLE,
        Kind::RateTable => v1::RateTable::WRITABLE,
        Kind::BlockList => v1::BlockList::WRITABLE,
        Kind::Audience => v1::Audience::WRITABLE,
        Kind::ConversionAction => v1::ConversionAction::WRITABLE,
        Kind::Experiment => v1::Experiment::WRITABLE,
    }
}

/// The editor's command line.
fn editor() -> String {
    let named = ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok());
    let mut named = named.filter(|editor| !editor.trim().is_empty());
    named.next().unwrap_or_else(|| "vi".to_string())
}

/// Whether an editor draws on a terminal.
fn draws(editor: &str) -> bool {
    let program = editor.split_whitespace().next().unwrap_or_default();
    let name = program.rsplit('/').next().unwrap_or(program);
    ON_TERMINALS.contains(&name)
}

/// The file that the editor opens; nobody else may read it.
struct Draft(PathBuf);

impl Draft {
    fn new() -> Result<Draft, Failure> {
        let mut random = [0; 6];
        getrandom::fill(&mut random).map_err(|error| {
            Failure::new(
                Exit::Failed,
                format!("the system has no random bytes: {error}"),
            )
        })?;
        let suffix = hexadecimal::write(&random);
        Ok(Draft(
            std::env::temp_dir().join(format!("outbid-edit-{suffix}.yaml")),
        ))
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        let mut options = std::fs::OpenOptions::new();
        let opened = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&self.0);
        opened
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| {
                Failure::new(
                    Exit::Failed,
                    format!("{} cannot be written: {error}", self.0.display()),
                )
            })
    }

    fn read(&self) -> Result<String, Failure> {
        read_text(&self.0.display().to_string(), MAX_BYTES)
    }

    /// Runs the editor and waits for it. `$EDITOR` may have options of its own, so a shell reads it.
    fn open(&self) -> Result<(), Failure> {
        let editor = editor();
        let run = |path: &Path| {
            Command::new("sh")
                .arg("-c")
                .arg(format!("{editor} \"$1\""))
                .arg("sh")
                .arg(path)
                .status()
        };
        match run(&self.0) {
            Ok(status) if status.success() => Ok(()),
            Ok(_) | Err(_) => {
                self.remove_file();
                Err(Failure::new(
                    Exit::Failed,
                    format!("the editor `{editor}` failed, so nothing was changed"),
                )
                .with_hint("name one that runs here: EDITOR=nano outbid edit NAME"))
            }
        }
    }

    fn remove_file(&self) {
        // What is left of a temporary file is the system's to clean.
        let _ = std::fs::remove_file(&self.0);
    }

    fn remove(self) {
        self.remove_file();
    }

    fn keep(self) -> PathBuf {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editors_that_need_a_terminal_are_known() {
        assert!(draws("vi") && draws("/usr/bin/vim -R") && draws("nano"));
        assert!(!draws("sed -i s/a/b/") && !draws("code --wait") && !draws("./edit.sh"));
    }

    #[test]
    fn comments_on_top_are_taken_off_and_others_stay() {
        assert_eq!(
            without_comments("# a\n#\n\n# b\nname: x\n# c\ny: 1"),
            "name: x\n# c\ny: 1\n"
        );
        assert_eq!(without_comments("# only\n"), "");
    }
}
