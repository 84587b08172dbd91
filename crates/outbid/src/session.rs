//! What every command of a client shares: where the server is, how to print, and what goes to which stream. Data goes
//! to standard output, everything else to standard error.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use prost_reflect::DynamicMessage;

use crate::contexts::{self, Context, Contexts, Said};
use crate::document::read_text;
use crate::failure::{Exit, Failure};
use crate::print::tree::Tree;
use crate::server::Server;

/// The largest file that a token is read from.
const MAX_TOKEN_BYTES: u64 = 4 << 10;

/// Options that every command takes.
#[derive(Args, Debug)]
pub struct Session {
    /// Where the control process listens; else what the context says, else http://127.0.0.1:9090
    #[arg(
        long,
        global = true,
        env = "OUTBID_SERVER",
        value_name = "URL",
        help_heading = "Global options"
    )]
    pub server: Option<String>,
    /// The token to show; better in OUTBID_TOKEN or a context, since a command line is seen by others
    #[arg(
        long,
        global = true,
        env = "OUTBID_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN",
        help_heading = "Global options"
    )]
    pub token: Option<String>,
    /// A file that holds the token to show where no other is said, as in a container beside the server's data
    #[arg(
        long,
        global = true,
        env = "OUTBID_TOKEN_FILE",
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub token_file: Option<PathBuf>,
    /// The context to use; else the one in use
    #[arg(
        long,
        global = true,
        env = "OUTBID_CONTEXT",
        value_name = "NAME",
        help_heading = "Global options"
    )]
    pub context: Option<String>,
    /// The authority that signed the server's certificate, a PEM file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub ca: Option<PathBuf>,
    /// Our own certificate, a PEM file, for a server that wants one
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub cert: Option<PathBuf>,
    /// The key of our own certificate, a PEM file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub key: Option<PathBuf>,
    /// How data is printed: for people, with more columns, as fields that `apply` reads, or as names
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t = Format::Table,
        value_name = "FORMAT",
        help_heading = "Global options"
    )]
    pub output: Format,
}

/// How data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    // No doc comments: each would stretch the help of every command to a page.
    Table,
    Wide,
    Json,
    Yaml,
    Name,
    // Of reports only, whose own help tells of it.
    #[value(hide = true)]
    Csv,
}

impl Format {
    /// Whether people read it.
    pub fn is_for_people(self) -> bool {
        matches!(self, Format::Table | Format::Wide)
    }
}

impl Session {
    /// Connects to the server.
    pub async fn connect(&self) -> Result<Server, Failure> {
        Server::connect(&self.target()?).await
    }

    /// Where to connect, and what to show there.
    pub fn target(&self) -> Result<Context, Failure> {
        let from_file = self.token_of_file()?;
        let said = Said {
            server: self.server.as_deref(),
            context: self.context.as_deref(),
            token: self.token.as_deref().or(from_file.as_deref()),
        };
        let mut target = contexts::target(&Contexts::read()?, said)?;
        for (said, kept) in [
            (&self.ca, &mut target.ca),
            (&self.cert, &mut target.cert),
            (&self.key, &mut target.key),
        ] {
            if said.is_some() {
                *kept = said.clone();
            }
        }
        Ok(target)
    }

    /// The token in the file that is said for it, where no other token and no context is.
    fn token_of_file(&self) -> Result<Option<String>, Failure> {
        let Some(path) = &self.token_file else {
            return Ok(None);
        };
        if self.token.is_some() || self.context.is_some() {
            return Ok(None);
        }
        let text = read_text(&path.display().to_string(), MAX_TOKEN_BYTES)?;
        Ok(Some(text.trim().to_string()))
    }

    /// Prints data in the format that was asked for. Each form is made only where it is wanted.
    pub fn print(
        &self,
        table: impl FnOnce() -> String,
        tree: impl FnOnce() -> Tree,
        names: impl FnOnce() -> Vec<String>,
    ) -> Result<(), Failure> {
        match self.output {
            Format::Table | Format::Wide => out(&table()),
            Format::Csv => Err(Failure::usage(
                "csv is for `report`: use -o table, wide, json, yaml or name here",
            )),
            Format::Json => out(&(tree().to_json() + "\n")),
            Format::Yaml => out(&tree().to_yaml()),
            Format::Name => {
                let lines: Vec<String> = names().into_iter().map(|name| name + "\n").collect();
                out(&lines.concat())
            }
        }
    }

    /// Prints one message, for which `names` stand where names alone are wanted.
    pub fn print_message(
        &self,
        table: impl FnOnce() -> String,
        message: impl FnOnce() -> DynamicMessage,
        names: Vec<String>,
    ) -> Result<(), Failure> {
        self.print(table, || Tree::of(&message()), || names)
    }

    /// Tells people what to do next, where people are looking.
    pub fn next(&self, commands: &[String]) {
        if self.output.is_for_people() && std::io::stdout().is_terminal() {
            for command in commands {
                note(&format!("next: {command}"));
            }
        }
    }
}

/// Writes data. A reader that has seen enough (`| head`) is no failure.
pub fn out(text: &str) -> Result<(), Failure> {
    out_bytes(printable(text).as_bytes())
}

/// Writes data that is not text for people, as it is: scripts of a shell.
pub fn out_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::Failed,
            format!("standard output cannot be written: {error}"),
        )),
        _ => Ok(()),
    }
}

/// Says why a command failed. A difference is no error: it is what was asked about.
pub fn complain(failure: &Failure) {
    match failure.exit {
        Exit::Differs => note(&failure.to_string()),
        _ => note(&format!("error: {failure}")),
    }
}

/// Writes a message for people.
pub fn note(text: &str) {
    // Where even standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "{}", printable(text));
}

/// Without control characters, which could rewrite a terminal: names and ids come from other people.
fn printable(text: &str) -> String {
    let seen = |c: char| {
        if c.is_control() && c != '\n' {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(seen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_cannot_steer_the_terminal() {
        assert_eq!(
            printable("a\u{1b}[31mb\n\u{7}é"),
            "a\u{fffd}[31mb\n\u{fffd}é"
        );
    }
}
