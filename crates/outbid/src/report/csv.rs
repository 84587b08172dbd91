//! A report as rows for a spreadsheet (RFC 4180): bare numbers, one currency a row, no totals.

use api::report::tells_bids;
use api::v1;
use campaign::money::{Currency, Money};

use super::By;

const COLUMNS: [&str; 11] = [
    "currency",
    "bids",
    "wins",
    "losses",
    "impressions",
    "views",
    "clicks",
    "conversions",
    "spend",
    "conversion_value",
    "house_loss",
];

/// The rows, the titles first.
pub fn rows(by: &[By], report: &v1::QueryReportResponse) -> String {
    let titles = by.iter().map(|by| by.title().to_lowercase());
    let titles = titles.chain(COLUMNS.map(str::to_string));
    let mut text = line(titles);
    for row in &report.rows {
        let metrics = row.metrics.clone().unwrap_or_default();
        let mut cells: Vec<String> = by.iter().map(|by| by.cell(row)).collect();
        cells.extend(numbers(&metrics));
        if !tells_bids(row) {
            // After the dimensions stands the currency, and then they.
            cells[by.len() + 1].clear();
        }
        text.push_str(&line(cells.into_iter()));
    }
    text
}

fn numbers(metrics: &v1::Metrics) -> [String; 11] {
    let currency = Currency::parse(&metrics.currency_code).ok();
    let nanos =
        |nanos: i64| currency.map_or(String::new(), |currency| Money(nanos).to_decimal(currency));
    let micros = |micros: i64| {
        let money =
            currency.and_then(|currency| Some((Money::from_micros(micros, currency)?, currency)));
        money.map_or(String::new(), |(money, currency)| {
            money.to_decimal(currency)
        })
    };
    [
        metrics.currency_code.clone(),
        metrics.bids.to_string(),
        metrics.wins.to_string(),
        metrics.losses.to_string(),
        metrics.impressions.to_string(),
        metrics.views.to_string(),
        metrics.clicks.to_string(),
        metrics.conversions.to_string(),
        nanos(metrics.spend_nanos),
        micros(metrics.conversion_value_micros),
        nanos(metrics.house_loss_nanos),
    ]
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    cells.join(",") + "\n"
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_bare_and_texts_are_quoted_where_they_must_be() {
        let row = v1::ReportRow {
            campaign: "advertisers/acme/campaigns/spring".to_string(),
            exchange: "a,\"b\"".to_string(),
            metrics: Some(v1::Metrics {
                currency_code: "USD".to_string(),
                bids: 7,
                spend_nanos: 1_230_000_001,
                ..v1::Metrics::default()
            }),
            ..v1::ReportRow::default()
        };
        let mut without_bids = row.clone();
        without_bids.metrics = Some(v1::Metrics {
            currency_code: "USD".to_string(),
            ..v1::Metrics::default()
        });
        let report = v1::QueryReportResponse {
            rows: vec![row, without_bids],
            ..v1::QueryReportResponse::default()
        };
        assert_eq!(
            rows(&[By::Campaign, By::Exchange], &report),
            "campaign,exchange,currency,bids,wins,losses,impressions,views,clicks,conversions,spend,conversion_value,house_loss\n\
             acme/spring,\"a,\"\"b\"\"\",USD,7,0,0,0,0,0,0,1.230000001,0.00,0.00\n\
             acme/spring,\"a,\"\"b\"\"\",USD,,0,0,0,0,0,0,0.00,0.00,0.00\n"
        );
    }
}
