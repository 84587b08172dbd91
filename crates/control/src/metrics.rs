//! What control tells Prometheus: money by currency, what came of it, and whether all is well.
//!
//! No advertiser, campaign or ad is a label: there may be a million, and reports tell of them. Amounts are in units of
//! their currency, as decimal text, exact.

use std::collections::BTreeMap;
use std::fmt::Write;

use campaign::money::{Currency, Money};

use crate::summary::{CampaignSummary, Summary};

/// One sample: its labels, and its value.
type Sample = (String, String);

/// The text that Prometheus reads (exposition format 0.0.4).
pub(crate) fn render(summary: &Summary, healthy: bool) -> String {
    let mut text = String::new();
    let version = format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    let one = |value: u64| vec![(String::new(), value.to_string())];
    let sum = |count: fn(&CampaignSummary) -> u64| one(summary.campaigns.iter().map(count).sum());
    let money = |amount: fn(&CampaignSummary) -> Money| by_currency(summary, amount);
    for (name, kind, help, samples) in [
        (
            "outbid_control_build_info",
            "gauge",
            "Always 1; the label says which version.",
            vec![(version, "1".to_string())],
        ),
        (
            "outbid_control_healthy",
            "gauge",
            "1 while changes are taken and money is settled, as /healthz tells it.",
            one(u64::from(healthy)),
        ),
        (
            "outbid_control_book_version",
            "gauge",
            "The version of the book that bidders were last given.",
            one(summary.book_version),
        ),
        (
            "outbid_campaigns",
            "gauge",
            "Campaigns, deleted ones among them.",
            one(summary.campaigns.len() as u64),
        ),
        (
            "outbid_spend_total",
            "counter",
            "Charged, by currency.",
            money(|c| c.spend),
        ),
        (
            "outbid_held",
            "gauge",
            "Set aside for bids whose outcome is open, by currency.",
            money(|c| c.held),
        ),
        (
            "outbid_overspend_total",
            "counter",
            "Charged beyond a cap in force, by currency. Always 0.",
            money(|c| c.overspend),
        ),
        (
            "outbid_house_loss_total",
            "counter",
            "Paid by the house for billings that came too late to be charged, by currency.",
            money(|c| c.house_loss),
        ),
        ("outbid_wins_total", "counter", "Bids won.", sum(|c| c.wins)),
        (
            "outbid_impressions_total",
            "counter",
            "Impressions billed.",
            sum(|c| c.impressions),
        ),
        (
            "outbid_clicks_total",
            "counter",
            "Clicks.",
            sum(|c| c.clicks),
        ),
        (
            "outbid_conversions_total",
            "counter",
            "Conversions credited.",
            sum(|c| c.conversions),
        ),
    ] {
        metric(&mut text, name, kind, help, samples);
    }
    text
}

fn metric(text: &mut String, name: &str, kind: &str, help: &str, samples: Vec<Sample>) {
    // Writing into a text cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labels, value) in samples {
        let _ = writeln!(text, "{name}{labels} {value}");
    }
}

/// Sums by currency. Without a campaign there is one of dollars, so that the series is there from the start.
fn by_currency(summary: &Summary, amount: fn(&CampaignSummary) -> Money) -> Vec<Sample> {
    let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
    for campaign in &summary.campaigns {
        let sum = sums.entry(campaign.currency).or_insert(Money::ZERO);
        *sum = Money(sum.nanos().saturating_add(amount(campaign).nanos()));
    }
    if sums.is_empty() {
        sums.insert(Currency::USD, Money::ZERO);
    }
    let sample = |(currency, sum): (Currency, Money)| {
        (
            format!("{{currency=\"{currency}\"}}"),
            sum.to_decimal(currency),
        )
    };
    sums.into_iter().map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use campaign::id::CampaignId;

    fn campaign(currency: Currency, spend: i64) -> CampaignSummary {
        CampaignSummary {
            id: CampaignId(1),
            name: "advertisers/acme/campaigns/spring".to_string(),
            display_name: "Spring".to_string(),
            currency,
            spend: Money(spend),
            spend_today: Money::ZERO,
            held: Money::ZERO,
            daily_budget: None,
            overspend: Money::ZERO,
            house_loss: Money::ZERO,
            bids: 7,
            wins: 3,
            impressions: 2,
            clicks: 1,
            conversions: 0,
        }
    }

    #[test]
    fn money_is_told_by_currency_and_nobody_by_name() {
        let summary = Summary {
            book_version: 4,
            book_sent: true,
            campaigns: vec![
                campaign(Currency::USD, 1_230_000_001),
                campaign(Currency::USD, 1_000_000_000),
                campaign(Currency::EUR, 5_000_000_000),
            ],
        };
        let text = render(&summary, true);
        for line in [
            "# TYPE outbid_spend_total counter\n",
            "outbid_spend_total{currency=\"USD\"} 2.230000001\n",
            "outbid_spend_total{currency=\"EUR\"} 5.00\n",
            "outbid_wins_total 9\n",
            "outbid_control_book_version 4\n",
            "outbid_control_healthy 1\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
        assert!(!text.contains("acme") && !text.contains("Spring"), "{text}");
        assert!(
            render(&Summary::default(), false)
                .contains("outbid_overspend_total{currency=\"USD\"} 0")
        );
    }
}
