//! Whole answers: their form, and what becomes of those with something wrong in them.

use super::*;

#[test]
fn an_answer_without_fault_is_found_without_fault() {
    check("as it is", |_| {}, &[]);
    check(
        "no bid",
        |case| (case.status, case.response) = (204, json!("")),
        &[],
    );
    check("an empty object", |case| case.response = json!({}), &[]);
    check(
        "a reason",
        |case| case.response = json!({"id": "r1", "nbr": 2}),
        &[],
    );
    check(
        "insecure where it may be",
        |case| {
            case.imp(0)["secure"] = json!(0);
            case.replace(0, "adm", "https://cdn.example", "http://cdn.example");
        },
        &[],
    );
}

#[test]
fn a_wrong_form_is_seen() {
    use FaultKind::*;
    check("400", |case| case.status = 400, &[Status]);
    check("204 with a body", |case| case.status = 204, &[Status]);
    check("no version", |case| case.version = "2.5", &[Header]);
    check(
        "malformed",
        |case| case.response = json!("{\"id\":\"r1\",\"seatbid\":[{\"bid\":[}"),
        &[Json],
    );
    check("an array", |case| case.response = json!([]), &[Json]);
    check(
        "no id",
        |case| case.response["id"] = Value::Null,
        &[ResponseId, WrongType],
    );
    check(
        "another id",
        |case| case.response["id"] = json!("r2"),
        &[ResponseId],
    );
    check(
        "no bids in a seat",
        |case| case.response["seatbid"][0]["bid"] = json!([]),
        &[Seat],
    );
    check(
        "another seat",
        |case| case.response["seatbid"][0]["seat"] = json!("us"),
        &[Seat],
    );
    check(
        "a blocked seat",
        |case| case.request["bseat"] = json!(["outbid"]),
        &[Seat],
    );
    check(
        "the price as text",
        |case| case.bid(0)["price"] = json!("2.5"),
        &[WrongType, Price, BelowFloor, Terms],
    );
    check(
        "an unknown field",
        |case| case.bid(0)["bidfloor"] = json!(1),
        &[UnknownField],
    );
    check(
        "attr as a number",
        |case| case.bid(0)["attr"] = json!(21),
        &[WrongType, NounMismatch],
    );
    check(
        "one id twice",
        |case| {
            let id = case.bid(0)["id"].clone();
            case.bid(1)["id"] = id;
        },
        &[DuplicateBid, Terms],
    );
    check(
        "no impression",
        |case| case.bid(0)["impid"] = json!("9"),
        &[UnknownImpression, Terms],
    );
}

#[test]
fn after_a_change_bids_by_the_older_records_are_right_for_a_moment_only() {
    let check = |grace, expect| {
        let mut case = case();
        let auditor = Auditor::new(grace);
        auditor.set_inventory(&case.inventory);
        case.inventory.campaigns[0].state = State::Paused;
        auditor.set_inventory(&case.inventory);
        assert_eq!(case.faults(&auditor).len(), expect, "{grace:?}");
    };
    check(Duration::MAX, 0);
    check(Duration::ZERO, 3);
}

#[test]
fn violations_are_kept_with_their_evidence_and_counted_beyond_that() {
    let mut case = case();
    case.status = 500;
    let auditor = Auditor::default();
    for _ in 0..VIOLATIONS_MAX + 5 {
        case.faults(&auditor);
    }
    assert_eq!(auditor.violations().len(), VIOLATIONS_MAX);
    assert_eq!(
        auditor.counts()[&FaultKind::Status],
        VIOLATIONS_MAX as u64 + 5
    );
    assert!(
        auditor.violations()[0]
            .evidence
            .request
            .contains("\"id\":\"r1\"")
    );
}

#[test]
fn a_bid_by_records_that_the_auditor_hears_of_later_is_right() {
    let mut case = case();
    let ads = std::mem::take(&mut case.inventory.ads);
    let auditor = Auditor::new(Duration::MAX);
    auditor.set_inventory(&case.inventory);
    assert_eq!(case.faults(&auditor).len(), 3, "the ad is not known yet");
    assert!(auditor.counts().is_empty(), "it may become known");
    case.inventory.ads = ads;
    auditor.set_inventory(&case.inventory);
    auditor.close();
    assert!(auditor.counts().is_empty(), "it did");

    case.inventory.ads.clear();
    let auditor = Auditor::new(Duration::MAX);
    auditor.set_inventory(&case.inventory);
    case.faults(&auditor);
    auditor.close();
    assert_eq!(auditor.counts()[&FaultKind::UnknownNoun], 3, "it never did");
}

#[test]
fn telling_the_same_records_again_does_not_end_the_grace() {
    let mut case = case();
    let auditor = Auditor::new(Duration::MAX);
    auditor.set_inventory(&case.inventory);
    case.inventory.campaigns[0].state = State::Paused;
    auditor.set_inventory(&case.inventory);
    auditor.set_inventory(&case.inventory);
    assert_eq!(case.faults(&auditor), []);
}
