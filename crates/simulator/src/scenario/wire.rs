//! What passes between the market and the engine: all that the engine ever learns of the market.

use auction::book::AdTerms;
use campaign::ad::Goal;
use campaign::id::{AdId, AdvertiserId, CampaignId};
use campaign::money::{Cpm, Money};
use campaign::time::{Span, Timestamp};
use journal::entry::BidTerms;
use pacing::reallocate::Bounds;

/// Kinds of traffic that targeting can tell apart.
pub const SEGMENTS: u8 = 6;
/// Settling, learning and pacing happen once in so long a time.
pub const TICK: Span = Span::minutes(1);

/// An impression on offer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ask {
    /// Which request of the market it is, counted from 0.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Its kind of traffic, below [`SEGMENTS`].
    pub segment: u8,
    /// The least price.
    pub floor: Cpm,
}

/// A bid. Its terms come back with every notice of what became of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer {
    /// Its terms, as a notice URL carries them.
    pub terms: BidTerms,
    /// Its price.
    pub price: Cpm,
}

/// What the market tells of a bid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Notice {
    /// The auction is over. Told of each bid, in the order of the bids.
    Over {
        /// Of which bid.
        terms: BidTerms,
        /// What is charged, if it won.
        charged: Option<Cpm>,
        /// What would just have won.
        min_to_win: Cpm,
    },
    /// The ad was clicked.
    Click {
        /// Of which bid.
        terms: BidTerms,
        /// When.
        at: Timestamp,
    },
    /// The click led to a conversion.
    Conversion {
        /// Of which bid.
        terms: BidTerms,
        /// When the click was made.
        clicked: Timestamp,
        /// When it converted.
        at: Timestamp,
    },
}

/// An ad, as its owner describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct AdBrief {
    /// Its number.
    pub id: AdId,
    /// What it is called in tables and plots.
    pub name: String,
    /// A bit for each segment that it targets.
    pub segments: u8,
    /// Within which shares of the campaign's spend.
    pub bounds: Bounds,
    /// When it was made.
    pub joins: Timestamp,
}

impl AdBrief {
    /// Whether it wants this impression.
    pub fn wants(&self, segment: u8, at: Timestamp) -> bool {
        self.segments & (1 << segment) != 0 && self.joins <= at
    }
}

/// What the engine is told before the first request.
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    /// Who pays.
    pub advertiser: AdvertiserId,
    /// For what.
    pub campaign: CampaignId,
    /// The first moment.
    pub start: Timestamp,
    /// What may be spent in a day.
    pub daily: Money,
    /// What an impression is worth, of any of the ads.
    pub goal: Goal,
    /// The most that an ad bids.
    pub max_bid: Cpm,
    /// The ads, those too that join later.
    pub ads: Vec<AdBrief>,
    /// How many requests a day are expected.
    pub asks_per_day: f64,
    /// Whether rates are held while the conversion tracker is silent, as they are in earnest.
    pub holds_rates: bool,
    /// For the engine's own dice.
    pub seed: u64,
}

impl Brief {
    /// The terms of one of its ads, before anything is learned.
    pub fn terms(&self) -> AdTerms {
        AdTerms {
            version: 1,
            halted: None,
            goal: self.goal,
            max_bid: self.max_bid,
            participation_ppm: AdTerms::ALWAYS,
            multiplier: 1.0,
            rates: Default::default(),
        }
    }
}
