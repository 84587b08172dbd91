//! The command line as it is parsed: one place that shows every command.

use clap::{Parser, Subcommand};

use crate::failure::{EXIT_CODES, Failure};
use crate::session::Session;
use crate::{apply, budget, create, describe, get, report, switch, why};

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
    /// List advertisers, campaigns, ads or creatives
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
    /// Change what a campaign may spend
    #[command(subcommand)]
    Budget(budget::Action),
    /// Stop campaigns, ads or advertisers, within a second
    #[command(after_help = "Example:\n  outbid pause acme/spring")]
    Pause(switch::SwitchArgs),
    /// Let them run again, within a second
    #[command(after_help = "Example:\n  outbid resume acme/spring")]
    Resume(switch::SwitchArgs),
    /// Delete campaigns, ads, creatives or advertisers; their reports stay
    #[command(after_help = "Example:\n  outbid delete acme/spring --force")]
    Delete(switch::DeleteArgs),
    /// Tell why a bid request is bid on or not, ad by ad
    #[command(
        after_help = "Examples:\n  outbid why -f request.json\n  outbid why -f - --exchange demo < request.json"
    )]
    Why(why::Args),
    /// Report spend and what came of it
    #[command(after_help = "Examples:\n  outbid report --by ad,hour --since 24h\n  \
                            outbid report --in acme/spring --by day -o json")]
    Report(report::Args),
}

const FILES: &str = "\
A file holds tables [[advertisers]], [[creatives]], [[campaigns]] and [[ads]] in TOML, or lists of these names in JSON. \
Their fields are those of the API:

  [[campaigns]]
  name = \"advertisers/acme/campaigns/spring\"
  display_name = \"Spring\"
  budget = { daily_micros = 500_000_000 }

A field that a file sets becomes what the file says, whole; others stay as they are.";

impl Cli {
    /// Does what the command line says.
    pub fn run(self) -> Result<(), Failure> {
        let session = self.session;
        match self.command {
            Command::Get(args) => wait(get::run(args, &session)),
            Command::Describe(args) => wait(describe::run(args, &session)),
            Command::Create(args) => wait(create::run(args, &session)),
            Command::Apply(args) => wait(apply::run(args, &session)),
            Command::Budget(action) => wait(budget::run(action, &session)),
            Command::Pause(args) => wait(switch::pause(args, &session)),
            Command::Resume(args) => wait(switch::resume(args, &session)),
            Command::Delete(args) => wait(switch::delete(args, &session)),
            Command::Why(args) => wait(why::run(args, &session)),
            Command::Report(args) => wait(report::run(args, &session)),
        }
    }
}

/// Runs a client's command on this thread: it waits for one answer at a time.
fn wait(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(
                crate::failure::Exit::Failed,
                format!("this machine gives no runtime: {error}"),
            )
        })?
        .block_on(command)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

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
