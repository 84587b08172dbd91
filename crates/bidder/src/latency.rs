//! How long things took, as counts by size: logarithmic with 64 steps to each doubling, so that a quantile is off by
//! at most one part in 64 (the idea of HdrHistogram; atomic, so that nobody is stopped to read it).

use std::sync::atomic::{AtomicU64, Ordering};

use crate::per_thread::PerThread;

const STEP_BITS: u32 = 6;
const STEPS: usize = 1 << STEP_BITS;
/// Values up to 2^24 microseconds, 16 seconds, are told apart; larger ones count as that.
const LARGEST: u64 = (1 << 24) - 1;
const CELLS: usize = STEPS * (24 - STEP_BITS as usize + 1);

/// A histogram of microseconds that many threads add to.
#[derive(Debug, Default)]
pub struct Latencies(PerThread<Cells>);

#[derive(Debug)]
struct Cells(Box<[AtomicU64; CELLS]>);

impl Default for Cells {
    fn default() -> Cells {
        Cells(Box::new([const { AtomicU64::new(0) }; CELLS]))
    }
}

impl Latencies {
    /// Adds one value.
    pub fn add(&self, micros: u64) {
        self.0.mine().add(|cells| &cells.0[cell(micros)], 1);
    }

    /// What was counted so far.
    pub fn read(&self) -> Counted {
        let mut cells = vec![0u64; CELLS];
        for copy in self.0.all() {
            for (sum, cell) in cells.iter_mut().zip(copy.0.iter()) {
                *sum += cell.load(Ordering::Relaxed);
            }
        }
        Counted { cells }
    }
}

/// The counts at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    cells: Vec<u64>,
}

impl Counted {
    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.cells.iter().sum()
    }

    /// The value below or at which this share of all values lies, such as 0.99. Zero where there are none.
    pub fn quantile(&self, share: f64) -> u64 {
        let wanted = (self.count() as f64 * share).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (cell, count) in self.cells.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return upper_end(cell);
            }
        }
        0
    }

    /// What came since `before`, an earlier reading: each value's upper end, and how many.
    pub fn since<'a>(&'a self, before: &'a Counted) -> impl Iterator<Item = (u64, u64)> + 'a {
        let before = before.cells.iter().copied().chain(std::iter::repeat(0));
        self.cells
            .iter()
            .zip(before)
            .enumerate()
            .map(|(cell, (now, then))| (upper_end(cell), now - then))
            .filter(|(_, count)| *count > 0)
    }
}

/// Values below 128 have a cell each; above, each doubling has 64.
fn cell(micros: u64) -> usize {
    let value = micros.min(LARGEST);
    let doubling = (u64::BITS - (value | 1).leading_zeros()).saturating_sub(STEP_BITS + 1);
    doubling as usize * STEPS + (value >> doubling) as usize
}

/// The largest value that falls into the cell.
fn upper_end(cell: usize) -> u64 {
    let doubling = (cell / STEPS).saturating_sub(1);
    let step = (cell - doubling * STEPS) as u64;
    ((step + 1) << doubling) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_falls_into_a_cell_that_ends_close_above_it() {
        let mut last = 0;
        for value in (0..=LARGEST).step_by(7).chain([LARGEST]) {
            let cell = cell(value);
            assert!(cell >= last && cell < CELLS, "{value}");
            let end = upper_end(cell);
            assert!(end >= value && end - value <= value / 64, "{value}: {end}");
            last = cell;
        }
        assert_eq!(cell(u64::MAX), cell(LARGEST));
    }

    #[test]
    fn quantiles_are_those_of_the_values() {
        let latencies = Latencies::default();
        assert_eq!(latencies.read().quantile(0.5), 0);
        for value in 1..=1_000 {
            latencies.add(value);
        }
        let counted = latencies.read();
        let check = |share, exact: u64| {
            let got = counted.quantile(share);
            assert!(
                (exact..=exact + exact / 64).contains(&got),
                "{share}: {got}"
            );
        };
        check(0.001, 1);
        check(0.5, 500);
        check(0.99, 990);
        check(0.999, 999);
        assert_eq!(counted.count(), 1_000);
    }

    #[test]
    fn what_came_since_is_what_was_added() {
        let latencies = Latencies::default();
        latencies.add(5);
        let before = latencies.read();
        latencies.add(5);
        latencies.add(9);
        latencies.add(9);
        let after = latencies.read();
        assert_eq!(after.since(&before).collect::<Vec<_>>(), [(5, 1), (9, 2)]);
        let all: u64 = after.since(&Counted::default()).map(|(_, n)| n).sum();
        assert_eq!(all, 4);
    }
}
