//! Random histories, played to the ledger and to the plain model at once. They must agree after every step.

mod steps;

use std::collections::BTreeMap;

use campaign::ad::Budget;
use campaign::id::{AdId, Incarnation, LeaseId};
use campaign::money::Money;
use campaign::time::{Span, TimeZone, Timestamp};
use journal::entry::{BidTerms, Price};
use journal::position::Position;
use pacing::account::{AccountKey, Level};
use pacing::lease::{GrantAnswer, GrantRequest, LeaseReturn};
use pacing::ledger::rows::{LeaseState, Rows};
use pacing::ledger::settle::{Effect, Outcome, Settlement};
use pacing::ledger::{Ledger, audit};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::fixture::{ADVERTISER, ad_account, campaign_of, levels_of, terms};
use crate::model::Model;
use crate::script::RULES;
use crate::shadow::Shadow;
use steps::{History, Step, Told, ZONES, histories};

/// Both ledgers, and what bidders and exchanges know.
struct Play {
    honest: bool,
    zones: [TimeZone; 2],
    ledger: Ledger,
    model: Model,
    shadow: Shadow,
    now: Timestamp,
    watermark: Timestamp,
    budgets: BTreeMap<Level, Budget>,
    halted: BTreeMap<AdId, bool>,
    leases: Vec<Held>,
    bids: BTreeMap<u64, BidTerms>,
    lost: Vec<u64>,
    entries: u64,
    /// The highest cap in force at each account when money was promised from it.
    promised_under: BTreeMap<AccountKey, i128>,
}

/// A lease as its holder sees it.
struct Held {
    id: LeaseId,
    ad: AdId,
    holder: Incarnation,
    amount: i64,
    used: i64,
    spend_until: Timestamp,
    returned: bool,
}

/// 2026-10-30: days of unequal length are near in some of the zones.
const START: Timestamp = Timestamp(1_793_318_400_000);

/// Day accounts are forgotten after this long, which is tested elsewhere and not modelled.
const LAST: Timestamp = Timestamp(START.0 + 15 * 86_400_000);

impl Play {
    fn new(history: &History) -> Play {
        let zones = [history.zones.0, history.zones.1].map(|i| TimeZone::parse(ZONES[i]).unwrap());
        let mut play = Play {
            honest: history.honest,
            ledger: Ledger::new(RULES),
            model: Model::new(RULES, zones.clone()),
            zones,
            shadow: Shadow::default(),
            now: START,
            watermark: START,
            budgets: BTreeMap::new(),
            halted: BTreeMap::new(),
            leases: Vec::new(),
            bids: BTreeMap::new(),
            lost: Vec::new(),
            entries: 0,
            promised_under: BTreeMap::new(),
        };
        play.set_ads();
        play
    }

    fn set_ads(&mut self) {
        for ad in [1, 2, 3].map(AdId) {
            let budgets = &self.budgets;
            let mut account = ad_account(ad, &self.zones, |level| {
                budgets.get(&level).copied().unwrap_or_default()
            });
            account.halted = self.halted.get(&ad).copied().unwrap_or(false);
            self.ledger.set_ad(account, self.now).unwrap();
        }
    }

    fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Budget { level, daily, cap } => self.set_budget(level, daily, cap),
            Step::Halt { ad, halted } => {
                self.halted.insert(AdId(ad), halted);
                self.model.halt(AdId(ad), halted);
                self.set_ads();
            }
            Step::Grant {
                node,
                request,
                ad,
                wanted,
                sent_ago_ms,
            } => {
                let holder = Incarnation { node, start: 1 };
                self.grant(GrantRequest {
                    holder,
                    request,
                    ad: AdId(ad),
                    wanted: Money(wanted),
                    sent: self.now - Span(sent_ago_ms),
                })?;
            }
            Step::Notice {
                bid,
                lease,
                max,
                told,
            } => self.notice(bid, lease, max, told)?,
            Step::Return {
                lease,
                by_holder,
                used_permille,
            } => {
                self.give_back(lease, by_holder, used_permille)?;
            }
            Step::Expire { lag_ms } => {
                self.watermark = self.watermark.max(self.now - Span(lag_ms));
                let expired = self.ledger.expire(self.watermark);
                prop_assert_eq!(expired.leases, self.model.expire(self.watermark));
                prop_assert!(!expired.more);
            }
            Step::Wait { ms } => self.now = (self.now + Span(ms)).min(LAST),
            Step::Restart { away_ms } => {
                self.now = (self.now + Span(away_ms)).min(LAST);
                self.shadow.write(self.ledger.changes());
                self.ledger = self.shadow.restore(RULES, self.now).unwrap();
                self.model.restart(self.now);
                self.set_ads();
            }
        }
        Ok(())
    }

    fn set_budget(&mut self, level: usize, daily: bool, cap: Option<i64>) {
        let level = match level {
            0 => ADVERTISER,
            1 => Level::Campaign(campaign_of(AdId(1))),
            2 => Level::Campaign(campaign_of(AdId(3))),
            ad => Level::Ad(AdId(ad as u64 - 2)),
        };
        let budget = self.budgets.entry(level).or_default();
        let cap = cap.map(Money);
        if daily {
            budget.daily = cap;
        } else {
            budget.lifetime = cap;
        }
        self.model.set_budget(level, *budget, self.now);
        self.ledger.set_budget(level, *budget, self.now).unwrap();
    }

    fn grant(&mut self, request: GrantRequest) -> Result<(), TestCaseError> {
        let expect = self.model.grant(&request, self.now);
        match self.ledger.grant(&[request], self.now)[0] {
            GrantAnswer::Granted(grant) => {
                let amount = i128::from(grant.amount.0);
                prop_assert_eq!(expect, Ok((grant.id, amount)));
                prop_assert_eq!(
                    (grant.holder, grant.request),
                    (request.holder, request.request)
                );
                if self.leases.iter().all(|held| held.id != grant.id) {
                    let ends = [0, 1].map(|i: usize| self.zones[i].day(self.now).end);
                    prop_assert!(grant.spend_until <= ends[0].min(ends[1]));
                    prop_assert!(grant.spend_until <= request.sent + RULES.time_to_live);
                    let release_at = self.now + RULES.time_to_live + RULES.lateness;
                    prop_assert_eq!(grant.release_at, release_at);
                    self.leases.push(Held {
                        id: grant.id,
                        ad: grant.ad,
                        holder: grant.holder,
                        amount: grant.amount.0,
                        used: 0,
                        spend_until: grant.spend_until,
                        returned: false,
                    });
                    self.note_caps(grant.ad);
                }
            }
            GrantAnswer::Refused(refused) => prop_assert_eq!(expect, Err(refused.reason)),
        }
        Ok(())
    }

    fn note_caps(&mut self, ad: AdId) {
        let rows = self.ledger.accounts();
        for row in rows.filter(|row| levels_of(ad).contains(&row.key.level)) {
            let cap = self.model.cap(&row.key).unwrap_or(i128::MAX);
            let under = self.promised_under.entry(row.key).or_insert(cap);
            *under = cap.max(*under);
        }
    }

    fn notice(
        &mut self,
        bid: u64,
        lease: usize,
        max: i64,
        told: Told,
    ) -> Result<(), TestCaseError> {
        let Some(terms) = self.terms_of(bid, lease, max) else {
            return Ok(());
        };
        let outcome = match told {
            Told::Lost => Outcome::Lost,
            Told::Billed { permille } => {
                Outcome::Billed(Price::Cost(Money(terms.max_cost.0 * permille / 1_000)))
            }
            Told::Unreadable => Outcome::Billed(Price::Unreadable),
            Told::Audit => Outcome::Billed(Price::Audit),
        };
        let settlement = Settlement { terms, outcome };
        self.entries += 1;
        let settled = self.ledger.settle(&[settlement], Position(self.entries))[0];
        prop_assert_eq!(settled.bid, terms.bid);
        prop_assert_eq!(settled.effect, self.model.settle(&settlement));
        match settled.effect {
            Effect::Voided(_) => self.lost.push(bid),
            Effect::Charged(charge) => {
                prop_assert!(charge.charged + charge.house_loss <= terms.max_cost);
                if self.honest && charge.house_loss > Money::ZERO {
                    prop_assert!(
                        charge.late || self.lost.contains(&bid),
                        "a house loss in time"
                    );
                }
                self.note_caps(terms.ad);
            }
            _ => {}
        }
        // The same again does nothing.
        let again = self.ledger.settle(&[settlement], Position(self.entries))[0].effect;
        let nothing = [Effect::Repeated, Effect::Rehearsed, Effect::TooOld];
        prop_assert!(nothing.contains(&again), "{again:?}");
        Ok(())
    }

    /// What a bid agreed to, once; `None` where an honest bidder could not make it.
    fn terms_of(&mut self, bid: u64, lease: usize, max: i64) -> Option<BidTerms> {
        if let Some(terms) = self.bids.get(&bid) {
            return Some(*terms);
        }
        let picked = self
            .leases
            .len()
            .checked_sub(1)
            .map(|last| lease % (last + 1));
        let held = picked.map(|i| &mut self.leases[i]);
        let (id, ad) = match held {
            Some(held) if self.honest => {
                let possible =
                    !held.returned && self.now < held.spend_until && held.used + max <= held.amount;
                if !possible {
                    return None;
                }
                held.used += max;
                (held.id, held.ad)
            }
            Some(held) if !lease.is_multiple_of(13) => (held.id, held.ad),
            _ if self.honest => return None,
            _ => (LeaseId(999), AdId(1)),
        };
        let terms = terms(bid, ad, id, Money(max), self.now);
        self.bids.insert(bid, terms);
        Some(terms)
    }

    fn give_back(
        &mut self,
        lease: usize,
        by_holder: bool,
        permille: i64,
    ) -> Result<(), TestCaseError> {
        let Some(last) = self.leases.len().checked_sub(1) else {
            return Ok(());
        };
        let honest = self.honest;
        let held = &mut self.leases[lease % (last + 1)];
        let mut holder = held.holder;
        if !by_holder {
            holder.start += 1;
        }
        held.returned |= by_holder;
        let used = if honest {
            held.used
        } else {
            held.amount * permille / 1_000
        };
        let back = LeaseReturn {
            holder,
            lease: held.id,
            used: Money(used),
        };
        let expect = self.model.close(&back, self.now);
        let got = self.ledger.close(&back, self.now).ok();
        prop_assert_eq!(got.map(|free| i128::from(free.0)), expect);
        Ok(())
    }

    /// What must be true after every step.
    fn must_hold(&mut self) -> Result<(), TestCaseError> {
        self.shadow.write(self.ledger.changes());
        let rows = self.ledger.rows();
        prop_assert_eq!(audit(&rows), Ok(()));
        self.accounts_are_within_their_caps(&rows)?;
        for lease in &rows.leases {
            prop_assert!(self.model.agrees_with_lease(lease), "{lease:?}");
        }
        prop_assert_eq!(rows.leases.len(), self.model.remembered_leases());
        for ad in [1, 2, 3].map(AdId) {
            let expect: i128 = (self.model.house.iter())
                .filter_map(|(of, amount)| (*of == ad).then_some(*amount))
                .sum();
            let row = rows.house_losses.iter().find(|row| row.ad == ad);
            prop_assert_eq!(row.map_or(0, |row| i128::from(row.amount.0)), expect);
        }
        let restored = self.shadow.restore(RULES, Timestamp::MIN).unwrap();
        let mut restored = std::mem::replace(&mut self.ledger, restored);
        self.set_ads();
        std::mem::swap(&mut self.ledger, &mut restored);
        prop_assert!(
            restored == self.ledger,
            "written down and read back it is another ledger"
        );
        Ok(())
    }

    fn accounts_are_within_their_caps(&self, rows: &Rows) -> Result<(), TestCaseError> {
        for row in &rows.accounts {
            prop_assert!(self.model.agrees_with_account(row), "{row:?}");
            prop_assert_eq!(row.overspend, Money::ZERO);
            let under = self.promised_under.get(&row.key).copied().unwrap_or(0);
            prop_assert!(
                i128::from(row.posted.0) <= under,
                "{row:?} promised under {under}"
            );
            prop_assert!(
                i128::from(row.held.0) <= under,
                "{row:?} promised under {under}"
            );
        }
        let open = rows
            .leases
            .iter()
            .filter(|row| row.state == LeaseState::Open);
        prop_assert!(open.count() <= self.leases.len());
        Ok(())
    }
}

/// As many cases as the environment asks for, always the same ones.
fn cases() -> u32 {
    let soak = std::env::var("OUTBID_SOAK").is_ok_and(|v| v == "1");
    if soak { 20_000 } else { 1_500 }
}

#[test]
fn the_ledger_agrees_with_a_plain_model_after_every_step_of_any_history() {
    let config = Config {
        cases: cases(),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, b"outbid: the ledger and its model");
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&histories(), |history| {
        let mut play = Play::new(&history);
        for step in &history.steps {
            play.step(step)?;
            play.must_hold()?;
        }
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}
