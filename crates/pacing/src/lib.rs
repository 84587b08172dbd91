//! How money is spent: ledger, leases, participation, frequency; the spend plan; goals,
//! multipliers and what they buy; a breaker.
//!
//! Rules only: no I/O, no clock, no random source, and no floats where money is counted.

pub mod account;
pub mod lease;
pub mod ledger;

pub mod exposure;
pub mod participation;

pub mod breaker;
pub mod endgame;
pub mod goal;
pub mod multiplier;
pub mod pacer;
pub mod plan;
pub mod reallocate;
pub mod response;
pub mod season;
pub mod surplus;
