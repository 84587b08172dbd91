//! What every command of a client shares: where the server is, how to print, and what goes to which stream. Data goes
//! to standard output, everything else to standard error.

use std::io::{IsTerminal, Write};

use clap::{Args, ValueEnum};
use prost_reflect::DynamicMessage;

use crate::failure::{Exit, Failure};
use crate::print::tree::Tree;
use crate::server::Server;

/// Options that every command takes.
#[derive(Args, Debug)]
pub struct Session {
    /// Where the control process listens
    #[arg(
        long,
        global = true,
        env = "OUTBID_SERVER",
        default_value = "http://127.0.0.1:9090",
        value_name = "URL",
        help_heading = "Global options"
    )]
    pub server: String,
    /// How data is printed: for people, as fields that `apply` reads, or resource names alone
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
    Json,
    Yaml,
    Name,
}

impl Session {
    /// Connects to the server.
    pub async fn connect(&self) -> Result<Server, Failure> {
        Server::connect(&self.server).await
    }

    /// Prints data in the format that was asked for. Each form is made only where it is wanted.
    pub fn print(
        &self,
        table: impl FnOnce() -> String,
        tree: impl FnOnce() -> Tree,
        names: impl FnOnce() -> Vec<String>,
    ) -> Result<(), Failure> {
        match self.output {
            Format::Table => out(&table()),
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
        if self.output == Format::Table && std::io::stdout().is_terminal() {
            for command in commands {
                note(&format!("next: {command}"));
            }
        }
    }
}

/// Writes data. A reader that has seen enough (`| head`) is no failure.
pub fn out(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout
        .write_all(printable(text).as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::Failed,
            format!("standard output cannot be written: {error}"),
        )),
        _ => Ok(()),
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
