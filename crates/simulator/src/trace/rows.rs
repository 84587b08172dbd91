//! Auctions as they were written down: `click,price,pctr[,hour]`, and what may be known before they are played again.

use std::path::{Path, PathBuf};

use crate::replay;

/// One auction of a trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Auction {
    /// Whether the impression was clicked.
    pub click: bool,
    /// What it takes to win: the highest bid of the others, in the trace's own unit of price.
    pub price: i64,
    /// The probability of a click that was predicted: what an impression is worth here.
    pub value: f64,
    /// The hour since the trace's first midnight, where the file has one.
    pub hour: Option<i64>,
    /// Which of several files it comes from.
    pub line: usize,
}

/// How many nanos of the account's currency one unit of a trace's price costs for one impression: iPinYou's are
/// hundredths of a CNY for a thousand impressions.
pub const NANOS_IN_UNIT: i64 = 10_000;
/// The highest price of an auction that is read. Peers keep tables by price.
pub const PRICE_MAX: i64 = 1_000_000;
/// The most auctions that are read from one file.
pub const AUCTIONS_MAX: usize = 20_000_000;

/// Why a file is no trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// It cannot be read.
    #[error("{0}")]
    File(#[from] replay::ReplayError),
    /// A line is none of a trace.
    #[error("{path}, line {line}: {what}")]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// The options do not go together.
    #[error("{0}")]
    Options(String),
}

/// Reads a trace, perhaps compressed (`.xz`, `.gz`). The first line names the columns, in any order; `hour` may be
/// absent, others are passed over. Rows are put in the order of their hours; those of one hour stay as they stand.
///
/// # Errors
/// Where the file cannot be read, a column is missing, or a row holds no number where one must stand.
pub fn read(path: &Path, line_item: usize) -> Result<Vec<Auction>, TraceError> {
    let wrong = |line: usize, what: String| TraceError::Line {
        path: path.to_path_buf(),
        line,
        what,
    };
    let mut rows = (1_usize..).zip(replay::rows(path)?);
    let header = match rows.next() {
        Some((_, line)) => line?,
        None => return Err(wrong(1, "the file is empty".to_string())),
    };
    let names: Vec<&str> = header.trim().split(',').map(str::trim).collect();
    let column = |name: &str| names.iter().position(|n| *n == name);
    let must =
        |name: &str| column(name).ok_or_else(|| wrong(1, format!("no column is named \"{name}\"")));
    let (click, price, value) = (must("click")?, must("price")?, must("pctr")?);
    let hour = column("hour");
    let mut auctions = Vec::new();
    for (number, line) in rows {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let cells: Vec<&str> = line.trim().split(',').collect();
        let cell = |at: usize| {
            cells
                .get(at)
                .and_then(|text| text.trim().parse::<f64>().ok())
                .filter(|number| number.is_finite() && *number >= 0.0)
                .ok_or_else(|| wrong(number, format!("column {} holds no number", at + 1)))
        };
        let whole = |at: usize| match cell(at)? {
            n if n.fract() == 0.0 && n <= PRICE_MAX as f64 => Ok(n as i64),
            n => Err(wrong(
                number,
                format!("{n} is no whole number up to {PRICE_MAX}"),
            )),
        };
        auctions.push(Auction {
            click: whole(click)? > 0,
            price: whole(price)?,
            value: cell(value)?,
            hour: hour.map(whole).transpose()?,
            line: line_item,
        });
        if auctions.len() > AUCTIONS_MAX {
            return Err(wrong(number, format!("more than {AUCTIONS_MAX} auctions")));
        }
    }
    if auctions.is_empty() {
        return Err(wrong(2, "there is no auction".to_string()));
    }
    auctions.sort_by_key(|auction| auction.hour);
    Ok(auctions)
}

/// Mixes several traces into one by relative position, so that all last equally long.
pub fn pool(traces: &[Vec<Auction>]) -> Vec<Auction> {
    let mut all: Vec<(u64, usize, Auction)> = Vec::new();
    for trace in traces {
        for (index, auction) in trace.iter().enumerate() {
            // (index + ½) ÷ length as a whole number, so that ties and order are exact.
            let place = ((2 * index as u128 + 1) << 62) / trace.len() as u128;
            all.push((place as u64, auction.line, *auction));
        }
    }
    all.sort_by_key(|(place, line, _)| (*place, *line));
    all.into_iter().map(|(_, _, auction)| auction).collect()
}

/// Reads how often each price was seen: a JSON array of counts by price, from 0 on.
///
/// # Errors
/// Where the file cannot be read or is no such array.
pub fn histogram(path: &Path) -> Result<Vec<f64>, TraceError> {
    let mut text = String::new();
    for line in replay::rows(path)? {
        text.push_str(&line?);
    }
    serde_json::from_str(&text).map_err(|error| TraceError::Line {
        path: path.to_path_buf(),
        line: error.line(),
        what: format!("no array of counts by price: {error}"),
    })
}

/// What may be known before the first auction: the same for every algorithm.
#[derive(Clone, Debug, Default)]
pub struct Prior {
    /// The mean price of an auction.
    pub mean_price: f64,
    /// The mean predicted probability of a click.
    pub mean_value: f64,
    /// What a predicted click costs when every auction is won.
    pub cost_per_value: f64,
    /// How often each price was seen, from 0 on.
    pub prices: Vec<f64>,
    /// Auctions of the past, where there are any.
    pub past: Vec<Auction>,
    /// Whether the means come from the auctions that are to be played, for want of others. The engine does not look at
    /// them then; its peers may.
    pub from_the_file: bool,
}

impl Prior {
    /// What `past` tells; without a past, what the file itself would have told. `prices` and `mean_price` go before.
    pub fn new(
        past: Option<Vec<Auction>>,
        file: &[Auction],
        prices: Option<Vec<f64>>,
        mean_price: Option<f64>,
    ) -> Prior {
        let from_the_file = past.is_none();
        let seen = past.as_deref().unwrap_or(file);
        let count = seen.len().max(1) as f64;
        let cost: i64 = seen.iter().map(|auction| auction.price).sum();
        let value: f64 = seen.iter().map(|auction| auction.value).sum();
        let mean_price = mean_price.unwrap_or(cost as f64 / count);
        Prior {
            mean_price,
            mean_value: value / count,
            cost_per_value: mean_price * count / value.max(f64::MIN_POSITIVE),
            prices: prices.unwrap_or_else(|| counts(seen)),
            past: past.unwrap_or_default(),
            from_the_file,
        }
    }

    /// The share of auctions at each price from 0 on, each price taken to have been seen once more than it was
    /// (Laplace), as Cai et al. do.
    pub fn price_shares(&self) -> Vec<f64> {
        let total: f64 = self.prices.iter().sum::<f64>() + self.prices.len() as f64;
        self.prices
            .iter()
            .map(|count| (count + 1.0) / total)
            .collect()
    }

    /// The highest price that was thought of: no peer bids more.
    pub fn highest_price(&self) -> i64 {
        self.prices.len().saturating_sub(1) as i64
    }
}

fn counts(auctions: &[Auction]) -> Vec<f64> {
    let highest = auctions
        .iter()
        .map(|auction| auction.price)
        .max()
        .unwrap_or(0);
    let mut counts = vec![0.0; highest as usize + 1];
    for auction in auctions {
        counts[auction.price as usize] += 1.0;
    }
    counts
}
