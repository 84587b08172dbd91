//! The process that answers bid requests and takes notices.
//!
//! A request goes from the socket ([`serve`](mod@bidder)) through one function that waits for nothing to the answer;
//! a notice goes into the journal and is answered when it is durable there. One task besides keeps the book, the
//! terms and the leases fresh.
//!
//! **Invariants.** Between body and answer nothing is awaited and no lock is taken that a slow path holds. What is
//! spent comes from a lease, and a lease that is over is not spent from. No notice is answered 2xx before it is
//! durable. No user's id and no address of a device is logged, counted or kept.

pub mod bidder;
pub mod config;

mod serve;

#[cfg(feature = "bench")]
pub mod echo;

mod route;

mod bid;

mod conversion;
mod notice;
mod price;
mod query;

mod floor;
mod press;
mod snapshot;

mod live;

mod offers;

mod frequency;
mod leases;
mod refresh;

mod lookback;
mod sampler;

mod counts;
mod exposition;
mod latency;
mod per_thread;

pub mod traffic;

#[cfg(test)]
mod test_book;

pub use bidder::{BidderHandle, Seams, start};
pub use floor::Readiness;
pub use refresh::{ControlLinks, History};
