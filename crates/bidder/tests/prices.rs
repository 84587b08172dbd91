//! What control has learned of first prices reaches bids, and bids are told to control by their price.
#![allow(clippy::unwrap_used, reason = "what a test builds on may panic")]

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use auction::book::Update;
use auction::prices::{Prices, Shades};
use campaign::ad::Goal;
use campaign::id::ExchangeId;
use campaign::money::{Cpm, Money};
use journal::context::PriceContext;
use learning::landscape::{Landscape, Settings, Told};
use support::*;

#[tokio::test]
async fn first_prices_are_shaded_and_told() {
    let mut setup = Setup::default();
    let ad = &mut setup.inventory.ads[0];
    // Of a click in five hundred impressions each is worth 2 CPM.
    ad.goal = Goal::Click(Money(1_000_000_000));
    ad.max_bid = Cpm(5_000_000);
    let mut bidder = setup.start().await;
    assert_eq!(
        bidder.bid("demo", REQUEST).await.bid()["price"].to_string(),
        "2"
    );

    let mut landscape = Landscape::by_octaves(Settings::default());
    (0..1_000).for_each(|_| landscape.observe(&[], Told::Price(800_000)));
    let cells = Box::new([0; PriceContext::CELLS]);
    let shades = Shades::new(cells, vec![landscape.curve(&[])]).unwrap();
    let prices = Prices::new(vec![(ExchangeId(1), Arc::new(shades))], 0);
    bidder
        .updates
        .send(Update::Prices(Arc::new(prices)))
        .await
        .unwrap();
    let shaded = loop {
        let price = bidder.bid("demo", REQUEST).await.bid()["price"]
            .as_f64()
            .unwrap();
        if price < 2.0 {
            break price;
        }
    };
    assert!((0.8..0.85).contains(&shaded), "{shaded}");
    // Another exchange, of which nothing was learned.
    let other = bidder.bid("reasons", REQUEST).await;
    assert_eq!(other.bid()["price"].to_string(), "2");
    let other = REQUEST.replacen('{', r#"{"at":2,"#, 1);
    assert_eq!(
        bidder.bid("demo", &other).await.bid()["price"].to_string(),
        "2"
    );

    let shaded = (shaded * 1e6).round() as i64;
    let expect = BTreeSet::from([
        (1, true, 2_000_000),
        (1, true, shaded),
        (3, true, 2_000_000),
        (1, false, 2_000_000),
    ]);
    let mut told = BTreeSet::new();
    while !expect.is_subset(&told) {
        let more = tokio::time::timeout(Duration::from_secs(20), bidder.offers.recv()).await;
        let more = more
            .unwrap_or_else(|_| panic!("only {told:?} is told"))
            .unwrap();
        told.extend(more.iter().map(|it| {
            let first = it.context.is_first_price();
            (it.exchange.0, first, it.price.0)
        }));
    }
    assert_eq!(told, expect);
}
