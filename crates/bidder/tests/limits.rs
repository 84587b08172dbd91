//! What one peer may take, and what becomes of it when it wants more.
#![allow(clippy::unwrap_used, reason = "what a test builds on may panic")]

mod support;

use std::io::Write;

use bidder::config::Runtime;
use flate2::Compression;
use flate2::write::GzEncoder;
use support::*;

/// A client that is asked for its answer until the connection ends: `None` where it ends without one.
async fn answer_or_end(client: &mut Client) -> Option<u16> {
    client.reply().await.ok().map(|reply| reply.status)
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut() {
    let mut setup = Setup::default();
    setup.raw.limits.header_timeout_ms = 50;
    setup.raw.limits.idle_timeout_ms = 3_600_000;
    let bidder = setup.start().await;
    let mut slow = bidder.connect().await;
    slow.write("POST /bid/demo HTTP/1.1\r\nHost: x\r\n").await;
    // The test ends only if the connection does.
    assert_eq!(answer_or_end(&mut slow).await, None);
    // Dripping does not help.
    let mut dripping = bidder.connect().await;
    let drip = async {
        loop {
            dripping.write("X: y\r\n").await;
            if let Err(error) = dripping.stream.writable().await {
                return error;
            }
            let mut byte = [0];
            match dripping.stream.try_read(&mut byte) {
                Ok(0) => return std::io::ErrorKind::UnexpectedEof.into(),
                Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return error,
                _ => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            }
        }
    };
    drip.await;
}

#[tokio::test]
async fn a_connection_that_idles_too_long_is_closed_and_one_that_waits_less_is_not() {
    let mut setup = Setup::default();
    setup.raw.limits.header_timeout_ms = 1;
    setup.raw.limits.idle_timeout_ms = 1_500;
    let bidder = setup.start().await;
    let mut client = bidder.connect().await;
    let request = post("demo", "", REQUEST.as_bytes());
    assert_eq!(client.send(&request).await.unwrap().status, 200);
    // The limit of a head does not hold between requests.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(client.send(&request).await.unwrap().status, 200);
    // The test ends only if the connection does.
    assert_eq!(answer_or_end(&mut client).await, None);
}

#[tokio::test]
async fn a_body_that_never_ends_is_told_so() {
    let mut setup = Setup::default();
    setup.raw.limits.body_timeout_ms = 50;
    let bidder = setup.start().await;
    let mut slow = bidder.connect().await;
    slow.write("POST /bid/demo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        .await;
    assert_eq!(answer_or_end(&mut slow).await, Some(408));
    assert_eq!(answer_or_end(&mut slow).await, None);
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_cut() {
    let mut setup = Setup::default();
    setup.raw.limits.write_timeout_ms = 50;
    let bidder = setup.start().await;
    let deaf = bidder.connect().await;
    let metrics = get("/metrics").repeat(64);
    // Requests are sent until the answers that nobody reads have filled every buffer, and then until the connection
    // ends.
    loop {
        if deaf.stream.writable().await.is_err() {
            break;
        }
        match deaf.stream.try_write(&metrics) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                if bidder.get("/metrics").await.status == 200
                    && connections(&bidder).await == Some(1)
                {
                    break;
                }
            }
            Err(_) => break,
        }
    }
}

/// How many connections are open, the one that asks among them; as the metrics say, which are copied each second.
async fn connections(bidder: &Fixture) -> Option<u64> {
    let text = String::from_utf8(bidder.get("/metrics").await.body).ok()?;
    let mut lines = text.lines();
    lines
        .find_map(|line| line.strip_prefix("outbid_connections "))?
        .parse()
        .ok()
}

#[tokio::test]
async fn a_head_has_its_size() {
    let bidder = Setup::default().start().await;
    let long = format!("X-Long: {}\r\n", "x".repeat(20_000));
    let reply = bidder.send(post("demo", &long, b"{}")).await;
    assert_eq!(reply.status, 431);
    let many = "X: y\r\n".repeat(200);
    let reply = bidder.send(post("demo", &many, b"{}")).await;
    assert_eq!(reply.status, 431);
}

#[tokio::test]
async fn a_body_has_its_size_as_it_comes_and_inflated() {
    let mut setup = Setup::default();
    setup.raw.limits.body_bytes = 100_000;
    setup.raw.limits.inflated_bytes = 50_000;
    let bidder = setup.start().await;
    let spaces = |length: usize| [b"{", " ".repeat(length - 2).as_bytes(), b"}"].concat();
    let packed = |length: usize| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&spaces(length)).unwrap();
        encoder.finish().unwrap()
    };
    let gzip = "Content-Encoding: gzip\r\n";
    let check = async |headers: &str, body: Vec<u8>, status: u16| {
        let reply = bidder.send(post("demo", headers, &body)).await;
        assert_eq!(reply.status, status, "{headers}{} bytes", body.len());
    };
    check("", spaces(100_000), 204).await;
    check("", spaces(100_001), 413).await;
    check(gzip, packed(50_000), 204).await;
    check(gzip, packed(50_001), 413).await;
    // A thousand to one: given up at the limit, not inflated.
    check(gzip, packed(64 << 20), 413).await;
    // Not even waited for.
    let mut client = bidder.connect().await;
    client
        .write("POST /bid/demo HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n")
        .await;
    assert_eq!(answer_or_end(&mut client).await, Some(413));
    // Chunks count as they come.
    let mut client = bidder.connect().await;
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(65_536));
    client
        .write("POST /bid/demo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    client.write(&chunk).await;
    client.write(&chunk).await;
    assert_eq!(answer_or_end(&mut client).await, Some(413));
}

#[tokio::test]
async fn too_many_connections_are_closed_at_once_and_room_is_given_again() {
    let mut setup = Setup::default();
    setup.raw.limits.connections = 2;
    let bidder = setup.start().await;
    let request = post("demo", "", REQUEST.as_bytes());
    // What the start has opened is closed by now, or soon.
    let (mut first, mut second) = loop {
        let (mut first, mut second) = (bidder.connect().await, bidder.connect().await);
        if first.send(&request).await.is_ok() && second.send(&request).await.is_ok() {
            break (first, second);
        }
    };
    let mut third = bidder.connect().await;
    assert!(third.send(&request).await.is_err());
    assert_eq!(first.send(&request).await.unwrap().status, 200);
    drop(first);
    while bidder.connect().await.send(&request).await.is_err() {}
    assert_eq!(second.send(&request).await.unwrap().status, 200);
}

#[tokio::test]
async fn more_bid_requests_than_may_be_under_way_are_answered_unread() {
    let mut setup = Setup::default();
    setup.raw.limits.concurrent_bids = 1;
    let bidder = setup.start().await;
    let mut waiting = bidder.connect().await;
    waiting
        .write("POST /bid/demo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{")
        .await;
    // Not even JSON: nobody looks.
    while bidder.bid("demo", "{").await.status != 204 {}
    waiting.write("}").await;
    assert_eq!(answer_or_end(&mut waiting).await, Some(204));
    while bidder.bid("demo", "{").await.status != 400 {}
}

#[tokio::test]
async fn a_connection_that_was_shed_lives_on() {
    let mut setup = Setup::default();
    setup.raw.limits.concurrent_bids = 1;
    let bidder = setup.start().await;
    let mut waiting = bidder.connect().await;
    waiting
        .write("POST /bid/demo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{")
        .await;
    let mut client = bidder.connect().await;
    let request = post("demo", "", REQUEST.as_bytes());
    while client.send(&request).await.unwrap().status != 204 {}
    for _ in 0..20 {
        assert_eq!(client.send(&request).await.unwrap().status, 204);
    }
    drop(waiting);
    while client.send(&request).await.unwrap().status != 200 {}
}

#[tokio::test]
async fn requests_that_come_in_one_go_are_answered_in_order() {
    let bidder = Setup::default().start().await;
    let mut client = bidder.connect().await;
    let request = post("demo", "", REQUEST.as_bytes());
    let trash = post("demo", "", b"{");
    client
        .write([request.clone(), trash, request].concat())
        .await;
    for expect in [200, 400, 200] {
        assert_eq!(answer_or_end(&mut client).await, Some(expect));
    }
}

#[tokio::test]
async fn a_hundred_requests_in_one_go_are_answered_in_order() {
    let bidder = Setup::default().start().await;
    let mut client = bidder.connect().await;
    let request = |n: usize| {
        let body = REQUEST.replace("\"r1\"", &format!("\"r{n}\""));
        post("demo", "", body.as_bytes())
    };
    client
        .write((0..100).flat_map(request).collect::<Vec<u8>>())
        .await;
    for n in 0..100 {
        let reply = client.reply().await.unwrap();
        assert_eq!(reply.status, 200, "{n}");
        assert_eq!(reply.json()["id"], format!("r{n}"));
    }
}

#[tokio::test]
async fn both_ways_of_serving_answer_and_drain() {
    for runtime in [Runtime::PerCore, Runtime::Shared] {
        let mut setup = Setup::default();
        setup.raw.runtime = runtime;
        setup.raw.threads = 3;
        let mut bidder = setup.start().await;
        let request = post("demo", "", REQUEST.as_bytes());
        let mut clients = Vec::new();
        for _ in 0..7 {
            let mut client = bidder.connect().await;
            assert_eq!(client.send(&request).await.unwrap().status, 200);
            clients.push(client);
        }
        let drained = bidder.bidder.take().unwrap().drain().await;
        assert_eq!(drained.connections_cut, 0, "{runtime:?}");
        for client in &mut clients {
            assert!(client.send(&request).await.is_err(), "{runtime:?}");
        }
    }
}
