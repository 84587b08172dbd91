//! The tables, and how an older database gets them.
//!
//! `user_version` counts the steps that a database has been through. A step that was released is
//! never edited; a change is a new step.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::error::StoreError;

/// Marks the file as ours ("OBid").
const APPLICATION_ID: i32 = 0x4f42_6964;

const STEPS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
    include_str!("schema/8.sql"),
    include_str!("schema/9.sql"),
];

/// Sets the connection up, checks that the database is ours, and brings it up to date.
pub fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    // The file is locked for this process alone, so SQLite never has to wait for another; nor would
    // it need to share memory with one.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    check_owner(connection, path)?;
    connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Names in SQL are ours alone, and a database file that somebody else made must not run code of its own.
    connection.pragma_update(None, "trusted_schema", false)?;
    migrate(connection, STEPS)
}

fn check_owner(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let owner: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (owner, tables) {
        (APPLICATION_ID, _) => Ok(()),
        (0, 0) => Ok(connection.pragma_update(None, "application_id", APPLICATION_ID)?),
        _ => Err(StoreError::NotOurs {
            path: path.to_owned(),
        }),
    }
}

fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = steps.len() as u32;
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    for (number, step) in (1..).zip(steps).skip(found as usize) {
        // A step and its number come together or not at all.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(connection: &Connection) -> u32 {
        connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn an_older_database_goes_through_the_steps_that_it_lacks() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &["CREATE TABLE a (x INTEGER) STRICT"]).unwrap();
        assert_eq!(version(&connection), 1);
        let more = [
            "this is no SQL: the first step must not run again",
            "ALTER TABLE a ADD COLUMN y INTEGER; INSERT INTO a VALUES (1, 2)",
            "UPDATE a SET y = y + 1",
        ];
        migrate(&mut connection, &more).unwrap();
        migrate(&mut connection, &more).unwrap();
        let sum: i64 = connection
            .query_row("SELECT sum(y) FROM a", [], |row| row.get(0))
            .unwrap();
        assert_eq!((version(&connection), sum), (3, 3));
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_behind() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = [
            "CREATE TABLE a (x INTEGER) STRICT",
            "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1)",
        ];
        assert!(migrate(&mut connection, &steps).is_err());
        assert_eq!(version(&connection), 1);
        migrate(
            &mut connection,
            &[steps[0], "CREATE TABLE b (x INTEGER) STRICT"],
        )
        .unwrap();
    }

    #[test]
    fn a_commit_is_durable_and_references_are_checked() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db");
        let mut connection = Connection::open(&path).unwrap();
        prepare(&mut connection, &path).unwrap();
        let check = |pragma: &str, expect: &str| {
            let sql = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
            let found: String = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(found, expect, "{pragma}");
        };
        check("journal_mode", "wal");
        check("synchronous", "2");
        check("foreign_keys", "1");
    }

    #[test]
    fn a_newer_database_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 7).unwrap();
        assert!(matches!(
            migrate(&mut connection, &["", ""]),
            Err(StoreError::NewerSchema { found: 7, known: 2 })
        ));
        assert_eq!(version(&connection), 7);
    }
}
