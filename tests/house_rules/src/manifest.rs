//! Who may use whom, read from the manifests.

use crate::Finding;
use toml::{Table, Value};

/// The floors of the house, lowest first. A crate may use only crates on lower floors.
pub const FLOORS: [&[&str]; 6] = [
    &["campaign", "openrtb"],
    &["journal"],
    &["pacing", "learning"],
    &["store", "api", "dashboard", "auction", "insight"],
    PROCESSES,
    &["outbid"],
];

/// The crates that open sockets and read the clock; each has a `clippy.toml` of its own, and so has the binary.
pub const PROCESSES: &[&str] = &["bidder", "control", "simulator", "telemetry"];

/// The crates that decide and count: values in, values out.
const PURE: [&str; 7] = [
    "campaign", "openrtb", "journal", "pacing", "learning", "auction", "insight",
];

/// What a pure crate has no business with: sockets, runtimes, databases.
const IMPURE: [&str; 9] = [
    "hyper",
    "hyper-util",
    "metrics",
    "rusqlite",
    "tokio",
    "tokio-stream",
    "tonic",
    "tracing",
    "tracing-subscriber",
];

/// The nouns and the rules over them, which serialise nothing: their wire forms belong to the edges.
const NO_SERDE: [&str; 4] = ["campaign", "journal", "pacing", "learning"];

/// The floor a crate of ours stands on, counted from one.
#[must_use]
pub fn floor(name: &str) -> Option<usize> {
    FLOORS
        .iter()
        .position(|crates| crates.contains(&name))
        .map(|index| index + 1)
}

/// A crate uses only crates on lower floors. Tests and benches may reach further: a dev-dependency may be any crate
/// but a process, which only the binary may use.
#[must_use]
pub fn upward_uses(path: &str, manifest: &str) -> Vec<Finding> {
    let Some(name) = path
        .strip_prefix("crates/")
        .and_then(|rest| rest.strip_suffix("/Cargo.toml"))
    else {
        return Vec::new();
    };
    let Some(own) = floor(name) else {
        return vec![Finding::of(
            path,
            format!("`{name}` stands on no floor: give it one"),
        )];
    };
    let mut found = Vec::new();
    for (section, dependency) in dependencies(manifest) {
        let Some(other) = floor(&dependency) else {
            continue;
        };
        let allowed = match section {
            Section::Build => other < own,
            Section::Dev => {
                other < own || !PROCESSES.contains(&dependency.as_str()) && dependency != "outbid"
            }
        };
        if !allowed {
            let what = format!("`{name}` (floor {own}) uses `{dependency}` (floor {other})");
            found.push(Finding::of(path, what));
        }
    }
    found
}

/// Decision and money know no socket, no runtime and no database; nouns are not serialised.
#[must_use]
pub fn impure_uses(path: &str, manifest: &str) -> Vec<Finding> {
    let name = path
        .trim_start_matches("crates/")
        .trim_end_matches("/Cargo.toml");
    dependencies(manifest)
        .into_iter()
        .filter(|(section, _)| *section == Section::Build)
        .filter(|(_, dependency)| {
            let dependency = dependency.as_str();
            let impure = PURE.contains(&name) && IMPURE.contains(&dependency);
            let wire = NO_SERDE.contains(&name) && matches!(dependency, "serde" | "serde_json");
            impure || wire
        })
        .map(|(_, dependency)| Finding::of(path, format!("`{name}` uses `{dependency}`")))
        .collect()
}

/// Lints, edition and version are the workspace's, so that they are said once.
#[must_use]
pub fn own_ways(path: &str, manifest: &str) -> Vec<Finding> {
    let table = parse(manifest);
    let inherits = |value: Option<&Value>| {
        value
            .and_then(|v| v.get("workspace"))
            .and_then(Value::as_bool)
            == Some(true)
    };
    let mut found = Vec::new();
    if !inherits(table.get("lints")) {
        found.push(Finding::of(path, "no `[lints] workspace = true`"));
    }
    for key in ["version", "edition", "rust-version", "license", "publish"] {
        if !inherits(table.get("package").and_then(|package| package.get(key))) {
            found.push(Finding::of(path, format!("no `{key}.workspace = true`")));
        }
    }
    for (_, name, value) in entries(&table) {
        if !inherits(Some(value)) {
            found.push(Finding::of(
                path,
                format!("`{name}` is not taken from `[workspace.dependencies]`"),
            ));
        }
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    /// What the crate is built with, build scripts and single targets included.
    Build,
    /// What only its tests and benches use.
    Dev,
}

fn dependencies(manifest: &str) -> Vec<(Section, String)> {
    let table = parse(manifest);
    entries(&table)
        .into_iter()
        .map(|(section, name, value)| {
            // `package` is the crate's real name where a manifest calls it by another.
            let real = value.get("package").and_then(Value::as_str).unwrap_or(name);
            (section, real.to_owned())
        })
        .collect()
}

fn entries(table: &Table) -> Vec<(Section, &str, &Value)> {
    let targets = table.get("target").and_then(Value::as_table);
    let targets = targets
        .into_iter()
        .flat_map(|targets| targets.values())
        .filter_map(Value::as_table);
    let mut found = Vec::new();
    for table in std::iter::once(table).chain(targets) {
        for (key, section) in [
            ("dependencies", Section::Build),
            ("build-dependencies", Section::Build),
            ("dev-dependencies", Section::Dev),
        ] {
            let listed = table.get(key).and_then(Value::as_table);
            let listed = listed.into_iter().flatten();
            found.extend(listed.map(|(name, value)| (section, name.as_str(), value)));
        }
    }
    found
}

/// Cargo has read the manifest before this code was built, so one that does not parse is not expected.
fn parse(manifest: &str) -> Table {
    manifest
        .parse()
        .unwrap_or_else(|error| panic!("a manifest that is not TOML: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: fn(&str, &str) -> Vec<Finding>, name: &str, manifest: &str, expect: &[&str]) {
        let found = rule(&format!("crates/{name}/Cargo.toml"), manifest);
        let found: Vec<&str> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(found, expect, "{name}: {manifest}");
    }

    #[test]
    fn a_crate_that_looks_up_or_sideways_is_found() {
        let up = |name, manifest, expect: &[&str]| check(upward_uses, name, manifest, expect);
        up(
            "auction",
            "[dependencies]\ncampaign.workspace = true\npacing.workspace = true\nthiserror = '2'",
            &[],
        );
        up(
            "pacing",
            "[dependencies]\nauction.workspace = true",
            &["`pacing` (floor 3) uses `auction` (floor 4)"],
        );
        up(
            "bidder",
            "[dependencies]\ncontrol.workspace = true",
            &["`bidder` (floor 5) uses `control` (floor 5)"],
        );
        up(
            "store",
            "[build-dependencies]\napi.workspace = true",
            &["`store` (floor 4) uses `api` (floor 4)"],
        );
        up(
            "store",
            "[target.'cfg(unix)'.dependencies]\nx = { package = 'api', path = '' }",
            &["`store` (floor 4) uses `api` (floor 4)"],
        );
        up(
            "outbid",
            "[dependencies]\nbidder.workspace = true\ncontrol.workspace = true",
            &[],
        );
        up("misc", "", &["`misc` stands on no floor: give it one"]);
    }

    #[test]
    fn a_test_may_use_its_neighbours_but_no_process() {
        let up = |name, manifest, expect: &[&str]| check(upward_uses, name, manifest, expect);
        up("store", "[dev-dependencies]\napi.workspace = true", &[]);
        up(
            "control",
            "[dev-dependencies]\nbidder.workspace = true",
            &["`control` (floor 5) uses `bidder` (floor 5)"],
        );
        up(
            "outbid",
            "[dev-dependencies]\nsimulator.workspace = true",
            &[],
        );
    }

    #[test]
    fn a_runtime_below_the_edges_is_found() {
        check(
            impure_uses,
            "auction",
            "[dependencies]\ntokio.workspace = true",
            &["`auction` uses `tokio`"],
        );
        check(
            impure_uses,
            "campaign",
            "[dependencies]\nserde.workspace = true",
            &["`campaign` uses `serde`"],
        );
        check(
            impure_uses,
            "campaign",
            "[dev-dependencies]\nserde.workspace = true",
            &[],
        );
        check(
            impure_uses,
            "store",
            "[dependencies]\nserde.workspace = true\nrusqlite.workspace = true",
            &[],
        );
    }

    #[test]
    fn a_manifest_that_goes_its_own_way_is_found() {
        let shared = "[package]\nname = 'x'\nversion.workspace = true\nedition.workspace = true\n\
            rust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n";
        let lints = "[lints]\nworkspace = true\n";
        check(own_ways, "store", &format!("{shared}{lints}"), &[]);
        check(
            own_ways,
            "store",
            shared,
            &["no `[lints] workspace = true`"],
        );
        check(
            own_ways,
            "store",
            &format!("{shared}{lints}[dependencies]\nrand = '0.10'"),
            &["`rand` is not taken from `[workspace.dependencies]`"],
        );
        let other = shared.replace("edition.workspace = true", "edition = '2021'");
        check(
            own_ways,
            "store",
            &format!("{other}{lints}"),
            &["no `edition.workspace = true`"],
        );
    }
}
