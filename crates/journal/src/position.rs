//! Where in the journal.

use std::fmt;

/// A place in the journal: the sequence of a record. Records are counted from 1 without a gap; 0
/// stands before the first.
///
/// Said of a reader or of a ledger, it is the last record that was read or counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl Position {
    /// Before the first record.
    pub const START: Position = Position(0);
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
