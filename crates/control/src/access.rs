//! Who calls, and what they may do: the gate before every service.
//!
//! [`gate`] takes a call's token, looks the method up in the one table of [`rules`], reads from the request which
//! resource it is about, and refuses what no role of the token allows there. The authority asks once more
//! ([`caller::Caller::may`]) where it takes more than the request to tell: what a list shows, and who may raise which
//! budget.
//!
//! **Invariant: what the table lacks is refused.** A new method has no callers until it has a row.

pub mod caller;
pub mod gate;
pub mod keyring;
pub mod request;
pub mod role;
pub mod rules;
