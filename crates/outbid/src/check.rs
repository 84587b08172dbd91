//! `outbid config check|print`: reads configuration files as the server does, and tells what is wrong, or all that is
//! in force.

use std::path::{Path, PathBuf};

use clap::{Args as Arguments, Subcommand};

use crate::config::{ConfigError, DEFAULT, RawConfig};
use crate::failure::{Exit, Failure};
use crate::session::out;

/// What to do with configuration files.
#[derive(Subcommand, Debug)]
pub enum Action {
    /// Tell what is wrong with configuration files
    #[command(after_help = "Example:\n  outbid config check config/outbid.toml")]
    Check(Args),
    /// Print every value that would be in force, those that a file leaves out among them
    #[command(
        after_help = "Examples:\n  outbid config print\n  outbid config print config/outbid.toml > mine.toml"
    )]
    Print(PrintArgs),
}

/// What to print.
#[derive(Arguments, Debug)]
pub struct PrintArgs {
    /// A configuration file in TOML; what `outbid dev` runs with where none is named
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What to check.
#[derive(Arguments, Debug)]
pub struct Args {
    /// Configuration files in TOML
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Checks every file, and fails where one is wrong.
pub fn run(action: Action) -> Result<(), Failure> {
    let args = match action {
        Action::Check(args) => args,
        Action::Print(args) => return print(args.file.as_deref()),
    };
    let mut wrong: Option<Failure> = None;
    for file in &args.files {
        match check(file) {
            Ok(()) => out(&format!("{} is good\n", file.display()))?,
            Err(failure) => {
                wrong = Some(match wrong {
                    Some(before) => {
                        before.with_details(std::iter::once(failure.message).chain(failure.details))
                    }
                    None => failure,
                });
            }
        }
    }
    wrong.map_or(Ok(()), Err)
}

fn check(file: &Path) -> Result<(), Failure> {
    let name = file.display().to_string();
    let checked = RawConfig::read(file).and_then(|raw| raw.check(&name));
    checked.map(drop).map_err(unusable)
}

fn print(file: Option<&Path>) -> Result<(), Failure> {
    let name = file.map_or("config/outbid.toml".to_string(), |file| {
        file.display().to_string()
    });
    let raw = match file {
        Some(file) => RawConfig::read(file),
        None => RawConfig::parse(DEFAULT, &name),
    };
    let raw = raw.map_err(unusable)?;
    raw.clone().check(&name).map_err(unusable)?;
    match toml::to_string(&raw) {
        Ok(text) => out(&text),
        Err(error) => Err(Failure::new(
            Exit::Failed,
            format!("{name} cannot be printed: {error}"),
        )),
    }
}

/// What is wrong with a configuration file.
pub fn unusable(error: ConfigError) -> Failure {
    match error {
        ConfigError::Read { .. } => Failure::new(Exit::Failed, error.to_string()),
        ConfigError::Toml { .. } => Failure::usage(error.to_string().trim_end()),
        ConfigError::Values { path, wrong } => {
            Failure::usage(format!("{path} cannot be used")).with_details(wrong)
        }
    }
}
