use auction::reason::NoBidReason;
use campaign::ad::Goal;
use campaign::id::{AdvertiserId, LeaseId};
use campaign::money::Cpm;
use campaign::time::Day;
use learning::rates::Rates;
use pacing::account::{AccountKey, Level, Window};
use pacing::lease::GrantRefused;
use tokio::sync::mpsc;

use super::*;

const HOLDER: Incarnation = Incarnation { node: 1, start: 2 };
const AD: AdId = AdId(1);
const TTL: i64 = 6_000;

/// Leases of one ad, and the hand of a control that can be made to answer.
struct Bench {
    leases: Leases,
    live: Arc<AdLive>,
    next_lease: u64,
}

fn terms(halted: Option<NoBidReason>) -> AdTerms {
    AdTerms {
        version: 1,
        halted,
        goal: Goal::FixedCpm(Cpm(1_000)),
        max_bid: Cpm(1_000),
        participation_ppm: AdTerms::ALWAYS,
        multiplier: 1.0,
        rates: Rates::default(),
    }
}

impl Bench {
    fn new(warm_ads: usize) -> Bench {
        let rules = LeaseRules {
            time_to_live: Span(TTL),
            least_impressions: 10,
            most_impressions: 1_000,
            warm_ads,
        };
        let mut bench = Bench {
            leases: Leases::new(HOLDER, rules),
            live: Arc::new(AdLive::new(AD)),
            next_lease: 1,
        };
        bench
            .leases
            .set_terms(&bench.live, &terms(None), Timestamp(0));
        bench
    }

    /// Lets time come, and tells what is said then.
    fn at(&mut self, now: i64) -> Outgoing {
        self.leases.tick(Timestamp(now));
        self.leases.take_outgoing()
    }

    fn requests(&mut self, now: i64) -> Vec<(u64, i64, i64)> {
        let said = self.at(now).requests;
        said.iter()
            .map(|r| (r.request, r.wanted.0, r.sent.0))
            .collect()
    }

    fn grant(&mut self, request: u64, amount: i64, spend_until: i64, now: i64) -> LeaseId {
        let id = LeaseId(self.next_lease);
        self.next_lease += 1;
        let grant = LeaseGrant {
            id,
            ad: AD,
            holder: HOLDER,
            request,
            amount: Money(amount),
            advertiser_day: Day(0),
            campaign_day: Day(0),
            spend_until: Timestamp(spend_until),
            release_at: Timestamp(spend_until + 1_000),
        };
        self.leases
            .answer(GrantAnswer::Granted(grant), Timestamp(now));
        id
    }

    fn refuse(&mut self, request: u64, reason: GrantRefusal, now: i64) {
        let refused = GrantRefused {
            holder: HOLDER,
            request,
            ad: AD,
            reason,
        };
        self.leases
            .answer(GrantAnswer::Refused(refused), Timestamp(now));
    }

    fn reserve(&self, cost: i64, now: i64) -> Result<LeaseId, NoBidReason> {
        let (hunger, _called) = mpsc::channel(1);
        self.live.reserve(Money(cost), Timestamp(now), &hunger)
    }

    fn returns(&mut self, now: i64) -> Vec<(u64, i64)> {
        let said = self.at(now).returns;
        said.iter().map(|r| (r.lease.0, r.used.0)).collect()
    }
}

fn exhausted() -> GrantRefusal {
    GrantRefusal::Exhausted(AccountKey {
        level: Level::Advertiser(AdvertiserId(1)),
        window: Window::Lifetime,
    })
}

#[test]
fn money_is_asked_for_as_soon_as_an_ad_stands_in_the_book() {
    let mut bench = Bench::new(9);
    assert_eq!(bench.requests(0), [(1, 10_000, 0)]);
    assert_eq!(bench.reserve(1_000, 0), Err(NoBidReason::AwaitingLease));
    let lease = bench.grant(1, 10_000, 5_900, 10);
    assert_eq!(bench.reserve(1_000, 10), Ok(lease));
}

#[test]
fn a_lease_is_renewed_at_a_third_of_its_life_and_the_former_goes_back_closed() {
    let mut bench = Bench::new(9);
    bench.at(0);
    let first = bench.grant(1, 10_000, 5_900, 10);
    assert_eq!(bench.reserve(1_000, 20), Ok(first));
    assert_eq!(bench.requests(1_899), []);
    assert_eq!(bench.requests(2_000), [(2, 10_000, 2_000)]);
    // Until the answer comes the former is spent from.
    assert_eq!(bench.reserve(500, 2_001), Ok(first));
    let second = bench.grant(2, 10_000, 7_900, 2_010);
    assert_eq!(bench.returns(2_010), [(first.0, 1_500)]);
    assert_eq!(bench.reserve(1_000, 2_011), Ok(second));
}

#[test]
fn a_lease_that_is_over_is_not_spent_from_and_goes_back() {
    let mut bench = Bench::new(9);
    bench.at(0);
    let lease = bench.grant(1, 10_000, 5_900, 10);
    assert_eq!(bench.reserve(700, 5_899), Ok(lease));
    assert_eq!(bench.reserve(700, 5_900), Err(NoBidReason::AwaitingLease));
    let said = bench.at(5_900);
    assert_eq!(
        said.returns,
        [LeaseReturn {
            holder: HOLDER,
            lease,
            used: Money(700)
        }]
    );
    assert_eq!(bench.reserve(700, 5_901), Err(NoBidReason::AwaitingLease));
}

#[test]
fn a_request_without_answer_is_repeated_as_it_was_and_then_given_up() {
    let mut bench = Bench::new(9);
    assert_eq!(bench.requests(0), [(1, 10_000, 0)]);
    assert_eq!(bench.requests(1_999), []);
    assert_eq!(bench.requests(2_000), [(1, 10_000, 0)]);
    assert_eq!(bench.requests(4_000), [(1, 10_000, 0)]);
    assert_eq!(bench.requests(6_000), [(2, 10_000, 6_000)]);
    // The first is granted all the same: nothing was ever reserved from it.
    let late = bench.grant(1, 10_000, 5_900, 6_100);
    assert_eq!(bench.returns(6_100), [(late.0, 0)]);
    let lease = bench.grant(2, 10_000, 11_900, 6_200);
    assert_eq!(bench.reserve(1_000, 6_200), Ok(lease));
}

#[test]
fn an_answer_that_comes_twice_makes_one_lease() {
    let mut bench = Bench::new(9);
    bench.at(0);
    let lease = bench.grant(1, 10_000, 5_900, 10);
    assert_eq!(bench.reserve(9_000, 20), Ok(lease));
    bench.next_lease = lease.0;
    bench.grant(1, 10_000, 5_900, 30);
    assert_eq!(bench.returns(40), []);
    assert_eq!(bench.reserve(9_000, 50), Err(NoBidReason::AwaitingLease));
}

#[test]
fn a_grant_that_was_too_long_under_way_goes_back_unused() {
    let mut bench = Bench::new(9);
    bench.at(0);
    let lease = bench.grant(1, 10_000, 5_900, 5_900);
    assert_eq!(bench.returns(5_900), [(lease.0, 0)]);
    assert_eq!(bench.reserve(1, 5_900), Err(NoBidReason::AwaitingLease));
}

#[test]
fn an_exhausted_budget_is_told_and_asked_for_again_later() {
    let mut bench = Bench::new(9);
    bench.at(0);
    bench.refuse(1, exhausted(), 10);
    assert_eq!(bench.reserve(1_000, 20), Err(NoBidReason::BudgetExhausted));
    // Hunger changes nothing about an answer that was no.
    bench.leases.hungry(AD, Timestamp(30));
    assert_eq!(bench.requests(6_009), []);
    assert_eq!(bench.requests(6_010).len(), 1);
}

#[test]
fn the_last_of_a_budget_is_known_for_the_last() {
    let mut bench = Bench::new(9);
    bench.at(0);
    bench.grant(1, 1_500, 5_900, 10);
    assert!(bench.reserve(1_000, 20).is_ok());
    assert_eq!(bench.reserve(1_000, 20), Err(NoBidReason::BudgetExhausted));
}

#[test]
fn as_much_is_asked_for_as_will_be_reserved() {
    let mut bench = Bench::new(9);
    bench.at(0);
    bench.grant(1, 100_000, 5_900, 0);
    // 40,000 in two seconds: in two lives of six seconds, 240,000.
    (0..40).for_each(|_| assert!(bench.reserve(1_000, 1).is_ok()));
    assert_eq!(bench.requests(2_000), [(2, 240_000, 2_000)]);
    bench.grant(2, 240_000, 7_900, 2_000);
    // A pause: half as much, not nothing.
    assert_eq!(bench.requests(4_000), [(3, 120_000, 4_000)]);
}

#[test]
fn never_more_is_asked_for_than_the_rules_allow() {
    let mut bench = Bench::new(9);
    bench.at(0);
    bench.grant(1, i64::MAX, 5_900, 0);
    assert!(bench.reserve(i64::MAX / 2, 1).is_ok());
    assert_eq!(bench.requests(2_000), [(2, 1_000_000, 2_000)]);
}

#[test]
fn an_ad_that_runs_low_asks_at_once_and_only_once() {
    let mut bench = Bench::new(9);
    bench.at(0);
    bench.grant(1, 10_000, 5_900, 0);
    assert!(bench.reserve(9_000, 100).is_ok());
    bench.leases.hungry(AD, Timestamp(100));
    assert_eq!(bench.requests(100).len(), 1);
    bench.leases.hungry(AD, Timestamp(110));
    assert_eq!(bench.requests(110), []);
}

#[test]
fn a_lease_that_the_end_of_the_day_cuts_short_is_not_renewed_without_end() {
    let mut bench = Bench::new(9);
    bench.at(0);
    let mut asked = 0;
    for now in 0..1_000 {
        for (request, ..) in bench.requests(now) {
            asked += 1;
            bench.grant(request, 10_000, 1_000, now);
        }
        if now == 0 {
            bench.grant(1, 10_000, 1_000, now);
        }
    }
    assert_eq!(asked, 0);
    // The day is over, and with it the lease: now.
    assert_eq!(bench.requests(1_000).len(), 1);
}

#[test]
fn a_recall_closes_at_once_and_asks_anew() {
    let mut bench = Bench::new(9);
    bench.at(0);
    let lease = bench.grant(1, 10_000, 5_900, 10);
    assert!(bench.reserve(1_000, 20).is_ok());
    bench.leases.recall(AD, Timestamp(30));
    assert_eq!(bench.reserve(1_000, 30), Err(NoBidReason::AwaitingLease));
    let said = bench.at(30);
    assert_eq!(
        said.returns,
        [LeaseReturn {
            holder: HOLDER,
            lease,
            used: Money(1_000)
        }]
    );
    assert_eq!(said.requests.len(), 1);
}

#[test]
fn an_ad_that_is_halted_gives_its_money_back_and_asks_again_when_it_runs() {
    let mut bench = Bench::new(9);
    bench.at(0);
    let lease = bench.grant(1, 10_000, 5_900, 10);
    let halted = terms(Some(NoBidReason::AdPaused));
    bench.leases.set_terms(&bench.live, &halted, Timestamp(20));
    assert_eq!(bench.returns(20), [(lease.0, 0)]);
    assert_eq!(bench.requests(60_000), []);
    bench
        .leases
        .set_terms(&bench.live, &terms(None), Timestamp(60_001));
    assert_eq!(bench.requests(60_001).len(), 1);
    // What is granted to an ad that was halted meanwhile goes back.
    bench
        .leases
        .set_terms(&bench.live, &halted, Timestamp(60_002));
    let late = bench.grant(2, 10_000, 65_000, 60_003);
    assert_eq!(bench.returns(60_003), [(late.0, 0)]);
}

#[test]
fn an_ad_that_leaves_the_book_gives_its_money_back() {
    let mut bench = Bench::new(9);
    bench.at(0);
    let lease = bench.grant(1, 10_000, 5_900, 10);
    assert!(bench.reserve(2_000, 20).is_ok());
    bench.leases.remove(AD, Timestamp(30));
    assert_eq!(bench.returns(30), [(lease.0, 2_000)]);
    assert_eq!(bench.requests(60_000), []);
}

#[test]
fn in_a_large_book_only_ads_that_bid_hold_money() {
    let mut bench = Bench::new(0);
    assert_eq!(bench.requests(0), []);
    bench.leases.hungry(AD, Timestamp(100));
    assert_eq!(bench.requests(100), [(1, 10_000, 100)]);
    let lease = bench.grant(1, 10_000, 6_000, 100);
    // It bids, and is renewed; then it does not, and its lease runs out.
    assert!(bench.reserve(1_000, 200).is_ok());
    assert_eq!(bench.requests(2_100).len(), 1);
    bench.grant(2, 10_000, 8_000, 2_100);
    assert_eq!(bench.returns(2_100), [(lease.0, 1_000)]);
    assert_eq!(bench.requests(4_100), []);
    assert_eq!(bench.returns(8_000), [(2, 0)]);
    assert_eq!(bench.requests(60_000), []);
}

#[test]
fn the_drain_gives_everything_back() {
    let mut bench = Bench::new(9);
    bench.at(0);
    let lease = bench.grant(1, 10_000, 5_900, 10);
    assert!(bench.reserve(2_000, 20).is_ok());
    bench.leases.close_all();
    assert_eq!(bench.returns(30), [(lease.0, 2_000)]);
    assert!(bench.reserve(1, 30).is_err());
}

#[test]
fn entries_of_what_is_due_do_not_pile_up() {
    let mut bench = Bench::new(9);
    bench.at(0);
    for now in 0..10_000 {
        bench.leases.hungry(AD, Timestamp(now));
        for (request, ..) in bench.requests(now) {
            bench.grant(request, 10_000, now + 5_900, now);
        }
    }
    assert!(
        bench.leases.due.len() < 10_000,
        "{}",
        bench.leases.due.len()
    );
    bench.at(20_000);
    assert!(bench.leases.due.len() <= 2, "{}", bench.leases.due.len());
}
