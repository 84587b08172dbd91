//! `outbid report`: what was spent, and what came of it.

use api::names::Kind;
use api::report::tells_bids;
use api::v1;
use api::v1::Dimension;
use campaign::money::{Currency, Money};
use campaign::time::{Span, Timestamp};
use clap::{Args as Arguments, ValueEnum};

use crate::contract;
use crate::failure::Failure;
use crate::print::table::{Side, Table};
use crate::print::tree::Tree;
use crate::print::{amount, words};
use crate::resolve;
use crate::resource::short;
use crate::server::Server;
use crate::session::{Format, Session, note, out};

mod csv;

/// How many rows one page asks for; the most that the contract allows.
const PAGE_SIZE: usize = 10_000;

/// What the server counts by.
const COUNTED: [Kind; 5] = [
    Kind::Advertiser,
    Kind::Campaign,
    Kind::Ad,
    Kind::Creative,
    Kind::Exchange,
];

/// What to report.
#[derive(Arguments, Debug)]
pub struct Args {
    /// By what to split, several with commas; hours and days are those (UTC) in which the bids were made
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "campaign",
        value_name = "DIMENSIONS"
    )]
    by: Vec<By>,
    /// Only this advertiser, campaign, ad, creative or exchange
    #[arg(long = "in", visible_alias = "campaign", value_name = "NAME")]
    parent: Option<String>,
    /// From when: 2026-11-20, 2026-11-20T08:00:00Z, or how long ago, such as 24h or 7d
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    since: Option<Moment>,
    /// Until when, in the same forms
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    until: Option<Moment>,
    /// How many rows at most
    #[arg(long, default_value_t = 10_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// A dimension on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    Advertiser,
    Campaign,
    Ad,
    Creative,
    Exchange,
    ConversionAction,
    Hour,
    Day,
}

impl By {
    fn dimension(self) -> Dimension {
        match self {
            By::Advertiser => Dimension::Advertiser,
            By::Campaign => Dimension::Campaign,
            By::Ad => Dimension::Ad,
            By::Creative => Dimension::Creative,
            By::Exchange => Dimension::Exchange,
            By::ConversionAction => Dimension::ConversionAction,
            By::Hour => Dimension::Hour,
            By::Day => Dimension::Day,
        }
    }

    fn title(self) -> &'static str {
        match self {
            By::Advertiser => "ADVERTISER",
            By::Campaign => "CAMPAIGN",
            By::Ad => "AD",
            By::Creative => "CREATIVE",
            By::Exchange => "EXCHANGE",
            By::ConversionAction => "CONVERSION ACTION",
            By::Hour => "HOUR",
            By::Day => "DAY",
        }
    }

    fn cell(self, row: &v1::ReportRow) -> String {
        match self {
            By::Advertiser => short(&row.advertiser),
            By::Campaign => short(&row.campaign),
            By::Ad => short(&row.ad),
            By::Creative => short(&row.creative),
            By::Exchange => row.exchange.clone(),
            By::ConversionAction => short(&row.conversion_action),
            By::Hour => words::moment(row.start_time.as_ref()),
            By::Day => words::moment(row.start_time.as_ref())
                .chars()
                .take(10)
                .collect(),
        }
    }
}

/// A moment, or how long ago it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Then.
    At(Timestamp),
    /// So long ago.
    Ago(Span),
}

impl Moment {
    /// Reads a day, a moment, or how long ago.
    pub fn parse(text: &str) -> Result<Moment, String> {
        let midnight = format!("{text}T00:00:00Z");
        if let Ok(at) = Timestamp::parse(text).or_else(|_| Timestamp::parse(&midnight)) {
            return Ok(Moment::At(at));
        }
        let wrong = || {
            format!(
                "\"{text}\" is no time: write 2026-11-20, 2026-11-20T08:00:00Z, or 24h for a day ago"
            )
        };
        length(text).map(Moment::Ago).ok_or_else(wrong)
    }

    /// The moment, where it is `now`.
    pub fn at(self, now: Timestamp) -> Option<prost_types::Timestamp> {
        api::time::write_moment(match self {
            Moment::At(at) => at,
            Moment::Ago(span) => Timestamp(now.0.saturating_sub(span.0)),
        })
    }
}

/// Reads a length of the trade's time: `30m`, `24h`, `7d`, `2w`.
pub fn length(text: &str) -> Option<Span> {
    let last = text.chars().last().map_or(0, char::len_utf8);
    let (number, unit) = text.split_at(text.len() - last);
    let unit = match unit {
        "m" => Span::minutes(1),
        "h" => Span::hours(1),
        "d" => Span::days(1),
        "w" => Span::days(7),
        _ => return None,
    };
    let number: u32 = number.parse().ok()?;
    Some(Span(unit.0.saturating_mul(i64::from(number))))
}

/// Reports it.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    if session.output == Format::Name {
        return Err(Failure::usage(
            "a report has no names: use -o table, wide, csv, json or yaml",
        ));
    }
    let server = session.connect().await?;
    let parent = match &args.parent {
        Some(text) => resolve::resolve(&server, &COUNTED, text).await?.to_string(),
        None => "advertisers/-".to_string(),
    };
    // The product's time may run faster than real time, so the server says what "ago" counts from.
    let ago = [args.since, args.until]
        .iter()
        .flatten()
        .any(|moment| matches!(moment, Moment::Ago(_)));
    let now = if ago {
        now(&server).await?
    } else {
        Timestamp::MIN
    };
    let request = v1::QueryReportRequest {
        parent,
        dimensions: args.by.iter().map(|by| by.dimension() as i32).collect(),
        start_time: args.since.and_then(|moment| moment.at(now)),
        end_time: args.until.and_then(|moment| moment.at(now)),
        ..v1::QueryReportRequest::default()
    };
    let limit = args.limit as usize;
    let (answer, more) = read(&server, request, limit).await?;
    if session.output == Format::Csv {
        return out(&csv::rows(&args.by, &answer)).map(|()| tell_more(more, limit));
    }
    session.print(
        || table(&args.by, &answer, session.output).render(),
        || Tree::of(&contract::reflect("QueryReportResponse", &answer)),
        Vec::new,
    )?;
    tell_more(more, limit);
    if answer.rows.is_empty() {
        note("nothing happened in that time");
    }
    session.next(&["outbid report --by ad,hour --since 24h".to_string()]);
    Ok(())
}

fn tell_more(more: bool, limit: usize) {
    if more {
        note(&format!(
            "there are more than {limit} rows: raise --limit, or narrow the report"
        ));
    }
}

/// The product's time, which may run faster than real time.
pub async fn now(server: &Server) -> Result<Timestamp, Failure> {
    let status = server.status().await?;
    Ok(status
        .product_time
        .as_ref()
        .map_or(Timestamp(0), api::time::moment))
}

/// Page after page, until there are `limit` rows.
async fn read(
    server: &Server,
    mut request: v1::QueryReportRequest,
    limit: usize,
) -> Result<(v1::QueryReportResponse, bool), Failure> {
    let mut whole = v1::QueryReportResponse::default();
    request.page_size = i32::try_from(limit.min(PAGE_SIZE)).unwrap_or(i32::MAX);
    // Each page holds a row at least, so that this ends.
    for _ in 0..limit {
        let page = server.report(request.clone()).await?;
        whole.totals = page.totals;
        whole.rows.extend(page.rows);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() || whole.rows.len() >= limit {
            break;
        }
    }
    let more = !request.page_token.is_empty() || whole.rows.len() > limit;
    whole.rows.truncate(limit);
    Ok((whole, more))
}

fn table(by: &[By], report: &v1::QueryReportResponse, format: Format) -> Table {
    let mut columns: Vec<(&str, Side)> = by.iter().map(|by| (by.title(), Side::Left)).collect();
    columns.extend(
        [
            "BIDS",
            "WINS",
            "IMPRESSIONS",
            "CLICKS",
            "CONVERSIONS",
            "SPEND",
            "CPM",
        ]
        .map(|title| (title, Side::Right)),
    );
    let wide = format == Format::Wide;
    if wide {
        columns.extend(WIDE.map(|title| (title, Side::Right)));
    }
    let numbers = |metrics: &v1::Metrics| {
        let more = if wide {
            more_numbers(metrics)
        } else {
            Vec::new()
        };
        numbers(metrics).into_iter().chain(more).collect::<Vec<_>>()
    };
    let mut table = Table::new(&columns);
    for row in &report.rows {
        let metrics = row.metrics.clone().unwrap_or_default();
        let mut cells: Vec<String> = by.iter().map(|by| by.cell(row)).collect();
        cells.extend(numbers(&metrics));
        if !tells_bids(row) {
            cells[by.len()] = "-".to_string();
        }
        table.row(cells);
    }
    if report.rows.len() > 1 {
        for total in &report.totals {
            let title = by
                .iter()
                .enumerate()
                .map(|(place, _)| if place == 0 { "total" } else { "" }.to_string());
            table.row(title.chain(numbers(total)));
        }
    }
    table
}

/// What `-o wide` adds.
const WIDE: [&str; 6] = [
    "LOSSES",
    "VIEWS",
    "WIN RATE",
    "CLICK RATE",
    "VALUE",
    "HOUSE LOSS",
];

fn more_numbers(metrics: &v1::Metrics) -> Vec<String> {
    let code = &metrics.currency_code;
    let money = |amount: String| {
        if code.is_empty() {
            String::new()
        } else {
            amount
        }
    };
    vec![
        metrics.losses.to_string(),
        metrics.views.to_string(),
        percent(metrics.wins, metrics.bids),
        percent(metrics.clicks, metrics.impressions),
        money(amount::micros(metrics.conversion_value_micros, code)),
        money(amount::about(metrics.house_loss_nanos, code)),
    ]
}

/// A share in percent; empty where there is nothing that it could be a share of.
pub fn percent(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return String::new();
    }
    format!("{:.2}%", part as f64 / whole as f64 * 100.0)
}

fn numbers(metrics: &v1::Metrics) -> [String; 7] {
    let code = &metrics.currency_code;
    [
        metrics.bids.to_string(),
        metrics.wins.to_string(),
        metrics.impressions.to_string(),
        metrics.clicks.to_string(),
        metrics.conversions.to_string(),
        if code.is_empty() {
            String::new()
        } else {
            amount::about(metrics.spend_nanos, code)
        },
        cpm(metrics).unwrap_or_default(),
    ]
}

/// What a thousand impressions cost; none where nothing was shown.
fn cpm(metrics: &v1::Metrics) -> Option<String> {
    let currency = Currency::parse(&metrics.currency_code).ok()?;
    let cost = Money(metrics.spend_nanos).scaled(1_000, metrics.impressions)?;
    Some(amount::about(cost.nanos(), currency.code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_several_forms() {
        let check = |text: &str, expect: &str| {
            let now = Timestamp::parse("2026-11-20T12:00:00Z").unwrap();
            let read = Moment::parse(text).unwrap().at(now).unwrap();
            assert_eq!(read.to_string(), expect, "{text}");
        };
        check("2026-11-01", "2026-11-01T00:00:00Z");
        check("2026-11-01T08:30:00+01:00", "2026-11-01T07:30:00Z");
        check("24h", "2026-11-19T12:00:00Z");
        check("90m", "2026-11-20T10:30:00Z");
        check("7d", "2026-11-13T12:00:00Z");
        check("1w", "2026-11-13T12:00:00Z");
        for text in ["", "h", "yesterday", "24", "-1h", "2026-13-01", "5é"] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_report_ends_with_its_total() {
        let metrics = |impressions, spend_nanos| v1::Metrics {
            currency_code: "USD".to_string(),
            bids: 2 * impressions,
            wins: impressions,
            impressions,
            spend_nanos,
            ..v1::Metrics::default()
        };
        let row = |campaign: &str, impressions, spend_nanos| v1::ReportRow {
            campaign: format!("advertisers/acme/campaigns/{campaign}"),
            start_time: "2026-11-20T08:00:00Z".parse().ok(),
            metrics: Some(metrics(impressions, spend_nanos)),
            ..v1::ReportRow::default()
        };
        let report = v1::QueryReportResponse {
            rows: vec![row("spring", 1_000, 1_230_000_000), row("autumn", 0, 0)],
            totals: vec![metrics(1_000, 1_230_000_000)],
            next_page_token: String::new(),
        };
        assert_eq!(
            table(&[By::Campaign, By::Hour], &report, Format::Table).render(),
            "CAMPAIGN     HOUR                  BIDS  WINS  IMPRESSIONS  CLICKS  CONVERSIONS     SPEND       CPM
acme/spring  2026-11-20T08:00:00Z  2000  1000         1000       0            0  1.23 USD  1.23 USD
acme/autumn  2026-11-20T08:00:00Z     0     0            0       0            0  0.00 USD         -
total        -                     2000  1000         1000       0            0  1.23 USD  1.23 USD
"
        );
    }
}
