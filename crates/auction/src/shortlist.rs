//! The ads that an impression is decided between, and what each asks.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use campaign::experiment::Arm;
use campaign::money::{Cpm, Rounding};

use crate::book::Slot;
use crate::candidates;
use crate::decide::Desk;
use crate::dice::Dice;
use crate::eligibility::{self, Eligible, Wanted};
use crate::index::{For, Said, Search, Wanting};
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

/// The ads that one impression is decided between.
pub struct Shortlist<'a> {
    /// Those who are in.
    pub contenders: BumpVec<'a, Contender<'a>>,
    /// Where the others are: rows of the book that were not read. `None` where all are in.
    others: Option<Search<'a>>,
}

impl Contender<'_> {
    /// Who is before others: a guaranteed deal, then the higher price.
    pub fn rank(&self) -> (bool, Cpm) {
        (self.guaranteed, self.price)
    }
}

/// Looks at every ad, and tells of each that does not come in.
pub fn every_ad<'a>(
    lot: &Lot<'a>,
    state: &mut impl State,
    witness: &mut impl Witness,
) -> Shortlist<'a> {
    let mut contenders = BumpVec::new_in(lot.arena);
    for &slot in candidates::every(lot.desk.book, lot.opportunity.imp, lot.arena) {
        contenders.extend(looked_at(slot, Wanted::Unknown, lot, state, witness));
    }
    Shortlist {
        contenders,
        others: None,
    }
}

/// Takes the ads that want the impression and ask enough for it, the dearest first and the others only if it comes to
/// them, and looks at none: the first that is will mostly be the last. Only an ad that may bid for a deal is looked at,
/// and at once, since its price is the deal's affair.
pub fn wanting<'a>(
    lot: &Lot<'a>,
    state: &mut impl State,
    witness: &mut impl Witness,
) -> Shortlist<'a> {
    let (desk, about) = (lot.desk, (lot.visit, lot.opportunity));
    let index = desk.book.index();
    let mut search = index.search(For::TheBest, lot.said, about, desk.terms, lot.arena);
    let mut contenders = BumpVec::with_capacity_in(USUAL, lot.arena);
    if !lot.opportunity.deals.is_empty() {
        let mut row = 0;
        while let Some(wanting) = search.next_with_deals(&mut row) {
            bring_in(wanting, &mut contenders, lot, state, witness);
        }
    }
    Shortlist {
        contenders,
        others: Some(search),
    }
}

/// There is room for so many contenders before their list has to move: those of a row or two.
const USUAL: usize = 32;

impl<'a> Shortlist<'a> {
    /// Brings in all others who may bid as much as the best of those from `first` on, and if it comes to that, those of
    /// some rows more.
    pub fn bring_in_rivals(
        &mut self,
        first: usize,
        rows_more: usize,
        lot: &Lot<'a>,
        state: &mut impl State,
        witness: &mut impl Witness,
    ) {
        let Some(search) = &mut self.others else {
            return;
        };
        // Where only deals may bid, whoever asks for one is in.
        if lot.opportunity.private_auction {
            return;
        }
        let (floor, currency) = (lot.opportunity.floor, lot.visit.currency);
        let best_of = |contenders: &[Contender<'a>]| contenders.iter().map(Contender::rank).max();
        let mut best = best_of(&self.contenders[first..]);
        let raised = lot.desk.book.raised_percent(lot.visit);
        let (mut row, mut rows_more) = (0, rows_more);
        loop {
            // A guaranteed deal has no rivals but those who are in.
            let least = match best {
                Some((true, _)) => return,
                Some((false, price)) if rows_more == 0 => price.max(floor),
                _ => floor,
            };
            // Who is tried may bid more than the terms say, by which rows are left unread.
            let least = lot.desk.terms.dollars_for(least, currency);
            let least = before_arms(least, raised);
            let Some(wanting) = search.next(&mut row, least) else {
                return;
            };
            let before = self.contenders.len();
            bring_in(wanting, &mut self.contenders, lot, state, witness);
            best = best.max(best_of(&self.contenders[before..]));
            rows_more = rows_more.saturating_sub(1);
        }
    }

    /// Why nobody bids, if nobody does: the furthest of what those said who were brought in, or what left the others
    /// out.
    pub fn refused(&mut self, furthest: NoBidReason) -> NoBidReason {
        let Some(search) = &mut self.others else {
            return furthest;
        };
        // Whoever was not brought in asks less than the floor.
        let mut row = 0;
        while !search.has_found() || furthest < NoBidReason::Floor {
            match search.next(&mut row, i64::MIN) {
                Some(wanting) if !wanting.is_empty() => return furthest.max(NoBidReason::Floor),
                Some(_) => {}
                None if search.has_found() => break,
                None => return search.refused(),
            }
        }
        furthest
    }
}

/// What an ad must ask at least for this to be bid, where its arm bids so many percent of what it asks at most.
fn before_arms(least: i64, raised_percent: u32) -> i64 {
    match raised_percent {
        Arm::UNCHANGED_PERCENT => least,
        raised => {
            let asked = i128::from(least) * i128::from(Arm::UNCHANGED_PERCENT);
            // It is nearer to nothing than what it is made of.
            asked.div_euclid(i128::from(raised)) as i64
        }
    }
}

/// Takes those of a row who ask enough, and looks at those who may bid for a deal.
fn bring_in<'a>(
    wanting: Wanting,
    contenders: &mut BumpVec<'a, Contender<'a>>,
    lot: &Lot<'a>,
    state: &mut impl State,
    witness: &mut impl Witness,
) {
    let Lot {
        desk,
        visit,
        opportunity,
        ..
    } = *lot;
    let (index, rates) = (desk.book.index(), desk.book.rates());
    wanting.for_each(|slot| {
        if !opportunity.deals.is_empty() && index.asks_for_deals(slot) {
            contenders.extend(looked_at(slot, wanted(slot, lot), lot, state, witness));
            return;
        }
        let own = index.currency(slot);
        let asking = match desk.book.arm(slot, visit) {
            Some(arm) => arm.bid(desk.terms.asking(slot), desk.terms.get(slot).max_bid),
            None => desk.terms.asking(slot),
        };
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
                return;
            }
        };
        witness.ad_refused(opportunity.imp.id, slot, refused, || {
            refused.sentence().to_string()
        });
    });
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
    let eligible =
        match eligibility::check(slot, desk.book, wanted, visit, opportunity, state, arena) {
            Ok(eligible) => eligible,
            Err(reason) => {
                witness.ad_refused(imp, slot, reason, || reason.sentence().to_string());
                return None;
            }
        };
    let Eligible {
        offer, terms, arm, ..
    } = eligible;
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
                let reckoning = pricing::reckoning(&terms, arm, offer.advertiser.currency);
                refused.sentence(visit, &reckoning)
            });
            None
        }
    }
}
