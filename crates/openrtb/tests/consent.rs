//! The consent readers against strings that others wrote, against damage, and the verdict by tables.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

#[path = "consent/corpus.rs"]
mod corpus;
#[path = "consent/gpp.rs"]
mod gpp;
#[path = "consent/tc_writer.rs"]
mod tc_writer;
#[path = "consent/tcf.rs"]
mod tcf;
#[path = "consent/verdict.rs"]
mod verdict;
#[path = "consent/verdict_gdpr.rs"]
mod verdict_gdpr;
#[path = "consent/verdict_us.rs"]
mod verdict_us;
