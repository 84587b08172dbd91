//! The contract as other tools see it: `buf` lints it, and calls the server by what reflection tells.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use harness::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Runs `buf` in `proto/`.
fn buf(arguments: &[&str]) -> Output {
    let program = root().join("tests/node/node_modules/.bin/buf");
    let output = Command::new(&program)
        .args(arguments)
        .current_dir(root().join("proto"))
        .output();
    output.unwrap_or_else(|error| {
        panic!(
            "buf is not installed in {} ({error}): run scripts/install-test-tools",
            program.display()
        )
    })
}

fn text(output: &Output) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    format!("{out}{err}")
}

#[test]
fn the_contract_is_in_the_usual_form() {
    let lint = buf(&["lint"]);
    assert!(lint.status.success(), "{}", text(&lint));
    let format = buf(&["format", "--diff", "--exit-code", "--path", "outbid"]);
    assert!(
        format.status.success(),
        "run `buf format -w --path outbid` in proto/:\n{}",
        text(&format)
    );
}

#[test]
fn the_contract_keeps_what_clients_rely_on() {
    let breaking = buf(&["breaking", "--against", "baseline.binpb"]);
    assert!(
        breaking.status.success(),
        "a client of before would break. Add fields and methods instead of changing them; if nobody can have seen the \
         old ones, run `make contract-baseline`:\n{}",
        text(&breaking)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_finds_its_way_by_reflection() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let address = format!("http://{}", harness.control.local_addr());
    let header = format!("authorization: Bearer {}", harness.token);
    let call = |data: String, method: &str| {
        let url = format!("{address}/outbid.control.v1.{method}");
        let arguments = [
            "curl",
            "--http2-prior-knowledge",
            "--protocol",
            "grpc",
            "--reflect",
            "--header",
            &header,
            "-d",
            &data,
            &url,
        ];
        buf(&arguments)
    };
    let listed = buf(&[
        "curl",
        "--http2-prior-knowledge",
        "--protocol",
        "grpc",
        "--list-methods",
        &address,
    ]);
    let listed = text(&listed);
    for method in [
        "CampaignService/AdjustBudget",
        "ReportService/QueryReport",
        "AdService/CreateAd",
    ] {
        assert!(
            listed.contains(&format!("outbid.control.v1.{method}")),
            "{listed}"
        );
    }
    let got = call(
        format!("{{\"name\": \"{CAMPAIGN}\"}}"),
        "CampaignService/GetCampaign",
    );
    assert!(got.status.success(), "{}", text(&got));
    assert!(
        text(&got).contains("\"dailyMicros\": \"100000000\""),
        "{}",
        text(&got)
    );

    let missing = call(
        "{\"name\": \"x\"}".to_string(),
        "CampaignService/GetCampaign",
    );
    assert!(!missing.status.success());
    let told = text(&missing);
    for part in [
        "invalid_argument",
        "google.rpc.ErrorInfo",
        "google.rpc.BadRequest",
        "advertisers/{advertiser}/campaigns/{campaign}",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
}
