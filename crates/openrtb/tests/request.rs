//! Parser and writer against tables of what exchanges send, our samples, the shared corpus, and damage.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

#[path = "request/corpus.rs"]
mod corpus;
#[path = "request/damage.rs"]
mod damage;
#[path = "request/folding.rs"]
mod folding;
#[path = "request/model.rs"]
mod model;
#[path = "request/samples.rs"]
mod samples;
#[path = "request/tolerance.rs"]
mod tolerance;
#[path = "request/writing.rs"]
mod writing;
