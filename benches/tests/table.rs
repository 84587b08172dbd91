//! The table is whole: every row that is promised is measured, on books and in rounds so small that the figures mean
//! nothing.

#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use benches::rows::{self, NAMES, Plan};

fn tiny() -> Plan {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_bench"));
    let counting = PathBuf::from(env!("CARGO_BIN_EXE_counting"));
    Plan {
        rounds: 1,
        window: Duration::from_millis(1),
        serving: Duration::from_millis(50),
        shrunk: 1_000,
        ..Plan::full(program, counting)
    }
}

#[test]
fn every_row_that_is_promised_is_measured() {
    let promised = [
        "cpu_us_beyond_echo_1k",
        "cpu_us_beyond_echo_10k",
        "cpu_us_beyond_echo_100k",
        "throughput_share_1k",
        "throughput_share_10k",
        "throughput_share_100k",
        "rejected_share",
        "parse_vs_serde_json",
        "match_100k_vs_a_tree",
        "match_100k_vs_roaring",
        "rebuild_100k_seconds",
        "allocations_parse_match",
        "allocations_request",
        "p99_vs_echo_half_load",
        "bytes_per_ad_100k",
        "match_growth_10k_100k",
        "match_growth_100k_1m",
    ];
    for name in promised {
        assert!(NAMES.iter().any(|(known, ..)| *known == name), "{name}");
    }
    let rows = rows::measure(&tiny()).unwrap_or_else(|error| panic!("{error:?}"));
    let measured: Vec<&str> = rows.iter().map(|row| row.name).collect();
    assert_eq!(measured, NAMES.map(|(name, ..)| name));
    for row in rows {
        assert!(row.value.is_finite(), "{row:?}");
        assert!(row.min <= row.median && row.median <= row.max, "{row:?}");
        assert!(!row.floor_or_peer.is_empty(), "{row:?}");
    }
}

#[test]
fn a_run_is_written_as_json() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.json");
    let ran = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["--quick", "--row", "parse_vs_serde_json", "--json"])
        .arg(&path)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && printed.contains("parse_vs_serde_json"),
        "{printed}"
    );
    let written = std::fs::read_to_string(path).unwrap();
    let json: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert!(json["machine"]["cores"].as_u64().unwrap() >= 1, "{json}");
    let row = &json["rows"][0];
    assert_eq!(row["name"], "parse_vs_serde_json");
    assert!(
        row["unit"].is_string() && row["floor_or_peer"].is_string(),
        "{row}"
    );
    for number in ["value", "min", "max", "rounds"] {
        assert!(row[number].is_number(), "{number}: {row}");
    }
}

#[test]
fn an_unknown_row_is_refused_with_the_names() {
    let ran = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["--row", "speed"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(
        !ran.status.success() && said.contains("rejected_share"),
        "{said}"
    );
}
