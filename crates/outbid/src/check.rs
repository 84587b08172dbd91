//! `outbid config check`: reads configuration files as the server does, and tells what is wrong.

use std::path::{Path, PathBuf};

use clap::{Args as Arguments, Subcommand};

use crate::config::{ConfigError, RawConfig};
use crate::failure::{Exit, Failure};
use crate::session::out;

/// What to do with configuration files.
#[derive(Subcommand, Debug)]
pub enum Action {
    /// Tell what is wrong with configuration files
    Check(Args),
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
    let Action::Check(args) = action;
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
    let error = match RawConfig::read(file).and_then(|raw| raw.check(&name)) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    Err(match error {
        ConfigError::Read { .. } => Failure::new(Exit::Failed, error.to_string()),
        ConfigError::Toml { .. } => Failure::usage(error.to_string().trim_end()),
        ConfigError::Values { path, wrong } => {
            Failure::usage(format!("{path} cannot be used")).with_details(wrong)
        }
    })
}
