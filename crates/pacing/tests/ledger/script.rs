//! A tiny language for the ledger's tests. Blank lines and `#` comments are skipped; times are since the first day's
//! midnight in UTC; money is decimal. Bids and leases have names; a lease is named by the order of grants: l1, l2, …
//!
//! ```text
//! zone campaign Europe/Berlin                  where days begin (advertiser or campaign)
//! budget ad1 day 2.00                          a cap: level, window, amount or `none`
//! halt ad1                                     (or `run ad1`)
//! at 10s                                       the time is; it only goes forward
//! grant ad1 2.00 -> granted 2.00               a new request of node n1; `grant n2/7 ad1 …` gives node and number,
//!                                              `grant … sent 3s …` another time of sending
//! bill b1 of l1 max 0.50 price 0.40 -> charged 0.40 [house 0.10] [late] [clamped] [unreadable]
//! lose b2 of l1 max 0.50 -> voided 0.50
//! return l1 used 0.50 -> freed 1.50            `by n2` for another holder
//! expire 70s -> 1                              the watermark, and how many leases expire
//! restart 1h                                   written down, read back at that time
//! account campaign day posted 0.40 held 1.60   `day 1` for another than the first, `cap`, `effective` and `gone` too
//! lease l1 settled 0.40 released 1.60 doubt 0 back 0
//! house ad1 0.10
//! ```
//!
//! After every line the rows must add up, nothing may be overspent, and what was written down must restore the same
//! ledger.

use std::collections::BTreeMap;

use campaign::ad::Budget;
use campaign::id::{AdId, CampaignId, Incarnation, LeaseId};
use campaign::money::{Currency, Money};
use campaign::time::{Day, Span, TimeZone, Timestamp};
use journal::entry::Price;
use journal::position::Position;
use pacing::account::{AccountKey, Level, Window};
use pacing::lease::{GrantAnswer, GrantRefusal, GrantRequest, LeaseReturn};
use pacing::ledger::settle::{Effect, Outcome, Settlement};
use pacing::ledger::terms::Rules;
use pacing::ledger::{Ledger, ReturnError, audit};

use crate::fixture::{ADVERTISER, ad_account, terms};
use crate::shadow::Shadow;

/// 2026-11-20T00:00:00Z.
const MIDNIGHT: Timestamp = Timestamp(1_795_132_800_000);
const FIRST_DAY: i32 = 20_777;

/// The rules of all tables: short enough to think in.
pub const RULES: Rules = Rules {
    time_to_live: Span::seconds(5),
    lateness: Span::seconds(60),
    late_cutoff: Span::minutes(10),
    retention: Span::days(8),
};

/// Runs a script; panics with the line that did not come true.
pub fn check(script: &str) {
    let mut run = Run::new();
    for (number, line) in script.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let (words, expect) = line.split_once("->").unwrap_or((line, ""));
        let words: Vec<&str> = words.split_whitespace().collect();
        let got = run.line(&words);
        assert_eq!(got, expect.trim(), "line {}: {line}", number + 1);
        run.must_hold(&format!("line {}: {line}", number + 1));
    }
}

struct Run {
    ledger: Ledger,
    shadow: Shadow,
    now: Timestamp,
    zones: [TimeZone; 2],
    budgets: BTreeMap<Level, Budget>,
    halted: Vec<AdId>,
    requests: u64,
    entries: u64,
}

impl Run {
    fn new() -> Run {
        let mut run = Run {
            ledger: Ledger::new(RULES),
            shadow: Shadow::default(),
            now: MIDNIGHT,
            zones: [TimeZone::default(), TimeZone::default()],
            budgets: BTreeMap::new(),
            halted: Vec::new(),
            requests: 0,
            entries: 0,
        };
        run.set_ads();
        run
    }

    /// Does what a line says, and tells what came of it.
    fn line(&mut self, words: &[&str]) -> String {
        match words {
            ["at", time] => {
                let time = moment(time);
                assert!(time >= self.now, "time only goes forward");
                self.now = time;
            }
            ["zone", level, name] => {
                let zone = TimeZone::parse(name).unwrap();
                self.zones[usize::from(*level == "campaign")] = zone;
                self.set_ads();
            }
            ["budget", level, window, amount] => self.set_budget(level, window, amount),
            ["halt", ad] => {
                self.halted.push(ad_id(ad));
                self.set_ads();
            }
            ["run", ad] => {
                self.halted.retain(|halted| *halted != ad_id(ad));
                self.set_ads();
            }
            ["grant", rest @ ..] => return self.grant(rest),
            ["bill", bid, "of", lease, "max", max, "price", price] => {
                let price = match *price {
                    "unreadable" => Price::Unreadable,
                    "audit" => Price::Audit,
                    cost => Price::Cost(money(cost)),
                };
                return self.settle(bid, lease, max, Outcome::Billed(price));
            }
            ["lose", bid, "of", lease, "max", max] => {
                return self.settle(bid, lease, max, Outcome::Lost);
            }
            ["return", lease, "used", used, by @ ..] => return self.give_back(lease, used, by),
            ["expire", watermark] => {
                return self.ledger.expire(moment(watermark)).leases.to_string();
            }
            ["restart", time] => {
                self.shadow.write(self.ledger.changes());
                self.ledger = self.shadow.restore(RULES, moment(time)).unwrap();
                self.set_ads();
            }
            ["account", level, window, facts @ ..] => self.check_account(level, window, facts),
            ["lease", name, facts @ ..] => self.check_lease(name, facts),
            ["house", ad, amount] => {
                let rows = self.ledger.house_losses();
                let row = rows.into_iter().find(|row| row.ad == ad_id(ad));
                assert_eq!(row.map_or(Money::ZERO, |row| row.amount), money(amount));
            }
            other => panic!("no such line: {other:?}"),
        }
        String::new()
    }

    fn set_ads(&mut self) {
        for ad in [1, 2, 3].map(AdId) {
            let budgets = &self.budgets;
            let mut account = ad_account(ad, &self.zones, |level| {
                budgets.get(&level).copied().unwrap_or_default()
            });
            account.halted = self.halted.contains(&ad);
            self.ledger.set_ad(account, self.now).unwrap();
        }
    }

    fn set_budget(&mut self, name: &str, window: &str, amount: &str) {
        let level = level(name);
        let amount = (amount != "none").then(|| money(amount));
        let budget = self.budgets.entry(level).or_default();
        match window {
            "day" => budget.daily = amount,
            _ => budget.lifetime = amount,
        }
        self.ledger.set_budget(level, *budget, self.now).unwrap();
    }

    fn grant(&mut self, words: &[&str]) -> String {
        let (holder, request, words) = match words {
            [named, rest @ ..] if named.contains('/') => {
                let (node, request) = named.split_once('/').unwrap();
                (holder(node), request.parse().unwrap(), rest)
            }
            rest => {
                self.requests += 1;
                (holder("n1"), 1_000 + self.requests, rest)
            }
        };
        let (ad, wanted, sent) = match words {
            [ad, wanted] => (ad, wanted, self.now),
            [ad, wanted, "sent", sent] => (ad, wanted, moment(sent)),
            other => panic!("no such grant: {other:?}"),
        };
        let request = GrantRequest {
            holder,
            request,
            ad: ad_id(ad),
            wanted: money(wanted),
            sent,
        };
        match self.ledger.grant(&[request], self.now)[0] {
            GrantAnswer::Granted(grant) => {
                assert!(grant.spend_until < grant.release_at);
                format!("granted {}", decimal(grant.amount))
            }
            GrantAnswer::Refused(refused) => match refused.reason {
                GrantRefusal::Exhausted(key) => format!("exhausted {}", name(&key)),
                other => format!("{other:?}").to_lowercase(),
            },
        }
    }

    fn settle(&mut self, bid: &str, lease: &str, max: &str, outcome: Outcome) -> String {
        let lease = lease_id(lease);
        let ad = self.ledger.lease(lease).map_or(AdId(1), |row| row.ad);
        let bid = bid.trim_start_matches('b').parse().unwrap();
        // A bid is as old as its lease, or as the test where there is none.
        let issued = self
            .ledger
            .lease(lease)
            .map_or(MIDNIGHT, |row| row.spend_until);
        self.entries += 1;
        let position = Position(self.entries);
        let settlement = Settlement {
            terms: terms(bid, ad, lease, money(max), issued),
            outcome,
        };
        let settled = self.ledger.settle(&[settlement], position);
        assert_eq!(self.ledger.position(), position);
        match settled[0].effect {
            Effect::Charged(charge) => {
                let mut text = format!("charged {}", decimal(charge.charged));
                if charge.house_loss != Money::ZERO {
                    text += &format!(" house {}", decimal(charge.house_loss));
                }
                let flags = [
                    (charge.late, " late"),
                    (charge.clamped, " clamped"),
                    (charge.unreadable, " unreadable"),
                ];
                text.extend(flags.iter().filter(|(on, _)| *on).map(|(_, name)| *name));
                text
            }
            Effect::Voided(free) => format!("voided {}", decimal(free)),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    fn give_back(&mut self, lease: &str, used: &str, by: &[&str]) -> String {
        let lease = lease_id(lease);
        let own = self
            .ledger
            .lease(lease)
            .map_or(holder("n1"), |row| row.holder);
        let back = LeaseReturn {
            holder: by.last().map_or(own, |node| holder(node)),
            lease,
            used: money(used),
        };
        match self.ledger.close(&back, self.now) {
            Ok(free) => format!("freed {}", decimal(free)),
            Err(ReturnError::UnknownLease(_)) => "unknown".to_owned(),
            Err(ReturnError::NotItsHolder { .. }) => "not its holder".to_owned(),
            Err(ReturnError::UsedBeyondAmount { .. }) => "beyond its amount".to_owned(),
        }
    }

    fn check_account(&self, level_name: &str, window: &str, facts: &[&str]) {
        let (day, facts) = match facts {
            [number, rest @ ..] if number.parse::<i32>().is_ok() => (number.parse().unwrap(), rest),
            rest => (0, rest),
        };
        let window = match window {
            "day" => Window::Day(Day(FIRST_DAY + day)),
            _ => Window::Lifetime,
        };
        let level = level(level_name);
        let row = self.ledger.account(&AccountKey { level, window });
        if facts == ["gone"] {
            assert_eq!(row, None);
            return;
        }
        let row = row.unwrap_or_else(|| panic!("no account {level_name} {window:?}"));
        for fact in facts.chunks(2) {
            let amount = match fact[0] {
                "posted" => Some(row.posted),
                "held" => Some(row.held),
                "cap" => row.requested,
                "effective" => row.effective,
                other => panic!("no such fact: {other}"),
            };
            let expect = (fact[1] != "none").then(|| money(fact[1]));
            assert_eq!(amount, expect, "{fact:?} of {row:?}");
        }
    }

    fn check_lease(&self, name: &str, facts: &[&str]) {
        let row = self.ledger.lease(lease_id(name));
        if facts == ["gone"] {
            assert_eq!(row, None);
            return;
        }
        let row = row.unwrap_or_else(|| panic!("no lease {name}"));
        for fact in facts.chunks(2) {
            let amount = match fact[0] {
                "settled" => row.settled,
                "released" => row.released,
                "doubt" => row.in_doubt(),
                "back" => row.held_back,
                "beyond" => row.beyond,
                other => panic!("no such fact: {other}"),
            };
            assert_eq!(amount, money(fact[1]), "{fact:?} of {row:?}");
        }
    }

    /// What is true after every line of every table.
    fn must_hold(&mut self, line: &str) {
        self.shadow.write(self.ledger.changes());
        let rows = self.ledger.rows();
        audit(&rows).unwrap_or_else(|broken| panic!("{line}: {broken}"));
        let over = rows
            .accounts
            .iter()
            .find(|row| row.overspend != Money::ZERO);
        assert_eq!(over, None, "{line}");
        // Nothing is put off where the restart is long ago, so this is the same ledger.
        let restored = self.shadow.restore(RULES, Timestamp::MIN).unwrap();
        let mut now = Run {
            ledger: restored,
            shadow: Shadow::default(),
            now: self.now,
            zones: self.zones.clone(),
            budgets: self.budgets.clone(),
            halted: self.halted.clone(),
            requests: 0,
            entries: 0,
        };
        now.set_ads();
        assert_eq!(now.ledger, self.ledger, "{line}");
    }
}

fn money(text: &str) -> Money {
    Money::parse(text, Currency::USD).unwrap()
}

fn decimal(amount: Money) -> String {
    amount.to_decimal(Currency::USD)
}

/// `90s`, `10m`, `24h` or `9d` after the first midnight.
fn moment(text: &str) -> Timestamp {
    let (number, unit) = text.split_at(text.len() - 1);
    let number: i64 = number.parse().unwrap();
    let span = match unit {
        "s" => Span::seconds(number),
        "m" => Span::minutes(number),
        "h" => Span::hours(number),
        "d" => Span::days(number),
        other => panic!("no such unit: {other}"),
    };
    MIDNIGHT + span
}

fn level(name: &str) -> Level {
    match name {
        "advertiser" => ADVERTISER,
        "campaign" => Level::Campaign(CampaignId(1)),
        "campaign2" => Level::Campaign(CampaignId(2)),
        ad => Level::Ad(ad_id(ad)),
    }
}

fn name(key: &AccountKey) -> String {
    let level = match key.level {
        Level::Advertiser(_) => "advertiser".to_owned(),
        Level::Campaign(CampaignId(1)) => "campaign".to_owned(),
        Level::Campaign(id) => format!("campaign{id}"),
        Level::Ad(id) => format!("ad{id}"),
    };
    match key.window {
        Window::Lifetime => format!("{level} lifetime"),
        Window::Day(_) => format!("{level} day"),
    }
}

fn ad_id(name: &str) -> AdId {
    AdId(name.strip_prefix("ad").unwrap().parse().unwrap())
}

fn lease_id(name: &str) -> LeaseId {
    LeaseId(name.strip_prefix('l').unwrap().parse().unwrap())
}

fn holder(node: &str) -> Incarnation {
    Incarnation {
        node: node.strip_prefix('n').unwrap().parse().unwrap(),
        start: 1,
    }
}
