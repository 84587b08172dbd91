//! Whether something runs, in words.

use api::v1::{ExperimentPhase, ServingStatus, ServingStatusReason as Reason, State};

use crate::resource::Resource;

/// In a few words, for a table: `eligible`, `not serving (campaign paused)`, `paused`.
pub fn brief(resource: &Resource) -> String {
    let (serving, reasons) = match resource {
        Resource::Campaign(campaign) => (
            campaign.serving_status(),
            reasons(&campaign.serving_status_reasons),
        ),
        Resource::Ad(ad) => (ad.serving_status(), reasons(&ad.serving_status_reasons)),
        Resource::Experiment(experiment) => {
            return phase(experiment.phase()).to_string();
        }
        _ => return state(resource.state()).to_string(),
    };
    let serving = match serving {
        ServingStatus::Unspecified => return state(resource.state()).to_string(),
        ServingStatus::Eligible => "eligible",
        ServingStatus::Pending => "pending",
        ServingStatus::NotServing => "not serving",
        ServingStatus::Ended => "ended",
        ServingStatus::Deleted => "deleted",
        ServingStatus::Limited => "limited",
    };
    match reasons.first() {
        Some(reason) => format!("{serving} ({})", words(*reason)),
        None => serving.to_string(),
    }
}

/// The reasons that are known here.
pub fn reasons(numbers: &[i32]) -> Vec<Reason> {
    numbers
        .iter()
        .filter_map(|number| Reason::try_from(*number).ok())
        .collect()
}

/// What stands in the way of a campaign or an ad, a line each, with the figures where there are any, and what a person
/// can do about it as `advice` has it.
pub fn obstacles(resource: &Resource, advice: impl Fn(Reason) -> &'static str) -> Vec<String> {
    let (numbers, details) = match resource {
        Resource::Campaign(it) => (&it.serving_status_reasons, &it.serving_status_details),
        Resource::Ad(it) => (&it.serving_status_reasons, &it.serving_status_details),
        _ => return Vec::new(),
    };
    let mut lines = Vec::new();
    for reason in reasons(numbers) {
        lines.push(format!("{}: {}", words(reason), advice(reason)));
        let figures = details.iter().filter(|detail| detail.reason() == reason);
        lines.extend(figures.map(|detail| detail.detail.clone()));
    }
    lines
}

/// What such lines are the answer to.
pub fn obstacles_title(resource: &Resource) -> &'static str {
    let serving = match resource {
        Resource::Campaign(it) => it.serving_status(),
        Resource::Ad(it) => it.serving_status(),
        _ => ServingStatus::Unspecified,
    };
    match serving {
        ServingStatus::Limited => "Limited by",
        _ => "Why not",
    }
}

/// A state in a word.
pub fn state(state: State) -> &'static str {
    match state {
        State::Unspecified => "",
        State::Active => "active",
        State::Paused => "paused",
        State::Deleted => "deleted",
    }
}

/// How far an experiment is, in a word.
pub fn phase(phase: ExperimentPhase) -> &'static str {
    match phase {
        ExperimentPhase::Unspecified => "",
        ExperimentPhase::Pending => "pending",
        ExperimentPhase::Running => "running",
        ExperimentPhase::Ended => "ended",
        ExperimentPhase::Deleted => "deleted",
    }
}

/// A reason in a few words.
pub fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::Unspecified => "unknown",
        Reason::AdvertiserPaused => "advertiser paused",
        Reason::CampaignPaused => "campaign paused",
        Reason::AdPaused => "ad paused",
        Reason::FlightNotStarted => "flight not started",
        Reason::FlightEnded => "flight ended",
        Reason::BudgetSpent => "budget spent",
        Reason::DailyBudgetSpent => "daily budget spent",
        Reason::NoAds => "no ads",
        Reason::NoCreatives => "no creatives",
        Reason::NoEligibleAds => "no eligible ads",
        Reason::CreativesRefused => "creatives refused",
        Reason::TargetingTooNarrow => "targeting too narrow",
        Reason::FrequencyCapped => "frequency capped",
        Reason::BidTooLow => "bid too low",
        Reason::NoTraffic => "no traffic",
        Reason::BreakerTripped => "spent far ahead of its plan",
        Reason::SegmentBudgetSpent => "budget segment spent",
        Reason::OutsideDayParts => "outside its day parts",
        Reason::ExchangesPaused => "exchanges paused",
        Reason::DealsPaused => "deals paused",
        Reason::OutbidByOwnAds => "outbid by other ads of ours",
    }
}

/// What a person can do about a reason.
pub fn advice(reason: Reason) -> &'static str {
    match reason {
        Reason::Unspecified => "this command line is older than the server: update it",
        Reason::AdvertiserPaused => "resume the advertiser",
        Reason::CampaignPaused => "resume the campaign",
        Reason::AdPaused => "resume the ad",
        Reason::FlightNotStarted => "wait, or set an earlier flight.start_time",
        Reason::FlightEnded => "set a later flight.end_time",
        Reason::BudgetSpent => {
            "raise the lifetime budget of the ad, its campaign or its advertiser"
        }
        Reason::DailyBudgetSpent => "it goes on tomorrow, or sooner with a higher daily budget",
        Reason::NoAds => "add an ad",
        Reason::NoCreatives => "name a creative in the ad",
        Reason::NoEligibleAds => "describe its ads: each tells its own reason",
        Reason::CreativesRefused => {
            "add creatives that fit what is asked for: `outbid why` tells what was refused"
        }
        Reason::TargetingTooNarrow => {
            "widen the targeting that says no most often: `outbid why` tells which"
        }
        Reason::FrequencyCapped => "raise the frequency cap, or target more people",
        Reason::BidTooLow => "bid more, or target where floors are lower",
        Reason::NoTraffic => "ask whether the exchange sends requests to /bid/{exchange}",
        Reason::BreakerTripped => "see `outbid pacing`, then resume it",
        Reason::SegmentBudgetSpent => "raise the segment's amount, or wait for its end",
        Reason::OutsideDayParts => "open the hour in its day parts, or wait for one that is",
        Reason::ExchangesPaused => {
            "resume one with `outbid resume exchanges/...`, or target others"
        }
        Reason::DealsPaused => "resume one with `outbid resume deals/...`, or target others",
        Reason::OutbidByOwnAds => {
            "raise what it bids, give it a least share of its campaign, or target what the others do not"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::v1;

    #[test]
    fn a_page_tells_each_reason_with_its_figures_and_what_to_do() {
        let detail = v1::ServingStatusDetail {
            reason: Reason::BidTooLow as i32,
            detail: "12 of 1,475 bids won".to_string(),
        };
        let ad = Resource::from(v1::Ad {
            serving_status: ServingStatus::Limited as i32,
            serving_status_reasons: [Reason::FrequencyCapped, Reason::BidTooLow]
                .map(|reason| reason as i32)
                .to_vec(),
            serving_status_details: vec![detail],
            ..v1::Ad::default()
        });
        assert_eq!(
            obstacles(&ad, advice),
            [
                "frequency capped: raise the frequency cap, or target more people",
                "bid too low: bid more, or target where floors are lower",
                "12 of 1,475 bids won",
            ]
        );
        assert_eq!(obstacles_title(&ad), "Limited by");
        assert_eq!(
            obstacles_title(&Resource::from(v1::Ad::default())),
            "Why not"
        );
    }

    #[test]
    fn a_table_tells_the_first_reason() {
        let check = |status: ServingStatus, reasons: &[Reason], expect: &str| {
            let campaign = Resource::from(v1::Campaign {
                state: State::Active as i32,
                serving_status: status as i32,
                serving_status_reasons: reasons.iter().map(|reason| *reason as i32).collect(),
                ..v1::Campaign::default()
            });
            assert_eq!(brief(&campaign), expect);
        };
        check(ServingStatus::Eligible, &[], "eligible");
        check(
            ServingStatus::NotServing,
            &[Reason::CampaignPaused, Reason::NoAds],
            "not serving (campaign paused)",
        );
        check(ServingStatus::Unspecified, &[], "active");
    }
}
