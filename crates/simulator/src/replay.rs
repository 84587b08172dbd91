//! Recorded requests, sent again: `outbid replay FILE --to URL`.
//!
//! A file holds one JSON value a line, perhaps compressed (`.xz`, `.gz`): see [`Replay`] for the kinds of rows.

mod row;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use campaign::money::Currency;
use hdrhistogram::Histogram;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::audit::asked::Asked;
use crate::audit::judge::Contract;
use crate::audit::{Exchanged, judge_answer, lock};
use crate::client::{Client, Reply, split_url};
use crate::report::{Latency, latency_histogram, record};
use row::Row;

/// How many rows of each kind of trouble are told whole.
const ROWS_SHOWN_MAX: usize = 20;
/// The longest line that is read.
const ROW_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What is to be sent where, and how.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The bid endpoint: `http://127.0.0.1:8080/bid/demo`. Rows that are whole HTTP requests keep
    /// their method, query and headers, and go to this path.
    pub to: String,
    /// How many requests are under way at once, each on its connection.
    pub concurrency: usize,
    /// How long an answer may take. Real time.
    pub limit: Duration,
    /// The currency that bids are in where a request names none.
    pub currency: Currency,
}

impl Replay {
    /// Eight at once, and two seconds for each.
    pub fn to(url: &str) -> Replay {
        Replay {
            to: url.to_string(),
            concurrency: 8,
            limit: Duration::from_secs(2),
            currency: Currency::USD,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReplayReport {
    /// Rows that were sent.
    pub sent: u64,
    /// Rows that could not be sent.
    pub unreadable_rows: u64,
    /// Answers by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// Answers that hold a bid.
    pub responses_with_bids: u64,
    /// Bids in them.
    pub bids: u64,
    /// Answers with something wrong in them, by what the request and the specification say.
    pub invalid_responses: u64,
    /// What was wrong, and how often.
    pub invalid_by_reason: BTreeMap<&'static str, u64>,
    /// Requests without an answer.
    pub transport_errors: u64,
    /// From sending the request to the last byte of the answer; requests without an answer are not in it.
    pub latency: Latency,
    /// The first rows with trouble.
    pub rows: Vec<TroubledRow>,
}

/// A row with trouble.
#[derive(Clone, Debug, Serialize)]
pub struct TroubledRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// What was wrong.
    pub reasons: Vec<String>,
}

/// Why nothing can be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// The target is no URL of plain HTTP.
    #[error("{0:?} is no target: write http://HOST:PORT/bid/EXCHANGE")]
    Target(String),
}

/// Sends every row of a file.
///
/// # Errors
/// Where the file cannot be read or the target cannot be used. Trouble with single rows is in the report.
pub async fn replay(file: &Path, plan: &Replay) -> Result<ReplayReport, ReplayError> {
    let (authority, path) =
        split_url(&plan.to).ok_or_else(|| ReplayError::Target(plan.to.clone()))?;
    let client = Client::new(authority, plan.concurrency);
    let tally = Arc::new(Mutex::new(Tally::default()));
    let permits = Arc::new(Semaphore::new(plan.concurrency.max(1)));
    let mut tasks = JoinSet::new();
    for (number, line) in (1..).zip(rows(file)?) {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let row = match row::read(line.trim_end(), authority, path) {
            Ok(row) => row,
            Err(why) => {
                lock(&tally).unreadable(number, why);
                continue;
            }
        };
        let permit = permits
            .clone()
            .acquire_owned()
            .await
            .expect("nobody closes the semaphore");
        let (client, tally, plan) = (client.clone(), tally.clone(), plan.clone());
        tasks.spawn(async move {
            send(&client, &row, number, &plan, &tally).await;
            drop(permit);
        });
        // What is done is let go, so that a long file takes no more memory than a short one.
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
    let tally = std::mem::take(&mut *lock(&tally));
    Ok(tally.finish())
}

/// The lines of a file, inflated by its name.
///
/// # Errors
/// Where the file cannot be opened; an item is an error where it cannot be read on, or a line is longer than 4 MiB.
pub(crate) fn rows(
    file: &Path,
) -> Result<impl Iterator<Item = Result<String, ReplayError>>, ReplayError> {
    let failed = |error| ReplayError::File {
        path: file.display().to_string(),
        error,
    };
    let plain = File::open(file).map_err(failed)?;
    let reader: Box<dyn Read + Send> = match file.extension().and_then(|ending| ending.to_str()) {
        Some("xz") => Box::new(xz2::read::XzDecoder::new_multi_decoder(plain)),
        Some("gz") => Box::new(flate2::read::MultiGzDecoder::new(plain)),
        _ => Box::new(plain),
    };
    let mut reader = BufReader::with_capacity(1 << 20, reader);
    Ok(std::iter::from_fn(move || {
        let mut line = String::new();
        match reader.by_ref().take(ROW_BYTES_MAX + 1).read_line(&mut line) {
            Ok(0) => None,
            Ok(read) if read as u64 > ROW_BYTES_MAX => Some(Err(failed(std::io::Error::other(
                "a line is longer than 4 MiB",
            )))),
            Ok(_) => Some(Ok(line)),
            Err(error) => Some(Err(failed(error))),
        }
    }))
}

async fn send(client: &Client, row: &Row, number: u64, plan: &Replay, tally: &Mutex<Tally>) {
    let sent = Instant::now();
    let answer = client.send(&row.request, sent + plan.limit).await;
    let took = sent.elapsed();
    match answer {
        Ok(reply) => {
            let (bids, reasons) = judge(row, &reply, plan);
            lock(tally).answered(number, &reply, took, bids, reasons);
        }
        Err(error) => lock(tally).failed(number, error.to_string()),
    }
}

/// How many bids there are, and what is wrong with them: the name of each fault, and its sentence.
fn judge(row: &Row, reply: &Reply, plan: &Replay) -> (u64, Vec<(&'static str, String)>) {
    let Some(asked) = row.asked.as_ref().filter(|_| reply.status.is_success()) else {
        return (0, Vec::new());
    };
    let exchanged = Exchanged {
        exchange: "",
        request: asked,
        status: reply.status,
        headers: &reply.headers,
        body: &reply.body,
    };
    let contract = Contract {
        seat: None,
        currency: plan.currency,
        rates: None,
        notice_base: None,
        billing: None,
    };
    let judgement = judge_answer(&exchanged, &Asked::read(asked), &contract);
    let reasons = judgement
        .all_faults()
        .map(|fault| (fault.kind.name(), fault.to_string()))
        .collect();
    (judgement.bids.len() as u64, reasons)
}

struct Tally {
    report: ReplayReport,
    latency: Histogram<u64>,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            report: ReplayReport::default(),
            latency: latency_histogram(),
        }
    }
}

impl Tally {
    fn unreadable(&mut self, line: u64, why: String) {
        self.report.unreadable_rows += 1;
        self.show(line, vec![why]);
    }

    fn failed(&mut self, line: u64, why: String) {
        self.report.sent += 1;
        self.report.transport_errors += 1;
        self.show(line, vec![why]);
    }

    fn answered(
        &mut self,
        line: u64,
        reply: &Reply,
        took: Duration,
        bids: u64,
        faults: Vec<(&'static str, String)>,
    ) {
        self.report.sent += 1;
        *self
            .report
            .by_status
            .entry(reply.status.as_u16())
            .or_default() += 1;
        self.report.bids += bids;
        self.report.responses_with_bids += u64::from(bids > 0);
        record(&mut self.latency, took);
        if faults.is_empty() {
            return;
        }
        self.report.invalid_responses += 1;
        for (name, _) in &faults {
            *self.report.invalid_by_reason.entry(name).or_default() += 1;
        }
        self.show(
            line,
            faults.into_iter().map(|(_, sentence)| sentence).collect(),
        );
    }

    fn show(&mut self, line: u64, reasons: Vec<String>) {
        if self.report.rows.len() < ROWS_SHOWN_MAX {
            self.report.rows.push(TroubledRow { line, reasons });
        }
    }

    fn finish(mut self) -> ReplayReport {
        self.report.latency = Latency::of(&self.latency);
        self.report.rows.sort_by_key(|row| row.line);
        self.report
    }
}
