//! Where the expected values come from: our fixtures, and the shared corpus where it is at hand.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The rows of a fixture of this crate, one JSON object a line. `fixtures/consent.mjs` writes them.
pub fn fixture(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A shared file, or `None` with a note where it is absent.
pub fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("OUTBID_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = root.join(name);
    if !path.exists() {
        eprintln!("skipped, no data: {name}");
        return None;
    }
    Some(path)
}

/// The numbers in a JSON array.
pub fn numbers(value: &Value) -> Vec<u16> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n.as_u64().unwrap() as u16)
        .collect()
}
