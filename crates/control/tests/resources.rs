//! The standard methods, through a real server and a real store.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use harness::*;
use prost_types::FieldMask;
use tonic::Code;

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask {
        paths: paths.iter().map(|path| path.to_string()).collect(),
    })
}

fn get(name: &str) -> v1::GetCampaignRequest {
    v1::GetCampaignRequest {
        name: name.to_string(),
    }
}

fn delete(name: &str, force: bool) -> v1::DeleteCampaignRequest {
    v1::DeleteCampaignRequest {
        name: name.to_string(),
        force,
        ..Default::default()
    }
}

fn pause(name: &str) -> v1::PauseCampaignRequest {
    v1::PauseCampaignRequest {
        name: name.to_string(),
        ..Default::default()
    }
}

#[tokio::test]
async fn what_is_created_reads_back_with_what_only_we_say() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await;
    assert_eq!(ad.name, AD);
    assert_eq!((ad.state(), ad.etag.as_str()), (v1::State::Active, "v1"));
    assert_eq!(ad.currency_code, "USD");
    assert_eq!(ad.serving_status(), v1::ServingStatus::Eligible);
    assert!(ad.number > 0 && ad.create_time.is_some());

    let campaign = harness
        .campaigns()
        .get_campaign(get(CAMPAIGN))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(campaign.budget.unwrap().daily_micros, Some(100_000_000));
    assert_eq!(campaign.spend.unwrap().total_nanos, 0);
    let creative = v1::GetCreativeRequest {
        name: CREATIVE.to_string(),
    };
    let creative = harness
        .creatives()
        .get_creative(creative)
        .await
        .unwrap()
        .into_inner();
    assert!(matches!(
        creative.material,
        Some(v1::creative::Material::Banner(_))
    ));
    let ad_again = v1::GetAdRequest {
        name: AD.to_string(),
    };
    assert_eq!(
        harness.ads().get_ad(ad_again).await.unwrap().into_inner(),
        ad
    );
}

#[tokio::test]
async fn each_error_says_what_is_wrong_and_why() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut campaigns = harness.campaigns();

    let missing = campaigns
        .get_campaign(get("advertisers/acme/campaigns/autumn"))
        .await;
    refused(missing, Code::NotFound, "NOT_FOUND");
    let wrong = campaigns.get_campaign(get("campaigns/Spring")).await;
    assert_eq!(
        fields(refused(wrong, Code::InvalidArgument, "INVALID_FIELDS")),
        ["name"]
    );
    let again = campaigns.create_campaign(new_campaign("spring")).await;
    refused(again, Code::AlreadyExists, "ALREADY_EXISTS");

    let nobody = v1::CreateCampaignRequest {
        parent: "advertisers/nobody".to_string(),
        ..new_campaign("x")
    };
    refused(
        campaigns.create_campaign(nobody).await,
        Code::NotFound,
        "NOT_FOUND",
    );
    let nowhere = v1::ListCampaignsRequest {
        parent: "advertisers/nobody".to_string(),
        ..Default::default()
    };
    refused(
        campaigns.list_campaigns(nowhere).await,
        Code::NotFound,
        "NOT_FOUND",
    );
    let empty = v1::CreateCampaignRequest {
        campaign: None,
        ..new_campaign("x")
    };
    let told = refused(
        campaigns.create_campaign(empty).await,
        Code::InvalidArgument,
        "INVALID_FIELDS",
    );
    assert_eq!(fields(told), ["campaign"]);
    let told = refused(
        campaigns.create_campaign(new_campaign("Not An Id")).await,
        Code::InvalidArgument,
        "INVALID_FIELDS",
    );
    assert_eq!(fields(told), ["campaign_id"]);
    refused(
        campaigns.delete_campaign(delete(CAMPAIGN, false)).await,
        Code::FailedPrecondition,
        "HAS_CHILDREN",
    );
}

#[tokio::test]
async fn everything_that_is_wrong_with_an_ad_is_told_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let other = v1::CreateAdvertiserRequest {
        ..new_advertiser("other")
    };
    harness
        .advertisers()
        .create_advertiser(other)
        .await
        .unwrap();
    let ad = v1::Ad {
        display_name: " ".to_string(),
        goal: Some(v1::Goal {
            worth: Some(v1::goal::Worth::ClickMicros(-5)),
        }),
        frequency_caps: vec![v1::FrequencyCap::default()],
        targeting: Some(v1::Targeting {
            countries: Some(v1::TextTargeting {
                include: vec!["XX".to_string()],
                exclude: vec![],
            }),
            ..Default::default()
        }),
        creatives: vec![
            "advertisers/acme/creatives/none".to_string(),
            "advertisers/other/creatives/banner".to_string(),
        ],
        ..Default::default()
    };
    let request = v1::CreateAdRequest {
        ad: Some(ad),
        ..new_ad("second")
    };
    let told = refused(
        harness.ads().create_ad(request).await,
        Code::InvalidArgument,
        "INVALID_FIELDS",
    );
    let mut told = fields(told);
    told.sort();
    assert_eq!(
        told,
        [
            "ad.creatives[0]",
            "ad.creatives[1]",
            "ad.display_name",
            "ad.frequency_caps[0].impressions",
            "ad.frequency_caps[0].period",
            "ad.goal.click_micros",
            "ad.max_bid_cpm_micros",
            "ad.targeting.countries.include[0]",
        ]
    );
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness
        .advertisers()
        .create_advertiser(new_advertiser("acme"))
        .await
        .unwrap();
    harness
        .advertisers()
        .create_advertiser(new_advertiser("zeta"))
        .await
        .unwrap();
    let mut campaigns = harness.campaigns();
    for id in ["a", "b", "c", "d", "e"] {
        campaigns.create_campaign(new_campaign(id)).await.unwrap();
    }
    let elsewhere = v1::CreateCampaignRequest {
        parent: "advertisers/zeta".to_string(),
        ..new_campaign("z")
    };
    campaigns.create_campaign(elsewhere).await.unwrap();

    let mut request = v1::ListCampaignsRequest {
        parent: "advertisers/acme".to_string(),
        page_size: 2,
        ..Default::default()
    };
    let mut pages = Vec::new();
    loop {
        let page = campaigns
            .list_campaigns(request.clone())
            .await
            .unwrap()
            .into_inner();
        pages.push(page.campaigns.len());
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(pages, [2, 2, 1]);

    let other = v1::ListCampaignsRequest {
        parent: "advertisers/zeta".to_string(),
        ..request.clone()
    };
    let told = refused(
        campaigns.list_campaigns(other).await,
        Code::InvalidArgument,
        "INVALID_FIELDS",
    );
    assert_eq!(fields(told), ["page_token"]);
    let less = v1::ListCampaignsRequest {
        page_size: -1,
        page_token: String::new(),
        ..request
    };
    let told = refused(
        campaigns.list_campaigns(less).await,
        Code::InvalidArgument,
        "INVALID_FIELDS",
    );
    assert_eq!(fields(told), ["page_size"]);
    let all = v1::ListCampaignsRequest {
        parent: "advertisers/-".to_string(),
        ..Default::default()
    };
    assert_eq!(
        campaigns
            .list_campaigns(all)
            .await
            .unwrap()
            .into_inner()
            .campaigns
            .len(),
        6
    );
}

#[tokio::test]
async fn what_is_deleted_is_kept_for_its_reports_and_changes_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut campaigns = harness.campaigns();
    let gone = campaigns
        .delete_campaign(delete(CAMPAIGN, true))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(gone.state(), v1::State::Deleted);
    assert_eq!(gone.serving_status(), v1::ServingStatus::Deleted);
    let ad = v1::GetAdRequest {
        name: AD.to_string(),
    };
    assert_eq!(
        harness.ads().get_ad(ad).await.unwrap().into_inner().state(),
        v1::State::Deleted
    );

    refused(
        campaigns.pause_campaign(pause(CAMPAIGN)).await,
        Code::FailedPrecondition,
        "DELETED",
    );
    refused(
        campaigns.create_campaign(new_campaign("spring")).await,
        Code::AlreadyExists,
        "ALREADY_EXISTS",
    );
    refused(
        harness.ads().create_ad(new_ad("another")).await,
        Code::FailedPrecondition,
        "DELETED",
    );
    let list = |show_deleted| v1::ListCampaignsRequest {
        parent: "advertisers/acme".to_string(),
        show_deleted,
        ..Default::default()
    };
    let hidden = campaigns
        .list_campaigns(list(false))
        .await
        .unwrap()
        .into_inner();
    let shown = campaigns
        .list_campaigns(list(true))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((hidden.campaigns.len(), shown.campaigns.len()), (0, 1));
}

#[tokio::test]
async fn an_id_is_made_up_where_none_is_given() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let mut advertisers = harness.advertisers();
    let one = advertisers
        .create_advertiser(new_advertiser(""))
        .await
        .unwrap()
        .into_inner();
    let two = advertisers
        .create_advertiser(new_advertiser(""))
        .await
        .unwrap()
        .into_inner();
    assert!(
        one.name.starts_with("advertisers/advertiser-") && one.name != two.name,
        "{one:?} {two:?}"
    );
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await;
    harness
        .campaigns()
        .pause_campaign(pause(CAMPAIGN))
        .await
        .unwrap();
    harness.control.shutdown().await;
    drop(harness.writer);

    let mut harness = Harness::start(directory.path()).await;
    let name = v1::GetAdRequest {
        name: AD.to_string(),
    };
    let again = harness.ads().get_ad(name).await.unwrap().into_inner();
    assert_eq!(
        again.serving_status_reasons().collect::<Vec<_>>(),
        [v1::ServingStatusReason::CampaignPaused]
    );
    assert_eq!((again.number, again.etag), (ad.number, ad.etag));
    harness
        .updated("the book holds the ad", |harness| {
            harness.book.offers().len() == 1
        })
        .await;
}

#[tokio::test]
async fn the_serving_status_says_why_in_the_order_in_which_a_manager_checks() {
    use v1::ServingStatusReason as Reason;
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut campaigns = harness.campaigns();
    campaigns.pause_campaign(pause(CAMPAIGN)).await.unwrap();
    let past = v1::Flight {
        start_time: None,
        end_time: Some(prost_types::Timestamp {
            seconds: 1_700_000_000,
            nanos: 0,
        }),
    };
    let update = v1::UpdateAdRequest {
        ad: Some(v1::Ad {
            name: AD.to_string(),
            flight: Some(past),
            budget: Some(v1::Budget {
                lifetime_micros: None,
                daily_micros: Some(0),
            }),
            ..Default::default()
        }),
        update_mask: mask(&["flight", "budget", "creatives"]),
        ..Default::default()
    };
    let ad = harness.ads().update_ad(update).await.unwrap().into_inner();
    let why: Vec<Reason> = ad.serving_status_reasons().collect();
    let expect = [
        Reason::CampaignPaused,
        Reason::FlightEnded,
        Reason::DailyBudgetSpent,
        Reason::NoCreatives,
    ];
    assert_eq!(why, expect);
    assert_eq!(ad.serving_status(), v1::ServingStatus::Ended);
    let campaign = campaigns
        .get_campaign(get(CAMPAIGN))
        .await
        .unwrap()
        .into_inner();
    let why: Vec<Reason> = campaign.serving_status_reasons().collect();
    assert_eq!(why, [Reason::CampaignPaused]);
}
