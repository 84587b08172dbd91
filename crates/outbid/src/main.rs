//! Commands and composition.

fn main() {}
