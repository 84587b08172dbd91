//! `outbid doctor`: looks at the machine before the product runs on it, and tells what to do about what it finds.

mod look;

use std::path::PathBuf;

use clap::Args as Arguments;

use crate::config::{Config, DEFAULT, RawConfig};
use crate::failure::{Exit, Failure};
use crate::print::table::{Side, Table};
use crate::print::tree::Tree;
use crate::session::Session;

/// What to look at.
#[derive(Arguments, Debug)]
pub struct Args {
    /// The configuration file that is to be used; the built-in one without
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory that is to be used; the temporary directory without
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It will do, and could be better.
    Warn,
    /// The product will not run, or not safely.
    Fail,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Verdict::Good => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "fail",
        }
    }
}

/// What was found about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen, and what to do about it.
    pub told: String,
}

impl Finding {
    /// It is as it should be.
    pub fn good(what: &'static str, told: impl Into<String>) -> Finding {
        Finding {
            what,
            verdict: Verdict::Good,
            told: told.into(),
        }
    }

    /// It could be better.
    pub fn warn(what: &'static str, told: impl Into<String>) -> Finding {
        Finding {
            what,
            verdict: Verdict::Warn,
            told: told.into(),
        }
    }

    /// It will not do.
    pub fn fail(what: &'static str, told: impl Into<String>) -> Finding {
        Finding {
            what,
            verdict: Verdict::Fail,
            told: told.into(),
        }
    }
}

/// Looks at everything. A `fail` is a failure; a `warn` is not.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let (mut findings, config) = look_at_config(&args);
    let directory = args.data.clone().unwrap_or_else(std::env::temp_dir);
    findings.push(look::clock());
    findings.push(look::open_files());
    findings.push(look::large_pages());
    findings.push(look::disk(&directory));
    findings.push(look::store(args.data.as_deref()));
    if let Some(config) = config {
        findings.extend(config.certificates.as_ref().map(look::certificates));
        findings.push(look::port("bid port", config.bidder.listen).await);
        findings.push(look::port("control port", config.control_listen).await);
    }
    findings.push(look::server(session).await);
    session.print(
        || table(&findings).render(),
        || Tree::table([("findings", Tree::List(findings.iter().map(tree).collect()))]),
        || {
            findings
                .iter()
                .filter(|one| one.verdict != Verdict::Good)
                .map(|one| one.what.to_string())
                .collect()
        },
    )?;
    let failed = findings
        .iter()
        .filter(|one| one.verdict == Verdict::Fail)
        .count();
    if failed > 0 {
        return Err(Failure::new(
            Exit::Failed,
            format!("{failed} of {} will not do", findings.len()),
        ));
    }
    let runs = |one: &Finding| one.what == look::SERVER && !one.told.starts_with(look::NONE);
    session.next(&[match findings.iter().any(runs) {
        true => "outbid get campaigns".to_string(),
        false => "outbid dev".to_string(),
    }]);
    Ok(())
}

fn look_at_config(args: &Args) -> (Vec<Finding>, Option<Config>) {
    let name = args
        .config
        .as_ref()
        .map_or("the built-in one".to_string(), |path| {
            path.display().to_string()
        });
    let raw = match &args.config {
        Some(path) => RawConfig::read(path),
        None => RawConfig::parse(DEFAULT, &name),
    };
    match raw.and_then(|raw| raw.check(&name)) {
        Ok(config) => (
            vec![Finding::good("configuration", format!("{name} is good"))],
            Some(config),
        ),
        Err(error) => {
            let told = error.to_string().trim_end().replace('\n', " ");
            (vec![Finding::fail("configuration", told)], None)
        }
    }
}

fn table(findings: &[Finding]) -> Table {
    let mut table = Table::new(&[
        ("IS", Side::Left),
        ("WHAT", Side::Left),
        ("SEEN", Side::Left),
    ]);
    for finding in findings {
        table.row([finding.verdict.word(), finding.what, &finding.told]);
    }
    table
}

fn tree(finding: &Finding) -> Tree {
    let text = |text: &str| Tree::Text(text.to_string());
    Tree::table([
        ("what", text(finding.what)),
        ("verdict", text(finding.verdict.word())),
        ("seen", text(&finding.told)),
    ])
}
