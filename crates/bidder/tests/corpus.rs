//! Requests that real clients sent, over a real socket.
#![allow(clippy::unwrap_used, reason = "what a test builds on may panic")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use support::*;

/// The rows of a shared corpus; `None`, and a word about it, where there is none.
fn rows(name: &str) -> Option<impl Iterator<Item = Value>> {
    let shared = std::env::var_os("OUTBID_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let Ok(file) = std::fs::File::open(shared.join("corpus").join(name)) else {
        eprintln!("skipped, no data: corpus/{name}");
        return None;
    };
    let lines = BufReader::new(xz2::read::XzDecoder::new(file)).lines();
    Some(lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()))
}

/// The request as bytes, as it was sent, but to our address: `Content-Length` is that of the body as packed here.
fn replayed(row: &Value) -> Vec<u8> {
    let mut line = row["line"].as_str().unwrap().split(' ');
    let method = line.next().unwrap();
    let mut head = format!("{method} /bid/demo HTTP/1.1\r\n");
    let headers = row["headers"].as_array().unwrap();
    let mut body = row["body"].as_str().unwrap().as_bytes().to_vec();
    for header in headers.iter().map(|header| header.as_str().unwrap()) {
        let (name, value) = header.split_once(':').unwrap();
        if name.eq_ignore_ascii_case("content-encoding") {
            assert_eq!(
                value.trim(),
                "gzip",
                "another encoding came into the corpus"
            );
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&body).unwrap();
            body = encoder.finish().unwrap();
        }
        if !name.eq_ignore_ascii_case("content-length") {
            head.push_str(header);
            head.push_str("\r\n");
        }
    }
    if method != "GET" {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    [head.as_bytes(), b"\r\n", &body].concat()
}

/// The statuses that the specification allows for a row.
fn allowed(row: &Value) -> &'static [u16] {
    let line = row["line"].as_str().unwrap();
    if !line.starts_with("POST ") {
        return &[405];
    }
    match serde_json::from_str(row["body"].as_str().unwrap()) {
        // What offers no impression is no OpenRTB, and still JSON: there is nothing to bid on.
        Ok(Value::Object(request)) if !request.contains_key("imp") => &[204],
        Ok(Value::Object(_)) => &[200, 204],
        Ok(_) | Err(_) => &[400],
    }
}

#[tokio::test]
async fn every_http_request_of_the_wire_corpus_gets_the_status_that_the_specification_asks_for() {
    let Some(rows) = rows("wire.jsonl.xz") else {
        return;
    };
    let bidder = Setup::default().start().await;
    let mut client = bidder.connect().await;
    let mut by_status = std::collections::BTreeMap::new();
    for row in rows {
        // One connection for all: whatever is sent, the next request is answered too.
        let reply = client.send(replayed(&row)).await.unwrap();
        assert!(
            allowed(&row).contains(&reply.status),
            "{}: {row}",
            reply.status
        );
        assert_eq!(reply.body.is_empty(), reply.status != 200, "{row}");
        *by_status.entry(reply.status).or_insert(0) += 1;
    }
    assert!(by_status.contains_key(&200), "{by_status:?}");
    assert_eq!(bidder.bidder().stats().late_responses, 0);
}

#[tokio::test]
async fn every_request_that_bidders_get_is_answered_200_or_204() {
    let Some(rows) = rows("requests.jsonl.xz") else {
        return;
    };
    let bidder = Setup::default().start().await;
    let mut client = bidder.connect().await;
    for row in rows.filter(|row| row["bidder_facing"] == true) {
        let body = row["request"].as_str().unwrap();
        let reply = client
            .send(post("demo", "", body.as_bytes()))
            .await
            .unwrap();
        assert!(
            [200, 204].contains(&reply.status),
            "{}: {row}",
            reply.status
        );
        if reply.status == 200 {
            let request: Value = serde_json::from_str(body).unwrap();
            let answer = reply.json();
            // An id may be a number in the request; the answer's is always a string.
            let id = request["id"].as_str().map(str::to_string);
            let id = id.unwrap_or_else(|| request["id"].to_string());
            assert_eq!(answer["id"], id, "{row}");
        }
    }
}
