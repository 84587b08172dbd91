//! What the journal holds, counted as it must be counted: each thing once.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::Path;

use anyhow::{Context, ensure};
use campaign::id::{AdId, BidId};
use campaign::money::Money;
use campaign::time::Timestamp;
use journal::entry::{Entry, Event, Price};
use journal::position::Position;
use store::disk::FileSystem;
use store::segment::reader::Reader;

use crate::books::{Books, What};

/// How many entries are read at once.
const BATCH: usize = 4_096;

/// What is counted of one ad. Losses are left out: whether one frees money depends on what came before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub wins: i64,
    pub billed: i64,
    pub shown: i64,
    pub views: i64,
    pub clicks: i64,
    pub conversions: i64,
    /// What the billed impressions cost, whoever pays.
    pub owed: Money,
}

/// The figures of each ad that has any.
pub type ByAd = BTreeMap<AdId, Figures>;

/// One entry, as far as it counts.
#[derive(Clone, Copy, Debug)]
struct Fact {
    what: What,
    bid: BidId,
    ad: AdId,
    price: Price,
    reserved: Money,
}

/// A count of the journal's beginning.
#[derive(Default)]
struct Count {
    seen: HashSet<(What, BidId)>,
    ads: ByAd,
}

impl Count {
    fn add(&mut self, fact: &Fact) {
        // A rehearsal is written down, and that is all.
        if !self.seen.insert((fact.what, fact.bid)) || fact.price == Price::Audit {
            return;
        }
        let ad = self.ads.entry(fact.ad).or_default();
        match fact.what {
            What::Win => ad.wins += 1,
            What::Billing => {
                ad.billed += 1;
                ad.owed += match fact.price {
                    Price::Cost(cost) => cost.min(fact.reserved),
                    Price::Unreadable | Price::Audit => fact.reserved,
                };
            }
            What::Impression => ad.shown += 1,
            What::View => ad.views += 1,
            What::Click => ad.clicks += 1,
            What::Conversion => ad.conversions += 1,
            What::Loss => {}
        }
    }
}

/// The journal as it was read so far.
#[derive(Default)]
pub struct Written {
    read: Position,
    latest: Timestamp,
    /// How far the ledger had come when it was last looked at.
    applied: Position,
    /// All that was read.
    whole: Count,
    /// What the ledger has applied.
    settled: Count,
    /// What lies between.
    between: VecDeque<(Position, Fact)>,
}

impl Written {
    /// How far it was read.
    pub fn position(&self) -> Position {
        self.read
    }

    /// What the whole journal comes to.
    pub fn whole(&self) -> &ByAd {
        &self.whole.ads
    }

    /// What it comes to up to a position that a ledger says it has applied.
    pub fn settled(&mut self, to: Position) -> anyhow::Result<&ByAd> {
        ensure!(
            to >= self.applied,
            "the ledger had applied {}, and says {to} now",
            self.applied
        );
        self.applied = to;
        ensure!(
            to <= self.read,
            "the ledger has applied {to}, and the journal ends with {}",
            self.read
        );
        while self
            .between
            .front()
            .is_some_and(|(position, _)| *position <= to)
        {
            if let Some((_, fact)) = self.between.pop_front() {
                self.settled.add(&fact);
            }
        }
        Ok(&self.settled.ads)
    }

    /// Reads on, after a run has ended, and holds each entry against the books.
    pub fn read_on(&mut self, directory: &Path, books: &Books) -> anyhow::Result<()> {
        let disk = FileSystem::open(directory).context("cannot open the journal")?;
        let mut reader = Reader::offline(disk, self.read).context("the journal cannot be read")?;
        let before = self.latest;
        loop {
            let entries = reader
                .read_entries(BATCH)
                .context("the journal cannot be read")?;
            let Some((last, _)) = entries.last() else {
                break;
            };
            self.read = *last;
            for (position, entry) in &entries {
                ensure!(
                    entry.at >= before,
                    "time went back: entry {position} is of {}, and the run before had one of {before}",
                    entry.at
                );
                self.latest = self.latest.max(entry.at);
                let fact = fact(entry, books)
                    .with_context(|| format!("entry {position} of the journal"))?;
                self.whole.add(&fact);
                self.between.push_back((*position, fact));
            }
        }
        self.holds_all_acknowledged(books)
    }

    fn holds_all_acknowledged(&self, books: &Books) -> anyhow::Result<()> {
        for (bid, sold) in books.all_sold() {
            for what in What::ALL {
                let lost = sold.is_acknowledged(what) && !self.whole.seen.contains(&(what, bid));
                ensure!(
                    !lost,
                    "LOST: the {what:?} of bid {bid} was acknowledged, and is not in the journal"
                );
            }
        }
        Ok(())
    }
}

/// What an entry says, which must be what was told.
fn fact(entry: &Entry, books: &Books) -> anyhow::Result<Fact> {
    let (what, price) = match &entry.event {
        Event::Win { price, .. } => (What::Win, Some(*price)),
        Event::Billing { price, .. } => (What::Billing, Some(*price)),
        Event::Loss { .. } => (What::Loss, None),
        Event::Impression { .. } => (What::Impression, None),
        Event::View { .. } => (What::View, None),
        Event::Click { .. } => (What::Click, None),
        Event::Conversion { .. } => (What::Conversion, None),
    };
    let terms = entry
        .event
        .terms()
        .context("a conversion that is credited to nothing")?;
    let sold = books
        .sold(terms.bid)
        .with_context(|| format!("bid {} was never offered", terms.bid))?;
    ensure!(
        sold.was_told(what),
        "INVENTED: nobody told the {what:?} of bid {}",
        terms.bid
    );
    ensure!(terms.ad == sold.ad, "bid {} is of another ad", terms.bid);
    let same = price.is_none_or(|price| price == sold.price);
    ensure!(
        same,
        "bid {}: the exchange said {:?}, and {price:?} is written down",
        terms.bid,
        sold.price
    );
    let price = price.unwrap_or(Price::Unreadable);
    Ok(Fact {
        what,
        bid: terms.bid,
        ad: terms.ad,
        price,
        reserved: terms.max_cost,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(what: What, sequence: u64, price: Price) -> Fact {
        let bid = BidId {
            sequence,
            ..BidId::default()
        };
        Fact {
            what,
            bid,
            ad: AdId(1),
            price,
            reserved: Money(100),
        }
    }

    #[test]
    fn each_thing_counts_once_and_costs_no_more_than_was_reserved() {
        let mut count = Count::default();
        for (what, sequence, price) in [
            (What::Billing, 1, Price::Cost(Money(60))),
            (What::Billing, 1, Price::Cost(Money(60))),
            (What::Billing, 2, Price::Cost(Money(101))),
            (What::Billing, 3, Price::Unreadable),
            (What::Billing, 4, Price::Audit),
            (What::Click, 1, Price::Unreadable),
            (What::Click, 1, Price::Unreadable),
        ] {
            count.add(&fact(what, sequence, price));
        }
        let expect = Figures {
            billed: 3,
            clicks: 1,
            owed: Money(260),
            ..Figures::default()
        };
        assert_eq!(count.ads, BTreeMap::from([(AdId(1), expect)]));
    }
}
