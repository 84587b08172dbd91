//! Measurements stand in `benches/`: run `cargo bench -p benches`.
