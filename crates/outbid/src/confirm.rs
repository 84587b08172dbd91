//! The one place that asks "are you sure?": before what raises money, and before what destroys.
//!
//! On a terminal a person is asked. Elsewhere nobody can be: what the command line names itself is done, as a script
//! expects; what a command found by itself, and what cannot be taken back, needs `--yes`.

use std::io::{BufRead, IsTerminal};

use clap::Args as Arguments;

use crate::failure::{Exit, Failure};
use crate::session::note;

/// The option that answers before it is asked.
#[derive(Arguments, Clone, Copy, Debug)]
pub struct Consent {
    /// Do not ask before money is raised or something is destroyed
    #[arg(short, long)]
    yes: bool,
}

/// Asks about what no script may do without saying so: it needs `--yes` where nobody can be asked.
pub fn confirm(yes: bool, what: &str) -> Result<(), Failure> {
    Consent { yes }.ask(&format!("{what}."), Chosen::ByCommand)
}

/// Who chose what is about to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The command line names it.
    ByName,
    /// The command found it.
    ByCommand,
}

impl Consent {
    /// Asks, where somebody is there to answer. The failure is that of a "no".
    pub fn ask(self, question: &str, chosen: Chosen) -> Result<(), Failure> {
        let there = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        match self.without_asking(there, chosen) {
            Some(answer) => answer.map_err(|failure| Failure {
                message: format!("{question} {}", failure.message),
                ..failure
            }),
            None => {
                note(&format!("{question} Go on? (y/N)"));
                let mut answer = String::new();
                // No answer is a "no".
                let _ = std::io::stdin().lock().read_line(&mut answer);
                if means_yes(&answer) {
                    Ok(())
                } else {
                    Err(Failure::new(Exit::Failed, "nothing was changed"))
                }
            }
        }
    }

    /// What is so before anybody is asked; `None` where somebody must be.
    fn without_asking(self, there: bool, chosen: Chosen) -> Option<Result<(), Failure>> {
        match (self.yes, there, chosen) {
            (true, ..) | (_, false, Chosen::ByName) => Some(Ok(())),
            (false, true, _) => None,
            (false, false, Chosen::ByCommand) => Some(Err(Failure::usage(
                "Nobody is here to be asked, so nothing was changed.",
            )
            .with_hint("add --yes if that is what you mean"))),
        }
    }
}

fn means_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_asked_nothing_about_what_it_names() {
        let check = |yes, there, chosen, expect: Option<bool>| {
            let answer = Consent { yes }.without_asking(there, chosen);
            assert_eq!(
                answer.map(|answer| answer.is_ok()),
                expect,
                "{yes} {there} {chosen:?}"
            );
        };
        check(false, false, Chosen::ByName, Some(true));
        check(false, false, Chosen::ByCommand, Some(false));
        check(false, true, Chosen::ByName, None);
        check(false, true, Chosen::ByCommand, None);
        check(true, true, Chosen::ByCommand, Some(true));
        check(true, false, Chosen::ByCommand, Some(true));
        assert!(means_yes("y\n") && means_yes("YES") && !means_yes("") && !means_yes("yep"));
    }
}
