//! What was bid of late, by kind of impression and price, so that control knows of bids of which nobody tells again.
//!
//! Each thread writes into a ring of its own; who reads takes what came since. A thread that bids more than its ring
//! holds between two reads has some of its bids stand for all.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use auction::prices::Offered;
use campaign::exchange::Exchange;
use campaign::id::ExchangeId;
use campaign::money::Cpm;
use campaign::time::Timestamp;
use journal::context::PriceContext;

use crate::per_thread::PerThread;

/// How many bids one thread keeps.
const KEPT: usize = 4_096;
/// How many bids of one answer are written down; those after them are not.
const AT_ONCE: usize = 8;

/// The rings of all threads.
#[derive(Debug, Default)]
pub struct Offers(PerThread<Ring>);

#[derive(Debug)]
struct Ring {
    /// How many bids were ever written.
    written: AtomicU64,
    bids: Box<[AtomicU64]>,
}

impl Default for Ring {
    fn default() -> Ring {
        Ring {
            written: AtomicU64::new(0),
            bids: std::iter::repeat_with(AtomicU64::default)
                .take(KEPT)
                .collect(),
        }
    }
}

/// A bid in one word: twenty bits of the exchange's number, twelve of the context, the price. `None` of what teaches
/// nothing, or is dearer than any price that is learned.
fn packed(exchange: ExchangeId, context: PriceContext, price: Cpm) -> Option<u64> {
    let price = u32::try_from(price.0).ok()?;
    let known = context.is_known();
    known.then_some(
        (exchange.0 & 0xf_ffff) << 44 | u64::from(context.bits()) << 32 | u64::from(price),
    )
}

/// The bids of one answer, until it is known whether it goes out in time.
#[derive(Debug, Default)]
pub struct Answered {
    bids: [u64; AT_ONCE],
    count: usize,
}

impl Answered {
    /// A bid.
    pub fn add(&mut self, exchange: ExchangeId, context: PriceContext, price: Cpm) {
        if let Some(bid) = packed(exchange, context, price)
            && let Some(place) = self.bids.get_mut(self.count)
        {
            *place = bid;
            self.count += 1;
        }
    }

    /// How many of them were made to learn.
    pub fn explored(&self) -> u64 {
        let bids = self.bids[..self.count].iter();
        let explored = bids.filter(|bid| context(**bid).is_explored());
        explored.count() as u64
    }
}

fn context(bid: u64) -> PriceContext {
    PriceContext::from_bits((bid >> 32) as u16)
}

impl Offers {
    /// The answer goes out.
    pub fn note(&self, answered: &Answered) {
        // A thread for which there was no copy left has its bids left out.
        if let Some(ring) = self.0.mine().alone() {
            answered.bids[..answered.count]
                .iter()
                .for_each(|bid| ring.write(*bid));
        }
    }

    /// Takes what came since this was last done with `seen`.
    pub fn take(&self, seen: &mut Seen, exchanges: &[Exchange], at: Timestamp) -> Vec<Offered> {
        let mut bids: BTreeMap<u64, f64> = BTreeMap::new();
        seen.0.resize(self.0.all().count(), 0);
        for (ring, seen) in self.0.all().zip(&mut seen.0) {
            ring.read(seen, &mut bids);
        }
        let offered = bids.into_iter().filter_map(|(bid, bids)| {
            let is_it = |exchange: &&Exchange| exchange.id.0 & 0xf_ffff == bid >> 44;
            Some(Offered {
                at,
                exchange: exchanges.iter().find(is_it)?.id,
                context: context(bid),
                price: Cpm(i64::from(bid as u32)),
                bids,
            })
        });
        offered.collect()
    }
}

/// How far each ring was read.
#[derive(Debug, Default)]
pub struct Seen(Vec<u64>);

impl Ring {
    fn write(&self, bid: u64) {
        let written = self.written.load(Ordering::Relaxed);
        self.bids[written as usize % KEPT].store(bid, Ordering::Relaxed);
        self.written.store(written + 1, Ordering::Release);
    }

    /// A place that is overwritten meanwhile holds a newer bid: that is as good.
    fn read(&self, seen: &mut u64, bids: &mut BTreeMap<u64, f64>) {
        let written = self.written.load(Ordering::Acquire);
        let all = written - std::mem::replace(seen, written);
        let kept = all.min(KEPT as u64);
        for place in written - kept..written {
            let bid = self.bids[place as usize % KEPT].load(Ordering::Relaxed);
            *bids.entry(bid).or_default() += all as f64 / kept as f64;
        }
    }
}

#[cfg(test)]
mod tests {
    use campaign::creative::Format;
    use journal::context::Traits;

    use super::*;
    use crate::test_book;

    fn kind(size: u8) -> PriceContext {
        PriceContext::new(Traits {
            first_price: true,
            format: Format::Banner,
            size,
            floor: 1,
        })
    }

    #[test]
    fn what_was_bid_is_taken_once_and_some_bids_stand_for_all() {
        let exchanges = [test_book::exchange()];
        let id = exchanges[0].id;
        let (offers, mut seen) = (Offers::default(), Seen::default());
        let bid = |times: usize, size: u8, price: i64| {
            for _ in 0..times {
                let mut answered = Answered::default();
                answered.add(id, kind(size).explored(), Cpm(price));
                answered.add(id, PriceContext::NONE, Cpm(price));
                answered.add(id, kind(size), Cpm(i64::MAX));
                assert_eq!(answered.explored(), 1);
                offers.note(&answered);
            }
        };
        bid(3, 1, 500);
        bid(2, 2, 700);
        let taken = offers.take(&mut seen, &exchanges, Timestamp(5));
        let bids: Vec<_> = taken
            .iter()
            .map(|it| (it.context, it.price.0, it.bids))
            .collect();
        assert_eq!(
            bids,
            [
                (kind(1).explored(), 500, 3.0),
                (kind(2).explored(), 700, 2.0)
            ]
        );
        assert_eq!(offers.take(&mut seen, &exchanges, Timestamp(6)), []);
        bid(10_000, 1, 500);
        let all: f64 = offers
            .take(&mut seen, &exchanges, Timestamp(7))
            .iter()
            .map(|it| it.bids)
            .sum();
        assert!((all - 10_000.0).abs() < 1e-6, "{all}");
    }
}
