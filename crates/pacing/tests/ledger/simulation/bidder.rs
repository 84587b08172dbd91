//! Who spends: real meters, a clock of its own, and a journal that survives it.

use std::collections::BTreeMap;

use campaign::id::{AdId, Incarnation};
use campaign::money::Money;
use campaign::time::{Span, Timestamp};
use journal::entry::BidTerms;
use pacing::lease::{GrantAnswer, GrantRequest, LeaseGrant, LeaseMeter, LeaseReturn};
use pacing::ledger::settle::Settlement;
use pacing::ledger::terms::Rules;

use super::dice::Dice;
use super::world::Defect;
use crate::fixture::terms;

/// How often a return is sent: it is not acknowledged, and a lost one only costs time.
const RETURN_TRIES: u32 = 4;

pub struct Bidder {
    number: u16,
    /// Survives: how often it has started, and what it was told.
    start: u32,
    pub journal: Vec<Settlement>,
    pub is_up: bool,
    pub is_cut_off: bool,
    clock: Clock,
    requests: u64,
    pending: BTreeMap<AdId, Pending>,
    meters: BTreeMap<AdId, LeaseMeter>,
    returns: Vec<(LeaseReturn, u32)>,
    /// Only a defect looks at these.
    old_grants: Vec<LeaseGrant>,
}

struct Pending {
    request: GrantRequest,
    sent_last: Timestamp,
}

/// Runs up to a hundredth fast or slow, and was set by somebody careless.
#[derive(Clone, Copy)]
struct Clock {
    shown: Timestamp,
    at: Timestamp,
    drift_permille: i64,
}

impl Clock {
    fn now(&self, now: Timestamp) -> Timestamp {
        self.shown + Span((now - self.at).0 * (1_000 + self.drift_permille) / 1_000)
    }
}

impl Bidder {
    pub fn new(number: u16, now: Timestamp, dice: &mut Dice) -> Bidder {
        Bidder {
            number,
            start: 1,
            journal: Vec::new(),
            is_up: true,
            is_cut_off: false,
            clock: Clock {
                shown: now + dice.span_ms(-4_000, 4_000),
                at: now,
                drift_permille: dice.between(-10, 10),
            },
            requests: 0,
            pending: BTreeMap::new(),
            meters: BTreeMap::new(),
            returns: Vec::new(),
            old_grants: Vec::new(),
        }
    }

    fn incarnation(&self) -> Incarnation {
        Incarnation {
            node: self.number,
            start: self.start,
        }
    }

    pub fn drift(&mut self, now: Timestamp, dice: &mut Dice) {
        self.clock = Clock {
            shown: self.clock.now(now),
            at: now,
            drift_permille: dice.between(-10, 10),
        };
    }

    /// Dies, or starts again; all that it knew is gone but its journal.
    pub fn crash_or_start(&mut self, defect: Option<Defect>) {
        self.is_up = !self.is_up;
        self.pending.clear();
        self.returns.clear();
        let lost = std::mem::take(&mut self.meters).into_values();
        if !self.is_up {
            self.old_grants = lost.map(|meter| *meter.grant()).collect();
            return;
        }
        self.start += 1;
        self.requests = 0;
        if defect == Some(Defect::ReturnsWhatItForgot) {
            let forged = self.old_grants.drain(..).map(|grant| LeaseReturn {
                holder: grant.holder,
                lease: grant.id,
                used: Money::ZERO,
            });
            self.returns = forged.map(|back| (back, 0)).collect();
        }
    }

    /// What it has to say: requests and returns.
    pub fn talk(
        &mut self,
        now: Timestamp,
        rules: &Rules,
        is_closing: bool,
        dice: &mut Dice,
    ) -> (Vec<GrantRequest>, Vec<LeaseReturn>) {
        let clock = self.clock.now(now);
        let mut requests = Vec::new();
        for ad in [1, 2, 3].map(AdId) {
            if self.meters.contains_key(&ad) || is_closing {
                continue;
            }
            let holder = self.incarnation();
            let pending = self.pending.entry(ad).or_insert_with(|| {
                self.requests += 1;
                let most = if dice.permille(200) {
                    1_000_000
                } else {
                    80_000
                };
                let request = GrantRequest {
                    holder,
                    request: self.requests,
                    ad,
                    wanted: Money(dice.between(20_000, most)),
                    sent: clock,
                };
                Pending {
                    request,
                    sent_last: Timestamp::MIN,
                }
            });
            if clock >= pending.request.sent + rules.time_to_live {
                self.pending.remove(&ad);
            } else if clock >= pending.sent_last + Span(1_500) {
                pending.sent_last = clock;
                requests.push(pending.request);
            }
        }
        for (_, tries) in &mut self.returns {
            *tries += 1;
        }
        let returns = self.returns.iter().map(|(back, _)| *back).collect();
        self.returns.retain(|(_, tries)| *tries < RETURN_TRIES);
        (requests, returns)
    }

    pub fn hear(&mut self, answer: &GrantAnswer, now: Timestamp, defect: Option<Defect>) {
        let GrantAnswer::Granted(grant) = answer else {
            return;
        };
        let asked = self.pending.get(&grant.ad).map(|p| p.request);
        let is_mine = grant.holder == self.incarnation()
            && asked.is_some_and(|asked| asked.request == grant.request);
        if !is_mine {
            return;
        }
        self.pending.remove(&grant.ad);
        let mut grant = *grant;
        if defect == Some(Defect::CountsFromTheAnswer) {
            // A life of an hour from whenever it came stands for every clock that is not the request's.
            grant.spend_until = self.clock.now(now) + Span::hours(1);
        }
        self.meters.insert(grant.ad, LeaseMeter::new(grant));
    }

    /// Gives back what is nearly over or nearly used up.
    pub fn close_meters(&mut self, now: Timestamp, is_closing: bool, defect: Option<Defect>) {
        let clock = self.clock.now(now);
        for ad in [1, 2, 3].map(AdId) {
            let Some(meter) = self.meters.get(&ad) else {
                continue;
            };
            let over = clock + Span(500) >= meter.grant().spend_until;
            if !over && !is_closing && meter.left() >= Money(5_000) {
                continue;
            }
            let ghost = LeaseGrant {
                amount: meter.left(),
                ..*meter.grant()
            };
            self.returns.push((meter.give_back(), 0));
            self.meters.remove(&ad);
            if defect == Some(Defect::SpendsAfterReturn) && !over && !is_closing {
                self.meters.insert(ad, LeaseMeter::new(ghost));
            }
        }
    }

    /// Makes a bid, where there is money.
    pub fn bid(&self, sequence: u64, now: Timestamp, dice: &mut Dice) -> Option<BidTerms> {
        let ad = AdId(dice.between(1, 3) as u64);
        let max_cost = Money(dice.between(500, 5_000));
        let meter = self.meters.get(&ad)?;
        meter
            .reserve(max_cost, self.clock.now(now))
            .then(|| terms(sequence, ad, meter.grant().id, max_cost, now))
    }
}
