//! The rules of the house, held against every file that git tracks. Each test says what to do when it fails.

use house_rules::checkout::{Checkout, TextFile};
use house_rules::{Finding, manifest, prose, source};
use std::path::Path;

/// Rust files that may be longer than the rule, each with its reason. Keep it short.
const LONG_FILES: [(&str, &str); 0] = [];

/// The crates that read the clock, each with a `clippy.toml` of its own: the processes, and the binary that composes
/// them. Packages in `tests/` and `benches/` are free to have one.
const MAY_READ_THE_CLOCK: [&str; 5] = ["bidder", "control", "simulator", "telemetry", "outbid"];

#[test]
fn a_crate_uses_only_crates_on_lower_floors() {
    let checkout = Checkout::read();
    hold(
        each(checkout.manifests(), manifest::upward_uses),
        "Move the shared part to a lower floor, or let the messages meet in a type there; the floors stand in \
         tests/house_rules/src/manifest.rs",
    );
}

#[test]
fn what_decides_and_counts_knows_no_socket_and_no_database() {
    let checkout = Checkout::read();
    hold(
        each(checkout.manifests(), manifest::impure_uses),
        "Take values and return values; the process or the edge that calls does the rest",
    );
}

#[test]
fn every_package_takes_its_ways_from_the_workspace() {
    let checkout = Checkout::read();
    hold(
        each(checkout.manifests(), manifest::own_ways),
        "Say it once in the root Cargo.toml and inherit it with `workspace = true`",
    );
}

#[test]
fn only_processes_lift_the_ban_on_clocks() {
    let checkout = Checkout::read();
    let mut found = Vec::new();
    for path in checkout
        .paths
        .iter()
        .filter(|path| path.starts_with("crates/"))
    {
        if let Some(name) = path
            .strip_prefix("crates/")
            .and_then(|path| path.strip_suffix("/clippy.toml"))
            && !MAY_READ_THE_CLOCK.contains(&name)
        {
            found.push(Finding::of(
                path,
                "the root clippy.toml is this crate's too: remove this one",
            ));
        }
    }
    for name in MAY_READ_THE_CLOCK {
        let path = format!("crates/{name}/clippy.toml");
        if !checkout.paths.contains(&path) {
            found.push(Finding::of(
                &path,
                "is missing: a process has its own clippy.toml",
            ));
        }
    }
    hold(
        found,
        "clippy reads the nearest clippy.toml alone, so one in a crate lifts every ban of the root's",
    );
}

#[test]
fn below_the_processes_nothing_reads_a_clock_or_rolls_dice() {
    let checkout = Checkout::read();
    let below = checkout.rust().filter(|file| {
        let name = file
            .path
            .strip_prefix("crates/")
            .and_then(|path| path.split('/').next());
        name.is_some_and(|name| !MAY_READ_THE_CLOCK.contains(&name))
    });
    hold(
        each(below, source::unrepeatable),
        "Take `now` or a seed as a parameter, so that every bid replays",
    );
}

#[test]
fn a_rust_file_can_be_read_in_one_sitting() {
    let checkout = Checkout::read();
    let long = |path: &str| LONG_FILES.iter().any(|(long, _)| *long == path);
    let files = checkout.rust().filter(|file| !long(&file.path));
    hold(
        each(files, source::too_long),
        "Split it where the subject changes, or name it with a reason in LONG_FILES of tests/house_rules/tests/tidy.rs",
    );
    let stale = LONG_FILES.iter().filter(|(path, _)| {
        checkout
            .text(path)
            .is_none_or(|text| source::too_long(path, text).is_empty())
    });
    let stale = stale.map(|(path, _)| Finding::of(path, "is not that long any more"));
    hold(stale.collect(), "Take it out of LONG_FILES");
}

#[test]
fn a_line_fits_a_window() {
    let checkout = Checkout::read();
    hold(each(checkout.rust(), source::too_wide), "Break the line");
}

#[test]
fn a_silenced_lint_says_why() {
    let checkout = Checkout::read();
    hold(
        each(checkout.rust(), source::allowed_without_reason),
        "Add `reason = \"…\"`, or mend what the lint found",
    );
}

#[test]
fn files_are_named_for_what_they_hold() {
    let checkout = Checkout::read();
    let found = checkout
        .rust()
        .filter_map(|file| source::badly_named(&file.path))
        .collect();
    hold(
        found,
        "Name the file for the thing of the trade that is in it; `foo.rs` stands beside `foo/`",
    );
}

#[test]
fn every_rust_file_is_part_of_its_crate() {
    let checkout = Checkout::read();
    let mut found = Vec::new();
    for file in checkout.rust() {
        let Some(name) = source::module_name(&file.path) else {
            continue;
        };
        let package = file.path.split("/src/").next().unwrap_or_default();
        let siblings = checkout
            .rust()
            .filter(|other| other.path.starts_with(&format!("{package}/src/")));
        if !siblings
            .into_iter()
            .any(|other| source::declares_module(&other.text, name))
        {
            found.push(Finding::of(
                &file.path,
                "no `mod` line names it, so it is never compiled",
            ));
        }
    }
    hold(found, "Declare the module or delete the file");
}

#[test]
fn every_config_file_is_parsed_by_a_test() {
    let checkout = Checkout::read();
    let configs = checkout
        .paths
        .iter()
        .filter(|path| path.starts_with("config/") && !path.ends_with(".md"));
    let unread = configs.filter(|path| {
        !checkout
            .rust()
            .any(|file| file.text.contains(path.as_str()))
    });
    let found = unread
        .map(|path| Finding::of(path, "no Rust file names it"))
        .collect();
    hold(
        found,
        "Name it, with its path from the root, in a test that parses it",
    );
}

#[test]
fn no_line_ends_in_blanks() {
    let checkout = Checkout::read();
    hold(
        each(checkout.written(), prose::trailing_blanks),
        "Remove them",
    );
}

#[test]
fn the_text_speaks_of_the_project_alone() {
    let checkout = Checkout::read();
    // The rule and its samples name what they look for.
    let files = checkout
        .written()
        .filter(|file| file.path != "tests/house_rules/src/prose.rs");
    hold(
        each(files, prose::passing_talk),
        "Say what is true of the project wherever it is checked out: no path of one machine, no tracker's number, \
         nothing of how the change came to be",
    );
}

#[test]
fn every_link_to_a_file_finds_it() {
    let checkout = Checkout::read();
    let mut found = Vec::new();
    for file in checkout.written().filter(|file| file.path.ends_with(".md")) {
        let directory = Path::new(&file.path).parent().unwrap_or(Path::new(""));
        for (line, target) in prose::local_links(&file.text) {
            if !checkout.root.join(directory).join(&target).exists() {
                found.push(Finding::at(
                    &file.path,
                    line,
                    format!("`{target}` is not there"),
                ));
            }
        }
    }
    hold(
        found,
        "Mend the link, relative to the file that it stands in",
    );
}

#[test]
fn the_changelog_speaks_of_the_current_version() {
    let checkout = Checkout::read();
    let changelog = checkout
        .text("CHANGELOG.md")
        .expect("CHANGELOG.md is tracked");
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        prose::speaks_of_version(changelog, version),
        "CHANGELOG.md has no heading `## [Unreleased]` or `## [{version}]`: add one, and what a user will notice"
    );
}

#[test]
fn lock_files_name_no_mirror() {
    let checkout = Checkout::read();
    let locks = checkout
        .files
        .iter()
        .filter(|file| file.path.ends_with("package-lock.json"));
    let named = |file: &&TextFile| file.text.contains("\"resolved\"");
    let found = locks
        .filter(named)
        .map(|file| Finding::of(&file.path, "has `resolved` addresses"))
        .collect();
    hold(
        found,
        "Run npm in that directory, where .npmrc has `omit-lockfile-registry-resolved=true`",
    );
}

/// What a rule finds in a set of files.
fn each<'a>(
    files: impl Iterator<Item = &'a TextFile>,
    rule: impl Fn(&str, &str) -> Vec<Finding>,
) -> Vec<Finding> {
    files
        .flat_map(|file| rule(&file.path, &file.text))
        .collect()
}

/// Fail with every finding and with what to do about them.
fn hold(found: Vec<Finding>, what_to_do: &str) {
    let listed: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(
        found.is_empty(),
        "\n{}\n\n{what_to_do}.\n",
        listed.join("\n")
    );
}
