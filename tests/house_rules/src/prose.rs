//! Rules for every text: what it may speak of, where its links lead.

use crate::Finding;

/// Directories that are one machine's own. A text that names one is wrong on every other machine.
const PRIVATE_DIRECTORIES: [&str; 4] = ["home/", "root/", "work/", "Users/"];

/// Words about how a change came to be, which tell a reader of the project nothing.
const PASSING_WORDS: [&str; 7] = [
    "this session",
    "last session",
    "previous session",
    "next session",
    "workplace",
    "as you asked",
    "the assistant",
];

/// Blanks at the end of a line.
#[must_use]
pub fn trailing_blanks(path: &str, text: &str) -> Vec<Finding> {
    lines(text)
        .filter(|(_, line)| line.ends_with([' ', '\t']))
        .map(|(number, _)| Finding::at(path, number, "blanks at the end of the line"))
        .collect()
}

/// Paths of one machine, trackers' numbers, and words about the work instead of the thing.
#[must_use]
pub fn passing_talk(path: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in lines(text) {
        if let Some(private) = private_path(line) {
            found.push(Finding::at(
                path,
                number,
                format!("a path of one machine: `{private}`"),
            ));
        }
        let lower = line.to_lowercase();
        let numbered = ["issue #", "issues #", "ticket #", "task #"]
            .into_iter()
            .find(|word| lower.contains(word));
        let passing = PASSING_WORDS.into_iter().find(|word| lower.contains(word));
        if let Some(word) = numbered.or(passing) {
            found.push(Finding::at(path, number, format!("`{word}`")));
        }
    }
    found
}

/// The first absolute path below a private directory; part of a URL or of a longer path does not count.
fn private_path(line: &str) -> Option<&str> {
    for (at, _) in line.match_indices('/') {
        let rest = &line[at + 1..];
        let starts_here = line[..at].chars().next_back().is_none_or(|before| {
            before.is_whitespace()
                || ['"', '\'', '`', '(', '[', '<', '=', ':', ','].contains(&before)
        });
        if starts_here
            && PRIVATE_DIRECTORIES
                .iter()
                .any(|directory| rest.starts_with(directory))
        {
            let path = line[at..].split([' ', '"', '\'', '`', ')', '>']).next();
            return path;
        }
    }
    None
}

/// Links in a Markdown text that lead to a file, relative to the text's own directory: (line, target).
#[must_use]
pub fn local_links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (number, line) in lines(text) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for (at, mark) in line.match_indices("](") {
            let target = line[at + mark.len()..]
                .split([')', ' '])
                .next()
                .unwrap_or_default();
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains(':') {
                found.push((number, file.to_owned()));
            }
        }
    }
    found
}

/// True when a changelog has a heading for `version` or for what is not released yet.
#[must_use]
pub fn speaks_of_version(changelog: &str, version: &str) -> bool {
    let current = format!("## [{version}]");
    changelog
        .lines()
        .any(|line| line.starts_with("## [Unreleased]") || line.starts_with(&current))
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_found_where_they_are() {
        let found = trailing_blanks("a.md", "one\ntwo \n\t\nfour\r\n");
        assert_eq!(
            found.iter().map(|finding| finding.line).collect::<Vec<_>>(),
            [2, 3]
        );
    }

    #[test]
    fn talk_that_does_not_last_is_found() {
        // The slashes are put in later, so that this file keeps the rule that it tests.
        let check = |line: &str, expect: bool| {
            let line = line.replace('|', "/");
            assert_eq!(!passing_talk("a.md", &line).is_empty(), expect, "{line}");
        };
        check("see |home|me|notes.txt", true);
        check("DATA=|root|data", true);
        check("(|work|x)", true);
        check("https:||site.example|home|page", false);
        check("crates|work|x", false);
        check("/homepage", false);
        check(&["fixes iss", "ue #12"].concat(), true);
        check("hyperium|hyper#123 and ad #12", false);
        check("a user's session of 30 minutes", false);
        check(&["as found in this ", "session"].concat(), true);
    }

    #[test]
    fn links_to_files_are_read_and_others_are_not() {
        let text = "[a](b.md#c) [w](https://x.example) [t](#top)\n```\n[no](no.md)\n```\n![p](img/p.png \"title\")";
        let links = local_links(text);
        assert_eq!(links, [(1, "b.md".to_owned()), (5, "img/p.png".to_owned())]);
    }

    #[test]
    fn a_changelog_needs_a_heading_for_what_comes() {
        assert!(speaks_of_version("# C\n\n## [Unreleased]\n", "0.1.0"));
        assert!(speaks_of_version("## [0.1.0] - Unreleased", "0.1.0"));
        assert!(!speaks_of_version("## [0.0.9]\n0.1.0", "0.1.0"));
    }
}
