//! What the user allows: readers of the consent signals that a request carries.

mod bits;
pub mod tcf;
mod vendors;

pub use bits::BitsError;
