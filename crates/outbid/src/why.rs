//! `outbid why`: why a campaign or an ad does not serve, or why a bid request is bid on or not, ad by ad.

use api::names::Kind;
use api::v1;
use api::v1::ad_fate::Outcome;
use auction::reason::NoBidReason;
use clap::{ArgGroup, Args as Arguments};

use crate::contract;
use crate::document::read_text;
use crate::failure::{Exit, Failure};
use crate::print::amount;
use crate::print::table::{Side, Table};
use crate::resolve;
use crate::resource::short;
use crate::server::Server;
use crate::session::Session;

mod advice;
mod campaign;
mod verdict;

/// The largest request that the server takes.
const MAX_REQUEST_BYTES: u64 = 256 << 10;
/// How many exchanges are told to choose from.
const MAX_EXCHANGES: usize = 50;

/// What to explain.
#[derive(Arguments, Debug)]
#[command(group(ArgGroup::new("what").required(true).args(["name", "file"])))]
pub struct Args {
    /// A campaign or an ad: why it does not serve
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// A bid request as JSON, as the exchange sends it, `-` for standard input: why it is bid on or not
    #[arg(short, long, value_name = "FILE")]
    file: Option<String>,
    /// The exchange that it comes from, as in /bid/EXCHANGE; may be left out where there is only one
    #[arg(long, value_name = "NAME")]
    exchange: Option<String>,
    /// How many ads of each impression are told
    #[arg(long, default_value_t = 20, value_name = "N")]
    ads: usize,
}

/// Explains it. No bid is made, and nothing is reserved.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let file = match (&args.name, &args.file) {
        (Some(name), _) => return campaign::run(name, session).await,
        (None, Some(file)) => file,
        // The parser takes one of them.
        (None, None) => return Err(Failure::usage("write a campaign, or --file FILE")),
    };
    let request_json = read_text(file, MAX_REQUEST_BYTES)?;
    let server = session.connect().await?;
    let exchange = match args.exchange {
        Some(exchange) => exchange,
        None => only_exchange(&server).await?,
    };
    let request = v1::ExplainBidRequest {
        exchange,
        request_json,
    };
    let answer = server.explain(request).await?;
    let bidding = bids(&answer);
    session.print_message(
        || page(&answer, args.ads),
        || contract::reflect("ExplainBidResponse", &answer),
        bidding,
    )?;
    let miss = answer
        .impressions
        .iter()
        .filter_map(|it| it.nearest_miss.as_ref())
        .next();
    if let Some(miss) = miss {
        session.next(&[format!("outbid describe {}", short(&miss.ad))]);
    }
    Ok(())
}

/// The exchange that is meant where none is named: each understands a request in its own way.
async fn only_exchange(server: &Server) -> Result<String, Failure> {
    let parent = resolve::any_parent(Kind::Exchange);
    let listed = server.list(Kind::Exchange, parent, false, MAX_EXCHANGES);
    let listed = listed.await?.resources;
    match listed.as_slice() {
        [] => Err(Failure::new(Exit::NotFound, "there is no exchange yet")
            .with_hint("make one: `outbid schema exchange` explains its fields, `outbid apply -f FILE` takes them")),
        [one] => Ok(one.name().trim_start_matches("exchanges/").to_string()),
        several => {
            let ids = several.iter().map(|one| one.name().trim_start_matches("exchanges/"));
            let ids: Vec<&str> = ids.collect();
            Err(Failure::usage("which exchange sends the request?")
                .with_hint(format!("say --exchange with one of {}", ids.join(", "))))
        }
    }
}

/// The ads that would bid.
fn bids(answer: &v1::ExplainBidResponse) -> Vec<String> {
    let ads = answer
        .impressions
        .iter()
        .flat_map(|impression| &impression.ads);
    ads.filter(|fate| matches!(fate.outcome, Some(Outcome::Bid(_))))
        .map(|fate| fate.ad.clone())
        .collect()
}

fn page(answer: &v1::ExplainBidResponse, most_ads: usize) -> String {
    let mut text = match answer.request_id.as_str() {
        "" => "request without an id\n".to_string(),
        id => format!("request {id}\n"),
    };
    // What is no request says nothing of what its user allows.
    let invalid = NoBidReason::InvalidRequest.name();
    let is_one = answer.refused.as_ref().is_none_or(|it| it.code != invalid);
    if !answer.privacy.is_empty() && is_one {
        text.push_str(&format!("privacy: {}\n", answer.privacy));
    }
    if let Some(reason) = answer
        .refused
        .as_ref()
        .filter(|reason| reason.step == "request")
    {
        text.push_str(&format!("no bid: {}\n", reason_line(reason)));
    }
    for impression in &answer.impressions {
        text.push('\n');
        text.push_str(&funnel(impression, most_ads));
    }
    text
}

fn funnel(impression: &v1::ImpressionFunnel, most_ads: usize) -> String {
    let mut text = format!(
        "impression {}: {}\n",
        impression.imp_id, impression.understood
    );
    // Where ads were considered, the funnel below tells more than the one reason that got furthest.
    if let Some(reason) = impression
        .refused
        .as_ref()
        .filter(|_| impression.considered_count == 0)
    {
        text.push_str(&format!("  no bid: {}\n", reason_line(reason)));
    }
    let bidding = impression
        .ads
        .iter()
        .filter(|fate| matches!(fate.outcome, Some(Outcome::Bid(_))))
        .count();
    if impression.considered_count > 0 {
        let mut table = Table::new(&[
            ("ADS", Side::Right),
            ("STEP", Side::Left),
            ("REASON", Side::Left),
            ("", Side::Left),
        ]);
        table.row([
            impression.considered_count.to_string().as_str(),
            "",
            "",
            "considered",
        ]);
        for refusal in &impression.refusals {
            let reason = refusal.reason.clone().unwrap_or_default();
            table.row([
                refusal.count.to_string(),
                reason.step,
                reason.code,
                reason.sentence,
            ]);
        }
        let bids = if bidding > 0 { "bids" } else { "no bid" };
        table.row([bidding.to_string().as_str(), "", "", bids]);
        text.push_str(&indented(&table.render()));
    }
    if !impression.ads.is_empty() {
        text.push('\n');
        let mut table = Table::new(&[
            ("AD", Side::Left),
            ("OUTCOME", Side::Left),
            ("DETAIL", Side::Left),
        ]);
        for fate in impression.ads.iter().take(most_ads) {
            table.row([short(&fate.ad), outcome(fate), fate.detail.clone()]);
        }
        text.push_str(&indented(&table.render()));
        if impression.ads.len() > most_ads {
            text.push_str(&format!(
                "  and {} more: raise --ads\n",
                impression.ads.len() - most_ads
            ));
        }
    }
    if let Some(miss) = &impression.nearest_miss {
        text.push_str(&format!(
            "\n  nearest miss: {}, {}: {}\n",
            short(&miss.ad),
            outcome(miss),
            miss.detail
        ));
    }
    text
}

fn outcome(fate: &v1::AdFate) -> String {
    match &fate.outcome {
        Some(Outcome::Bid(bid)) => format!(
            "bid {} CPM",
            amount::glance(bid.price_cpm_micros, &bid.currency_code)
        ),
        Some(Outcome::Refused(reason)) => reason.code.clone(),
        None => String::new(),
    }
}

fn reason_line(reason: &v1::NoBidReason) -> String {
    match reason.nbr {
        0 => format!("{} ({})", reason.sentence, reason.code),
        nbr => format!("{} ({}, nbr {nbr})", reason.sentence, reason.code),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str, step: &str, sentence: &str) -> v1::NoBidReason {
        v1::NoBidReason {
            code: code.to_string(),
            step: step.to_string(),
            sentence: sentence.to_string(),
            nbr: 500,
        }
    }

    fn fate(ad: &str, outcome: Outcome, detail: &str) -> v1::AdFate {
        v1::AdFate {
            ad: format!("advertisers/acme/campaigns/spring/ads/{ad}"),
            outcome: Some(outcome),
            detail: detail.to_string(),
            ..v1::AdFate::default()
        }
    }

    #[test]
    fn a_funnel_is_told_from_the_top() {
        let geo = reason("geo", "targeting", "The user is elsewhere.");
        let floor = reason("floor", "money", "The floor is above the bid.");
        let miss = fate(
            "wide",
            Outcome::Refused(floor.clone()),
            "bids 1.20 USD, the floor is 2.00 USD",
        );
        let bid = Outcome::Bid(v1::ExplainedBid {
            price_cpm_micros: 2_500_000,
            currency_code: "USD".to_string(),
            ..v1::ExplainedBid::default()
        });
        let answer = v1::ExplainBidResponse {
            request_id: "r1".to_string(),
            refused: None,
            privacy: "All of it may be used.".to_string(),
            impressions: vec![v1::ImpressionFunnel {
                imp_id: "1".to_string(),
                refused: None,
                understood: "banner 300x250, floor 2.00 USD".to_string(),
                considered_count: 4,
                refusals: vec![
                    v1::Refusal {
                        reason: Some(geo.clone()),
                        count: 2,
                    },
                    v1::Refusal {
                        reason: Some(floor),
                        count: 1,
                    },
                ],
                ads: vec![
                    fate("mpu", bid, "wins against the floor"),
                    miss.clone(),
                    fate("us", Outcome::Refused(geo), "wants US, the user is in DE"),
                ],
                nearest_miss: Some(miss),
            }],
        };
        assert_eq!(
            page(&answer, 2),
            "request r1
privacy: All of it may be used.

impression 1: banner 300x250, floor 2.00 USD
  ADS  STEP       REASON
    4  -          -       considered
    2  targeting  geo     The user is elsewhere.
    1  money      floor   The floor is above the bid.
    1  -          -       bids

  AD                OUTCOME           DETAIL
  acme/spring/mpu   bid 2.50 USD CPM  wins against the floor
  acme/spring/wide  floor             bids 1.20 USD, the floor is 2.00 USD
  and 1 more: raise --ads

  nearest miss: acme/spring/wide, floor: bids 1.20 USD, the floor is 2.00 USD
"
        );
        assert_eq!(bids(&answer), ["advertisers/acme/campaigns/spring/ads/mpu"]);
    }

    #[test]
    fn a_request_that_is_passed_over_says_why() {
        let answer = v1::ExplainBidResponse {
            request_id: "r2".to_string(),
            refused: Some(reason("blocked_seat", "request", "Our seat is blocked.")),
            ..v1::ExplainBidResponse::default()
        };
        assert_eq!(
            page(&answer, 9),
            "request r2\nno bid: Our seat is blocked. (blocked_seat, nbr 500)\n"
        );
        let nothing = v1::ExplainBidResponse {
            refused: Some(reason("invalid_request", "request", "It lacks an id.")),
            privacy: "allowed: measurement".to_string(),
            ..v1::ExplainBidResponse::default()
        };
        assert_eq!(
            page(&nothing, 9),
            "request without an id\nno bid: It lacks an id. (invalid_request, nbr 500)\n"
        );
    }
}
