//! Notices that were counted.
//!
//! Money needs none of this, since the ledger knows a bid that was billed. This is for what is only counted: a win, an
//! impression, a view or a click that is told twice happened once.

use campaign::id::BidId;
use campaign::time::Timestamp;
use rusqlite::params;

use crate::database::{Transaction, sql_id};
use crate::error::StoreError;

/// The kinds of notice that count once a bid. The numbers are bits in the database, and never given to another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// A win.
    Win = 1,
    /// An impression that the page tells.
    Impression = 2,
    /// A view.
    View = 4,
    /// A click.
    Click = 8,
}

impl Transaction<'_> {
    /// Counts a notice about a bid; tells whether it is the first of its kind. Belongs in the
    /// transaction that counts it in the reports.
    pub fn count_notice(
        &self,
        bid: BidId,
        kind: NoticeKind,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO notices (node, start, sequence, kinds, at_ms) VALUES (?, ?, ?, ?, ?) \
                   ON CONFLICT DO UPDATE SET kinds = kinds | excluded.kinds WHERE kinds & excluded.kinds = 0";
        let (incarnation, sequence) = (bid.incarnation, sql_id(bid.sequence));
        let row = params![
            incarnation.node,
            incarnation.start,
            sequence,
            kind as i64,
            at.0
        ];
        Ok(self.sql.prepare_cached(sql)?.execute(row)? == 1)
    }

    /// Forgets notices from before this moment, at most `most` of them: older than any that can
    /// still be verified. Tells how many.
    pub fn forget_notices(&self, before: Timestamp, most: usize) -> Result<usize, StoreError> {
        let sql = "DELETE FROM notices WHERE (node, start, sequence) IN \
                   (SELECT node, start, sequence FROM notices WHERE at_ms < ? ORDER BY at_ms LIMIT ?)";
        Ok(self.sql.execute(
            sql,
            params![before.0, i64::try_from(most).unwrap_or(i64::MAX)],
        )?)
    }
}
