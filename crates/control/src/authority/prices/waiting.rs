//! Bids of which nothing was told yet.

use std::collections::{BTreeMap, VecDeque};

use auction::prices::Offered;
use campaign::time::Timestamp;
use journal::context::PriceContext;
use journal::entry::BidTerms;

use crate::authority::pot::{APART, SILENCE};

/// The most such times that are kept: what is more than that is forgotten, oldest first.
const KEPT_MAX: usize = 64;

/// The kind of impression and the price, to a part in sixteen.
type Key = (PriceContext, i64);

/// Bids of one kind and about one price.
#[derive(Clone, Copy, Debug)]
struct Bids {
    price: i64,
    count: f64,
}

/// Bids that are taken for lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lost {
    /// When they were made.
    pub at: Timestamp,
    /// For which kind of impression.
    pub context: PriceContext,
    /// About what they bid.
    pub price: i64,
    /// How many they are.
    pub count: f64,
}

/// Bids by when they were made.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    made: VecDeque<(Timestamp, BTreeMap<Key, Bids>)>,
    /// Outcomes of bids that the bidder has not told of yet: since it last told, and before.
    early: [BTreeMap<Key, f64>; 2],
}

fn key(context: PriceContext, price: i64) -> Key {
    let octave = price.max(16).ilog2();
    (
        context.plain(),
        i64::from(octave) << 4 | (price >> (octave - 4)) & 15,
    )
}

/// The same, and its neighbours: a price that is converted there and back may be one off.
fn about((context, price): Key) -> [Key; 3] {
    [0, -1, 1].map(|by| (context, price + by))
}

impl Waiting {
    /// Bids were made.
    pub fn begin(&mut self, offered: &Offered) {
        let key = key(offered.context, offered.price.0);
        let mut count = offered.bids;
        for early in self.early.iter_mut().rev() {
            for key in about(key) {
                if let Some(told) = early.get_mut(&key) {
                    let same = told.min(count);
                    (*told, count) = (*told - same, count - same);
                }
            }
        }
        if self
            .made
            .back()
            .is_none_or(|(at, _)| offered.at - *at >= APART)
        {
            self.made.push_back((offered.at, BTreeMap::new()));
        }
        if self.made.len() > KEPT_MAX {
            self.made.pop_front();
        }
        if let Some((_, bids)) = self.made.back_mut() {
            let price = offered.price.0;
            bids.entry(key).or_insert(Bids { price, count: 0.0 }).count += count;
        }
    }

    /// The bidder has told of all that it made until now.
    pub fn turn(&mut self) {
        self.early.rotate_left(1);
        self.early[1].clear();
    }

    /// Something was told of a bid.
    pub fn end(&mut self, terms: &BidTerms, price: i64) {
        let key = key(terms.context, price);
        // The bidder tells of a bid after it was made.
        let after = self.made.iter_mut();
        let after = after.filter(|(at, _)| terms.issued - *at < APART);
        for (_, bids) in after {
            for key in about(key) {
                if let Some(bids) = bids.get_mut(&key).filter(|bids| bids.count > 0.0) {
                    bids.count = (bids.count - 1.0).max(0.0);
                    return;
                }
            }
        }
        *self.early[1].entry(key).or_default() += 1.0;
    }

    /// Bids of which nobody told in time.
    pub fn give_up(&mut self, now: Timestamp) -> Vec<Lost> {
        let mut lost = Vec::new();
        while let Some((at, bids)) = self.made.pop_front_if(|(at, _)| now - *at >= SILENCE) {
            let left = bids.into_iter().filter(|(_, bids)| bids.count > 0.0);
            lost.extend(left.map(|((context, _), bids)| Lost {
                at,
                context,
                price: bids.price,
                count: bids.count,
            }));
        }
        lost
    }
}
