//! The wire: OpenRTB 2.6-202606 as a buyer reads and writes it, borrowed from the body.
//!
//! Field names are the spec's own (`imp.bidfloor`, `device.geo.country`); `type`, a Rust keyword, is `kind` everywhere.
//! Reading never fails for what a field holds, only for what is not JSON: see [`request::parse`]. Amounts of money stay
//! the text that was sent until somebody asks for an integer: see [`Decimal`].
//!
//! **Invariants.** No floating point touches a price. No clock, no random source, no I/O. What is parsed owns nothing:
//! it borrows from the body and from an arena that the caller resets.

pub mod request;
pub mod response;

pub mod native;

pub mod adcom;
pub mod notice;

pub mod macros;

pub mod consent;

mod decimal;
mod json;
mod lenient;
mod write;

pub use decimal::Decimal;
