//! The ledger under test: by tables, by random histories against a plain model, and in a simulated deployment.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;
mod histories;
mod model;
mod script;
mod shadow;
mod simulation;
mod tables;
