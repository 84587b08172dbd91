//! A deployment in a box: the real ledger and real meters, several bidders, a hostile network, exchanges that repeat
//! themselves and come late, and everything that can stop does stop. All from one seed, which is printed where it
//! fails.
//!
//! What must be true: at every step no account is over its cap, and the rows add up; nothing is overspent; the house
//! loses only by billings that came late or took back a loss; at the end every nano that an exchange billed is on an
//! account or on the house, and nothing is held any more.

mod authority;
mod bidder;
mod dice;
mod world;

use world::{Defect, Summary, simulate};

/// What a run of many seeds does.
fn check_seeds(seeds: u64, minutes: i64) {
    let mut all = Summary::default();
    for seed in 0..seeds {
        match simulate(seed, minutes, None) {
            Ok(summary) => all.add(&summary),
            Err(broken) => panic!("seed {seed}, {minutes} minutes: {broken}"),
        }
    }
    eprintln!("{seeds} seeds of {minutes} minutes: {all:?}");
    // A box in which nothing happens would show nothing.
    assert!(all.billed > 100 * seeds, "{all:?}");
    assert!(
        all.restarts > seeds && all.late > 0 && all.leases > 100 * seeds,
        "{all:?}"
    );
}

#[test]
fn money_is_kept_through_crashes_partitions_and_late_notices() {
    if std::env::var("OUTBID_SOAK").is_ok_and(|v| v == "1") {
        check_seeds(300, 120);
    } else {
        check_seeds(16, 12);
    }
}

/// The simulation is worth something only if it notices a protocol that is broken.
#[test]
fn a_broken_protocol_is_noticed() {
    for defect in Defect::ALL {
        let noticed =
            (0..60).find_map(|seed| Some((seed, simulate(seed, 12, Some(defect)).err()?)));
        assert!(noticed.is_some(), "{defect:?} went unnoticed");
        eprintln!("{defect:?}: {noticed:?}");
    }
}
