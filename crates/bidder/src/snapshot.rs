//! What a request is decided by: a book, the terms of its ads, and their live state, swapped as a whole.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use auction::book::{AdTerms, Book, Slot};
use auction::terms::Terms;
use campaign::exchange::Exchange;
use campaign::id::{AdId, ExchangeId};
use campaign::time::Timestamp;

use crate::counts::ExchangeCounts;
use crate::live::AdLive;

/// Immutable, but for what is in the live state.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// What may be sold.
    pub book: Arc<Book>,
    /// The terms of the moment, by slot.
    terms: Terms,
    /// What outlives the book, by slot.
    live: Arc<[Arc<AdLive>]>,
    /// What outlives the book, in the order of its exchanges.
    exchanges: Arc<[Arc<ExchangeCounts>]>,
}

impl Snapshot {
    /// The ad's terms.
    pub fn terms(&self, slot: Slot) -> &AdTerms {
        self.terms.get(slot)
    }

    /// The terms of all ads.
    pub fn all_terms(&self) -> &Terms {
        &self.terms
    }

    /// The ad's live state.
    pub fn live(&self, slot: Slot) -> &AdLive {
        &self.live[slot.0 as usize]
    }

    /// Every ad's live state, in the order of slots.
    pub fn slots(&self) -> impl Iterator<Item = (Slot, &Arc<AdLive>)> {
        (0..).map(Slot).zip(self.live.iter())
    }

    /// An exchange by its name, with its counters.
    pub fn exchange(&self, name: &str) -> Option<(&Exchange, &ExchangeCounts)> {
        self.exchanges().find(|(exchange, _)| exchange.name == name)
    }

    /// Every exchange, with its counters.
    pub fn exchanges(&self) -> impl Iterator<Item = (&Exchange, &ExchangeCounts)> {
        let counts = self.exchanges.iter().map(Arc::as_ref);
        self.book.exchanges().iter().zip(counts)
    }
}

/// Makes snapshots, and knows what outlives them. One task has it; everybody else has what it publishes.
#[derive(Debug)]
pub struct Press {
    published: Arc<ArcSwap<Snapshot>>,
    live: HashMap<AdId, Arc<AdLive>>,
    exchanges: HashMap<ExchangeId, Arc<ExchangeCounts>>,
}

impl Press {
    /// Publishes here from now on.
    pub fn new(published: Arc<ArcSwap<Snapshot>>) -> Press {
        Press {
            published,
            live: HashMap::new(),
            exchanges: HashMap::new(),
        }
    }

    /// What is published.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.published.load_full()
    }

    /// An ad's live state, if it stands in the book.
    pub fn live(&self, ad: AdId) -> Option<&Arc<AdLive>> {
        self.live.get(&ad)
    }

    /// Publishes a new book. Ads and exchanges that were there before keep their live state; returned are the ads
    /// that are gone, whose leases are to be given back.
    pub fn publish_book(
        &mut self,
        book: Arc<Book>,
        terms: Vec<(AdId, AdTerms)>,
        now: Timestamp,
    ) -> Vec<Arc<AdLive>> {
        let before = self.snapshot();
        let said: HashMap<AdId, AdTerms> = terms.into_iter().collect();
        let offers = book.offers();
        let terms = Terms::new(&book, now, |offer| {
            let id = offer.ad.id;
            let new = said.get(&id).copied();
            let old = before.book.slot(id).map(|slot| *before.terms(slot));
            // Terms that came by themselves may be newer than the book.
            match (old, new) {
                (Some(old), Some(new)) if old.version > new.version => old,
                (_, Some(new)) => new,
                (Some(old), None) => old,
                (None, None) => AdTerms::of(&offer.ad, 0),
            }
        });
        let mut gone = std::mem::take(&mut self.live);
        for offer in offers {
            let id = offer.ad.id;
            let live = gone
                .remove(&id)
                .unwrap_or_else(|| Arc::new(AdLive::new(id)));
            self.live.insert(id, live);
        }
        let live = offers
            .iter()
            .map(|o| Arc::clone(&self.live[&o.ad.id]))
            .collect();
        let exchanges = book.exchanges().iter().map(|exchange| {
            let counts = self.exchanges.entry(exchange.id).or_default();
            Arc::clone(counts)
        });
        let exchanges = exchanges.collect();
        self.published.store(Arc::new(Snapshot {
            book,
            terms,
            live,
            exchanges,
        }));
        gone.into_values().collect()
    }

    /// Publishes new terms of some ads. Terms older than those in force, and of ads that are in no book, are dropped.
    pub fn publish_terms(&mut self, changes: &[(AdId, AdTerms)], now: Timestamp) {
        let before = self.snapshot();
        let mut terms = before.terms.clone();
        for (ad, new) in changes {
            if let Some(slot) = before.book.slot(*ad)
                && new.version >= terms.get(slot).version
            {
                terms.set(slot, before.book.offer(slot), *new, now);
            }
        }
        self.published.store(Arc::new(Snapshot {
            book: Arc::clone(&before.book),
            terms,
            live: Arc::clone(&before.live),
            exchanges: Arc::clone(&before.exchanges),
        }));
    }
}
