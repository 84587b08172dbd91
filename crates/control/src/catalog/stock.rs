//! What is for sale, in a form of which a copy is cheap: a book is made of it on another thread, while records go on
//! changing here.

use std::collections::BTreeMap;
use std::sync::Arc;

use auction::book::Inventory;
use campaign::creative::Creative;

use super::Noun;
use crate::config::Market;

/// How many numbers share a shelf: so many are copied, as references, when a record changes while a book is made.
const SHELF: u64 = 512;

/// What every record that is not deleted means, by its number. Copies share the shelves that do not change.
#[derive(Clone, Debug, Default)]
pub struct Shelves(BTreeMap<u64, Arc<BTreeMap<u64, Arc<Noun>>>>);

impl Shelves {
    /// Puts a record's meaning in, or takes it away.
    pub fn put(&mut self, number: u64, noun: Option<Arc<Noun>>) {
        let shelf = Arc::make_mut(self.0.entry(number / SHELF).or_default());
        match noun {
            Some(noun) => shelf.insert(number, noun),
            None => shelf.remove(&number),
        };
    }
}

/// What was for sale at one moment.
#[derive(Clone, Debug)]
pub struct Stock {
    version: u64,
    market: Market,
    shelves: Shelves,
}

impl Stock {
    /// Of this version of the records.
    pub fn new(version: u64, market: Market, shelves: Shelves) -> Stock {
        Stock {
            version,
            market,
            shelves,
        }
    }

    /// Everything that a book is made of. Takes long where there is much.
    pub fn inventory(self) -> Inventory {
        let mut inventory = Inventory {
            version: self.version,
            exchanges: self.market.exchanges,
            rates: self.market.rates,
            ..Inventory::default()
        };
        for noun in self.shelves.0.values().flat_map(|shelf| shelf.values()) {
            match &**noun {
                Noun::Advertiser(advertiser) => inventory.advertisers.push(advertiser.clone()),
                Noun::Campaign(campaign) => inventory.campaigns.push(campaign.clone()),
                Noun::Ad(ad) => inventory.ads.push(ad.clone()),
                Noun::Creative(creative) => inventory.creatives.push(Creative::clone(creative)),
            }
        }
        inventory
    }
}
