//! Bid requests over a real socket.

mod support;

use support::*;

#[tokio::test]
async fn a_request_is_answered_with_a_priced_and_signed_bid() {
    let bidder = Setup::default().start().await;
    let reply = bidder.bid("demo", REQUEST).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("x-openrtb-version"), Some("2.6"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(
        reply.header("content-length"),
        Some(reply.body.len().to_string().as_str())
    );
    let (answer, bid) = (reply.json(), reply.bid());
    assert_eq!(answer["id"], "r1");
    assert_eq!(bid["impid"], "1");
    assert_eq!(bid["price"].to_string(), "2");
    assert_eq!(bid["adid"], "31");
    for field in ["nurl", "burl", "lurl"] {
        let url = bid[field].as_str().unwrap();
        assert!(url.starts_with("http://bid.example/n/"), "{field}: {url}");
    }
}
