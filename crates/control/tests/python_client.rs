//! The Python client in `clients/python`: what is committed is what the contract gives, and its example does what it
//! says against a real control plane.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use harness::*;

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

/// Python with the packages of the client.
fn python() -> PathBuf {
    let python = root().join("target/tools/python/bin/python");
    assert!(
        python.exists(),
        "{} is not there: run scripts/install-test-tools",
        python.display()
    );
    python
}

fn text(output: &Output) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    format!("{out}{err}")
}

/// The files below a directory, by their path in it.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut next = vec![directory.to_owned()];
    while let Some(place) = next.pop() {
        for entry in std::fs::read_dir(&place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                next.push(path);
            } else if path
                .extension()
                .is_some_and(|ext| ext == "py" || ext == "pyi")
            {
                let inside = path.strip_prefix(directory).unwrap().to_owned();
                found.insert(inside, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn what_is_committed_is_what_the_contract_gives() {
    let made = tempfile::tempdir().unwrap();
    let output = Command::new(root().join("clients/python/generate"))
        .arg(made.path())
        .env("PYTHON", python())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let (made, committed) = (
        files(made.path()),
        files(&root().join("clients/python/src")),
    );
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&committed),
        names(&made),
        "run clients/python/generate"
    );
    for (name, content) in made {
        assert!(
            committed[&name] == content,
            "{} is not what proto/ gives: run clients/python/generate",
            name.display()
        );
    }
}

async fn first_campaign(harness: &Harness) -> Output {
    let mut example = Command::new(python());
    example
        .arg(root().join("clients/python/examples/first_campaign.py"))
        .env("OUTBID_TOKEN", &harness.token)
        .args(["--to", &harness.control.local_addr().to_string()])
        .env("PYTHONPATH", root().join("clients/python/src"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let run = tokio::task::spawn_blocking(move || example.output());
    run.await.unwrap().unwrap()
}

#[tokio::test]
async fn the_example_makes_a_campaign_moves_its_budget_and_reads_its_report() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let done = first_campaign(&harness).await;
    assert!(done.status.success(), "{}", text(&done));
    let told = text(&done);
    for part in [
        "made advertisers/acme/campaigns/spring/ads/mpu: SERVING_STATUS_ELIGIBLE",
        "daily budget: 100.00 -> 150.00 USD",
        "0 rows in the report",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }

    // The second time its names are taken, and it says so.
    let again = first_campaign(&harness).await;
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again).contains("ALREADY_EXISTS"), "{}", text(&again));
}
