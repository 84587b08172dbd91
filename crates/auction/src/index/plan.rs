//! What a search is to read: what a request says, sorted by what it does.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use crate::reason::NoBidReason;

use super::posting::{EXCLUDE, Posting, Use};
use super::{Index, LAYERS};

/// What is to be read.
pub struct Plan<'a> {
    /// By layer, and at last the exclusions.
    pub steps: [Sources; LAYERS + 1],
    /// The numbers of dense sets.
    pub dense: BumpVec<'a, u32>,
    pub sparse: BumpVec<'a, Places>,
    /// The steps that have sparse sets, a bit each.
    pub with_sparse: u64,
    /// Why ads are shut out, where some may be.
    pub shut_out: Option<NoBidReason>,
}

/// The sets of one step: ranges of the plan's lists.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sources {
    pub dense: (u32, u32),
    pub sparse: (u32, u32),
}

/// A sparse set: a range of the index's places, read from the front to the end, and again from the front.
#[derive(Clone, Copy, Debug, Default)]
pub struct Places {
    from: u32,
    to: u32,
    next: u32,
    /// The next place, so that it need not be fetched to see that it is far away; the highest number at the end.
    upcoming: u32,
}

impl Places {
    fn new((from, to): (u32, u32), places: &[u32]) -> Places {
        let mut all = Places {
            from,
            to,
            next: from,
            upcoming: 0,
        };
        all.rewind(places);
        all
    }

    /// Goes back to the front.
    pub fn rewind(&mut self, places: &[u32]) {
        self.go_to(self.from, places);
    }

    #[inline]
    fn go_to(&mut self, next: u32, places: &[u32]) {
        self.next = next;
        self.upcoming = match next < self.to {
            true => places[next as usize],
            false => u32::MAX,
        };
    }

    /// Calls `visit` with those from the first number on and below the last, less what was passed by before.
    #[inline(always)]
    pub fn between(&mut self, places: &[u32], first: u32, last: u32, mut visit: impl FnMut(u32)) {
        if self.upcoming >= last {
            return;
        }
        if self.upcoming < first {
            let next = reach(&places[..self.to as usize], self.next as usize, first);
            self.go_to(next as u32, places);
        }
        while self.upcoming < last {
            visit(self.upcoming);
            self.go_to(self.next + 1, places);
        }
    }
}

/// The first place that is not below a number, behind one that is: by steps, each twice as long as the one before, and
/// then between the last two.
fn reach(places: &[u32], from: usize, number: u32) -> usize {
    let is_below = |at: usize| places.get(at).is_some_and(|place| *place < number);
    let (mut below, mut step) = (from, 1);
    while is_below(below + step) {
        below += step;
        step *= 2;
    }
    let end = places.len().min(below + step);
    below + 1 + places[below + 1..end].partition_point(|place| *place < number)
}

/// Sorts what was heard by layer.
pub fn plan<'a>(index: &Index, said: [&[Use]; 2], arena: &'a Bump) -> Plan<'a> {
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
    plan.sparse.resize(sparses as usize, Places::default());
    for heard in said.iter().copied().flatten() {
        let step = step_of(heard);
        let (next_dense, next_sparse) = &mut next[step];
        match heard.posting {
            Posting::Dense(set) => {
                plan.dense[*next_dense as usize] = set;
                *next_dense += 1;
            }
            Posting::Sparse(from, to) => {
                plan.sparse[*next_sparse as usize] = Places::new((from, to), &index.places);
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
    /// The dense sets of a step.
    pub fn dense(&self, step: usize) -> &[u32] {
        let (from, to) = self.steps[step].dense;
        &self.dense[from as usize..to as usize]
    }

    /// The sparse sets of a step.
    pub fn sparse(&mut self, step: usize) -> &mut [Places] {
        let (from, to) = self.steps[step].sparse;
        &mut self.sparse[from as usize..to as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_places_of_any_rows_are_found(
            places in prop::collection::btree_set(0_u32..300, 0..60),
            before in 0_usize..3,
            rows in prop::collection::vec((0_u32..320, 1_u32..40), 1..12),
        ) {
            let others = |count| std::iter::repeat_n(7, count);
            let all: Vec<u32> = others(before).chain(places.iter().copied()).chain(others(5)).collect();
            let mut set = Places::new((before as u32, (before + places.len()) as u32), &all);
            let mut passed = 0;
            for (first, length) in rows {
                let last = first + length;
                if first < passed {
                    set.rewind(&all);
                }
                passed = last;
                let mut found = Vec::new();
                set.between(&all, first, last, |place| found.push(place));
                let expected: Vec<u32> = places.range(first..last).copied().collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
