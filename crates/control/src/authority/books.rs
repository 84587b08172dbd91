//! Books are built beside the authority, one at a time, in a thread of their own, and their ads' terms are gathered
//! some at a time: neither money nor a pause waits for a book, however large.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use auction::book::{AdTerms, Book, Update};
use campaign::id::AdId;
use tokio::sync::mpsc;

use super::{ADS_A_TURN, Authority, Command};
use crate::seams::Build;

/// Where the building of books stands.
pub(super) struct Books {
    commands: mpsc::Sender<Command>,
    build: Build,
    /// Something changed that is not in the book that is being built, or that was built last.
    wanted: bool,
    building: bool,
    leaving: Option<Leaving>,
    /// What bidders have.
    sent: Option<Arc<Book>>,
}

/// A book that is to be sent.
struct Leaving {
    book: Arc<Book>,
    /// Those of as many of its ads, in the order of slots.
    terms: Vec<(AdId, AdTerms)>,
    /// What was made since of ads whose terms are gathered already.
    since: BTreeMap<AdId, AdTerms>,
}

impl Books {
    /// A first book is wanted. What builds it says so by a command.
    pub fn new(commands: mpsc::Sender<Command>, build: Build) -> Books {
        Books {
            commands,
            build,
            wanted: true,
            building: false,
            leaving: None,
            sent: None,
        }
    }

    /// Asks for a new book.
    pub fn want(&mut self) {
        self.wanted = true;
    }

    /// Whether the terms of a book's ads are being gathered.
    pub fn is_gathering(&self) -> bool {
        let leaving = self.leaving.as_ref();
        leaving.is_some_and(|leaving| leaving.terms.len() < leaving.book.offers().len())
    }

    /// New terms were made; tells whether bidders know the ad.
    pub fn note(&mut self, ad: AdId, terms: AdTerms) -> bool {
        if let Some(leaving) = &mut self.leaving {
            leaving.since.insert(ad, terms);
        }
        self.sent
            .as_ref()
            .is_some_and(|book| book.slot(ad).is_some())
    }

    /// The version that bidders were last given, if any was.
    pub fn version(&self) -> Option<u64> {
        self.sent.as_ref().map(|book| book.version())
    }
}

impl Authority {
    /// Starts to build a book if one is wanted and none is under way: changes that come meanwhile are built into the
    /// next, all at once.
    pub(super) fn build_book(&mut self) {
        if !self.books.wanted || self.books.building || self.books.leaving.is_some() {
            return;
        }
        let stock = self.catalog.stock();
        let (commands, build) = (self.books.commands.clone(), Arc::clone(&self.books.build));
        let built = thread::Builder::new()
            .name("book".to_string())
            .spawn(move || {
                let book = Arc::new(build(stock.inventory()));
                let command: Command = Box::new(move |authority| {
                    authority.books.building = false;
                    authority.books.leaving = Some(Leaving {
                        terms: Vec::with_capacity(book.offers().len()),
                        book,
                        since: BTreeMap::new(),
                    });
                });
                // The authority may have ended meanwhile.
                let _ = commands.blocking_send(command);
            });
        match built {
            Ok(_) => (self.books.wanted, self.books.building) = (false, true),
            // It is still wanted, and tried again in the next turn.
            Err(error) => tracing::error!(%error, "no thread to build a book"),
        }
    }

    /// Gathers some of the terms that go with a book, and sends it when all are there and the bidder takes it.
    pub(super) fn send_book(&mut self) {
        let Some(leaving) = &self.books.leaving else {
            return;
        };
        let book = Arc::clone(&leaving.book);
        let rest = book.offers().iter().skip(leaving.terms.len());
        for offer in rest.take(ADS_A_TURN) {
            let ad = offer.ad.id;
            self.refresh_terms([ad]);
            let made = self.told.last(ad);
            let Some(leaving) = &mut self.books.leaving else {
                return;
            };
            // One that is in no record any more is in the next book neither.
            let terms = made.unwrap_or_else(|| AdTerms::of(&offer.ad, 0));
            leaving.terms.push((ad, terms));
            leaving.since.remove(&ad);
        }
        if self.books.is_gathering() {
            return;
        }
        let Ok(place) = self.links.updates.try_reserve() else {
            return;
        };
        if let Some(Leaving { book, terms, since }) = self.books.leaving.take() {
            place.send(Update::Book {
                book: Arc::clone(&book),
                terms,
            });
            self.told.wait_after(&book, since);
            self.books.sent = Some(book);
            self.summarise();
        }
    }
}
