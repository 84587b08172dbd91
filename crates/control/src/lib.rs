//! The process that owns campaigns and money: gRPC, ledger, leases.
//!
//! One thread, the `authority`, owns both; the services ask it. It hears from bidders over channels and from the
//! journal, and tells them books, terms and leases. [`start`] makes all of it run.

pub mod config;
pub mod seams;
pub mod secure;

pub mod control;
pub mod summary;

mod access;
mod audit;
mod calls;
mod serve;

mod metrics;
mod page;
mod service;

mod forecast;
mod idempotency;
mod listing;
mod paging;
mod resource;
mod traffic;
mod view;

mod authority;
mod catalog;

pub use control::{ControlHandle, start};
pub use seams::Seams;
