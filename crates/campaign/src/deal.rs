//! What was agreed with a publisher: who may buy what he offers under one id, and for how much.

use crate::ad::State;
use crate::id::{AdvertiserId, ExchangeId};
use crate::money::{Cpm, Currency};
use crate::time::{Flight, Timestamp};

/// A deal that we know of. One that requests offer and nobody here has heard of goes by what the requests say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    /// Where it is offered.
    pub exchange: ExchangeId,
    /// Its id there, as requests write it.
    pub id: String,
    /// What people call it.
    pub display_name: String,
    /// Whether it is bid for.
    pub state: State,
    /// When it is bid for.
    pub flight: Flight,
    /// What it costs; `None` where requests say.
    pub price: Option<DealPrice>,
    /// The currency of the price.
    pub currency: Currency,
    /// Our seats that may bid for it; all of them where it names none.
    pub seats: Vec<String>,
    /// Who may bid for it; everybody where it names nobody.
    pub advertisers: Vec<AdvertiserId>,
}

/// What a deal costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DealPrice {
    /// At least this. A request may ask for more.
    Floor(Cpm),
    /// This, and nothing else. A request that asks for more does not offer what was agreed.
    Fixed(Cpm),
}

impl Deal {
    /// Whether it may be bid for at this time.
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.state == State::Active && self.flight.contains(now)
    }

    /// Whether one of our seats may bid for it.
    pub fn takes_seat(&self, seat: &str) -> bool {
        self.seats.is_empty() || self.seats.iter().any(|own| own == seat)
    }
}
