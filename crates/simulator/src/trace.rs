//! Recorded auctions, played again by the engine and by published algorithms, against the best of hindsight.
//!
//! [`contest::run`] plays a trace (a [`rows`] file) in episodes: each [`play::Bidder`] gets the
//! same auctions, the same budget and the same prior information, and what it won is measured
//! against what hindsight could have bought ([`limit`]). The [`engine`] is the product's own
//! pacing, run as the live processes run it; the [`peers`] are others', and no live path calls
//! them.
//!
//! **Invariants.** Every figure follows from the files, the options and the seed, on every machine: logarithms and
//! powers come from `libm`, dice from ChaCha8, and nothing iterates over a hash table. No algorithm holds the purse.

pub mod contest;
pub mod rows;

pub mod limit;
pub mod play;

pub mod engine;
pub mod peers;

pub mod report;

#[cfg(test)]
mod tests;
