//! How often each user has seen each ad and campaign: a bounded table that forgets by bounded work.
//!
//! Every operation that adds an entry looks at a few of the oldest and drops those that count nothing any more; where
//! the table is full all the same, the oldest go. There is no sweep. Users are keyed hashes, never ids.

use std::collections::VecDeque;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use auction::book::{Book, Offer};
use campaign::ad::FrequencyCap;
use campaign::id::BidId;
use campaign::time::Timestamp;
use dashmap::DashMap;
use journal::entry::{Entry, Event};
use pacing::exposure::{ExposureKey, Exposures, Scope};

/// How many of the oldest entries one new entry looks at.
const LOOKS: usize = 4;
/// The order of age is kept in so many queues, so that threads seldom meet.
const LANES: usize = 64;

/// The table.
#[derive(Debug)]
pub struct Frequency {
    exposures: DashMap<ExposureKey, Exposures, BuildHasherDefault<Folded>>,
    /// Keys in the order in which they came, oldest first, each exactly once. A lane's lock is held for the few steps
    /// of one operation and by nobody who waits.
    lanes: Vec<Mutex<VecDeque<ExposureKey>>>,
    lane_max: usize,
    entries: AtomicUsize,
}

/// What adding an entry cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Nothing that still counted.
    Enough,
    /// Another user's counter, which still counted.
    Evicted,
}

impl Frequency {
    /// An empty table of so many entries at most, rounded up to the next multiple of 64.
    pub fn new(entries_max: usize) -> Frequency {
        Frequency {
            exposures: DashMap::default(),
            lanes: std::iter::repeat_with(Mutex::default).take(LANES).collect(),
            lane_max: entries_max.div_ceil(LANES),
            entries: AtomicUsize::new(0),
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.load(Ordering::Relaxed)
    }

    /// How many impressions of the scope the user has had in the cap's period, those pending included.
    pub fn count(&self, user: u64, scope: Scope, cap: &FrequencyCap, now: Timestamp) -> u32 {
        let key = ExposureKey {
            user,
            scope,
            period: cap.period,
        };
        self.exposures.get(&key).map_or(0, |seen| seen.count(now))
    }

    /// A bid is made.
    pub fn pend(&self, user: u64, offer: &Offer, bid: BidId, now: Timestamp) -> Room {
        self.each(user, offer, now, true, |seen| seen.pend(bid, now))
    }

    /// Takes in what the journal holds: a billing confirms what was pending, a loss releases it. Entries of before
    /// the start rebuild the table; saying one twice changes nothing.
    pub fn note(&self, entry: &Entry, book: &Book) -> Room {
        let Some(terms) = entry.event.terms().filter(|terms| terms.user != 0) else {
            return Room::Enough;
        };
        let Some(offer) = book.slot(terms.ad).map(|slot| book.offer(slot)) else {
            return Room::Enough;
        };
        let (user, at) = (terms.user, entry.at);
        match entry.event {
            Event::Billing { .. } => {
                self.each(user, offer, at, true, |seen| seen.confirm(terms.bid, at))
            }
            Event::Loss { .. } => self.each(user, offer, at, false, |seen| seen.release(terms.bid)),
            _ => Room::Enough,
        }
    }

    fn each(
        &self,
        user: u64,
        offer: &Offer,
        now: Timestamp,
        create: bool,
        change: impl Fn(&mut Exposures),
    ) -> Room {
        let (ad, campaign) = (&offer.ad, &offer.campaign);
        let of_ad = ad.frequency_caps.iter().map(|cap| (Scope::Ad(ad.id), cap));
        let of_campaign = campaign.frequency_caps.iter();
        let of_campaign = of_campaign.map(|cap| (Scope::Campaign(campaign.id), cap));
        let mut room = Room::Enough;
        for (scope, cap) in of_ad.chain(of_campaign) {
            let key = ExposureKey {
                user,
                scope,
                period: cap.period,
            };
            if let Some(mut seen) = self.exposures.get_mut(&key) {
                change(&mut seen);
            } else if create && self.add(key, now, &change) == Room::Evicted {
                room = Room::Evicted;
            }
        }
        room
    }

    fn add(&self, key: ExposureKey, now: Timestamp, change: &impl Fn(&mut Exposures)) -> Room {
        let mut created = false;
        {
            let mut seen = self.exposures.entry(key).or_insert_with(|| {
                created = true;
                Exposures::new(key.period)
            });
            change(&mut seen);
        }
        // Another thread may have been first; then the key is in a lane already.
        if !created {
            return Room::Enough;
        }
        self.entries.fetch_add(1, Ordering::Relaxed);
        self.make_room(key, now)
    }

    /// Puts the key at the young end of its lane, and looks at a few at the old end.
    fn make_room(&self, key: ExposureKey, now: Timestamp) -> Room {
        let lane = &self.lanes[lane_of(&key)];
        let mut lane = lane.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        lane.push_back(key);
        let mut full = lane.len() > self.lane_max;
        let mut room = Room::Enough;
        for _ in 0..LOOKS.min(lane.len() - 1) {
            let Some(oldest) = lane.pop_front() else {
                break;
            };
            let stale = self
                .exposures
                .remove_if(&oldest, |_, seen| seen.is_stale(now));
            if stale.is_some() {
                self.entries.fetch_sub(1, Ordering::Relaxed);
                full = false;
            } else if full && self.exposures.remove(&oldest).is_some() {
                self.entries.fetch_sub(1, Ordering::Relaxed);
                full = false;
                room = Room::Evicted;
            } else {
                // It still counts: it goes to the young end, and others get their turn.
                lane.push_back(oldest);
            }
        }
        room
    }
}

/// Hashes keys. The user in each is a keyed hash, so nobody outside can choose keys that fall together, and a
/// multiplication by key spreads them well enough.
#[derive(Default)]
struct Folded(u64);

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // The digits of the golden ratio, as in Fibonacci hashing; both halves of the product count.
        let product = u128::from(self.0 ^ number) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn lane_of(key: &ExposureKey) -> usize {
    // The user is a hash already.
    (key.user % LANES as u64) as usize
}

#[cfg(test)]
mod tests;
