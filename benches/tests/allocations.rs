//! The gate on heap allocations. It is exact, so it stands among the tests: see the rows of the same names.

#![cfg(target_os = "linux")]

use std::path::PathBuf;

use benches::rows::{Plan, counts};

/// What a request may allocate beyond the bidder's transport: less than one each, in the mean of 128. At launch it was
/// to be four at most.
const MOST_A_REQUEST: f64 = 1.0;

fn plan() -> Plan {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_bench"));
    let counting = PathBuf::from(env!("CARGO_BIN_EXE_counting"));
    Plan::full(program, counting)
}

#[test]
fn reading_and_matching_a_request_allocates_nothing() {
    let rows = counts::of_parse_and_match(&plan()).unwrap();
    assert!(rows[0].met, "{rows:?}");
}

#[test]
fn a_request_that_is_decided_takes_no_more_allocations_than_it_may() {
    let rows = counts::of_requests(&plan()).unwrap();
    assert!(rows[0].value <= MOST_A_REQUEST, "{rows:?}");
}
