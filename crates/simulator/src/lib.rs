//! A market from a seed: requests, rivals, users, notices; load; the auditor.
//!
//! [`market::Market`] sends bid requests of an invented world to a bidder over real HTTP, holds the
//! auctions against invented rivals, and tells the bidder what became of its bids. The [`audit`]
//! knows the truth of that world, checks every answer and reconciles every nano at the end.
//! [`replay`] sends recorded requests instead, [`load`] measures, and [`trace`] plays recorded
//! auctions.
//!
//! **Invariants.** What happens in the world follows from the seed and the number of the request, and from nothing
//! else; only answers, sockets and clocks differ between two runs. The auditor reads requests and answers with its own
//! eyes (`serde_json`), never with the parser that it is to check.

pub mod market;

pub mod world;

pub mod rivals;

pub mod exchange;

pub mod audit;

pub mod report;

pub mod replay;

pub mod load;

pub mod trace;

pub mod scenario;

mod client;
mod dice;
mod plot;
mod request_json;
