//! One request decided: the whole trade, in the order in which it happens.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use campaign::exchange::Exchange;
use campaign::time::Timestamp;
use openrtb::request::Imp;
use openrtb::response::{Bid, BidResponse, SeatBid};

use crate::book::Book;
use crate::candidates;
use crate::dice::DiceKey;
use crate::eligibility;
use crate::markup::Renderer;
use crate::opportunity::{Opportunity, Visit};
use crate::pricing;
use crate::privacy::Reduced;
use crate::reason::NoBidReason;
use crate::response;
use crate::selection;
use crate::state::{State, Witness};
use crate::token::TokenKeys;

/// What a decision needs besides the request: nothing of it changes while the request is decided.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// What may be sold.
    pub book: &'a Book,
    /// Where the request comes from.
    pub exchange: &'a Exchange,
    /// The time, read once.
    pub now: Timestamp,
    /// Writes markup.
    pub renderer: &'a Renderer,
    /// Signs notice URLs.
    pub keys: &'a TokenKeys,
    /// Throws the dice.
    pub dice: &'a DiceKey,
    /// Where notices go: the bidder's public address, without a slash at the end.
    pub notice_base: &'a str,
}

/// Decides a request. The error is the reason for the whole request when nothing is bid: of all
/// that stood in the way of its impressions, what came last.
pub fn decide<'a>(
    desk: &Desk<'a>,
    reduced: &'a Reduced<'a>,
    state: &mut impl State,
    witness: &mut impl Witness,
    arena: &'a Bump,
) -> Result<BidResponse<'a>, NoBidReason> {
    let visit = &*arena.alloc(Visit::read(
        reduced,
        desk.exchange,
        desk.book.rates(),
        desk.now,
        arena,
    )?);
    let mut bids = BumpVec::new_in(arena);
    let mut refused = NoBidReason::InvalidImpression;
    for skipped in visit.request.skipped {
        witness.impression_refused(skipped.id, NoBidReason::InvalidImpression);
    }
    for (index, imp) in (0..MAX_IMPRESSIONS).zip(visit.request.imp) {
        let earlier = &visit.request.imp[..usize::from(index)];
        if earlier.iter().any(|other| other.id == imp.id) {
            // A bid could not say which of the two it is for.
            refused = refused.max(NoBidReason::InvalidImpression);
            witness.impression_refused(imp.id, NoBidReason::InvalidImpression);
            continue;
        }
        match decide_impression(desk, visit, imp, index, state, witness, arena) {
            Ok(bid) => bids.push(bid),
            Err(reason) => {
                witness.impression_refused(imp.id, reason);
                refused = refused.max(reason);
            }
        }
    }
    let bids = bids.into_bump_slice();
    let Some(first) = bids.first() else {
        return Err(refused);
    };
    let seat = SeatBid {
        bid: bids,
        seat: Some(&desk.exchange.seat),
        ..SeatBid::default()
    };
    Ok(BidResponse {
        id: visit.request.id,
        seatbid: arena.alloc_slice_copy(&[seat]),
        bidid: Some(first.id),
        cur: Some(arena.alloc_str(visit.currency.code())),
        ..BidResponse::default()
    })
}

/// More impressions than any exchange sends in one request; those after them are not looked at.
const MAX_IMPRESSIONS: u16 = 128;

fn decide_impression<'a>(
    desk: &Desk<'a>,
    visit: &'a Visit<'a>,
    imp: &'a Imp<'a>,
    index: u16,
    state: &mut impl State,
    witness: &mut impl Witness,
    arena: &'a Bump,
) -> Result<Bid<'a>, NoBidReason> {
    let rates = desk.book.rates();
    let opportunity = Opportunity::read(imp, index, visit, rates, arena)?;
    let mut furthest = NoBidReason::NoSupportedFormat;
    let mut priced = BumpVec::new_in(arena);
    for &slot in candidates::find(desk.book, imp, arena) {
        let offer = desk.book.offer(slot);
        let eligible = match eligibility::check(slot, offer, visit, &opportunity, state, arena) {
            Ok(eligible) => eligible,
            Err(reason) => {
                furthest = furthest.max(reason);
                witness.ad_refused(imp.id, slot, reason, || reason.sentence().to_string());
                continue;
            }
        };
        match pricing::price(eligible, visit, &opportunity, rates) {
            Ok(ad) => priced.push(ad),
            Err(refused) => {
                furthest = furthest.max(refused.reason);
                witness.ad_refused(imp.id, slot, refused.reason, || refused.sentence(visit));
            }
        }
    }
    let some_priced = !priced.is_empty();
    let mut last = LastReason {
        witness,
        reason: furthest,
    };
    let selected = selection::select(priced, visit, &opportunity, desk.dice, state, &mut last);
    let Some(selected) = selected else {
        return Err(if some_priced { last.reason } else { furthest });
    };
    let creative = response::choose_creative(&selected, visit, &opportunity, desk.dice);
    Ok(response::bid(
        desk,
        &selected,
        creative,
        visit,
        &opportunity,
        state,
        arena,
    ))
}

/// Passes refusals on, and keeps the one that came furthest.
struct LastReason<'w, W> {
    witness: &'w mut W,
    reason: NoBidReason,
}

impl<W: Witness> Witness for LastReason<'_, W> {
    fn impression_refused(&mut self, imp: &str, reason: NoBidReason) {
        self.witness.impression_refused(imp, reason);
    }

    fn ad_refused(
        &mut self,
        imp: &str,
        slot: crate::book::Slot,
        reason: NoBidReason,
        detail: impl FnOnce() -> String,
    ) {
        self.reason = self.reason.max(reason);
        self.witness.ad_refused(imp, slot, reason, detail);
    }
}
