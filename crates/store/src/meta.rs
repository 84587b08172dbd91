//! Single numbers that outlive the process.

use campaign::id::Incarnation;
use campaign::time::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::database::Transaction;
use crate::error::StoreError;

const LAST_NOW: &str = "last_now_ms";

impl Transaction<'_> {
    /// A number; `None` where it was never set.
    pub fn number(&self, key: &str) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT value FROM numbers WHERE key = ?";
        Ok(self
            .sql
            .query_row(sql, [key], |row| row.get(0))
            .optional()?)
    }

    /// Sets a number.
    pub fn set_number(&self, key: &str, value: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO numbers (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
        self.sql.execute(sql, params![key, value])?;
        Ok(())
    }

    /// Counts a start of this node, and tells who it is now. No bid may be made before the
    /// transaction is through: else its id could come twice.
    pub fn next_incarnation(&self, node: u16) -> Result<Incarnation, StoreError> {
        let key = format!("starts_of_node_{node}");
        let start = self.number(&key)?.unwrap_or(0) + 1;
        self.set_number(&key, start)?;
        let start = u32::try_from(start)
            .map_err(|_| StoreError::Unreadable(format!("{key} is {start}")))?;
        Ok(Incarnation { node, start })
    }

    /// The latest moment that was ever noted; `None` at the first start. A warped clock goes on from there.
    pub fn last_now(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.number(LAST_NOW)?.map(Timestamp))
    }

    /// Notes the time. What is noted never goes back.
    pub fn note_now(&self, now: Timestamp) -> Result<(), StoreError> {
        let latest = self.last_now()?.map_or(now, |last| last.max(now));
        self.set_number(LAST_NOW, latest.0)
    }
}
