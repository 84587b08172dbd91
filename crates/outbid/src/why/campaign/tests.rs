//! What is concluded of what was found.

use auction::reason::NoBidReason;

use super::*;
use v1::ServingStatusReason as Reason;

fn findings(reasons: &[Reason], bids: i64, wins: i64, impressions: i64) -> Findings {
    let campaign = v1::Campaign {
        name: "advertisers/acme/campaigns/spring".to_string(),
        currency_code: "USD".to_string(),
        serving_status: match reasons {
            [] => v1::ServingStatus::Eligible as i32,
            _ => v1::ServingStatus::NotServing as i32,
        },
        serving_status_reasons: reasons.iter().map(|reason| *reason as i32).collect(),
        ..v1::Campaign::default()
    };
    let ad = v1::Ad {
        name: "advertisers/acme/campaigns/spring/ads/mpu".to_string(),
        currency_code: "USD".to_string(),
        serving_status: campaign.serving_status,
        ..v1::Ad::default()
    };
    let metrics = v1::Metrics {
        bids,
        wins,
        impressions,
        ..v1::Metrics::default()
    };
    Findings {
        about: Resource::from(campaign),
        ads: vec![(ad, metrics)],
        funnel: v1::ListNoBidReasonsResponse::default(),
        pacing: None,
    }
}

fn refusal(reason: NoBidReason, count: i64) -> v1::Refusal {
    v1::Refusal {
        reason: Some(v1::NoBidReason {
            code: reason.name().to_string(),
            step: reason.step().name().to_string(),
            sentence: reason.sentence().to_string(),
            nbr: 0,
        }),
        count,
    }
}

fn limited(reason: Reason, refusals: Vec<v1::Refusal>) -> Findings {
    let mut limited = findings(&[reason], 5, 1, 1);
    if let Resource::Campaign(campaign) = &mut limited.about {
        campaign.serving_status = v1::ServingStatus::Limited as i32;
    }
    limited.funnel.refusals = refusals;
    limited
}

#[test]
fn reasons_are_told_most_often_first() {
    let mut findings = findings(&[], 0, 0, 0);
    assert_eq!(findings.refusals(), "");
    findings.funnel.refusals = vec![refusal(NoBidReason::Geo, 3), refusal(NoBidReason::Os, 40)];
    findings.funnel.start_time = "2026-11-20T08:00:00Z".parse().ok();
    let told = findings.refusals();
    let place = |part: &str| told.find(part).unwrap();
    assert!(told.starts_with("\nWhy its ads did not bid, since 2026-11-20T08:00:00Z, counted"));
    assert!(
        place("  40  targeting  os") < place("   3  targeting  geo"),
        "{told}"
    );
}

#[test]
fn the_verdict_follows_the_order_in_which_a_manager_checks() {
    let check = |findings: Findings, verdict: &str, next: &str| {
        let told = findings.verdict();
        assert!(told.contains(verdict), "{told}");
        assert_eq!(findings.next(), next);
    };
    check(
        findings(&[Reason::CampaignPaused, Reason::NoAds], 9, 9, 9),
        "It cannot bid: campaign paused. To do: resume the campaign.",
        "outbid resume acme/spring",
    );
    let request = "outbid why -f request.json";
    check(findings(&[], 0, 0, 0), "no bid request came", request);
    let report = "outbid report --in acme/spring --by ad,hour --since 24h";
    check(findings(&[], 10, 0, 0), "It bids and does not win", report);
    check(findings(&[], 10, 5, 0), "nothing was billed", report);
    let serves = "It serves: 50.00% of its bids win.";
    check(findings(&[], 10, 5, 4), serves, report);
}

#[test]
fn the_verdict_is_the_top_of_the_table_and_what_to_do_about_that() {
    use NoBidReason as No;
    let mut silent = findings(&[], 0, 0, 0);
    silent.funnel.refusals = vec![refusal(No::Geo, 740), refusal(No::OutbidByOurs, 760)];
    let told = silent.verdict();
    let expect = "It may bid and did not in the last 24 hours: 760 of 1,500 times the impression went to another ad \
                  of yours. To do: raise its goal";
    assert!(told.starts_with(expect), "{told}");
    // It bid today, and has stopped.
    let mut stopped = findings(&[], 10, 5, 5);
    stopped.funnel.refusals = vec![refusal(No::Floor, 1_000)];
    stopped.funnel.start_time = "2026-11-20T08:00:00Z".parse().ok();
    let told = stopped.verdict();
    let expect = "did not since 2026-11-20T08:00:00Z: 1,000 of 1,000 times: The ad's price is below the floor (floor)";
    assert!(told.contains(expect), "{told}");
}

#[test]
fn what_is_limited_may_bid_and_is_told_what_limits_it() {
    use NoBidReason as No;
    let refusals = vec![
        refusal(No::Floor, 9_000),
        refusal(No::Deal, 700),
        refusal(No::Geo, 300),
    ];
    let narrow = limited(Reason::TargetingTooNarrow, refusals);
    assert_eq!(
        narrow.verdict(),
        "It may bid, and buys little: targeting too narrow; 700 of 10,000 times: None of the deals that the ad asks \
         for (deal). To do: ask the seller whether the deal is sent, target more deals, or none, to buy on the open \
         market too."
    );
    let page = narrow.page();
    assert!(
        page.contains("limited by  targeting too narrow: ask the seller"),
        "{page}"
    );
    let quiet = limited(Reason::NoTraffic, Vec::new()).verdict();
    assert!(
        quiet.starts_with("It may bid, and buys little: no traffic. To do: ask whether"),
        "{quiet}"
    );
}

#[test]
fn a_campaign_that_serves_is_held_against_its_plan() {
    let mut behind = findings(&[], 100, 82, 82);
    let window = v1::PacingWindow {
        spend_micros: 120_000,
        ideal_micros: 40_000_000,
        budget_micros: 100_000_000,
        end_time: "2026-11-22T00:00:00Z".parse().ok(),
        ..v1::PacingWindow::default()
    };
    behind.pacing = Some(v1::CampaignPacing {
        currency_code: "USD".to_string(),
        day: Some(window),
        summary: "there is more money than it spends".to_string(),
        ..v1::CampaignPacing::default()
    });
    behind.funnel.bid_count = 20;
    behind.funnel.refusals = vec![refusal(NoBidReason::Geo, 980)];
    assert_eq!(
        behind.verdict(),
        "It serves: 82.00% of its bids win. It has spent 0.3 % of what its plan has by now (0.12 USD of 40.00 USD): \
         there is more money than it spends. Most often it did not bid: 980 of 1,000 times: The place is not one that \
         the ad wants (geo). To do: target more places (targeting.countries, regions, cities)."
    );
    insta::assert_snapshot!("a_campaign_behind_its_plan", behind.page());
    if let Some(window) = behind.pacing.as_mut().and_then(|it| it.day.as_mut()) {
        window.spend_micros = 39_000_000;
    }
    let told = behind.verdict();
    assert!(
        told.ends_with("97.5 % of what its plan has by now (39.00 USD of 40.00 USD): there is more money than it spends."),
        "{told}"
    );
}
