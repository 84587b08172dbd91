//! One request decided.
//!
//! Read [`decide`] first: it is the whole trade, in the order in which it happens. Everything here
//! is pure: time, dice and counters are handed in, so that a decision can be made again from its
//! trace.

pub mod decide;

pub mod privacy;

pub mod opportunity;

pub mod candidates;
pub mod index;
pub mod shortlist;

pub mod eligibility;
pub mod fit;
pub mod publisher;
pub mod targeting;

pub mod prices;
pub mod pricing;
pub mod shading;

pub mod selection;

pub mod markup;
pub mod response;
pub mod token;

pub mod audience;
pub mod book;
pub mod device;
pub mod dice;
mod digits;
pub mod experiment;
pub mod market;
pub mod reason;
pub mod state;
pub mod terms;

pub mod explain;
pub mod sample;
pub mod trace;
