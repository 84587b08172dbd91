//! The promises that campaigns make about what they buy, and what keeps each.
//!
//! A promise is kept apart from the budget that pays for it: what is bought is counted from the first charge, whichever
//! is heard of first, a bid or what came of it.

use std::collections::HashMap;

use campaign::advertiser::Campaign;
use campaign::id::CampaignId;
use campaign::spending::Target;
use campaign::time::Timestamp;
use store::pacing::Promise;

use super::keeper::Keeper;

/// More promises than these are not kept at once; ads under further ones bid no more than what they bring is worth by
/// their promise. Each takes some 40 KiB.
const MAX_KEEPERS: usize = 20_000;

/// All promises.
#[derive(Debug, Default)]
pub(super) struct Promises {
    keepers: HashMap<CampaignId, Kept>,
    /// How promises stood before a restart, or when the last ad of their campaign went.
    stood: HashMap<CampaignId, Promise>,
}

/// A promise that is being kept.
#[derive(Debug)]
struct Kept {
    keeper: Keeper,
    /// At which round an ad reminded of it last, and at which it was decided what it asks for.
    seen: Timestamp,
    ticked: Option<Timestamp>,
}

impl Promises {
    /// Goes on from how promises stood.
    pub fn restore(&mut self, promises: impl IntoIterator<Item = (CampaignId, Promise)>) {
        self.stood.extend(promises);
    }

    /// What keeps a campaign's promise, if it makes one. One that it did not make before begins anew. `round` is when
    /// the promises were looked at last.
    pub fn keeper(&mut self, campaign: &Campaign, round: Timestamp) -> Option<&mut Keeper> {
        let target = campaign.spending.goal?;
        self.kept(campaign, target, round)
            .map(|kept| &mut kept.keeper)
    }

    fn kept(&mut self, campaign: &Campaign, target: Target, round: Timestamp) -> Option<&mut Kept> {
        let before = self.keepers.get(&campaign.id);
        if before.is_none_or(|kept| kept.keeper.target() != target) {
            if before.is_none() && self.keepers.len() >= MAX_KEEPERS {
                return None;
            }
            let stood = self.stood.remove(&campaign.id);
            let restored = stood.and_then(|stood| Keeper::restore(target, &stood, round));
            let fresh = Kept {
                keeper: restored.unwrap_or_else(|| Keeper::new(target)),
                seen: round,
                ticked: None,
            };
            self.keepers.insert(campaign.id, fresh);
        }
        let kept = self.keepers.get_mut(&campaign.id)?;
        kept.seen = round;
        Some(kept)
    }

    /// Decides what a campaign's promise asks for until the next round, if that was not done in this one.
    pub fn tick(&mut self, campaign: &Campaign, round: Timestamp, auctions_left: f64) {
        let Some(target) = campaign.spending.goal else {
            self.keepers.remove(&campaign.id);
            return;
        };
        if let Some(kept) = self.kept(campaign, target, round)
            && kept.ticked != Some(round)
        {
            kept.ticked = Some(round);
            kept.keeper.tick(round, auctions_left);
        }
    }

    /// What keeps a campaign's promise, as it is.
    pub fn get(&self, campaign: CampaignId) -> Option<&Keeper> {
        self.keepers.get(&campaign).map(|kept| &kept.keeper)
    }

    /// How promises stand, to outlive a process.
    pub fn standing(&self) -> Vec<(CampaignId, Promise)> {
        let each = self.keepers.iter();
        each.map(|(campaign, kept)| (*campaign, kept.keeper.promise()))
            .collect()
    }

    /// Puts the promises aside of which no ad reminded in this round: they go on when one does.
    pub fn end(&mut self, round: Timestamp) {
        let idle = self.keepers.extract_if(|_, kept| kept.seen < round);
        for (campaign, kept) in idle {
            if self.stood.len() < MAX_KEEPERS {
                self.stood.insert(campaign, kept.keeper.promise());
            }
        }
    }
}
