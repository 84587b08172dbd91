//! The rules of the house that no compiler checks, after TigerBeetle's `tidy.zig`.
//!
//! A rule is a plain function from text to the [`Finding`]s in it, tested on small samples beside it;
//! `tests/tidy.rs` holds every file that git tracks to every rule.

pub mod checkout;
pub mod manifest;
pub mod prose;
pub mod source;

use std::fmt;

/// One place where a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, from the root of the checkout.
    pub path: String,
    /// The line, counted from one; zero when the file as a whole is meant.
    pub line: usize,
    /// What was found there.
    pub what: String,
}

impl Finding {
    /// A finding on one line, counted from one.
    #[must_use]
    pub fn at(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }

    /// A finding about a file as a whole.
    #[must_use]
    pub fn of(path: &str, what: impl Into<String>) -> Self {
        Self::at(path, 0, what)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}
