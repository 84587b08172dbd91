use campaign::creative::Format;
use campaign::id::{AdId, CampaignId, CreativeId, ExchangeId, Incarnation, LeaseId};
use campaign::money::{Currency, Money, RateTable};
use campaign::time::{Day, Span};
use journal::context::PriceContext;
use journal::entry::{BidTerms, Price};

use super::*;
use crate::test_book::{ad, inventory};

const CAP: FrequencyCap = FrequencyCap {
    impressions: 3,
    period: Span::hours(1),
};

/// One ad with a cap, in a campaign with the same cap.
fn book() -> Book {
    let mut inventory = inventory(1, vec![ad(3)]);
    inventory.ads[0].frequency_caps = vec![CAP];
    inventory.campaigns[0].frequency_caps = vec![CAP];
    Book::build(inventory)
}

fn offer() -> Offer {
    book().offers()[0].clone()
}

fn bid(sequence: u64) -> BidId {
    BidId {
        incarnation: Incarnation::default(),
        sequence,
    }
}

fn billing(user: u64, sequence: u64, at: i64) -> Entry {
    let terms = BidTerms {
        bid: bid(sequence),
        exchange: ExchangeId(1),
        impression: 0,
        ad: AdId(3),
        creative: CreativeId(1),
        format: Format::Banner,
        lease: LeaseId(1),
        day: Day(0),
        max_cost: Money(1),
        currency: Currency::USD,
        fx_nanos: RateTable::ONE,
        issued: Timestamp(at),
        user,
        measured: true,
        context: PriceContext::NONE,
    };
    Entry {
        at: Timestamp(at),
        event: Event::Billing {
            terms,
            price: Price::Unreadable,
        },
    }
}

fn counts(frequency: &Frequency, user: u64, now: i64) -> (u32, u32) {
    let count = |scope| frequency.count(user, scope, &CAP, Timestamp(now));
    (
        count(Scope::Ad(AdId(3))),
        count(Scope::Campaign(CampaignId(2))),
    )
}

#[test]
fn an_impression_counts_for_the_ad_and_for_its_campaign() {
    let (frequency, offer, book) = (Frequency::new(1_000), offer(), book());
    assert_eq!(counts(&frequency, 7, 0), (0, 0));
    frequency.pend(7, &offer, bid(1), Timestamp(0));
    frequency.pend(7, &offer, bid(2), Timestamp(0));
    assert_eq!(counts(&frequency, 7, 1), (2, 2));
    frequency.note(&billing(7, 1, 2), &book);
    frequency.note(&billing(7, 1, 3), &book);
    assert_eq!(counts(&frequency, 7, 3), (2, 2));
    let mut lost = billing(7, 2, 4);
    lost.event = Event::Loss {
        terms: *lost.event.terms().unwrap(),
        reason: None,
        min_to_win: None,
    };
    frequency.note(&lost, &book);
    assert_eq!(counts(&frequency, 7, 4), (1, 1));
    assert_eq!(counts(&frequency, 8, 4), (0, 0));
    assert_eq!(counts(&frequency, 7, 3_600_004), (0, 0));
}

#[test]
fn nobody_is_not_counted() {
    let frequency = Frequency::new(1_000);
    frequency.note(&billing(0, 1, 0), &book());
    assert_eq!((counts(&frequency, 0, 0), frequency.len()), ((0, 0), 0));
}

#[test]
fn the_table_forgets_what_counts_no_more_as_new_users_come() {
    let (frequency, offer) = (Frequency::new(1_000_000), offer());
    for user in 0..20_000 {
        frequency.pend(user, &offer, bid(user), Timestamp(0));
    }
    assert_eq!(frequency.len(), 40_000);
    // Two hours later each new entry drops up to four that are stale.
    for user in 20_000..32_000 {
        frequency.pend(user, &offer, bid(user), Timestamp(7_200_000));
    }
    assert_eq!(frequency.len(), 24_000);
    assert_eq!(frequency.exposures.len(), frequency.len());
}

#[test]
fn a_full_table_stays_as_large_as_it_may_be() {
    let (frequency, offer) = (Frequency::new(640), offer());
    let mut evicted = 0;
    for user in 0..5_000 {
        let room = frequency.pend(user, &offer, bid(user), Timestamp(user as i64));
        evicted += usize::from(room == Room::Evicted);
        assert!(frequency.len() <= 640, "{}", frequency.len());
    }
    assert!(evicted > 4_000, "{evicted}");
    // Who came last is still known.
    assert_eq!(counts(&frequency, 4_999, 5_000), (1, 1));
    let lanes = frequency
        .lanes
        .iter()
        .map(|lane| lane.lock().unwrap().len());
    assert_eq!(lanes.sum::<usize>(), frequency.len());
}

#[test]
fn threads_that_count_the_same_users_lose_nothing() {
    let (frequency, offer) = (Frequency::new(100_000), offer());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (frequency, offer) = (&frequency, &offer);
            scope.spawn(move || {
                for user in 1..=500 {
                    frequency.pend(user, offer, bid(user * 10 + thread), Timestamp(0));
                }
            });
        }
    });
    for user in 1..=500 {
        assert_eq!(counts(&frequency, user, 1), (4, 4), "{user}");
    }
    assert_eq!(frequency.len(), 1_000);
    let lanes = frequency
        .lanes
        .iter()
        .map(|lane| lane.lock().unwrap().len());
    assert_eq!(lanes.sum::<usize>(), 1_000);
}

#[test]
fn keys_that_lie_side_by_side_fall_apart() {
    let hash = |user: u64, ad: u64| {
        let key = ExposureKey {
            user,
            scope: Scope::Ad(AdId(ad)),
            period: Span::hours(1),
        };
        std::hash::BuildHasher::hash_one(&BuildHasherDefault::<Folded>::default(), key)
    };
    // The highest bits choose a shard and tell neighbours apart, the lowest choose a place.
    let mut high = std::collections::HashSet::new();
    let mut low = std::collections::HashSet::new();
    for user in 0..64 {
        for ad in 0..64 {
            high.insert(hash(user, ad) >> 48);
            low.insert(hash(user, ad) & 0xffff);
        }
    }
    // Of 4,096 keys, chance puts 3,970 into places of their own among 65,536.
    assert!(
        high.len() > 3_800 && low.len() > 3_800,
        "{} {}",
        high.len(),
        low.len()
    );
}
