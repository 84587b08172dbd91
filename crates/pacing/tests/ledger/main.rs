//! The ledger under test: by tables, by random histories against a plain model, and in a simulated deployment.

mod fixture;
mod script;
mod shadow;
mod tables;
