//! Which of the priced ads bids: the best first, by its dice, its caps and its money.

use std::cmp::Reverse;

use campaign::id::LeaseId;

use crate::dice::{self, DiceKey, Throw};
use crate::opportunity::{Opportunity, Visit};
use crate::pricing::Priced;
use crate::reason::NoBidReason;
use crate::state::{Scope, State, Witness};

/// The ad that bids, with its money reserved. **Invariant:** nothing can fail from here on.
#[derive(Clone, Copy, Debug)]
pub struct Selected<'a> {
    /// The ad.
    pub priced: Priced<'a>,
    /// Where its money is held; `None` for a rehearsal (`test`), which costs nothing.
    pub lease: Option<LeaseId>,
}

/// Goes through the ads, guaranteed deals first, then by price, and takes the first that takes
/// part, is not capped and has the money. Only that one's money is reserved.
pub fn select<'a>(
    mut priced: bumpalo::collections::Vec<'a, Priced<'a>>,
    visit: &Visit<'a>,
    opportunity: &Opportunity<'a>,
    key: &DiceKey,
    state: &mut impl State,
    witness: &mut impl Witness,
) -> Option<Selected<'a>> {
    let roll = |what: Throw, ad: &Priced<'_>| {
        let ad = ad.eligible.offer.ad.id;
        dice::throw(
            key,
            what,
            visit.exchange.id,
            visit.request.id,
            opportunity.imp.id,
            ad,
        )
    };
    priced.sort_by_cached_key(|ad| {
        (
            Reverse(ad.is_guaranteed()),
            Reverse(ad.price),
            roll(Throw::Tie, ad),
        )
    });
    let imp = opportunity.imp.id;
    let mut selected: Option<Selected<'a>> = None;
    for ad in &priced {
        let slot = ad.eligible.slot;
        if let Some(best) = &selected {
            let (ours, theirs) = (ad.price, best.priced.price);
            witness.ad_refused(imp, slot, NoBidReason::OutbidByOurs, || {
                format!(
                    "bids {}, another of our ads {}",
                    visit.show(ours),
                    visit.show(theirs)
                )
            });
            continue;
        }
        match admit(ad, visit, roll(Throw::Participation, ad), state) {
            Ok(lease) => selected = Some(Selected { priced: *ad, lease }),
            Err((reason, detail)) => {
                witness.ad_refused(imp, slot, reason, || detail.sentence(ad, visit))
            }
        }
    }
    selected
}

/// The figures of a refusal, put into words only if somebody asks.
enum Detail {
    Participation,
    Cap {
        shown: u32,
        cap: campaign::ad::FrequencyCap,
    },
    Money,
}

impl Detail {
    fn sentence(&self, ad: &Priced<'_>, visit: &Visit<'_>) -> String {
        let terms = &ad.eligible.terms;
        match self {
            Detail::Participation => {
                let percent = f64::from(terms.participation_ppm) / 10_000.0;
                format!(
                    "takes part in {percent:.2} % of the auctions at the moment, and not in this one"
                )
            }
            Detail::Cap { shown, cap } => {
                let hours = cap.period.0 as f64 / 3_600_000.0;
                format!(
                    "the user has had {shown} impressions, and may have {} in {hours} hours",
                    cap.impressions
                )
            }
            Detail::Money => {
                let own = ad.eligible.offer.advertiser.currency;
                let cost = ad.max_cost.to_decimal(own);
                format!(
                    "bids {}, and no {cost} {own} could be reserved for it",
                    visit.show(ad.price)
                )
            }
        }
    }
}

fn admit(
    ad: &Priced<'_>,
    visit: &Visit<'_>,
    roll: u64,
    state: &mut impl State,
) -> Result<Option<LeaseId>, (NoBidReason, Detail)> {
    let eligible = &ad.eligible;
    if !ad.is_guaranteed() && !takes_part(roll, eligible.terms.participation_ppm) {
        return Err((NoBidReason::Paced, Detail::Participation));
    }
    if let Some(user) = visit.user {
        let (ad, campaign) = (&eligible.offer.ad, &eligible.offer.campaign);
        let of_ad = ad.frequency_caps.iter().map(|cap| (Scope::Ad(ad.id), *cap));
        let of_campaign = campaign
            .frequency_caps
            .iter()
            .map(|cap| (Scope::Campaign(campaign.id), *cap));
        for (scope, cap) in of_ad.chain(of_campaign) {
            let shown = state.exposures(user, scope, cap);
            if shown >= cap.impressions {
                return Err((NoBidReason::FrequencyCap, Detail::Cap { shown, cap }));
            }
        }
    }
    if visit.request.test {
        return Ok(None);
    }
    let lease = state
        .reserve(eligible.slot, ad.max_cost)
        .map_err(|reason| (reason, Detail::Money))?;
    Ok(Some(lease))
}

/// Whether a roll is among the lucky of a million.
fn takes_part(roll: u64, participation_ppm: u32) -> bool {
    let drawn = (u128::from(roll) * 1_000_000) >> 64;
    drawn < u128::from(participation_ppm)
}
