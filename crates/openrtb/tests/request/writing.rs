//! What is written reads back as it was.

use bumpalo::Bump;
use openrtb::request::{BidRequest, parse, write, write_without_extensions};

use crate::{model, samples};

/// Writes a request that was parsed, and reads it back: the same, and JSON by serde_json's judgement.
pub fn reads_back(request: &BidRequest<'_>) {
    let mut written = Vec::new();
    write(request, &mut written);
    let shown = String::from_utf8_lossy(&written);
    assert!(model::is_acceptable(&written), "{shown}");
    let arena = Bump::new();
    let again = parse(&written, &arena).unwrap();
    // What could not be understood has nothing to be written from.
    let expect = BidRequest {
        skipped: &[],
        ..*request
    };
    assert_eq!(again, expect, "{shown}");
    let mut twice = Vec::new();
    write(&again, &mut twice);
    assert_eq!(String::from_utf8_lossy(&twice), shown);
}

#[test]
fn the_places_are_those_of_2_6() {
    let check = |sent: &str, expect: &str| {
        let arena = Bump::new();
        let request = parse(sent.as_bytes(), &arena).unwrap();
        let mut written = Vec::new();
        write_without_extensions(&request, &mut written);
        assert_eq!(String::from_utf8(written).unwrap(), expect, "{sent}");
    };
    check("{}", "{}");
    check(
        r#"{"id":7,"tmax":"3e2","test":true,"allimps":0,"bcat":"a\"\\\n"}"#,
        r#"{"id":"7","test":1,"tmax":300,"bcat":["a\"\\\n"]}"#,
    );
    check(
        r#"{"regs":{"gdpr":false,"ext":{"coppa":1,"gpc":"1","x":1}},"user":{"ext":{"consent":"c"}}}"#,
        r#"{"user":{"consent":"c"},"regs":{"coppa":1,"gdpr":0,"ext":{"gpc":1}}}"#,
    );
    check(
        r#"{"device":{"geo":{"lat":"52.50","long":-0.0},"pxratio":2,"ext":{"sua":{},"atts":3}}}"#,
        r#"{"device":{"geo":{"lat":52.5,"lon":-0.0},"sua":{},"pxratio":2.0,"ext":{"atts":3}}}"#,
    );
    check(
        r#"{"imp":[{"id":"1","bidfloor":"0.10","dt":1e12,"native":{"request":{"assets":[{"id":1}]}}}]}"#,
        r#"{"imp":[{"id":"1","native":{"request":"{\"assets\":[{\"id\":1}]}"},"bidfloor":0.10,"dt":1000000000000}]}"#,
    );
}

#[test]
fn extensions_are_written_as_they_are_or_not_at_all() {
    let body = br#"{"imp":[{"id":"1","banner":{"ext":[1, {"a":"\ud83d"}]},"ext":{"gpid":"g"}}],"ext":"e"}"#;
    let arena = Bump::new();
    let request = parse(body, &arena).unwrap();
    let mut written = Vec::new();
    write(&request, &mut written);
    assert_eq!(
        String::from_utf8_lossy(&written),
        String::from_utf8_lossy(body)
    );
    written.clear();
    write_without_extensions(&request, &mut written);
    assert_eq!(
        String::from_utf8_lossy(&written),
        r#"{"imp":[{"id":"1","banner":{},"ext":{"gpid":"g"}}]}"#
    );
}

#[test]
fn every_field_is_written() {
    let arena = Bump::new();
    let body = samples::body("every-field");
    let request = parse(&body, &arena).unwrap();
    reads_back(&request);
    // Without the raw extensions, what was folded out of them must have been written in its own place.
    let mut written = Vec::new();
    write_without_extensions(&request, &mut written);
    let again = parse(&written, &arena).unwrap();
    samples::assert_whole(&again, &["skipped: [],", "ext: None,"]);
    assert_eq!((again.imp[0].gpid, again.imp[0].tid), {
        let first = request.imp[0];
        (first.gpid, first.tid)
    });
}
