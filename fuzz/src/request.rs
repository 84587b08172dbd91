//! Any body: accepted when serde_json accepts it, read as it reads it, and the same when written and read again.

use bumpalo::Bump;
use openrtb::request::{BidRequest, all_ways_agree, parse, write};

use crate::model;

/// Panics where it does not hold.
pub fn holds(body: &[u8]) {
    assert!(all_ways_agree(body));
    let arena = Bump::new();
    let parsed = parse(body, &arena);
    assert_eq!(parsed.is_ok(), model::is_acceptable(body), "{parsed:?}");
    let request = match parsed {
        Ok(request) => request,
        Err(error) => {
            assert!(error.offset <= body.len(), "{error}");
            return;
        }
    };
    if let Some(value) = model::value(body) {
        model::agree(&request, &value);
    }
    reads_back(&request);
}

/// What is written is JSON, and reads back as it was.
fn reads_back(request: &BidRequest<'_>) {
    let mut written = Vec::new();
    write(request, &mut written);
    assert!(model::is_acceptable(&written));
    let arena = Bump::new();
    // What could not be understood has nothing to be written from.
    let expect = BidRequest {
        skipped: &[],
        ..*request
    };
    assert_eq!(parse(&written, &arena), Ok(expect));
}
