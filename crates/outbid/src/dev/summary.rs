//! What a run came to.

use std::collections::BTreeMap;
use std::sync::Arc;

use bidder::bidder::Stats;
use campaign::money::Money;
use control::summary::{CampaignSummary, Summary as MoneySummary};
use simulator::audit::books::{Discrepancy, Posted, Statement};
use simulator::report::MarketReport;

use super::Form;

/// What a run came to: what the bidder did, what the ledger says, and what the market saw of it.
#[derive(Debug)]
pub struct Summary {
    /// What the bidder did.
    pub stats: Stats,
    /// What the ledger says.
    pub money: Arc<MoneySummary>,
    /// What the market saw.
    pub report: MarketReport,
    /// Where ledger and market disagree.
    pub discrepancies: Vec<Discrepancy>,
}

/// The ledger's word, for the market's auditor.
pub fn statement(money: &MoneySummary) -> Statement {
    let posted = |campaign: &CampaignSummary| Posted {
        spend: campaign.spend,
        house_loss: campaign.house_loss,
        wins: Some(campaign.wins),
        billed: Some(campaign.impressions),
        clicks: Some(campaign.clicks),
        conversions: Some(campaign.conversions),
    };
    Statement {
        ads: BTreeMap::new(),
        campaigns: money
            .campaigns
            .iter()
            .map(|campaign| (campaign.id, posted(campaign)))
            .collect(),
        overspend: money
            .campaigns
            .iter()
            .map(|campaign| campaign.overspend)
            .sum(),
    }
}

impl Summary {
    fn sum(&self, count: fn(&CampaignSummary) -> u64) -> u64 {
        self.money.campaigns.iter().map(count).sum()
    }

    fn money(&self, amount: fn(&CampaignSummary) -> Money) -> i64 {
        self.money
            .campaigns
            .iter()
            .map(amount)
            .sum::<Money>()
            .nanos()
    }

    /// The figures as one JSON object. Amounts are sums over campaigns, whose currencies each says.
    pub fn json(&self) -> serde_json::Value {
        let campaigns: Vec<_> = self.money.campaigns.iter().map(campaign_json).collect();
        serde_json::json!({
            "requests": self.stats.requests,
            "bids": self.stats.bids,
            "wins": self.sum(|c| c.wins),
            "billed": self.sum(|c| c.impressions),
            "clicks": self.sum(|c| c.clicks),
            "conversions": self.sum(|c| c.conversions),
            "spend_nanos": self.money(|c| c.spend),
            "overspend_nanos": self.money(|c| c.overspend),
            "house_loss_nanos": self.money(|c| c.house_loss),
            "late_responses": self.stats.late_responses.max(self.report.late_responses),
            "p50_us": self.stats.p50_us,
            "p99_us": self.stats.p99_us,
            "p999_us": self.stats.p999_us,
            "campaigns": campaigns,
            "market": self.report,
            "discrepancies": self.discrepancies,
        })
    }

    /// Prints it to standard output.
    pub fn print(&self, form: Form) -> anyhow::Result<()> {
        match form {
            Form::Json => println!("{}", serde_json::to_string(&self.json())?),
            Form::Text => print!("{}", self.text()),
        }
        Ok(())
    }

    fn text(&self) -> String {
        let mut text = format!(
            "\n{} requests, {} bids, {} wins, {} billed, {} clicks, {} conversions, {} late; p50 {} us, p99 {} us, p99.9 {} us\n",
            self.stats.requests,
            self.stats.bids,
            self.sum(|c| c.wins),
            self.sum(|c| c.impressions),
            self.sum(|c| c.clicks),
            self.sum(|c| c.conversions),
            self.stats.late_responses,
            self.stats.p50_us,
            self.stats.p99_us,
            self.stats.p999_us,
        );
        for campaign in &self.money.campaigns {
            let amount = |money: Money| money.to_decimal(campaign.currency);
            text += &format!(
                "{:<28} spent {} {}, over {}, house loss {}, {} billed of {} bids\n",
                campaign.display_name,
                amount(campaign.spend),
                campaign.currency,
                amount(campaign.overspend),
                amount(campaign.house_loss),
                campaign.impressions,
                campaign.bids,
            );
        }
        text
    }

    /// What the market's auditor found wrong; nothing in a sound run.
    pub fn faults(&self) -> Vec<String> {
        let kinds = self.report.violations_by_kind.iter();
        let answers = kinds.map(|(kind, count)| format!("{kind:?}: {count} answers"));
        let figures = self.discrepancies.iter();
        answers
            .chain(figures.map(|d| {
                format!(
                    "{}: must be {} to {}, and is {}",
                    d.what, d.least, d.most, d.reported
                )
            }))
            .collect()
    }

    /// An error where an advertiser was charged more than a cap: that must never be.
    pub fn verdict(&self) -> anyhow::Result<()> {
        match self.money(|c| c.overspend) {
            0 => Ok(()),
            nanos => anyhow::bail!(
                "{nanos} nanos were charged over caps: this is a defect, and worth a report"
            ),
        }
    }
}

fn campaign_json(campaign: &CampaignSummary) -> serde_json::Value {
    serde_json::json!({
        "campaign": campaign.name,
        "id": campaign.id.0,
        "display_name": campaign.display_name,
        "currency": campaign.currency.code(),
        "bids": campaign.bids,
        "wins": campaign.wins,
        "billed": campaign.impressions,
        "clicks": campaign.clicks,
        "conversions": campaign.conversions,
        "spend_nanos": campaign.spend.nanos(),
        "spend_today_nanos": campaign.spend_today.nanos(),
        "held_nanos": campaign.held.nanos(),
        "daily_budget_nanos": campaign.daily_budget.map(Money::nanos),
        "overspend_nanos": campaign.overspend.nanos(),
        "house_loss_nanos": campaign.house_loss.nanos(),
    })
}
