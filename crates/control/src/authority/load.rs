//! The authority's start: everything as it was left.

use std::sync::Arc;
use std::time::Instant;

use api::errors::Violations;
use api::names::{Kind, Name};
use api::v1;
use auction::audience::MemberHash;
use campaign::ad::State;
use campaign::id::{AdId, CampaignId};
use campaign::money::Money;
use campaign::time::{Span, Timestamp};
use pacing::ledger::terms::AdAccount;
use pacing::ledger::{AccountError, Broken, Ledger};
use store::database::Transaction;
use store::disk::Disk;
use store::error::StoreError;
use store::pacing::EventKind;
use store::record::{Deleted, List, MAX_LIST, Record, RecordId};
use store::rollup::{Dimension, RollupQuery};
use store::segment::JournalError;
use tokio::sync::watch;

use super::books::Books;
use super::conversions::Conversions;
use super::exploration::Exploration;
use super::money::{Journal, Waiting};
use super::pace::Pace;
use super::prices::Prices;
use super::rollups::{Learned, Tallied};
use super::seed::{self, SeedError};
use super::segments::Segments;
use super::shares::Sharing;
use super::terms::Told;
use super::tokens::Tokens;
use super::wins::Wins;
use super::{Authority, Running};
use crate::access::caller::Caller;
use crate::catalog::{Catalog, Entry, Noun, state};
use crate::resource::{Resource, Subject};
use crate::seams::Seams;
use crate::summary::Summary;
use crate::traffic::Traffic;
use crate::view::Tripped;

/// Why the authority cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The ledger's rows contradict each other.
    #[error("the ledger in the database is broken: {0}. Keep the data, and report it")]
    Ledger(#[from] Broken),
    /// A record hangs elsewhere than the ledger remembers.
    #[error("the records and the ledger disagree: {0}")]
    Account(#[from] AccountError),
    /// A record that does not mean anything any more.
    #[error("the record {name} cannot be read: {why}. Keep the data, and report it")]
    Record {
        /// Which record.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// The file and the store speak of different exchanges.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// No thread.
    #[error("could not start the authority's thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// What was learned of the price of a budget's money, or of an exchange's prices, longer ago than this is not gone on
/// from.
const LEARNED_KEPT: Span = Span::days(14);

/// Loads everything, and starts the thread.
pub fn start<D: Disk>(seams: Seams<D>) -> Result<Running, LoadError> {
    let Seams {
        clock,
        mut store,
        journal,
        progress,
        links,
        market,
        rules,
        explainer: _,
        certificates: _,
        sampled: _,
        build,
    } = seams;
    let now = clock.now();
    let since = now - LEARNED_KEPT;
    let mut prices = Prices::new(market.explored_ppm, now);
    store.transaction::<_, LoadError>(|transaction| {
        transaction.forget_prices(since)?;
        Ok(seed::plant(transaction, &market, now)?)
    })?;
    let mut learned = Learned::default();
    let mut pace = Pace::new(now);
    let mut segments = Segments::default();
    let (catalog, ledger, tokens, tripped) = store.read::<_, LoadError>(|transaction| {
        let catalog = catalog(transaction, now)?;
        resume(&mut learned, transaction)?;
        pace.warm(transaction.read_multipliers(since)?);
        let plans = transaction.read_plan_profiles(since)?;
        pace.warm_plans(plans, transaction.read_promises()?);
        for (exchange, market) in transaction.read_price_markets()? {
            prices.resume(exchange, &market);
        }
        transaction.each_price_cell(|cell| prices.resume_cell(&cell))?;
        prices.resumed();
        let tripped = tripped(&catalog, transaction)?;
        let ledger = Ledger::restore(rules, transaction.read_ledger()?, now)?;
        let campaigns = catalog.after(Kind::Campaign, 0);
        let campaigns: Vec<_> = campaigns.map(|it| CampaignId(it.record.id.0)).collect();
        segments = Segments::restore(transaction.read_segment_starts()?);
        segments.read(&catalog, campaigns, &ledger, now, transaction)?;
        let tokens = Tokens::load(transaction)?;
        Ok((catalog, ledger, tokens, tripped))
    })?;
    let keys = tokens.keys();
    let mut ledger = ledger;
    let ads: Vec<AdId> = catalog.living_ads().map(|placed| placed.ad.id).collect();
    tell_ledger(&catalog, &segments, &mut ledger, ads.iter().copied(), now)?;
    let over = ledger.accounts().filter(|row| row.overspend > Money::ZERO);
    let overspends = over.map(|row| (row.key, row.overspend)).collect();
    let journal = Journal::follow(journal, progress, ledger.position())?;
    let (summary, summaries) = watch::channel(Arc::new(Summary::default()));
    let (fatal, fatals) = watch::channel(None);
    let make = |commands| {
        let mut authority = Authority {
            store,
            ledger,
            catalog,
            clock,
            links,
            journal,
            waiting: Waiting::default(),
            books: Books::new(commands, build),
            told: Told::new(now),
            tokens,
            caller: Arc::new(Caller::server()),
            pace,
            conversions: Conversions::default(),
            prices,
            table: None,
            segments,
            sharing: Sharing::default(),
            exploration: Exploration::default(),
            round: None,
            learned,
            wins: Wins::default(),
            traffic: Traffic::new(now),
            overspends,
            tripped,
            bids: Tallied::default(),
            summary,
            fatal,
            started: now,
            ticked: (Instant::now(), now),
            cleaned: Instant::now(),
        };
        authority.watch_pace(&ads);
        authority.summarise();
        authority
    };
    Ok(Running::spawn(make, summaries, fatals, keys)?)
}

/// Reads all records, each kind after what it hangs below.
fn catalog(transaction: &Transaction<'_>, now: Timestamp) -> Result<Catalog, LoadError> {
    let mut catalog = Catalog::new();
    catalog.version = transaction.config_version()?;
    // Ads name exchanges, creatives and audiences, deals exchanges and advertisers: what is named comes first.
    for kind in [
        Kind::RateTable,
        Kind::Exchange,
        Kind::Advertiser,
        Kind::Deal,
        Kind::Creative,
        Kind::Audience,
        Kind::ConversionAction,
        Kind::Campaign,
        Kind::Ad,
        Kind::BlockList,
        Kind::Experiment,
    ] {
        let mut after = RecordId(0);
        loop {
            let list = List {
                kind: kind.noun(),
                parent: None,
                after,
                limit: MAX_LIST,
                deleted: Deleted::Shown,
            };
            let records = transaction.list_records(&list)?;
            let Some(last) = records.last() else { break };
            after = last.id;
            for record in records {
                let entry = entry(&catalog, kind, record)?;
                catalog.put(entry);
            }
        }
    }
    catalog.settle_rates(now);
    catalog.settle_market();
    transaction.each_audience_member(|audience, member, until| {
        catalog.crowd.add(audience, MemberHash(member), until);
    })?;
    Ok(catalog)
}

fn entry(catalog: &Catalog, kind: Kind, record: Record) -> Result<Entry, LoadError> {
    let broken = |why: String| LoadError::Record {
        name: record.name.clone(),
        why,
    };
    let name = Name::of(kind, &record.name).map_err(|error| broken(error.to_string()))?;
    let noun = Arc::new(meaning(catalog, &name, &record).map_err(broken)?);
    Ok(Entry { name, record, noun })
}

/// What a stored record of whatever kind means.
pub(super) fn meaning(catalog: &Catalog, name: &Name, record: &Record) -> Result<Noun, String> {
    match name.kind() {
        Kind::Advertiser => mean::<v1::Advertiser>(catalog, name, record),
        Kind::Campaign => mean::<v1::Campaign>(catalog, name, record),
        Kind::Ad => mean::<v1::Ad>(catalog, name, record),
        Kind::Creative => mean::<v1::Creative>(catalog, name, record),
        Kind::Exchange => mean::<v1::Exchange>(catalog, name, record),
        Kind::Deal => mean::<v1::Deal>(catalog, name, record),
        Kind::RateTable => mean::<v1::RateTable>(catalog, name, record),
        Kind::BlockList => mean::<v1::BlockList>(catalog, name, record),
        Kind::Audience => mean::<v1::Audience>(catalog, name, record),
        Kind::ConversionAction => mean::<v1::ConversionAction>(catalog, name, record),
        Kind::Experiment => mean::<v1::Experiment>(catalog, name, record),
    }
}

fn mean<R: Resource>(catalog: &Catalog, name: &Name, record: &Record) -> Result<Noun, String> {
    let wire = R::decode(record.body.as_slice()).map_err(|error| error.to_string())?;
    let subject = Subject {
        name,
        number: record.id.0,
        state: state(record),
        created: record.created,
    };
    let mut wrong = Violations::default();
    let noun = wire.noun(&subject, catalog, R::KIND.noun(), &mut wrong);
    match wrong.list().first() {
        // What was deleted may speak of what is gone; nothing bids on it.
        Some(_) if record.deleted.is_some() => Ok(noun),
        Some(first) => Err(format!("{}: {}", first.field, first.description)),
        None => Ok(noun),
    }
}

/// The campaigns that are paused and to which nothing has happened since their breaker tripped.
fn tripped(catalog: &Catalog, transaction: &Transaction<'_>) -> Result<Tripped, StoreError> {
    let mut tripped = Tripped::new();
    for entry in catalog.after(Kind::Campaign, 0) {
        if entry.state() != State::Paused {
            continue;
        }
        let campaign = CampaignId(entry.record.id.0);
        let last = transaction.list_pacing_events(campaign, None, 1)?;
        if last
            .iter()
            .any(|(_, event)| event.kind == EventKind::BreakerTripped)
        {
            tripped.insert(campaign);
        }
    }
    Ok(tripped)
}

fn resume(learned: &mut Learned, transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let query = RollupQuery {
        from: Timestamp(0),
        until: Timestamp::MAX,
        by: vec![Dimension::Ad],
        only: Vec::new(),
    };
    for row in transaction.query_rollups(&query)? {
        if let [ad] = row.key[..] {
            learned.resume(AdId(ad), &row.counts);
        }
    }
    Ok(())
}

/// Tells the ledger of these ads as the records say them now.
pub(super) fn tell_ledger(
    catalog: &Catalog,
    segments: &Segments,
    ledger: &mut Ledger,
    ads: impl IntoIterator<Item = AdId>,
    now: Timestamp,
) -> Result<(), AccountError> {
    use campaign::ad::State::Active;
    for ad in ads {
        let Some(placed) = catalog.placed(ad) else {
            continue;
        };
        let states = [
            placed.ad.state,
            placed.campaign.state,
            placed.advertiser.state,
        ];
        let account = AdAccount {
            ad,
            campaign: placed.campaign.id,
            advertiser: placed.advertiser.id,
            ad_budget: placed.ad.budget,
            campaign_budget: segments.budget(placed.campaign),
            advertiser_budget: placed.advertiser.budget,
            campaign_zone: placed.campaign.time_zone.clone(),
            advertiser_zone: placed.advertiser.time_zone.clone(),
            halted: states.iter().any(|state| *state != Active),
        };
        ledger.set_ad(account, now)?;
    }
    Ok(())
}
