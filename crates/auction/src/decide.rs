//! One request decided: the whole trade, in the order in which it happens.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use campaign::exchange::Exchange;
use campaign::time::Timestamp;
use openrtb::request::Imp;
use openrtb::response::{Bid, BidResponse, SeatBid};

use crate::book::Book;
use crate::dice::{Dice, DiceKey};
use crate::index::Said;
use crate::markup::Renderer;
use crate::opportunity::{Opportunity, Visit};
use crate::privacy::Reduced;
use crate::reason::NoBidReason;
use crate::response;
use crate::selection;
use crate::shortlist::{self, Lot};
use crate::state::{State, Witness};
use crate::terms::Terms;
use crate::token::TokenKeys;

/// What a decision needs besides the request: nothing of it changes while the request is decided.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// What may be sold.
    pub book: &'a Book,
    /// The terms of the book's ads, by which those that are worth a look are found. Asked of an ad that is looked at,
    /// the [`State`] has the last word.
    pub terms: &'a Terms,
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
    let desk = &*arena.alloc(*desk);
    let said = desk.book.index().hear(visit, arena);
    let mut bids = BumpVec::new_in(arena);
    let mut seats = BumpVec::new_in(arena);
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
        match decide_impression(desk, visit, said, (index, imp), state, witness, arena) {
            Ok((bid, seat)) => {
                bids.push(bid);
                seats.push(seat);
            }
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
    Ok(BidResponse {
        id: visit.request.id,
        seatbid: by_seat(bids, &seats, arena),
        bidid: Some(first.id),
        cur: Some(arena.alloc_str(visit.currency.code())),
        ..BidResponse::default()
    })
}

/// The bids of each seat together. Mostly there is but one.
fn by_seat<'a>(bids: &'a [Bid<'a>], seats: &[&'a str], arena: &'a Bump) -> &'a [SeatBid<'a>] {
    let of = |bid, seat| SeatBid {
        bid,
        seat: Some(seat),
        ..SeatBid::default()
    };
    let mut all = BumpVec::new_in(arena);
    for (place, seat) in seats.iter().enumerate() {
        if seats[..place].contains(seat) {
            continue;
        }
        if seats.iter().all(|other| other == seat) {
            all.push(of(bids, *seat));
            break;
        }
        let theirs = bids.iter().zip(seats).filter(|(_, other)| *other == seat);
        let theirs = BumpVec::from_iter_in(theirs.map(|(bid, _)| *bid), arena);
        all.push(of(theirs.into_bump_slice(), *seat));
    }
    all.into_bump_slice()
}

/// More impressions than any exchange sends in one request; those after them are not looked at.
const MAX_IMPRESSIONS: u16 = 128;

fn decide_impression<'a, W: Witness>(
    desk: &'a Desk<'a>,
    visit: &'a Visit<'a>,
    said: Said<'a>,
    (index, imp): (u16, &'a Imp<'a>),
    state: &mut impl State,
    witness: &mut W,
    arena: &'a Bump,
) -> Result<(Bid<'a>, &'a str), NoBidReason> {
    let (market, rates) = (desk.book.market(), desk.book.rates());
    let opportunity = Opportunity::read(imp, index, visit, market, rates, arena)?;
    let lot = Lot {
        desk,
        visit,
        said,
        opportunity: arena.alloc(opportunity),
        dice: Dice::new(desk.dice, visit.exchange.id, visit.request.id, imp.id),
        arena,
    };
    let mut furthest = Furthest {
        witness,
        reason: NoBidReason::NoSupportedFormat,
    };
    let mut shortlist = if W::EVERY_AD {
        shortlist::every_ad(&lot, state, &mut furthest)
    } else {
        shortlist::wanting(&lot, state, &mut furthest)
    };
    let selected = selection::select(&mut shortlist, &lot, state, &mut furthest);
    let selected = selected.ok_or_else(|| shortlist.refused(furthest.reason))?;
    let creative = response::choose_creative(&selected, &lot.dice);
    let bid = response::bid(
        desk,
        &selected,
        creative,
        visit,
        lot.opportunity,
        state,
        arena,
    );
    Ok((
        bid,
        selected.priced.deal.map_or(visit.seat, |open| open.seat),
    ))
}

/// Passes refusals on, and keeps the one that came furthest.
struct Furthest<'w, W> {
    witness: &'w mut W,
    reason: NoBidReason,
}

impl<W: Witness> Witness for Furthest<'_, W> {
    const EVERY_AD: bool = W::EVERY_AD;

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
