//! What ends the authority.

use store::error::StoreError;

/// What ends the authority.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthorityError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] store::segment::JournalError),
    /// The ledger was told something that cannot be.
    #[error("the records and the ledger disagree: {0}")]
    Account(#[from] pacing::ledger::AccountError),
}
