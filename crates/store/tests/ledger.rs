//! A real ledger with a random history, written batch by batch: what reads back is the ledger,
//! whatever crashes in between.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use std::path::Path;

use campaign::ad::Budget;
use campaign::creative::Format;
use campaign::id::{AdId, AdvertiserId, BidId, CampaignId, CreativeId, ExchangeId, Incarnation};
use campaign::money::{Currency, Money};
use campaign::time::{Span, TimeZone, Timestamp};
use journal::context::PriceContext;
use journal::entry::{BidTerms, Price};
use journal::position::Position;
use pacing::account::Level;
use pacing::lease::{GrantAnswer, GrantRequest, LeaseGrant, LeaseReturn};
use pacing::ledger::Ledger;
use pacing::ledger::rows::{Progress, Rows};
use pacing::ledger::settle::{Outcome, Settlement};
use pacing::ledger::terms::{AdAccount, Rules};
use store::Store;
use store::error::StoreError;

/// Short times, so that a history of minutes sees leases expire and bids be forgotten.
const RULES: Rules = Rules {
    time_to_live: Span::seconds(5),
    lateness: Span::seconds(20),
    late_cutoff: Span::seconds(40),
    retention: Span::seconds(120),
};

/// Dice from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn money(&mut self, bound: u64) -> Money {
        Money(self.below(bound).cast_signed())
    }
}

struct History {
    dice: Dice,
    now: Timestamp,
    ledger: Ledger,
    grants: Vec<LeaseGrant>,
    position: u64,
    request: u64,
    bids: u64,
}

impl History {
    fn new(seed: u64) -> History {
        let mut history = History {
            dice: Dice(seed),
            now: Timestamp::parse("2026-11-20T23:58:00Z").unwrap(),
            ledger: Ledger::new(RULES),
            grants: Vec::new(),
            position: 0,
            request: 0,
            bids: 0,
        };
        history.tell_ads();
        history
    }

    fn tell_ads(&mut self) {
        // The last ad's number uses the sign bit of an i64.
        for ad in [1, 2, 3, u64::MAX] {
            let budget = |lifetime: i64| Budget {
                lifetime: Some(Money(lifetime)),
                daily: (ad != 2).then_some(Money(lifetime / 3)),
            };
            let account = AdAccount {
                ad: AdId(ad),
                campaign: CampaignId(10 + ad % 2),
                advertiser: AdvertiserId(20),
                ad_budget: if ad == 3 {
                    Budget::default()
                } else {
                    budget(400_000)
                },
                campaign_budget: budget(600_000),
                advertiser_budget: budget(900_000),
                campaign_zone: TimeZone::default(),
                advertiser_zone: TimeZone::parse("Asia/Tokyo").unwrap(),
                halted: false,
            };
            self.ledger.set_ad(account, self.now).unwrap();
        }
    }

    fn ad(&mut self) -> AdId {
        AdId([1, 2, 3, u64::MAX][self.dice.below(4) as usize])
    }

    fn step(&mut self) {
        match self.dice.below(10) {
            0..=2 => self.grant(),
            3..=6 => self.settle(),
            7 => self.give_back(),
            8 => {
                let ad = self.ad();
                let budget = Budget {
                    lifetime: Some(self.dice.money(800_000)),
                    daily: Some(self.dice.money(300_000)),
                };
                let _ = self.ledger.set_budget(Level::Ad(ad), budget, self.now);
            }
            _ => {
                self.now = self.now + Span::seconds(self.dice.below(30).cast_signed());
                self.ledger.expire(self.now);
            }
        }
    }

    fn grant(&mut self) {
        self.request += 1;
        let request = GrantRequest {
            holder: Incarnation {
                node: 65_535,
                start: u32::MAX,
            },
            request: self.request,
            ad: self.ad(),
            wanted: self.dice.money(60_000),
            sent: self.now,
        };
        for answer in self.ledger.grant(&[request], self.now) {
            if let GrantAnswer::Granted(grant) = answer {
                self.grants.push(grant);
            }
        }
    }

    fn settle(&mut self) {
        if self.grants.is_empty() {
            return;
        }
        let lease = self.grants[self.dice.below(self.grants.len() as u64) as usize];
        // Some bids are told twice.
        self.bids += self.dice.below(3).min(1);
        let terms = BidTerms {
            bid: BidId {
                incarnation: lease.holder,
                sequence: u64::MAX - self.bids,
            },
            exchange: ExchangeId(1),
            impression: 0,
            ad: lease.ad,
            creative: CreativeId(1),
            format: Format::Banner,
            lease: lease.id,
            day: lease.campaign_day,
            max_cost: self.dice.money(9_000),
            currency: Currency::USD,
            fx_nanos: 1_000_000_000,
            issued: lease.spend_until - Span::seconds(1),
            user: 0,
            measured: false,
            context: PriceContext::NONE,
        };
        let outcome = match self.dice.below(3) {
            0 => Outcome::Lost,
            1 => Outcome::Billed(Price::Unreadable),
            _ => Outcome::Billed(Price::Cost(self.dice.money(9_000))),
        };
        self.position += 1 + self.dice.below(5);
        self.ledger
            .settle(&[Settlement { terms, outcome }], Position(self.position));
    }

    fn give_back(&mut self) {
        if let Some(lease) = self.grants.pop() {
            let back = LeaseReturn {
                holder: lease.holder,
                lease: lease.id,
                used: Money(lease.amount.0 / 2),
            };
            let _ = self.ledger.close(&back, self.now);
        }
    }
}

fn read(store: &mut Store) -> Rows {
    store.read(|tx| tx.read_ledger()).unwrap()
}

/// Lives through a history, and crashes now and then: before the commit (all since the last one is lost) or after it.
fn live(seed: u64, steps: usize, directory: &Path) -> Rows {
    let mut store = Store::open(directory).unwrap();
    let mut history = History::new(seed);
    let mut written = read(&mut store);
    for _ in 0..steps {
        for _ in 0..=history.dice.below(6) {
            history.step();
        }
        let changes = history.ledger.changes();
        let crash = history.dice.below(40);
        let outcome = store.transaction(|tx| {
            tx.write_ledger(&changes)?;
            if crash == 0 {
                Err(StoreError::NoRecord { id: 0 })
            } else {
                Ok(())
            }
        });
        if outcome.is_ok() {
            written = history.ledger.rows();
        }
        if crash < 3 {
            drop(store);
            store = Store::open(directory).unwrap();
            assert_eq!(
                without_empty_progress(read(&mut store)),
                without_empty_progress(written.clone()),
                "seed {seed}"
            );
            let rows = read(&mut store);
            history.ledger = Ledger::restore(RULES, rows, history.now).unwrap();
            history.tell_ads();
        }
    }
    read(&mut store)
}

/// A ledger in which nothing has happened yet tells its progress, and has not written it.
fn without_empty_progress(mut rows: Rows) -> Rows {
    let empty = Ledger::new(RULES).rows().progress;
    rows.progress = rows.progress.filter(|_| rows.progress != empty);
    rows
}

#[test]
fn a_ledger_reads_back_as_it_was_written_through_any_history() {
    let seeds = if std::env::var_os("OUTBID_SOAK").is_some() {
        300
    } else {
        6
    };
    let mut seen = Rows::default();
    for seed in 0..seeds {
        let directory = tempfile::tempdir().unwrap();
        let rows = live(seed, 150, directory.path());
        seen.accounts.extend(rows.accounts);
        seen.leases.extend(rows.leases);
        seen.bids.extend(rows.bids);
        seen.house_losses.extend(rows.house_losses);
        seen.lateness.extend(rows.lateness);
    }
    // The histories are no proof of anything unless everything happened in them.
    for (what, count) in [
        ("accounts", seen.accounts.len()),
        ("leases", seen.leases.len()),
        ("bids", seen.bids.len()),
        ("house losses", seen.house_losses.len()),
        ("lateness", seen.lateness.len()),
    ] {
        assert!(count > 0, "no {what}");
    }
}

#[test]
fn a_change_that_breaks_a_rule_stops_the_whole_transaction() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path()).unwrap();
    let mut history = History::new(1);
    while history.ledger.rows().accounts.is_empty() {
        history.step();
    }
    let mut changes = history.ledger.changes();
    let account = changes
        .written
        .accounts
        .iter_mut()
        .find(|row| row.effective.is_some());
    account.unwrap().posted = Money(i64::MAX / 2);
    let error = store
        .transaction(|tx| {
            tx.set_number("n", 1)?;
            tx.write_ledger(&changes)
        })
        .unwrap_err();
    assert!(
        matches!(&error, StoreError::Rule(rule) if rule.contains("never_over_the_cap")),
        "{error}"
    );
    assert_eq!(read(&mut store), Rows::default());
    assert_eq!(store.read(|tx| tx.number("n")).unwrap(), None);
}

#[test]
fn the_place_in_the_journal_never_goes_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path()).unwrap();
    let mut write = |position| {
        let mut changes = Ledger::new(RULES).changes();
        let progress = Ledger::new(RULES).rows().progress.unwrap();
        changes.written.progress = Some(Progress {
            position: Position(position),
            ..progress
        });
        store.transaction(|tx| tx.write_ledger(&changes))
    };
    write(5).unwrap();
    write(5).unwrap();
    assert!(matches!(write(4), Err(StoreError::Rule(_))));
    let progress = store.read(|tx| tx.progress()).unwrap().unwrap();
    assert_eq!(progress.position, Position(5));
}
