//! Every decision at random, made again.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

use crate::same_again;
use crate::support::generated::{market, request};

fn cases() -> u32 {
    let long = std::env::var_os("OUTBID_SOAK").is_some_and(|soak| soak == "1");
    if long { 200_000 } else { 4_000 }
}

#[test]
fn every_decision_is_made_again_from_its_trace_bit_for_bit() {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2),
        ..ProptestConfig::default()
    });
    let seen = RefCell::new(BTreeMap::<&str, u32>::new());
    runner
        .run(&(market(5), request()), |(mut market, body)| {
            let trace = same_again(&mut market, &body);
            let outcome = trace.outcome.as_ref().map_or_else(|r| r.name(), |_| "bid");
            *seen.borrow_mut().entry(outcome).or_default() += 1;
            Ok(())
        })
        .unwrap();
    // The loop must have gone through all kinds of ends, or it proves little.
    let seen = seen.into_inner();
    for end in [
        "bid",
        "budget_exhausted",
        "frequency_cap",
        "invalid_impression",
        "invalid_request",
        "no_consent",
    ] {
        assert!(seen.contains_key(end), "{end} is not among {seen:?}");
    }
    assert!(seen["bid"] > cases() / 20, "{seen:?}");
}
