//! `outbid tail`: the last requests that were traced, as they come: what was bid, or why nothing was; and the last
//! impressions that were won.
//!
//! The bidder traces a sample of its requests, without anything that tells of a person. So this shows what traffic
//! looks like; it is no count of it. Wins are all told, as far as there are no more than some hundred in a second.

use std::time::Duration;

use api::names::Kind;
use api::v1;
use clap::{Args as Arguments, ValueEnum};

use crate::contract;
use crate::failure::Failure;
use crate::print::tree::Tree;
use crate::print::{amount, words};
use crate::resolve;
use crate::resource::short;
use crate::server::Server;
use crate::session::{Format, Session, note, out};

/// How many traces one look asks for; the most that the contract allows.
const MOST: i32 = 200;

/// What to show.
#[derive(Arguments, Debug)]
pub struct Args {
    /// Requests with a bid, those without, or impressions that were won
    #[arg(value_enum)]
    what: What,
    /// Only those of this exchange
    #[arg(long, value_name = "NAME", default_value = "")]
    exchange: String,
    /// Only those that this ad bid on, or came nearest to bidding on, or won
    #[arg(long, value_name = "NAME")]
    ad: Option<String>,
    /// How many of those that were there already
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    lines: usize,
    /// Print those and end
    #[arg(long)]
    once: bool,
}

/// Which requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    // No doc comments: each would stretch the help to a page.
    Bids,
    Nobids,
    Wins,
}

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// Shows them until it is interrupted.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    if matches!(session.output, Format::Name | Format::Csv) {
        return Err(Failure::usage(
            "traces have no names and no columns: use -o table, json or yaml",
        ));
    }
    let server = session.connect().await?;
    let ad = match &args.ad {
        Some(text) => resolve::resolve(&server, &[Kind::Ad], text)
            .await?
            .to_string(),
        None => String::new(),
    };
    let next = match args.what {
        What::Bids | What::Nobids => "outbid why -f request.json",
        What::Wins => "outbid report --by ad",
    };
    let mut before = look(&server, &args, &ad).await?;
    for one in before.iter().skip(before.len().saturating_sub(args.lines)) {
        print(one, session.output)?;
    }
    if args.once {
        if before.is_empty() {
            note(match args.what {
                What::Wins => "nothing was won yet",
                What::Bids | What::Nobids => "nothing was traced yet",
            });
        }
        session.next(&[next.to_string()]);
        return Ok(());
    }
    loop {
        tokio::time::sleep(EVERY).await;
        let now = look(&server, &args, &ad).await?;
        for one in now.iter().filter(|one| !before.iter().any(|it| it.is(one))) {
            print(one, session.output)?;
        }
        before = now;
    }
}

/// What a line tells.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    Trace(v1::BidTrace),
    Win(v1::Win),
}

impl Told {
    /// Whether both tell of one thing. What came of a win since does not make it another.
    fn is(&self, other: &Told) -> bool {
        match (self, other) {
            (Told::Win(one), Told::Win(other)) => one.bid == other.bid,
            (one, other) => one == other,
        }
    }
}

/// Oldest first.
async fn look(server: &Server, args: &Args, ad: &str) -> Result<Vec<Told>, Failure> {
    let mut told: Vec<Told> = match args.what {
        What::Wins => {
            let request = v1::ListWinsRequest {
                parent: if ad.is_empty() { "advertisers/-" } else { ad }.to_string(),
                page_size: MOST,
                exchange: args.exchange.clone(),
            };
            let wins = server.wins(request).await?.wins;
            wins.into_iter().map(Told::Win).collect()
        }
        What::Bids | What::Nobids => {
            let request = v1::ListBidTracesRequest {
                page_size: MOST,
                exchange: args.exchange.clone(),
                ad: ad.to_string(),
            };
            let mut traces = server.bid_traces(request).await?.traces;
            traces.retain(|trace| trace.bid.is_some() == (args.what == What::Bids));
            traces.into_iter().map(Told::Trace).collect()
        }
    };
    told.reverse();
    Ok(told)
}

fn print(told: &Told, format: Format) -> Result<(), Failure> {
    let tree = || match told {
        Told::Trace(trace) => Tree::of(&contract::reflect("BidTrace", trace)),
        Told::Win(win) => Tree::of(&contract::reflect("Win", win)),
    };
    match (format, told) {
        // One object a line, as programs read a stream.
        (Format::Json, _) => out(&(tree().to_json_line() + "\n")),
        (Format::Yaml, _) => out(&format!("---\n{}", tree().to_yaml())),
        (_, Told::Trace(trace)) => out(&line(trace)),
        (_, Told::Win(win)) => out(&win_line(win)),
    }
}

fn win_line(win: &v1::Win) -> String {
    let price = win
        .price_cpm_micros
        .map_or("an unreadable price".to_string(), |micros| {
            format!("{} CPM", amount::glance(micros, &win.currency_code))
        });
    let since = [
        (win.billed, ", billed"),
        (win.viewed, ", viewed"),
        (win.clicked, ", clicked"),
    ];
    let since: String = since
        .iter()
        .filter(|(so, _)| *so)
        .map(|(_, word)| *word)
        .collect();
    format!(
        "{}  {}  {} won for {price} with {}{since}\n",
        words::moment(win.time.as_ref()),
        win.exchange,
        short(&win.ad),
        short(&win.creative),
    )
}

fn line(trace: &v1::BidTrace) -> String {
    let told = match (&trace.bid, &trace.refused) {
        (Some(bid), _) => format!(
            "{} bids {} CPM with {}",
            short(&trace.ad),
            amount::glance(bid.price_cpm_micros, &bid.currency_code),
            short(&bid.creative),
        ),
        (None, refused) => {
            let why = refused
                .as_ref()
                .map_or("no bid", |reason| reason.sentence.as_str());
            match (&trace.nearest_miss_reason, trace.nearest_miss.as_str()) {
                (Some(reason), miss) if !miss.is_empty() => {
                    format!("{why} Nearest: {}, {}.", short(miss), reason.code)
                }
                _ => why.to_string(),
            }
        }
    };
    format!(
        "{}  {}  {told}\n",
        words::moment(trace.time.as_ref()),
        trace.exchange
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_win_is_told_with_its_price_and_what_came_of_it() {
        let win = v1::Win {
            time: "2026-11-20T08:00:00Z".parse().ok(),
            bid: "0001".to_string(),
            exchange: "demo".to_string(),
            ad: "advertisers/acme/campaigns/spring/ads/mpu".to_string(),
            creative: "advertisers/acme/creatives/hero".to_string(),
            price_cpm_micros: Some(2_500_000),
            currency_code: "USD".to_string(),
            billed: true,
            ..v1::Win::default()
        };
        assert_eq!(
            win_line(&win),
            "2026-11-20T08:00:00Z  demo  acme/spring/mpu won for 2.50 USD CPM with acme/hero, billed\n"
        );
        let clicked = v1::Win {
            clicked: true,
            price_cpm_micros: None,
            ..win.clone()
        };
        assert!(
            win_line(&clicked).contains("an unreadable price")
                && win_line(&clicked).ends_with("clicked\n")
        );
        assert!(Told::Win(win).is(&Told::Win(clicked)));
    }

    #[test]
    fn a_line_tells_the_bid_or_why_there_is_none() {
        let reason = |code: &str, sentence: &str| {
            Some(v1::NoBidReason {
                code: code.to_string(),
                sentence: sentence.to_string(),
                ..v1::NoBidReason::default()
            })
        };
        let trace = v1::BidTrace {
            time: "2026-11-20T08:00:00Z".parse().ok(),
            exchange: "demo".to_string(),
            ad: "advertisers/acme/campaigns/spring/ads/mpu".to_string(),
            bid: Some(v1::ExplainedBid {
                price_cpm_micros: 2_500_000,
                currency_code: "USD".to_string(),
                creative: "advertisers/acme/creatives/hero".to_string(),
                ..v1::ExplainedBid::default()
            }),
            ..v1::BidTrace::default()
        };
        assert_eq!(
            line(&trace),
            "2026-11-20T08:00:00Z  demo  acme/spring/mpu bids 2.50 USD CPM with acme/hero\n"
        );
        let refused = v1::BidTrace {
            bid: None,
            refused: reason("floor", "The floor is above the bid."),
            nearest_miss: trace.ad.clone(),
            nearest_miss_reason: reason("floor", ""),
            ..trace
        };
        assert_eq!(
            line(&refused),
            "2026-11-20T08:00:00Z  demo  The floor is above the bid. Nearest: acme/spring/mpu, floor.\n"
        );
    }
}
