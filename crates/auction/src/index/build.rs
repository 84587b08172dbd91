//! An index made of a book's ads.

use std::collections::BTreeSet;

use campaign::country::Country;
use campaign::creative::{Material, Size};
use campaign::targeting::{Condition, Expression};

use crate::book::Offer;
use crate::reason::NoBidReason;

use super::chunk::{ADS, Chunk, Lanes};
use super::clause::{self, Clauses, Vocabulary};
use super::posting::{EXCLUDE, Posting, SPARSE_PER_CHUNK, Use};
use super::term::{Attribute, TermId, shape};
use super::zone::Zone;
use super::{Index, LAYERS, Layer, SPARE_LAYERS};

pub fn build(offers: &[Offer]) -> Index {
    let mut draft = Draft {
        vocabulary: Vocabulary::default(),
        lists: Vec::new(),
        with_clause: vec![Vec::new(); LAYERS],
        reasons: [NoBidReason::Geo; LAYERS],
    };
    let chunks = offers.len().div_ceil(ADS);
    let mut exact = vec![Chunk::EMPTY; chunks];
    let mut deals = vec![Chunk::EMPTY; chunks];
    for (place, offer) in offers.iter().enumerate() {
        if draft.add(place as u32, offer) {
            exact[place / ADS].insert(place % ADS);
        }
        if !offer.deals.is_empty() {
            deals[place / ADS].insert(place % ADS);
        }
    }
    let mut index = draft.finish(offers.len());
    index.sizes = banner_sizes(offers);
    index.currencies = offers
        .iter()
        .map(|offer| offer.advertiser.currency)
        .collect();
    index.exact = exact;
    index.deals = deals;
    index
}

/// What is gathered ad by ad.
struct Draft {
    vocabulary: Vocabulary,
    /// By term, the ads that ask about it, by layer.
    lists: Vec<Vec<(u8, Vec<u32>)>>,
    /// By layer, the ads that have a clause there.
    with_clause: Vec<Vec<u32>>,
    reasons: [NoBidReason; LAYERS],
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
        let mut shapes = self
            .vocabulary
            .add(offer.creatives.iter().map(|creative| shape(creative)));
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
        for term in exclude {
            self.list(term, EXCLUDE, place);
        }
        exact
    }

    fn include(&mut self, place: u32, layer: usize, terms: &[TermId]) {
        self.with_clause[layer].push(place);
        for term in terms {
            self.list(*term, layer as u8, place);
        }
    }

    fn list(&mut self, term: TermId, layer: u8, place: u32) {
        let at = term.0 as usize;
        if self.lists.len() <= at {
            self.lists.resize_with(at + 1, Vec::new);
        }
        let of_term = &mut self.lists[at];
        let known = of_term.iter().position(|(known, _)| *known == layer);
        let known = known.unwrap_or_else(|| {
            of_term.push((layer, Vec::new()));
            of_term.len() - 1
        });
        let list = &mut of_term[known].1;
        if list.last() != Some(&place) {
            list.push(place);
        }
    }

    fn attribute(&self, term: TermId) -> Attribute {
        self.vocabulary.dictionary.term(term).attribute
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
        let mut layer_opens = [None; LAYERS];
        for (number, with_clause) in self.with_clause.iter().enumerate() {
            // A layer without clauses lets everybody in, but for the one of shapes, whose bits end where the book does.
            if with_clause.is_empty() {
                continue;
            }
            let open = index.add_dense(0..ads as u32);
            with_clause
                .iter()
                .for_each(|place| index.remove(open, *place));
            layer_opens[number] = Some(open);
            index.layers.push(Layer {
                number: number as u8,
                reason: self.reasons[number],
                open,
                open_count: (ads - with_clause.len()) as u32,
            });
        }
        for (term, of_term) in (0..).map(TermId).zip(&self.lists) {
            let attribute = index.dictionary.term(term).attribute;
            index.asked |= 1 << attribute as u64;
            index.uses_from.push(index.uses.len() as u32);
            for (layer, places) in of_term {
                let open = layer_opens.get(usize::from(*layer)).copied().flatten();
                let posting = index.add_posting(places, open);
                let count = places.len() as u32;
                index.uses.push(Use {
                    layer: *layer,
                    attribute,
                    count,
                    posting,
                });
            }
        }
        index
            .uses_from
            .resize(index.dictionary.len() + 1, index.uses.len() as u32);
        index
    }
}

impl Index {
    /// Keeps a set of ads. One that lets in is kept together with the ads that are let in anyway.
    fn add_posting(&mut self, places: &[u32], open: Option<u32>) -> Posting {
        let chunks = self.chunks_per_set();
        if places.len() <= SPARSE_PER_CHUNK * chunks {
            let from = self.places.len() as u32;
            self.places.extend_from_slice(places);
            return Posting::Sparse(from, self.places.len() as u32);
        }
        let dense = self.add_dense(places.iter().copied());
        if let Some(open) = open {
            for chunk in 0..chunks {
                let too = self.chunks[open as usize + chunk];
                self.chunks[dense as usize + chunk].insert_all(&too);
            }
        }
        Posting::Dense(dense)
    }

    fn add_dense(&mut self, places: impl Iterator<Item = u32>) -> u32 {
        let from = self.chunks.len();
        self.chunks
            .resize(from + self.chunks_per_set(), Chunk::EMPTY);
        for place in places {
            let place = place as usize;
            self.chunks[from + place / ADS].insert(place % ADS);
        }
        from as u32
    }

    fn remove(&mut self, set: u32, place: u32) {
        let place = place as usize;
        self.chunks[set as usize + place / ADS].remove(place % ADS);
    }
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

/// The first of the countries that the expression asks for.
fn country(expression: &Expression) -> Option<Country> {
    match expression {
        Expression::Is(Condition::Country(set)) => set.first().copied(),
        Expression::Is(Condition::Region(list)) => list.first().map(|region| region.country),
        Expression::All(parts) | Expression::Any(parts) => parts.iter().find_map(country),
        _ => None,
    }
}

/// By what ads are put into the order of their slots: those of the same format, size and country stand together.
pub fn order(offer: &Offer) -> (u64, Option<Country>) {
    let shape = offer
        .creatives
        .iter()
        .map(|creative| shape(creative).number)
        .min();
    (shape.unwrap_or(0), country(&offer.ad.targeting))
}
