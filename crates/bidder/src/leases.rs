//! When to ask for money, how much, and when to give it back. Values in, messages out; [`crate::refresh`] carries
//! them.
//!
//! Each ad has at most one lease that is spent from and one request under way. A third of a lease's life after it was
//! asked for, the next is; when that comes it takes the place of the former, which is closed first and then given
//! back, so that what it had used is final. A lease that is over is closed and given back whether or not another
//! came: stale is closed.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::Arc;

use auction::book::AdTerms;
use auction::reason::NoBidReason;
use campaign::id::{AdId, Incarnation};
use campaign::money::Money;
use campaign::time::{Span, Timestamp};
use pacing::lease::{GrantAnswer, GrantRefusal, GrantRequest, LeaseGrant, LeaseMeter, LeaseReturn};

use crate::config::LeaseRules;
use crate::live::AdLive;

/// When less than a quarter of a lease is left, it is low.
pub const LOW_WATER: i64 = 4;

/// How many ads one tick looks at.
const LOOKS_AT_ONCE: usize = 4_096;

/// What is to be said to control.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// Requests, new and repeated.
    pub requests: Vec<GrantRequest>,
    /// Leases to give back. Each must arrive.
    pub returns: Vec<LeaseReturn>,
}

/// The money of every ad in the book.
#[derive(Debug)]
pub struct Leases {
    holder: Incarnation,
    rules: LeaseRules,
    next_request: u64,
    ads: HashMap<AdId, Purse>,
    /// When to look at which ad. Of an ad's entries only the one of its [`Purse::wake`] counts; others are passed over.
    due: BinaryHeap<Reverse<(Timestamp, AdId)>>,
    /// Requests whose answers nobody waits for, and until when they are remembered. Granted all the same, they are
    /// given back.
    given_up: BTreeMap<u64, Timestamp>,
    till: Till,
}

/// What the purses have in common.
#[derive(Debug, Default)]
struct Till {
    outgoing: Outgoing,
    /// How many ads have a lease.
    held: usize,
}

/// One ad's money.
#[derive(Debug)]
struct Purse {
    live: Arc<AdLive>,
    halted: bool,
    /// What an impression costs at the ad's highest bid.
    impression: Money,
    asked: Option<Asked>,
    /// Bids found too little money since it was last asked for.
    hungry: bool,
    /// Not to be asked before: the last answer was no.
    refused_until: Timestamp,
    /// Not to be renewed before.
    renew_from: Timestamp,
    /// When to look at it next.
    wake: Option<Timestamp>,
    rate: Rate,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    request: GrantRequest,
    repeat_at: Timestamp,
}

/// How fast an ad's money is reserved.
#[derive(Clone, Copy, Debug)]
struct Rate {
    /// What was reserved from leases that are closed.
    closed: Money,
    /// What had been reserved in all when the rate was last measured, and when that was.
    measured: (Money, Timestamp),
    per_second: Money,
}

impl Leases {
    /// No ads yet.
    pub fn new(holder: Incarnation, rules: LeaseRules) -> Leases {
        Leases {
            holder,
            rules,
            next_request: 1,
            ads: HashMap::new(),
            due: BinaryHeap::new(),
            given_up: BTreeMap::new(),
            till: Till::default(),
        }
    }

    /// An ad stands in the book with these terms: new, or known already.
    pub fn set_terms(&mut self, live: &Arc<AdLive>, terms: &AdTerms, now: Timestamp) {
        let id = live.ad();
        let purse = self.ads.entry(id).or_insert_with(|| Purse {
            live: Arc::clone(live),
            halted: true,
            impression: Money::ZERO,
            asked: None,
            hungry: false,
            refused_until: now,
            renew_from: now,
            wake: None,
            rate: Rate {
                closed: Money::ZERO,
                measured: (Money::ZERO, now),
                per_second: Money::ZERO,
            },
        });
        purse.impression = terms.max_bid.impression_cost().max(Money(1));
        let halted = terms.halted.is_some();
        if std::mem::replace(&mut purse.halted, halted) == halted {
            return;
        }
        if halted {
            purse.close(&mut self.till);
        } else {
            purse.refused_until = now;
            self.wake(id, now);
        }
    }

    /// An ad stands in no book any more.
    pub fn remove(&mut self, ad: AdId, now: Timestamp) {
        if let Some(mut purse) = self.ads.remove(&ad) {
            purse.close(&mut self.till);
            self.give_up(purse.asked, now);
        }
    }

    /// Control wants an ad's money back: its cap was cut, or it was stopped. What is left of the cap is asked for anew.
    pub fn recall(&mut self, ad: AdId, now: Timestamp) {
        if let Some(purse) = self.ads.get_mut(&ad) {
            purse.close(&mut self.till);
            self.wake(ad, now);
        }
    }

    /// An ad's money runs low.
    pub fn hungry(&mut self, ad: AdId, now: Timestamp) {
        if let Some(purse) = self.ads.get_mut(&ad) {
            purse.hungry = true;
            self.wake(ad, now);
        }
    }

    fn wake(&mut self, ad: AdId, at: Timestamp) {
        if let Some(purse) = self.ads.get_mut(&ad) {
            purse.wake = Some(at);
            self.due.push(Reverse((at, ad)));
        }
    }

    /// Control answers.
    pub fn answer(&mut self, answer: GrantAnswer, now: Timestamp) {
        let (holder, request, ad) = match &answer {
            GrantAnswer::Granted(grant) => (grant.holder, grant.request, grant.ad),
            GrantAnswer::Refused(refused) => (refused.holder, refused.request, refused.ad),
        };
        if holder != self.holder {
            return;
        }
        let awaited = self
            .ads
            .get_mut(&ad)
            .filter(|purse| purse.asked.is_some_and(|a| a.request.request == request));
        match (awaited, answer) {
            (Some(purse), GrantAnswer::Granted(grant)) => {
                if let Some(asked) = purse.asked.take() {
                    // A lease that the end of a day cuts short is no reason to ask without end.
                    purse.renew_from = asked.request.sent + self.rules.third();
                    let whole = grant.amount >= asked.request.wanted;
                    purse.take(grant, whole, now, &mut self.till);
                }
                self.wake(ad, now);
            }
            (Some(purse), GrantAnswer::Refused(refused)) => {
                purse.asked = None;
                purse.refused_until = now + self.rules.pause_after(refused.reason);
                purse.live.set_without_money(reason_of(refused.reason));
                let retry_at = purse.refused_until;
                self.wake(ad, retry_at);
            }
            // Nobody waits for it. Where it was given up, no meter was ever made of it, and it is given back unused;
            // otherwise it is a repetition of what has a meter, or had one.
            (None, GrantAnswer::Granted(grant)) => {
                if self.given_up.remove(&request).is_some() {
                    self.till.outgoing.returns.push(unused(&grant));
                }
            }
            (None, GrantAnswer::Refused(_)) => {
                self.given_up.remove(&request);
            }
        }
    }

    /// Does what is due by now, or some of it: where a large book is new, all of its ads are due at once.
    pub fn tick(&mut self, now: Timestamp) {
        for _ in 0..LOOKS_AT_ONCE {
            let Some(first) = self.due.peek_mut().filter(|first| first.0.0 <= now) else {
                break;
            };
            let Reverse((at, ad)) = PeekMut::pop(first);
            let counts = self
                .ads
                .get(&ad)
                .is_some_and(|purse| purse.wake == Some(at));
            if counts && let Some(next) = self.attend(ad, now) {
                self.wake(ad, next);
            }
        }
        while let Some(first) = self.given_up.first_entry() {
            if *first.get() > now {
                break;
            }
            first.remove();
        }
    }

    /// When something is due next.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due.peek().map(|Reverse((at, _))| *at)
    }

    /// What is to be said since the last time.
    pub fn take_outgoing(&mut self) -> Outgoing {
        std::mem::take(&mut self.till.outgoing)
    }

    /// How many ads have a lease.
    pub fn held(&self) -> usize {
        self.till.held
    }

    /// Ends all spending. Requests under way are not waited for; their leases run out.
    pub fn close_all(&mut self) {
        for purse in self.ads.values_mut() {
            purse.close(&mut self.till);
        }
        self.ads.clear();
        self.due.clear();
    }

    /// Looks at one ad, and says when to look again; `None` where only an event can change anything.
    fn attend(&mut self, ad: AdId, now: Timestamp) -> Option<Timestamp> {
        // A book may hold more ads than anybody can keep ready: then only those that bid are.
        let warm = self.ads.len() <= self.rules.warm_ads;
        let purse = self.ads.get_mut(&ad)?;
        if purse.halted {
            return None;
        }
        let lease = purse.live.lease();
        let over_at = lease.as_ref().map(|meter| meter.grant().spend_until);
        if over_at.is_some_and(|at| at <= now) {
            purse.close(&mut self.till);
        }
        let over_at = over_at.filter(|at| *at > now);
        if let Some(asked) = &mut purse.asked {
            if now < asked.request.sent + self.rules.time_to_live {
                if asked.repeat_at <= now {
                    asked.repeat_at = now + self.rules.third();
                    self.till.outgoing.requests.push(asked.request);
                }
                return Some(over_at.map_or(asked.repeat_at, |at| at.min(asked.repeat_at)));
            }
            let asked = purse.asked.take();
            self.give_up(asked, now);
        }
        let purse = self.ads.get_mut(&ad)?;
        if !warm && !purse.hungry && !purse.was_used() {
            purse.live.heard();
            return over_at;
        }
        let ask_at = purse.ask_at(&self.rules);
        if ask_at > now {
            return Some(over_at.map_or(ask_at, |at| at.min(ask_at)));
        }
        Some(self.ask(ad, now)?.min(over_at.unwrap_or(Timestamp::MAX)))
    }

    /// Asks, and says when to ask again if no answer comes.
    fn ask(&mut self, ad: AdId, now: Timestamp) -> Option<Timestamp> {
        let purse = self.ads.get_mut(&ad)?;
        let request = GrantRequest {
            holder: self.holder,
            request: self.next_request,
            ad,
            wanted: purse.wanted(&self.rules, now),
            sent: now,
        };
        self.next_request += 1;
        let repeat_at = now + self.rules.third();
        purse.asked = Some(Asked { request, repeat_at });
        purse.hungry = false;
        self.till.outgoing.requests.push(request);
        Some(repeat_at)
    }

    fn give_up(&mut self, asked: Option<Asked>, now: Timestamp) {
        if let Some(asked) = asked {
            let until = now + self.rules.time_to_live;
            self.given_up.insert(asked.request.request, until);
        }
    }
}

impl Purse {
    /// Ends spending from the lease, if there is one, and gives it back.
    fn close(&mut self, till: &mut Till) {
        if let Some(meter) = self.live.replace_lease(None) {
            till.held -= 1;
            self.give_back(&meter, &mut till.outgoing);
            self.live.set_without_money(NoBidReason::AwaitingLease);
        }
    }

    fn give_back(&mut self, meter: &LeaseMeter, outgoing: &mut Outgoing) {
        let returned = meter.give_back();
        self.rate.closed = self.rate.closed.saturating_add(returned.used);
        outgoing.returns.push(returned);
    }

    /// Spends from the grant from now on.
    fn take(&mut self, grant: LeaseGrant, whole: bool, now: Timestamp, till: &mut Till) {
        if self.halted || grant.spend_until <= now {
            till.outgoing.returns.push(unused(&grant));
            return;
        }
        self.live.set_without_money(if whole {
            NoBidReason::AwaitingLease
        } else {
            // Less than was wanted is all that there is.
            NoBidReason::BudgetExhausted
        });
        let meter = Arc::new(LeaseMeter::new(grant));
        match self.live.replace_lease(Some(meter)) {
            Some(before) => self.give_back(&before, &mut till.outgoing),
            None => till.held += 1,
        }
        self.live.heard();
    }

    /// When the next lease is to be asked for: at a third of this one's life, and at once where little is left of it,
    /// but never before an answer that was no has been given its time.
    fn ask_at(&self, rules: &LeaseRules) -> Timestamp {
        let Some(meter) = self.live.lease() else {
            return self.refused_until;
        };
        let grant = meter.grant();
        let little = grant.amount.0 / LOW_WATER;
        let low = meter.left().0 < little || meter.left() < self.impression;
        if low && self.hungry {
            return self.refused_until;
        }
        self.renew_from
            .max(self.refused_until)
            .max(grant.spend_until - Span(rules.time_to_live.0 * 2 / 3))
    }

    /// Whether anything was reserved since money was last asked for.
    fn was_used(&self) -> bool {
        self.reserved() > self.rate.measured.0
    }

    /// What was reserved in all.
    fn reserved(&self) -> Money {
        let lease = self.live.lease();
        let used = lease.map_or(Money::ZERO, |meter| {
            meter.grant().amount.saturating_sub(meter.left()).or_zero()
        });
        self.rate.closed.saturating_add(used)
    }

    /// Twice what will be reserved in a lease's life at the rate of late, and at least enough to begin with.
    fn wanted(&mut self, rules: &LeaseRules, now: Timestamp) -> Money {
        let in_all = self.reserved();
        let (before, since) = self.rate.measured;
        let elapsed = (now - since).0.max(1);
        let measured = scale(in_all.saturating_sub(before), 1_000, elapsed);
        // A pause does not make it forget at once.
        self.rate.per_second = measured.max(Money(self.rate.per_second.0 / 2));
        self.rate.measured = (in_all, now);
        let expected = scale(self.rate.per_second, 2 * rules.time_to_live.0, 1_000);
        let least = scale(self.impression, i64::from(rules.least_impressions), 1);
        let most = scale(self.impression, i64::from(rules.most_impressions), 1);
        expected.clamp(least, most)
    }
}

impl LeaseRules {
    fn third(&self) -> Span {
        Span((self.time_to_live.0 / 3).max(1))
    }

    /// Money that is gone may come back with other leases or another cap; what cannot be known is asked again soon.
    fn pause_after(&self, refusal: GrantRefusal) -> Span {
        match refusal {
            GrantRefusal::Exhausted(_) | GrantRefusal::Halted => self.time_to_live,
            GrantRefusal::UnknownAd | GrantRefusal::Outside | GrantRefusal::Over => self.third(),
        }
    }
}

fn reason_of(refusal: GrantRefusal) -> NoBidReason {
    match refusal {
        GrantRefusal::Exhausted(_) => NoBidReason::BudgetExhausted,
        GrantRefusal::Halted
        | GrantRefusal::UnknownAd
        | GrantRefusal::Outside
        | GrantRefusal::Over => NoBidReason::AwaitingLease,
    }
}

/// What was never spent from goes back whole.
fn unused(grant: &LeaseGrant) -> LeaseReturn {
    LeaseReturn {
        holder: grant.holder,
        lease: grant.id,
        used: Money::ZERO,
    }
}

/// `amount × numerator ÷ denominator`, at most the largest amount.
fn scale(amount: Money, numerator: i64, denominator: i64) -> Money {
    amount.scaled(numerator, denominator).unwrap_or(Money::MAX)
}

#[cfg(test)]
mod tests;
