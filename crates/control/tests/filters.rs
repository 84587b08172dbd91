//! Lists that are asked for a part, in an order, page by page.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use campaign::time::Span;
use harness::*;
use tonic::Code;

/// Campaigns "alpha", "beta" and "gamma" in the order gamma, alpha, beta; alpha is paused, beta deleted.
async fn campaigns(harness: &Harness) {
    let mut advertisers = harness.advertisers();
    advertisers
        .create_advertiser(new_advertiser("acme"))
        .await
        .unwrap();
    let mut campaigns = harness.campaigns();
    for id in ["gamma", "alpha", "beta"] {
        let mut new = new_campaign(id);
        new.campaign.as_mut().unwrap().display_name = format!("The {id} sale");
        campaigns.create_campaign(new).await.unwrap();
        harness.clock.advance(Span::hours(1));
    }
    let name = |id: &str| format!("advertisers/acme/campaigns/{id}");
    let pause = v1::PauseCampaignRequest {
        name: name("alpha"),
        ..Default::default()
    };
    campaigns.pause_campaign(pause).await.unwrap();
    let delete = v1::DeleteCampaignRequest {
        name: name("beta"),
        ..Default::default()
    };
    campaigns.delete_campaign(delete).await.unwrap();
}

fn list(filter: &str, order_by: &str) -> v1::ListCampaignsRequest {
    v1::ListCampaignsRequest {
        parent: "advertisers/-".to_string(),
        filter: filter.to_string(),
        order_by: order_by.to_string(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_list_shows_what_its_filter_holds_of_in_its_order() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    campaigns(&harness).await;
    let mut campaigns = harness.campaigns();
    let mut check = async |filter: &str, order: &str, expect: &[&str]| {
        let listed = campaigns
            .list_campaigns(list(filter, order))
            .await
            .unwrap()
            .into_inner();
        let ids = listed
            .campaigns
            .iter()
            .map(|it| it.name.rsplit('/').next().unwrap());
        assert_eq!(ids.collect::<Vec<_>>(), expect, "{filter} | {order}");
    };
    check("", "", &["gamma", "alpha"]).await;
    check("state = \"PAUSED\"", "", &["alpha"]).await;
    check("state = STATE_PAUSED", "", &["alpha"]).await;
    check("NOT state = PAUSED", "", &["gamma"]).await;
    check("state != PAUSED", "", &["gamma"]).await;
    check("state = DELETED", "", &["beta"]).await;
    check("display_name : \"GAMMA\"", "", &["gamma"]).await;
    check("display_name = \"The*\" AND state = ACTIVE", "", &["gamma"]).await;
    check("display_name = The", "", &[]).await;
    check("name = \"*/alpha\"", "", &["alpha"]).await;
    check("create_time > \"2026-11-21T12:30:00Z\"", "", &["alpha"]).await;
    check("create_time <= \"2026-11-21T12:30:00Z\"", "", &["gamma"]).await;
    check("", "display_name", &["alpha", "gamma"]).await;
    check("", "display_name desc", &["gamma", "alpha"]).await;
    check("", "state desc, name", &["alpha", "gamma"]).await;
    check("", "create_time desc", &["alpha", "gamma"]).await;
}

#[tokio::test]
async fn a_sorted_list_comes_in_pages_of_which_none_repeats() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    campaigns(&harness).await;
    let mut campaigns = harness.campaigns();
    let mut request = v1::ListCampaignsRequest {
        page_size: 1,
        show_deleted: true,
        ..list("", "display_name desc")
    };
    let mut seen = Vec::new();
    loop {
        let page = campaigns
            .list_campaigns(request.clone())
            .await
            .unwrap()
            .into_inner();
        seen.extend(page.campaigns.into_iter().map(|it| it.display_name));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
        // A token is good for its own question only.
        let other = v1::ListCampaignsRequest {
            order_by: "display_name".to_string(),
            ..request.clone()
        };
        let told = campaigns.list_campaigns(other).await;
        assert_eq!(
            fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS")),
            ["page_token"]
        );
    }
    assert_eq!(seen, ["The gamma sale", "The beta sale", "The alpha sale"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_field() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    campaigns(&harness).await;
    let mut campaigns = harness.campaigns();
    for (filter, order, expect) in [("colour = red", "", "filter"), ("", "colour", "order_by")] {
        let told = campaigns.list_campaigns(list(filter, order)).await;
        let told = refused(told, Code::InvalidArgument, "INVALID_FIELDS");
        assert_eq!(fields(told), [expect]);
    }
}
