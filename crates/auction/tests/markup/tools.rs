//! The readers out there. `make test` installs them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

fn node_tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/node")
}

/// What a video player's parser (`@dailymotion/vast-client`) understands of a VAST document, or why it refuses it.
pub fn parse_vast(xml: &str) -> Result<serde_json::Value, String> {
    let tools = node_tests();
    assert!(
        tools.join("node_modules/@dailymotion/vast-client").exists(),
        "tests/node/node_modules lacks the VAST parser: `make test` installs it"
    );
    let mut node = Command::new("node")
        .arg(tools.join("parse-vast.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("there is no Node: `make test` installs it");
    node.stdin
        .take()
        .unwrap()
        .write_all(xml.as_bytes())
        .unwrap();
    let output = node.wait_with_output().unwrap();
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The DOM of a page in a real browser, as HTML, after its scripts have run for some seconds.
pub fn dom_after_scripts(html: &str) -> String {
    static PAGES: AtomicU32 = AtomicU32::new(0);
    let number = PAGES.fetch_add(1, Ordering::Relaxed);
    let name = format!("markup-{}-{number}.html", std::process::id());
    let page = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&page, html).unwrap();
    let output = chromium(&["dom".as_ref(), page.as_os_str()]);
    // The page of a test that fails is left for whoever wants to look at it.
    std::fs::remove_file(&page).unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn chromium(arguments: &[&std::ffi::OsStr]) -> Output {
    let output = Command::new(node_tests().join("chromium.sh"))
        .args(arguments)
        .output()
        .expect("tests/node/chromium.sh cannot be started");
    assert!(
        output.status.success(),
        "Chromium failed; where it is missing, `make test` installs it:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
