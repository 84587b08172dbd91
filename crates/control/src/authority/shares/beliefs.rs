//! What is believed of the ads of a campaign, and by what they bid.

use campaign::ad::{Ad, Goal};
use campaign::estimate::Estimate;
use campaign::id::CampaignId;
use campaign::time::{Span, Timestamp};
use learning::bandit;
use learning::rates::{CLICK, CONVERSION, Evidence, Prior, Rates};
use pacing::account::Level;

use super::Shares;
use crate::authority::Authority;
use crate::catalog::Placed;

/// For how long an ad of which little is known is taken to be as good as one draw says.
const DRAW: Span = Span::minutes(1);

/// What is believed of one ad.
pub(super) struct Belief {
    /// By which it bids: of an ad of which little is known, a draw.
    pub rates: Rates,
    /// Whether the draw is higher than what is believed.
    pub is_tried: bool,
    /// What an impression is worth.
    pub worth: Estimate,
}

impl Authority {
    /// What is believed of each of a campaign's ads: what was seen of it, shrunk to what was seen of the others. One of
    /// which little is known is taken to be as good as a draw from its belief.
    pub(super) fn beliefs(
        &self,
        campaign: CampaignId,
        ads: &[Placed<'_>],
        shares: &Shares,
        now: Timestamp,
    ) -> Vec<Belief> {
        let evidence = |trials: u64, successes: u64| Evidence {
            trials: trials as f64,
            successes: successes as f64,
        };
        let counts: Vec<_> = ads
            .iter()
            .map(|placed| self.learned.counts(placed.ad.id))
            .collect();
        let clicks: Vec<Evidence> = counts
            .iter()
            .map(|it| evidence(it.impressions, it.clicks))
            .collect();
        // A young click is not yet a click that does not convert, and a silent tracker tells nothing of any.
        let heard = |placed: &Placed<'_>| self.conversions.evidence(campaign, placed.ad.id, now);
        let conversions: Vec<Evidence> = ads
            .iter()
            .zip(&counts)
            .map(|(placed, it)| {
                heard(placed).unwrap_or_else(|| evidence(it.clicks, it.conversions))
            })
            .collect();
        let (click, conversion): (Prior, Prior) = (
            CLICK.of_members(&clicks),
            CONVERSION.of_members(&conversions),
        );
        let minute = u64::try_from(now.0 / DRAW.0).unwrap_or(0);
        let each = ads.iter().zip(&counts).zip(clicks.iter().zip(&conversions));
        let each = each.map(|((placed, counts), (clicks, conversions))| {
            let (clicks, conversions) =
                (click.posterior(*clicks), conversion.posterior(*conversions));
            let rate = if shares.is_new(Level::Ad(placed.ad.id)) {
                let throw = bandit::throw(campaign.0, placed.ad.id, minute);
                bandit::optimistic(&clicks, throw)
            } else {
                clicks.mean()
            };
            Belief {
                rates: Rates {
                    win: counts.rates().win,
                    click: rate,
                    conversion: conversions.mean(),
                },
                is_tried: rate > clicks.mean(),
                worth: worth(placed.ad, clicks.estimate(), conversions.estimate()),
            }
        });
        each.collect()
    }

    /// What an ad is taken to do.
    pub(in crate::authority) fn rates_of(&self, placed: &Placed<'_>) -> Rates {
        if let Some(rates) = self.sharing.rates(placed) {
            return rates;
        }
        let rates = self.learned.counts(placed.ad.id).rates();
        let (campaign, now) = (placed.campaign.id, self.clock.now());
        let heard = self.conversions.evidence(campaign, placed.ad.id, now);
        Rates {
            conversion: heard.map_or(rates.conversion, |it| CONVERSION.posterior(it).mean()),
            ..rates
        }
    }
}

/// What an impression of an ad is believed to be worth, in smallest units.
fn worth(ad: &Ad, click: Estimate, conversion: Estimate) -> Estimate {
    match ad.goal {
        Goal::FixedCpm(cpm) => Estimate::exactly(cpm.0 as f64),
        Goal::Click(worth) => click.scaled(worth.nanos() as f64),
        Goal::Conversion(worth) => click.times(conversion).scaled(worth.nanos() as f64),
    }
}
