//! Block lists as resources, and what bidders hear of them.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use api::v1::block_list_service_client::BlockListServiceClient;
use campaign::targeting::{Condition, Expression};
use harness::*;
use prost_types::FieldMask;
use tonic::Code;

fn list(id: &str, change: impl FnOnce(&mut v1::BlockList)) -> v1::CreateBlockListRequest {
    let mut list = v1::BlockList {
        display_name: "Bad places".to_string(),
        domains: vec!["bad.example".to_string()],
        ..Default::default()
    };
    change(&mut list);
    v1::CreateBlockListRequest {
        block_list_id: id.to_string(),
        block_list: Some(list),
        ..Default::default()
    }
}

/// Whether the only ad's targeting shuts the domain out.
fn ad_shuts_out(harness: &Harness) -> bool {
    let mut shut_out = false;
    let targeting: &Expression = &harness.book.offers()[0].ad.targeting;
    targeting.for_each(&mut |condition, negated| {
        let is_it = matches!(condition, Condition::Domain(it) if it.contains("bad.example"));
        shut_out |= is_it && negated;
    });
    shut_out
}

fn exchange_shuts_out(harness: &Harness) -> bool {
    let blocks = &harness.book.exchange("demo").unwrap().blocks;
    blocks
        .as_ref()
        .is_some_and(|it| it.inventory.domains.contains("bad.example"))
}

#[tokio::test]
async fn a_list_holds_where_it_is_attached() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    harness.usual().await;
    harness
        .updated("the ad is in the book", |it| it.book.offers().len() == 1)
        .await;
    let mut lists = BlockListServiceClient::new(harness.calls());
    let made = lists
        .create_block_list(list("bad", |_| {}))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (made.name.as_str(), made.state()),
        ("blockLists/bad", v1::State::Active)
    );
    let mut attach = async |to: &[&str]| {
        let update = v1::UpdateBlockListRequest {
            block_list: Some(v1::BlockList {
                name: "blockLists/bad".to_string(),
                attached_to: to.iter().map(|name| name.to_string()).collect(),
                ..Default::default()
            }),
            update_mask: Some(FieldMask {
                paths: vec!["attached_to".to_string()],
            }),
            ..Default::default()
        };
        lists.update_block_list(update).await.unwrap();
    };
    attach(&[CAMPAIGN]).await;
    harness
        .updated("the campaign's ad shuts it out", ad_shuts_out)
        .await;
    attach(&["exchanges/demo"]).await;
    harness
        .updated("only the exchange does", |it| {
            exchange_shuts_out(it) && !ad_shuts_out(it)
        })
        .await;
    attach(&["advertisers/acme"]).await;
    harness
        .updated("only the advertiser does", |it| {
            !exchange_shuts_out(it) && ad_shuts_out(it)
        })
        .await;
    let delete = v1::DeleteBlockListRequest {
        name: "blockLists/bad".to_string(),
        ..Default::default()
    };
    lists.delete_block_list(delete).await.unwrap();
    harness
        .updated("nobody does", |it| {
            !exchange_shuts_out(it) && !ad_shuts_out(it)
        })
        .await;
}

#[tokio::test]
async fn a_list_that_blocks_nothing_is_refused_with_its_field() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let mut lists = BlockListServiceClient::new(harness.calls());
    let mut check = async |change: fn(&mut v1::BlockList), expect: &str| {
        let told = lists.create_block_list(list("bad", change)).await;
        let told = refused(told, Code::InvalidArgument, "INVALID_FIELDS");
        assert_eq!(fields(told), [expect]);
    };
    check(|it| it.domains.clear(), "block_list").await;
    check(
        |it| it.domains.push("no domain".to_string()),
        "block_list.domains[1]",
    )
    .await;
    check(
        |it| it.attached_to = vec!["exchanges/nowhere".to_string()],
        "block_list.attached_to[0]",
    )
    .await;
    check(
        |it| it.advertiser_domains = vec!["brand.example".to_string()],
        "block_list.advertiser_domains",
    )
    .await;
}
