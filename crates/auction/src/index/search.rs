//! The search itself: what a request says against the sets of ads.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use crate::book::Slot;
use crate::opportunity::{Opportunity, Visit};
use crate::reason::NoBidReason;
use crate::terms::Terms;

use super::posting::{EXCLUDE, Posting, Use};
use super::row::{ROW, Row};
use super::sieve::{Sieve, Step};
use super::{Index, LAYERS};

/// The ads that want an impression.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Who they are, in the order of slots.
    pub slots: &'a [Slot],
    /// Why there are none, if there are none: where the last of them were left out.
    pub refused: NoBidReason,
}

/// What is to be read.
struct Plan<'a> {
    /// By layer, and at last the exclusions.
    steps: [Sources; LAYERS + 1],
    /// The numbers of dense sets.
    dense: BumpVec<'a, u32>,
    /// Sparse sets: from here to there.
    sparse: BumpVec<'a, (u32, u32)>,
    /// The steps that have sparse sets, a bit each.
    with_sparse: u64,
    /// Why ads are shut out, where some may be.
    shut_out: Option<NoBidReason>,
}

/// The sets of one step: ranges of the plan's lists.
#[derive(Clone, Copy, Debug, Default)]
struct Sources {
    dense: (u32, u32),
    sparse: (u32, u32),
}

/// Goes through the rows in which somebody may be left, one after the other.
pub fn search<'a>(
    index: &Index,
    said: [&[Use]; 2],
    visit: &Visit<'_>,
    opportunity: &Opportunity<'_>,
    terms: &Terms,
    arena: &'a Bump,
) -> Found<'a> {
    let plan = plan(index, said, arena);
    let layers = &index.layers[..];
    let (left, mut furthest) = rows_left(index, &plan, arena);
    let scattered = scatter(index, &plan, left, arena);
    let first_rows = plan
        .dense
        .iter()
        .map(|set| set * index.rows_per_set() as u32);
    let sets = arena.alloc_slice_fill_iter(first_rows);
    let sieve = Sieve {
        rows: &index.rows,
        sets,
        scattered: &scattered.rows,
        tables: &scattered.tables,
        steps: &scattered.steps[..layers.len()],
        exclude: scattered.steps[layers.len()],
    };
    let mut slots = BumpVec::with_capacity_in(64, arena);
    let mut refused = None;
    for row in rows_of(left) {
        let sifted = sieve.sift(index.lanes, row, index.asked_in[row]);
        let mut kept = match sifted {
            Ok(kept) => kept,
            Err(layer) => {
                furthest = furthest.max(layer);
                continue;
            }
        };
        furthest = layers.len();
        if opportunity.private_auction && !kept.is_empty() {
            kept = kept.and(&index.deals[row]);
            if kept.is_empty() {
                refused = refused.or(Some(NoBidReason::PrivateAuction));
            }
        }
        let slot = |place: usize| Slot((row * ROW + place) as u32);
        let open = kept.and(terms.open(row));
        open.for_each(|place| slots.push(slot(place)));
        if refused.is_none() && slots.is_empty() && !kept.is_empty() {
            let mut closed = None;
            kept.for_each(|place| closed = closed.or(Some(slot(place))));
            refused = closed.map(|slot| terms.why_closed(slot));
        }
    }
    let left_out = || match layers.get(furthest) {
        Some(layer) => Some(layer.reason(opportunity)),
        None => plan.shut_out,
    };
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

/// Sorts what was heard by layer.
fn plan<'a>(index: &Index, said: [&[Use]; 2], arena: &'a Bump) -> Plan<'a> {
    let last = index.layers.len();
    let step_of = |heard: &Use| match heard.layer {
        EXCLUDE => last,
        layer => usize::from(layer),
    };
    // First how many sets each step has, then where its next one goes.
    let mut next = [(0_u32, 0_u32); LAYERS + 1];
    for heard in said.iter().copied().flatten() {
        let (dense, sparse) = &mut next[step_of(heard)];
        match heard.posting {
            Posting::Dense(_) => *dense += 1,
            Posting::Sparse(..) => *sparse += 1,
        }
    }
    let mut plan = Plan {
        steps: [Sources::default(); LAYERS + 1],
        dense: BumpVec::new_in(arena),
        sparse: BumpVec::new_in(arena),
        with_sparse: 0,
        shut_out: None,
    };
    let (mut denses, mut sparses) = (0, 0);
    for (number, (dense, sparse)) in next[..=last].iter_mut().enumerate() {
        // Dense sets hold the ads without a clause in the layer too. Where there are none, these have a set.
        let open = number < last && *dense == 0;
        let (first_dense, first_sparse) = (denses, sparses);
        denses += *dense + u32::from(open);
        sparses += *sparse;
        plan.with_sparse |= u64::from(*sparse != 0) << number;
        plan.steps[number] = Sources {
            dense: (first_dense, denses),
            sparse: (first_sparse, sparses),
        };
        (*dense, *sparse) = (first_dense, first_sparse);
    }
    plan.dense.resize(denses as usize, 0);
    plan.sparse.resize(sparses as usize, (0, 0));
    for heard in said.iter().copied().flatten() {
        let step = step_of(heard);
        let (next_dense, next_sparse) = &mut next[step];
        match heard.posting {
            Posting::Dense(set) => {
                plan.dense[*next_dense as usize] = set;
                *next_dense += 1;
            }
            Posting::Sparse(from, to) => {
                plan.sparse[*next_sparse as usize] = (from, to);
                *next_sparse += 1;
            }
        }
        if step == last {
            plan.shut_out.get_or_insert(heard.attribute.reason());
        }
    }
    for (layer, (sources, next)) in index.layers.iter().zip(plan.steps.iter().zip(&next)) {
        if next.0 < sources.dense.1 {
            plan.dense[next.0 as usize] = layer.open;
        }
    }
    plan
}

impl Plan<'_> {
    fn dense(&self, step: usize) -> &[u32] {
        let (from, to) = self.steps[step].dense;
        &self.dense[from as usize..to as usize]
    }

    fn sparse(&self, step: usize) -> &[(u32, u32)] {
        let (from, to) = self.steps[step].sparse;
        &self.sparse[from as usize..to as usize]
    }
}

/// To find out which of so few rows need not be read takes longer than to read them.
const FEW_ROWS: usize = 4;

/// The rows in which every layer lets somebody in, a bit each; and where there are none, the layer that left none.
fn rows_left<'a>(index: &Index, plan: &Plan<'_>, arena: &'a Bump) -> (&'a [u64], usize) {
    let words = index.summary_words();
    let rows = index.rows_per_set();
    let left = arena.alloc_slice_fill_copy(words, u64::MAX);
    if let (Some(last), used @ 1..) = (left.last_mut(), rows % 64) {
        *last = (1 << used) - 1;
    }
    let any = arena.alloc_slice_fill_copy(words, 0_u64);
    if rows <= FEW_ROWS {
        return (left, 0);
    }
    for layer in 0..index.layers.len() {
        any.fill(0);
        for set in plan.dense(layer) {
            for (any, more) in any.iter_mut().zip(index.summary(*set)) {
                *any |= more;
            }
        }
        // Most often the ads without a clause are in every row that is left, and then others make no difference.
        let missing = |any: &[u64]| left.iter().zip(any).any(|(left, any)| left & !any != 0);
        if plan.with_sparse >> layer & 1 == 1 && missing(any) {
            for set in plan.sparse(layer) {
                for place in index.places(*set) {
                    let row = *place as usize / ROW;
                    any[row / 64] |= 1 << (row % 64);
                }
            }
        }
        let mut some = 0;
        for (left, any) in left.iter_mut().zip(any.iter()) {
            *left &= any;
            some |= *left;
        }
        if some == 0 {
            return (left, layer);
        }
    }
    (left, 0)
}

/// The rows whose bits are set.
fn rows_of(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(number, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let first = (left != 0).then(|| number * 64 + left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(first)
        })
    })
}

/// What sparse sets hold of the rows that are left, as bits.
struct Scattered<'a> {
    steps: [Step; LAYERS + 1],
    rows: BumpVec<'a, Row>,
    tables: BumpVec<'a, u32>,
}

fn scatter<'a>(index: &Index, plan: &Plan<'_>, left: &[u64], arena: &'a Bump) -> Scattered<'a> {
    let mut steps = [Step::default(); LAYERS + 1];
    let mut tables = BumpVec::with_capacity_in(4 * index.rows_per_set(), arena);
    // Which row of those below, and the place in it.
    let mut found: BumpVec<'_, (u32, u32)> = BumpVec::with_capacity_in(64, arena);
    let mut used = 1;
    for (step, sources) in steps.iter_mut().zip(&plan.steps) {
        step.sets = sources.dense;
    }
    let is_left = |place: &u32| {
        let row = *place as usize / ROW;
        left[row / 64] >> (row % 64) & 1 == 1
    };
    for number in rows_of(&[plan.with_sparse]) {
        let table = tables.len();
        for set in plan.sparse(number) {
            for place in index.places(*set) {
                if !is_left(place) {
                    continue;
                }
                if tables.len() == table {
                    tables.resize(table + index.rows_per_set(), 0_u32);
                }
                let which = &mut tables[table + *place as usize / ROW];
                if *which == 0 {
                    *which = used;
                    used += 1;
                }
                found.push((*which, place % ROW as u32));
            }
        }
        steps[number].table = (tables.len() > table).then_some(table as u32);
    }
    let mut rows = bumpalo::vec![in arena; Row::EMPTY; used as usize];
    for (which, place) in found {
        rows[which as usize].insert(place as usize);
    }
    Scattered {
        steps,
        rows,
        tables,
    }
}
