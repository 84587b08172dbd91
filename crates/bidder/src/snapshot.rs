//! What a request is decided by: a book, the terms of its ads, and their live state, swapped as a whole.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwap, Cache};
use auction::book::{AdTerms, Book, Slot};
use auction::prices::Prices;
use auction::terms::Terms;
use campaign::exchange::Exchange;
use campaign::id::AdId;

use crate::counts::ExchangeCounts;
use crate::live::AdLive;

/// Immutable, but for what is in the live state.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// What may be sold.
    pub book: Arc<Book>,
    /// The terms of the moment, by slot.
    pub terms: Terms,
    /// What outlives the book, by slot.
    pub live: Arc<[Arc<AdLive>]>,
    /// What outlives the book, in the order of its exchanges.
    pub exchanges: Arc<[Arc<ExchangeCounts>]>,
    /// What to bid in first-price auctions.
    pub prices: Arc<Prices>,
    /// Which ads have counted something.
    pub touched: Arc<Touched>,
}

/// Where the newest snapshot is found.
pub type Published = Arc<ArcSwap<Snapshot>>;

impl Snapshot {
    /// The ad's terms.
    pub fn terms(&self, slot: Slot) -> &AdTerms {
        self.terms.get(slot)
    }

    /// The ad's live state.
    pub fn live(&self, slot: Slot) -> &AdLive {
        &self.live[slot.0 as usize]
    }

    /// An ad's live state and terms, if it stands in the book.
    pub fn ad(&self, ad: AdId) -> Option<(&Arc<AdLive>, &AdTerms)> {
        let slot = self.book.slot(ad)?;
        Some((&self.live[slot.0 as usize], self.terms(slot)))
    }

    /// Notes that the ad has counted something, so that the next tally looks at it.
    pub fn touch(&self, slot: Slot) {
        self.touched.note(slot);
    }

    /// The ads that have counted something since this was last asked.
    pub fn take_touched(&self) -> impl Iterator<Item = &AdLive> {
        self.touched.take().map(|slot| self.live(slot))
    }

    /// An exchange by its name, with its counters, and its place. `hint` is the place at which it was found last: a
    /// connection seldom asks for another.
    pub fn exchange(&self, name: &str, hint: usize) -> Option<(usize, &Exchange, &ExchangeCounts)> {
        let all = self.book.exchanges();
        let is_it = |place: &usize| all.get(*place).is_some_and(|it| it.name == name);
        let place = Some(hint).filter(is_it);
        let place = place.or_else(|| (0..all.len()).find(is_it))?;
        Some((place, &all[place], &self.exchanges[place]))
    }

    /// Every exchange, with its counters.
    pub fn exchanges(&self) -> impl Iterator<Item = (&Exchange, &ExchangeCounts)> {
        let counts = self.exchanges.iter().map(Arc::as_ref);
        self.book.exchanges().iter().zip(counts)
    }
}

/// Calls `work` with the newest snapshot. Each thread keeps the one that it saw last, so that mostly one address is
/// compared, and no count of references is touched.
pub fn with_newest<T>(published: &Published, work: impl FnOnce(&Snapshot) -> T) -> T {
    type Kept = Cache<Published, Arc<Snapshot>>;
    thread_local! {
        static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
    }
    KEPT.with(|kept| {
        // What is already borrowed is borrowed by a caller of the caller.
        let Ok(mut kept) = kept.try_borrow_mut() else {
            return work(&published.load());
        };
        match &mut *kept {
            Some(cache) if std::ptr::eq(cache.arc_swap(), &**published) => work(cache.load()),
            // The thread has served another bidder before, or none.
            kept => work(kept.insert(Cache::new(Arc::clone(published))).load()),
        }
    })
}

/// A mark for each ad of a book. Of a million ads few bid in a second, and only those are looked at.
#[derive(Debug, Default)]
pub struct Touched(Box<[AtomicU64]>);

impl Touched {
    /// No marks yet.
    pub fn new(ads: usize) -> Touched {
        let words = ads.div_ceil(64);
        Touched(
            std::iter::repeat_with(AtomicU64::default)
                .take(words)
                .collect(),
        )
    }

    fn note(&self, slot: Slot) {
        let word = &self.0[slot.0 as usize / 64];
        let mark = 1 << (slot.0 % 64);
        // Mostly it is there already, and a read leaves the cache line with everybody.
        if word.load(Ordering::Relaxed) & mark == 0 {
            word.fetch_or(mark, Ordering::Relaxed);
        }
    }

    fn take(&self) -> impl Iterator<Item = Slot> {
        let words = (0u32..).zip(self.0.iter());
        let marked = words.filter(|(_, word)| word.load(Ordering::Relaxed) != 0);
        marked.flat_map(|(number, word)| {
            let marks = word.swap(0, Ordering::Relaxed);
            let places = (0..64).filter(move |place| marks & (1 << place) != 0);
            places.map(move |place| Slot(number * 64 + place))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_sees_what_was_published_last_of_the_bidder_that_is_meant() {
        let published = || Published::new(ArcSwap::from_pointee(Snapshot::default()));
        let (one, other) = (published(), published());
        let marked = |ads| {
            Arc::new(Snapshot {
                touched: Arc::new(Touched::new(ads)),
                ..Snapshot::default()
            })
        };
        let seen = |published| with_newest(published, |snapshot| snapshot.touched.0.len());
        assert_eq!((seen(&one), seen(&other)), (0, 0));
        one.store(marked(64));
        assert_eq!((seen(&one), seen(&other)), (1, 0));
        other.store(marked(128));
        assert_eq!((seen(&one), seen(&one), seen(&other)), (1, 1, 2));
        let nested = with_newest(&one, |_| seen(&other));
        assert_eq!(nested, 2);
    }

    #[test]
    fn a_mark_is_handed_out_once() {
        let touched = Touched::new(200);
        for slot in [0, 63, 64, 199, 63] {
            touched.note(Slot(slot));
        }
        let slots: Vec<_> = touched.take().map(|slot| slot.0).collect();
        assert_eq!(slots, [0, 63, 64, 199]);
        assert_eq!(touched.take().count(), 0);
    }
}
