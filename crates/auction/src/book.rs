//! What may be sold, as one immutable book that is swapped whole, and the terms of each ad that
//! change faster than the book.

use std::collections::HashMap;
use std::sync::Arc;

use campaign::ad::{Ad, Goal};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::audience::Audience;
use campaign::block_list::BlockList;
use campaign::conversion::ConversionAction;
use campaign::creative::{Creative, Format};
use campaign::deal::Deal;
use campaign::exchange::Exchange;
use campaign::experiment::{Arm, Experiment};
use campaign::id::{AdId, AdvertiserId, CampaignId, CreativeId, ExchangeId};
use campaign::money::{Cpm, RateTable};
use campaign::time::Timestamp;
use learning::rates::Rates;

use crate::audience::Members;
use crate::experiment::{Trial, Trials};
use crate::index::{self, Index};
use crate::market::Market;
use crate::markup::Prepared;
use crate::opportunity::Visit;
use crate::prices::Prices;
use crate::reason::NoBidReason;
use crate::targeting;

/// Everything that a book is made of. Deleted things are left out.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// The version of the campaign records that this is; rises with each change.
    pub version: u64,
    /// Who pays.
    pub advertisers: Vec<Advertiser>,
    /// Their campaigns.
    pub campaigns: Vec<Campaign>,
    /// Their ads.
    pub ads: Vec<Ad>,
    /// What the ads show.
    pub creatives: Vec<Creative>,
    /// What users do that is counted.
    pub conversion_actions: Vec<ConversionAction>,
    /// The lists of users that ads may name.
    pub audiences: Vec<Audience>,
    /// Who is in which of them.
    pub members: Members,
    /// What is tried with them. A campaign is in one experiment at a time.
    pub experiments: Vec<Experiment>,
    /// The version of the market, which changes without the rest too.
    pub market_version: u64,
    /// Where they are sold. Those that were deleted are in, for the notices of their bids.
    pub exchanges: Vec<Exchange>,
    /// What was agreed with publishers.
    pub deals: Vec<Deal>,
    /// What advertisers and campaigns do not want. What exchanges have of it is theirs already.
    pub block_lists: Vec<BlockList>,
    /// What currencies are worth.
    pub rates: RateTable,
}

/// An ad's dense place in one book. Good in that book only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u32);

/// An ad with what stands above and below it.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The ad.
    pub ad: Ad,
    /// Its campaign.
    pub campaign: Arc<Campaign>,
    /// Its advertiser.
    pub advertiser: Arc<Advertiser>,
    /// Its creatives; those that it names and that do not exist are left out.
    pub creatives: Vec<Arc<Prepared>>,
    /// The deals that its targeting asks for.
    pub deals: Vec<String>,
    /// Whether its targeting asks about the user's own data.
    pub asks_about_user: bool,
}

/// What may be sold, and where. Immutable: a change makes a new one. Copies share everything.
#[derive(Clone, Debug, Default)]
pub struct Book {
    version: u64,
    offers: Arc<[Offer]>,
    /// The ads' numbers, apart from the rest: dice are thrown for many ads that are never looked at.
    ads: Arc<[AdId]>,
    slots: Arc<HashMap<AdId, Slot>>,
    by_format: [Arc<[Slot]>; 4],
    index: Arc<Index>,
    creatives: Arc<HashMap<CreativeId, Arc<Prepared>>>,
    advertisers: Arc<HashMap<AdvertiserId, Arc<Advertiser>>>,
    rates: Arc<RateTable>,
    market: Arc<Market>,
    trials: Arc<Trials>,
    /// Empty where no ad asks.
    members: Members,
    conversion_actions: Arc<HashMap<AdvertiserId, HashMap<String, ConversionAction>>>,
}

impl Book {
    /// Makes the book. An ad whose campaign or advertiser is not in the inventory is left out: it
    /// could pay for nothing.
    pub fn build(inventory: Inventory) -> Book {
        let Inventory {
            version,
            advertisers,
            campaigns,
            ads,
            creatives,
            conversion_actions,
            audiences,
            members,
            experiments,
            market_version,
            exchanges,
            deals,
            block_lists,
            rates,
        } = inventory;
        let advertisers: HashMap<_, _> = advertisers
            .into_iter()
            .map(|a| (a.id, Arc::new(a)))
            .collect();
        let campaigns: HashMap<CampaignId, _> =
            campaigns.into_iter().map(|c| (c.id, Arc::new(c))).collect();
        let creatives: HashMap<_, _> = creatives
            .into_iter()
            .map(|c| (c.id, Arc::new(Prepared::new(c))))
            .collect();
        let mut offers = Vec::with_capacity(ads.len());
        for mut ad in ads {
            let Some(campaign) = campaigns.get(&ad.campaign) else {
                continue;
            };
            let Some(advertiser) = advertisers.get(&campaign.advertiser) else {
                continue;
            };
            let lists = block_lists.iter().filter(|list| {
                list.advertisers.contains(&advertiser.id) || list.campaigns.contains(&campaign.id)
            });
            for list in lists {
                ad.targeting = list.blocked.shut_out(ad.targeting);
            }
            let shown = ad
                .creatives
                .iter()
                .filter_map(|id| creatives.get(id))
                .cloned()
                .collect();
            let deals = ad
                .targeting
                .deals()
                .into_iter()
                .map(str::to_string)
                .collect();
            offers.push(Offer {
                asks_about_user: targeting::asks_about_user(&ad.targeting),
                ad,
                campaign: campaign.clone(),
                advertiser: advertiser.clone(),
                creatives: shown,
                deals,
            });
        }
        // Ads of a kind stand together, as the index wants them.
        index::into_order(&mut offers, &rates);
        let slot = |place| Slot(u32::try_from(place).expect("a book holds fewer than 2^32 ads"));
        let placed = || {
            offers
                .iter()
                .enumerate()
                .map(|(place, offer)| (slot(place), offer))
        };
        let of_format = |format| {
            let shows = |offer: &Offer| offer.creatives.iter().any(|c| c.format() == format);
            let slots = placed().filter(|(_, offer)| shows(offer));
            slots.map(|(slot, _)| slot).collect()
        };
        let index = Index::build(&offers);
        let mut of_advertiser: HashMap<AdvertiserId, HashMap<String, ConversionAction>> =
            HashMap::new();
        for action in conversion_actions {
            let actions = of_advertiser.entry(action.advertiser).or_default();
            actions.insert(action.key.clone(), action);
        }
        let members = match index.asks_for_audiences() {
            true => members.of_living(audiences.iter().map(|audience| audience.id)),
            false => Members::default(),
        };
        Book {
            version,
            ads: offers.iter().map(|offer| offer.ad.id).collect(),
            slots: Arc::new(placed().map(|(slot, offer)| (offer.ad.id, slot)).collect()),
            by_format: Format::ALL.map(of_format),
            index: Arc::new(index),
            members,
            conversion_actions: Arc::new(of_advertiser),
            trials: Arc::new(Trials::of(experiments, &offers)),
            creatives: Arc::new(creatives),
            advertisers: Arc::new(advertisers),
            rates: Arc::new(rates),
            market: Arc::new(Market::new(market_version, exchanges).with_deals(deals)),
            offers: offers.into(),
        }
    }

    /// The same ads in another market.
    #[must_use]
    pub fn with_market(&self, market: Arc<Market>) -> Book {
        Book {
            market,
            ..self.clone()
        }
    }

    /// The arm that decides what an ad does for this visit's user; `None` where it does as it would without any
    /// experiment: none of it is on, or the user takes part in none.
    #[inline]
    pub fn arm(&self, slot: Slot, visit: &Visit<'_>) -> Option<&Arm> {
        match self.trials.is_empty() {
            true => None,
            false => self.arm_of(slot, visit.participant?, visit.now),
        }
    }

    /// As [`Book::arm`], for a user who takes part in experiments.
    pub fn arm_of(&self, slot: Slot, participant: u64, now: Timestamp) -> Option<&Arm> {
        self.trials.arm(slot, participant, now)
    }

    /// The most, in percent of what they ask, that arms of experiments have ads bid for this visit's user; never less
    /// than 100.
    #[inline]
    pub fn raised_percent(&self, visit: &Visit<'_>) -> u32 {
        match visit.participant {
            Some(user) if !self.trials.is_empty() => self.trials.raised_percent(user, visit.now),
            _ => Arm::UNCHANGED_PERCENT,
        }
    }

    /// Who is in which audience, as of this moment; `None` where no ad asks, and nobody need be looked up.
    #[inline]
    pub fn members(&self, now: Timestamp) -> Option<(&Members, Timestamp)> {
        (!self.members.is_empty()).then_some((&self.members, now))
    }

    /// What is tried.
    pub fn trials(&self) -> &[Trial] {
        self.trials.all()
    }

    /// The version of the campaign records that the book was made of.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Every ad, in the order of slots.
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// The ad in this place.
    pub fn offer(&self, slot: Slot) -> &Offer {
        &self.offers[slot.0 as usize]
    }

    /// The number of the ad in this place.
    pub fn ad(&self, slot: Slot) -> AdId {
        self.ads[slot.0 as usize]
    }

    /// Where an ad stands.
    pub fn slot(&self, ad: AdId) -> Option<Slot> {
        self.slots.get(&ad).copied()
    }

    /// The ads that have a creative of this format.
    pub fn of_format(&self, format: Format) -> &[Slot] {
        &self.by_format[format as usize - 1]
    }

    /// The ads by what they ask for.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// A creative by its number.
    pub fn creative(&self, id: CreativeId) -> Option<&Arc<Prepared>> {
        self.creatives.get(&id)
    }

    /// An advertiser by its number.
    pub fn advertiser(&self, id: AdvertiserId) -> Option<&Arc<Advertiser>> {
        self.advertisers.get(&id)
    }

    /// An advertiser's conversion action by what notices call it.
    pub fn conversion_action(
        &self,
        advertiser: AdvertiserId,
        key: &str,
    ) -> Option<&ConversionAction> {
        self.conversion_actions.get(&advertiser)?.get(key)
    }

    /// Where it is sold.
    pub fn market(&self) -> &Arc<Market> {
        &self.market
    }

    /// The exchange of this name.
    pub fn exchange(&self, name: &str) -> Option<&Exchange> {
        let mut exchanges = self.exchanges().iter();
        exchanges.find(|exchange| exchange.name == name)
    }

    /// The exchange of this number, also one that was deleted.
    pub fn exchange_by_id(&self, id: ExchangeId) -> Option<&Exchange> {
        self.market.exchange(id)
    }

    /// Every exchange that sends requests.
    pub fn exchanges(&self) -> &[Exchange] {
        self.market.exchanges()
    }

    /// What currencies are worth.
    pub fn rates(&self) -> &RateTable {
        &self.rates
    }
}

/// The terms of an ad that change faster than the book: they reach the bidder each by itself, so
/// that no rebuild delays them. They are said whole, not as differences, so that one that is lost
/// or comes twice does no harm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdTerms {
    /// Rises with each change of this ad's terms; an older one that comes late is dropped.
    pub version: u64,
    /// Why the ad may not bid at all, if it may not: paused at some level, or its budget gone.
    pub halted: Option<NoBidReason>,
    /// What an impression is worth.
    pub goal: Goal,
    /// The most that it bids.
    pub max_bid: Cpm,
    /// In how many of a million auctions it takes part.
    pub participation_ppm: u32,
    /// The price of its budget's money, as value per money: it bids what an impression is worth ÷ this. 1 where price
    /// does not pace it.
    pub multiplier: f64,
    /// What the past says of it.
    pub rates: Rates,
}

impl AdTerms {
    /// Takes part in every auction.
    pub const ALWAYS: u32 = 1_000_000;

    /// The terms that the records give, before anything was learned.
    pub fn of(ad: &Ad, version: u64) -> AdTerms {
        AdTerms {
            version,
            halted: None,
            goal: ad.goal,
            max_bid: ad.max_bid,
            participation_ppm: AdTerms::ALWAYS,
            multiplier: 1.0,
            rates: Rates::default(),
        }
    }
}

/// What control tells bidders.
#[derive(Clone, Debug)]
pub enum Update {
    /// A new book, with the terms of all its ads.
    Book {
        /// The book.
        book: Arc<Book>,
        /// The terms of each of its ads.
        terms: Vec<(AdId, AdTerms)>,
    },
    /// Another market for the ads that are there.
    Market(Arc<Market>),
    /// New terms of some ads.
    Terms(Vec<(AdId, AdTerms)>),
    /// What to bid in first-price auctions from now on.
    Prices(Arc<Prices>),
    /// Give back the leases of these ads: their cap was cut, or they were stopped.
    Recall(Vec<AdId>),
}

/// What a bidder tells control about one ad: how often it bid and did not since the bidder last told. These are
/// statistics, not money: one that is lost is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BidTally {
    /// The ad.
    pub ad: AdId,
    /// When it was counted, by the bidder's clock; reports put it into this moment's hour.
    pub at: Timestamp,
    /// Bids made, each with money reserved.
    pub bids: u64,
    /// Refusals by reason, those of no count left out. A bidder that has no time to find out of every request why an ad
    /// did not bid does so of some, and counts each of these for those that came since the one before.
    pub refusals: Vec<(NoBidReason, u32)>,
}
