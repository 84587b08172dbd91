//! The binary on its own: what it says of a command line that it cannot follow, and the exit codes
//! that scripts rely on.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Where nothing listens: port 1 is reserved.
const NOWHERE: &str = "http://127.0.0.1:1";

fn outbid(args: &[&str]) -> Output {
    outbid_reading(args, "")
}

fn outbid_reading(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_outbid"))
        .args(args)
        .env("OUTBID_SERVER", NOWHERE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The exit code, and a part of what is said on standard error. Nothing goes to standard output.
fn check(args: &[&str], code: i32, part: &str) {
    let output = outbid(args);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    assert!(said.contains(part), "{args:?}: {said}");
    assert!(output.stdout.is_empty(), "{args:?}");
}

#[test]
fn a_command_line_that_cannot_be_followed_exits_with_2_and_says_what_to_write() {
    check(&[], 2, "Usage: outbid");
    check(&["gett", "ads"], 2, "similar subcommand exists: 'get'");
    check(&["gte", "ads"], 2, "similar subcommand exists: 'get'");
    check(&["wyh", "acme"], 2, "similar subcommand exists: 'why'");
    check(&["repot"], 2, "similar subcommand exists: 'report'");
    check(
        &["config", "chekc"],
        2,
        "similar subcommand exists: 'check'",
    );
    check(&["get", "campagns"], 2, "similar value exists: 'campaigns'");
    check(&["get"], 2, "<KIND>");
    check(&["get", "ads", "--limit", "0"], 2, "--limit");
    check(
        &["get", "ads", "-o", "xml"],
        2,
        "possible values: table, wide, json, yaml, name",
    );
    check(
        &["budget", "set", "acme/spring", "lots"],
        2,
        "write one such as 500USD",
    );
    check(&["budget", "add", "acme/spring"], 2, "<AMOUNT>");
    check(&["describe", "campagn", "x"], 2, "did you mean campaigns?");
    check(
        &["report", "--by", "hours"],
        2,
        "similar value exists: 'hour'",
    );
    check(&["report", "--since", "yesterday"], 2, "write 2026-11-20");
    check(&["report", "-o", "name"], 2, "a report has no names");
    check(&["why"], 2, "<NAME|--file <FILE>>");
    check(&["export"], 2, "<NAME|--all>");
    check(&["edit", "acme"], 2, "on a terminal, and this is none");
    check(&["why", "spring", "-f", "x.json"], 2, "cannot be used with");
    check(&["top"], 2, "top draws on a terminal, and this is none");
    check(&["loadtest", "--rate", "0"], 2, "--rate");
    check(&["loadtest", "--for", "soon"], 2, "write 20s, 5m or 1h");
    for (args, part) in [
        (&["--fail-if", "p99>2"][..], "a time needs a unit"),
        (&["--fail-if", "speed>2"], "\"speed\" is not measured"),
        (&["--fail-if", "p99>1.2x"], "only `loadtest compare`"),
        (&["--ramp", "5"], "write FROM..TO"),
        (&["--steps", "1..2"], "FROM..TO/COUNT"),
        (&["--exchange", "demo=0"], "write NAME=WEIGHT"),
        (&["--closed", "--rate", "5"], "cannot be used with"),
        (&["--as-recorded"], "--file <FILE>"),
        (&["--to", "https://127.0.0.1:1/bid/demo"], "is no target"),
        (&["--for", "0s"], "--for must be longer than nothing"),
        (&["search"], "--limit <CONDITION>"),
        (&["search", "--limit", "p99<2"], "a time needs a unit"),
        (&["compare", "only-one.json"], "<AFTER>"),
        (
            &["compare", "Cargo.toml", "Cargo.toml"],
            "is no report of a load test",
        ),
    ] {
        check(&[&["loadtest"], args].concat(), 2, part);
    }
    check(
        &["replay", "Cargo.toml", "--to", "ftp://x"],
        2,
        "write http://HOST:PORT/bid/EXCHANGE",
    );
    check(
        &["get", "ads", "--server", "ftp://127.0.0.1:9090"],
        2,
        "ftp is not spoken here",
    );
    check(
        &["get", "ads", "--server", "https://127.0.0.1:9090"],
        2,
        "say --ca FILE",
    );
    check(
        &["get", "ads", "--server", "not an address"],
        2,
        "or http://HOST:PORT",
    );
}

#[test]
fn without_a_server_it_says_how_to_start_one() {
    let expect = "error: no server at http://127.0.0.1:1\n\
                  hint: start one with `outbid dev` (`make dev` in a checkout), or say where it is with --server\n";
    for args in [
        &["get", "campaigns"][..],
        &["describe", "acme"],
        &["budget", "set", "acme/spring", "500USD"],
        &["pause", "acme/spring"],
        &["delete", "acme/spring"],
        &["report"],
    ] {
        let output = outbid(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert_eq!(said(&output), expect, "{args:?}");
    }
    check(
        &["loadtest", "--to", "http://127.0.0.1:1/bid/demo"],
        1,
        "nobody answered at",
    );
}

#[test]
fn a_file_that_cannot_be_read_or_understood_is_told_before_a_server_is_asked() {
    check(
        &["apply", "-f", "no-such-file.toml"],
        1,
        "no-such-file.toml cannot be read",
    );
    check(
        &["why", "-f", "no-such-file.json"],
        1,
        "no-such-file.json cannot be read",
    );
    check(
        &["loadtest", "compare", "no-such-file.json", "Cargo.toml"],
        1,
        "no-such-file.json cannot be read",
    );
    check(
        &["loadtest", "--file", "no-such-file.jsonl"],
        1,
        "no-such-file.jsonl",
    );
    check(
        &["replay", "no-such-file.jsonl", "--to", NOWHERE],
        1,
        "no-such-file.jsonl",
    );
    let output = outbid_reading(
        &["apply", "-f", "-"],
        "[[campaigns]]\nname = \"advertisers/a/campaigns/b\"\nbudgett = 1",
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        said(&output),
        "error: nothing was sent: the files cannot be understood\n  \
         standard input: campaigns[0]: there is no field \"budgett\": did you mean budget?\n"
    );
}

#[test]
fn a_configuration_file_is_checked_as_the_server_reads_it() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/outbid.toml");
    let output = outbid(&["config", "check", shipped]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("{shipped} is good\n")
    );
    let wrong = std::env::temp_dir().join(format!("outbid-config-{}.toml", std::process::id()));
    std::fs::write(&wrong, "[bider]\n").unwrap();
    let output = outbid(&["config", "check", wrong.to_str().unwrap()]);
    std::fs::remove_file(&wrong).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("unknown field `bider`"),
        "{}",
        said(&output)
    );
    check(
        &["config", "check", "no-such-file.toml"],
        1,
        "no-such-file.toml",
    );
}

#[test]
fn help_goes_to_standard_output_and_lists_the_exit_codes() {
    let output = outbid(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "0  done",
        "1  the server, the network or a file failed",
        "2  the command line, or a file that it names, cannot be understood",
        "3  there is no such thing",
        "4  it conflicts with what is there",
        "5  the server understood and refused",
        "6  what was measured is not",
        "7  the server wants a token",
        "9  `diff` found something",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn what_is_piped_has_no_colours() {
    for args in [&["--help"][..], &["gett"]] {
        let output = outbid(args);
        assert!(
            !output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b),
            "{args:?}"
        );
    }
}
