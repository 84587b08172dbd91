//! `outbid tail`: the last requests that were traced, as they come: what was bid, or why nothing was.
//!
//! The bidder traces a sample of its requests, without anything that tells of a person. So this shows what traffic
//! looks like; it is no count of it.

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
    /// Requests with a bid, or those without
    #[arg(value_enum)]
    what: What,
    /// Only those of this exchange
    #[arg(long, value_name = "NAME", default_value = "")]
    exchange: String,
    /// Only those that this ad bid on, or came nearest to bidding on
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
    let request = v1::ListBidTracesRequest {
        page_size: MOST,
        exchange: args.exchange.clone(),
        ad,
    };
    let mut before = look(&server, &request, args.what).await?;
    for trace in before.iter().skip(before.len().saturating_sub(args.lines)) {
        print(trace, session.output)?;
    }
    if args.once {
        if before.is_empty() {
            note("nothing was traced yet");
        }
        session.next(&["outbid why -f request.json".to_string()]);
        return Ok(());
    }
    loop {
        tokio::time::sleep(EVERY).await;
        let now = look(&server, &request, args.what).await?;
        for trace in now.iter().filter(|trace| !before.contains(trace)) {
            print(trace, session.output)?;
        }
        before = now;
    }
}

/// Oldest first.
async fn look(
    server: &Server,
    request: &v1::ListBidTracesRequest,
    what: What,
) -> Result<Vec<v1::BidTrace>, Failure> {
    let mut traces = server.bid_traces(request.clone()).await?.traces;
    traces.retain(|trace| trace.bid.is_some() == (what == What::Bids));
    traces.reverse();
    Ok(traces)
}

fn print(trace: &v1::BidTrace, format: Format) -> Result<(), Failure> {
    let tree = || Tree::of(&contract::reflect("BidTrace", trace));
    match format {
        Format::Json => out(&(tree().to_json() + "\n")),
        Format::Yaml => out(&format!("---\n{}", tree().to_yaml())),
        _ => out(&line(trace)),
    }
}

fn line(trace: &v1::BidTrace) -> String {
    let told = match (&trace.bid, &trace.refused) {
        (Some(bid), _) => format!(
            "{} bids {} CPM with {}",
            short(&trace.ad),
            amount::micros(bid.price_cpm_micros, &bid.currency_code),
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
