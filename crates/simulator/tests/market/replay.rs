//! Recordings of each kind, sent to a bidder.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use campaign::time::{ManualClock, Timestamp};
use simulator::replay::{Replay, ReplayError, replay};
use simulator::world::{World, WorldSettings};

use crate::bidder::{Bidder, Manner};

/// Requests of each kind of row, and one row that is none.
fn recording() -> String {
    let world = World::new(3, WorldSettings::default());
    let mut text = String::new();
    for number in 0..90 {
        let body = world.json(&world.ask(number)).to_string();
        let row = match number % 3 {
            0 => body,
            1 => serde_json::json!({"source": "s", "kind": "k", "bidder_facing": true, "request": body}).to_string(),
            _ => serde_json::json!({
                "adapter": "a", "line": "POST /x HTTP/1.1", "headers": ["Content-Encoding: gzip"], "body": body,
            })
            .to_string(),
        };
        text.push_str(&row);
        text.push('\n');
    }
    text.push_str("{\"adapter\":\"a\",\"line\":\"GET /x?y=z HTTP/1.1\",\"headers\":[],\"body\":\"\"}\n\n{\"id\":\n");
    text
}

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("simulator-{}-{name}", std::process::id()));
    std::fs::write(&path, bytes).expect("a temporary file");
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_is_sent_whatever_it_is_compressed_with() {
    let clock = Arc::new(ManualClock::new(Timestamp(0)));
    let bidder = Bidder::start(Manner::Honest, clock).await;
    let text = recording();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).expect("a vector");
    let mut xz = xz2::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(text.as_bytes()).expect("a vector");
    let plan = Replay {
        limit: std::time::Duration::from_secs(60),
        ..Replay::to(&format!("http://{}/bid/demo", bidder.address))
    };
    for (name, bytes) in [
        ("a.jsonl", text.clone().into_bytes()),
        ("a.jsonl.gz", gz.finish().expect("a vector")),
        ("a.jsonl.xz", xz.finish().expect("a vector")),
    ] {
        let path = file(name, &bytes);
        let report = replay(&path, &plan).await.expect("it can be read");
        std::fs::remove_file(path).expect("it was written");
        assert_eq!(
            (report.sent, report.unreadable_rows, report.transport_errors),
            (91, 1, 0),
            "{name}: {report:?}"
        );
        assert_eq!(report.by_status.values().sum::<u64>(), 91, "{name}");
        assert_eq!(report.by_status[&405], 1, "{name}: the GET");
        assert!(
            report.bids > 10 && report.by_status[&200] == report.responses_with_bids,
            "{name}: {report:?}"
        );
        assert_eq!(report.invalid_responses, 0, "{name}: {:?}", report.rows);
        assert_eq!(report.rows[0].line, 93, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_answers_are_told_with_their_line_and_reason() {
    let clock = Arc::new(ManualClock::new(Timestamp(0)));
    let bidder = Bidder::start(Manner::BelowFloor, clock).await;
    let path = file("b.jsonl", recording().as_bytes());
    let report = replay(
        &path,
        &Replay::to(&format!("http://{}/bid/demo", bidder.address)),
    )
    .await
    .expect("readable");
    std::fs::remove_file(path).expect("it was written");
    assert!(report.invalid_responses > 5, "{report:?}");
    assert_eq!(
        report.invalid_by_reason.keys().copied().collect::<Vec<_>>(),
        ["below_floor"]
    );
    assert!(
        report.rows[0].reasons[0].starts_with("below_floor: "),
        "{:?}",
        report.rows[0]
    );
}

#[tokio::test]
async fn a_file_or_target_that_cannot_be_used_is_named() {
    let none = PathBuf::from("/no/such/file.jsonl");
    let error = replay(&none, &Replay::to("http://127.0.0.1:1/bid/demo"))
        .await
        .expect_err("no file");
    assert!(
        matches!(error, ReplayError::File { .. })
            && error.to_string().contains("/no/such/file.jsonl")
    );
    let error = replay(&none, &Replay::to("ftp://x"))
        .await
        .expect_err("no target");
    assert!(error.to_string().contains("ftp://x"));
}
