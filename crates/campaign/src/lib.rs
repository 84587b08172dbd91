//! What is sold: advertiser > campaign > ad > creative; money, time, ids, targeting, flights, and
//! the exchanges where it is bought.
//!
//! Nouns only: no I/O, no serialisation, no clock, no random source.

pub mod estimate;
pub mod hexadecimal;
pub mod id;
pub mod money;
pub mod time;

pub mod country;
pub mod targeting;

pub mod creative;

pub mod ad;
pub mod advertiser;
pub mod audience;
pub mod block_list;
pub mod conversion;
pub mod deal;
pub mod exchange;
pub mod experiment;
pub mod spending;
