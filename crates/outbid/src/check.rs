//! `outbid config check|print|reload`: reads configuration files as the server does, and tells what is wrong, or all
//! that is in force; or has a server that runs read its own again.

use std::path::{Path, PathBuf};

use api::v1;
use clap::{Args as Arguments, Subcommand};

use crate::config::{ConfigError, DEFAULT, RawConfig};
use crate::contract;
use crate::failure::{Exit, Failure};
use crate::print::table::{Side, Table};
use crate::session::{Session, note, out};

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
    /// Have a server that runs read its file again, and tell what is in force at once and what is not
    #[command(after_help = "Examples:\n  outbid config reload --dry-run\n  outbid config reload")]
    Reload(ReloadArgs),
}

/// What to print.
#[derive(Arguments, Debug)]
pub struct PrintArgs {
    /// A configuration file in TOML; what `outbid dev` runs with where none is named
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// How to read it again.
#[derive(Arguments, Debug)]
pub struct ReloadArgs {
    /// Only tell what it would change
    #[arg(long)]
    dry_run: bool,
}

/// What to check.
#[derive(Arguments, Debug)]
pub struct Args {
    /// Configuration files in TOML
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Does it.
pub async fn run(action: Action, session: &Session) -> Result<(), Failure> {
    match action {
        Action::Check(args) => check_all(&args, session),
        Action::Print(args) => print(args.file.as_deref(), session),
        Action::Reload(args) => reload(&args, session).await,
    }
}

async fn reload(args: &ReloadArgs, session: &Session) -> Result<(), Failure> {
    let server = session.connect().await?;
    let answer = server.reload_configuration(args.dry_run).await?;
    session.print_message(
        || changes(&answer.changes).render(),
        || contract::reflect("ReloadConfigurationResponse", &answer),
        answer.changes.iter().map(|it| it.key.clone()).collect(),
    )?;
    if answer.changes.is_empty() {
        note("the file says what is in force already");
    }
    session.next(&[match args.dry_run {
        true => "outbid config reload".to_string(),
        false => "outbid history configuration".to_string(),
    }]);
    Ok(())
}

fn changes(changes: &[v1::ConfigurationChange]) -> Table {
    let columns = ["KEY", "WAS", "FILE SAYS", "IN FORCE"];
    let mut table = Table::new(&columns.map(|title| (title, Side::Left)));
    for change in changes {
        let effect = match change.effect() {
            v1::ConfigurationEffect::AtOnce => "at once",
            v1::ConfigurationEffect::NextStart => "at the next start",
            v1::ConfigurationEffect::StoreHolds => "never: see `outbid edit`",
            v1::ConfigurationEffect::Unspecified => "",
        };
        let value = |value: &Option<String>| value.clone().unwrap_or_default();
        table.row([
            change.key.clone(),
            value(&change.old_value),
            value(&change.new_value),
            effect.to_string(),
        ]);
    }
    table
}

/// Checks every file, and fails where one is wrong.
fn check_all(args: &Args, session: &Session) -> Result<(), Failure> {
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
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    if let Some(file) = args.files.last() {
        session.next(&[
            format!("outbid doctor --config {}", file.display()),
            "outbid config reload --dry-run".to_string(),
        ]);
    }
    Ok(())
}

fn check(file: &Path) -> Result<(), Failure> {
    let name = file.display().to_string();
    let checked = RawConfig::read(file).and_then(|raw| raw.check(&name));
    checked.map(drop).map_err(unusable)
}

fn print(file: Option<&Path>, session: &Session) -> Result<(), Failure> {
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
        Ok(text) => out(&text)?,
        Err(error) => {
            return Err(Failure::new(
                Exit::Failed,
                format!("{name} cannot be printed: {error}"),
            ));
        }
    }
    session.next(&[
        "outbid config print > outbid.toml, then outbid config check outbid.toml".to_string(),
    ]);
    Ok(())
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
