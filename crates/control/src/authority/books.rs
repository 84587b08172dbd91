//! Books are built beside the authority, one at a time, in a thread of their own: neither money nor a pause waits for
//! one.

use std::sync::Arc;
use std::thread;

use auction::book::{Book, Inventory};
use tokio::sync::mpsc;

use super::{Authority, Command};

/// Where the building of books stands.
pub(super) struct Books {
    commands: mpsc::Sender<Command>,
    /// Something changed that is not in the book that is being built, or that was built last.
    wanted: bool,
    building: bool,
    ready: Option<Arc<Book>>,
    sent: Option<u64>,
}

impl Books {
    /// A first book is wanted. What builds it says so by a command.
    pub fn new(commands: mpsc::Sender<Command>) -> Books {
        Books {
            commands,
            wanted: true,
            building: false,
            ready: None,
            sent: None,
        }
    }

    /// Asks for a new book.
    pub fn want(&mut self) {
        self.wanted = true;
    }

    /// The book that waits to be sent.
    pub fn take_ready(&mut self) -> Option<Arc<Book>> {
        self.ready.take()
    }

    /// The bidder does not take it yet.
    pub fn put_back(&mut self, book: Arc<Book>) {
        self.ready.get_or_insert(book);
    }

    /// The bidder has it.
    pub fn sent(&mut self, version: u64) {
        self.sent = Some(version);
    }

    /// The version that bidders were last given, if any was.
    pub fn version(&self) -> Option<u64> {
        self.sent
    }
}

impl Authority {
    /// Starts to build a book if one is wanted and none is being built.
    pub(super) fn build_book(&mut self) {
        if !self.books.wanted || self.books.building {
            return;
        }
        let inventory: Inventory = self.catalog.inventory();
        let commands = self.books.commands.clone();
        let built = thread::Builder::new()
            .name("book".to_string())
            .spawn(move || {
                let book = Arc::new(Book::build(inventory));
                let command: Command = Box::new(move |authority| {
                    authority.books.building = false;
                    authority.books.ready = Some(book);
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
}
