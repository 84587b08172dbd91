//! Rules for Rust sources.

use crate::Finding;

/// A file can be read in one sitting.
pub const MAX_FILE_LINES: usize = 500;

/// What fits a window beside another; rustfmt keeps code to 100 by itself.
pub const MAX_COLUMNS: usize = 120;

/// Reads of the clock and of chance, which are parameters below the processes.
const UNREPEATABLE: [&str; 9] = [
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "thread_rng",
    "rand::rng(",
    "rand::random",
    "from_os_rng",
    "getrandom",
];

/// Names that say nothing about what is in a file.
const EMPTY_NAMES: [&str; 9] = [
    "common", "data", "helper", "helpers", "info", "manager", "misc", "util", "utils",
];

/// A file longer than [`MAX_FILE_LINES`].
#[must_use]
pub fn too_long(path: &str, text: &str) -> Vec<Finding> {
    match text.lines().count() {
        lines if lines > MAX_FILE_LINES => vec![Finding::of(path, format!("{lines} lines"))],
        _ => Vec::new(),
    }
}

/// Lines wider than [`MAX_COLUMNS`], but for those that hold a quoted text or an address: breaking those helps nobody.
#[must_use]
pub fn too_wide(path: &str, text: &str) -> Vec<Finding> {
    numbered(text)
        .filter(|(_, line)| {
            line.chars().count() > MAX_COLUMNS && !line.contains('"') && !line.contains("://")
        })
        .map(|(number, line)| {
            Finding::at(path, number, format!("{} columns", line.chars().count()))
        })
        .collect()
}

/// `allow` and `expect` attributes that do not say why.
#[must_use]
pub fn allowed_without_reason(path: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut rest = numbered(text);
    while let Some((number, line)) = rest.next() {
        let attribute = line.trim_start();
        let opens = ["#[allow(", "#![allow(", "#[expect(", "#![expect("];
        if !opens.iter().any(|open| attribute.starts_with(open)) {
            continue;
        }
        // rustfmt breaks a long attribute over several lines and closes it on one that ends in `]`.
        let mut whole = attribute.to_owned();
        while !whole.ends_with(']') {
            let Some((_, more)) = rest.next() else { break };
            whole.push_str(more.trim());
        }
        if !whole.contains("reason") {
            found.push(Finding::at(path, number, whole));
        }
    }
    found
}

/// Reads of the clock or of chance outside tests and comments.
#[must_use]
pub fn unrepeatable(path: &str, text: &str) -> Vec<Finding> {
    if is_test_file(path) {
        return Vec::new();
    }
    // By custom a file's own tests stand at its end.
    let own_tests = numbered(text)
        .position(|(_, line)| line.trim() == "#[cfg(test)]")
        .unwrap_or(usize::MAX);
    numbered(text)
        .take(own_tests)
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .filter_map(|(number, line)| {
            let read = UNREPEATABLE.into_iter().find(|read| line.contains(read))?;
            Some(Finding::at(path, number, format!("`{read}`")))
        })
        .collect()
}

/// Files whose names say nothing, and `foo/mod.rs` in place of `foo.rs`.
#[must_use]
pub fn badly_named(path: &str) -> Option<Finding> {
    let (directory, file) = path.rsplit_once('/')?;
    let name = file.strip_suffix(".rs")?;
    if EMPTY_NAMES.contains(&name) {
        return Some(Finding::of(
            path,
            format!("`{name}` names nothing of the trade"),
        ));
    }
    // Cargo takes each file directly in `tests/` for a test of its own, so what tests share needs a `mod.rs` there.
    let shared_by_tests = directory.contains("/tests/") || directory.starts_with("tests/");
    (name == "mod" && !shared_by_tests)
        .then(|| Finding::of(path, format!("write `{directory}.rs`")))
}

/// The module that a file below `src` is, or nothing for those that cargo itself looks for.
#[must_use]
pub fn module_name(path: &str) -> Option<&str> {
    let (directory, file) = path.rsplit_once('/')?;
    let name = file.strip_suffix(".rs")?;
    let found_by_cargo =
        matches!(name, "lib" | "main" | "build") || directory.ends_with("/src/bin");
    (directory.contains("/src") && !found_by_cargo).then_some(name)
}

/// True when `text` declares the module `name`.
#[must_use]
pub fn declares_module(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let declared = line
            .trim()
            .strip_suffix(';')
            .and_then(|line| line.rsplit_once("mod "));
        declared.is_some_and(|(_, declared)| declared.trim_start_matches("r#") == name)
    })
}

fn is_test_file(path: &str) -> bool {
    path.contains("/tests/") || path.contains("/benches/") || path.ends_with("/tests.rs")
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_lines(findings: &[Finding]) -> Vec<usize> {
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_file_is_as_long_as_it_may_be_and_no_longer() {
        assert!(too_long("a.rs", &"x\n".repeat(MAX_FILE_LINES)).is_empty());
        assert_eq!(too_long("a.rs", &"x\n".repeat(MAX_FILE_LINES + 1)).len(), 1);
    }

    #[test]
    fn wide_comments_are_found_and_quoted_texts_are_not() {
        let wide = "x".repeat(MAX_COLUMNS);
        let text = format!("{wide}\n// {wide}\nlet a = \"{wide}\";\n// https://x.example/{wide}");
        assert_eq!(found_lines(&too_wide("a.rs", &text)), [2]);
    }

    #[test]
    fn a_silenced_lint_says_why() {
        let text = "#[allow(dead_code)]\n#[allow(dead_code, reason = \"shown\")]\n    #![expect(\n  clippy::x,\n)]\n\
            #[allow(\n  clippy::x,\n  reason = \"shown\"\n)]\n// #[allow(x)]";
        assert_eq!(found_lines(&allowed_without_reason("a.rs", text)), [1, 3]);
    }

    #[test]
    fn clocks_and_dice_are_found_outside_tests() {
        let text = "let a = Instant::now();\n// Instant::now is not read here\nlet b = clock.now();\n\
            let c = rand::rng();\n#[cfg(test)]\nmod tests { fn t() { Instant::now(); } }";
        assert_eq!(
            found_lines(&unrepeatable("crates/auction/src/a.rs", text)),
            [1, 4]
        );
        assert!(unrepeatable("crates/auction/tests/a.rs", text).is_empty());
    }

    #[test]
    fn names_are_of_the_trade_and_files_stand_beside_their_directory() {
        let check = |path, expect: bool| assert_eq!(badly_named(path).is_some(), expect, "{path}");
        check("crates/auction/src/decide.rs", false);
        check("crates/auction/src/utils.rs", true);
        check("crates/auction/src/creative/mod.rs", true);
        check("crates/auction/tests/corpus/mod.rs", false);
    }

    #[test]
    fn a_module_is_known_by_its_declaration() {
        assert_eq!(module_name("crates/a/src/money.rs"), Some("money"));
        assert_eq!(module_name("crates/a/src/creative/vast.rs"), Some("vast"));
        for path in [
            "crates/a/src/lib.rs",
            "crates/a/src/bin/tool.rs",
            "crates/a/tests/money.rs",
            "crates/a/build.rs",
        ] {
            assert_eq!(module_name(path), None, "{path}");
        }
        let declares =
            |text, expect: bool| assert_eq!(declares_module(text, "money"), expect, "{text}");
        declares("mod money;", true);
        declares("    pub(crate) mod money;", true);
        declares("#[path = \"x\"] pub mod r#money;", true);
        declares("pub mod money_order;", false);
        declares("use money;", false);
    }
}
