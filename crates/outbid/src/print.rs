//! How things look on a terminal and to programs.

pub mod amount;
pub mod progress;
pub mod status;
pub mod table;
pub mod tree;
pub mod words;
