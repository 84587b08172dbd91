//! The experiments that live, by campaign: what a bid was a part of.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use auction::experiment::Trial;
use campaign::id::CampaignId;
use journal::entry::BidTerms;
use store::experiment::ArmKey;

use super::Noun;

/// The experiments that live.
#[derive(Clone, Debug, Default)]
pub struct Trials {
    all: BTreeMap<u64, Arc<Trial>>,
    by_campaign: HashMap<CampaignId, Vec<Arc<Trial>>>,
}

impl Trials {
    /// Takes a record in, as what it means while it lives. Those that are no experiment are passed over.
    pub(super) fn put(&mut self, number: u64, living: Option<&Noun>) {
        if let Some(before) = self.all.remove(&number) {
            for campaign in &before.experiment.campaigns {
                let of_campaign = self.by_campaign.entry(*campaign).or_default();
                of_campaign.retain(|trial| trial.experiment.id != before.experiment.id);
            }
        }
        let Some(Noun::Experiment(experiment)) = living else {
            return;
        };
        let trial = Arc::new(Trial::new((**experiment).clone()));
        for campaign in &trial.experiment.campaigns {
            let of_campaign = self.by_campaign.entry(*campaign).or_default();
            of_campaign.push(Arc::clone(&trial));
        }
        self.all.insert(number, trial);
    }

    /// Those of a campaign.
    pub fn of_campaign(&self, campaign: CampaignId) -> impl Iterator<Item = &Trial> {
        let of_campaign = self.by_campaign.get(&campaign);
        of_campaign.into_iter().flatten().map(Arc::as_ref)
    }

    /// Where what came of a bid counts: the arm of the user that it was made for.
    pub fn row(&self, terms: &BidTerms, campaign: CampaignId) -> Option<ArmKey> {
        self.of_campaign(campaign).find_map(|trial| {
            let seat = trial.seat_of(terms, campaign)?;
            Some(ArmKey {
                experiment: trial.experiment.id,
                arm: seat.arm as u16,
                bucket: seat.bucket,
            })
        })
    }
}
