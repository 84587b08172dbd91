//! What was deleted comes back, and several changes hold together or not at all.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use campaign::id::AdId;
use campaign::time::Span;
use harness::*;
use prost_types::FieldMask;
use tonic::Code;

const ID: &str = "6f0e4b0e-9c1b-4f6a-8a1e-2f4f5d3c7b11";
const OTHER_AD: &str = "advertisers/acme/campaigns/spring/ads/other";

fn undelete_ad(name: &str) -> v1::UndeleteAdRequest {
    v1::UndeleteAdRequest {
        name: name.to_string(),
        ..Default::default()
    }
}

fn undelete_campaign() -> v1::UndeleteCampaignRequest {
    v1::UndeleteCampaignRequest {
        name: CAMPAIGN.to_string(),
        ..Default::default()
    }
}

#[tokio::test]
async fn what_comes_back_brings_along_what_was_deleted_with_it_and_bids_again() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = AdId(harness.usual().await.number);
    harness.ads().create_ad(new_ad("other")).await.unwrap();
    let pause = v1::PauseAdRequest {
        name: AD.to_string(),
        ..Default::default()
    };
    harness.ads().pause_ad(pause).await.unwrap();
    let delete = v1::DeleteAdRequest {
        name: OTHER_AD.to_string(),
        ..Default::default()
    };
    harness.ads().delete_ad(delete).await.unwrap();
    harness.clock.advance(Span::hours(1));
    let delete = v1::DeleteCampaignRequest {
        name: CAMPAIGN.to_string(),
        force: true,
        ..Default::default()
    };
    harness.campaigns().delete_campaign(delete).await.unwrap();
    let gone = |harness: &Harness| harness.book.version() > 0 && harness.book.slot(ad).is_none();
    harness.updated("the ad is gone", gone).await;

    let orphan = harness.ads().undelete_ad(undelete_ad(AD)).await;
    refused(orphan, Code::FailedPrecondition, "DELETED");
    let rehearsal = v1::UndeleteCampaignRequest {
        validate_only: true,
        ..undelete_campaign()
    };
    let shown = harness.campaigns().undelete_campaign(rehearsal).await;
    assert_eq!(shown.unwrap().into_inner().state(), v1::State::Active);
    let mut campaigns = harness.campaigns();
    let back = campaigns.undelete_campaign(undelete_campaign()).await;
    assert_eq!(back.unwrap().into_inner().etag, "v3");
    let again = campaigns.undelete_campaign(undelete_campaign()).await;
    refused(again, Code::AlreadyExists, "NOT_DELETED");

    let there = |harness: &Harness| harness.book.slot(ad).is_some();
    harness.updated("the ad is back", there).await;
    let list = v1::ListAdsRequest {
        parent: CAMPAIGN.to_string(),
        ..Default::default()
    };
    let ads = harness.ads().list_ads(list).await.unwrap().into_inner().ads;
    // The other was deleted for itself, an hour before.
    let told: Vec<_> = ads
        .iter()
        .map(|ad| (ad.name.as_str(), ad.state()))
        .collect();
    assert_eq!(told, [(AD, v1::State::Paused)]);
    let other = harness.ads().undelete_ad(undelete_ad(OTHER_AD)).await;
    assert_eq!(other.unwrap().into_inner().state(), v1::State::Active);
}

#[tokio::test]
async fn what_comes_back_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let delete = v1::DeleteCreativeRequest {
        name: CREATIVE.to_string(),
        ..Default::default()
    };
    let mut creatives = harness.creatives();
    creatives.delete_creative(delete).await.unwrap();
    let undelete = v1::UndeleteCreativeRequest {
        name: CREATIVE.to_string(),
        ..Default::default()
    };
    creatives.undelete_creative(undelete).await.unwrap();
    harness.control.shutdown().await;
    drop(harness.writer);

    let harness = Harness::start(directory.path()).await;
    let get = v1::GetCreativeRequest {
        name: CREATIVE.to_string(),
    };
    let kept = harness.creatives().get_creative(get).await.unwrap();
    assert_eq!(kept.into_inner().state(), v1::State::Active);
}

fn rename(name: &str, to: &str) -> v1::UpdateCampaignRequest {
    v1::UpdateCampaignRequest {
        campaign: Some(v1::Campaign {
            name: name.to_string(),
            display_name: to.to_string(),
            ..Default::default()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["display_name".to_string()],
        }),
        ..Default::default()
    }
}

fn batch(requests: Vec<v1::UpdateCampaignRequest>) -> v1::BatchUpdateCampaignsRequest {
    v1::BatchUpdateCampaignsRequest {
        parent: "advertisers/acme".to_string(),
        requests,
        ..Default::default()
    }
}

const AUTUMN: &str = "advertisers/acme/campaigns/autumn";

async fn names(harness: &Harness) -> Vec<String> {
    let list = v1::ListCampaignsRequest {
        parent: "advertisers/-".to_string(),
        ..Default::default()
    };
    let list = harness.campaigns().list_campaigns(list).await.unwrap();
    let campaigns = list.into_inner().campaigns.into_iter();
    campaigns.map(|campaign| campaign.display_name).collect()
}

#[tokio::test]
async fn a_batch_holds_whole_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut campaigns = harness.campaigns();
    campaigns
        .create_campaign(new_campaign("autumn"))
        .await
        .unwrap();

    let mut check = async |request: v1::BatchUpdateCampaignsRequest, field: &str| {
        let told = campaigns.batch_update_campaigns(request).await;
        let told = refused(told, Code::InvalidArgument, "INVALID_FIELDS");
        assert_eq!(fields(told), [field]);
    };
    let fine = || rename(CAMPAIGN, "Easter");
    check(batch(vec![]), "requests").await;
    check(batch(vec![fine(); 101]), "requests").await;
    let empty = rename(AUTUMN, "");
    check(
        batch(vec![fine(), empty]),
        "requests[1].campaign.display_name",
    )
    .await;
    check(batch(vec![fine(), fine()]), "requests[1].campaign.name").await;
    let own = v1::UpdateCampaignRequest {
        validate_only: true,
        ..fine()
    };
    check(batch(vec![own]), "requests[0].request_id").await;
    let stale = v1::UpdateCampaignRequest {
        campaign: Some(v1::Campaign {
            etag: "v7".to_string(),
            ..rename(AUTUMN, "x").campaign.unwrap()
        }),
        ..rename(AUTUMN, "x")
    };
    let told = campaigns
        .batch_update_campaigns(batch(vec![fine(), stale]))
        .await;
    let (_, details) = refused(told, Code::Aborted, "ETAG_MISMATCH");
    assert_eq!(details.info.unwrap().metadata["request"], "requests[1]");
    assert_eq!(names(&harness).await, ["Spring", "Spring"]);

    let both = v1::BatchUpdateCampaignsRequest {
        request_id: ID.to_string(),
        ..batch(vec![rename(AUTUMN, "Harvest"), fine()])
    };
    let done = campaigns.batch_update_campaigns(both.clone()).await;
    let done = done.unwrap().into_inner();
    let told: Vec<_> = done.campaigns.iter().map(|one| &one.display_name).collect();
    assert_eq!(told, ["Harvest", "Easter"]);
    assert_eq!(names(&harness).await, ["Easter", "Harvest"]);
    let again = campaigns.batch_update_campaigns(both).await.unwrap();
    assert_eq!(again.into_inner(), done);
}
