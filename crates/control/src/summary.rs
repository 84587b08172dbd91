//! What was spent and what came of it, in a few numbers: for live lines, and for the end of a run.

use campaign::id::CampaignId;
use campaign::money::{Currency, Money};
use pacing::account::Level;

use crate::authority::Learned;
use crate::catalog::Noun;
use crate::view::View;

/// Everything at one moment. Amounts of several currencies are not summed: each campaign's are in its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The version of the book that bidders were last given.
    pub book_version: u64,
    /// Whether bidders were given a book.
    pub book_sent: bool,
    /// The campaigns, in the order in which they were made, deleted ones among them.
    pub campaigns: Vec<CampaignSummary>,
}

/// One campaign.
#[derive(Clone, Debug, PartialEq)]
pub struct CampaignSummary {
    /// Its number.
    pub id: CampaignId,
    /// Its resource name.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// The currency of its amounts.
    pub currency: Currency,
    /// Charged in all.
    pub spend: Money,
    /// Charged in the present day.
    pub spend_today: Money,
    /// Held for bids whose outcome is open.
    pub held: Money,
    /// Its daily limit, if it has one.
    pub daily_budget: Option<Money>,
    /// Charged beyond a cap in force: always nothing.
    pub overspend: Money,
    /// Paid by the house.
    pub house_loss: Money,
    /// Bids made.
    pub bids: u64,
    /// Bids won.
    pub wins: u64,
    /// Impressions billed.
    pub impressions: u64,
    /// Clicks.
    pub clicks: u64,
    /// Conversions.
    pub conversions: u64,
}

impl Summary {
    /// Sums up what there is.
    pub(crate) fn of(view: &View<'_>, learned: &Learned, book: Option<u64>) -> Summary {
        let campaigns = view
            .catalog
            .after(api::names::Kind::Campaign, 0)
            .filter_map(|entry| {
                let Noun::Campaign(campaign) = &*entry.noun else {
                    return None;
                };
                let currency = view.catalog.advertiser_of(&entry.name)?.currency;
                let spent = view.spent(Level::Campaign(campaign.id), &campaign.time_zone);
                let mut summary = CampaignSummary {
                    id: campaign.id,
                    name: entry.name.to_string(),
                    display_name: campaign.display_name.clone(),
                    currency,
                    spend: spent.total,
                    spend_today: spent.today,
                    held: spent.held,
                    daily_budget: campaign.budget.daily,
                    overspend: spent.overspend,
                    house_loss: spent.house_loss,
                    bids: 0,
                    wins: 0,
                    impressions: 0,
                    clicks: 0,
                    conversions: 0,
                };
                for ad in view.catalog.ads_under(entry.record.id.0) {
                    let counts = learned.counts(ad);
                    summary.bids += counts.bids;
                    summary.wins += counts.wins;
                    summary.impressions += counts.impressions;
                    summary.clicks += counts.clicks;
                    summary.conversions += counts.conversions;
                }
                Some(summary)
            });
        Summary {
            book_version: book.unwrap_or(0),
            book_sent: book.is_some(),
            campaigns: campaigns.collect(),
        }
    }
}
