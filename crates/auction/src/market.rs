//! Where is bought: small beside the ads, and swapped without them, so that a paused exchange does not wait for a book.
//! What currencies are worth is no part of it: a book's ads stand in the order of what they ask.

use campaign::ad::State;
use campaign::deal::Deal;
use campaign::exchange::Exchange;
use campaign::id::ExchangeId;

/// Exchanges and deals. Immutable: a change makes a new one.
#[derive(Clone, Debug, Default)]
pub struct Market {
    version: u64,
    /// Those that were deleted stand last.
    exchanges: Vec<Exchange>,
    living: usize,
    /// In the order of their exchanges and ids.
    deals: Vec<Deal>,
}

impl Market {
    /// The version rises with each change; of two markets, the one of the higher version is in force.
    pub fn new(version: u64, exchanges: Vec<Exchange>) -> Market {
        let is_living = |exchange: &Exchange| exchange.state != State::Deleted;
        let (mut all, deleted): (Vec<_>, Vec<_>) = exchanges.into_iter().partition(is_living);
        let living = all.len();
        all.extend(deleted);
        Market {
            version,
            exchanges: all,
            living,
            deals: Vec::new(),
        }
    }

    /// The same with these deals, of which no two are of one exchange and have one id.
    #[must_use]
    pub fn with_deals(mut self, deals: Vec<Deal>) -> Market {
        self.deals = deals;
        self.deals.sort_by(|one, other| key(one).cmp(&key(other)));
        self
    }

    /// Its version.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What was agreed of the deal of this id.
    pub fn deal(&self, exchange: ExchangeId, id: &str) -> Option<&Deal> {
        let found = self
            .deals
            .binary_search_by(|deal| key(deal).cmp(&(exchange, id)));
        found.ok().map(|place| &self.deals[place])
    }

    /// Every deal.
    pub fn deals(&self) -> &[Deal] {
        &self.deals
    }

    /// The exchanges that send requests.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges[..self.living]
    }

    /// Those that were deleted too.
    pub fn all_exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// The exchange of this number; one that was deleted too, since the notices of its bids still come.
    pub fn exchange(&self, id: ExchangeId) -> Option<&Exchange> {
        self.exchanges.iter().find(|exchange| exchange.id == id)
    }
}

fn key(deal: &Deal) -> (ExchangeId, &str) {
    (deal.exchange, &deal.id)
}
