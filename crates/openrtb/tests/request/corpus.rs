//! The shared corpora: everything that is JSON is accepted, nothing else is, and what is read agrees with serde_json.

use std::io::Read;
use std::path::{Path, PathBuf};

use bumpalo::Bump;
use openrtb::request::parse;
use serde_json::Value;

use crate::{model, writing};

/// A shared file, or `None` with a note where it is absent.
fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("OUTBID_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = root.join(name);
    if !path.exists() {
        eprintln!("skipped, no data: {name}");
        return None;
    }
    Some(path)
}

/// The lines of a compressed file.
fn lines(path: &Path) -> String {
    let file = std::fs::File::open(path).unwrap();
    let mut text = String::new();
    xz2::read::XzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// Parses a body, compares acceptance and fields with serde_json's, and writes it and reads it back. Answers whether it
/// was accepted.
pub fn check(body: &[u8], arena: &Bump) -> bool {
    let parsed = parse(body, arena);
    let acceptable = model::is_acceptable(body);
    assert_eq!(
        parsed.is_ok(),
        acceptable,
        "{parsed:?} of {}",
        String::from_utf8_lossy(body)
    );
    if let Ok(request) = &parsed {
        writing::reads_back(request);
    }
    // What a `Value` cannot hold (a lone surrogate, a huge number) has its own tables in the other tests.
    if let (Ok(request), Some(value)) = (parsed, model::value(body)) {
        model::agree(&request, &value);
    }
    acceptable
}

#[test]
fn every_request_of_the_corpus_is_read_as_serde_json_reads_it() {
    let Some(path) = shared("corpus/requests.jsonl.xz") else {
        return;
    };
    let mut arena = Bump::new();
    let (mut accepted, mut compared, mut facing_buyers) = (0, 0, 0);
    for line in lines(&path).lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let body = row["request"].as_str().unwrap();
        let ok = check(body.as_bytes(), &arena);
        accepted += usize::from(ok);
        compared += usize::from(model::value(body.as_bytes()).is_some());
        if row["bidder_facing"] == true {
            facing_buyers += 1;
            assert!(ok, "what an exchange sends a buyer was refused: {body}");
        }
        arena.reset();
    }
    assert!(facing_buyers > 0 && accepted >= facing_buyers);
    // Nearly everything must have been compared, or this test proves little.
    assert!(
        compared * 100 >= accepted * 99,
        "{compared} of {accepted} compared"
    );
}

#[test]
fn every_auction_of_the_traffic_is_read_as_serde_json_reads_it() {
    let Some(path) = shared("corpus/traffic.jsonl.xz") else {
        return;
    };
    let mut arena = Bump::new();
    for line in lines(&path).lines() {
        assert!(check(line.as_bytes(), &arena), "{line}");
        arena.reset();
    }
}
