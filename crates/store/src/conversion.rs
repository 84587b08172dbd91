//! Conversions that were counted.

use campaign::id::AdvertiserId;
use campaign::time::Timestamp;
use rusqlite::params;

use crate::database::{Transaction, sql_id};
use crate::error::StoreError;

impl Transaction<'_> {
    /// Counts an advertiser's order; tells whether it is new. Belongs in the transaction that counts the conversion.
    pub fn count_conversion(
        &self,
        advertiser: AdvertiserId,
        order: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO conversions (advertiser, order_number, at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
        let added = self
            .sql
            .execute(sql, params![sql_id(advertiser.0), order, at.0])?;
        Ok(added == 1)
    }

    /// Forgets orders from before this moment: longer ago than an advertiser would say them again. Tells how many.
    pub fn forget_conversions(&self, before: Timestamp) -> Result<usize, StoreError> {
        let sql = "DELETE FROM conversions WHERE at_ms < ?";
        Ok(self.sql.execute(sql, [before.0])?)
    }
}
