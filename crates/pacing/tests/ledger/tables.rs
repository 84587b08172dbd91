//! What the ledger does, line by line. The language is told in `script.rs`.

mod expiry;
mod grants;
mod notices;
