//! What can go wrong with the database.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

/// What can go wrong with the database. Where a transaction fails, nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The directory or its lock.
    #[error("could not {doing} {path}: {source}. See that the directory is there and yours")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With which file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has the store.
    #[error("another process uses the store in {path}: stop it, or use another directory")]
    Held {
        /// Where.
        path: PathBuf,
    },
    /// A database of a newer program.
    #[error(
        "the database has schema {found} and this program knows up to {known}: run the version that wrote it, or a newer one"
    )]
    NewerSchema {
        /// What it has.
        found: u32,
        /// What this program can read.
        known: u32,
    },
    /// Not a database of this program.
    #[error("{path} is a database of another program: use another directory")]
    NotOurs {
        /// Which file.
        path: PathBuf,
    },
    /// One of the database's own rules refused what was written. They are the second wall: whoever
    /// wrote it has a defect.
    #[error(
        "the database refused a change that breaks its rules ({0}). Nothing was written. This is a defect: stop, keep the data, report it"
    )]
    Rule(String),
    /// SQLite failed.
    #[error("the database failed: {0}. See that the disk is well and has room, and start again")]
    Database(rusqlite::Error),
    /// A row holds what no version of this program writes.
    #[error("the database holds what cannot be read: {0}. Bring it back from a copy")]
    Unreadable(String),
    /// The name is in use, or was.
    #[error("\"{name}\" exists already, or did and was deleted: take another name")]
    NameTaken {
        /// Which name.
        name: String,
    },
    /// There is no such record, or it was deleted.
    #[error("there is no record {id}, or it was deleted")]
    NoRecord {
        /// Which.
        id: u64,
    },
    /// Somebody else changed the record in between.
    #[error(
        "\"{name}\" was changed in between: its version is {found}, not {expected}. Read it again, and change that"
    )]
    VersionMismatch {
        /// Which record.
        name: String,
        /// What the caller had read.
        expected: u64,
        /// What it is.
        found: u64,
    },
    /// The changes asked for are not remembered any more.
    #[error(
        "changes after version {asked} are no longer known one by one, only after {oldest}: take everything anew"
    )]
    ChangesForgotten {
        /// After which version they were asked for.
        asked: u64,
        /// The oldest version after which they are known.
        oldest: u64,
    },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        match &error {
            rusqlite::Error::SqliteFailure(failure, message)
                if failure.code == ErrorCode::ConstraintViolation =>
            {
                StoreError::Rule(message.clone().unwrap_or_else(|| failure.to_string()))
            }
            _ => StoreError::Database(error),
        }
    }
}
