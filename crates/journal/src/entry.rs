//! The entries of the journal: what exchanges, pages and advertisers told us about a bid.
//!
//! A bid itself is not written down: its terms come back, signed, with every notice about it.

use campaign::creative::Format;
use campaign::id::{
    AdId, AdvertiserId, BidId, ConversionActionId, CreativeId, ExchangeId, LeaseId,
};
use campaign::money::{Cpm, Currency, Money};
use campaign::time::{Day, Timestamp};

use crate::context::PriceContext;

/// What was agreed when a bid was made: everything that settles it later, on whichever node, without memory of the bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BidTerms {
    /// The bid.
    pub bid: BidId,
    /// Where it was made.
    pub exchange: ExchangeId,
    /// Which impression of the request, counted from 0.
    pub impression: u16,
    /// What bid.
    pub ad: AdId,
    /// What was shown.
    pub creative: CreativeId,
    /// In which format.
    pub format: Format,
    /// Which grant holds its money.
    pub lease: LeaseId,
    /// The campaign's day in which it was made: it is billed to this day whenever the billing comes.
    pub day: Day,
    /// What was reserved: the most that it may cost, in the advertiser's currency.
    pub max_cost: Money,
    /// The currency of the bid on the wire.
    pub currency: Currency,
    /// What one smallest unit of `currency` is worth in smallest units of the advertiser's
    /// currency, in thousand-millionths.
    pub fx_nanos: i64,
    /// When it was made.
    pub issued: Timestamp,
    /// The user, as a keyed hash, where we had the right to know one; else 0.
    pub user: u64,
    /// Whether there was a right to follow the ad to the conversion that it leads to. Without, a click carries no id.
    pub measured: bool,
    /// What kind of impression it was for, as far as that tells what it takes to win.
    pub context: PriceContext,
}

/// What one impression costs the advertiser at a price in the currency of the bid, rounded up: both the reservation and
/// the billing are reckoned so, by the rate that the bid was made at. `None` where it does not fit.
pub fn cost_at(price: Cpm, fx_nanos: i64) -> Option<Money> {
    let product = i128::from(price.0).checked_mul(i128::from(fx_nanos))?;
    let up = product.checked_add(999_999_999)?.div_euclid(1_000_000_000);
    i64::try_from(up).ok().map(Money)
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When we were told.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The exchange says that we won (`nurl`). Not billable.
    Win {
        /// Of which bid.
        terms: BidTerms,
        /// What it will cost.
        price: Price,
    },
    /// The exchange says that we owe (`burl`, or the impression pixel where an exchange bills so).
    Billing {
        /// Of which bid.
        terms: BidTerms,
        /// What it costs.
        price: Price,
    },
    /// The exchange says that we lost (`lurl`).
    Loss {
        /// Of which bid.
        terms: BidTerms,
        /// Why, by OpenRTB's list of loss reasons; `None` where it did not say.
        reason: Option<i32>,
        /// What would have won, in the advertiser's currency for one impression; `None` where it did not say.
        min_to_win: Option<Money>,
    },
    /// The page showed it.
    Impression {
        /// Of which bid.
        terms: BidTerms,
    },
    /// It was in view.
    View {
        /// Of which bid.
        terms: BidTerms,
    },
    /// The user clicked.
    Click {
        /// On which bid.
        terms: BidTerms,
    },
    /// The advertiser says that a user converted.
    Conversion {
        /// Who says it.
        advertiser: AdvertiserId,
        /// What the user did, where the notice names one of the advertiser's conversion actions.
        action: Option<ConversionActionId>,
        /// The advertiser's own number for it; a second one with the same number is the same conversion.
        order: String,
        /// What it was worth, in the advertiser's currency.
        value: Option<Money>,
        /// The click that is credited, and when it was made; `None` where none was in the window.
        credited: Option<(BidTerms, Timestamp)>,
    },
}

/// What a notice says of the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// The cost of this impression in the advertiser's currency, rounded up, not yet clamped to what was reserved.
    Cost(Money),
    /// The macro came back unexpanded, or nobody can read it: the reserved price is owed, and the notice is flagged.
    Unreadable,
    /// "AUDIT": a rehearsal. Written down, never billed.
    Audit,
}

impl Event {
    /// The bid that it is about; for a conversion, the one that is credited.
    pub fn terms(&self) -> Option<&BidTerms> {
        match self {
            Event::Win { terms, .. }
            | Event::Billing { terms, .. }
            | Event::Loss { terms, .. }
            | Event::Impression { terms }
            | Event::View { terms }
            | Event::Click { terms } => Some(terms),
            Event::Conversion { credited, .. } => credited.as_ref().map(|(terms, _)| terms),
        }
    }
}
