//! A report as a file of comma-separated values (RFC 4180).

use api::errors::CallError;
use api::report::tells_bids;
use api::v1;
use tonic::Code;

use super::report::query;
use crate::authority::Authority;

/// How many rows a file has at most.
const MAX_ROWS: i32 = 10_000;
/// What such a file is.
const CONTENT_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// Writes the report that is asked for.
pub fn export(
    authority: &mut Authority,
    request: v1::ExportReportRequest,
) -> Result<v1::ExportReportResponse, CallError> {
    let dimensions = request.dimensions.clone();
    let query = query(
        authority,
        &v1::QueryReportRequest {
            parent: request.parent,
            dimensions: request.dimensions,
            start_time: request.start_time,
            end_time: request.end_time,
            page_size: MAX_ROWS,
            page_token: String::new(),
        },
    )?;
    if !query.next_page_token.is_empty() {
        let what = format!(
            "the report has more than {MAX_ROWS} rows: ask for a shorter time or fewer dimensions"
        );
        return Err(CallError::new(
            Code::ResourceExhausted,
            "REPORT_TOO_LARGE",
            what,
        ));
    }
    let asked = dimensions
        .iter()
        .filter_map(|one| v1::Dimension::try_from(*one).ok());
    let asked: Vec<v1::Dimension> = asked.collect();
    let mut content = String::new();
    let names = asked.iter().map(|dimension| column(*dimension).to_string());
    line(
        &mut content,
        names.chain(METRICS.iter().map(|name| name.to_string())),
    );
    for row in &query.rows {
        let metrics = row.metrics.clone().unwrap_or_default();
        let values = asked.iter().map(|dimension| value(*dimension, row));
        let mut figures = figures(&metrics);
        if !tells_bids(row) {
            figures[BIDS].clear();
        }
        line(&mut content, values.chain(figures));
    }
    Ok(v1::ExportReportResponse {
        content_type: CONTENT_TYPE.to_string(),
        content,
    })
}

/// The columns after the dimensions, named as the contract's fields are.
const METRICS: [&str; 14] = [
    "currency_code",
    "bids",
    "wins",
    "losses",
    "impressions",
    "page_impressions",
    "views",
    "clicks",
    "conversions",
    "spend_micros",
    "spend_nanos",
    "overspend_nanos",
    "house_loss_nanos",
    "conversion_value_micros",
];

/// Where the bids stand among them.
const BIDS: usize = 1;

fn figures(of: &v1::Metrics) -> [String; 14] {
    let numbers = [
        of.bids,
        of.wins,
        of.losses,
        of.impressions,
        of.page_impressions,
        of.views,
        of.clicks,
        of.conversions,
        of.spend_micros,
        of.spend_nanos,
        of.overspend_nanos,
        of.house_loss_nanos,
        of.conversion_value_micros,
    ];
    std::array::from_fn(|place| match place {
        0 => of.currency_code.clone(),
        place => numbers[place - 1].to_string(),
    })
}

fn column(dimension: v1::Dimension) -> &'static str {
    match dimension {
        v1::Dimension::Unspecified => "",
        v1::Dimension::Advertiser => "advertiser",
        v1::Dimension::Campaign => "campaign",
        v1::Dimension::Ad => "ad",
        v1::Dimension::Creative => "creative",
        v1::Dimension::Exchange => "exchange",
        v1::Dimension::ConversionAction => "conversion_action",
        v1::Dimension::Hour | v1::Dimension::Day => "start_time",
    }
}

fn value(dimension: v1::Dimension, row: &v1::ReportRow) -> String {
    match dimension {
        v1::Dimension::Unspecified => String::new(),
        v1::Dimension::Advertiser => row.advertiser.clone(),
        v1::Dimension::Campaign => row.campaign.clone(),
        v1::Dimension::Ad => row.ad.clone(),
        v1::Dimension::Creative => row.creative.clone(),
        v1::Dimension::Exchange => row.exchange.clone(),
        v1::Dimension::ConversionAction => row.conversion_action.clone(),
        v1::Dimension::Hour | v1::Dimension::Day => {
            let at = row.start_time.as_ref().map(api::time::moment);
            at.map_or(String::new(), |at| at.to_string())
        }
    }
}

/// One line; what holds a comma, a quote or the end of a line is quoted.
fn line(content: &mut String, values: impl Iterator<Item = String>) {
    for (place, value) in values.enumerate() {
        if place > 0 {
            content.push(',');
        }
        if value.contains(['"', ',', '\n', '\r']) {
            content.push('"');
            content.push_str(&value.replace('"', "\"\""));
            content.push('"');
        } else {
            content.push_str(&value);
        }
    }
    content.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_a_line_is_quoted() {
        let mut text = String::new();
        let values = ["a", "b,c", "d\"e", "f\ng", ""];
        line(&mut text, values.iter().map(|value| value.to_string()));
        assert_eq!(text, "a,\"b,c\",\"d\"\"e\",\"f\ng\",\r\n");
    }
}
