//! What is for sale, in a form of which a copy is cheap: a book is made of it on another thread, while records go on
//! changing here.

use std::collections::BTreeMap;
use std::sync::Arc;

use auction::audience::Members;
use auction::book::Inventory;
use auction::market::Market;
use campaign::block_list::BlockList;
use campaign::creative::Creative;
use campaign::experiment::Experiment;
use campaign::money::RateTable;

use super::Noun;

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
    /// The version of the records.
    pub version: u64,
    /// Where it is sold.
    pub market: Arc<Market>,
    /// What currencies are worth.
    pub rates: RateTable,
    /// What is sold.
    pub shelves: Shelves,
    /// Who is in which audience.
    pub members: Members,
}

impl Stock {
    /// Everything that a book is made of. Takes long where there is much.
    pub fn inventory(self) -> Inventory {
        let mut inventory = Inventory {
            version: self.version,
            market_version: self.market.version(),
            exchanges: self.market.all_exchanges().to_vec(),
            deals: self.market.deals().to_vec(),
            rates: self.rates,
            members: self.members,
            ..Inventory::default()
        };
        for noun in self.shelves.0.values().flat_map(|shelf| shelf.values()) {
            match &**noun {
                Noun::Advertiser(advertiser) => inventory.advertisers.push(advertiser.clone()),
                Noun::Campaign(campaign) => inventory.campaigns.push(campaign.clone()),
                Noun::Ad(ad) => inventory.ads.push(ad.clone()),
                Noun::Creative(creative) => inventory.creatives.push(Creative::clone(creative)),
                // The market has them.
                Noun::Exchange(_) | Noun::Deal(_) | Noun::RateTable(_) => {}
                Noun::BlockList(list) => inventory.block_lists.push(BlockList::clone(list)),
                Noun::Audience(audience) => inventory.audiences.push(audience.clone()),
                Noun::ConversionAction(action) => inventory.conversion_actions.push(action.clone()),
                Noun::Experiment(it) => inventory.experiments.push(Experiment::clone(it)),
            }
        }
        inventory
    }
}
