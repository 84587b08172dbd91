//! What outlives a process: campaign records, ledger, the journal's segments.
//!
//! Two stores, each for what it is good at: append-only segments for what happened, which is much
//! and comes fast, and one SQLite database for what is so. What is so is made from what happened:
//! each change of the ledger is written in one transaction with the journal's position that it
//! comes from, so nothing is counted twice and nothing is lost, whenever the power goes.

pub mod disk;
pub mod segment;

pub mod database;
pub mod error;

pub mod record;
pub mod request;

pub mod audience;
pub mod conversion;
pub mod experiment;
pub mod ledger;
pub mod notice;
pub mod pacing;
pub mod price;
pub mod rollup;

pub mod api_token;
pub mod change_event;

pub mod meta;
pub mod secret;

pub use database::Store;
