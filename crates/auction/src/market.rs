//! Where is bought: small beside the ads, and swapped without them, so that a paused exchange does not wait for a book.
//! What currencies are worth is no part of it: a book's ads stand in the order of what they ask.

use campaign::ad::State;
use campaign::exchange::Exchange;
use campaign::id::ExchangeId;

/// Exchanges. Immutable: a change makes a new one.
#[derive(Clone, Debug, Default)]
pub struct Market {
    version: u64,
    /// Those that were deleted stand last.
    exchanges: Vec<Exchange>,
    living: usize,
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
        }
    }

    /// Its version.
    pub fn version(&self) -> u64 {
        self.version
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
