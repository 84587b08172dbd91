//! The terms of all ads of a book, read by every decision and changed ad by ad.
//!
//! A table is copied in time that does not depend on how much an ad's terms weigh: its parts are shared between copies
//! until one of them changes a part. So a change of one ad is published at once, however large the book is.

use std::sync::Arc;

use campaign::money::{Cpm, Currency, RateTable, Rounding};
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
    /// By row of the book, the most that an open ad of it asks: a search leaves rows unread in which nobody bids as
    /// much as an ad that it has found.
    tops: Vec<Dollars>,
    /// The like of 64 rows together.
    tops_of_64: Vec<Dollars>,
    rates: Arc<RateTable>,
}

/// What an ad asks in smallest units of a dollar, rounded up; the most there is where its currency has no rate.
pub(crate) type Dollars = i64;
/// Of an ad that is not open.
const NOTHING: Dollars = i64::MIN;

/// How many ads' terms are copied when one changes.
const PART: usize = 256;

#[derive(Clone, Debug)]
struct Part {
    terms: Vec<AdTerms>,
    /// What each ad would bid, in its own currency, before floors and deals: apart from the rest, so that ranking
    /// hundreds of ads reads few cache lines.
    asking: [Cpm; PART],
    /// What each open ad asks, in dollars.
    dollars: [Dollars; PART],
}

// The ads of a row stand in whole parts.
const _: () = assert!(ROW.is_multiple_of(PART));

impl Terms {
    /// The terms of a book's ads, as `of` gives them, at this time.
    pub fn new(book: &Book, now: Timestamp, mut of: impl FnMut(&Offer) -> AdTerms) -> Terms {
        let rows = book.offers().len().div_ceil(ROW);
        let mut open = vec![Row::EMPTY; rows];
        let mut tops = vec![NOTHING; rows];
        let rates = Arc::new(book.rates().clone());
        let parts = book
            .offers()
            .chunks(PART)
            .enumerate()
            .map(|(number, offers)| {
                let terms: Vec<AdTerms> = offers.iter().map(&mut of).collect();
                let mut asking = [Cpm::ZERO; PART];
                let mut dollars = [NOTHING; PART];
                for (place, (offer, terms)) in offers.iter().zip(&terms).enumerate() {
                    asking[place] = pricing::asking(terms);
                    if is_open(offer, terms, now) {
                        let slot = number * PART + place;
                        open[slot / ROW].insert(slot % ROW);
                        dollars[place] = in_dollars(offer, asking[place], &rates);
                        tops[slot / ROW] = tops[slot / ROW].max(dollars[place]);
                    }
                }
                Arc::new(Part {
                    terms,
                    asking,
                    dollars,
                })
            });
        let parts = parts.collect();
        Terms {
            parts,
            tops_of_64: tops.chunks(64).map(highest).collect(),
            open: open.into_iter().map(Arc::new).collect(),
            tops,
            rates,
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
        let (row, in_row) = (slot.0 as usize / ROW, slot.0 as usize % ROW);
        let open = Arc::make_mut(&mut self.open[row]);
        let dollars = if is_open(offer, &terms, now) {
            open.insert(in_row);
            in_dollars(offer, part.asking[place], &self.rates)
        } else {
            open.remove(in_row);
            NOTHING
        };
        let before = std::mem::replace(&mut part.dollars[place], dollars);
        if dollars > self.tops[row] {
            self.tops[row] = dollars;
        } else if before == self.tops[row] {
            let parts = self.parts.iter().skip(row * (ROW / PART)).take(ROW / PART);
            self.tops[row] = parts
                .map(|part| highest(&part.dollars))
                .max()
                .unwrap_or(NOTHING);
        } else {
            return;
        }
        let all = row / 64;
        let tops = self.tops.chunks(64).nth(all);
        self.tops_of_64[all] = tops.map_or(NOTHING, highest);
    }

    /// A number of dollars such that whoever asks less of it bids less than `price`, in this currency.
    pub(crate) fn dollars_for(&self, price: Cpm, currency: Currency) -> Dollars {
        let dollars = self
            .rates
            .cpm(price, currency, Currency::USD, Rounding::Down);
        dollars.map_or(NOTHING, |cpm| cpm.0)
    }

    /// The most that an open ad of a row asks.
    pub(crate) fn top(&self, row: usize) -> Dollars {
        self.tops[row]
    }

    /// The most that an open ad of 64 rows asks.
    pub(crate) fn top_of_64(&self, number: usize) -> Dollars {
        self.tops_of_64[number]
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

fn highest(dollars: &[Dollars]) -> Dollars {
    dollars.iter().copied().max().unwrap_or(NOTHING)
}

fn place(slot: Slot) -> (usize, usize) {
    (slot.0 as usize / PART, slot.0 as usize % PART)
}

fn in_dollars(offer: &Offer, asking: Cpm, rates: &RateTable) -> Dollars {
    let own = offer.advertiser.currency;
    let dollars = rates.cpm(asking, own, Currency::USD, Rounding::Up);
    dollars.map_or(Dollars::MAX, |cpm| cpm.0)
}

/// Whether the ad may bid now or later: not one that is halted, nor one whose flight is over. One whose flight has not
/// begun is open, since nothing tells a table that time has passed; a decision looks at the flight itself.
fn is_open(offer: &Offer, terms: &AdTerms, now: Timestamp) -> bool {
    let over = |end: Option<Timestamp>| end.is_some_and(|end| end <= now);
    terms.halted.is_none() && !over(offer.ad.flight.end) && !over(offer.campaign.flight.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Inventory;

    #[test]
    fn nobody_asks_less_than_a_price_and_bids_it() {
        let mut rates = RateTable::default();
        let currencies =
            ["USD", "EUR", "JPY", "VND"].map(|code| Currency::parse(code).expect("ISO"));
        for (currency, worth) in
            currencies
                .iter()
                .zip(["1", "1.087654321", "0.006543217", "0.000039123"])
        {
            rates.set(*currency, worth).expect("a rate");
        }
        let book = Book::build(Inventory {
            rates: rates.clone(),
            ..Inventory::default()
        });
        let terms = Terms::new(&book, Timestamp(0), |_| unreachable!("there is no ad"));
        for own in currencies {
            for answer in currencies {
                for asking in (0..20_000_000).step_by(9_973).map(Cpm) {
                    let price = rates
                        .cpm(asking, own, answer, Rounding::Down)
                        .expect("rates");
                    let asks = rates
                        .cpm(asking, own, Currency::USD, Rounding::Up)
                        .expect("rates")
                        .0;
                    assert!(
                        asks >= terms.dollars_for(price, answer),
                        "{asking:?} {own} {answer}"
                    );
                }
            }
        }
    }
}
