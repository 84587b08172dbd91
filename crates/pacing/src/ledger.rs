//! The ledger: every account, every lease, and every bid that came to its end, as a state machine in memory.

pub mod rows;
pub mod settle;
pub mod terms;
