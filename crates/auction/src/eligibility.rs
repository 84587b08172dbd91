//! Whether an ad may bid on an impression: its state, its targeting, what the publisher forbids,
//! and a creative that fits.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use campaign::experiment::Arm;

use crate::book::{AdTerms, Book, Offer, Slot};
use crate::fit::{self, Rendition};
use crate::markup::Prepared;
use crate::opportunity::{Opportunity, Visit};
use crate::publisher;
use crate::reason::NoBidReason;
use crate::state::State;
use crate::targeting;

/// An ad that may bid. **Invariant:** it holds at least one creative that fits, and how that is
/// rendered, so nothing that comes after can fail for want of one.
#[derive(Clone, Copy, Debug)]
pub struct Eligible<'a> {
    /// Where the ad stands in the book.
    pub slot: Slot,
    /// The ad.
    pub offer: &'a Offer,
    /// Its terms of the moment.
    pub terms: AdTerms,
    /// The arm of an experiment that the user is in, if the ad's campaign is tried on him.
    pub arm: Option<&'a Arm>,
    /// The creatives that fit; at least one.
    pub fits: &'a [Fit<'a>],
}

/// A creative that fits an impression.
#[derive(Clone, Copy, Debug)]
pub struct Fit<'a> {
    /// The creative.
    pub creative: &'a Prepared,
    /// How it is rendered there.
    pub rendition: Rendition<'a>,
}

/// What is known of an ad's targeting before the ad is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The index says that the ad wants the impression.
    Known,
    /// Nothing: its expression is to be tested.
    Unknown,
}

/// Tests one ad against one impression, the cheap and the telling first.
pub fn check<'a>(
    slot: Slot,
    book: &'a Book,
    wanted: Wanted,
    visit: &Visit<'a>,
    opportunity: &Opportunity<'a>,
    state: &mut impl State,
    arena: &'a Bump,
) -> Result<Eligible<'a>, NoBidReason> {
    let offer = book.offer(slot);
    let terms = state.terms(slot);
    if let Some(reason) = terms.halted {
        return Err(reason);
    }
    if !offer.campaign.flight.contains(visit.now) || !offer.ad.flight.contains(visit.now) {
        return Err(NoBidReason::OutsideFlight);
    }
    if wanted == Wanted::Unknown {
        let zone = &offer.campaign.time_zone;
        let judged = targeting::check(&offer.ad.targeting, visit, opportunity, zone);
        if offer.asks_about_user {
            state.targeted(slot, judged)?;
        } else {
            judged?;
        }
    }
    let arm = book.arm(slot, visit);
    if arm.is_some_and(|arm| !arm.takes(offer.ad.id)) {
        return Err(NoBidReason::ExperimentArm);
    }
    if opportunity.private_auction && !has_deal(offer, opportunity) {
        return Err(NoBidReason::PrivateAuction);
    }
    let capped = !offer.ad.frequency_caps.is_empty() || !offer.campaign.frequency_caps.is_empty();
    if capped && visit.user.is_none() {
        // A cap that cannot be counted does not hold, and every cap must.
        return Err(if visit.may_know_user {
            NoBidReason::UnknownUser
        } else {
            NoBidReason::NoConsent
        });
    }
    let fits = fits(offer, arm, visit, opportunity, arena)?;
    Ok(Eligible {
        slot,
        offer,
        terms,
        arm,
        fits,
    })
}

/// Whether the impression offers a deal that the ad asks for.
pub(crate) fn has_deal(offer: &Offer, opportunity: &Opportunity<'_>) -> bool {
    opportunity
        .deals
        .iter()
        .any(|open| offer.deals.iter().any(|id| id == open.deal.id))
}

/// The creatives that fit, or the reason of the one that came furthest.
fn fits<'a>(
    offer: &'a Offer,
    arm: Option<&Arm>,
    visit: &Visit<'a>,
    opportunity: &Opportunity<'a>,
    arena: &'a Bump,
) -> Result<&'a [Fit<'a>], NoBidReason> {
    let mut all = BumpVec::new_in(arena);
    let mut furthest = NoBidReason::NoCreative;
    for creative in &offer.creatives {
        if arm.is_some_and(|arm| !arm.shows(creative.id)) {
            furthest = furthest.max(NoBidReason::ExperimentArm);
            continue;
        }
        let fit = fit::check(creative, visit, opportunity).and_then(|rendition| {
            publisher::check(creative, &rendition, visit, opportunity).map(|()| rendition)
        });
        match fit {
            Ok(rendition) => all.push(Fit {
                creative,
                rendition,
            }),
            Err(reason) => furthest = furthest.max(reason),
        }
    }
    if all.is_empty() {
        Err(furthest)
    } else {
        Ok(all.into_bump_slice())
    }
}
