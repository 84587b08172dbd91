//! Reports as the wire says them.

use crate::v1;

/// Whether a row of a report says how many bids were made: bidders count them by ad, not by creative or exchange, and
/// those are rows of their own that name neither.
pub fn tells_bids(row: &v1::ReportRow) -> bool {
    let metrics = row.metrics.as_ref();
    metrics.is_some_and(|metrics| metrics.bids > 0)
        || (row.creative.is_empty() && row.exchange.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_by_exchange_or_creative_does_not_know_its_bids() {
        let check = |creative: &str, exchange: &str, bids: i64, expect: bool| {
            let row = v1::ReportRow {
                creative: creative.to_string(),
                exchange: exchange.to_string(),
                metrics: Some(v1::Metrics {
                    bids,
                    ..v1::Metrics::default()
                }),
                ..v1::ReportRow::default()
            };
            assert_eq!(tells_bids(&row), expect, "{row:?}");
        };
        check("", "", 0, true);
        check("", "", 7, true);
        check("advertisers/acme/creatives/banner", "", 0, false);
        check("", "exchanges/demo", 0, false);
    }
}
