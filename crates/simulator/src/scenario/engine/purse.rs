//! The campaign's money: the ledger, and a lease for each ad, as control and a bidder have them.

use campaign::ad::Budget;
use campaign::id::{AdId, Incarnation};
use campaign::money::Money;
use campaign::time::{Span, TimeZone, Timestamp};
use journal::position::Position;
use pacing::account::{AccountKey, Level, Window};
use pacing::lease::{GrantAnswer, GrantRequest, LeaseMeter};
use pacing::ledger::Ledger;
use pacing::ledger::settle::{Effect, Settlement};
use pacing::ledger::terms::{AdAccount, Rules};

use super::super::wire::Brief;

/// The bidder of the scenario.
const HOLDER: Incarnation = Incarnation { node: 1, start: 1 };
/// A lease outlives its tick, and notices come within a tick.
const RULES: Rules = Rules {
    time_to_live: Span::seconds(90),
    lateness: Span::minutes(3),
    late_cutoff: Span::minutes(10),
    retention: Span::minutes(30),
};

/// The money of one campaign.
pub struct Purse {
    ledger: Ledger,
    level: Level,
    zone: TimeZone,
    meters: Vec<Option<LeaseMeter>>,
    requests: u64,
    settled: u64,
    life: Money,
}

impl Purse {
    /// A campaign's money, of which nothing is spent.
    pub fn new(brief: &Brief, zone: TimeZone) -> Purse {
        let mut ledger = Ledger::new(RULES);
        for ad in &brief.ads {
            let account = AdAccount {
                ad: ad.id,
                campaign: brief.campaign,
                advertiser: brief.advertiser,
                ad_budget: Budget::default(),
                campaign_budget: Budget {
                    lifetime: None,
                    daily: Some(brief.daily),
                },
                advertiser_budget: Budget::default(),
                campaign_zone: zone.clone(),
                advertiser_zone: zone.clone(),
                halted: false,
            };
            // An ad is named once, so it cannot have moved.
            let _ = ledger.set_ad(account, brief.start);
        }
        Purse {
            ledger,
            level: Level::Campaign(brief.campaign),
            zone,
            meters: brief.ads.iter().map(|_| None).collect(),
            requests: 0,
            settled: 0,
            life: Money::ZERO,
        }
    }

    /// Reserves the most that a bid of the ad in this place may cost, and says from which lease.
    pub fn reserve(&self, ad: usize, cost: Money, now: Timestamp) -> Option<&LeaseMeter> {
        let meter = self.meters[ad].as_ref()?;
        meter.reserve(cost, now).then_some(meter)
    }

    /// Settles notices; says what each bid was charged.
    pub fn settle(&mut self, settlements: &[Settlement]) -> Vec<(AdId, Money)> {
        self.settled += settlements.len() as u64;
        let settled = self.ledger.settle(settlements, Position(self.settled));
        let mut charged = Vec::new();
        for (settlement, settled) in settlements.iter().zip(settled) {
            if let Effect::Charged(charge) = settled.effect {
                self.life = self.life.saturating_add(charge.charged);
                charged.push((settlement.terms.ad, charge.charged));
            }
        }
        charged
    }

    /// Gives every ad's lease back, and asks for the next: `wanted` says how much, by place.
    pub fn renew(&mut self, now: Timestamp, wanted: &[Money]) {
        for meter in self.meters.iter_mut().filter_map(Option::take) {
            // What is given back is what was granted, so the ledger knows it.
            let _ = self.ledger.close(&meter.give_back(), now);
        }
        while self.ledger.expire(now).more {}
        for (place, wanted) in wanted.iter().enumerate() {
            if *wanted <= Money::ZERO {
                continue;
            }
            self.requests += 1;
            let request = GrantRequest {
                holder: HOLDER,
                request: self.requests,
                ad: AdId(place as u64 + 1),
                wanted: *wanted,
                sent: now,
            };
            if let Some(GrantAnswer::Granted(grant)) = self.ledger.grant(&[request], now).pop() {
                self.meters[place] = Some(LeaseMeter::new(grant));
            }
        }
        // Where there is a disk, this is what is written.
        drop(self.ledger.changes());
    }

    /// What was charged on the day of this moment.
    pub fn today(&self, now: Timestamp) -> Money {
        let key = AccountKey {
            level: self.level,
            window: Window::Day(self.zone.day(now).day),
        };
        self.ledger
            .account(&key)
            .map_or(Money::ZERO, |account| account.posted)
    }

    /// What was charged in all.
    pub fn life(&self) -> Money {
        self.life
    }

    /// What nobody's budget covered.
    pub fn overspent(&self) -> Money {
        let losses = self.ledger.house_losses();
        losses.fold(Money::ZERO, |sum, row| sum.saturating_add(row.amount))
    }

    /// Who reserves.
    pub fn holder(&self) -> Incarnation {
        HOLDER
    }
}
