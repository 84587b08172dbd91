//! The ads that an impression is decided between, and what each asks.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use campaign::money::{Cpm, Rounding};

use crate::book::Slot;
use crate::candidates;
use crate::decide::Desk;
use crate::dice::Dice;
use crate::eligibility::{self, Wanted};
use crate::index::Said;
use crate::opportunity::{Opportunity, Visit};
use crate::pricing::{self, Priced};
use crate::reason::NoBidReason;
use crate::state::{State, Witness};

/// One impression on the desk.
#[derive(Clone, Copy)]
pub struct Lot<'a> {
    /// Where it is decided.
    pub desk: &'a Desk<'a>,
    /// The request that it is of.
    pub visit: &'a Visit<'a>,
    /// What the request says, as the index hears it.
    pub said: Said<'a>,
    /// The impression.
    pub opportunity: &'a Opportunity<'a>,
    /// What decides by chance.
    pub dice: Dice,
    /// Where what is made for it lies.
    pub arena: &'a Bump,
}

/// An ad that may bid, for all that is known.
#[derive(Clone, Copy, Debug)]
pub struct Contender<'a> {
    /// The ad.
    pub slot: Slot,
    /// Whether the publisher was promised a bid of it.
    pub guaranteed: bool,
    /// What it bids, in the currency of the answer.
    pub price: Cpm,
    /// The ad as it was looked at. One that was not may still be refused for anything but its price.
    pub looked_at: Option<&'a Priced<'a>>,
    /// The dice that decide between equals; thrown where there are equals.
    pub(crate) roll: u64,
}

/// Looks at every ad, and tells of each that does not come in.
pub fn every_ad<'a>(
    lot: &Lot<'a>,
    state: &mut impl State,
    witness: &mut impl Witness,
) -> BumpVec<'a, Contender<'a>> {
    let mut contenders = BumpVec::new_in(lot.arena);
    for &slot in candidates::every(lot.desk.book, lot.opportunity.imp, lot.arena) {
        contenders.extend(looked_at(slot, Wanted::Unknown, lot, state, witness));
    }
    contenders
}

/// Takes the ads that want the impression and ask enough for it, and looks at none of them: the first that is will
/// mostly be the last. Only an ad that may bid for a deal is looked at, since its price is the deal's affair.
///
/// # Errors
/// Why no ad wants the impression, if none does.
pub fn wanting<'a>(
    lot: &Lot<'a>,
    state: &mut impl State,
    witness: &mut impl Witness,
) -> Result<BumpVec<'a, Contender<'a>>, NoBidReason> {
    let Lot {
        desk,
        visit,
        opportunity,
        arena,
        ..
    } = *lot;
    let (index, rates) = (desk.book.index(), desk.book.rates());
    let found = index.find(lot.said, visit, opportunity, desk.terms, arena);
    if found.slots.is_empty() {
        return Err(found.refused);
    }
    let mut contenders = BumpVec::with_capacity_in(found.slots.len(), arena);
    let imp = opportunity.imp.id;
    for &slot in found.slots {
        if !opportunity.deals.is_empty() && index.asks_for_deals(slot) {
            contenders.extend(looked_at(slot, wanted(slot, lot), lot, state, witness));
            continue;
        }
        let (asking, own) = (desk.terms.asking(slot), index.currency(slot));
        let refused = match rates.cpm(asking, own, visit.currency, Rounding::Down) {
            None => NoBidReason::NoRate,
            Some(price) if price < opportunity.floor => NoBidReason::Floor,
            Some(price) if price <= Cpm::ZERO => NoBidReason::PriceTooLow,
            Some(price) => {
                contenders.push(Contender {
                    slot,
                    guaranteed: false,
                    price,
                    looked_at: None,
                    roll: 0,
                });
                continue;
            }
        };
        witness.ad_refused(imp, slot, refused, || refused.sentence().to_string());
    }
    Ok(contenders)
}

/// Looks at a contender, unless that was done.
pub fn look<'a>(
    contender: &Contender<'a>,
    lot: &Lot<'a>,
    state: &mut impl State,
    witness: &mut impl Witness,
) -> Option<Contender<'a>> {
    if contender.looked_at.is_some() {
        return Some(*contender);
    }
    let seen = looked_at(
        contender.slot,
        wanted(contender.slot, lot),
        lot,
        state,
        witness,
    )?;
    debug_assert_eq!(
        seen.price, contender.price,
        "without a deal the price is what the ad asks"
    );
    Some(seen)
}

fn wanted(slot: Slot, lot: &Lot<'_>) -> Wanted {
    if lot.desk.book.index().is_exact(slot) {
        Wanted::Known
    } else {
        Wanted::Unknown
    }
}

fn looked_at<'a>(
    slot: Slot,
    wanted: Wanted,
    lot: &Lot<'a>,
    state: &mut impl State,
    witness: &mut impl Witness,
) -> Option<Contender<'a>> {
    let Lot {
        desk,
        visit,
        opportunity,
        arena,
        ..
    } = *lot;
    let imp = opportunity.imp.id;
    let offer = desk.book.offer(slot);
    let eligible = match eligibility::check(slot, offer, wanted, visit, opportunity, state, arena) {
        Ok(eligible) => eligible,
        Err(reason) => {
            witness.ad_refused(imp, slot, reason, || reason.sentence().to_string());
            return None;
        }
    };
    let terms = eligible.terms;
    match pricing::price(eligible, visit, opportunity, desk.book.rates()) {
        Ok(priced) => Some(Contender {
            slot,
            guaranteed: priced.is_guaranteed(),
            price: priced.price,
            looked_at: Some(arena.alloc(priced)),
            roll: 0,
        }),
        Err(refused) => {
            witness.ad_refused(imp, slot, refused.reason, || {
                refused.sentence(
                    visit,
                    &pricing::reckoning(&terms, offer.advertiser.currency),
                )
            });
            None
        }
    }
}
