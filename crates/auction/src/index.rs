//! Which ads want an impression: found with sets of ads as bits, whatever their number.
//!
//! Each ad's expression is cut into clauses (`clause`): sets of terms of which at least one must be said, and terms
//! that must not be said. An ad's clauses lie in different **layers**, mostly one for each attribute. Of every layer
//! the index knows the ads that have no clause there, and of every term and layer the ads that it lets in. An ad wants
//! an impression when every layer lets it in and no term shuts it out: an AND over layers of an OR over terms, and an
//! AND NOT, done for a row of 512 ads at a time, whose bits stay in registers from the first set to the last.
//!
//! Most rows need not be read. Ads that ask much stand first in a book (`order`), and a row is left out in which nobody
//! asks as much as somebody who was found; so a bid is found in the first rows, however many follow. Of each set one
//! bit a row says whether anybody of the row is in it, and these bits are met first. Of a row that is read, those
//! layers are left out that nobody in it asks about.
//!
//! **Invariant:** what is found is what [`crate::targeting::check`] and the formats let through, no ad more and none
//! less, but for ads that the index says are not exact: those are to be checked.
//!
//! The idea of counting clauses over sets is that of "Indexing Boolean Expressions" (Whang et al., VLDB 2009); the
//! bits and blocks are those of "BitWeaving" (Li and Patel, SIGMOD 2013).

use bumpalo::Bump;
use campaign::creative::Size;
use campaign::money::Currency;
use campaign::targeting::Condition;
use campaign::time::{Timestamp, WeekHour};

use crate::book::{Offer, Slot};
use crate::opportunity::{Opportunity, Visit};
use crate::reason::NoBidReason;
use crate::terms::Terms;

mod build;
mod clause;
mod dictionary;
mod order;
mod plan;
mod posting;
pub mod row;
mod said;
mod search;
mod sieve;
mod term;
mod zone;

use dictionary::{Dictionary, TermId};
use posting::Use;
use row::{ROW, Row};
use sieve::Lanes;
use term::Attribute;
use zone::Zone;

pub use order::into_order;
pub use search::{For, Found, Search, Wanting};

/// A layer for each attribute, and some for ads that have two clauses about the same one.
const LAYERS: usize = Attribute::COUNT + SPARE_LAYERS;
const SPARE_LAYERS: usize = 3;
// A row's layers are bits of a word, and so are the steps of a search: the layers and the exclusions.
const _: () = assert!(LAYERS < 64);

/// The ads of a book by what they ask for. Immutable.
#[derive(Debug, Default)]
pub struct Index {
    lanes: Lanes,
    ads: usize,
    dictionary: Dictionary,
    tests: Vec<Condition>,
    zones: Vec<Zone>,
    /// The sizes of the banners.
    sizes: Vec<Size>,
    /// Which attributes ads ask about.
    asked: u64,
    /// Those that leave the fewest ads to others first.
    layers: Vec<Layer>,
    /// By row, the layers in which not all of its ads are let in anyway: bits in the order of the layers.
    asked_in: Vec<u64>,
    /// By term, where its uses begin; one more at the end.
    uses_from: Vec<u32>,
    uses: Vec<Use>,
    /// All dense sets, one after the other, each as many rows long as the book.
    rows: Vec<Row>,
    /// Of each dense set, a bit for each row: whether anybody of the row is in it.
    summaries: Vec<u64>,
    /// All sparse sets, one after the other.
    places: Vec<u32>,
    /// The ads whose expression the index carries whole.
    exact: Vec<Row>,
    /// The ads that ask for a deal.
    deals: Vec<Row>,
    /// The rows in which somebody does, a bit each.
    deal_rows: Vec<u64>,
    /// By slot, the currency in which the ad pays.
    currencies: Vec<Currency>,
}

/// A layer in which some ad has a clause.
#[derive(Clone, Copy, Debug)]
struct Layer {
    number: u8,
    reason: NoBidReason,
    /// The dense set of the ads without a clause here.
    open: u32,
}

impl Layer {
    /// Why an ad that the layer leaves out does not bid.
    fn reason(&self, opportunity: &Opportunity<'_>) -> NoBidReason {
        match (
            self.number == Attribute::Shape as u8,
            opportunity.imp.banner,
        ) {
            (false, _) => self.reason,
            (true, Some(_)) => NoBidReason::Size,
            (true, None) => NoBidReason::Format,
        }
    }
}

/// What a request says that holds for all its impressions.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a>(&'a [Use]);

impl Index {
    /// Reads the ads of a book, in the order of their slots.
    pub fn build(offers: &[Offer]) -> Index {
        build::build(offers)
    }

    /// Hears what a request says.
    pub fn hear<'a>(&self, visit: &'a Visit<'_>, arena: &'a Bump) -> Said<'a> {
        Said(said::by_visit(self, visit, arena))
    }

    /// The ads that want an impression and are open, in the order of slots; where there are none, why the last of them
    /// were left out.
    pub fn find<'a>(
        &self,
        said: Said<'_>,
        visit: &Visit<'_>,
        opportunity: &Opportunity<'_>,
        terms: &Terms,
        arena: &'a Bump,
    ) -> Found<'a> {
        let search = self.search(For::All, said, (visit, opportunity), terms, arena);
        search.all(arena)
    }

    /// A search for the ads that want an impression and are open, row by row.
    pub fn search<'s>(
        &'s self,
        what: For,
        said: Said<'_>,
        (visit, opportunity): (&'s Visit<'s>, &'s Opportunity<'s>),
        terms: &'s Terms,
        arena: &'s Bump,
    ) -> Search<'s> {
        let here = said::by_impression(self, visit, opportunity, arena);
        let said = [said.0, here];
        Search::new(self, what, said, (visit, opportunity), terms, arena)
    }

    /// Whether the ad wants whatever the index finds for it. Otherwise its expression is to be tested.
    pub fn is_exact(&self, slot: Slot) -> bool {
        contains(&self.exact, slot)
    }

    /// Whether the ad asks for a deal.
    pub fn asks_for_deals(&self, slot: Slot) -> bool {
        contains(&self.deals, slot)
    }

    /// The currency in which the ad pays.
    pub fn currency(&self, slot: Slot) -> Currency {
        self.currencies[slot.0 as usize]
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        let rows = self.rows.len() + self.exact.len() + self.deals.len();
        rows * size_of::<Row>()
            + (self.summaries.len() + self.asked_in.len() + self.deal_rows.len()) * size_of::<u64>()
            + self.places.len() * size_of::<u32>()
            + self.uses.len() * size_of::<Use>()
            + self.currencies.len() * size_of::<Currency>()
            + self.uses_from.len() * size_of::<u32>()
            + self.dictionary.bytes()
    }

    /// Whether any ad asks for an audience.
    pub fn asks_for_audiences(&self) -> bool {
        self.asks(Attribute::Audience)
    }

    fn asks(&self, attribute: Attribute) -> bool {
        self.asked >> attribute as u64 & 1 == 1
    }

    fn uses(&self, term: TermId) -> &[Use] {
        let (from, to) = (
            self.uses_from[term.0 as usize],
            self.uses_from[term.0 as usize + 1],
        );
        &self.uses[from as usize..to as usize]
    }

    /// The hour of the week in each of the book's time zones.
    fn hours_at(&self, now: Timestamp) -> impl Iterator<Item = (u64, WeekHour)> {
        (0..)
            .zip(&self.zones)
            .map(move |(number, zone)| (number, zone.week_hour(now)))
    }

    /// How many rows each dense set is long.
    fn rows_per_set(&self) -> usize {
        self.ads.div_ceil(ROW)
    }

    /// How many words a bit for each row takes.
    fn summary_words(&self) -> usize {
        self.rows_per_set().div_ceil(64)
    }
}

fn contains(set: &[Row], slot: Slot) -> bool {
    let place = slot.0 as usize;
    set[place / ROW].contains(place % ROW)
}
