//! One request decided.

pub mod book;
pub mod explain;
pub mod markup;
pub mod reason;
pub mod token;
