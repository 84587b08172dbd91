//! Which ads want an impression: found with sets of ads as bits, whatever their number.
//!
//! Each ad's expression is cut into clauses (`clause`): sets of terms of which at least one must be said, and terms
//! that must not be said. An ad's clauses lie in different **layers**, mostly one for each attribute. Of every layer
//! the index knows the ads that have no clause there, and of every term and layer the ads that it lets in. An ad wants
//! an impression when every layer lets it in and no term shuts it out: an AND over layers of an OR over terms, and an
//! AND NOT, done for 4,096 ads at a time, so that what one step leaves is still in the nearest cache at the next. Ads
//! of like formats and countries stand together in a book, so most chunks are over after two or three steps.
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
pub mod chunk;
mod clause;
mod posting;
mod said;
mod search;
mod term;
mod zone;

use chunk::{ADS, Chunk, Lanes};
use posting::Use;
use term::{Attribute, Dictionary, TermId};
use zone::Zone;

pub use build::order;
pub use search::Found;

/// A layer for each attribute, and some for ads that have two clauses about the same one.
const LAYERS: usize = Attribute::COUNT + SPARE_LAYERS;
const SPARE_LAYERS: usize = 3;

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
    layers: Vec<Layer>,
    /// By term, where its uses begin; one more at the end.
    uses_from: Vec<u32>,
    uses: Vec<Use>,
    /// All dense sets, one after the other, each as many chunks long as the book.
    chunks: Vec<Chunk>,
    /// All sparse sets, one after the other.
    places: Vec<u32>,
    /// The ads whose expression the index carries whole.
    exact: Vec<Chunk>,
    /// The ads that ask for a deal.
    deals: Vec<Chunk>,
    /// By slot, the currency in which the ad pays.
    currencies: Vec<Currency>,
}

/// A layer in which some ad has a clause.
#[derive(Clone, Copy, Debug)]
struct Layer {
    number: u8,
    reason: NoBidReason,
    /// The ads without a clause here: their first chunk, and how many they are.
    open: u32,
    open_count: u32,
}

impl Layer {
    /// Ads stand in the order of shape and country, so these two leave whole rows empty, which no other layer then
    /// reads. They go first.
    fn turn(&self) -> u8 {
        match self.number {
            number if number == Attribute::Shape as u8 => 0,
            number if number == Attribute::Country as u8 => 1,
            _ => 2,
        }
    }

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
    pub fn hear<'a>(&self, visit: &Visit<'_>, arena: &'a Bump) -> Said<'a> {
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
        let here = said::by_impression(self, visit, opportunity, arena);
        search::search(self, [said.0, here], visit, opportunity, terms, arena)
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
        let chunks = self.chunks.len() + self.exact.len() + self.deals.len();
        chunks * size_of::<Chunk>()
            + self.places.len() * size_of::<u32>()
            + self.uses.len() * size_of::<Use>()
            + self.currencies.len() * size_of::<Currency>()
            + self.uses_from.len() * size_of::<u32>()
            + self.dictionary.bytes()
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

    /// How many chunks each set is long.
    fn chunks_per_set(&self) -> usize {
        self.ads.div_ceil(ADS)
    }
}

fn contains(set: &[Chunk], slot: Slot) -> bool {
    let place = slot.0 as usize;
    set[place / ADS].contains(place % ADS)
}
