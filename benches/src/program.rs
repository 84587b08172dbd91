//! The program that prints the table; it is its own servers too.

use std::path::PathBuf;

use anyhow::Context;

use crate::rows::{self, Plan, counts};
use crate::server;
use crate::table::{Machine, Run};

/// The word that asks a program that counts for the allocations of parsing and matching.
pub const COUNT: &str = "count-parse-and-match";

const USAGE: &str = "bench [--row NAME] [--json FILE] [--quick]";

/// Does what the words on the command line ask for.
///
/// # Errors
/// Where a server fails, or a file cannot be written.
pub fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.split_first() {
        Some((word, rest)) if word == "serve" => server::main(rest),
        Some((word, rest)) if word == COUNT => {
            let ads = rest.first().context("say how many ads")?.parse()?;
            let (ours, serde) = counts::parse_and_match(ads);
            println!("{ours} {serde}");
            Ok(())
        }
        _ => table(&words),
    }
}

fn table(words: &[String]) -> anyhow::Result<()> {
    let program = std::env::current_exe()?;
    let counting = program.with_file_name("counting");
    let quick = words.iter().any(|word| word == "--quick");
    let mut plan = if quick {
        Plan::quick(program, counting)
    } else {
        Plan::full(program, counting)
    };
    let mut json = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => {}
            "--row" => plan.only = Some(words.next().context(USAGE)?.clone()),
            "--json" => json = Some(PathBuf::from(words.next().context(USAGE)?)),
            other => anyhow::bail!("`{other}` is unknown: {USAGE}"),
        }
    }
    if let Some(json) = &json {
        // A run takes long: whether its result can be kept is found out first.
        std::fs::write(json, "").with_context(|| format!("cannot write {}", json.display()))?;
    }
    let run = Run {
        machine: Machine::here(),
        rows: rows::measure(&plan)?,
    };
    println!("{}", run.table());
    if quick {
        println!(
            "QUICK: books of a tenth of the size and short rounds. This says that it runs, not how fast."
        );
    }
    if let Some(json) = json {
        std::fs::write(json, run.json())?;
    }
    Ok(())
}
