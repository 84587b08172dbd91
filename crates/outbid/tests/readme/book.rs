//! The book under `docs/`: its pages, its links, its blocks.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{PROGRAM, Product, root};

/// A fenced block of a page.
struct Block {
    language: String,
    line: usize,
    text: String,
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("docs").join(name)).expect("the page is there")
}

/// The pages that the summary names.
fn pages() -> Vec<String> {
    let summary = page("SUMMARY.md");
    let links = summary
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    links.map(str::to_string).collect()
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        match (inside, line.strip_prefix("```")) {
            (false, Some(language)) => {
                inside = true;
                blocks.push(Block {
                    language: language.to_string(),
                    line: number + 1,
                    text: String::new(),
                });
            }
            (true, Some("")) => inside = false,
            (true, _) => {
                if let Some(block) = blocks.last_mut() {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
            }
            (false, None) => {}
        }
    }
    blocks
}

/// A directory of its own, in which the checkout's files are where a reader finds them.
fn reader_place() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("there is a temporary directory");
    for name in ["config", "ops", "docs", "scripts", "Makefile"] {
        std::os::unix::fs::symlink(root().join(name), place.path().join(name))
            .expect("a link can be made");
    }
    // A configuration is checked with the certificates that it names.
    let made = rcgen::generate_simple_self_signed(["localhost".to_string()])
        .expect("a certificate can be made");
    for (name, pem) in [
        ("server.pem", made.cert.pem()),
        ("server.key", made.signing_key.serialize_pem()),
        ("clients.pem", made.cert.pem()),
    ] {
        std::fs::write(place.path().join(name), pem).expect("it can be written");
    }
    place
}

/// What builds everything is only looked for: it is what runs this test.
fn without_builds(script: &str) -> String {
    let lines = script.lines().map(|line| match line.strip_prefix("make ") {
        Some(target) if !target.starts_with("-n") => format!("make -n {target}\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

fn fed(program: &str, args: &[&str], product: &Product, at: &Path, text: &str) -> (bool, String) {
    let mut command = Command::new(program);
    command
        .args(args)
        .current_dir(at)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
        .env("OUTBID_SERVER", format!("http://{}", product.control))
        .env("XDG_CONFIG_HOME", &product.home);
    let mut child = command.spawn().expect("the program starts");
    // It may have ended already, which its exit code tells.
    let _ = child
        .stdin
        .take()
        .expect("it has an input")
        .write_all(text.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let printed =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.success(), printed.concat())
}

#[test]
fn every_block_of_the_book_runs_or_is_read() {
    let product = Product::start();
    let mut runs = 0;
    for name in pages() {
        let place = reader_place();
        for block in blocks(&page(&name)) {
            let at = format!("docs/{name}:{}", block.line);
            let (went_well, printed) = match block.language.as_str() {
                "sh" => {
                    runs += 1;
                    product.sh_in(place.path(), &without_builds(&block.text))
                }
                "bash" => fed("bash", &["-n"], &product, place.path(), &block.text),
                "yaml" => fed(
                    PROGRAM,
                    &["apply", "--dry-run", "-f", "-"],
                    &product,
                    place.path(),
                    &block.text,
                ),
                "toml"
                    if block.text.contains("advertisers/")
                        || block.text.contains("\"exchanges/") =>
                {
                    fed(
                        PROGRAM,
                        &["apply", "--dry-run", "-f", "-"],
                        &product,
                        place.path(),
                        &block.text,
                    )
                }
                "toml" => {
                    let file = place.path().join("block.toml");
                    std::fs::write(&file, &block.text).expect("it can be written");
                    fed(
                        PROGRAM,
                        &["config", "check", &file.display().to_string()],
                        &product,
                        place.path(),
                        "",
                    )
                }
                "json" => {
                    let parsed = serde_json::from_str::<serde_json::Value>(&block.text);
                    (parsed.is_ok(), format!("{parsed:?}"))
                }
                "console" => {
                    let typed = block
                        .text
                        .lines()
                        .filter_map(|line| line.strip_prefix("$ "));
                    let typed: Vec<&str> = typed.collect();
                    let (parses, said) =
                        fed("bash", &["-n"], &product, place.path(), &typed.join("\n"));
                    // Whether each command is one, the command line's own test of all texts says.
                    (
                        parses && !typed.is_empty(),
                        said + "\nwhat is typed begins with `$ `",
                    )
                }
                "text" => {
                    let typed =
                        |line: &str| ["$ ", "outbid "].iter().any(|it| line.starts_with(it));
                    let is_text = !block.text.lines().any(typed);
                    (
                        is_text,
                        "what is typed belongs in console, sh or bash".to_string(),
                    )
                }
                other => (
                    false,
                    format!(
                        "nobody here reads `{other}`: say sh, bash, console, toml, yaml, json or text"
                    ),
                ),
            };
            assert!(went_well, "{at}\n{}\n{printed}", block.text);
        }
    }
    assert!(runs >= 15, "the book shows what to do: {runs} blocks");
}

#[test]
fn the_summary_names_every_page_and_no_other() {
    let named: BTreeSet<String> = pages().into_iter().collect();
    let there: BTreeSet<String> = std::fs::read_dir(root().join("docs"))
        .expect("there are docs")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".md") && name != "SUMMARY.md")
        .collect();
    assert_eq!(named, there);
    let book: toml::Table = page("book.toml").parse().expect("book.toml is TOML");
    let source = book["book"]["src"]
        .as_str()
        .expect("it says where the pages are");
    assert!(
        Path::new(&root().join("docs").join(source))
            .join("SUMMARY.md")
            .exists()
    );
}
