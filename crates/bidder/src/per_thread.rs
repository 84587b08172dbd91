//! Counting without getting in each other's way: each thread has its own copy, and whoever asks adds them up.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// One copy of `T` for each thread that is likely to run, each on cache lines of its own, and one for all others.
#[derive(Debug)]
pub struct PerThread<T> {
    copies: Box<[Padded<T>]>,
    shared: Padded<T>,
}

/// Two cache lines, since processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Padded<T>(T);

/// More copies than this are not made, however many cores there are.
const COPIES_MAX: usize = 256;

impl<T: Default> Default for PerThread<T> {
    fn default() -> PerThread<T> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        // Those that serve, and the few threads beside them.
        let copies = (2 * cores + 4).min(COPIES_MAX);
        PerThread {
            copies: std::iter::repeat_with(Padded::default)
                .take(copies)
                .collect(),
            shared: Padded::default(),
        }
    }
}

/// A thread's copy.
#[derive(Debug)]
pub struct Mine<'a, T> {
    copy: &'a T,
    /// Nobody else writes to it while this thread lives.
    alone: bool,
}

impl<T> PerThread<T> {
    /// This thread's copy.
    pub fn mine(&self) -> Mine<'_, T> {
        let number = NUMBER.try_with(|number| number.0).ok();
        match number.and_then(|number| self.copies.get(number)) {
            Some(copy) => Mine {
                copy: &copy.0,
                alone: true,
            },
            None => Mine {
                copy: &self.shared.0,
                alone: false,
            },
        }
    }

    /// Every copy.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.copies
            .iter()
            .chain([&self.shared])
            .map(|padded| &padded.0)
    }
}

impl<'a, T> Mine<'a, T> {
    /// The copy, where this thread alone writes to it.
    pub fn alone(&self) -> Option<&'a T> {
        self.alone.then_some(self.copy)
    }

    /// Takes what one of the copy's numbers is, and leaves nothing.
    pub fn take(&self, number: impl FnOnce(&'a T) -> &'a AtomicU64) -> u64 {
        number(self.copy).swap(0, Ordering::Relaxed)
    }

    /// Adds to one of the copy's numbers.
    pub fn add(&self, number: impl FnOnce(&'a T) -> &'a AtomicU64, count: u64) {
        let number = number(self.copy);
        if self.alone {
            // Nobody else writes to it, so a plain addition loses nothing, and costs a fifth.
            let sum = number.load(Ordering::Relaxed).wrapping_add(count);
            number.store(sum, Ordering::Relaxed);
        } else {
            number.fetch_add(count, Ordering::Relaxed);
        }
    }
}

/// The threads that count are numbered without gaps: a number comes back when its thread ends, so that tests and
/// threads that come and go do not use up the copies.
struct Number(usize);

thread_local! {
    static NUMBER: Number = Number::take();
}

#[derive(Debug)]
struct Numbers {
    next: usize,
    returned: BTreeSet<usize>,
}

static NUMBERS: Mutex<Numbers> = Mutex::new(Numbers {
    next: 0,
    returned: BTreeSet::new(),
});

impl Number {
    /// Once in a thread's life. The lock also makes what the last thread of this number wrote known to the next.
    fn take() -> Number {
        let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
        Number(numbers.returned.pop_first().unwrap_or_else(|| {
            numbers.next += 1;
            numbers.next - 1
        }))
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.returned.insert(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_threads_count_apart_adds_up() {
        let counts: PerThread<AtomicU64> = PerThread::default();
        // More threads than there are copies at once, and again after they have ended.
        for _ in 0..3 {
            thread::scope(|scope| {
                for _ in 0..counts.copies.len() + 8 {
                    scope.spawn(|| {
                        for _ in 0..1_000 {
                            counts.mine().add(|count| count, 1);
                        }
                    });
                }
            });
        }
        let sum: u64 = counts.all().map(|n| n.load(Ordering::Relaxed)).sum();
        assert_eq!(sum, 3_000 * (counts.copies.len() as u64 + 8));
    }

    #[test]
    fn each_copy_has_cache_lines_of_its_own() {
        let counts: PerThread<AtomicU64> = PerThread::default();
        let places: Vec<_> = counts
            .all()
            .map(|copy| std::ptr::from_ref(copy).addr())
            .collect();
        assert!(places.iter().all(|place| place % 128 == 0), "{places:?}");
    }
}
