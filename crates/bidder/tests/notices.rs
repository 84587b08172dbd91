//! Notices over a real socket, from the URLs of real bids to the journal.
#![allow(clippy::unwrap_used, reason = "what a test builds on may panic")]

mod support;

use bidder::Readiness;
use campaign::money::Money;
use campaign::time::Span;
use journal::entry::{BidTerms, Entry};
use store::disk::simulated::Fault;
use support::*;

fn terms(entry: &Entry) -> BidTerms {
    *entry.event.terms().unwrap()
}

#[tokio::test]
async fn each_url_of_a_bid_comes_back_as_what_it_says() {
    let bidder = Setup::default().start().await;
    let bid = bidder.bid("demo", REQUEST).await;
    let price = [("AUCTION_PRICE", "1.25")];
    let loss = [("AUCTION_LOSS", "102"), ("AUCTION_MIN_TO_WIN", "2.01")];
    let urls = [
        bid.notice("nurl", &price),
        bid.notice("burl", &price),
        bid.notice("lurl", &loss),
        bid.markup_url("impression", &price),
        bid.markup_url("view", &[]),
    ];
    for url in &urls {
        let reply = bidder.get(url).await;
        assert_eq!((reply.status, reply.body.len()), (204, 0), "{url}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let posted = get(url).iter().skip(3).copied().collect::<Vec<_>>();
        assert_eq!(
            bidder.send([b"POST", &posted[..]].concat()).await.status,
            204
        );
    }
    let expect = [
        "win Cost(Money(1250000))",
        "billing Cost(Money(1250000))",
        "loss Some(102) Some(Money(2010000))",
        "impression",
        "view",
    ];
    // Once for GET and once for POST: what is said twice settles once, in the ledger.
    let expect: Vec<&str> = expect.iter().flat_map(|word| [*word, *word]).collect();
    assert_eq!(journal(&bidder), expect);
    let entries = bidder.journal();
    let first = terms(&entries[0]);
    assert!(entries.iter().all(|entry| terms(entry) == first));
    assert_eq!(first.bid.to_string(), bid.bid()["id"].as_str().unwrap());
    assert_eq!((first.ad, first.max_cost), (AD, Money(2_000_000)));
    assert_eq!(first.lease, bidder.told.lock().unwrap().grants[0].id);
}

#[tokio::test]
async fn a_price_that_nobody_can_read_is_flagged_and_an_audit_is_known() {
    let bidder = Setup::default().start().await;
    let bid = bidder.bid("demo", REQUEST).await;
    for price in [
        "${AUCTION_PRICE}",
        "",
        "%24%7BAUCTION_PRICE%7D",
        "free",
        "AUDIT",
        "0.000001",
    ] {
        let url = bid.notice("burl", &[("AUCTION_PRICE", price)]);
        assert_eq!(bidder.get(&url).await.status, 204, "{price}");
    }
    let mut expect = vec!["billing Unreadable"; 4];
    expect.extend(["billing Audit", "billing Cost(Money(1))"]);
    assert_eq!(journal(&bidder), expect);
}

#[tokio::test]
async fn before_the_first_book_a_notice_is_to_be_told_again() {
    let before = Setup::default().start().await;
    let bid = before.bid("pixel", REQUEST).await;
    let click = bid.markup_url("click", &[]);
    let redirect = before.get(&click).await;
    let landing = redirect.header("location").unwrap();
    let click_id = landing
        .split(['?', '&', '#'])
        .find(|part| part.starts_with("obclid="))
        .unwrap();
    let conversion = format!("/conversion/11?order=a&{click_id}");
    // Which pixels bill, where clicks lead and who advertises stands in the book.
    let billing = bid.markup_url("impression", &[("AUCTION_PRICE", "1")]);
    let after = Setup {
        no_book: true,
        ..Setup::default()
    }
    .start_unready()
    .await;
    for url in [
        &billing,
        &click,
        &conversion,
        &bid.notice("nurl", &[("AUCTION_PRICE", "1")]),
    ] {
        let reply = after.get(url).await;
        assert_eq!(
            (reply.status, reply.header("retry-after")),
            (503, Some("1")),
            "{url}"
        );
    }
    after.updates.send(book(inventory())).await.unwrap();
    after
        .until(|f| f.bidder().readiness() == Readiness::Ready)
        .await;
    for url in [&billing, &click, &conversion] {
        assert!(matches!(after.get(url).await.status, 204 | 302), "{url}");
    }
    assert_eq!(
        journal(&after),
        [
            "billing Cost(Money(1000000))",
            "impression",
            "click",
            "conversion a None Some(Span(0))"
        ]
    );
}

#[tokio::test]
async fn a_loss_that_says_that_we_won_frees_no_money() {
    let bidder = Setup::default().start().await;
    let bid = bidder.bid("demo", REQUEST).await;
    for reason in ["0", "", "${AUCTION_LOSS}", "511"] {
        let url = bid.notice("lurl", &[("AUCTION_LOSS", reason)]);
        assert_eq!(bidder.get(&url).await.status, 204);
    }
    let expect = [
        "win Unreadable",
        "loss None None",
        "loss None None",
        "loss Some(511) None",
    ];
    assert_eq!(journal(&bidder), expect);
}

#[tokio::test]
async fn a_forged_notice_is_refused_counted_and_not_written_down() {
    let bidder = Setup::default().start().await;
    let bid = bidder.bid("demo", REQUEST).await;
    let billing = bid.notice("burl", &[("AUCTION_PRICE", "1")]);
    let view = bid.markup_url("view", &[]);
    let token = |url: &str| url.split(['/', '?']).nth(3).unwrap().to_string();
    let forged = [
        billing.replacen("/billing/A", "/billing/B", 1),
        "/n/billing/x?p=1".to_string(),
        format!("/n/billing/{}?p=1", "A".repeat(token(&billing).len())),
        format!("/n/billing/{}?p=1", token(&view)),
        format!("/n/click/{}", token(&billing)),
        format!("/n/view/{}x", token(&view)),
    ];
    for url in &forged {
        assert_eq!(bidder.get(url).await.status, 403, "{url}");
    }
    assert_eq!(bidder.bidder().stats().forged, forged.len() as u64);
    assert_eq!(bidder.journal(), []);
    assert_eq!(bidder.get(&billing).await.status, 204);
}

#[tokio::test]
async fn the_pixel_bills_only_where_the_exchange_says_so() {
    let bidder = Setup::default().start().await;
    let demo = bidder.bid("demo", REQUEST).await;
    // On an exchange that calls `burl`, a price on the pixel is the page's invention.
    let pixel = demo.markup_url("impression", &[]);
    assert!(!pixel.contains('?'), "{pixel}");
    bidder.get(&format!("{pixel}?p=1")).await;
    let bid = bidder.bid("pixel", REQUEST).await;
    assert_eq!(bid.bid().get("burl"), None);
    let url = bid.markup_url("impression", &[("AUCTION_PRICE", "1.5")]);
    assert_eq!(bidder.get(&url).await.status, 204);
    let expect = ["impression", "billing Cost(Money(1500000))", "impression"];
    assert_eq!(journal(&bidder), expect);
}

#[tokio::test]
async fn an_image_tag_gets_an_image() {
    let bidder = Setup::default().start().await;
    let bid = bidder.bid("demo", REQUEST).await;
    let url = bid.markup_url("impression", &[]);
    let accept = "Accept: image/avif,image/webp,*/*;q=0.8";
    let reply = bidder
        .send(format!("GET {url} HTTP/1.1\r\nHost: x\r\n{accept}\r\n\r\n"))
        .await;
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, Some("image/gif"))
    );
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert!(reply.body.starts_with(b"GIF89a") && reply.body.ends_with(b";"));
}

#[tokio::test]
async fn a_click_leads_to_the_creatives_page_with_an_id_and_nowhere_else() {
    let bidder = Setup::default().start().await;
    let bid = bidder.bid("demo", REQUEST).await;
    let url = bid.markup_url("click", &[]);
    let reply = bidder
        .get(&format!(
            "{url}?url=https://evil.example&to=https://evil.example"
        ))
        .await;
    assert_eq!(reply.status, 302);
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    let location = reply.header("location").unwrap();
    assert!(
        location.starts_with("https://acme.example/spring?x=1&obclid="),
        "{location}"
    );
    assert!(location.ends_with("#top"), "{location}");
    assert_eq!(journal(&bidder), ["click"]);
    // After its time a click still leads on, but counts for nothing.
    bidder.clock.advance(Span::hours(25));
    let reply = bidder.get(&url).await;
    assert_eq!(reply.status, 302);
    assert_eq!(
        reply.header("location"),
        Some("https://acme.example/spring?x=1#top")
    );
    assert_eq!(journal(&bidder), ["click"]);
    // A billing never comes too late.
    let billing = bid.notice("burl", &[("AUCTION_PRICE", "1")]);
    assert_eq!(bidder.get(&billing).await.status, 204);
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_power_loss() {
    for seed in 0..20 {
        let bidder = Setup::default().start().await;
        let bid = bidder.bid("demo", REQUEST).await;
        let billing = bid.notice("burl", &[("AUCTION_PRICE", "1")]);
        assert_eq!(bidder.get(&billing).await.status, 204);
        bidder.disk.power_loss(seed);
        assert_eq!(
            journal(&bidder),
            ["billing Cost(Money(1000000))"],
            "seed {seed}"
        );
    }
}

#[tokio::test]
async fn a_disk_that_lies_about_syncs_is_caught_by_the_test_above() {
    let mut lost = 0;
    for seed in 0..20 {
        let bidder = Setup::default().start().await;
        bidder.disk.ignore_syncs();
        let bid = bidder.bid("demo", REQUEST).await;
        let billing = bid.notice("burl", &[("AUCTION_PRICE", "1")]);
        assert_eq!(bidder.get(&billing).await.status, 204);
        bidder.disk.power_loss(seed);
        lost += usize::from(bidder.journal().is_empty());
    }
    assert!(lost > 0);
}

#[tokio::test]
async fn a_journal_that_fails_ends_bidding_and_acknowledges_nothing() {
    for fault in Fault::ALL {
        // The write fails, or the sync after it.
        for operation in 0..2 {
            let bidder = Setup::default().start().await;
            let bid = bidder.bid("demo", REQUEST).await;
            let billing = bid.notice("burl", &[("AUCTION_PRICE", "1")]);
            bidder.disk.fail(operation, fault);
            let reply = bidder.get(&billing).await;
            assert_eq!(
                (reply.status, reply.header("retry-after")),
                (503, Some("1"))
            );
            assert_eq!(bidder.get(&billing).await.status, 503);
            assert_eq!(bidder.bid("demo", REQUEST).await.status, 204);
            assert_eq!(bidder.get("/readyz").await.status, 503);
            assert_eq!(bidder.get("/healthz").await.status, 503);
            assert_eq!(bidder.bidder().stats().notices, 0);
        }
    }
}

#[tokio::test]
async fn nothing_that_names_a_person_is_kept_counted_or_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _log = tracing::subscriber::set_default(subscriber);
    let bidder = Setup::default().start().await;
    let bid = bidder.bid("demo", REQUEST).await;
    bidder
        .get(&bid.notice("burl", &[("AUCTION_PRICE", "1")]))
        .await;
    bidder.get(&bid.markup_url("click", &[])).await;
    bidder.bid("demo", "{\"id\":").await;
    let user = terms(&bidder.journal()[0]).user;
    assert_ne!(user, 0, "the user is known, as a hash");
    let disk = bidder
        .disk
        .names()
        .into_iter()
        .filter_map(|name| bidder.disk.content(&name));
    let mut seen: Vec<u8> = disk.flatten().collect();
    // What was bid on is decided again beside the bids, and kept for who asks.
    let samples = loop {
        let samples = bidder.bidder().explainer().samples().latest;
        match samples.is_empty() {
            true => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            false => break samples,
        }
    };
    seen.extend(samples.iter().flat_map(|sample| sample.request.clone()));
    seen.extend(bidder.get("/metrics").await.body);
    seen.extend(&bid.body);
    seen.extend(log.0.lock().unwrap().iter());
    for secret in [
        "203.0.113.9",
        "6d92078a-8246-4ba4-ae5b-76104861e7dc",
        "user-of-the-exchange",
    ] {
        assert!(
            !seen
                .windows(secret.len())
                .any(|part| part == secret.as_bytes()),
            "{secret}"
        );
    }
    assert!(String::from_utf8_lossy(&log.0.lock().unwrap()).contains("the bidder listens"));
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl tracing_subscriber::fmt::MakeWriter<'_> for Log {
    type Writer = Log;

    fn make_writer(&self) -> Log {
        self.clone()
    }
}
