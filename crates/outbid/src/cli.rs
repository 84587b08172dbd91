//! The command line as it is parsed: one place that shows every command.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};

use crate::failure::{EXIT_CODES, Exit, Failure};
use crate::session::Session;
use crate::{
    apply, audience, budget, check, completion, context, create, describe, dev, diff, doctor, edit,
    export, get, history, loadtest, pacing, replay, report, schema, serve, simulate, switch, tail,
    token, top, why,
};

/// Bids on ad impressions within budgets, and tells why.
#[derive(Parser, Debug)]
#[command(name = "outbid", version, after_help = EXIT_CODES, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    session: Session,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the whole product in one process, with a simulated market around it
    #[command(
        after_help = "Examples:\n  outbid dev\n  outbid dev --warp 60\n  outbid dev --for 20s --summary json\n  \
                            outbid dev --quiet-market --data ./data"
    )]
    Dev(dev::Args),
    /// Run the product on a machine of its own, with data that stays; SIGTERM drains it
    #[command(
        after_help = "Example:\n  outbid serve --config /etc/outbid/outbid.toml --data /var/lib/outbid --log-format json"
    )]
    Serve(serve::Args),
    /// List what there is of one kind: campaigns, ads, deals, and so on
    #[command(
        after_help = "Examples:\n  outbid get campaigns\n  outbid get ads --in acme/spring\n  \
                            outbid get creatives -o name"
    )]
    Get(get::Args),
    /// Show one of them on a page: status and why, budget, targeting
    #[command(
        after_help = "Examples:\n  outbid describe acme/spring\n  outbid describe ad mpu\n\n\
                            A name may be the last parts of a resource name, where they are enough to tell it apart."
    )]
    Describe(describe::Args),
    /// Make what files describe
    #[command(after_help = FILES)]
    Create(create::Args),
    /// Make or change what files describe; applying a file again changes nothing
    #[command(after_help = FILES)]
    Apply(apply::Args),
    /// Tell what `apply` would change, field by field; exits with 9 where there is something
    #[command(after_help = "Example:\n  outbid diff -f campaigns.toml")]
    Diff(diff::Args),
    /// Print what there is as a file that `apply` reads
    #[command(
        after_help = "Examples:\n  outbid export acme > acme.yaml\n  outbid export --all -o json"
    )]
    Export(export::Args),
    /// Change one of them in your editor ($VISUAL, $EDITOR, or vi)
    #[command(after_help = "Example:\n  EDITOR=nano outbid edit acme/spring")]
    Edit(edit::Args),
    /// Explain the fields of files: type, who writes it, choices, meaning
    #[command(
        after_help = "Examples:\n  outbid schema\n  outbid schema campaign.budget\n  \
                            outbid schema ad.targeting -o json"
    )]
    Schema(schema::Args),
    /// Add users to an audience, or remove them, from files of hashed ids
    #[command(subcommand)]
    Audience(audience::Action),
    /// Change what a campaign may spend
    #[command(subcommand)]
    Budget(budget::Action),
    /// Stop campaigns, ads, advertisers, exchanges or deals, within a second
    #[command(after_help = "Example:\n  outbid pause acme/spring")]
    Pause(switch::SwitchArgs),
    /// Let them run again, within a second
    #[command(after_help = "Example:\n  outbid resume acme/spring")]
    Resume(switch::SwitchArgs),
    /// Delete what is named, whichever kind it is of; its reports stay, and `undelete` brings it back
    #[command(after_help = "Example:\n  outbid delete acme/spring --force")]
    Delete(switch::DeleteArgs),
    /// Bring back what was deleted, as it was
    #[command(after_help = "Example:\n  outbid undelete acme/spring\n\n\
                            `outbid get campaigns --show-deleted` lists what can be brought back.")]
    Undelete(switch::UndeleteArgs),
    /// Tell why a campaign or an ad does not serve, or why a bid request is bid on or not
    #[command(
        after_help = "Examples:\n  outbid why acme/spring\n  outbid why -f request.json --exchange demo\n  outbid why -f - < request.json"
    )]
    Why(why::Args),
    /// Show how a campaign's money is spent against its plan, and what was done about it
    #[command(after_help = "Examples:\n  outbid pacing acme/spring\n  outbid pacing acme")]
    Pacing(pacing::Args),
    /// Show the campaigns that spend most, with rates and latencies, second by second
    Top(top::Args),
    /// Show traced bid requests and wins as they come: what was bid, or why nothing was
    #[command(
        after_help = "Examples:\n  outbid tail nobids\n  outbid tail bids --ad acme/spring/mpu -o json\n  \
                            outbid tail nobids --once -n 50"
    )]
    Tail(tail::Args),
    /// Report spend and what came of it
    #[command(after_help = "Examples:\n  outbid report --by ad,hour --since 24h\n  \
                            outbid report --in acme/spring --by day -o csv\n\n\
                            Besides the formats of every command it takes -o csv: rows for a spreadsheet.")]
    Report(report::Args),
    /// Send recorded bid requests again, and tell in JSON how they were answered
    #[command(
        after_help = "Example:\n  outbid replay requests.jsonl.xz --to http://127.0.0.1:8080/bid/demo"
    )]
    Replay(replay::Args),
    /// Offer bid requests at a rate, and tell how fast they were answered
    #[command(after_help = loadtest::EXAMPLES)]
    Loadtest(Box<loadtest::Args>),
    /// Run the whole product against a market from a seed, audit it, and print one JSON object
    #[command(after_help = "Example:\n  outbid simulate --seed 7 --for 20s --warp 60")]
    Simulate(simulate::Args),
    /// Tell who changed what, newest first
    #[command(
        after_help = "Examples:\n  outbid history acme/spring\n  outbid history --by ann --since 7d\n  outbid history --verify"
    )]
    History(history::HistoryArgs),
    /// Take a change back, by a new change that gives the fields their old values
    #[command(after_help = "Examples:\n  outbid revert 12 --dry-run\n  outbid revert 12")]
    Revert(history::RevertArgs),
    /// Make, list, rotate and revoke the tokens that let callers in
    #[command(subcommand)]
    Token(token::Action),
    /// Choose which server the commands speak to, and with which token
    #[command(subcommand)]
    Context(context::Action),
    /// Look at this machine: clock, limits, disk, ports, store, configuration
    #[command(
        after_help = "Example:\n  outbid doctor --config /etc/outbid/outbid.toml --data /var/lib/outbid"
    )]
    Doctor(doctor::Args),
    /// Print a script that completes commands in your shell
    #[command(after_help = "Example:\n  source <(outbid completion bash)")]
    Completion(completion::Args),
    /// Work with configuration files, or have a server read its own again
    #[command(subcommand)]
    Config(check::Action),
}

const FILES: &str = "\
A file holds tables such as [[advertisers]], [[creatives]], [[campaigns]] and [[ads]] in TOML,
or lists of these names in YAML or JSON. `outbid schema` lists the kinds and explains their
fields, which are those of the API:

  [[campaigns]]
  name = \"advertisers/acme/campaigns/spring\"
  display_name = \"Spring\"
  budget = { daily_micros = 500_000_000 }

A field that a file sets becomes what the file says, whole; others stay as they are.";

/// The most letters that a misspelt command may differ by.
const MAX_SLIPS: usize = 2;

/// An error of a command line that names no command of ours, with those that were probably meant.
fn with_suggestion(mut error: clap::Error, line: &[OsString]) -> clap::Error {
    let wrong = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(wrong)) => wrong.clone(),
        _ => return error,
    };
    let top = Cli::command();
    let mut command = &top;
    for word in line.iter().skip(1).take_while(|word| **word != *wrong) {
        command = command.find_subcommand(word).unwrap_or(command);
    }
    let slips = |name: &str| strsim::osa_distance(&wrong, name);
    let names = command.get_subcommands().map(clap::Command::get_name);
    let near: Vec<&str> = names.filter(|name| slips(name) <= MAX_SLIPS).collect();
    let Some(least) = near.iter().map(|name| slips(name)).min() else {
        return error;
    };
    let nearest = near.into_iter().filter(|name| slips(name) == least);
    let nearest = ContextValue::Strings(nearest.map(str::to_string).collect());
    error.insert(ContextKind::SuggestedSubcommand, nearest);
    error
}

impl Cli {
    /// Reads the command line, or says what is wrong with it and ends.
    pub fn read() -> Cli {
        let line: Vec<OsString> = std::env::args_os().collect();
        Cli::try_parse_from(&line).unwrap_or_else(|error| with_suggestion(error, &line).exit())
    }

    /// Does what the command line says.
    pub fn run(self) -> Result<(), Failure> {
        let session = self.session;
        match self.command {
            Command::Dev(args) => serve(async { Ok(dev::run(args).await?) }),
            Command::Serve(args) => serve(async { Ok(serve::run(args).await?) }),
            Command::Get(args) => wait(get::run(args, &session)),
            Command::Describe(args) => wait(describe::run(args, &session)),
            Command::Create(args) => wait(create::run(args, &session)),
            Command::Apply(args) => wait(apply::run(args, &session)),
            Command::Diff(args) => wait(diff::run(args, &session)),
            Command::Export(args) => wait(export::run(args, &session)),
            Command::Edit(args) => wait(edit::run(args, &session)),
            Command::Schema(args) => schema::run(&args, &session),
            Command::Audience(action) => wait(audience::run(action, &session)),
            Command::Budget(action) => wait(budget::run(action, &session)),
            Command::Pause(args) => wait(switch::pause(args, &session)),
            Command::Resume(args) => wait(switch::resume(args, &session)),
            Command::Delete(args) => wait(switch::delete(args, &session)),
            Command::Undelete(args) => wait(switch::undelete(args, &session)),
            Command::Why(args) => wait(why::run(args, &session)),
            Command::Pacing(args) => wait(pacing::run(args, &session)),
            Command::Top(args) => wait(top::run(args, &session)),
            Command::Tail(args) => wait(tail::run(args, &session)),
            Command::Report(args) => wait(report::run(args, &session)),
            Command::Replay(args) => serve(replay::run(args, &session)),
            Command::Loadtest(args) => wait(loadtest::run(*args, &session)),
            Command::Simulate(args) => serve(simulate::run(args)),
            Command::History(args) => wait(history::history(args, &session)),
            Command::Revert(args) => wait(history::revert(args, &session)),
            Command::Token(action) => wait(token::run(action, &session)),
            Command::Context(action) => context::run(action, &session),
            Command::Doctor(args) => wait(doctor::run(args, &session)),
            Command::Completion(args) => completion::run(&args),
            Command::Config(action) => wait(check::run(action, &session)),
        }
    }
}

/// Runs a client's command on this thread: it waits for one answer at a time.
fn wait(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    block_on(tokio::runtime::Builder::new_current_thread(), command)
}

/// Runs a process on all cores.
fn serve(process: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    block_on(tokio::runtime::Builder::new_multi_thread(), process)
}

fn block_on(
    mut builder: tokio::runtime::Builder,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let runtime = builder.enable_all().build().map_err(|error| {
        Failure::new(
            Exit::Failed,
            format!("this machine gives no runtime: {error}"),
        )
    })?;
    runtime.block_on(work)
}

#[cfg(test)]
mod texts;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_hang_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_option_says_what_it_does() {
        fn check(command: &clap::Command) {
            assert!(
                command.get_about().is_some(),
                "{} has no about",
                command.get_name()
            );
            for arg in command.get_arguments() {
                assert!(
                    arg.get_help().is_some(),
                    "{} {} has no help",
                    command.get_name(),
                    arg.get_id()
                );
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }
}
