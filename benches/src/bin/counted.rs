//! What callgrind counts: `counted parse|match|decide`.

fn main() {}
