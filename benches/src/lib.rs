//! Measurements of what spans crates, each beside a floor or a peer of the same run: `make bench`.
//!
//! [`workload`] says what is measured on, and the module `rows` what is measured: on Linux, whose clocks and sockets it
//! takes. Without the feature `rows` only what callgrind counts is built.

pub mod workload;

pub mod counter;
pub mod matching;

#[cfg(all(feature = "rows", target_os = "linux"))]
pub mod rows;

#[cfg(all(feature = "rows", target_os = "linux"))]
pub mod peers;

#[cfg(all(feature = "rows", target_os = "linux"))]
pub mod client;
#[cfg(all(feature = "rows", target_os = "linux"))]
pub mod program;
#[cfg(all(feature = "rows", target_os = "linux"))]
pub mod server;

#[cfg(all(feature = "rows", target_os = "linux"))]
pub mod allocations;

#[cfg(all(feature = "rows", target_os = "linux"))]
pub mod clock;
#[cfg(all(feature = "rows", target_os = "linux"))]
pub mod rounds;
#[cfg(all(feature = "rows", target_os = "linux"))]
pub mod table;
