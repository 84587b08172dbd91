//! What `top` draws: one line of the whole, then a line a campaign. No colours, so that nothing is told by them alone.

use std::cmp::Reverse;
use std::time::Duration;

use api::v1;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Cell, Paragraph, Row, Table};

use super::{Order, Seen};
use crate::print::{amount, status, words};
use crate::report::percent;
use crate::resource::{Resource, short};

/// What is drawn.
pub struct Picture {
    head: Vec<String>,
    rows: Vec<[String; 9]>,
    order: Order,
}

/// One campaign's numbers, before they are words.
struct Counted<'a> {
    campaign: &'a v1::Campaign,
    bids: i64,
    wins: i64,
    impressions: i64,
}

impl Picture {
    /// What changed between two looks, and what is so at the second.
    pub fn of(before: &Seen, now: &Seen, order: Order) -> Picture {
        let elapsed = now.at.saturating_duration_since(before.at);
        let mut counted: Vec<Counted<'_>> = now
            .campaigns
            .iter()
            .map(|campaign| {
                let of = |seen: &Seen| metrics(&seen.rows, &campaign.name);
                let (then, since) = (of(before), of(now));
                Counted {
                    campaign,
                    bids: since.bids - then.bids,
                    wins: since.wins - then.wins,
                    impressions: since.impressions - then.impressions,
                }
            })
            .collect();
        let name = |one: &Counted<'_>| one.campaign.name.clone();
        match order {
            Order::Spend => counted.sort_by_key(|one| (Reverse(today(one.campaign)), name(one))),
            Order::Bids => counted.sort_by_key(|one| (Reverse(one.bids), name(one))),
            Order::Name => counted.sort_by_key(name),
        }
        Picture {
            head: head(before, now, elapsed),
            rows: counted.iter().map(|one| cells(one, elapsed)).collect(),
            order,
        }
    }
}

fn metrics(rows: &[v1::ReportRow], campaign: &str) -> v1::Metrics {
    let row = rows.iter().find(|row| row.campaign == campaign);
    row.and_then(|row| row.metrics.clone()).unwrap_or_default()
}

fn today(campaign: &v1::Campaign) -> i64 {
    campaign.spend.as_ref().map_or(0, |spend| spend.today_nanos)
}

fn rate(count: f64, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    if seconds <= 0.0 {
        "-".to_string()
    } else {
        format!("{:.1}", count / seconds)
    }
}

fn head(before: &Seen, now: &Seen, elapsed: Duration) -> Vec<String> {
    let health = match (now.status.healthy, now.status.problem.as_str()) {
        (true, _) => "healthy".to_string(),
        (false, problem) => format!("NOT HEALTHY: {problem}"),
    };
    let mut lines = vec![format!(
        "outbid {} | {} | {health}",
        now.status.version,
        words::moment(now.status.product_time.as_ref()),
    )];
    let (Some(metrics), Some(then)) = (&now.metrics, &before.metrics) else {
        lines.push(
            "the bidder's /metrics cannot be read from here: no rates of requests, no latencies"
                .to_string(),
        );
        return lines;
    };
    let since = |name: &str| rate((metrics.sum(name) - then.sum(name)).max(0.0), elapsed);
    let quantile = |share: f64| match metrics.quantile("outbid_bid_duration_seconds", then, share) {
        None => "-".to_string(),
        Some(end) if end.is_infinite() => "> 1 s".to_string(),
        Some(end) => format!("<= {} us", (end * 1e6).round()),
    };
    lines.push(format!(
        "{} requests/s, {} bids/s, {} late/s | answers: half {}, 99 in 100 {}, 999 in 1000 {}",
        since("outbid_bid_requests_total"),
        since("outbid_bids_total"),
        since("outbid_late_responses_total"),
        quantile(0.5),
        quantile(0.99),
        quantile(0.999),
    ));
    lines
}

fn cells(one: &Counted<'_>, elapsed: Duration) -> [String; 9] {
    let campaign = one.campaign;
    let code = &campaign.currency_code;
    let spend = campaign.spend.clone().unwrap_or_default();
    let budget = campaign.budget.unwrap_or_default();
    let used = budget
        .daily_micros
        .map(|limit| percent(spend.today_nanos / 1_000, limit));
    [
        short(&campaign.name),
        status::brief(&Resource::from(campaign.clone())),
        amount::about(spend.today_nanos, code),
        used.unwrap_or_default(),
        amount::about(spend.total_nanos, code),
        rate(one.bids as f64, elapsed),
        rate(one.wins as f64, elapsed),
        percent(one.wins, one.bids),
        rate(one.impressions as f64, elapsed),
    ]
}

const TITLES: [&str; 9] = [
    "CAMPAIGN", "STATUS", "TODAY", "OF DAY", "TOTAL", "BIDS/S", "WINS/S", "WIN RATE", "SHOWN/S",
];

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, picture: &Picture) {
    let heads = u16::try_from(picture.head.len()).unwrap_or(u16::MAX);
    let areas = Layout::vertical([
        Constraint::Length(heads + 1),
        Constraint::Min(1),
        Constraint::Length(1),
    ])
    .split(frame.area());
    let head: Vec<Line<'_>> = picture
        .head
        .iter()
        .map(|line| Line::from(line.as_str()))
        .collect();
    frame.render_widget(Paragraph::new(head), areas[0]);

    let sides = |place: usize, text: &str| match place {
        0 | 1 => Line::from(text.to_string()).left_aligned(),
        _ => Line::from(text.to_string()).right_aligned(),
    };
    let row = |cells: &[String]| {
        Row::new(
            cells
                .iter()
                .enumerate()
                .map(|(place, cell)| Cell::from(sides(place, cell)))
                .collect::<Vec<_>>(),
        )
    };
    let titles = TITLES.map(str::to_string);
    let widths: Vec<Constraint> = (0..TITLES.len())
        .map(|place| {
            let cells = picture
                .rows
                .iter()
                .map(|cells| cells[place].chars().count());
            let widest = cells.chain([TITLES[place].len()]).max().unwrap_or(0);
            Constraint::Length(u16::try_from(widest).unwrap_or(u16::MAX).min(48))
        })
        .collect();
    let table = Table::new(picture.rows.iter().map(|cells| row(cells)), widths)
        .header(row(&titles).style(Style::new().add_modifier(Modifier::BOLD)))
        .column_spacing(2);
    frame.render_widget(table, areas[1]);

    let by = match picture.order {
        Order::Spend => "today's spend",
        Order::Bids => "bids",
        Order::Name => "name",
    };
    let keys = format!("q quits, s sorts (now by {by})");
    frame.render_widget(
        Paragraph::new(keys).style(Style::new().add_modifier(Modifier::DIM)),
        areas[2],
    );
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;

    fn seen(at: Instant, bids: i64) -> Seen {
        let campaign = |id: &str, today: i64| v1::Campaign {
            name: format!("advertisers/acme/campaigns/{id}"),
            currency_code: "USD".to_string(),
            serving_status: v1::ServingStatus::Eligible as i32,
            budget: Some(v1::Budget {
                daily_micros: (id == "spring").then_some(100_000_000),
                lifetime_micros: None,
            }),
            spend: Some(v1::Spend {
                today_nanos: today,
                total_nanos: today * 3,
                ..v1::Spend::default()
            }),
            ..v1::Campaign::default()
        };
        let row = |id: &str, bids: i64| v1::ReportRow {
            campaign: format!("advertisers/acme/campaigns/{id}"),
            metrics: Some(v1::Metrics {
                bids,
                wins: bids / 4,
                impressions: bids / 8,
                ..v1::Metrics::default()
            }),
            ..v1::ReportRow::default()
        };
        Seen {
            at,
            status: v1::GetStatusResponse {
                version: "0.1.0".to_string(),
                product_time: "2026-11-20T08:00:00Z".parse().ok(),
                healthy: true,
                ..v1::GetStatusResponse::default()
            },
            campaigns: vec![
                campaign("autumn", 1_000_000_000),
                campaign("spring", 25_000_000_000),
            ],
            rows: vec![row("autumn", bids), row("spring", 2 * bids)],
            metrics: None,
        }
    }

    #[test]
    fn the_campaign_that_spends_most_stands_first() {
        let start = Instant::now();
        let picture = Picture::of(
            &seen(start, 0),
            &seen(start + Duration::from_secs(2), 80),
            Order::Spend,
        );
        let mut terminal = Terminal::new(TestBackend::new(110, 8)).unwrap();
        terminal.draw(|frame| draw(frame, &picture)).unwrap();
        insta::assert_snapshot!(terminal.backend());
    }
}
