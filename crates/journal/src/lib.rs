//! What happened: the entries that are written down, and their binary form.

pub mod context;
pub mod entry;
pub mod position;

pub mod codec;
