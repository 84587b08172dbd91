//! Answers to requests that carry an id: a repetition gets the same answer, and has no effect.

use campaign::time::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::database::Transaction;
use crate::error::StoreError;

impl Transaction<'_> {
    /// What was answered to this request when it first came.
    pub fn answer(&self, method: &str, request_id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT response FROM answers WHERE method = ? AND request_id = ?";
        let response = self
            .sql
            .query_row(sql, [method, request_id], |row| row.get(0));
        Ok(response.optional()?)
    }

    /// Remembers an answer, in the transaction of what the request changed.
    pub fn remember_answer(
        &self,
        method: &str,
        request_id: &str,
        response: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO answers (method, request_id, response, at_ms) VALUES (?, ?, ?, ?)";
        self.sql
            .execute(sql, params![method, request_id, response, now.0])?;
        Ok(())
    }

    /// Forgets answers from before this moment, and the oldest beyond `keep` of them. Tells how many.
    pub fn forget_answers(&self, before: Timestamp, keep: usize) -> Result<usize, StoreError> {
        let aged = self
            .sql
            .execute("DELETE FROM answers WHERE at_ms < ?", [before.0])?;
        let sql = "DELETE FROM answers WHERE rowid IN \
                   (SELECT rowid FROM answers ORDER BY at_ms DESC, rowid DESC LIMIT -1 OFFSET ?)";
        Ok(aged + self.sql.execute(sql, [keep as i64])?)
    }
}
