//! How a command fails: what it says, and the exit code that scripts may rely on.

use std::fmt;

use api::errors;
use tonic::{Code, Status};

use crate::config::ConfigError;

/// The exit codes, as `--help` tells them. They never change their meaning.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the server, the network or a file failed
  2  the command line, or a file that it names, cannot be understood
  3  there is no such thing
  4  it conflicts with what is there: it exists already, or has changed meanwhile
  5  the server understood and refused: a field is wrong
  6  what was measured is not what --fail-if and --limit allow
  7  the server wants a token, and there is none or it is not good
  8  the token's roles do not allow it
  9  `diff` found something that `apply` would change";

/// What went wrong, as the exit code tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The server, the network or a file failed.
    Failed = 1,
    /// The command line, or a file that it names, cannot be understood.
    Usage = 2,
    /// There is no such thing.
    NotFound = 3,
    /// It conflicts with what is there.
    Conflict = 4,
    /// The server understood and refused.
    Refused = 5,
    /// What was measured is not what was allowed.
    Missed = 6,
    /// There is no token that is good.
    NotKnown = 7,
    /// The token's roles do not allow it.
    Forbidden = 8,
    /// Files and server differ.
    Differs = 9,
}

/// Why a command failed, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub exit: Exit,
    /// One sentence.
    pub message: String,
    /// More lines, each about one place.
    pub details: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure that says this.
    pub fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure {
            exit,
            message: message.into(),
            details: Vec::new(),
            hint: None,
        }
    }

    /// What the user wrote cannot be understood.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Usage, message)
    }

    /// Adds lines, each about one place.
    #[must_use]
    pub fn with_details(mut self, details: impl IntoIterator<Item = String>) -> Failure {
        self.details.extend(details);
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// Nobody answers at the server's address.
    pub fn no_server(url: &str) -> Failure {
        Failure::new(Exit::Failed, format!("no server at {url}"))
            .with_hint("start one with `outbid dev` (`make dev` in a checkout), or say where it is with --server")
    }

    /// What a call was answered with.
    pub fn of_call(status: &Status, url: &str) -> Failure {
        let exit = match status.code() {
            Code::NotFound => Exit::NotFound,
            Code::AlreadyExists | Code::Aborted | Code::FailedPrecondition => Exit::Conflict,
            Code::InvalidArgument | Code::OutOfRange => Exit::Refused,
            Code::Unauthenticated => Exit::NotKnown,
            Code::PermissionDenied => Exit::Forbidden,
            _ => Exit::Failed,
        };
        let details = errors::details(status);
        if !details.violations.is_empty() {
            let lines = details.violations.into_iter().map(|wrong| {
                if wrong.field.is_empty() {
                    wrong.description
                } else {
                    format!("{}: {}", wrong.field, wrong.description)
                }
            });
            return Failure::new(exit, "the server refused it").with_details(lines);
        }
        match (status.code(), status.message()) {
            (Code::Unknown | Code::Internal | Code::Unavailable, "transport error") => {
                Failure::new(Exit::Failed, format!("what answers at {url} speaks no gRPC"))
                    .with_hint("--server names the control address, not the one for bids")
            }
            (Code::Unavailable, "") => Failure::no_server(url),
            (Code::Unimplemented, _) => Failure::new(
                exit,
                format!("what answers at {url} does not know this call"),
            )
            .with_hint("--server names the control address, not the one for bids"),
            (Code::DeadlineExceeded | Code::Cancelled, _) => {
                Failure::new(exit, format!("the server at {url} took too long to answer"))
            }
            (Code::Unauthenticated, message) => Failure::new(exit, message)
                .with_hint("`outbid context list` shows what is kept; `outbid context add NAME --server URL --token -` keeps a token"),
            (code, "") => Failure::new(exit, format!("the server says: {}", code.description())),
            (_, message) => Failure::new(exit, message),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for line in &self.details {
            write!(f, "\n  {line}")?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl From<anyhow::Error> for Failure {
    /// What a process stopped for: a failure of ours keeps its exit code, a bad configuration is bad input.
    fn from(error: anyhow::Error) -> Failure {
        let exit = match (
            error.downcast_ref::<Failure>(),
            error.downcast_ref::<ConfigError>(),
        ) {
            (Some(failure), _) => failure.exit,
            (None, Some(ConfigError::Toml { .. } | ConfigError::Values { .. })) => Exit::Usage,
            _ => Exit::Failed,
        };
        Failure::new(exit, format!("{error:#}"))
    }
}

#[cfg(test)]
mod tests {
    use api::errors::{CallError, Violations};

    use super::*;

    #[test]
    fn each_kind_of_answer_has_its_exit_code() {
        let check = |code: Code, expect: Exit| {
            let failure = Failure::of_call(&Status::new(code, "so it is"), "http://x");
            assert_eq!(failure.exit, expect, "{code:?}");
        };
        check(Code::NotFound, Exit::NotFound);
        check(Code::AlreadyExists, Exit::Conflict);
        check(Code::Aborted, Exit::Conflict);
        check(Code::FailedPrecondition, Exit::Conflict);
        check(Code::InvalidArgument, Exit::Refused);
        check(Code::PermissionDenied, Exit::Forbidden);
        check(Code::Unauthenticated, Exit::NotKnown);
        check(Code::Internal, Exit::Failed);
        check(Code::Unavailable, Exit::Failed);
        check(Code::DeadlineExceeded, Exit::Failed);
    }

    #[test]
    fn each_wrong_field_is_told_by_its_place() {
        let mut wrong = Violations::default();
        wrong.add("ad.goal", "REQUIRED", "say what an impression is worth");
        wrong.add("ad.creatives[3]", "NOT_FOUND", "there is no such creative");
        let status = Status::from(CallError::from(wrong));
        let failure = Failure::of_call(&status, "http://127.0.0.1:9090");
        assert_eq!(failure.exit, Exit::Refused);
        assert_eq!(
            failure.to_string(),
            "the server refused it\n  \
             ad.goal: say what an impression is worth\n  \
             ad.creatives[3]: there is no such creative"
        );
    }

    #[test]
    fn who_cannot_reach_a_server_is_told_how_to_start_one() {
        assert_eq!(
            Failure::no_server("http://127.0.0.1:9090").to_string(),
            "no server at http://127.0.0.1:9090\n\
             hint: start one with `outbid dev` (`make dev` in a checkout), or say where it is with --server"
        );
    }
}
