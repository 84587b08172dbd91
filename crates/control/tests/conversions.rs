//! Conversions that stop being told do not wreck a campaign.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use std::time::Duration;

use api::v1;
use api::v1::pacing_event::Kind;
use auction::book::Update;
use campaign::id::{AdId, AdvertiserId};
use campaign::time::{Clock, Span};
use harness::*;
use journal::entry::Event;

/// Clicks in a minute.
const CLICKS: u64 = 50;

struct Shop {
    ad: AdId,
    number: u64,
}

impl Shop {
    /// So many minutes with fifty clicks each, of which each `every`th converts at once. Answers what bidders
    /// are told of the rate at the end.
    async fn sells(&mut self, harness: &mut Harness, times: u64, every: Option<u64>) -> f64 {
        let grant = harness.granted(self.number + 1, self.ad.0, 1_000_000).await;
        for _ in 0..times {
            harness.clock.advance(Span::minutes(1));
            let mut entries = Vec::new();
            for _ in 0..CLICKS {
                self.number += 1;
                let terms = harness.terms_of(&grant, self.number);
                entries.push(harness.entry(Event::Click { terms }));
                if every.is_some_and(|every| self.number.is_multiple_of(every)) {
                    entries.push(harness.entry(Event::Conversion {
                        advertiser: AdvertiserId(1),
                        action: None,
                        order: format!("order {}", self.number),
                        value: None,
                        credited: Some((terms, harness.clock.now())),
                    }));
                }
            }
            harness.write(&entries);
            // Control looks at trackers and terms every quarter of a real second.
            tokio::time::sleep(Duration::from_millis(270)).await;
        }
        while let Ok(update) = harness.updates.try_recv() {
            if let Update::Terms(terms) = update {
                harness.terms.extend(terms);
            }
        }
        harness.terms[&self.ad].rates.conversion
    }
}

async fn events(harness: &Harness) -> Vec<Kind> {
    let request = v1::ListPacingEventsRequest {
        parent: CAMPAIGN.to_string(),
        ..Default::default()
    };
    let told = harness.reports().list_pacing_events(request).await.unwrap();
    let events = told.into_inner().events;
    let of_conversions = events.iter().filter(|event| event.metric == "conversions");
    of_conversions.map(|event| event.kind()).collect()
}

#[tokio::test]
async fn a_silent_tracker_is_told_once_its_rates_are_held_and_learning_goes_on_after() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut request = new_ad("orders");
    let ad = request.ad.as_mut().unwrap();
    let conversion = v1::goal::Worth::ConversionMicros(20_000_000);
    ad.goal = Some(v1::Goal {
        worth: Some(conversion),
    });
    ad.max_bid_cpm_micros = 50_000_000;
    let ad = AdId(
        harness
            .ads()
            .create_ad(request)
            .await
            .unwrap()
            .into_inner()
            .number,
    );
    harness
        .updated("the ad is for sale", |h| h.book.slot(ad).is_some())
        .await;
    let mut shop = Shop { ad, number: 0 };

    let known = shop.sells(&mut harness, 20, Some(10)).await;
    assert!((0.07..0.12).contains(&known), "{known}");
    assert_eq!(events(&harness).await, []);

    // Half an hour of clicks without a conversion: counted as clicks that bring nothing, they would halve the rate.
    let held = shop.sells(&mut harness, 30, None).await;
    assert_eq!(events(&harness).await, [Kind::ConversionsSilent]);
    assert!(
        (0.85 * known..1.5 * known).contains(&held),
        "{held} {known}"
    );

    let again = shop.sells(&mut harness, 30, Some(5)).await;
    assert_eq!(
        events(&harness).await,
        [Kind::BackToUsual, Kind::ConversionsSilent],
        "newest first"
    );
    assert!(again > 1.2 * known, "{again} {known}");
}
