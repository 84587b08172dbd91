//! `outbid loadtest` against the whole product: reports, exit codes, Ctrl-C.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::product::Product;

#[test]
fn a_run_is_told_judged_and_compared() {
    let product = Product::start();
    let to = format!("http://{}/bid/demo", product.bids);
    let short = |more: &[&'static str]| {
        let mut args = vec!["loadtest", "--to", &to, "--for", "1s", "--warm-up", "0s"];
        args.extend(more);
        args.into_iter().map(String::from).collect::<Vec<String>>()
    };
    let done = |args: &[String]| product.done(&args.iter().map(String::as_str).collect::<Vec<_>>());

    let told = done(&short(&["--rate", "50", "--json", "-"]));
    let told: Value = serde_json::from_str(&told).unwrap();
    let count = |name: &str| told[name].as_u64().unwrap();
    assert_eq!(count("requests"), 50, "{told}");
    let outcomes = [
        "bids",
        "no_bids",
        "http_errors",
        "timeouts",
        "broken",
        "refused",
        "unreadable",
        "not_sent",
        "abandoned",
    ];
    assert_eq!(outcomes.map(count).iter().sum::<u64>(), 50, "{told}");
    for times in ["latency", "own_lateness"] {
        assert_eq!(told[times]["count"], 50, "{told}");
        assert!(told[times]["p9999_us"].is_number(), "{told}");
    }

    let (json, html) = (product.file("a.json", ""), product.file("a.html", ""));
    let mut args = short(&["--closed", "--exchange", "demo=3", "--exchange", "lantern"]);
    args.extend(["--json", &json, "--html", &html, "--fail-if", "requests<1"].map(String::from));
    let table = done(&args);
    assert!(
        table.starts_with("rate ") && table.contains("service time"),
        "{table}"
    );
    assert!(
        table.contains("\ndemo ") && table.contains("\nlantern "),
        "{table}"
    );
    let page = std::fs::read_to_string(&html).unwrap();
    assert!(
        page.starts_with("<!doctype html>") && page.contains("<svg"),
        "{page}"
    );

    let table = product.done(&["loadtest", "compare", &json, &json, "--fail-if", "p99>1.5x"]);
    assert!(
        table.starts_with("METRIC ") && table.contains(" 1.000x "),
        "{table}"
    );
    product.fails(
        &["loadtest", "compare", &json, &json, "--fail-if", "p99>0.5x"],
        6,
        "p99>0.5x: ",
    );

    let rows = product.done(&["loadtest", "compare", &json, &json, "-o", "json"]);
    let rows: Value = serde_json::from_str(&rows).unwrap();
    assert_eq!(rows[1]["verdict"], "same", "{rows}");

    let mut args = short(&["--rate", "20", "--fail-if", "requests>19"]);
    args.extend(["--json", &json].map(String::from));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    product.fails(&args, 6, "requests>19: 20");
    let kept = std::fs::read_to_string(&json).unwrap();
    assert!(
        kept.contains("\"requests\": 20"),
        "a report is worth most where the run failed"
    );

    let impossible = [
        "loadtest",
        "search",
        "--to",
        &to,
        "--limit",
        "p99<1ns",
        "--from",
        "2",
        "--repeats",
        "1",
        "--for",
        "1s",
        "--warm-up",
        "0s",
    ];
    product.fails(&impossible, 6, "does not hold even at the lowest rate");
}

/// A recording of a second is shorter than the usual warm-up, and all of it is measured.
#[test]
fn what_was_recorded_is_measured_from_its_first_request() {
    let product = Product::start();
    let to = format!("http://{}/bid/demo", product.bids);
    let row =
        |ts: f64| format!("{{\"id\":\"r\",\"imp\":[{{\"id\":\"1\"}}],\"ext\":{{\"ts\":{ts}}}}}\n");
    let rows: String = (0..10).map(|n| row(100.0 + f64::from(n) / 10.0)).collect();
    let file = product.file("traffic.jsonl", &rows);
    let told = product.done(&[
        "loadtest",
        "--to",
        &to,
        "--file",
        &file,
        "--as-recorded",
        "--speed",
        "2x",
        "-o",
        "json",
    ]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["requests"], 10, "{told}");
}

#[test]
fn the_first_interrupt_ends_a_run_with_its_report() {
    let product = Product::start();
    let to = format!("http://{}/bid/demo", product.bids);
    let mut child = Command::new(env!("CARGO_BIN_EXE_outbid"))
        .args([
            "loadtest", "--to", &to, "--rate", "50", "--soak", "--every", "100ms", "--json", "-",
        ])
        .args(["--warm-up", "0s"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = said
        .by_ref()
        .map(Result::unwrap)
        .find(|line| line.contains(" requests, "));
    assert!(line.is_some());
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    let mut told = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert!(child.wait().unwrap().success());
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["stopped"], true);
    assert!(told["requests"].as_u64() > Some(0), "{told}");
}
