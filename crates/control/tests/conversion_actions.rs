//! Conversion actions through a real server and a real store: what is counted, and what bids and reports know of it.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use api::v1::conversion_action_service_client::ConversionActionServiceClient;
use campaign::id::{AdvertiserId, ConversionActionId};
use campaign::money::Money;
use harness::*;
use journal::entry::{BidTerms, Entry, Event};
use tonic::Code;

fn new_action(
    id: &str,
    change: impl FnOnce(&mut v1::ConversionAction),
) -> v1::CreateConversionActionRequest {
    let mut action = v1::ConversionAction {
        display_name: id.to_string(),
        ..Default::default()
    };
    change(&mut action);
    v1::CreateConversionActionRequest {
        parent: "advertisers/acme".to_string(),
        conversion_action_id: id.to_string(),
        conversion_action: Some(action),
        ..Default::default()
    }
}

impl Harness {
    fn actions(&self) -> ConversionActionServiceClient<Calls> {
        ConversionActionServiceClient::new(self.calls())
    }

    async fn action(&self, id: &str, change: impl FnOnce(&mut v1::ConversionAction)) -> u64 {
        let made = self
            .actions()
            .create_conversion_action(new_action(id, change))
            .await;
        made.unwrap().into_inner().number
    }

    fn conversion(&self, action: Option<u64>, order: &str, terms: BidTerms) -> Entry {
        self.entry(Event::Conversion {
            advertiser: AdvertiserId(PLANTED + 1),
            action: action.map(ConversionActionId),
            order: order.to_string(),
            value: Some(Money(2_000_000_000)),
            credited: Some((terms, terms.issued)),
        })
    }
}

#[tokio::test]
async fn conversions_are_counted_and_told_as_their_actions_say() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await.number;
    let purchase = harness.action("purchase", |_| {}).await;
    let one_per_click = v1::ConversionCounting::OnePerClick as i32;
    let lead = harness
        .action("lead", |it| it.counting = one_per_click)
        .await;
    let visit = harness
        .action("visit", |it| it.excluded_from_bidding = true)
        .await;
    harness
        .updated("the book has the action", |it| {
            it.book
                .conversion_action(AdvertiserId(PLANTED + 1), "visit")
                .is_some()
        })
        .await;
    let grant = harness.granted(1, ad, 1_000_000_000).await;
    let (one, two) = (harness.terms_of(&grant, 1), harness.terms_of(&grant, 2));
    let entries = [
        harness.conversion(Some(purchase), "a", one),
        harness.conversion(Some(purchase), "b", one),
        // The same order again is the same conversion; of another action it is another.
        harness.conversion(Some(purchase), "b", one),
        harness.conversion(Some(lead), "b", one),
        // One a click.
        harness.conversion(Some(lead), "c", one),
        harness.conversion(Some(lead), "d", two),
        harness.conversion(Some(visit), "e", two),
        harness.conversion(None, "a", two),
    ];
    harness.write(&entries);
    let by_action = || harness.report(AD, &[v1::Dimension::ConversionAction]);
    let report = until("all are counted", by_action, |report| {
        report.rows.len() == 4
    })
    .await;
    let mut told: Vec<(String, i64, i64)> = report
        .rows
        .iter()
        .map(|row| {
            let metrics = row.metrics.clone().unwrap();
            let name = row.conversion_action.clone();
            (name, metrics.conversions, metrics.conversion_value_micros)
        })
        .collect();
    told.sort();
    let of = |id: &str, count: i64| {
        let name = format!("advertisers/acme/conversionActions/{id}");
        (name, count, count * 2_000_000)
    };
    let expect = [
        (String::new(), 1, 2_000_000),
        of("lead", 2),
        of("purchase", 2),
        of("visit", 1),
    ];
    assert_eq!(told, expect);
    // What bids are made by, and what other reports tell, leaves out what was excluded.
    let report = harness.report(AD, &[]).await;
    assert_eq!(report.totals[0].conversions, 5);
}

#[tokio::test]
async fn an_action_that_cannot_be_is_refused_with_the_field_that_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let check = async |change: fn(&mut v1::ConversionAction), expect: &[&str]| {
        let told = harness
            .actions()
            .create_conversion_action(new_action("x", change))
            .await;
        let told = fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS"));
        assert_eq!(told, expect);
    };
    check(
        |it| it.display_name.clear(),
        &["conversion_action.display_name"],
    )
    .await;
    check(
        |it| it.click_window_days = 91,
        &["conversion_action.click_window_days"],
    )
    .await;
    check(
        |it| it.always_default_value = true,
        &["conversion_action.default_value_micros"],
    )
    .await;
    check(
        |it| it.default_value_micros = -1,
        &["conversion_action.default_value_micros"],
    )
    .await;
    check(
        |it| (it.category, it.counting) = (99, 99),
        &["conversion_action.category", "conversion_action.counting"],
    )
    .await;
    harness.action("x", |it| it.default_value_micros = 5).await;
    let name = "advertisers/acme/conversionActions/x".to_string();
    let delete = v1::DeleteConversionActionRequest {
        name: name.clone(),
        ..Default::default()
    };
    let gone = harness.actions().delete_conversion_action(delete).await;
    assert_eq!(gone.unwrap().into_inner().state(), v1::State::Deleted);
    let back = v1::UndeleteConversionActionRequest {
        name,
        ..Default::default()
    };
    let back = harness.actions().undelete_conversion_action(back).await;
    assert_eq!(back.unwrap().into_inner().default_value_micros, 5);
}

#[tokio::test]
async fn an_action_without_an_id_is_given_one() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let request = new_action("", |it| it.display_name = "Sign-ups".to_string());
    let made = harness.actions().create_conversion_action(request).await;
    let name = made.unwrap().into_inner().name;
    let ids = "advertisers/acme/conversionActions/conversion-action-";
    assert!(name.starts_with(ids), "{name}");
}
