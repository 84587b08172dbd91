//! What must hold of any bytes. Each module is a target: its `holds` panics where it does not.
//!
//! `scripts/fuzz` drives them by libFuzzer, which learns from the code that a text reaches; `tests/short.rs` by
//! changing the seeds at random, which needs no more than the compiler.

#![allow(
    clippy::unwrap_used,
    reason = "a panic is how a target says what does not hold"
)]

pub mod consent;
pub mod native;
pub mod request;
pub mod response;

// The plain reading by serde_json that the parser's own tests hold it to.
#[path = "../../crates/openrtb/tests/request/model.rs"]
mod model;

/// A target: its name, which is its seeds' directory too, and what must hold.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 4] = [
    ("request", request::holds),
    ("native", native::holds),
    ("response", response::holds),
    ("consent", consent::holds),
];
