//! Our side of a scenario: what control and a bidder do in earnest, with the same parts, without sockets and clocks.
//!
//! It learns of the market what [`wire`](super::wire) passes on, and nothing else.

mod mind;
mod pace;
mod purse;

use std::collections::VecDeque;

use campaign::creative::Format;
use campaign::estimate::Estimate;
use campaign::id::{BidId, CreativeId, ExchangeId};
use campaign::money::{Cpm, Currency, Money};
use campaign::time::{TimeZone, Timestamp};
use journal::context::PriceContext;
use journal::entry::{BidTerms, Price};
use learning::surge::{Sample, Surge};
use pacing::account::Level;
use pacing::ledger::settle::{Outcome, Settlement};
use pacing::pacer::{Account, Pacer, Settings};
use pacing::plan::{Outlook, Spent};
use pacing::reallocate::{self, Bounds, BoundsError, Group, Move, Seen};
use pacing::response::Shown;

use super::wire::{Ask, Brief, Notice, Offer, SEGMENTS};
use mind::Mind;
use pace::Pace;
use purse::Purse;

/// Rates are learned, and the dice thrown for them, once in so many ticks.
const LEARN_TICKS: i64 = 5;
/// A lease is enough for so many times the requests of the last tick.
const LEASE_TICKS: f64 = 4.0;

/// The engine.
pub struct Engine {
    brief: Brief,
    zone: TimeZone,
    mind: Mind,
    purse: Purse,
    pace: Pace,
    pacer: Option<Pacer>,
    group: Group,
    joined: Vec<bool>,
    /// What an ad's impression counts for in this tick: value × weight, in nanos. Nothing for one that must not bid.
    values: Vec<f64>,
    /// Which ad counts for most in each segment.
    leaders: [Option<usize>; SEGMENTS as usize],
    /// Of bids whose auction is not over: value and multiplier.
    open: VecDeque<(f64, f64)>,
    settlements: Vec<Settlement>,
    /// What came since the last tick; auctions are requests that any ad wanted.
    sample: Sample,
    outlook: Outlook,
    bids: u64,
    ticks: i64,
    /// Moves of money between ads, as they were told.
    pub moves: Vec<Move>,
}

/// The first guess of a price: a CPM of one unit of the currency.
const FIRST_PRICE: f64 = 1_000_000.0;

impl Engine {
    /// An engine that knows its brief. The error says which bounds cannot hold.
    pub fn new(brief: Brief, zone: TimeZone) -> Result<Engine, BoundsError> {
        let mut pace = Pace::new(&brief, zone.clone());
        let outlook = pace.tick(brief.start, Sample::default(), &Spent::default());
        let mut engine = Engine {
            mind: Mind::new(&brief),
            purse: Purse::new(&brief, zone.clone()),
            pace,
            pacer: None,
            group: Group::new(reallocate::Settings::default()),
            joined: vec![false; brief.ads.len()],
            values: vec![0.0; brief.ads.len()],
            leaders: [None; SEGMENTS as usize],
            open: VecDeque::new(),
            settlements: Vec::new(),
            sample: Sample::default(),
            outlook,
            bids: 0,
            ticks: 0,
            moves: Vec::new(),
            zone,
            brief,
        };
        engine.join(engine.brief.start)?;
        Ok(engine)
    }

    /// Takes in the ads that there are by now.
    fn join(&mut self, now: Timestamp) -> Result<(), BoundsError> {
        let joined: Vec<bool> = self.brief.ads.iter().map(|ad| ad.joins <= now).collect();
        if joined != self.joined {
            self.joined = joined;
            let ads = self.brief.ads.iter().filter(|ad| ad.joins <= now);
            let members: Vec<(Level, Bounds)> =
                ads.map(|ad| (Level::Ad(ad.id), ad.bounds)).collect();
            self.group.set_members(&members)?;
        }
        Ok(())
    }

    /// Takes in a notice.
    pub fn hear(&mut self, notice: &Notice, now: Timestamp) {
        match notice {
            Notice::Over {
                terms,
                charged,
                min_to_win,
            } => {
                let outcome = match charged {
                    Some(price) => Outcome::Billed(Price::Cost(price.impression_cost())),
                    None => Outcome::Lost,
                };
                self.settlements.push(Settlement {
                    terms: *terms,
                    outcome,
                });
                self.sample.bids += 1.0;
                if let Some(price) = charged {
                    self.sample.wins += 1.0;
                    self.sample.spend += price.impression_cost().nanos() as f64;
                    self.mind.shown(place(terms), terms.issued);
                }
                if let (Some((value, multiplier)), Some(pacer)) =
                    (self.open.pop_front(), self.pacer.as_mut())
                {
                    let price = min_to_win.impression_cost().nanos() as f64;
                    pacer.observe(value, multiplier, Shown::Price(price));
                }
            }
            Notice::Click { terms, at } => {
                self.sample.clicks += 1.0;
                self.mind.clicked(place(terms), terms, *at);
            }
            Notice::Conversion { terms, clicked, at } => {
                self.mind.converted(place(terms), *clicked, *at, now);
            }
        }
    }

    /// What control does once a tick: settle, learn, share, pace, lease. The error says which bounds cannot hold.
    pub fn tick(&mut self, now: Timestamp) -> Result<(), BoundsError> {
        let settlements = std::mem::take(&mut self.settlements);
        let mut spent = vec![Money::ZERO; self.brief.ads.len()];
        for (ad, charged) in self.purse.settle(&settlements) {
            let spent = &mut spent[ad.0 as usize - 1];
            *spent = spent.saturating_add(charged);
        }
        self.join(now)?;
        if self.ticks % LEARN_TICKS == 0 {
            self.mind.learn(now, &self.joined);
        }
        self.ticks += 1;
        let spent_by_now = Spent {
            life: self.purse.life(),
            today: self.purse.today(now),
            ..Spent::default()
        };
        let sample = std::mem::take(&mut self.sample);
        self.outlook = self.pace.tick(now, sample, &spent_by_now);
        self.share(now, &spent);
        self.set_multiplier();
        self.lease(now, sample.auctions);
        Ok(())
    }

    /// Lets the group weigh its members.
    fn share(&mut self, now: Timestamp, spent: &[Money]) {
        let joined = (0..spent.len()).filter(|ad| self.joined[*ad]);
        let seen: Vec<Seen> = joined
            .map(|ad| Seen {
                member: Level::Ad(self.brief.ads[ad].id),
                spent: spent[ad],
                impressions: self.mind.impressions(ad),
                worth: self.mind.worth(ad),
            })
            .collect();
        let moved = self.group.tick(&reallocate::Tick {
            now,
            day: self.zone.day(now).day,
            left: self.outlook.left,
            seen: &seen,
        });
        self.moves.extend(moved);
        for (ad, value) in self.values.iter_mut().enumerate() {
            let weight = self.group.weight(Level::Ad(self.brief.ads[ad].id));
            *value = if self.joined[ad] {
                self.mind.value(ad) * weight
            } else {
                0.0
            };
        }
    }

    fn set_multiplier(&mut self) {
        let best = self.values.iter().copied().fold(0.0, f64::max);
        if best <= 0.0 {
            return;
        }
        let pacer = self.pacer.get_or_insert_with(|| {
            Pacer::new(
                (best / FIRST_PRICE).max(1.0),
                FIRST_PRICE,
                Settings::default(),
            )
        });
        pacer.tick(&Account {
            left: self.outlook.left.nanos() as f64,
            auctions_left: self.outlook.auctions_left.max(1.0),
            spent: 0.0,
            value: 0.0,
            cap: None,
        });
    }

    /// Asks for the money of the next tick, for the ads that lead somewhere: values rest until then.
    fn lease(&mut self, now: Timestamp, came: f64) {
        let values = &self.values;
        for (segment, leader) in (0..).zip(&mut self.leaders) {
            let wants = |ad: &usize| values[*ad] > 0.0 && self.brief.ads[*ad].wants(segment, now);
            let more = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]).then(b.cmp(a));
            *leader = (0..values.len()).filter(wants).max_by(more);
        }
        let expected = came.max(self.brief.asks_per_day / 1_440.0) * LEASE_TICKS;
        let wanted: Vec<Money> = (0..self.values.len())
            .map(|ad| {
                let led = self
                    .leaders
                    .iter()
                    .filter(|leader| **leader == Some(ad))
                    .count();
                let share = led as f64 / f64::from(SEGMENTS);
                let bid = self.price(self.values[ad]).impression_cost().nanos() as f64;
                Money((bid * expected * share) as i64)
            })
            .collect();
        self.purse.renew(now, &wanted);
    }

    /// What is bid for an impression that counts for so much: never more than that, nor than the most that ads bid.
    fn price(&self, value: f64) -> Cpm {
        let Some(pacer) = &self.pacer else {
            return Cpm::ZERO;
        };
        let paced = pacer.bid(
            value,
            self.outlook.left.nanos() as f64,
            self.outlook.auctions_left.max(1.0),
        );
        Cpm(paced.min(value) as i64).min(self.brief.max_bid)
    }

    /// Answers a request.
    pub fn bid(&mut self, ask: &Ask) -> Option<Offer> {
        let ad = self.leaders[usize::from(ask.segment)]?;
        self.sample.auctions += 1.0;
        let value = self.values[ad];
        let price = self.price(value);
        if price < ask.floor {
            return None;
        }
        let cost = price.impression_cost();
        let meter = self.purse.reserve(ad, cost, ask.at)?;
        let grant = *meter.grant();
        self.bids += 1;
        self.open.push_back((value, value / price.0.max(1) as f64));
        Some(Offer {
            terms: BidTerms {
                bid: BidId {
                    incarnation: self.purse.holder(),
                    sequence: self.bids,
                },
                exchange: ExchangeId(1),
                impression: 0,
                ad: self.brief.ads[ad].id,
                creative: CreativeId(self.brief.ads[ad].id.0),
                format: Format::Banner,
                lease: grant.id,
                day: grant.campaign_day,
                max_cost: cost,
                currency: Currency::USD,
                fx_nanos: 1_000_000_000,
                issued: ask.at,
                user: 0,
                measured: true,
                context: PriceContext::NONE,
            },
            price,
        })
    }

    /// What was charged on the day of this moment.
    pub fn today(&self, now: Timestamp) -> Money {
        self.purse.today(now)
    }

    /// What the plan was to have spent today at the last tick, in nanos.
    pub fn planned(&self) -> f64 {
        self.outlook
            .target_today
            .map_or(0.0, |target| target.nanos() as f64)
    }

    /// What was charged in all.
    pub fn spent(&self) -> Money {
        self.purse.life()
    }

    /// What no budget covered.
    pub fn overspent(&self) -> Money {
        self.purse.overspent()
    }

    /// What an impression of the ad in this place is believed to be worth.
    pub fn worth(&self, ad: usize) -> Estimate {
        self.mind.worth(ad)
    }

    /// From when until when conversion rates were held.
    pub fn holds(&self) -> &[(Timestamp, Option<Timestamp>)] {
        self.mind.tracker().holds()
    }

    /// What changed at once, as far as it was noticed.
    pub fn surges(&self) -> &[Surge] {
        &self.pace.surges
    }

    /// How many bids were made.
    pub fn bids(&self) -> u64 {
        self.bids
    }
}

/// The place of the ad that made a bid: ads are numbered from 1 on.
fn place(terms: &BidTerms) -> usize {
    terms.ad.0 as usize - 1
}
