//! Requests as exchanges really send them.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::same_again;
use crate::support::generated::broad_market;

#[test]
fn every_request_of_the_corpus_is_decided_again_from_its_trace() {
    let name = "corpus/requests.jsonl.xz";
    let root = std::env::var_os("OUTBID_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let Ok(file) = std::fs::File::open(root.join(name)) else {
        eprintln!("skipped, no data: {name}");
        return;
    };
    let mut lines = String::new();
    xz2::read::XzDecoder::new(file)
        .read_to_string(&mut lines)
        .unwrap();
    let mut market = broad_market();
    let (mut decided, mut bids) = (0, 0);
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        if row["bidder_facing"] != true {
            continue;
        }
        let trace = same_again(&mut market, row["request"].as_str().unwrap());
        decided += 1;
        bids += u32::from(trace.outcome.is_ok());
    }
    // Most plain requests must have found a bid, or the test proves little.
    assert!(
        decided > 0 && bids > decided / 4,
        "{bids} bids in {decided}"
    );
}
