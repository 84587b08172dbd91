//! Conversions: credited to a click by the window of what the advertiser says that the user did.
#![allow(clippy::unwrap_used, reason = "what a test builds on may panic")]

mod support;

use campaign::conversion::{ConversionAction, Counting};
use campaign::id::{AdvertiserId, ConversionActionId};
use campaign::money::Money;
use campaign::time::Span;
use journal::entry::{Entry, Event};
use support::*;

/// Clicks, and gives the click id that the landing page gets.
async fn click(bidder: &Fixture) -> String {
    let bid = bidder.bid("demo", REQUEST).await;
    let reply = bidder.get(&bid.markup_url("click", &[])).await;
    let location = reply.header("location").unwrap();
    let id = location.split("obclid=").nth(1).unwrap();
    id.split('#').next().unwrap().to_string()
}

#[tokio::test]
async fn a_conversion_is_credited_to_the_last_click_in_the_window() {
    let mut setup = Setup::default();
    setup.raw.limits.concurrent_notices = 8;
    let bidder = setup.start().await;
    let first = click(&bidder).await;
    bidder.clock.advance(Span::milliseconds(1_000));
    let second = click(&bidder).await;
    let check = async |query: String, status: u16| {
        let reply = bidder.get(&format!("/conversion/11?{query}")).await;
        assert_eq!(reply.status, status, "{query}");
    };
    check(
        format!("order=a&value=12.50&obclid={second}&obclid={first}"),
        204,
    )
    .await;
    check(format!("order=b&obclid={first}"), 204).await;
    check(
        format!("order=c&value=many&obclid=junk&obclid={first}"),
        204,
    )
    .await;
    check(format!("value=1&obclid={first}"), 404).await;
    check(format!("order={}&obclid={first}", "x".repeat(129)), 404).await;
    check(
        format!("order=d&obclid={}", first.replacen('A', "B", 1)),
        403,
    )
    .await;
    // Somebody's order that no click of ours led to: nothing to write down.
    check("order=e".to_string(), 204).await;
    bidder.clock.advance(Span::days(31));
    check(format!("order=f&obclid={first}&obclid={second}"), 204).await;
    let conversions: Vec<String> = journal(&bidder).split_off(2);
    assert_eq!(
        conversions,
        [
            "conversion a Some(Money(12500000000)) Some(Span(1000))",
            "conversion b None Some(Span(0))",
            "conversion c None Some(Span(0))",
            "conversion f None None",
        ]
    );
    let reply = bidder
        .get(&format!("/conversion/12?order=g&obclid={first}"))
        .await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn a_conversion_is_credited_as_the_action_says_that_it_names() {
    let mut setup = Setup::default();
    let action = |number, key: &str| ConversionAction {
        id: ConversionActionId(number),
        advertiser: ADVERTISER,
        key: key.to_string(),
        display_name: key.to_string(),
        counting: Counting::Every,
        click_window_days: None,
        default_value: None,
        always_default_value: false,
        counts_for_bidding: true,
    };
    let purchase = ConversionAction {
        click_window_days: Some(40),
        default_value: Some(Money(7)),
        ..action(71, "purchase")
    };
    let lead = ConversionAction {
        click_window_days: Some(1),
        default_value: Some(Money(5)),
        always_default_value: true,
        ..action(72, "lead")
    };
    setup.inventory.conversion_actions = vec![purchase, lead];
    let bidder = setup.start().await;
    let id = click(&bidder).await;
    let check = async |query: &str, status: u16| {
        let reply = bidder
            .get(&format!("/conversion/11?{query}&obclid={id}"))
            .await;
        assert_eq!(reply.status, status, "{query}");
    };
    check("order=a&value=12.50&action=purchase", 204).await;
    check("order=b&action=purchase", 204).await;
    check("order=c&value=12.50&action=lead", 204).await;
    check("order=d&action=no-such", 404).await;
    bidder.clock.advance(Span::days(31));
    check("order=e&action=purchase", 204).await;
    check("order=f&action=lead", 204).await;
    check("order=g", 204).await;
    let told = |entry: &Entry| match &entry.event {
        Event::Conversion { action, .. } => {
            format!("{} by {:?}", words(entry), action.map(|it| it.0))
        }
        _ => String::new(),
    };
    let told: Vec<String> = bidder.journal().iter().skip(1).map(told).collect();
    let expect = [
        "conversion a Some(Money(12500000000)) Some(Span(0)) by Some(71)",
        "conversion b Some(Money(7)) Some(Span(0)) by Some(71)",
        "conversion c Some(Money(5)) Some(Span(0)) by Some(72)",
        "conversion e Some(Money(7)) Some(Span(0)) by Some(71)",
        "conversion f Some(Money(5)) None by Some(72)",
        "conversion g None None by None",
    ];
    assert_eq!(told, expect);
}

#[tokio::test]
async fn a_click_on_another_advertisers_ad_is_not_credited() {
    let mut setup = Setup::default();
    let mut other = setup.inventory.advertisers[0].clone();
    other.id = AdvertiserId(12);
    setup.inventory.advertisers.push(other);
    let bidder = setup.start().await;
    let id = click(&bidder).await;
    let reply = bidder
        .get(&format!("/conversion/12?order=a&obclid={id}"))
        .await;
    assert_eq!(reply.status, 403);
    assert_eq!(journal(&bidder), ["click"]);
}
