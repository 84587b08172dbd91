//! Counting without getting in each other's way: each thread has its own copy, and whoever asks adds them up.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// One copy of `T` for each thread that is likely to run, each on cache lines of its own.
#[derive(Debug)]
pub struct PerThread<T> {
    copies: Box<[Padded<T>]>,
}

/// Two cache lines, since processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Padded<T>(T);

impl<T: Default> Default for PerThread<T> {
    fn default() -> PerThread<T> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        // A runtime's workers and the few threads beside them.
        let copies = (cores + 2).next_power_of_two().min(256);
        PerThread {
            copies: std::iter::repeat_with(Padded::default)
                .take(copies)
                .collect(),
        }
    }
}

impl<T> PerThread<T> {
    /// This thread's copy. Two threads may share one, so what is in it must be atomic.
    pub fn mine(&self) -> &T {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
        }
        let number = NUMBER.with(|number| {
            number.get().unwrap_or_else(|| {
                let mine = THREADS.fetch_add(1, Ordering::Relaxed);
                number.set(Some(mine));
                mine
            })
        });
        // The length is a power of two.
        &self.copies[number & (self.copies.len() - 1)].0
    }

    /// Every thread's copy.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.copies.iter().map(|padded| &padded.0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    #[test]
    fn what_threads_count_apart_adds_up() {
        let counts: PerThread<AtomicU64> = PerThread::default();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        counts.mine().fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        let sum: u64 = counts.all().map(|n| n.load(Ordering::Relaxed)).sum();
        assert_eq!(sum, 8_000);
    }
}
