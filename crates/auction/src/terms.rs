//! The terms of all ads of a book, read by every decision and changed ad by ad.
//!
//! A table is copied in time that does not depend on how much an ad's terms weigh: its parts are shared between copies
//! until one of them changes a part. So a change of one ad is published at once, however large the book is.

use std::sync::Arc;

use campaign::money::Cpm;
use campaign::time::Timestamp;

use crate::book::{AdTerms, Book, Offer, Slot};
use crate::index::row::{ROW, Row};
use crate::pricing;
use crate::reason::NoBidReason;

/// The terms of all ads of a book, in the order of slots.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    parts: Vec<Arc<Part>>,
    /// The ads that may bid at all.
    open: Vec<Arc<Row>>,
}

/// How many ads' terms are copied when one changes.
const PART: usize = 256;

#[derive(Clone, Debug)]
struct Part {
    terms: Vec<AdTerms>,
    /// What each ad would bid, in its own currency, before floors and deals: apart from the rest, so that ranking
    /// hundreds of ads reads few cache lines.
    asking: [Cpm; PART],
}

impl Terms {
    /// The terms of a book's ads, as `of` gives them, at this time.
    pub fn new(book: &Book, now: Timestamp, mut of: impl FnMut(&Offer) -> AdTerms) -> Terms {
        let mut open = vec![Row::EMPTY; book.offers().len().div_ceil(ROW)];
        let parts = book
            .offers()
            .chunks(PART)
            .enumerate()
            .map(|(number, offers)| {
                let terms: Vec<AdTerms> = offers.iter().map(&mut of).collect();
                for (place, (offer, terms)) in (number * PART..).zip(offers.iter().zip(&terms)) {
                    if is_open(offer, terms, now) {
                        open[place / ROW].insert(place % ROW);
                    }
                }
                let mut asking = [Cpm::ZERO; PART];
                for (asking, terms) in asking.iter_mut().zip(&terms) {
                    *asking = pricing::asking(terms);
                }
                Arc::new(Part { terms, asking })
            });
        let parts = parts.collect();
        Terms {
            parts,
            open: open.into_iter().map(Arc::new).collect(),
        }
    }

    /// An ad's terms.
    pub fn get(&self, slot: Slot) -> &AdTerms {
        let (part, place) = place(slot);
        &self.parts[part].terms[place]
    }

    /// Changes an ad's terms. `offer` is the ad in this place of the book that the table was made for.
    pub fn set(&mut self, slot: Slot, offer: &Offer, terms: AdTerms, now: Timestamp) {
        let (part, place) = place(slot);
        let part = Arc::make_mut(&mut self.parts[part]);
        part.terms[place] = terms;
        part.asking[place] = pricing::asking(&terms);
        let slot = slot.0 as usize;
        let row = Arc::make_mut(&mut self.open[slot / ROW]);
        if is_open(offer, &terms, now) {
            row.insert(slot % ROW);
        } else {
            row.remove(slot % ROW);
        }
    }

    /// What the ad would bid, in its own currency, before floors and deals.
    pub fn asking(&self, slot: Slot) -> Cpm {
        let (part, place) = place(slot);
        self.parts[part].asking[place]
    }

    /// The ads of one of the book's rows that may bid at all.
    pub(crate) fn open(&self, row: usize) -> &Row {
        &self.open[row]
    }

    /// Why an ad that is not open is not.
    pub(crate) fn why_closed(&self, slot: Slot) -> NoBidReason {
        self.get(slot).halted.unwrap_or(NoBidReason::OutsideFlight)
    }
}

fn place(slot: Slot) -> (usize, usize) {
    (slot.0 as usize / PART, slot.0 as usize % PART)
}

/// Whether the ad may bid now or later: not one that is halted, nor one whose flight is over. One whose flight has not
/// begun is open, since nothing tells a table that time has passed; a decision looks at the flight itself.
fn is_open(offer: &Offer, terms: &AdTerms, now: Timestamp) -> bool {
    let over = |end: Option<Timestamp>| end.is_some_and(|end| end <= now);
    terms.halted.is_none() && !over(offer.ad.flight.end) && !over(offer.campaign.flight.end)
}
