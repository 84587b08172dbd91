use super::*;

#[test]
fn a_campaign_tells_why_it_does_not_serve_and_what_to_do() {
    let campaign = Resource::from(v1::Campaign {
        name: "advertisers/acme/campaigns/spring".to_string(),
        number: 7,
        display_name: "Spring".to_string(),
        state: v1::State::Paused as i32,
        currency_code: "USD".to_string(),
        budget: Some(v1::Budget {
            daily_micros: Some(500_000_000),
            lifetime_micros: None,
        }),
        frequency_caps: vec![v1::FrequencyCap {
            impressions: 3,
            period: "86400s".parse().ok(),
        }],
        spend: Some(v1::Spend {
            today_nanos: 12_300_000_000,
            total_nanos: 99_000_000_000,
            house_loss_nanos: 1,
            ..v1::Spend::default()
        }),
        serving_status: v1::ServingStatus::NotServing as i32,
        serving_status_reasons: vec![
            v1::ServingStatusReason::CampaignPaused as i32,
            v1::ServingStatusReason::NoEligibleAds as i32,
        ],
        update_time: "2026-11-20T08:00:00.5Z".parse().ok(),
        ..v1::Campaign::default()
    });
    let ad = Resource::Ad(Box::new(v1::Ad {
        name: "advertisers/acme/campaigns/spring/ads/mpu".to_string(),
        currency_code: "USD".to_string(),
        serving_status: v1::ServingStatus::NotServing as i32,
        ..v1::Ad::default()
    }));
    assert_eq!(
        page(&campaign, &[ad]),
        "Name        advertisers/acme/campaigns/spring
Title       Spring
Status      not serving (campaign paused)
Why not     campaign paused: resume the campaign
            no eligible ads: describe its ads: each tells its own reason
Today       12.30 USD of 500.00 USD
Lifetime    99.00 USD, unlimited
Held        0.00 USD for bids whose outcome is open
House loss  0.000000001 USD, not charged
Frequency   3 to one user in 1d
Number      7
Changed     2026-11-20T08:00:00Z

Ads
  NAME             STATUS          TOTAL
  acme/spring/mpu  not serving  0.00 USD
"
    );
    assert_eq!(next(&campaign), ["outbid resume acme/spring"]);
}

#[test]
fn an_ad_tells_what_it_wants() {
    let ad = Resource::Ad(Box::new(v1::Ad {
        name: "advertisers/acme/campaigns/spring/ads/mpu".to_string(),
        display_name: "MPU".to_string(),
        currency_code: "EUR".to_string(),
        goal: Some(v1::Goal {
            worth: Some(v1::goal::Worth::ClickMicros(500_000)),
        }),
        max_bid_cpm_micros: 2_500_000,
        targeting: Some(v1::Targeting {
            countries: Some(v1::TextTargeting {
                include: vec!["DE".to_string()],
                exclude: Vec::new(),
            }),
            ..v1::Targeting::default()
        }),
        creatives: vec!["advertisers/acme/creatives/hero".to_string()],
        serving_status: v1::ServingStatus::Eligible as i32,
        ..v1::Ad::default()
    }));
    assert_eq!(
        page(&ad, &[]),
        "Name       advertisers/acme/campaigns/spring/ads/mpu
Title      MPU
Status     eligible
Goal       0.50 EUR a click
Max bid    2.50 EUR CPM
Delivery   even
Today      0.00 EUR, unlimited
Lifetime   0.00 EUR, unlimited
Held       0.00 EUR for bids whose outcome is open
Targeting  countries: DE
Creatives  acme/hero
Number     0
"
    );
}

#[test]
fn an_unknown_kind_suggests_one() {
    let failure = read_kind("campagns").unwrap_err();
    assert_eq!(
        failure.to_string(),
        "\"campagns\" is no kind\nhint: did you mean campaigns?"
    );
    assert_eq!(read_kind("Campaign"), Ok(Kind::Campaign));
}
