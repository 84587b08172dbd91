//! Files that hold what we write, to the letter.

use std::path::PathBuf;

/// Compares a text with the file of this name in `golden/`. `OUTBID_BLESS=1` writes the file instead: read the
/// difference before you commit it.
pub fn check(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    // A text file ends with a line feed; what we write does not.
    let text = format!("{text}\n");
    if std::env::var_os("OUTBID_BLESS").is_some_and(|bless| bless == "1") {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == text,
        "{} differs.\nit has:\n{golden}\nwe write:\n{text}\nIf we are right, run the test again with OUTBID_BLESS=1.",
        path.display(),
    );
}
