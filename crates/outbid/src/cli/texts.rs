//! Every command that a text of ours names is one: in the manual, the dashboard, the contract's comments, the files for
//! operations, and what the command line says itself.

use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Cli;

/// Where texts are.
const PLACES: [&str; 9] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs",
    "proto/outbid",
    "ops",
    "config",
    "crates",
    "clients/python",
];
/// What is generated from other texts, or no text of ours.
const LEFT_OUT: [&str; 8] = [
    "gen",
    "dist",
    "node_modules",
    "snapshots",
    "tests",
    "fixtures",
    "target",
    "benches",
];
const ENDINGS: [&str; 9] = [
    "md", "proto", "rs", "ts", "svelte", "yaml", "service", "toml", "py",
];
/// What a command stands behind: a quote in prose, a prompt, a new line, or one written in a string.
const BEFORE: [&str; 5] = ["`", "$ ", "<code>", "\"", "\\n  "];
/// Words that follow the program's name where it is no command: it is a verb too.
const NO_COMMANDS: [&str; 4] = ["serves", "click", "notice", "by"];

fn files(place: &Path, found: &mut Vec<PathBuf>) {
    let name = place.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    if !place.is_dir() {
        let ending = name.rsplit('.').next().unwrap_or_default();
        if ENDINGS.contains(&ending) || name == "Dockerfile" {
            found.push(place.to_path_buf());
        }
        return;
    }
    if LEFT_OUT.contains(&name) || name.starts_with('.') {
        return;
    }
    for entry in std::fs::read_dir(place).unwrap() {
        files(&entry.unwrap().path(), found);
    }
}

/// The words after `outbid` up to where the command ends.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            '\n' => break,
            _ if is_quoted => word.push(letter),
            '`' | '<' | '>' | '"' | '\\' | '|' | ';' | '#' | '&' | '(' | ')' => break,
            // Lists have them within a word, prose at its end.
            ',' | ':'
                if letters
                    .peek()
                    .is_none_or(|next| !next.is_alphanumeric() && *next != '/') =>
            {
                break;
            }
            // A value that the program writes into its text.
            '{' => {
                word.push('X');
                for letter in letters.by_ref() {
                    if matches!(letter, '}' | '\n') {
                        break;
                    }
                }
            }
            '$' if letters.peek() == Some(&'{') => {}
            letter if letter.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            letter => word.push(letter),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The commands of a text.
fn commands(text: &str) -> Vec<Vec<String>> {
    let found = text.match_indices("outbid ").filter(|(at, _)| {
        let before = &text[..*at];
        let line = before.trim_end_matches(' ');
        line.is_empty() || line.ends_with('\n') || BEFORE.iter().any(|it| before.ends_with(it))
    });
    let found = found.map(|(at, name)| words(&text[at + name.len()..]));
    let is_one = |words: &Vec<String>| {
        let first = words.first().map_or("", String::as_str);
        !first.is_empty() && first != "X" && !NO_COMMANDS.contains(&first)
    };
    found.filter(is_one).collect()
}

/// What is wrong with a command; texts may leave out what it needs, and write words for its values.
fn wrong(words: &[String]) -> Option<String> {
    let line = std::iter::once("outbid").chain(words.iter().map(String::as_str));
    let error = Cli::command().try_get_matches_from(line).err()?;
    let value = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) => value.clone(),
        _ => String::new(),
    };
    let is_placeholder = value.chars().all(|c| !c.is_ascii_lowercase());
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand => None,
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if is_placeholder => None,
        _ => Some(error.to_string()),
    }
}

#[test]
fn every_command_that_a_text_names_is_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for place in PLACES {
        files(&root.join(place), &mut found);
    }
    let (mut faults, mut count) = (Vec::new(), 0);
    for file in found {
        if file.ends_with("src/cli/texts.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for words in commands(&text) {
            count += 1;
            if let Some(wrong) = wrong(&words) {
                let line = words.join(" ");
                faults.push(format!("{}: outbid {line}\n{wrong}", file.display()));
            }
        }
    }
    assert!(count > 250, "{count} commands: are they still found?");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_no_command_is_noticed() {
    let check = |text: &str, expect: &[bool]| {
        let told: Vec<bool> = commands(text)
            .iter()
            .map(|words| wrong(words).is_none())
            .collect();
        assert_eq!(told, expect, "{text}: {:?}", commands(text));
    };
    check(
        "`outbid get campaigns`, and `outbid gett campaigns`",
        &[true, false],
    );
    check("<code>outbid create ads</code>", &[false]);
    check("\noutbid get campagns\n", &[false]);
    check("$ outbid report --bye ad\n", &[false]);
    check(
        "`outbid budget set` and `outbid apply -f FILE`",
        &[true, true],
    );
    check("`outbid loadtest search --limit 'p99<2ms'`", &[true]);
    check(
        "\"outbid get ${kind}\" or \"outbid budget add {name} 50{}\"",
        &[true, true],
    );
    check("we were outbid often", &[]);
}
