//! Measurements of what spans crates, each beside a floor or a peer of the same run: `make bench`.
//!
//! [`workload`] says what is measured on, [`rows`] what is measured. Without the feature `rows` only what callgrind
//! counts is built.

pub mod workload;

pub mod counter;
pub mod matching;

#[cfg(feature = "rows")]
pub mod rows;

#[cfg(feature = "rows")]
pub mod peers;

#[cfg(feature = "rows")]
pub mod client;
#[cfg(feature = "rows")]
pub mod program;
#[cfg(feature = "rows")]
pub mod server;

#[cfg(feature = "rows")]
pub mod allocations;

#[cfg(feature = "rows")]
pub mod clock;
#[cfg(feature = "rows")]
pub mod rounds;
#[cfg(feature = "rows")]
pub mod table;
