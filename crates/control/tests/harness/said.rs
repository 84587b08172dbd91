//! What a bidder says that is asked: what it decided of late, and why it would not bid.

use std::sync::Arc;

use auction::explain::{AdFate, Explanation, ImpressionFunnel, Outcome};
use auction::reason::NoBidReason;
use auction::sample::{ExchangeFunnel, Sample, Samples};
use campaign::id::{AdId, CampaignId, CreativeId, ExchangeId, ExperimentId};
use campaign::money::{Cpm, Currency};
use campaign::time::Timestamp;
use control::seams::{ExplainError, Explainer, Sampled};

use super::{NOON, PLANTED};

/// A bidder that had ten requests of its only exchange, and decided two of them again.
pub fn sampled() -> Sampled {
    let at = Timestamp::parse(NOON).unwrap();
    let request = |floor: f64| {
        let banner = r#"{"format":[{"w":300,"h":250}]}"#;
        let device = r#"{"devicetype":2,"geo":{"country":"DEU"}}"#;
        format!(
            r#"{{"id":"r","imp":[{{"id":"1","banner":{banner},"bidfloor":{floor},"secure":1}}],
            "site":{{"domain":"news.example"}},"device":{device},"at":1,"cur":["USD"]}}"#
        )
    };
    let sample = |stands_for, floor| Sample {
        at,
        exchange: ExchangeId(1),
        stands_for,
        request: request(floor).into_bytes(),
        user: None,
        outcome: Err(NoBidReason::Floor),
        refusals: vec![(NoBidReason::Geo, 1), (NoBidReason::Floor, 1)],
        // The ad of [`Harness::usual`].
        nearest_miss: Some((AdId(PLANTED + 4), NoBidReason::Floor)),
    };
    let refusals = [(NoBidReason::Geo, 10), (NoBidReason::Floor, 10)];
    let funnel = ExchangeFunnel {
        sampled: 2,
        requests: 10,
        refusals: refusals.into_iter().collect(),
    };
    let samples = Samples {
        since: at,
        exchanges: [(ExchangeId(1), funnel)].into_iter().collect(),
        // Of the experiment that a test makes after [`Harness::usual`].
        users: [(ExperimentId(PLANTED + 5), vec![600, 1_400])]
            .into_iter()
            .collect(),
        latest: vec![Arc::new(sample(4, 0.5)), Arc::new(sample(6, 9.0))],
    };
    Arc::new(move || samples.clone())
}

/// Explains every request as one that nobody considered; a request named `broken` cannot be read.
pub fn explainer() -> Explainer {
    Arc::new(|request| {
        Box::pin(async move {
            match (request.exchange.as_str(), request.body.as_slice()) {
                ("demo", b"broken") => Err(ExplainError::Unreadable("no object".to_string())),
                ("demo", _) => Ok(explanation()),
                (other, _) => Err(ExplainError::UnknownExchange(other.to_string())),
            }
        })
    })
}

/// What the explainer says: the ad of [`Harness::usual`] would bid with its creative.
fn explanation() -> Explanation {
    let fate = |outcome| AdFate {
        ad: AdId(PLANTED + 4),
        ad_name: "Medium rectangle".to_string(),
        campaign: CampaignId(PLANTED + 2),
        outcome,
        detail: "so it is".to_string(),
    };
    let price = Cpm(1_500_000);
    let bid = Outcome::Bid {
        price,
        currency: Currency::USD,
        creative: CreativeId(PLANTED + 3),
    };
    Explanation {
        request_id: "r".to_string(),
        refused: None,
        privacy: "contextual only".to_string(),
        impressions: vec![ImpressionFunnel {
            imp_id: "1".to_string(),
            refused: None,
            understood: "banner 300x250".to_string(),
            considered: 2,
            refusals: vec![(NoBidReason::Geo, 1)],
            ads: vec![fate(bid)],
            nearest_miss: Some(fate(Outcome::Refused(NoBidReason::Geo))),
        }],
    }
}
