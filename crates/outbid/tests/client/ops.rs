//! What is shipped for those who run it, held to what the product really does: every metric that a rule or a dashboard
//! names is one that it tells, and every name keeps to Prometheus' conventions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ACME;
use super::product::Product;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Both processes' metrics, as a scrape gives them.
fn scrape(product: &Product) -> String {
    let mut text = String::new();
    product.eventually(|| {
        let (bidder, _) = product.http(product.bids, "/metrics");
        // The bidder copies its counts each second.
        if bidder.contains("outbid_ready 1\n") && bidder.contains("outbid_bids_total{") {
            Ok(())
        } else {
            Err(bidder)
        }
    });
    for address in [product.bids, product.control] {
        let (body, status) = product.http(address, "/metrics");
        assert_eq!(status, 200);
        text.push_str(&body);
    }
    text
}

/// Every `outbid_…` word of a text.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words
        .filter(|word| word.starts_with("outbid_"))
        .map(str::to_string)
        .collect()
}

#[test]
fn every_metric_of_a_rule_or_a_dashboard_is_told() {
    let product = Product::start();
    let told: BTreeSet<String> = scrape(&product)
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split(['{', ' ']).next()?.to_string()))
        .collect();
    for file in [
        "ops/prometheus/rules.yaml",
        "ops/prometheus/tests/rules_test.yaml",
        "ops/grafana/outbid.json",
    ] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        let mut names = named(&text);
        // A description may name a histogram by itself.
        names.retain(|name| !told.contains(&format!("{name}_bucket")));
        assert!(names.len() > 5, "{file}: {names:?}");
        let absent: Vec<_> = names.difference(&told).collect();
        assert!(
            absent.is_empty(),
            "{file} names what nobody tells: {absent:?}"
        );
    }
}

#[test]
fn metrics_are_named_as_prometheus_wants_them_and_name_nobody() {
    const LABELS: [&str; 10] = [
        "exchange", "reason", "cause", "kind", "fate", "outcome", "currency", "version", "le",
        "quantile",
    ];
    let product = Product::start();
    product.done_reading(&["apply", "-f", "-"], ACME);
    let text = scrape(&product);
    let mut kinds = BTreeMap::new();
    let mut helped = BTreeSet::new();
    for line in text.lines() {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["#", "TYPE", name, kind] => drop(kinds.insert(name.to_string(), kind.to_string())),
            ["#", "HELP", name, ..] => drop(helped.insert(name.to_string())),
            _ => {}
        }
    }
    assert!(kinds.len() > 25, "{kinds:?}");
    for (name, kind) in &kinds {
        assert!(helped.contains(name), "{name} does not say what it is");
        assert_eq!(
            name.ends_with("_total"),
            kind == "counter",
            "{name} is a {kind}"
        );
        assert!(name.starts_with("outbid_"), "{name}");
        let scaled = ["_ms", "_us", "_micros", "_nanos", "_kb", "_mb", "_percent"];
        assert!(
            !scaled.iter().any(|unit| name.contains(unit)),
            "{name} is in no base unit"
        );
        assert!(
            kind != "histogram" || name.ends_with("_seconds"),
            "{name} has no unit"
        );
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let labels = line
            .split_once('{')
            .map_or("", |(_, rest)| rest.split('}').next().unwrap());
        for label in labels.split(',').filter(|label| !label.is_empty()) {
            let name = label.split('=').next().unwrap();
            assert!(
                LABELS.contains(&name),
                "{line}: the label {name} may have any number of values"
            );
        }
        assert!(!line.contains("acme"), "{line}");
    }
}

#[test]
fn both_processes_say_whether_they_are_well() {
    let product = Product::start();
    for address in [product.bids, product.control] {
        for path in ["/healthz", "/readyz"] {
            assert_eq!(product.http(address, path).1, 200, "{address}{path}");
        }
    }
}

/// Runs a checker where it is installed. What is not there is said; CI installs it by `scripts/install-test-tools`.
pub fn checked(tool: &str, args: &[&str]) {
    let tools = root().join("target/tools/bin").join(tool);
    let program = if tools.exists() {
        tools
    } else {
        PathBuf::from(tool)
    };
    match Command::new(&program)
        .args(args)
        .current_dir(root())
        .output()
    {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped, no {tool}")
        }
        output => {
            let output = output.unwrap();
            let said = [output.stdout, output.stderr]
                .map(|text| String::from_utf8_lossy(&text).into_owned())
                .concat();
            assert!(output.status.success(), "{tool} {args:?}: {said}");
        }
    }
}

#[test]
fn the_alert_rules_fire_when_they_should() {
    checked(
        "promtool",
        &["check", "config", "ops/prometheus/prometheus.yaml"],
    );
    checked(
        "promtool",
        &["test", "rules", "ops/prometheus/tests/rules_test.yaml"],
    );
    let rules = std::fs::read_to_string(root().join("ops/prometheus/rules.yaml")).unwrap();
    let tests =
        std::fs::read_to_string(root().join("ops/prometheus/tests/rules_test.yaml")).unwrap();
    for line in rules.lines() {
        if let Some(alert) = line.trim().strip_prefix("- alert: ") {
            assert!(
                tests.contains(&format!("alertname: {alert}")),
                "{alert} has no test"
            );
        }
    }
}

#[test]
fn the_systemd_unit_is_one() {
    // The verifier wants the program to be where the unit says; here it is where the build put it.
    let unit = std::fs::read_to_string(root().join("ops/systemd/outbid.service")).unwrap();
    let here = tempfile::tempdir().unwrap();
    let path = here.path().join("outbid.service");
    std::fs::write(
        &path,
        unit.replace("/usr/bin/outbid", env!("CARGO_BIN_EXE_outbid")),
    )
    .unwrap();
    checked(
        "systemd-analyze",
        &["verify", "--man=no", path.to_str().unwrap()],
    );
}

#[test]
fn the_dashboard_and_the_container_files_name_files_and_options_that_are_there() {
    let dashboard = std::fs::read_to_string(root().join("ops/grafana/outbid.json")).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&dashboard).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{panel}");
        let plain = panel["type"] == "row"
            || panel["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty());
        assert!(plain, "{panel} does not say what it shows");
    }
    // Whatever starts the product does it with options that it takes.
    let product = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    let starts = [
        product("ops/systemd/outbid.service"),
        product("ops/docker/Dockerfile"),
        product("ops/helm/outbid/templates/statefulset.yaml"),
    ];
    let help = Command::new(env!("CARGO_BIN_EXE_outbid"))
        .args(["serve", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for text in starts {
        let line = text
            .lines()
            .find(|line| line.contains("serve") && line.contains("--config"))
            .unwrap();
        let options = line
            .split([' ', '"', ','])
            .filter(|word| word.starts_with("--"));
        for option in options {
            assert!(help.contains(option), "{line}: {option}");
        }
    }
    for line in product("ops/docker/compose.yaml").lines() {
        if let Some(path) = line
            .trim()
            .strip_prefix("- ../")
            .and_then(|line| line.split(':').next())
        {
            assert!(root().join("ops").join(path).exists(), "{line}");
        }
    }
}
