//! Markup, notices and what the records say.

use super::*;

#[test]
fn spoiled_markup_and_notices_are_seen() {
    use FaultKind::*;
    check(
        "no markup",
        |case| case.bid(0)["adm"] = json!(""),
        &[Markup, Notice],
    );
    check(
        "an open tag",
        |case| case.replace(0, "adm", "</div>", ""),
        &[Markup, Notice],
    );
    check(
        "no pixel",
        |case| case.replace(0, "adm", "/n/impression/", "/n/impressions/"),
        &[Notice],
    );
    check(
        "no click",
        |case| case.replace(1, "adm", "/n/click/", "/elsewhere/"),
        &[Notice],
    );
    check(
        "another's notices",
        |case| case.replace(0, "burl", BASE, "https://other.example"),
        &[Notice],
    );
    check(
        "no loss notice",
        |case| case.bid(0)["lurl"] = json!(""),
        &[Notice],
    );
    check(
        "a macro filled in",
        |case| case.replace(0, "burl", "${AUCTION_PRICE}", "2.5"),
        &[Macro],
    );
    check(
        "a macro encoded",
        |case| case.replace(0, "nurl", "${AUCTION_PRICE}", "%24%7BAUCTION_PRICE%7D"),
        &[Macro],
    );
    check(
        "a macro that is none",
        |case| case.replace(0, "lurl", "${AUCTION_LOSS}", "${AUCTION_LOST}"),
        &[Macro],
    );
    check(
        "no terms",
        |case| {
            let url = format!("{BASE}/n/win/abc?p=${{AUCTION_PRICE}}");
            case.bid(0)["nurl"] = json!(url);
        },
        &[Terms],
    );
    check(
        "another bid's terms",
        |case| {
            let url = case.bid(1)["nurl"].clone();
            case.bid(0)["nurl"] = url;
        },
        &[Terms],
    );
    check(
        "another duration",
        |case| case.replace(1, "adm", "00:00:15", "00:00:25"),
        &[Duration],
    );
    check(
        "no mtype",
        |case| case.bid(0)["mtype"] = json!(9),
        &[Format, Notice, NounMismatch],
    );
}

#[test]
fn what_the_records_forbid_is_seen() {
    use FaultKind::*;
    check(
        "an unknown ad",
        |case| case.bid(0)["adid"] = json!("8"),
        &[UnknownNoun],
    );
    check(
        "an unknown creative",
        |case| case.bid(0)["crid"] = json!("x"),
        &[UnknownNoun],
    );
    check(
        "another campaign",
        |case| case.bid(0)["cid"] = json!("6"),
        &[NounMismatch],
    );
    check(
        "another's domain",
        |case| case.bid(0)["adomain"] = json!(["other.example"]),
        &[NounMismatch],
    );
    check(
        "a creative of another ad",
        |case| {
            case.inventory.ads[0].creatives = vec![CreativeId(2), CreativeId(3)];
        },
        &[NounMismatch],
    );
    check(
        "another size",
        |case| {
            case.bid(0)["w"] = json!(320);
            case.bid(0)["h"] = json!(50);
        },
        &[NounMismatch],
    );
    check(
        "a paused ad",
        |case| case.inventory.ads[0].state = State::Paused,
        &[Halted],
    );
    check(
        "a paused campaign",
        |case| case.inventory.campaigns[0].state = State::Paused,
        &[Halted],
    );
    check(
        "a deleted advertiser",
        |case| case.inventory.advertisers[0].state = State::Deleted,
        &[Halted],
    );
    check(
        "after the flight",
        |case| case.inventory.campaigns[0].flight.end = Some(NOW),
        &[Halted],
    );
    check(
        "before the flight",
        |case| case.inventory.ads[0].flight.start = Timestamp(NOW.0 + 1),
        &[Halted],
    );
    check(
        "an unwanted device",
        |case| case.request["device"]["devicetype"] = json!(3),
        &[Targeting],
    );
}
