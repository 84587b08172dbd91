//! One port for everything: gRPC with health, gRPC-Web, pages and probes.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use std::net::SocketAddr;

use api::v1;
use harness::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Code;

/// Sends an HTTP/1.1 request and reads the whole answer as text.
async fn http(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!("{head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn page(address: SocketAddr, path: &str) -> String {
    page_with(address, path, "").await
}

/// A page, asked for with one more header.
async fn page_with(address: SocketAddr, path: &str, header: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}{header}");
    http(address, &head, b"").await
}

#[tokio::test]
async fn people_and_probes_find_their_pages() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    harness.usual().await;
    harness.control.announce("bids", "http://127.0.0.1:8080");
    let address = harness.control.local_addr();
    harness
        .updated("a book is there", |harness| harness.book.version() > 0)
        .await;
    assert!(page(address, "/healthz").await.starts_with("HTTP/1.1 200"));
    let ready = |answer: &String| answer.starts_with("HTTP/1.1 200");
    until("it is ready", || page(address, "/readyz"), ready).await;
    let dashboard = page(address, "/").await;
    for part in [
        "HTTP/1.1 200",
        "content-security-policy",
        "text/html",
        "/assets/",
    ] {
        assert!(dashboard.contains(part), "{part} is not in {dashboard}");
    }
    let script = dashboard.split('"').find(|text| text.ends_with(".js"));
    let script = page(address, script.unwrap()).await;
    for part in ["HTTP/1.1 200", "text/javascript", "immutable"] {
        assert!(script.contains(part), "{part} is not there");
    }
    let missing = page(address, "/assets/none.js").await;
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
}

#[tokio::test]
async fn markup_is_shown_to_the_dashboards_own_frame_only() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let address = harness.control.local_addr();
    let head = |site: &str| {
        format!(
            "POST /preview HTTP/1.1\r\nHost: {address}\r\nContent-Type: text/plain\r\nSec-Fetch-Dest: iframe\r\n\
             Sec-Fetch-Site: {site}"
        )
    };
    let shown = http(address, &head("same-origin"), b"markup=<b>shoes</b>").await;
    assert!(
        shown.contains("content-security-policy: sandbox;"),
        "{shown}"
    );
    assert!(
        shown.contains("<b>shoes</b>") && !shown.contains("markup="),
        "{shown}"
    );
    let refused = http(address, &head("cross-site"), b"markup=<b>shoes</b>").await;
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    let huge = http(address, &head("same-origin"), &vec![b'x'; 300_000]).await;
    assert!(huge.starts_with("HTTP/1.1 413"), "{huge}");
}

#[tokio::test]
async fn only_this_machine_is_listened_to_and_only_by_its_own_names() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let address = harness.control.local_addr();
    let rebound = http(address, "GET / HTTP/1.1\r\nHost: evil.example", b"").await;
    assert!(rebound.starts_with("HTTP/1.1 421"), "{rebound}");

    let preflight = |origin: &str| {
        format!(
            "OPTIONS /outbid.control.v1.DiagnosticsService/GetStatus HTTP/1.1\r\nHost: {address}\r\nOrigin: {origin}\r\n\
             Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization,content-type,x-grpc-web"
        )
    };
    let allowed = http(address, &preflight("http://localhost:5173"), b"").await;
    assert!(
        allowed.contains("access-control-allow-origin: http://localhost:5173"),
        "{allowed}"
    );
    let refused = http(address, &preflight("https://evil.example"), b"").await;
    assert!(
        !refused.contains("access-control-allow-origin"),
        "{refused}"
    );
}

#[tokio::test]
async fn control_refuses_to_listen_to_the_world() {
    let directory = tempfile::tempdir().unwrap();
    let told = listen_on(directory.path(), "0.0.0.0:0").await;
    assert!(told.contains("loopback only"), "{told}");
}

#[tokio::test]
async fn a_browser_calls_by_grpc_web() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let address = harness.control.local_addr();
    let head = format!(
        "POST /outbid.control.v1.DiagnosticsService/GetStatus HTTP/1.1\r\nHost: {address}\r\n\
         Content-Type: application/grpc-web+proto\r\nX-Grpc-Web: 1"
    );
    let refused = http(address, &head, &[0, 0, 0, 0, 0]).await;
    assert!(refused.contains("grpc-status: 16"), "{refused}");
    let head = format!("{head}\r\nAuthorization: Bearer {}", harness.token);
    let answer = http(address, &head, &[0, 0, 0, 0, 0]).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("grpc-status:0"),
        "{answer}"
    );
}

#[tokio::test]
async fn health_is_told_of_each_service() {
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_check_response::ServingStatus;
    use tonic_health::pb::health_client::HealthClient;
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let address = format!("http://{}", harness.control.local_addr());
    let channel = tonic::transport::Channel::from_shared(address)
        .unwrap()
        .connect()
        .await
        .unwrap();
    for service in [
        "",
        "outbid.control.v1.CampaignService",
        "outbid.control.v1.ReportService",
    ] {
        let ask = || async {
            let request = HealthCheckRequest {
                service: service.to_string(),
            };
            let answer = HealthClient::new(channel.clone()).check(request).await;
            answer.map_or(ServingStatus::Unknown, |answer| {
                answer.into_inner().status()
            })
        };
        until("it serves", ask, |status| *status == ServingStatus::Serving).await;
    }
}

#[tokio::test]
async fn an_explanation_names_what_it_speaks_of() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut diagnostics = harness.diagnostics();
    let request = |exchange: &str, body: &str| v1::ExplainBidRequest {
        exchange: exchange.to_string(),
        request_json: body.to_string(),
    };
    let told = diagnostics
        .explain_bid(request("demo", "{}"))
        .await
        .unwrap()
        .into_inner();
    let funnel = &told.impressions[0];
    let Some(v1::ad_fate::Outcome::Bid(bid)) = &funnel.ads[0].outcome else {
        panic!("{funnel:?}");
    };
    assert_eq!(
        (funnel.ads[0].ad.as_str(), bid.creative.as_str()),
        (AD, CREATIVE)
    );
    assert_eq!(bid.price_cpm_micros, 1_500_000);
    let miss = funnel.nearest_miss.clone().unwrap();
    let Some(v1::ad_fate::Outcome::Refused(reason)) = miss.outcome else {
        panic!("{miss:?}");
    };
    assert_eq!(
        (reason.code.as_str(), reason.step.as_str()),
        ("geo", "targeting")
    );

    let mut check = async |exchange: &str, body: &str, field: &str| {
        let told = diagnostics.explain_bid(request(exchange, body)).await;
        assert_eq!(
            fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS")),
            [field]
        );
    };
    check("other", "{}", "exchange").await;
    check("demo", "broken", "request_json").await;
    check("demo", "", "request_json").await;
    check("demo", &" ".repeat(256 * 1024 + 1), "request_json").await;
}

#[tokio::test]
async fn a_journal_that_fails_stops_everything_and_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let address = harness.control.local_addr();
    let status = harness
        .diagnostics()
        .get_status(v1::GetStatusRequest {})
        .await
        .unwrap();
    assert!(status.into_inner().healthy);

    // The segment disappears before anybody has read it.
    for entry in std::fs::read_dir(directory.path().join("journal")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ext| ext == "segment") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let conversion = journal::entry::Event::Conversion {
        advertiser: campaign::id::AdvertiserId(PLANTED + 1),
        action: None,
        order: "o".to_string(),
        value: None,
        credited: None,
    };
    harness.write(&[journal::entry::Entry {
        at: campaign::time::Timestamp(0),
        event: conversion,
    }]);

    let mut fatal = harness.control.fatal();
    let told = fatal
        .wait_for(Option::is_some)
        .await
        .unwrap()
        .clone()
        .unwrap();
    assert!(told.to_string().contains("journal"), "{told}");
    let pause = v1::PauseCampaignRequest {
        name: CAMPAIGN.to_string(),
        ..Default::default()
    };
    refused(
        harness.campaigns().pause_campaign(pause).await,
        Code::Unavailable,
        "STORE_FAILED",
    );
    assert!(page(address, "/healthz").await.starts_with("HTTP/1.1 503"));
    let status = harness
        .diagnostics()
        .get_status(v1::GetStatusRequest {})
        .await
        .unwrap()
        .into_inner();
    assert!(!status.healthy && !status.problem.is_empty(), "{status:?}");
}
