//! Makes snapshots, and publishes them. A book of a million ads takes seconds to prepare; meanwhile terms go on being
//! published with the book before, and are carried over.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

use auction::book::{AdTerms, Book};
use auction::market::Market;
use auction::prices::Prices;
use auction::terms::Terms;
use campaign::id::{AdId, ExchangeId};
use campaign::time::Timestamp;

use crate::counts::ExchangeCounts;
use crate::live::AdLive;
use crate::snapshot::{Published, Snapshot, Touched};

/// One task has it; everybody else has what it publishes.
#[derive(Debug)]
pub struct Press {
    published: Published,
    exchanges: HashMap<ExchangeId, Arc<ExchangeCounts>>,
    /// What came since a book began to be prepared; `None` where none is.
    since: Option<Since>,
    /// What was published before, until no request looks at it any more.
    retired: Vec<Arc<Snapshot>>,
}

/// The terms that came after a book did, the newest of each ad.
#[derive(Debug, Default)]
pub struct Since(HashMap<AdId, AdTerms>);

impl Since {
    /// Keeps what is newer than what is kept.
    pub fn note(&mut self, changes: &[(AdId, AdTerms)]) {
        for (ad, new) in changes {
            let newest = self.0.entry(*ad).or_insert(*new);
            if new.version >= newest.version {
                *newest = *new;
            }
        }
    }
}

/// What a snapshot is prepared of.
#[derive(Debug)]
pub struct Draft {
    /// What is published now.
    pub before: Arc<Snapshot>,
    /// What is to be.
    pub book: Arc<Book>,
    /// What control said of the book's ads.
    pub said: Vec<(AdId, AdTerms)>,
    /// The trade's time.
    pub now: Timestamp,
}

/// A book that can be published.
#[derive(Debug)]
pub struct Prepared {
    book: Arc<Book>,
    terms: Terms,
    live: Arc<[Arc<AdLive>]>,
    /// The ads whose money has to hear of it.
    changed: Vec<AdId>,
    gone: Vec<Arc<AdLive>>,
}

/// What a new book means for money.
#[derive(Debug, Default)]
pub struct Turnover {
    /// The ads that are new, or whose money's terms are others.
    pub changed: Vec<AdId>,
    /// The ads that are gone, whose leases are to be given back.
    pub gone: Vec<Arc<AdLive>>,
}

impl Press {
    /// Publishes here from now on.
    pub fn new(published: Published) -> Press {
        Press {
            published,
            exchanges: HashMap::new(),
            since: None,
            retired: Vec::new(),
        }
    }

    /// What is published.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.published.load_full()
    }

    /// A book is to be prepared, by [`prepare`]. Until it is published, terms that come are kept for it, as those are
    /// that came `since` it did.
    pub fn begin(
        &mut self,
        book: Arc<Book>,
        said: Vec<(AdId, AdTerms)>,
        since: Since,
        now: Timestamp,
    ) -> Draft {
        self.since = Some(since);
        Draft {
            before: self.snapshot(),
            book,
            said,
            now,
        }
    }

    /// Publishes what was prepared, with the terms that came meanwhile.
    pub fn publish(&mut self, prepared: Prepared, now: Timestamp) -> Turnover {
        let Prepared {
            book,
            mut terms,
            live,
            changed,
            gone,
        } = prepared;
        for (ad, new) in self.since.take().unwrap_or_default().0 {
            renew(&mut terms, &book, ad, new, now);
        }
        // A market that came by itself may be newer than the book's.
        let before = self.snapshot();
        let book = match newer(before.book.market(), book.market()) {
            true => Arc::new(book.with_market(Arc::clone(before.book.market()))),
            false => book,
        };
        let exchanges = self.counts_of(book.market());
        let prices = Arc::clone(&before.prices);
        self.replace(Snapshot {
            prices,
            touched: Arc::new(Touched::new(live.len())),
            exchanges,
            book,
            terms,
            live,
        });
        Turnover { changed, gone }
    }

    /// Publishes another market for the ads that are there. One older than that in force is dropped.
    pub fn publish_market(&mut self, market: Arc<Market>) {
        let before = self.snapshot();
        if newer(before.book.market(), &market) {
            return;
        }
        let exchanges = self.counts_of(&market);
        self.replace(Snapshot {
            exchanges,
            book: Arc::new(before.book.with_market(market)),
            terms: before.terms.clone(),
            live: Arc::clone(&before.live),
            prices: Arc::clone(&before.prices),
            touched: Arc::clone(&before.touched),
        });
    }

    /// What outlives the market, in the order of its exchanges.
    fn counts_of(&mut self, market: &Market) -> Arc<[Arc<ExchangeCounts>]> {
        let each = market.exchanges().iter();
        let each = each.map(|exchange| Arc::clone(self.exchanges.entry(exchange.id).or_default()));
        each.collect()
    }

    /// Publishes new terms of some ads. Terms older than those in force are dropped, and those of ads that are in no
    /// book.
    pub fn publish_terms(&mut self, changes: &[(AdId, AdTerms)], now: Timestamp) {
        let before = self.snapshot();
        let mut terms = before.terms.clone();
        for (ad, new) in changes {
            renew(&mut terms, &before.book, *ad, *new, now);
        }
        if let Some(since) = &mut self.since {
            since.note(changes);
        }
        self.replace(Snapshot {
            terms,
            book: Arc::clone(&before.book),
            live: Arc::clone(&before.live),
            exchanges: Arc::clone(&before.exchanges),
            prices: Arc::clone(&before.prices),
            touched: Arc::clone(&before.touched),
        });
    }

    /// Publishes what to bid in first-price auctions.
    pub fn publish_prices(&mut self, prices: Arc<Prices>) {
        let before = self.snapshot();
        self.replace(Snapshot {
            prices,
            terms: before.terms.clone(),
            book: Arc::clone(&before.book),
            live: Arc::clone(&before.live),
            exchanges: Arc::clone(&before.exchanges),
            touched: Arc::clone(&before.touched),
        });
    }

    fn replace(&mut self, snapshot: Snapshot) {
        self.retired.push(self.published.swap(Arc::new(snapshot)));
    }

    /// Calls `work` with every ad that has counted something since this was last done, in whatever book it did. Returns
    /// what nobody looks at any more: to forget a large book takes long, and is for the caller to do elsewhere.
    pub fn each_touched(&mut self, mut work: impl FnMut(&AdLive)) -> Vec<Arc<Snapshot>> {
        // Nobody can begin to look at what is not published: where the count is one, it stays one.
        let forgotten = |snapshot: &mut Arc<Snapshot>| Arc::strong_count(snapshot) == 1;
        let forgotten: Vec<_> = self.retired.extract_if(.., forgotten).collect();
        // Whoever looked at it last has counted before.
        fence(Ordering::Acquire);
        let current = self.snapshot();
        let all = forgotten.iter().chain(&self.retired).chain([&current]);
        all.for_each(|snapshot| snapshot.take_touched().for_each(&mut work));
        forgotten
    }
}

/// Whether the one is in force before the other.
fn newer(one: &Market, other: &Market) -> bool {
    one.version() > other.version()
}

fn renew(terms: &mut Terms, book: &Book, ad: AdId, new: AdTerms, now: Timestamp) {
    if let Some(slot) = book.slot(ad)
        && new.version >= terms.get(slot).version
    {
        terms.set(slot, book.offer(slot), new, now);
    }
}

/// Prepares a book. Ads that were there before keep their live state. Takes long, and waits for nothing.
pub fn prepare(draft: Draft) -> Prepared {
    let Draft {
        before,
        book,
        said,
        now,
    } = draft;
    let said: HashMap<AdId, AdTerms> = said.into_iter().collect();
    let mut stays = vec![false; before.live.len()];
    let mut live = Vec::with_capacity(book.offers().len());
    let mut changed = Vec::new();
    let terms = Terms::new(&book, now, |offer| {
        let id = offer.ad.id;
        let place = before.book.slot(id);
        let old = place.map(|slot| *before.terms(slot));
        let terms = match (old, said.get(&id).copied()) {
            // Terms that came by themselves may be newer than the book.
            (Some(old), Some(new)) if old.version > new.version => old,
            (_, Some(new)) => new,
            (Some(old), None) => old,
            (None, None) => AdTerms::of(&offer.ad, 0),
        };
        let of_money = |terms: &AdTerms| (terms.max_bid, terms.halted);
        if old.is_none_or(|old| of_money(&old) != of_money(&terms)) {
            changed.push(id);
        }
        live.push(match place {
            Some(slot) => {
                stays[slot.0 as usize] = true;
                Arc::clone(&before.live[slot.0 as usize])
            }
            None => Arc::new(AdLive::new(id)),
        });
        terms
    });
    let left = before.live.iter().zip(&stays).filter(|(_, stays)| !**stays);
    Prepared {
        gone: left.map(|(live, _)| Arc::clone(live)).collect(),
        live: live.into(),
        book,
        terms,
        changed,
    }
}
