//! The search itself: what a request says against the sets of ads, row by row.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use crate::book::Slot;
use crate::opportunity::{Opportunity, Visit};
use crate::reason::NoBidReason;
use crate::terms::{Dollars, Terms};

use super::plan::{Plan, plan};
use super::posting::Use;
use super::row::{ROW, Row};
use super::sieve::{Sieve, Step, bits};
use super::{Index, LAYERS};

/// The ads that want an impression.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Who they are, in the order of slots.
    pub slots: &'a [Slot],
    /// Why there are none, if there are none: where the last of them were left out.
    pub refused: NoBidReason,
}

/// For what a search is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// For the best: most rows will not be read, and little is done to find out which of them need not be.
    TheBest,
    /// For all: every row is read in which somebody may be left.
    All,
}

/// A search that is under way. Each row is read once, when somebody in it may count.
pub struct Search<'s> {
    index: &'s Index,
    visit: &'s Visit<'s>,
    opportunity: &'s Opportunity<'s>,
    terms: &'s Terms,
    plan: Plan<'s>,
    /// The first row of each dense set of the plan.
    sets: &'s [u32],
    steps: [Step; LAYERS + 1],
    /// What sparse sets hold of the row that is read, by step; the first is empty.
    scattered: BumpVec<'s, Row>,
    what: For,
    /// The rows in which somebody may be left and which were not read, a bit each, as far as it was found out.
    unread: BumpVec<'s, u64>,
    /// Behind the row that was read last: up to there sparse sets were read.
    passed: usize,
    /// Which layer the last of those who were left out came to.
    furthest: usize,
    /// Why those who want the impression may not bid, as long as none was found who may.
    closed: Option<NoBidReason>,
    found: bool,
}

/// The ads of one row that want an impression and are open.
#[derive(Clone, Copy, Debug)]
pub struct Wanting {
    row: usize,
    ads: Row,
}

impl Wanting {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ads.is_empty()
    }

    /// Calls `visit` with each, in the order of slots.
    #[inline]
    pub fn for_each(&self, mut visit: impl FnMut(Slot)) {
        let first = self.row * ROW;
        self.ads
            .for_each(|place| visit(Slot((first + place) as u32)));
    }
}

impl<'s> Search<'s> {
    /// Plans a search. No row is read yet.
    pub fn new(
        index: &'s Index,
        what: For,
        said: [&[Use]; 2],
        (visit, opportunity): (&'s Visit<'s>, &'s Opportunity<'s>),
        terms: &'s Terms,
        arena: &'s Bump,
    ) -> Search<'s> {
        let plan = plan(index, said, arena);
        let first_rows = plan
            .dense
            .iter()
            .map(|set| set * index.rows_per_set() as u32);
        let sets = arena.alloc_slice_fill_iter(first_rows);
        let mut steps = [Step::default(); LAYERS + 1];
        for (step, sources) in steps.iter_mut().zip(&plan.steps) {
            step.sets = sources.dense;
        }
        let with_sparse = plan.with_sparse.count_ones() as usize;
        Search {
            index,
            visit,
            opportunity,
            terms,
            sets,
            steps,
            scattered: bumpalo::vec![in arena; Row::EMPTY; 1 + with_sparse],
            what,
            unread: BumpVec::with_capacity_in(index.summary_words(), arena),
            passed: 0,
            furthest: 0,
            closed: None,
            found: false,
            plan,
        }
    }

    /// Every ad that wants the impression and is open.
    pub fn all<'a>(mut self, arena: &'a Bump) -> Found<'a> {
        let mut slots = BumpVec::with_capacity_in(64, arena);
        let mut row = 0;
        while let Some(wanting) = self.next(&mut row, Dollars::MIN) {
            wanting.for_each(|slot| slots.push(slot));
        }
        Found {
            slots: slots.into_bump_slice(),
            refused: self.refused(),
        }
    }

    /// Reads the next row from this one on in which somebody may ask so much, and who of it wants the impression.
    /// `None` where there is no such row.
    pub fn next(&mut self, from: &mut usize, least: Dollars) -> Option<Wanting> {
        let row = self.next_unread(*from, least)?;
        *from = row + 1;
        Some(self.read(row))
    }

    /// Reads the next row from this one on in which somebody asks for a deal.
    pub fn next_with_deals(&mut self, from: &mut usize) -> Option<Wanting> {
        let deals = self.index.deal_rows.iter().enumerate().skip(*from / 64);
        for (number, word) in deals {
            let deals = word & from_row(number, *from);
            if deals != 0 {
                let left = self.unread(number) & deals;
                if left != 0 {
                    let row = number * 64 + left.trailing_zeros() as usize;
                    *from = row + 1;
                    return Some(self.read(row));
                }
            }
        }
        None
    }

    /// Whether somebody was found.
    pub fn has_found(&self) -> bool {
        self.found
    }

    /// Why nobody was found, if nobody was: where the last of those in the rows that were read were left out.
    pub fn refused(&self) -> NoBidReason {
        let left_out = || match self.index.layers.get(self.furthest) {
            Some(layer) => Some(layer.reason(self.opportunity)),
            None => self.plan.shut_out,
        };
        let refused = self.closed.or_else(left_out);
        without_right(
            refused.unwrap_or(NoBidReason::NoSupportedFormat),
            self.visit,
        )
    }

    fn next_unread(&mut self, from: usize, least: Dollars) -> Option<usize> {
        let terms = self.terms;
        for number in from / 64..self.index.summary_words() {
            if terms.top_of_64(number) < least {
                continue;
            }
            let mut left = self.unread(number) & from_row(number, from);
            while left != 0 {
                let row = number * 64 + left.trailing_zeros() as usize;
                if terms.top(row) >= least {
                    return Some(row);
                }
                left &= left - 1;
            }
        }
        None
    }

    /// The rows of 64 in which somebody may be left and which were not read.
    #[inline]
    fn unread(&mut self, number: usize) -> u64 {
        while self.unread.len() <= number {
            let rows = self.rows_left(self.unread.len());
            self.unread.push(rows);
        }
        self.unread[number]
    }

    fn read(&mut self, row: usize) -> Wanting {
        self.unread[row / 64] &= !(1 << (row % 64));
        let layers = self.index.layers.len();
        let asked = self.index.asked_in[row];
        self.scatter(row, asked | 1 << layers);
        let sieve = Sieve {
            rows: &self.index.rows,
            sets: self.sets,
            scattered: &self.scattered,
            steps: &self.steps[..layers],
            exclude: self.steps[layers],
        };
        let nobody = Wanting {
            row,
            ads: Row::EMPTY,
        };
        let mut kept = match sieve.sift(self.index.lanes, row, asked) {
            Ok(kept) => kept,
            Err(layer) => {
                self.furthest = self.furthest.max(layer);
                return nobody;
            }
        };
        self.furthest = layers;
        if kept.is_empty() {
            return nobody;
        }
        if self.opportunity.private_auction {
            kept = kept.and(&self.index.deals[row]);
            if kept.is_empty() {
                self.closed.get_or_insert(NoBidReason::PrivateAuction);
                return nobody;
            }
        }
        let ads = kept.and(self.terms.open(row));
        self.found |= !ads.is_empty();
        if !self.found && self.closed.is_none() {
            let first = kept.first().map(|place| Slot((row * ROW + place) as u32));
            self.closed = first.map(|slot| self.terms.why_closed(slot));
        }
        Wanting { row, ads }
    }

    /// Writes what sparse sets hold of a row as bits, for those of the plan's steps whose bit is set.
    fn scatter(&mut self, row: usize, steps: u64) {
        let places = &self.index.places;
        if row < self.passed {
            let all = self.plan.sparse.iter_mut();
            all.for_each(|set| set.rewind(places));
        }
        self.passed = row + 1;
        let (from, to) = ((row * ROW) as u32, ((row + 1) * ROW) as u32);
        let mut used = 0;
        for number in bits(self.plan.with_sparse) {
            let step = &mut self.steps[number];
            step.scattered = 0;
            if steps >> number & 1 == 0 {
                continue;
            }
            for set in self.plan.sparse(number) {
                set.between(places, from, to, |place| {
                    if step.scattered == 0 {
                        used += 1;
                        step.scattered = used;
                        self.scattered[used as usize] = Row::EMPTY;
                    }
                    self.scattered[used as usize].insert((place - from) as usize);
                });
            }
        }
    }

    /// The rows of 64 in which every layer lets somebody in, a bit each. Where there are none, it is noted which layer
    /// left none.
    fn rows_left(&mut self, number: usize) -> u64 {
        let index = self.index;
        let (words, rows) = (index.summary_words(), index.rows_per_set());
        let mut left = match rows - number * 64 {
            64.. => u64::MAX,
            rows => (1 << rows) - 1,
        };
        if rows <= FEW_ROWS {
            return left;
        }
        for layer in 0..index.layers.len() {
            let sparse = self.plan.with_sparse >> layer & 1 == 1;
            // In which rows the places of sparse sets are, only those need to know who read them all.
            if sparse && self.what == For::TheBest {
                continue;
            }
            let summary = |set: &u32| index.summaries[*set as usize * words + number];
            let mut any = self
                .plan
                .dense(layer)
                .iter()
                .map(summary)
                .fold(0, |any, more| any | more);
            // Most often the ads without a clause are in every row that is left, and then others make no difference.
            if sparse && left & !any != 0 {
                let ads = |rows: usize| (rows * ROW) as u32;
                let (first, last) = (ads(number * 64), ads((number + 1) * 64));
                for set in self.plan.sparse(layer) {
                    let mut set = *set;
                    set.between(&index.places, first, last, |place| {
                        any |= 1 << (place as usize / ROW % 64)
                    });
                }
            }
            left &= any;
            if left == 0 {
                self.furthest = self.furthest.max(layer);
                break;
            }
        }
        left
    }
}

/// The bits of those of 64 rows that are not before a row.
fn from_row(number: usize, row: usize) -> u64 {
    match row.checked_sub(number * 64) {
        Some(within) => u64::MAX << (within % 64),
        None => u64::MAX,
    }
}

/// Without the right to look, the answer is not "no such user" but "no right".
fn without_right(reason: NoBidReason, visit: &Visit<'_>) -> NoBidReason {
    match reason {
        NoBidReason::Segment | NoBidReason::Age if !visit.personal => NoBidReason::NoConsent,
        NoBidReason::Audience if !visit.may_look_up() => NoBidReason::NoConsent,
        reason => reason,
    }
}

/// To find out which of so few rows need not be read takes longer than to read them.
const FEW_ROWS: usize = 4;
