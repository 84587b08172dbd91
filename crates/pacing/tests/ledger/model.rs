//! The ledger again, as plainly as it can be said: lists of what happened, and every figure computed from all of them.
//!
//! It shares no arithmetic with the real one: it keeps no balances, sums in `i128`, and looks everything up by walking
//! through the lists.

mod lease;

use campaign::ad::Budget;
use campaign::id::{AdId, BidId, LeaseId};
use campaign::money::Money;
use campaign::time::{Span, TimeZone, Timestamp};
use journal::entry::{BidTerms, Price};
use pacing::account::{AccountKey, Level, Window};
use pacing::lease::{GrantRefusal, GrantRequest, LeaseReturn};
use pacing::ledger::rows::{AccountRow, LeaseRow, LeaseState};
use pacing::ledger::settle::{Charge, Effect, Outcome, Settlement};
use pacing::ledger::terms::{MINIMUM_GRANT, Rules};

use lease::{Fact, Lease, keys};

pub struct Model {
    rules: Rules,
    zones: [TimeZone; 2],
    budget_log: Vec<(Timestamp, Level, Budget)>,
    halted: Vec<AdId>,
    leases: Vec<Lease>,
    /// The latest end of each bid stands last.
    ends: Vec<End>,
    pub house: Vec<(AdId, i128)>,
    forgotten: Timestamp,
}

#[derive(Clone, Copy)]
struct End {
    bid: BidId,
    billed: bool,
    forget_at: Timestamp,
}

impl Model {
    pub fn new(rules: Rules, zones: [TimeZone; 2]) -> Model {
        Model {
            rules,
            zones,
            budget_log: Vec::new(),
            halted: Vec::new(),
            leases: Vec::new(),
            ends: Vec::new(),
            house: Vec::new(),
            forgotten: Timestamp::MIN,
        }
    }

    pub fn set_budget(&mut self, level: Level, budget: Budget, now: Timestamp) {
        self.budget_log.push((now, level, budget));
    }

    pub fn halt(&mut self, ad: AdId, halted: bool) {
        self.halted.retain(|a| *a != ad);
        self.halted.extend(halted.then_some(ad));
    }

    fn zone(&self, level: Level) -> &TimeZone {
        &self.zones[usize::from(!matches!(level, Level::Advertiser(_)))]
    }

    /// The cap that was last asked for: for a day, before that day was over.
    pub fn cap(&self, key: &AccountKey) -> Option<i128> {
        let zone = self.zone(key.level);
        let said = self.budget_log.iter().rev().find(|(at, level, _)| {
            *level == key.level
                && match key.window {
                    Window::Lifetime => true,
                    Window::Day(day) => zone.day(*at).day <= day,
                }
        });
        let (_, _, budget) = said?;
        let cap = match key.window {
            Window::Lifetime => budget.lifetime,
            Window::Day(_) => budget.daily,
        };
        cap.map(|cap| i128::from(cap.0))
    }

    fn of(&self, key: &AccountKey) -> impl Iterator<Item = &Lease> {
        self.leases
            .iter()
            .filter(move |lease| lease.keys().contains(key))
    }

    pub fn posted(&self, key: &AccountKey) -> i128 {
        self.of(key).map(|l| l.paid() + l.beyond()).sum()
    }

    pub fn held(&self, key: &AccountKey) -> i128 {
        self.of(key).map(|l| l.in_doubt() + l.kept_back()).sum()
    }

    /// The least room of the accounts, the first where several have it.
    fn room(&self, keys: &[AccountKey; 6]) -> (i128, AccountKey) {
        let room = |key: &AccountKey| {
            let cap = self.cap(key).unwrap_or(i128::from(i64::MAX));
            cap - self.posted(key) - self.held(key)
        };
        let least = keys.iter().map(room).min().unwrap_or(0);
        let first = keys.iter().find(|key| room(key) == least);
        (least, *first.unwrap_or(&keys[0]))
    }

    /// The lease's number and amount.
    pub fn grant(
        &mut self,
        request: &GrantRequest,
        now: Timestamp,
    ) -> Result<(LeaseId, i128), GrantRefusal> {
        let before = self
            .leases
            .iter()
            .find(|l| !l.forgotten && l.holder == request.holder && l.request == request.request);
        if let Some(lease) = before {
            return match lease.state {
                LeaseState::Open => Ok((lease.id, lease.amount)),
                _ => Err(GrantRefusal::Over),
            };
        }
        if !(1..=3).contains(&request.ad.0) {
            return Err(GrantRefusal::UnknownAd);
        }
        if self.halted.contains(&request.ad) {
            return Err(GrantRefusal::Halted);
        }
        let lateness = self.rules.lateness;
        if request.sent < now - lateness || request.sent > now + lateness {
            return Err(GrantRefusal::Outside);
        }
        let days = [0, 1].map(|i: usize| self.zones[i].day(now).day);
        let (room, tightest) = self.room(&keys(request.ad, days));
        let least = i128::from(MINIMUM_GRANT.0);
        if room < least {
            return Err(GrantRefusal::Exhausted(tightest));
        }
        let id = LeaseId(self.leases.len() as u64 + 1);
        let amount = i128::from(request.wanted.0).max(least).min(room);
        self.leases.push(Lease {
            id,
            ad: request.ad,
            holder: request.holder,
            request: request.request,
            days,
            amount,
            state: LeaseState::Open,
            release_at: now + self.rules.time_to_live + self.rules.lateness,
            facts: Vec::new(),
            in_doubt_at_expiry: 0,
            forgotten: false,
        });
        Ok((id, amount))
    }

    fn lease_of(&self, terms: &BidTerms) -> Option<usize> {
        self.leases
            .iter()
            .position(|l| l.id == terms.lease && l.ad == terms.ad && !l.forgotten)
    }

    fn end_of(&self, bid: BidId) -> Option<End> {
        self.ends.iter().rev().find(|end| end.bid == bid).copied()
    }

    pub fn settle(&mut self, settlement: &Settlement) -> Effect {
        match settlement.outcome {
            Outcome::Lost => self.lose(&settlement.terms),
            Outcome::Billed(Price::Audit) => Effect::Rehearsed,
            Outcome::Billed(price) => self.bill(&settlement.terms, price),
        }
    }

    fn lose(&mut self, terms: &BidTerms) -> Effect {
        if self.end_of(terms.bid).is_some() {
            return Effect::Repeated;
        }
        if terms.issued + self.rules.retention <= self.forgotten {
            return Effect::Repeated;
        }
        let lease = self.lease_of(terms);
        let Some(lease) = lease.filter(|i| self.leases[*i].state < LeaseState::Expired) else {
            return Effect::Repeated;
        };
        let lease = &mut self.leases[lease];
        let free = i128::from(terms.max_cost.0).min(lease.in_doubt());
        lease.facts.push(Fact::GivenBack(free));
        self.ends.push(End {
            bid: terms.bid,
            billed: false,
            forget_at: Timestamp::MAX,
        });
        Effect::Voided(nanos(free))
    }

    fn bill(&mut self, terms: &BidTerms, price: Price) -> Effect {
        let lost = match self.end_of(terms.bid) {
            Some(End { billed: true, .. }) => return Effect::Repeated,
            end => end.is_some(),
        };
        let forget_at = terms.issued + self.rules.retention;
        if forget_at <= self.forgotten {
            return Effect::TooOld;
        }
        let max = i128::from(terms.max_cost.0);
        let asked = match price {
            Price::Cost(cost) => i128::from(cost.0).max(0),
            _ => max,
        };
        let price_paid = asked.min(max);
        let lease = self.lease_of(terms);
        let late = lease.is_none_or(|i| self.leases[i].state >= LeaseState::Expired);
        let charged = lease.map_or(0, |i| self.pay(i, price_paid, max, lost));
        let house = price_paid - charged;
        if house > 0 {
            self.house.push((terms.ad, house));
        }
        self.ends.push(End {
            bid: terms.bid,
            billed: true,
            forget_at,
        });
        Effect::Charged(Charge {
            charged: nanos(charged),
            house_loss: nanos(house),
            late,
            clamped: asked > max,
            unreadable: price == Price::Unreadable,
        })
    }

    fn pay(&mut self, index: usize, price: i128, max: i128, lost: bool) -> i128 {
        let lease = &mut self.leases[index];
        let cover = match lease.state {
            LeaseState::Open | LeaseState::Returned => lease.in_doubt() * i128::from(!lost),
            LeaseState::Expired | LeaseState::Finished => lease.kept_back(),
        };
        let own = price.min(cover);
        lease.facts.push(Fact::Paid(own));
        if lease.state < LeaseState::Expired && !lost {
            let rest = (max - price).min(lease.in_doubt());
            lease.facts.push(Fact::GivenBack(rest));
        }
        if lease.state == LeaseState::Expired {
            lease.facts.push(Fact::BilledLate(price));
        }
        let (room, _) = self.room(&self.leases[index].keys());
        let beyond = (price - own).min(room.max(0));
        self.leases[index].facts.push(Fact::PaidBeyond(beyond));
        own + beyond
    }

    /// What is freed; `None` where the return is refused.
    pub fn close(&mut self, back: &LeaseReturn, now: Timestamp) -> Option<i128> {
        let until = now + self.rules.lateness;
        let lease = self
            .leases
            .iter_mut()
            .find(|l| l.id == back.lease && !l.forgotten)?;
        let used = i128::from(back.used.0);
        if lease.holder != back.holder || used < 0 || used > lease.amount {
            return None;
        }
        if lease.state != LeaseState::Open {
            return Some(0);
        }
        let free = (lease.amount - used).min(lease.in_doubt());
        lease.facts.push(Fact::GivenBack(free));
        lease.state = LeaseState::Returned;
        lease.release_at = lease.release_at.min(until);
        Some(free)
    }

    /// How many leases expire.
    pub fn expire(&mut self, watermark: Timestamp) -> usize {
        let mut expired = 0;
        loop {
            let due = self.leases.iter().filter_map(|l| {
                let after = match l.state {
                    LeaseState::Open | LeaseState::Returned => Span(0),
                    LeaseState::Expired => self.rules.late_cutoff,
                    LeaseState::Finished => Span(self.rules.late_cutoff.0 + self.rules.retention.0),
                };
                (!l.forgotten).then_some((l.release_at + after, l.id))
            });
            match due.min() {
                Some((at, id)) if at <= watermark => {
                    expired += usize::from(self.age((id.0 - 1) as usize));
                }
                _ => break,
            }
        }
        let gone: Vec<End> = (self.ends.iter())
            .filter(|end| end.billed && end.forget_at <= watermark)
            .copied()
            .collect();
        for end in gone {
            self.forgotten = self.forgotten.max(end.forget_at);
            self.ends.retain(|other| other.bid != end.bid);
        }
        expired
    }

    /// Whether the lease expired.
    fn age(&mut self, index: usize) -> bool {
        let share_ppm = self.share_ppm();
        let lease = &mut self.leases[index];
        match lease.state {
            LeaseState::Open | LeaseState::Returned => {
                let in_doubt = lease.in_doubt();
                let kept = (in_doubt * share_ppm + 999_999) / 1_000_000;
                lease.in_doubt_at_expiry = in_doubt;
                lease.state = LeaseState::Expired;
                lease.facts.push(Fact::GivenBack(in_doubt - kept));
                lease.facts.push(Fact::KeptBack(kept));
                return true;
            }
            LeaseState::Expired => {
                let kept = lease.kept_back();
                lease.state = LeaseState::Finished;
                lease.facts.push(Fact::KeptBackGiven(kept));
            }
            LeaseState::Finished => lease.forgotten = true,
        }
        false
    }

    /// Twice the late share of all that expired, with ten units at one in a hundred seen before.
    fn share_ppm(&self) -> i128 {
        let expired: i128 = self.leases.iter().map(|l| l.in_doubt_at_expiry).sum();
        let late: i128 = self
            .leases
            .iter()
            .map(|l| l.sum(|f| if let Fact::BilledLate(x) = f { *x } else { 0 }))
            .sum();
        let (late, expired) = (
            2 * 1_000_000 * (late + 100_000_000),
            expired + 10_000_000_000,
        );
        ((late + expired - 1) / expired).min(1_000_000)
    }

    pub fn restart(&mut self, now: Timestamp) {
        let until = now + self.rules.lateness;
        for lease in &mut self.leases {
            if lease.state < LeaseState::Expired {
                lease.release_at = lease.release_at.max(until);
            }
        }
    }

    /// What the ledger's row of an account must say.
    pub fn agrees_with_account(&self, row: &AccountRow) -> bool {
        let (posted, held) = (self.posted(&row.key), self.held(&row.key));
        let cap = self.cap(&row.key);
        i128::from(row.posted.0) == posted
            && i128::from(row.held.0) == held
            && row.requested.map(|cap| i128::from(cap.0)) == cap
            && row.effective.map(|cap| i128::from(cap.0)) == cap.map(|cap| cap.max(posted + held))
    }

    /// What the ledger's row of a lease must say.
    pub fn agrees_with_lease(&self, row: &LeaseRow) -> bool {
        self.leases.iter().any(|l| {
            let figures = [
                l.paid(),
                l.given_back(),
                l.kept_back(),
                l.beyond(),
                l.in_doubt(),
            ];
            let told = [
                row.settled,
                row.released,
                row.held_back,
                row.beyond,
                row.in_doubt(),
            ];
            l.id == row.id
                && !l.forgotten
                && l.state == row.state
                && l.release_at == row.release_at
                && told.map(|m| i128::from(m.0)) == figures
        })
    }

    pub fn remembered_leases(&self) -> usize {
        self.leases.iter().filter(|l| !l.forgotten).count()
    }
}

fn nanos(amount: i128) -> Money {
    Money(i64::try_from(amount).unwrap())
}
