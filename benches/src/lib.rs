//! Measurements of what spans crates, each beside a floor or a peer of the same run: `make bench`.
//!
//! [`workload`] says what is measured on.

pub mod workload;

pub mod counter;
pub mod matching;
