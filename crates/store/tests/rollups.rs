//! Reports: what is added up, and by what it is told apart.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use campaign::id::{AdId, AdvertiserId, CampaignId, CreativeId, ExchangeId};
use campaign::money::Money;
use campaign::time::Timestamp;
use store::Store;
use store::rollup::{Counts, Dimension, RollupKey, RollupQuery, hour};

const HOUR: i64 = 3_600_000;

fn key(at: i64, campaign: u64, ad: u64) -> RollupKey {
    RollupKey::new(
        Timestamp(at),
        AdvertiserId(1),
        CampaignId(campaign),
        AdId(ad),
        CreativeId(5),
        ExchangeId(6),
    )
}

/// Counts that are all different, so that a swapped column shows.
fn counts(n: i64) -> Counts {
    Counts {
        bids: 11 * n,
        wins: n,
        losses: 2 * n,
        impressions: 3 * n,
        spend: Money(4 * n),
        house_loss: Money(5 * n),
        shown: 6 * n,
        views: 7 * n,
        clicks: 8 * n,
        conversions: 9 * n,
        conversion_value: Money(10 * n),
    }
}

fn store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path()).unwrap();
    for (at, campaign, ad, n) in [
        (5, 1, 10, 1),
        (HOUR - 1, 1, 10, 10),
        (HOUR, 1, 10, 100),
        (HOUR, 1, 11, 1_000),
        (2 * HOUR, 2, 12, 10_000),
    ] {
        let (key, counts) = (key(at, campaign, ad), counts(n));
        store
            .transaction(|tx| tx.add_rollups([(&key, &counts)]))
            .unwrap();
    }
    (directory, store)
}

/// Tells the key of each row, and how often [`counts`] of 1 went into it.
fn query(store: &mut Store, query: &RollupQuery) -> Vec<(Vec<u64>, i64)> {
    let rows = store.read(|tx| tx.query_rollups(query)).unwrap();
    rows.into_iter()
        .map(|row| {
            assert_eq!(row.counts, counts(row.counts.wins));
            (row.key, row.counts.wins)
        })
        .collect()
}

fn all() -> RollupQuery {
    RollupQuery {
        from: Timestamp(0),
        until: Timestamp(9 * HOUR),
        ..RollupQuery::default()
    }
}

#[test]
fn rows_are_told_apart_by_what_is_asked() {
    let (_directory, mut store) = store();
    let mut check = |by: &[Dimension], expect: &[(&[u64], i64)]| {
        let expect: Vec<_> = expect.iter().map(|(key, n)| (key.to_vec(), *n)).collect();
        let asked = RollupQuery {
            by: by.to_vec(),
            ..all()
        };
        assert_eq!(query(&mut store, &asked), expect);
    };
    let hour = HOUR as u64;
    check(&[], &[(&[], 11_111)]);
    check(&[Dimension::Campaign], &[(&[1], 1_111), (&[2], 10_000)]);
    check(
        &[Dimension::Hour],
        &[(&[0], 11), (&[hour], 1_100), (&[2 * hour], 10_000)],
    );
    check(
        &[Dimension::Ad, Dimension::Hour],
        &[
            (&[10, 0], 11),
            (&[10, hour], 100),
            (&[11, hour], 1_000),
            (&[12, 2 * hour], 10_000),
        ],
    );
    check(
        &[
            Dimension::Advertiser,
            Dimension::Creative,
            Dimension::Exchange,
        ],
        &[(&[1, 5, 6], 11_111)],
    );
}

#[test]
fn only_what_is_asked_for_is_counted() {
    let (_directory, mut store) = store();
    let mut check = |asked: RollupQuery, expect: i64| {
        assert_eq!(query(&mut store, &asked), [(vec![], expect)], "{asked:?}");
    };
    check(
        RollupQuery {
            only: vec![(Dimension::Ad, vec![10, 12])],
            ..all()
        },
        10_111,
    );
    check(
        RollupQuery {
            only: vec![(Dimension::Ad, vec![10]), (Dimension::Campaign, vec![2])],
            ..all()
        },
        0,
    );
    check(
        RollupQuery {
            only: vec![(Dimension::Ad, vec![])],
            ..all()
        },
        0,
    );
    check(
        RollupQuery {
            from: Timestamp(HOUR),
            ..all()
        },
        11_100,
    );
    check(
        RollupQuery {
            from: Timestamp(2 * HOUR - 1),
            ..all()
        },
        11_100,
    );
    check(
        RollupQuery {
            until: Timestamp(2 * HOUR),
            ..all()
        },
        1_111,
    );
}

#[test]
fn an_hour_starts_at_its_start_before_1970_too() {
    assert_eq!(hour(Timestamp(HOUR + 1)), Timestamp(HOUR));
    assert_eq!(hour(Timestamp(-1)), Timestamp(-HOUR));
}
