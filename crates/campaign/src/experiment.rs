//! What is tried on a part of the users.

use std::collections::BTreeSet;

use crate::id::{AdId, AdvertiserId, CampaignId, CreativeId, ExperimentId};
use crate::money::Cpm;
use crate::time::Flight;

/// Shows users different things, each user the same thing every time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Experiment {
    /// Its number.
    pub id: ExperimentId,
    /// Whose it is.
    pub advertiser: AdvertiserId,
    /// What people call it.
    pub display_name: String,
    /// Whose ads it is about.
    pub campaigns: BTreeSet<CampaignId>,
    /// What is tried; the first is what the others are compared with.
    pub arms: Vec<Arm>,
    /// When it runs.
    pub flight: Flight,
    /// What users are dealt out to arms by.
    pub salt: String,
}

/// One of the things that are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// What it is called.
    pub id: String,
    /// Its share of the users is this by the sum of all arms' weights.
    pub weight: u32,
    /// What ads bid for its users, in percent of what they would bid.
    pub bid_percent: u32,
    /// Which ads bid for its users; all where there is none.
    pub ads: BTreeSet<AdId>,
    /// Which creatives its users are shown; all where there is none.
    pub creatives: BTreeSet<CreativeId>,
}

impl Arm {
    /// What bids are where an arm changes nothing of them.
    pub const UNCHANGED_PERCENT: u32 = 100;

    /// What an ad bids for the arm's users that would bid `asking`, and bids `most` at most.
    pub fn bid(&self, asking: Cpm, most: Cpm) -> Cpm {
        let percent = i128::from(self.bid_percent);
        let bid = i128::from(asking.0) * percent / i128::from(Arm::UNCHANGED_PERCENT);
        Cpm(i64::try_from(bid).unwrap_or(i64::MAX)).min(most)
    }

    /// Whether the ad bids for the arm's users.
    pub fn takes(&self, ad: AdId) -> bool {
        self.ads.is_empty() || self.ads.contains(&ad)
    }

    /// Whether the arm's users are shown the creative.
    pub fn shows(&self, creative: CreativeId) -> bool {
        self.creatives.is_empty() || self.creatives.contains(&creative)
    }
}

impl Experiment {
    /// The sum of the arms' weights.
    pub fn weights(&self) -> u64 {
        self.arms.iter().map(|arm| u64::from(arm.weight)).sum()
    }

    /// Each arm's share of the users, from 0 to 1.
    pub fn shares(&self) -> impl Iterator<Item = f64> {
        let all = self.weights().max(1) as f64;
        self.arms.iter().map(move |arm| f64::from(arm.weight) / all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_bids_its_percent_and_never_more_than_the_ad_may() {
        let check = |bid_percent, asking, most, expect| {
            let arm = Arm {
                id: "higher".to_string(),
                weight: 1,
                bid_percent,
                ads: BTreeSet::new(),
                creatives: BTreeSet::new(),
            };
            assert_eq!(arm.bid(Cpm(asking), Cpm(most)), Cpm(expect));
        };
        check(100, 7, 10, 7);
        check(150, 7, 100, 10);
        check(150, 7, 8, 8);
        check(10, 7, 10, 0);
        check(1_000, i64::MAX, i64::MAX, i64::MAX);
    }
}
