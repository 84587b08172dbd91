//! A bidder without sockets, money or clock: what the rows of single steps and callgrind run. Every ad is at its
//! records' terms, nobody has seen anything, and money is always there.

use std::sync::Arc;

use auction::book::{AdTerms, Book, Inventory, Slot};
use auction::decide::{Desk, decide};
use auction::dice::DiceKey;
use auction::markup::Renderer;
use auction::prices::{Prices, Shade, Shades};
use auction::privacy::{self, PrivacySettings};
use auction::reason::NoBidReason;
use auction::state::{BidAlone, Scope, State};
use auction::terms::Terms;
use auction::token::{TokenKeys, TokenSecret};
use bumpalo::Bump;
use campaign::ad::FrequencyCap;
use campaign::exchange::Exchange;
use campaign::id::{BidId, ExchangeId, Incarnation, LeaseId};
use campaign::money::{Cpm, Money};
use journal::context::PriceContext;
use learning::landscape::{Landscape, Settings, Told};
use openrtb::consent::VendorConfig;

use crate::workload::requests::Body;
use crate::workload::{VENDOR, ads};

/// What decides, with all that a decision needs.
pub struct Counter {
    /// What may be sold.
    pub book: Book,
    /// How consent is read.
    pub privacy: PrivacySettings,
    /// The records' terms.
    pub terms: Terms,
    /// What to bid in first-price auctions.
    prices: Prices,
    renderer: Renderer,
    keys: TokenKeys,
    sequence: u64,
}

/// The dice that every row throws.
pub const DICE: DiceKey = DiceKey([3; 16]);

/// The secret that signs the notices of the workload.
pub fn token_keys() -> TokenKeys {
    let secret = TokenSecret {
        id: 1,
        secret: [7; 32],
    };
    TokenKeys::new(secret, &[]).expect("one secret of one number is good")
}

/// How the workload's bidder reads consent.
pub fn privacy_settings() -> PrivacySettings {
    PrivacySettings {
        vendor: VendorConfig {
            tcf_vendor_id: Some(VENDOR),
            ..VendorConfig::default()
        },
        user_key: [9; 16],
    }
}

impl Counter {
    /// Opens with this inventory.
    pub fn open(inventory: Inventory) -> Counter {
        let book = Book::build(inventory);
        let terms = Terms::new(&book, ads::now(), |offer| AdTerms::of(&offer.ad, 1));
        Counter {
            prices: prices(&book),
            book,
            privacy: privacy_settings(),
            terms,
            renderer: Renderer::new(),
            keys: token_keys(),
            sequence: 0,
        }
    }

    /// The exchange that a body goes to.
    pub fn exchange(&self, body: &Body) -> &Exchange {
        self.book
            .exchange_by_id(ExchangeId(body.exchange))
            .expect("the workload's books hold its exchanges")
    }

    /// From the body's bytes to the answer's, appended to `out`. True where something is bid.
    pub fn answer(&mut self, body: &Body, arena: &Bump, out: &mut Vec<u8>) -> bool {
        let Ok(request) = openrtb::request::parse(&body.bytes, arena) else {
            return false;
        };
        let exchange = self
            .book
            .exchange_by_id(ExchangeId(body.exchange))
            .expect("the workload's books hold its exchanges");
        let desk = Desk {
            book: &self.book,
            terms: &self.terms,
            exchange,
            now: ads::now(),
            renderer: &self.renderer,
            keys: &self.keys,
            dice: &DICE,
            notice_base: "https://bid.example",
        };
        let reduced = privacy::reduce(request, exchange.id, &self.privacy, arena);
        let mut generous = Generous {
            terms: &self.terms,
            prices: &self.prices,
            sequence: &mut self.sequence,
        };
        let Ok(response) = decide(&desk, &reduced, &mut generous, &mut BidAlone, arena) else {
            return false;
        };
        openrtb::response::write(&response, out);
        true
    }
}

/// One curve for all, of prices even from 0 to 3 CPM: what is looked up in it takes as long as in any other.
fn prices(book: &Book) -> Prices {
    let mut landscape = Landscape::by_octaves(Settings::default());
    (1..1_000).for_each(|step| landscape.observe(&[], Told::Price(step * 3_000)));
    let cells = Box::new([0; PriceContext::CELLS]);
    let shades = Shades::new(cells, vec![landscape.curve(&[])]).expect("each cell has a curve");
    let shades = Arc::new(shades);
    let exchanges = book.exchanges().iter();
    let exchanges = exchanges.map(|exchange| (exchange.id, Arc::clone(&shades)));
    Prices::new(exchanges.collect(), 10_000)
}

struct Generous<'c> {
    terms: &'c Terms,
    prices: &'c Prices,
    sequence: &'c mut u64,
}

impl State for Generous<'_> {
    fn terms(&mut self, slot: Slot) -> AdTerms {
        *self.terms.get(slot)
    }

    fn shade(&mut self, exchange: ExchangeId, context: PriceContext, worth: Cpm) -> Option<Shade> {
        self.prices.shade(exchange, context, worth)
    }

    fn exposures(&mut self, _: u64, _: Scope, _: FrequencyCap) -> u32 {
        0
    }

    fn reserve(&mut self, _: Slot, _: Money) -> Result<LeaseId, NoBidReason> {
        Ok(LeaseId(1))
    }

    fn next_bid(&mut self) -> BidId {
        *self.sequence += 1;
        BidId {
            incarnation: Incarnation { node: 1, start: 1 },
            sequence: *self.sequence,
        }
    }

    fn pend(&mut self, _: u64, _: Slot, _: BidId) {}
}
