//! An index made of a book's ads.

use std::collections::BTreeSet;

use campaign::creative::{Material, Size};

use crate::book::Offer;
use crate::reason::NoBidReason;

use super::clause::{self, Clauses, Vocabulary};
use super::dictionary::TermId;
use super::posting::{ADS_PER_PLACE, EXCLUDE, Posting, Use};
use super::row::{ROW, Row};
use super::sieve::Lanes;
use super::term::{Attribute, shape};
use super::zone::Zone;
use super::{Index, LAYERS, Layer, SPARE_LAYERS};

pub fn build(offers: &[Offer]) -> Index {
    let mut draft = Draft {
        vocabulary: Vocabulary::default(),
        asked: Vec::new(),
        with_clause: vec![Vec::new(); LAYERS],
        reasons: [NoBidReason::Geo; LAYERS],
    };
    let rows = offers.len().div_ceil(ROW);
    let mut exact = vec![Row::EMPTY; rows];
    let mut deals = vec![Row::EMPTY; rows];
    for (place, offer) in offers.iter().enumerate() {
        if draft.add(place as u32, offer) {
            exact[place / ROW].insert(place % ROW);
        }
        if !offer.deals.is_empty() {
            deals[place / ROW].insert(place % ROW);
        }
    }
    let mut index = draft.finish(offers.len());
    index.sizes = banner_sizes(offers);
    index.currencies = offers
        .iter()
        .map(|offer| offer.advertiser.currency)
        .collect();
    index.exact = exact;
    index.deal_rows = which_hold_anybody(&deals);
    index.deals = deals;
    index
}

/// What is gathered ad by ad.
struct Draft {
    vocabulary: Vocabulary,
    /// Who asks about what, in the order of the ads.
    asked: Vec<Asked>,
    /// By layer, the ads that have a clause there.
    with_clause: Vec<Vec<u32>>,
    reasons: [NoBidReason; LAYERS],
}

/// An ad asks about a term.
#[derive(Clone, Copy)]
struct Asked {
    term: TermId,
    /// In which layer; [`EXCLUDE`] where the term shuts it out.
    layer: u8,
    place: u32,
}

impl Draft {
    /// Adds an ad. Whether its clauses say all that its expression says.
    fn add(&mut self, place: u32, offer: &Offer) -> bool {
        let zone = &offer.campaign.time_zone;
        let clauses = clause::split(&offer.ad.targeting, zone, &mut self.vocabulary);
        let Clauses {
            include,
            exclude,
            mut exact,
        } = clauses;
        let mut shapes = Vec::with_capacity(offer.creatives.len());
        self.vocabulary.add(
            offer.creatives.iter().map(|creative| shape(creative)),
            &mut shapes,
        );
        shapes.sort_unstable();
        shapes.dedup();
        let mut taken = [false; LAYERS];
        if include.iter().any(Vec::is_empty) {
            // A clause that nothing can meet: the ad is let in nowhere.
            shapes.clear();
        }
        self.include(place, Attribute::Shape as usize, &shapes);
        taken[Attribute::Shape as usize] = true;
        for terms in include.iter().filter(|terms| !terms.is_empty()) {
            let attribute = self.attribute(terms[0]);
            let spares = LAYERS - SPARE_LAYERS..LAYERS;
            let free = [attribute as usize]
                .into_iter()
                .chain(spares)
                .find(|layer| !taken[*layer]);
            let Some(layer) = free else {
                exact = false;
                continue;
            };
            taken[layer] = true;
            self.reasons[layer] = attribute.reason();
            self.include(place, layer, terms);
        }
        self.ask(place, EXCLUDE, &exclude);
        exact
    }

    fn include(&mut self, place: u32, layer: usize, terms: &[TermId]) {
        self.with_clause[layer].push(place);
        self.ask(place, layer as u8, terms);
    }

    fn ask(&mut self, place: u32, layer: u8, terms: &[TermId]) {
        let asked = terms.iter().map(|&term| Asked { term, layer, place });
        self.asked.extend(asked);
    }

    fn attribute(&self, term: TermId) -> Attribute {
        self.vocabulary.dictionary.attribute(term)
    }

    fn finish(mut self, ads: usize) -> Index {
        let Vocabulary {
            dictionary,
            tests,
            zones,
        } = std::mem::take(&mut self.vocabulary);
        let mut index = Index {
            lanes: Lanes::detect(),
            ads,
            dictionary,
            tests,
            zones: zones.into_iter().map(Zone::from).collect(),
            ..Index::default()
        };
        // By number, the place among the layers and the ads that are let in anyway. The layers that most ads have a
        // clause in leave the fewest to the others, so they come first.
        let mut layers = [None; LAYERS];
        let mut by_size: Vec<_> = self.with_clause.iter().enumerate().collect();
        by_size.sort_by_key(|(_, with_clause)| std::cmp::Reverse(with_clause.len()));
        index.asked_in = vec![0; index.rows_per_set()];
        for (number, with_clause) in by_size {
            // A layer without clauses lets everybody in, but for the one of shapes, whose bits end where the book does.
            if with_clause.is_empty() {
                continue;
            }
            let layer = index.layers.len();
            let open = index.add_open(with_clause);
            for place in with_clause {
                index.asked_in[*place as usize / ROW] |= 1 << layer;
            }
            layers[number] = Some((layer as u8, open));
            index.layers.push(Layer {
                number: number as u8,
                reason: self.reasons[number],
                open,
            });
        }
        let (from, mut asked) = by_term(&self.asked, index.dictionary.len());
        drop(self.asked);
        index.uses_from.reserve_exact(from.len());
        let mut places = Vec::new();
        for (term, bounds) in (0..).map(TermId).zip(from.windows(2)) {
            let attribute = index.dictionary.attribute(term);
            index.uses_from.push(index.uses.len() as u32);
            let of_term = &mut asked[bounds[0]..bounds[1]];
            // Most terms are asked about in one layer alone.
            of_term.sort_by_key(|(layer, _)| *layer);
            for in_layer in of_term.chunk_by(|one, other| one.0 == other.0) {
                places.clear();
                places.extend(in_layer.iter().map(|(_, place)| *place));
                places.dedup();
                index.asked |= 1 << attribute as u64;
                let layer = layers.get(usize::from(in_layer[0].0)).copied().flatten();
                let posting = index.add_posting(&places, layer.map(|(_, open)| open));
                index.uses.push(Use {
                    layer: layer.map_or(EXCLUDE, |(layer, _)| layer),
                    attribute,
                    posting,
                });
            }
        }
        index.uses_from.push(index.uses.len() as u32);
        index.shrink();
        index
    }
}

/// Sorts by term, and leaves the order of a term's ads as it was: where each term's begin, with the end of the last,
/// and each one's layer and place. It is counting sort, since there are millions and they fit no cache.
fn by_term(asked: &[Asked], terms: usize) -> (Vec<usize>, Vec<(u8, u32)>) {
    let mut from = vec![0; terms + 1];
    for asked in asked {
        from[asked.term.0 as usize + 1] += 1;
    }
    for term in 0..terms {
        from[term + 1] += from[term];
    }
    let mut next = from.clone();
    let mut sorted = vec![(0, 0); asked.len()];
    for asked in asked {
        let next = &mut next[asked.term.0 as usize];
        sorted[*next] = (asked.layer, asked.place);
        *next += 1;
    }
    (from, sorted)
}

impl Index {
    /// Gives back what was taken for more to come.
    fn shrink(&mut self) {
        self.dictionary.shrink();
        self.uses.shrink_to_fit();
        self.rows.shrink_to_fit();
        self.summaries.shrink_to_fit();
        self.places.shrink_to_fit();
    }

    /// Keeps a set of ads. One that lets in is kept together with the ads that are let in anyway.
    fn add_posting(&mut self, places: &[u32], open: Option<u32>) -> Posting {
        if places.len() * ADS_PER_PLACE <= self.ads {
            let from = self.places.len() as u32;
            self.places.extend_from_slice(places);
            return Posting::Sparse(from, self.places.len() as u32);
        }
        let rows = self.rows_per_set();
        let from = self.rows.len();
        match open {
            Some(open) => {
                let open = open as usize * rows;
                self.rows.extend_from_within(open..open + rows);
            }
            None => self.rows.resize(from + rows, Row::EMPTY),
        }
        for place in places {
            let place = *place as usize;
            self.rows[from + place / ROW].insert(place % ROW);
        }
        Posting::Dense(self.summarise())
    }

    /// Keeps the set of all ads but these.
    fn add_open(&mut self, with_clause: &[u32]) -> u32 {
        let from = self.rows.len();
        self.rows.resize(from + self.rows_per_set(), Row::FULL);
        for place in (self.ads..self.rows_per_set() * ROW)
            .chain(with_clause.iter().map(|place| *place as usize))
        {
            self.rows[from + place / ROW].remove(place % ROW);
        }
        self.summarise()
    }

    /// Says of the set that was added last in which rows it holds anybody. Its number.
    fn summarise(&mut self) -> u32 {
        let rows = self.rows_per_set();
        let number = self.rows.len() / rows - 1;
        let summary = which_hold_anybody(&self.rows[number * rows..]);
        self.summaries.extend(summary);
        number as u32
    }
}

/// A bit for each row.
fn which_hold_anybody(rows: &[Row]) -> Vec<u64> {
    let word = |rows: &[Row]| {
        let bits = rows.iter().enumerate();
        bits.fold(0, |word, (place, row)| {
            word | u64::from(!row.is_empty()) << place
        })
    };
    rows.chunks(64).map(word).collect()
}

fn banner_sizes(offers: &[Offer]) -> Vec<Size> {
    let creatives = offers.iter().flat_map(|offer| &offer.creatives);
    let sizes = creatives.filter_map(|creative| match &creative.material {
        Material::Banner(banner) => Some(banner.size),
        _ => None,
    });
    let sizes: BTreeSet<_> = sizes.collect();
    sizes.into_iter().collect()
}
