//! A market with a hidden truth, and the engine in it: no sockets, no clock, every figure from the seed.
//!
//! A [`cast`] says what is advertised and what is true. [`play`] lets the [`engine`] trade in the market ([`truth`])
//! minute by minute: the engine's pacing, ledger, leases, rates, delays, draws and shares are those of the live
//! processes, called as they call them. What it brought is held against the [`clairvoyant`] and [`judge`]d.
//!
//! **Invariants.** The engine learns of the market what [`wire`] passes on, and nothing else: it never sees the truth.
//! Every figure follows from the scenario, the days and the seed, on every machine.

pub mod cast;
pub mod play;

pub mod wire;

pub mod engine;

pub mod clairvoyant;
pub mod truth;

pub mod judge;
pub mod picture;
pub mod report;

#[cfg(test)]
mod tests;
