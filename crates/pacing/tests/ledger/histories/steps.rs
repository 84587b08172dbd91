//! The steps of which histories are made.

use proptest::prelude::*;

/// How a history is made: some of the randomness of its steps depends on what happened before, so they pick by index.
#[derive(Clone, Debug)]
pub struct History {
    /// Bidders keep the protocol: they reserve only from open leases what is left of them, and return what they used.
    pub honest: bool,
    pub zones: (usize, usize),
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub enum Step {
    Budget {
        level: usize,
        daily: bool,
        cap: Option<i64>,
    },
    Halt {
        ad: u64,
        halted: bool,
    },
    Grant {
        node: u16,
        request: u64,
        ad: u64,
        wanted: i64,
        sent_ago_ms: i64,
    },
    Notice {
        bid: u64,
        lease: usize,
        max: i64,
        told: Told,
    },
    Return {
        lease: usize,
        by_holder: bool,
        used_permille: i64,
    },
    Expire {
        lag_ms: i64,
    },
    Wait {
        ms: i64,
    },
    Restart {
        away_ms: i64,
    },
}

#[derive(Clone, Copy, Debug)]
pub enum Told {
    Lost,
    Billed { permille: i64 },
    Unreadable,
    Audit,
}

pub const ZONES: [&str; 4] = [
    "UTC",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
];

pub fn histories() -> impl Strategy<Value = History> {
    let steps = proptest::collection::vec(steps(), 1..100);
    (any::<bool>(), (0..4_usize, 0..4_usize), steps).prop_map(|(honest, zones, steps)| History {
        honest,
        zones,
        steps,
    })
}

fn steps() -> impl Strategy<Value = Step> {
    let told = prop_oneof![
        4 => Just(Told::Lost),
        6 => (0..1_200_i64).prop_map(|permille| Told::Billed { permille }),
        1 => Just(Told::Unreadable),
        1 => Just(Told::Audit),
    ];
    let cap = prop_oneof![1 => Just(None), 4 => (0..20_000_000_i64).prop_map(Some)];
    let ms = prop_oneof![
        8 => 0..3_000_i64,
        4 => 3_000..90_000_i64,
        2 => 90_000..1_000_000_i64,
        1 => 1_000_000..30_000_000_i64,
        1 => Just(8 * 86_400_000_i64),
    ];
    let sent_ago_ms = prop_oneof![4 => 0..4_000_i64, 1 => -70_000..70_000_i64];
    let away_ms = prop_oneof![3 => 0..1_000_i64, 1 => 0..600_000_i64];
    prop_oneof![
        3 => (0..6_usize, any::<bool>(), cap)
            .prop_map(|(level, daily, cap)| Step::Budget { level, daily, cap }),
        1 => (1..4_u64, any::<bool>()).prop_map(|(ad, halted)| Step::Halt { ad, halted }),
        8 => (0..3_u16, 0..30_u64, 1..5_u64, -10..9_000_000_i64, sent_ago_ms).prop_map(
            |(node, request, ad, wanted, sent_ago_ms)| Step::Grant { node, request, ad, wanted, sent_ago_ms }
        ),
        16 => (0..40_u64, any::<usize>(), 0..2_500_000_i64, told)
            .prop_map(|(bid, lease, max, told)| Step::Notice { bid, lease, max, told }),
        3 => (any::<usize>(), prop::bool::weighted(0.9), -10..1_010_i64)
            .prop_map(|(lease, by_holder, used_permille)| Step::Return { lease, by_holder, used_permille }),
        4 => (0..90_000_i64).prop_map(|lag_ms| Step::Expire { lag_ms }),
        6 => ms.prop_map(|ms| Step::Wait { ms }),
        1 => away_ms.prop_map(|away_ms| Step::Restart { away_ms }),
    ]
}
