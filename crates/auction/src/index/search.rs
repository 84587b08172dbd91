//! The search itself: what a request says against the sets of ads.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use crate::book::Slot;
use crate::opportunity::{Opportunity, Visit};
use crate::reason::NoBidReason;
use crate::terms::Terms;

use super::chunk::{ADS, Chunk, ROW, ROWS, Rows};
use super::posting::{EXCLUDE, Posting, Use};
use super::{Index, LAYERS};

/// The ads that want an impression.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Who they are, in the order of slots.
    pub slots: &'a [Slot],
    /// Why there are none, if there are none: where the last of them were left out.
    pub refused: NoBidReason,
}

/// The sets that are read for one layer, or to exclude: ranges of the plan's lists.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    dense: (u32, u32),
    sparse: (u32, u32),
    /// The ads without a clause in the layer, where no dense set holds them too.
    open: Option<u32>,
    /// Whether it goes before the others, whatever they leave.
    turn: u8,
    /// How many ads it may leave, at most.
    leaves: u32,
    /// Why an ad that it leaves out does not bid.
    reason: Option<NoBidReason>,
}

/// A sparse set, and how far it was read.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    at: u32,
    end: u32,
}

/// What is to be read, in this order.
struct Plan<'a> {
    steps: BumpVec<'a, Step>,
    exclude: Step,
    dense: BumpVec<'a, u32>,
    sparse: BumpVec<'a, Cursor>,
}

/// Goes through the book chunk by chunk; a chunk that has nobody left is over.
pub fn search<'a>(
    index: &Index,
    said: [&[Use]; 2],
    visit: &Visit<'_>,
    opportunity: &Opportunity<'_>,
    terms: &Terms,
    arena: &'a Bump,
) -> Found<'a> {
    let Plan {
        steps,
        exclude,
        dense,
        mut sparse,
    } = plan(index, said, opportunity, arena);
    let mut slots = BumpVec::with_capacity_in(64, arena);
    // Empty whenever a step begins.
    let mut scattered = Chunk::EMPTY;
    let mut furthest = 0;
    let mut refused = None;
    'chunks: for chunk in 0..index.chunks_per_set() {
        let mut rows = Rows::first((index.ads - chunk * ADS).div_ceil(ROW).min(ROWS));
        let mut kept = Chunk::FULL;
        for (depth, step) in steps.iter().enumerate() {
            let sources = Sources::read(index, step, &dense, &mut sparse, chunk, &mut scattered);
            rows = index.lanes.keep(&mut kept, sources.list(), rows);
            if sources.scatters {
                scattered = Chunk::EMPTY;
            }
            if rows.is_empty() {
                furthest = furthest.max(depth);
                continue 'chunks;
            }
        }
        furthest = steps.len();
        let sources = Sources::read(index, &exclude, &dense, &mut sparse, chunk, &mut scattered);
        if !sources.list().is_empty() {
            rows = index.lanes.drop(&mut kept, sources.list(), rows);
            if sources.scatters {
                scattered = Chunk::EMPTY;
            }
        }
        if opportunity.private_auction && !rows.is_empty() {
            rows = index.lanes.keep(&mut kept, &[&index.deals[chunk]], rows);
            if rows.is_empty() {
                refused = refused.or(Some(NoBidReason::PrivateAuction));
            }
        }
        let slot = |place: usize| Slot((chunk * ADS + place) as u32);
        let before = slots.len();
        kept.for_each_in_both(terms.open(chunk), rows, |place| slots.push(slot(place)));
        if slots.len() == before && refused.is_none() {
            let mut closed = None;
            kept.for_each_in_both(&Chunk::FULL, rows, |place| {
                closed = closed.or(Some(slot(place)));
            });
            refused = closed.map(|slot| terms.why_closed(slot));
        }
    }
    let left_out = || steps.get(furthest).unwrap_or(&exclude).reason;
    let refused = refused
        .or_else(left_out)
        .unwrap_or(NoBidReason::NoSupportedFormat);
    Found {
        slots: slots.into_bump_slice(),
        refused: without_right(refused, visit),
    }
}

/// Without the right to look, the answer is not "no such user" but "no right".
fn without_right(reason: NoBidReason, visit: &Visit<'_>) -> NoBidReason {
    match reason {
        NoBidReason::Segment | NoBidReason::Age if !visit.personal => NoBidReason::NoConsent,
        reason => reason,
    }
}

/// Sorts what was heard by layer, and the layers by how many ads they leave, the fewest first.
fn plan<'a>(
    index: &Index,
    said: [&[Use]; 2],
    opportunity: &Opportunity<'_>,
    arena: &'a Bump,
) -> Plan<'a> {
    // By layer and at last for exclusions: first how many sets there are, then where the next one goes.
    let mut sets = [(0_u32, 0_u32); LAYERS + 1];
    for heard in said.iter().copied().flatten() {
        let (dense, sparse) = &mut sets[usize::from(heard.layer)];
        match heard.posting {
            Posting::Dense(_) => *dense += 1,
            Posting::Sparse(..) => *sparse += 1,
        }
    }
    let mut ranges = [Step::default(); LAYERS + 1];
    let (mut denses, mut sparses) = (0, 0);
    for (range, (dense, sparse)) in ranges.iter_mut().zip(&mut sets) {
        range.dense = (denses, denses + *dense);
        range.sparse = (sparses, sparses + *sparse);
        (denses, sparses) = (range.dense.1, range.sparse.1);
        (*dense, *sparse) = (range.dense.0, range.sparse.0);
    }
    let mut dense = bumpalo::vec![in arena; 0; denses as usize];
    let mut sparse = bumpalo::vec![in arena; Cursor { at: 0, end: 0 }; sparses as usize];
    for heard in said.iter().copied().flatten() {
        let layer = usize::from(heard.layer);
        let (next_dense, next_sparse) = &mut sets[layer];
        match heard.posting {
            Posting::Dense(chunk) => {
                dense[*next_dense as usize] = chunk;
                *next_dense += 1;
            }
            Posting::Sparse(at, end) => {
                sparse[*next_sparse as usize] = Cursor { at, end };
                *next_sparse += 1;
            }
        }
        ranges[layer].leaves += heard.count;
        ranges[layer].reason.get_or_insert(heard.attribute.reason());
    }
    let mut steps = BumpVec::with_capacity_in(index.layers.len(), arena);
    for layer in &index.layers {
        let range = ranges[usize::from(layer.number)];
        let held_too = range.dense.0 < range.dense.1 || layer.open_count == 0;
        steps.push(Step {
            open: (!held_too).then_some(layer.open),
            turn: layer.turn(),
            leaves: range.leaves + layer.open_count,
            reason: Some(layer.reason(opportunity)),
            ..range
        });
    }
    steps.sort_unstable_by_key(|step| (step.turn, step.leaves));
    Plan {
        steps,
        exclude: ranges[usize::from(EXCLUDE)],
        dense,
        sparse,
    }
}

/// The chunks of a step's sets.
struct Sources<'s> {
    list: [&'s Chunk; Sources::MOST],
    len: usize,
    /// Whether one of them is what was scattered.
    scatters: bool,
}

static NOBODY: Chunk = Chunk::EMPTY;

impl<'s> Sources<'s> {
    const MOST: usize = 16;

    /// What is in sparse sets, and what is in more dense sets than the list takes, is written into `scattered`.
    fn read(
        index: &'s Index,
        step: &Step,
        dense: &[u32],
        sparse: &mut [Cursor],
        chunk: usize,
        scattered: &'s mut Chunk,
    ) -> Sources<'s> {
        let at = |set: u32| &index.chunks[set as usize + chunk];
        let dense = &dense[step.dense.0 as usize..step.dense.1 as usize];
        let (listed, more) = dense.split_at(dense.len().min(Sources::MOST - 2));
        let mut scatters = !more.is_empty();
        for set in more {
            scattered.insert_all(at(*set));
        }
        for cursor in &mut sparse[step.sparse.0 as usize..step.sparse.1 as usize] {
            scatters |= cursor.scatter(&index.places, chunk, scattered);
        }
        let mut sources = Sources {
            list: [&NOBODY; Sources::MOST],
            len: 0,
            scatters,
        };
        listed.iter().for_each(|set| sources.push(at(*set)));
        if let Some(open) = step.open {
            sources.push(at(open));
        }
        if scatters {
            sources.push(scattered);
        }
        sources
    }

    fn push(&mut self, chunk: &'s Chunk) {
        self.list[self.len] = chunk;
        self.len += 1;
    }

    fn list(&self) -> &[&'s Chunk] {
        &self.list[..self.len]
    }
}

impl Cursor {
    /// Sets the bits of this chunk; whether it has any. Chunks come in order, and some are left out.
    fn scatter(&mut self, places: &[u32], chunk: usize, into: &mut Chunk) -> bool {
        let mut some = false;
        for place in &places[self.at as usize..self.end as usize] {
            let place = *place as usize;
            if place >= (chunk + 1) * ADS {
                break;
            }
            if place >= chunk * ADS {
                into.insert(place % ADS);
                some = true;
            }
            self.at += 1;
        }
        some
    }
}
