//! All campaign records in memory, each as what was asked for and as the noun that it means.

pub mod crowd;
mod stock;
mod trials;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use api::names::{Kind, Name};
use api::rate_table::RatesFrom;
use auction::market::Market;
use campaign::ad::{Ad, State};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::audience::Audience;
use campaign::block_list::BlockList;
use campaign::conversion::ConversionAction;
use campaign::creative::Creative;
use campaign::deal::Deal;
use campaign::exchange::{Blocks, Exchange};
use campaign::experiment::Experiment;
use campaign::id::{AdId, AudienceId, CampaignId, ConversionActionId, CreativeId, ExchangeId};
use campaign::money::RateTable;
use campaign::time::Timestamp;
use store::record::{Record, RecordId};

pub use stock::Stock;

/// What a record means.
#[derive(Clone, Debug)]
pub enum Noun {
    /// Who pays.
    Advertiser(Advertiser),
    /// A budget with a flight.
    Campaign(Campaign),
    /// What bids.
    Ad(Ad),
    /// What is shown.
    Creative(Box<Creative>),
    /// Where it is shown.
    Exchange(Box<Exchange>),
    /// What was agreed with a publisher.
    Deal(Box<Deal>),
    /// What currencies are worth.
    RateTable(Box<RatesFrom>),
    /// What is not bid on.
    BlockList(Box<BlockList>),
    /// Users whom it knows.
    Audience(Audience),
    /// What users do that is counted.
    ConversionAction(ConversionAction),
    /// What is tried.
    Experiment(Box<Experiment>),
}

impl Noun {
    /// What people call it.
    pub fn display_name(&self) -> &str {
        match self {
            Noun::Advertiser(it) => &it.display_name,
            Noun::Campaign(it) => &it.display_name,
            Noun::Ad(it) => &it.display_name,
            Noun::Creative(it) => &it.display_name,
            Noun::Exchange(it) => &it.display_name,
            Noun::Deal(it) => &it.display_name,
            Noun::RateTable(it) => &it.display_name,
            Noun::BlockList(it) => &it.display_name,
            Noun::Audience(it) => &it.display_name,
            Noun::ConversionAction(it) => &it.display_name,
            Noun::Experiment(it) => &it.display_name,
        }
    }
}

/// A record, and what it means.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub name: Name,
    /// The record, as it is stored.
    pub record: Record,
    /// What it means.
    pub noun: Arc<Noun>,
}

impl Entry {
    /// Whether it was deleted.
    pub fn is_deleted(&self) -> bool {
        self.record.deleted.is_some()
    }

    /// Its state.
    pub fn state(&self) -> State {
        state(&self.record)
    }
}

/// The state that a record is in.
pub fn state(record: &Record) -> State {
    match (record.deleted, record.state.as_str()) {
        (Some(_), _) => State::Deleted,
        (None, PAUSED) => State::Paused,
        (None, _) => State::Active,
    }
}

/// How the store calls a state that runs.
pub const ACTIVE: &str = "active";
/// How the store calls a state that was stopped.
pub const PAUSED: &str = "paused";

/// An ad with what stands above it.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// The ad.
    pub ad: &'a Ad,
    /// Its campaign.
    pub campaign: &'a Campaign,
    /// Its advertiser.
    pub advertiser: &'a Advertiser,
}

impl Placed<'_> {
    /// The states of the ad and of what stands above it.
    pub fn states(&self) -> [State; 3] {
        [self.ad.state, self.campaign.state, self.advertiser.state]
    }

    /// Whether people let the ad bid now.
    pub fn runs(&self, now: Timestamp) -> bool {
        self.states() == [State::Active; 3]
            && self.ad.flight.contains(now)
            && self.campaign.flight.contains(now)
    }
}

/// All records.
#[derive(Debug, Default)]
pub struct Catalog {
    entries: BTreeMap<u64, Entry>,
    numbers: HashMap<String, u64>,
    /// The numbers of each kind's records.
    kinds: BTreeMap<Kind, BTreeSet<u64>>,
    below: HashMap<u64, BTreeSet<u64>>,
    shelves: stock::Shelves,
    /// Where it is sold, as records said at the last [`Catalog::settle_market`].
    pub market: Arc<Market>,
    /// What currencies are worth.
    pub rates: RateTable,
    /// The record that they are of, and its version.
    rates_of: Option<(u64, u64)>,
    /// Whether a record of the market changed since.
    unsettled: bool,
    trials: trials::Trials,
    /// Who is in which audience.
    pub crowd: crowd::Crowd,
    /// Rises with each change of a record.
    pub version: u64,
}

impl Catalog {
    /// No records yet.
    pub fn new() -> Catalog {
        Catalog {
            unsettled: true,
            ..Catalog::default()
        }
    }

    /// Puts a record in, in place of what it was before.
    pub fn put(&mut self, entry: Entry) {
        let number = entry.record.id.0;
        self.numbers.insert(entry.name.as_str().to_string(), number);
        let of_kind = self.kinds.entry(entry.name.kind()).or_default();
        of_kind.insert(number);
        let parent = entry.name.parent().and_then(|parent| self.number(&parent));
        if let Some(parent) = parent {
            self.below.entry(parent).or_default().insert(number);
        }
        if entry.name.kind().is_of_market() {
            self.unsettled = true;
        }
        if entry.name.kind().is_in_book() {
            let living = (!entry.is_deleted()).then(|| Arc::clone(&entry.noun));
            self.trials.put(number, living.as_deref());
            self.shelves.put(number, living);
        }
        self.entries.insert(number, entry);
    }

    /// Makes the market anew where one of its records changed, and tells whether it did.
    pub fn settle_market(&mut self) -> bool {
        if !std::mem::take(&mut self.unsettled) {
            return false;
        }
        let exchanges = self.after(Kind::Exchange, 0).filter_map(|entry| {
            let Noun::Exchange(exchange) = &*entry.noun else {
                return None;
            };
            Some(Exchange {
                blocks: self.blocks_on(exchange.id),
                state: entry.state(),
                ..Exchange::clone(exchange)
            })
        });
        let (exchanges, version) = (exchanges.collect(), self.market.version() + 1);
        let living = self
            .after(Kind::Deal, 0)
            .filter(|entry| !entry.is_deleted());
        let deals = living.filter_map(|entry| match &*entry.noun {
            Noun::Deal(deal) => Some(Deal::clone(deal)),
            _ => None,
        });
        let deals = deals.collect();
        self.market = Arc::new(Market::new(version, exchanges).with_deals(deals));
        true
    }

    /// What the block lists of an exchange block there, all of them together.
    fn blocks_on(&self, exchange: ExchangeId) -> Option<Arc<Blocks>> {
        let living = self
            .after(Kind::BlockList, 0)
            .filter(|entry| !entry.is_deleted());
        let lists = living.filter_map(|entry| match &*entry.noun {
            Noun::BlockList(list) if list.exchanges.contains(&exchange) => Some(list),
            _ => None,
        });
        let mut blocks = Blocks::default();
        for list in lists {
            blocks.inventory.add(&list.blocked);
            let both = blocks
                .advertiser_domains
                .iter()
                .chain(list.advertiser_domains.iter());
            blocks.advertiser_domains = both.collect();
        }
        (blocks != Blocks::default()).then(|| Arc::new(blocks))
    }

    /// Takes the rates of the table that is in force now, and tells whether they are others than before.
    pub fn settle_rates(&mut self, now: Timestamp) -> bool {
        let in_force = self.rates_at(now);
        let rates_of = in_force.map(|(entry, _)| (entry.record.id.0, entry.record.version));
        if rates_of == self.rates_of {
            return false;
        }
        let rates = in_force.map_or_else(RateTable::default, |(_, rates)| rates.clone());
        (self.rates_of, self.rates) = (rates_of, rates);
        true
    }

    /// The rate table in force at this time: the latest of those whose time has come.
    pub fn rates_at(&self, now: Timestamp) -> Option<(&Entry, &RateTable)> {
        let living = self
            .after(Kind::RateTable, 0)
            .filter(|entry| !entry.is_deleted());
        let tables = living.filter_map(|entry| match &*entry.noun {
            Noun::RateTable(it) if it.from <= now => Some((it.from, entry, &it.rates)),
            _ => None,
        });
        let latest = tables.max_by_key(|(from, entry, _)| (*from, entry.record.id));
        latest.map(|(_, entry, rates)| (entry, rates))
    }

    /// The deal of this id on an exchange, and the number of its record.
    pub fn deal(&self, exchange: ExchangeId, id: &str) -> Option<u64> {
        let living = self
            .after(Kind::Deal, 0)
            .filter(|entry| !entry.is_deleted());
        let mut same = living.filter(|entry| {
            matches!(&*entry.noun, Noun::Deal(deal) if deal.exchange == exchange && deal.id == id)
        });
        same.next().map(|entry| entry.record.id.0)
    }

    /// An exchange by the last part of its name, deleted or not.
    pub fn exchange_named(&self, name: &str) -> Option<&Exchange> {
        let name = Name::child(None, Kind::Exchange, name).ok()?;
        match &*self.named(&name)?.noun {
            Noun::Exchange(exchange) => Some(exchange),
            _ => None,
        }
    }

    fn number(&self, name: &Name) -> Option<u64> {
        self.numbers.get(name.as_str()).copied()
    }

    /// How many records there are, deleted ones counted.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The record of this name, deleted or not.
    pub fn named(&self, name: &Name) -> Option<&Entry> {
        self.number(name)
            .and_then(|number| self.entries.get(&number))
    }

    /// The record of this number, deleted or not.
    pub fn numbered(&self, number: u64) -> Option<&Entry> {
        self.entries.get(&number)
    }

    /// The records of a kind after this number, in the order in which they were made.
    pub fn after(&self, kind: Kind, number: u64) -> impl Iterator<Item = &Entry> {
        let of_kind = self.kinds.get(&kind).into_iter();
        of_kind
            .flat_map(move |numbers| numbers.range(number.saturating_add(1)..))
            .filter_map(|number| self.entries.get(number))
    }

    /// What hangs right below a record, deleted or not.
    pub fn below(&self, number: u64) -> impl Iterator<Item = &Entry> {
        let below = self.below.get(&number).into_iter().flatten();
        below.filter_map(|number| self.entries.get(number))
    }

    /// The record's own number if it is an ad, else those of the ads below it, deleted ones too.
    pub fn ads_under(&self, number: u64) -> Vec<AdId> {
        match self.numbered(number).map(|entry| &*entry.noun) {
            Some(Noun::Ad(ad)) => vec![ad.id],
            Some(Noun::Campaign(_) | Noun::Advertiser(_)) => {
                let below = self.below(number).map(|entry| entry.record.id.0);
                below.flat_map(|number| self.ads_under(number)).collect()
            }
            Some(
                Noun::Creative(_)
                | Noun::Exchange(_)
                | Noun::Deal(_)
                | Noun::RateTable(_)
                | Noun::BlockList(_)
                | Noun::Audience(_)
                | Noun::ConversionAction(_)
                | Noun::Experiment(_),
            )
            | None => Vec::new(),
        }
    }

    /// An ad with what stands above it, deleted or not.
    pub fn placed(&self, ad: AdId) -> Option<Placed<'_>> {
        let Noun::Ad(ad) = &*self.numbered(ad.0)?.noun else {
            return None;
        };
        let Noun::Campaign(campaign) = &*self.numbered(ad.campaign.0)?.noun else {
            return None;
        };
        let Noun::Advertiser(advertiser) = &*self.numbered(campaign.advertiser.0)?.noun else {
            return None;
        };
        Some(Placed {
            ad,
            campaign,
            advertiser,
        })
    }

    /// The ads that are not deleted, and of which nothing above is.
    pub fn living_ads(&self) -> impl Iterator<Item = Placed<'_>> {
        self.living_ads_after(0)
    }

    /// Those of them with a higher number.
    pub fn living_ads_after(&self, number: u64) -> impl Iterator<Item = Placed<'_>> {
        self.after(Kind::Ad, number)
            .filter_map(|entry| self.placed(AdId(entry.record.id.0)))
            .filter(|placed| !placed.states().contains(&State::Deleted))
    }

    /// The advertiser that a record is of, or that it is.
    pub fn advertiser_of(&self, name: &Name) -> Option<&Advertiser> {
        match &*self.named(&name.advertiser())?.noun {
            Noun::Advertiser(advertiser) => Some(advertiser),
            _ => None,
        }
    }

    /// The name of what has this number; empty where nothing has.
    pub fn name_of(&self, number: u64) -> String {
        self.numbered(number)
            .map_or(String::new(), |entry| entry.name.to_string())
    }

    /// The number of a creative by its name, deleted or not.
    pub fn creative(&self, name: &Name) -> Option<CreativeId> {
        let entry = self.named(name)?;
        matches!(*entry.noun, Noun::Creative(_)).then_some(CreativeId(entry.record.id.0))
    }

    /// The number of an audience of this advertiser by its name, deleted or not.
    pub fn audience(&self, advertiser: &Name, name: &str) -> Option<AudienceId> {
        let name = Name::of(Kind::Audience, name).ok()?;
        let entry = self
            .named(&name)
            .filter(|_| name.advertiser() == *advertiser)?;
        Some(AudienceId(entry.record.id.0))
    }

    /// A conversion action by its number, deleted or not.
    pub fn conversion_action(&self, id: ConversionActionId) -> Option<&ConversionAction> {
        match &*self.numbered(id.0)?.noun {
            Noun::ConversionAction(action) => Some(action),
            _ => None,
        }
    }

    /// Whether the ad has a creative that is not deleted.
    pub fn has_creative(&self, ad: &Ad) -> bool {
        let mut creatives = ad.creatives.iter();
        creatives.any(|id| self.numbered(id.0).is_some_and(|entry| !entry.is_deleted()))
    }

    /// The number of an exchange by the last part of its name, deleted or not: an ad may go on naming it.
    pub fn exchange(&self, name: &str) -> Option<ExchangeId> {
        self.exchange_named(name).map(|exchange| exchange.id)
    }

    /// The last part of an exchange's name by its number; empty where there never was one.
    pub fn exchange_name(&self, id: ExchangeId) -> String {
        let found = self.market.exchange(id);
        found.map_or(String::new(), |exchange| exchange.name.clone())
    }

    /// A number that no exchange ever had.
    pub fn next_exchange(&self) -> ExchangeId {
        let numbers = self
            .after(Kind::Exchange, 0)
            .map(|entry| match &*entry.noun {
                Noun::Exchange(exchange) => exchange.id.0,
                _ => 0,
            });
        ExchangeId(numbers.max().unwrap_or(0) + 1)
    }

    /// What is tried.
    pub fn trials(&self) -> &trials::Trials {
        &self.trials
    }

    /// The campaign of this number.
    pub fn campaign(&self, id: CampaignId) -> Option<&Campaign> {
        match &*self.numbered(id.0)?.noun {
            Noun::Campaign(campaign) => Some(campaign),
            _ => None,
        }
    }

    /// Everything that a book is made of, to be read elsewhere. Takes no longer for a million records than for a
    /// thousand, or nearly.
    pub fn stock(&self) -> Stock {
        Stock {
            version: self.version,
            market: Arc::clone(&self.market),
            rates: self.rates.clone(),
            shelves: self.shelves.clone(),
            members: self.crowd.members().clone(),
        }
    }

    /// The numbers of everything below a record, each after what it hangs below.
    pub fn all_below(&self, number: u64) -> Vec<RecordId> {
        let mut found = Vec::new();
        let mut next = vec![number];
        while let Some(number) = next.pop() {
            for entry in self.below(number) {
                found.push(entry.record.id);
                next.push(entry.record.id.0);
            }
        }
        found
    }
}
