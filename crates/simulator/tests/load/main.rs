//! Load against servers whose manner is known.
//!
//! Nothing here asserts how fast something is: counts are exact, and a time is held only against a bound that the
//! server itself enforces, from below.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod counts;
mod latency;
mod server;
