//! What is for sale, as the auditor knows it: from the records themselves, not from what the bidder makes of them.

use std::collections::BTreeMap;

use auction::book::Inventory;
use campaign::ad::{Ad, State};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::creative::Creative;
use campaign::exchange::Exchange;
use campaign::id::{AdId, AdvertiserId, CampaignId, CreativeId};
use campaign::money::RateTable;
use campaign::time::Timestamp;

/// What is for sale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    advertisers: BTreeMap<AdvertiserId, Advertiser>,
    campaigns: BTreeMap<CampaignId, Campaign>,
    ads: BTreeMap<AdId, Ad>,
    creatives: BTreeMap<CreativeId, Creative>,
    exchanges: Vec<Exchange>,
    rates: RateTable,
}

/// An ad with what stands above it.
#[derive(Clone, Copy, Debug)]
pub struct Line<'c> {
    /// Who pays.
    pub advertiser: &'c Advertiser,
    /// Out of which budget.
    pub campaign: &'c Campaign,
    /// What bids.
    pub ad: &'c Ad,
}

impl Catalogue {
    /// Takes over what the records say.
    pub fn of(inventory: &Inventory) -> Catalogue {
        let Inventory {
            advertisers,
            campaigns,
            ads,
            creatives,
            exchanges,
            rates,
            ..
        } = inventory;
        Catalogue {
            advertisers: advertisers.iter().map(|a| (a.id, a.clone())).collect(),
            campaigns: campaigns.iter().map(|c| (c.id, c.clone())).collect(),
            ads: ads.iter().map(|a| (a.id, a.clone())).collect(),
            creatives: creatives.iter().map(|c| (c.id, c.clone())).collect(),
            exchanges: exchanges.clone(),
            rates: rates.clone(),
        }
    }

    /// The ad of this number, with what stands above it.
    pub fn line(&self, ad: AdId) -> Option<Line<'_>> {
        let ad = self.ads.get(&ad)?;
        let campaign = self.campaigns.get(&ad.campaign)?;
        let advertiser = self.advertisers.get(&campaign.advertiser)?;
        Some(Line {
            advertiser,
            campaign,
            ad,
        })
    }

    /// The creative of this number.
    pub fn creative(&self, id: CreativeId) -> Option<&Creative> {
        self.creatives.get(&id)
    }

    /// The exchange of this name.
    pub fn exchange(&self, name: &str) -> Option<&Exchange> {
        self.exchanges.iter().find(|exchange| exchange.name == name)
    }

    /// What currencies are worth.
    pub fn rates(&self) -> &RateTable {
        &self.rates
    }
}

impl Line<'_> {
    /// Why the ad may not run now, if it may not.
    pub fn halted(&self, now: Timestamp) -> Option<String> {
        let states = [
            ("advertiser", self.advertiser.state),
            ("campaign", self.campaign.state),
            ("ad", self.ad.state),
        ];
        let stopped = states
            .into_iter()
            .find(|(_, state)| *state != State::Active);
        if let Some((level, state)) = stopped {
            return Some(format!("the {level} is {state:?}"));
        }
        let flights = [("campaign", &self.campaign.flight), ("ad", &self.ad.flight)];
        let over = flights
            .into_iter()
            .find(|(_, flight)| !flight.contains(now));
        over.map(|(level, _)| format!("it is {now}, outside the {level}'s flight"))
    }
}
