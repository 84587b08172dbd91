//! Who is in which arm of an experiment: a keyed hash of the user and the experiment's salt, so that a user stays where
//! he is, on every bidder, without anything written down of him.
//!
//! Only users whom there is a right to tell apart and to measure are in any arm. For all others ads bid as they would
//! without the experiment, and what comes of it is not counted in it.

use std::collections::HashMap;
use std::hash::Hasher;

use campaign::experiment::{Arm, Experiment};
use campaign::id::CampaignId;
use campaign::time::Timestamp;
use journal::entry::BidTerms;
use siphasher::sip::SipHasher13;
use siphasher::sip128::{Hasher128, SipHasher24};

use crate::book::{Offer, Slot};

/// In how many parts the users of an arm are counted apart, so that it can be told how much their sums vary by chance.
pub const BUCKETS: u16 = 256;

/// An experiment, ready to deal users out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The experiment.
    pub experiment: Experiment,
    key: [u8; 16],
}

/// Where a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// In which arm, by its place in the experiment.
    pub arm: usize,
    /// In which part of it: below [`BUCKETS`]. Has nothing to do with the arm.
    pub bucket: u16,
}

impl Trial {
    /// Readies an experiment.
    pub fn new(experiment: Experiment) -> Trial {
        // The user is a hash under the deployment's own key already; the salt only keeps experiments apart.
        let mut hasher = SipHasher24::new_with_key(b"outbid.experimnt");
        hasher.write(experiment.salt.as_bytes());
        let key = hasher.finish128().as_bytes();
        Trial { experiment, key }
    }

    /// Where a user is, by the keyed hash of him.
    pub fn seat(&self, user: u64) -> Seat {
        let mut hasher = SipHasher13::new_with_key(&self.key);
        hasher.write_u64(user);
        let hash = hasher.finish();
        // The arm is told by the high bits, the bucket by the low ones.
        let drawn = (u128::from(hash) * u128::from(self.experiment.weights())) >> 64;
        let mut end = 0;
        let arm = self.experiment.arms.iter().position(|arm| {
            end += u128::from(arm.weight);
            drawn < end
        });
        Seat {
            arm: arm.unwrap_or(0),
            bucket: (hash % u64::from(BUCKETS)) as u16,
        }
    }

    /// The arm that a user is in.
    pub fn arm(&self, user: u64) -> &Arm {
        &self.experiment.arms[self.seat(user).arm]
    }

    /// Where the user was whom a bid of this campaign was made for, if the bid was a part of the experiment.
    pub fn seat_of(&self, terms: &BidTerms, campaign: CampaignId) -> Option<Seat> {
        let user = participant((terms.user != 0).then_some(terms.user), terms.measured)?;
        let experiment = &self.experiment;
        let is_part =
            experiment.campaigns.contains(&campaign) && experiment.flight.contains(terms.issued);
        is_part.then(|| self.seat(user))
    }
}

/// What is tried with the ads of a book.
#[derive(Debug, Default)]
pub struct Trials {
    all: Vec<Trial>,
    /// By ad, its campaign's experiments, as a range of `places`. Empty where there is no experiment.
    tried: Vec<(u32, u32)>,
    /// Places among all.
    places: Vec<u32>,
}

impl Trials {
    /// What is tried with these ads, in the order of slots.
    pub fn of(experiments: Vec<Experiment>, offers: &[Offer]) -> Trials {
        let mut trials = Trials {
            all: experiments.into_iter().map(Trial::new).collect(),
            ..Trials::default()
        };
        if trials.all.is_empty() {
            return trials;
        }
        let mut by_campaign: HashMap<CampaignId, Vec<u32>> = HashMap::new();
        for (place, trial) in (0..).zip(&trials.all) {
            for campaign in &trial.experiment.campaigns {
                by_campaign.entry(*campaign).or_default().push(place);
            }
        }
        let mut ranges = HashMap::new();
        for (campaign, places) in by_campaign {
            let from = trials.places.len() as u32;
            trials.places.extend(places);
            ranges.insert(campaign, (from, trials.places.len() as u32));
        }
        let range = |offer: &Offer| ranges.get(&offer.campaign.id).copied().unwrap_or((0, 0));
        trials.tried = offers.iter().map(range).collect();
        trials
    }

    /// Whether nothing is tried.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of it.
    pub fn all(&self) -> &[Trial] {
        &self.all
    }

    /// The arm that a user is in who takes part in experiments, of what is tried with an ad now.
    pub fn arm(&self, slot: Slot, user: u64, now: Timestamp) -> Option<&Arm> {
        let (from, to) = self.tried.get(slot.0 as usize).copied()?;
        let places = &self.places[from as usize..to as usize];
        let mut trials = places.iter().map(|place| &self.all[*place as usize]);
        let on = trials.find(|trial| trial.experiment.flight.contains(now));
        on.map(|trial| trial.arm(user))
    }

    /// The most, in percent of what they ask, that this user's arms have ads bid now; never less than 100.
    pub fn raised_percent(&self, user: u64, now: Timestamp) -> u32 {
        let on = |trial: &&Trial| trial.experiment.flight.contains(now);
        let arms = self.all.iter().filter(on).map(|trial| trial.arm(user));
        let most = arms.map(|arm| arm.bid_percent).max();
        most.unwrap_or(0).max(Arm::UNCHANGED_PERCENT)
    }
}

/// The user, if he takes part in experiments: known, and with the right to measure.
pub fn participant(user: Option<u64>, measured: bool) -> Option<u64> {
    user.filter(|_| measured)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use campaign::id::{AdvertiserId, ExperimentId};
    use campaign::time::Flight;

    use super::*;

    fn trial(salt: &str, weights: &[u32]) -> Trial {
        let arm = |(place, weight): (usize, &u32)| Arm {
            id: format!("arm-{place}"),
            weight: *weight,
            bid_percent: 100,
            ads: BTreeSet::new(),
            creatives: BTreeSet::new(),
        };
        Trial::new(Experiment {
            id: ExperimentId(1),
            advertiser: AdvertiserId(1),
            display_name: "Higher bids".to_string(),
            campaigns: BTreeSet::new(),
            arms: weights.iter().enumerate().map(arm).collect(),
            flight: Flight::default(),
            salt: salt.to_string(),
        })
    }

    #[test]
    fn users_come_to_arms_as_the_weights_say_and_stay_there() {
        let trial = trial("a", &[1, 2, 7]);
        let mut counts = [0; 3];
        let mut buckets = vec![0; usize::from(BUCKETS)];
        for user in 0..100_000 {
            let seat = trial.seat(user);
            assert_eq!(seat, trial.seat(user));
            counts[seat.arm] += 1;
            buckets[usize::from(seat.bucket)] += 1;
        }
        for (count, share) in counts.into_iter().zip(trial.experiment.shares()) {
            let expected = share * 100_000.0;
            // Five standard deviations of a binomial count.
            let most = 5.0 * (expected * (1.0 - share)).sqrt();
            assert!((f64::from(count) - expected).abs() < most, "{counts:?}");
        }
        assert!(
            buckets.iter().all(|users| (280..520).contains(users)),
            "{buckets:?}"
        );
    }

    #[test]
    fn another_salt_deals_anew_and_the_same_salt_deals_alike() {
        let (one, other) = (trial("a", &[1, 1]), trial("b", &[1, 1]));
        let same = (0..10_000).filter(|user| one.seat(*user).arm == other.seat(*user).arm);
        assert!((4_700..5_300).contains(&same.count()));
        let again = trial("a", &[1, 1]);
        assert!((0..1_000).all(|user| one.seat(user) == again.seat(user)));
    }

    #[test]
    fn only_who_may_be_told_apart_and_measured_takes_part() {
        assert_eq!(participant(Some(7), true), Some(7));
        assert_eq!(participant(Some(7), false), None);
        assert_eq!(participant(None, true), None);
    }
}
