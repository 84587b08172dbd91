//! What a person can do about each reason for which an ad did not bid.

use api::v1;
use api::v1::ServingStatusReason as Reason;
use auction::reason::{NoBidReason, Step};

/// What can be done where this is the reason that is met most often. Nothing where the server knows a reason that this
/// command line does not.
pub fn by_code(code: &str) -> Option<&'static str> {
    NoBidReason::parse(code).map(of)
}

/// Whether a refusal is one of those that a serving status sums up under this reason.
pub fn is_part_of(reason: Reason, refusal: &v1::NoBidReason) -> bool {
    let Some(code) = NoBidReason::parse(&refusal.code) else {
        return false;
    };
    use NoBidReason as No;
    match reason {
        Reason::CreativesRefused => code.step() == Step::Ad,
        Reason::TargetingTooNarrow => code.step() == Step::Targeting,
        Reason::FrequencyCapped => matches!(code, No::UnknownUser | No::FrequencyCap),
        Reason::BidTooLow => matches!(
            code,
            No::DealFloor | No::Floor | No::NoRate | No::PriceTooLow
        ),
        Reason::OutbidByOwnAds => code == No::OutbidByOurs,
        _ => false,
    }
}

fn of(reason: NoBidReason) -> &'static str {
    use NoBidReason as No;
    match reason.step() {
        Step::Request | Step::Impression => of_a_request(reason),
        Step::Ad => of_an_ad(reason),
        Step::Targeting => of_a_targeting(reason),
        Step::Money => match reason {
            No::UnknownUser => {
                "take the frequency cap off, or buy where exchanges name their users"
            }
            No::FrequencyCap => "raise the frequency cap, or target more people",
            No::DealFloor => "bid more than the deal's floor: raise max_bid_cpm_micros or the goal",
            No::Floor => {
                "bid more than the floors (max_bid_cpm_micros, or the goal), or target where they are lower"
            }
            No::NoRate => {
                "give the currencies a rate: `outbid get rate-tables` shows those there are"
            }
            No::PriceTooLow => "raise the goal: what it asks for an impression rounds to nothing",
            No::Paced => {
                "its pacing holds it back so that the budget lasts: raise the budget, or see `outbid pacing`"
            }
            No::OutbidByOurs => {
                "raise its goal or its max_bid_cpm_micros above those of your other ads, or target what they do not: \
                 `outbid pacing` of their campaigns shows what they bid"
            }
            No::BudgetExhausted => {
                "raise the budget of the ad, its campaign or its advertiser, whichever is spent"
            }
            _ => {
                "it passes by itself: `outbid doctor` tells whether the bidder and the control process keep up"
            }
        },
    }
}

fn of_a_request(reason: NoBidReason) -> &'static str {
    use NoBidReason as No;
    match reason {
        No::BlockedInventory => {
            "take the site, app or publisher off the block list: `outbid get block-lists`"
        }
        No::ExchangePaused => "resume the exchange: `outbid get exchanges` shows which is paused",
        No::NoCommonCurrency => "give the currency a rate: `outbid get rate-tables`",
        No::OurSeatBlocked | No::DealSeatBlocked => {
            "ask the exchange or the seller to let your seat in"
        }
        No::InsufficientTime => {
            "lower the exchange's own margin, or ask the exchange for more tmax"
        }
        No::Overload => "give the bidder more cores, or send it less",
        No::NoSupportedFormat => "add creatives of the format that is asked for",
        No::PrivateAuction => "agree on a deal with the seller, and target it (targeting.deals)",
        No::DealAdvertiserBlocked => "ask the seller to take the advertiser into the deal",
        _ => "ask the exchange what it sends: `outbid tail nobids` shows such requests",
    }
}

fn of_an_ad(reason: NoBidReason) -> &'static str {
    use NoBidReason as No;
    match reason {
        No::AdvertiserPaused => "resume the advertiser",
        No::CampaignPaused => "resume the campaign",
        No::AdPaused => "resume the ad",
        No::OutsideFlight => "wait for its flight, or set other times in flight",
        No::NoCreative => "name a creative in the ad",
        No::Format => {
            "add a creative of the format that is asked for: banner, video, audio or native"
        }
        No::InterstitialSize | No::Size => "add creatives of the sizes that are asked for",
        No::Duration => "add a film or sound of another length",
        No::MimeType | No::Bitrate => "add media files of other types or bit rates",
        No::Protocol | No::Api | No::NativeAsset => {
            "add creatives that need less of the player or the page"
        }
        No::NotSecure => "serve the creative's parts by https",
        No::CreativeAttribute | No::CreativeType => {
            "add a creative without what the publishers forbid"
        }
        No::BlockedCategory | No::CategoryNotAllowed => {
            "the publishers refuse the creative's categories: correct them if they are wrong, or target others"
        }
        No::BlockedAdvertiser | No::BlockedApp => {
            "publishers, or a block list of yours, refuse the advertiser: `outbid get block-lists`, or target others"
        }
        _ => "add creatives that publishers take: `outbid tail nobids` shows what they asked for",
    }
}

fn of_a_targeting(reason: NoBidReason) -> &'static str {
    use NoBidReason as No;
    match reason {
        No::Geo => "target more places (targeting.countries, regions, cities)",
        No::Device | No::Os | No::Browser | No::Connection => {
            "target more kinds of device, system, browser or connection"
        }
        No::Language => "target more languages",
        No::DayPart => "target more hours of the week",
        No::Domain | No::Bundle | No::Publisher | No::Channel => {
            "target more sites, apps or publishers"
        }
        No::Exchange => "target more exchanges",
        No::Category | No::Keyword => "target more categories or keywords",
        No::Segment | No::Audience => {
            "target more segments or audiences, or add users to them (`outbid audience add`)"
        }
        No::Deal => {
            "ask the seller whether the deal is sent, target more deals, or none, to buy on the open market too"
        }
        No::Position
        | No::TargetedSize
        | No::TargetedFormat
        | No::VideoPlacement
        | No::VideoDuration => "target more sizes, formats, positions or placements",
        No::Age => "target more ages",
        No::ExperimentArm => "nothing, where the experiment means it: `outbid get experiments`",
        No::NoConsent => {
            "take off what needs the user's consent (audiences, segments, frequency caps), or buy where it is given"
        }
        _ => "widen its targeting",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_advice_and_a_deal_is_not_told_of_places() {
        for reason in NoBidReason::ALL {
            let advice = by_code(reason.name()).unwrap();
            assert!(advice.len() > 10, "{}: {advice}", reason.name());
        }
        assert_eq!(by_code("of another age"), None);
        let deal = by_code("deal").unwrap();
        assert!(deal.contains("deal") && !deal.contains("places"), "{deal}");
    }

    #[test]
    fn a_serving_reason_sums_up_the_refusals_of_its_step() {
        let check = |reason: Reason, code: &str, expect: bool| {
            let refusal = v1::NoBidReason {
                code: code.to_string(),
                ..v1::NoBidReason::default()
            };
            assert_eq!(is_part_of(reason, &refusal), expect, "{reason:?} {code}");
        };
        check(Reason::TargetingTooNarrow, "deal", true);
        check(Reason::TargetingTooNarrow, "floor", false);
        check(Reason::CreativesRefused, "size", true);
        check(Reason::BidTooLow, "floor", true);
        check(Reason::FrequencyCapped, "unknown_user", true);
        check(Reason::OutbidByOwnAds, "outbid_by_ours", true);
        check(Reason::NoTraffic, "geo", false);
    }
}
