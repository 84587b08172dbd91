//! How the ads of a campaign share its money: by what they are believed to bring, uncertain ones tried, and every
//! move of money written down with its cause.

use std::collections::HashMap;

use auction::pricing;
use campaign::ad::{Ad, Goal, Share};
use campaign::estimate::Estimate;
use campaign::id::{AdId, CampaignId};
use campaign::money::{Currency, Money};
use campaign::time::{Span, Timestamp};
use learning::bandit;
use learning::rates::{CLICK, CONVERSION, Evidence, Prior, Rates};
use pacing::account::{Level, Window};
use pacing::reallocate::{Bounds, Group, Move as Moved, Seen, Settings, Tick};
use store::error::StoreError;
use store::pacing::Move;

use super::pot::Pot;
use super::{Authority, AuthorityError};
use crate::catalog::Placed;

/// How often shares are looked at, by the trade's clock.
const EVERY: Span = Span::seconds(10);
/// How far the logarithm of a weight moves in a minute in which an ad spent nothing of its least share: a share is to
/// be reached within the hour, also where another ad of the campaign is worth much more.
const STEP: f64 = 0.12;
/// For how long an ad of which little is known is taken to be as good as one draw says.
const DRAW: Span = Span::minutes(1);
/// Of more ads than these only the first share by belief; the others bid by what is known of them alone.
const MAX_ADS: usize = 200;

/// The ads of one campaign.
#[derive(Debug)]
pub(super) struct Shares {
    group: Group,
    looked: Timestamp,
    /// What had been charged to each ad in all.
    posted: HashMap<AdId, Money>,
    /// What each ad is taken to do.
    rates: HashMap<AdId, Rates>,
}

/// What is believed of one ad.
struct Belief {
    rates: Rates,
    worth: Estimate,
}

impl Authority {
    /// Looks at the shares of the campaigns that are due.
    pub(super) fn share_out(&mut self) {
        let now = self.clock.now();
        let campaigns: Vec<CampaignId> = self.pace.campaigns().collect();
        let is_due = |shares: &Shares| now - shares.looked >= EVERY;
        let looked: Vec<CampaignId> = campaigns
            .into_iter()
            .filter(|campaign| self.shares.get(campaign).is_none_or(is_due))
            .collect();
        self.shares
            .retain(|campaign, _| self.pace.pot_of(Level::Campaign(*campaign)).is_some());
        for campaign in looked {
            let moves = self.share_one(campaign, now);
            if moves.is_empty() {
                continue;
            }
            let kept = self.store.transaction::<_, StoreError>(|transaction| {
                moves.iter().try_for_each(|one| transaction.add_move(one))
            });
            if let Err(error) = kept {
                return self.poison(&AuthorityError::from(error));
            }
        }
    }

    fn share_one(&mut self, campaign: CampaignId, now: Timestamp) -> Vec<Move> {
        let below = self.catalog.below(campaign.0);
        let ads: Vec<Placed<'_>> = below
            .filter(|entry| !entry.is_deleted())
            .filter_map(|entry| self.catalog.placed(AdId(entry.record.id.0)))
            .filter(|placed| pricing::is_paced_by_price(placed.ad.goal))
            .take(MAX_ADS)
            .collect();
        let outlook = self
            .pace
            .pot_of(Level::Campaign(campaign))
            .and_then(Pot::outlook);
        let (Some(outlook), [first, _, ..]) = (outlook, &ads[..]) else {
            self.shares.remove(&campaign);
            return Vec::new();
        };
        let before = self.shares.remove(&campaign);
        let mut shares = before.unwrap_or_else(|| Shares {
            group: Group::new(Settings {
                step: STEP,
                ..Settings::default()
            }),
            looked: now,
            posted: ads
                .iter()
                .map(|it| (it.ad.id, self.charged_to(it.ad.id)))
                .collect(),
            rates: HashMap::new(),
        });
        shares.looked = now;
        let members: Vec<(Level, Share)> = ads
            .iter()
            .map(|placed| (Level::Ad(placed.ad.id), placed.ad.share))
            .collect();
        let members = bounds(&members);
        if let Err(error) = shares.group.set_members(&members) {
            tracing::warn!(campaign = campaign.0, %error, "its ads share without bounds");
        }
        let mut seen = Vec::new();
        for (placed, belief) in ads.iter().zip(self.beliefs(campaign, &ads, &shares, now)) {
            let ad = placed.ad.id;
            shares.rates.insert(ad, belief.rates);
            let posted = self.charged_to(ad);
            let charged = shares.posted.insert(ad, posted).unwrap_or(posted);
            if self.halted(placed, now).is_none() {
                seen.push(Seen {
                    member: Level::Ad(ad),
                    spent: posted.saturating_sub(charged).or_zero(),
                    impressions: self.learned.counts(ad).impressions,
                    worth: belief.worth,
                });
            }
        }
        let (day, left) = (first.campaign.time_zone.day(now).day, outlook.left);
        let moved = shares.group.tick(&Tick {
            now,
            day,
            left,
            seen: &seen,
        });
        let currency = first.advertiser.currency;
        let moves = moved
            .iter()
            .map(|one| self.to_keep(campaign, currency, one));
        let moves = moves.collect();
        self.shares.insert(campaign, shares);
        moves
    }

    /// A move as it is kept.
    fn to_keep(&self, campaign: CampaignId, currency: Currency, one: &Moved) -> Move {
        let ad = |level: Level| match level {
            Level::Ad(ad) => ad,
            _ => AdId(0),
        };
        let name = |level: Level| {
            let entry = self.catalog.numbered(ad(level).0);
            entry.map_or(String::new(), |entry| entry.name.id().to_string())
        };
        Move {
            campaign,
            at: one.at,
            from: ad(one.from),
            to: ad(one.to),
            amount: one.amount,
            share_ppm: (one.share * 1e6) as u32,
            why: one.sentence(currency, name),
        }
    }

    /// What is believed of each of a campaign's ads: what was seen of it, shrunk to what was seen of the others. One of
    /// which little is known is taken to be as good as a draw from its belief.
    fn beliefs(
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
        let standings = || shares.group.standings().filter(|standing| standing.new);
        let is_new = |ad: AdId| standings().any(|standing| standing.member == Level::Ad(ad));
        let minute = u64::try_from(now.0 / DRAW.0).unwrap_or(0);
        let each = ads.iter().zip(&counts).zip(clicks.iter().zip(&conversions));
        let each = each.map(|((placed, counts), (clicks, conversions))| {
            let (clicks, conversions) =
                (click.posterior(*clicks), conversion.posterior(*conversions));
            let rate = if is_new(placed.ad.id) {
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
                worth: worth(placed.ad, clicks.estimate(), conversions.estimate()),
            }
        });
        each.collect()
    }

    fn charged_to(&self, ad: AdId) -> Money {
        self.posted(Level::Ad(ad), Window::Lifetime)
    }

    /// By what an ad's bids are multiplied so that it has its share; 0 where it must not bid.
    pub(super) fn weight(&self, placed: &Placed<'_>) -> f64 {
        let shares = self.shares.get(&placed.campaign.id);
        shares.map_or(1.0, |shares| shares.group.weight(Level::Ad(placed.ad.id)))
    }

    /// What an ad is taken to do.
    pub(super) fn rates_of(&self, placed: &Placed<'_>) -> Rates {
        let shares = self.shares.get(&placed.campaign.id);
        let shared = shares
            .and_then(|shares| shares.rates.get(&placed.ad.id))
            .copied();
        shared.unwrap_or_else(|| {
            let rates = self.learned.counts(placed.ad.id).rates();
            let (campaign, now) = (placed.campaign.id, self.clock.now());
            let heard = self.conversions.evidence(campaign, placed.ad.id, now);
            Rates {
                conversion: heard.map_or(rates.conversion, |it| CONVERSION.posterior(it).mean()),
                ..rates
            }
        })
    }
}

/// The bounds of ads that are to have these shares. Where all minima together are more than the whole, or all maxima
/// less, they are lowered or raised in proportion: they could not be kept, or money would be left over.
fn bounds(shares: &[(Level, Share)]) -> Vec<(Level, Bounds)> {
    let least: f64 = shares.iter().map(|(_, share)| share.min).sum();
    let most: f64 = shares.iter().map(|(_, share)| share.max).sum();
    let lower = least.max(1.0);
    let raise = if most > 0.0 { most.min(1.0) } else { 1.0 };
    let each = shares.iter().map(|(level, share)| {
        let (min, max) = (share.min / lower, (share.max / raise).min(1.0));
        (*level, Bounds { min, max })
    });
    each.collect()
}

/// What an impression of an ad is believed to be worth, in smallest units.
fn worth(ad: &Ad, click: Estimate, conversion: Estimate) -> Estimate {
    match ad.goal {
        Goal::FixedCpm(cpm) => Estimate::exactly(cpm.0 as f64),
        Goal::Click(worth) => click.scaled(worth.nanos() as f64),
        Goal::Conversion(worth) => click.times(conversion).scaled(worth.nanos() as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_that_cannot_be_kept_are_kept_in_proportion() {
        let check = |given: &[(f64, f64)], expect: &[(f64, f64)]| {
            let shares: Vec<_> = (1..)
                .zip(given)
                .map(|(ad, &(min, max))| (Level::Ad(AdId(ad)), Share { min, max }))
                .collect();
            let got: Vec<_> = bounds(&shares)
                .into_iter()
                .map(|(_, it)| (it.min, it.max))
                .collect();
            assert_eq!(got, expect, "{given:?}");
        };
        check(&[(0.0, 1.0), (0.25, 0.5)], &[(0.0, 1.0), (0.25, 0.5)]);
        check(&[(0.0, 0.5)], &[(0.0, 1.0)]);
        check(&[(1.0, 1.0), (1.0, 1.0)], &[(0.5, 1.0), (0.5, 1.0)]);
        check(&[], &[]);
    }
}
