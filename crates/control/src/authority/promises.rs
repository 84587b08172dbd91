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
    /// The promises as they were told last, to be written down.
    noted: HashMap<CampaignId, Promise>,
    /// Campaigns that took their promise back since this was last asked.
    taken_back: Vec<CampaignId>,
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
        self.noted.clone_from(&self.stood);
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
            let kept = self.keepers.remove(&campaign.id).is_some();
            let stood = self.stood.remove(&campaign.id).is_some();
            if self.noted.remove(&campaign.id).is_some() || kept || stood {
                self.taken_back.push(campaign.id);
            }
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

    /// How promises stand that moved since this was last asked, to outlive a process.
    pub fn unnoted(&mut self) -> Vec<(CampaignId, Promise)> {
        let mut moved = Vec::new();
        for (campaign, kept) in &self.keepers {
            let promise = kept.keeper.promise();
            if self.noted.get(campaign) != Some(&promise) {
                self.noted.insert(*campaign, promise.clone());
                moved.push((*campaign, promise));
            }
        }
        moved
    }

    /// Campaigns that took their promise back since this was last asked: what is kept of it is to be forgotten.
    pub fn take_back(&mut self) -> Vec<CampaignId> {
        std::mem::take(&mut self.taken_back)
    }

    /// Puts the promises aside of which no ad reminded in this round: they go on when one does.
    pub fn end(&mut self, round: Timestamp) {
        let idle = self.keepers.extract_if(|_, kept| kept.seen < round);
        for (campaign, kept) in idle {
            if self.stood.len() < MAX_KEEPERS {
                self.stood.insert(campaign, kept.keeper.promise());
            } else {
                self.noted.remove(&campaign);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use campaign::ad::{Budget, Share, State};
    use campaign::id::AdvertiserId;
    use campaign::money::Money;
    use campaign::spending::Spending;
    use campaign::time::{Flight, TimeZone};

    use super::*;
    use crate::authority::keeper::Told;

    fn campaign(goal: Option<Target>) -> Campaign {
        Campaign {
            id: CampaignId(7),
            advertiser: AdvertiserId(1),
            display_name: String::new(),
            state: State::Active,
            flight: Flight::default(),
            time_zone: TimeZone::default(),
            budget: Budget::default(),
            frequency_caps: Vec::new(),
            spending: Spending {
                goal,
                ..Spending::default()
            },
            share: Share::default(),
        }
    }

    #[test]
    fn what_moved_is_told_once_and_what_was_taken_back_is_forgotten() {
        let mut promises = Promises::default();
        let promised = campaign(Some(Target::CostPerClick(Money(5))));
        promises.tick(&promised, Timestamp(1), 100.0);
        assert_eq!(promises.unnoted().len(), 1);
        assert!(promises.unnoted().is_empty(), "nothing moved");
        let told = Told {
            clicks: 3,
            ..Told::default()
        };
        let keeper = promises.keeper(&promised, Timestamp(1)).unwrap();
        keeper.result(&told);
        let moved = promises.unnoted();
        assert_eq!(moved[0].1.running.observed, 3.0);

        // As after a restart: it is written down, and did not move.
        let mut again = Promises::default();
        again.restore(moved);
        again.tick(&promised, Timestamp(2), 100.0);
        assert_eq!(again.unnoted(), []);
        again.tick(&campaign(None), Timestamp(3), 100.0);
        assert_eq!(again.take_back(), [CampaignId(7)]);
        again.tick(&campaign(None), Timestamp(4), 100.0);
        assert_eq!((again.take_back(), again.unnoted()), (vec![], vec![]));
        // The same promise, made again, begins anew.
        let keeper = again.keeper(&promised, Timestamp(5)).unwrap();
        assert_eq!(keeper.running().observed, 0.0);
    }
}
