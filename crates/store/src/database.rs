//! The database: one SQLite file, one connection, one process.
//!
//! **Invariant: everything that belongs together is written in one transaction, and durable when it
//! returns** (WAL with `synchronous=FULL`). What is read goes through the same connection; a write
//! holds it for about as long as the disk takes to sync.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::disk::{Disk, FileLock, FileSystem};
use crate::error::StoreError;

mod schema;

/// The database's file in the store's directory. SQLite keeps two more beside it while it is open.
pub const FILE: &str = "outbid.sqlite";

/// The open database of a directory.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    _lock: FileLock,
}

/// One transaction. All reading and writing is done on one; each module of this crate adds its own methods.
#[derive(Debug)]
pub struct Transaction<'a> {
    pub(crate) sql: rusqlite::Transaction<'a>,
}

impl Store {
    /// Opens the store of a directory, makes what is missing, and brings an older schema up to date.
    /// No other process can open it until this value is dropped.
    pub fn open(directory: &Path) -> Result<Store, StoreError> {
        let io = |doing, source| StoreError::Io {
            doing,
            path: directory.to_owned(),
            source,
        };
        let disk = FileSystem::open(directory).map_err(|error| io("open", error))?;
        let lock = disk.lock().map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => StoreError::Held {
                path: directory.to_owned(),
            },
            _ => io("lock", error),
        })?;
        let path = directory.join(FILE);
        // SQLite would make the file readable for everybody; those it puts beside take over what this one has.
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .and_then(|_| disk.sync_directory())
            .map_err(|error| io("create the database in", error))?;
        let mut connection = Connection::open(&path)?;
        schema::prepare(&mut connection, &path)?;
        Ok(Store {
            connection,
            _lock: lock,
        })
    }

    /// Runs `work` and makes what it wrote durable; where it fails, nothing of it was written.
    ///
    /// Where the *commit* fails, what is held in memory may be ahead of the database (the ledger
    /// tells its changes once): stop the process.
    pub fn transaction<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(TransactionBehavior::Immediate, work)
    }

    /// Runs `work` on one state of everything. It cannot write.
    pub fn read<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.writable(false)?;
        let outcome = self.run(TransactionBehavior::Deferred, work);
        self.writable(true)?;
        outcome
    }

    fn run<T, E: From<StoreError>>(
        &mut self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let sql = self
            .connection
            .transaction_with_behavior(behavior)
            .map_err(StoreError::from)?;
        let transaction = Transaction { sql };
        // An error rolls back, by dropping the transaction.
        let value = work(&transaction)?;
        transaction.sql.commit().map_err(StoreError::from)?;
        Ok(value)
    }

    fn writable(&self, yes: bool) -> Result<(), StoreError> {
        Ok(self.connection.pragma_update(None, "query_only", !yes)?)
    }
}

/// Ids are unsigned and SQLite's integers are not: the same 64 bits, so that none is refused.
pub(crate) fn sql_id(id: u64) -> i64 {
    id.cast_signed()
}

/// The id of such an integer.
pub(crate) fn id_of(sql: i64) -> u64 {
    sql.cast_unsigned()
}
