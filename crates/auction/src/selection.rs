//! Which of the priced ads bids: the best first, by its dice, its caps and its money.

use campaign::id::LeaseId;

use crate::book::Slot;
use crate::dice::Throw;
use crate::opportunity::Visit;
use crate::pricing::Priced;
use crate::reason::NoBidReason;
use crate::shading::shade;
use crate::shortlist::{self, Lot, Shortlist};
use crate::state::{Scope, State, Witness};

mod ranking;

use ranking::Ranking;

/// The ad that bids, with its money reserved. **Invariant:** nothing can fail from here on.
#[derive(Clone, Copy, Debug)]
pub struct Selected<'a> {
    /// The ad.
    pub priced: Priced<'a>,
    /// Where its money is held; `None` for a rehearsal (`test`), which costs nothing.
    pub lease: Option<LeaseId>,
}

/// Goes through the ads, guaranteed deals first, then by price, and takes the first that may bid, takes part, is not
/// capped and has the money. Only that one's money is reserved.
pub fn select<'a, W: Witness>(
    shortlist: &mut Shortlist<'a>,
    lot: &Lot<'a>,
    state: &mut impl State,
    witness: &mut W,
) -> Option<Selected<'a>> {
    let visit = lot.visit;
    let imp = lot.opportunity.imp.id;
    let mut selected: Option<Selected<'a>> = None;
    let mut ranking = Ranking::new();
    loop {
        if let Some((first, rows_more)) = ranking.wants_rivals() {
            shortlist.bring_in_rivals(first, rows_more, lot, state, witness);
        }
        let contenders = &mut shortlist.contenders;
        let Some(contender) = ranking.next(contenders, |slot| roll(Throw::Tie, slot, lot)) else {
            break;
        };
        let slot = contender.slot;
        if let Some(best) = &selected {
            let (ours, theirs) = (contender.price, best.priced.price);
            witness.ad_refused(imp, slot, NoBidReason::OutbidByOurs, || {
                format!(
                    "bids {}, another of our ads {}",
                    visit.show(ours),
                    visit.show(theirs)
                )
            });
            continue;
        }
        let looked_at = shortlist::look(&contender, lot, state, witness);
        let Some(ad) = looked_at.and_then(|contender| contender.looked_at) else {
            continue;
        };
        let priced = shade(ad, lot, state);
        match admit(&priced, visit, roll(Throw::Participation, slot, lot), state) {
            Ok(lease) => selected = Some(Selected { priced, lease }),
            Err((reason, detail)) => {
                witness.ad_refused(imp, slot, reason, || detail.sentence(&priced, visit))
            }
        }
        if selected.is_some() && !W::EVERY_AD {
            break;
        }
    }
    selected
}

fn roll(what: Throw, slot: Slot, lot: &Lot<'_>) -> u64 {
    lot.dice.throw(what, lot.desk.book.ad(slot))
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
