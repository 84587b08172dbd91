//! What the user allows: readers of the consent signals that a request carries.

mod bits;
pub mod gpp;
pub mod tcf;
pub mod us;
pub mod us_privacy;
mod vendors;

pub use bits::BitsError;
