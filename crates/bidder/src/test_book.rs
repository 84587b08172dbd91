//! The smallest book, for tests inside this crate.

use std::sync::Arc;

use auction::book::{AdTerms, Book, Inventory, Update};
use campaign::ad::{Ad, Budget, Delivery, Goal, Share, State};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::exchange::Exchange;
use campaign::id::{AdId, AdvertiserId, CampaignId, ExchangeId};
use campaign::money::{Cpm, Currency};
use campaign::spending::Spending;
use campaign::targeting::Expression;
use campaign::time::{Flight, Span, TimeZone};

pub fn exchange() -> Exchange {
    Exchange {
        auction_type: 1,
        timeout_margin: Span::milliseconds(5),
        default_timeout: Span::minutes(1),
        ..Exchange::new(ExchangeId(1), "demo", "outbid")
    }
}

pub fn ad(id: u64) -> Ad {
    Ad {
        id: AdId(id),
        campaign: CampaignId(2),
        display_name: String::new(),
        state: State::Active,
        flight: Flight::default(),
        budget: Budget::default(),
        goal: Goal::FixedCpm(Cpm(1_000)),
        max_bid: Cpm(1_000),
        delivery: Delivery::AsFastAsPossible,
        frequency_caps: Vec::new(),
        targeting: Expression::default(),
        creatives: Vec::new(),
        share: Share::default(),
    }
}

/// These ads, in campaign 2 of advertiser 1.
pub fn inventory(version: u64, ads: Vec<Ad>) -> Inventory {
    Inventory {
        version,
        advertisers: vec![Advertiser {
            id: AdvertiserId(1),
            display_name: String::new(),
            state: State::Active,
            currency: Currency::USD,
            time_zone: TimeZone::default(),
            budget: Budget::default(),
            click_window_days: 30,
        }],
        campaigns: vec![Campaign {
            id: CampaignId(2),
            advertiser: AdvertiserId(1),
            display_name: String::new(),
            state: State::Active,
            flight: Flight::default(),
            time_zone: TimeZone::default(),
            budget: Budget::default(),
            frequency_caps: Vec::new(),
            spending: Spending::default(),
            share: Share::default(),
        }],
        ads,
        ..Inventory::default()
    }
}

/// The update that brings a book of this version with these ads, their terms in their first version.
pub fn book(version: u64, ads: &[u64]) -> Update {
    let inventory = inventory(version, ads.iter().map(|id| ad(*id)).collect());
    let terms = ads.iter().map(|id| (AdId(*id), AdTerms::of(&ad(*id), 1)));
    Update::Book {
        book: Arc::new(Book::build(inventory)),
        terms: terms.collect(),
    }
}
