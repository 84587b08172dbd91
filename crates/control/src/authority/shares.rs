//! How the members of a group share its money: the ads of a campaign, and the campaigns of an advertiser. By what they
//! are believed to bring, uncertain ads tried, and every move of money written down with its cause.
//!
//! All that bid from one budget bid by its one multiplier, so the group of an advertiser's campaigns is its budget:
//! only their bounds are kept here, as weights on bids. The weight of an ad is its own in its campaign × its campaign's
//! in its advertiser.

mod beliefs;

use std::collections::{BTreeSet, HashMap, HashSet};

use auction::pricing;
use campaign::ad::Share;
use campaign::advertiser::Campaign;
use campaign::estimate::Estimate;
use campaign::id::{AdId, AdvertiserId, CampaignId};
use campaign::money::{Currency, Money};
use campaign::time::{Day, Span, Timestamp};
use learning::rates::Rates;
use pacing::account::{Level, Window};
use pacing::reallocate::{
    Bounds, Exploration, Group, Move as Moved, Seen, Settings, Standing, Tick,
};
use store::error::StoreError;
use store::pacing::Move;
use store::record::RecordId;

use super::pot::Pot;
use super::{Authority, AuthorityError};
use crate::catalog::{Noun, Placed};

/// How often shares are looked at, by the trade's clock.
const EVERY: Span = Span::seconds(10);
/// How many groups are looked at before money and calls are looked at again.
const GROUPS_A_ROUND: usize = 1_000;
/// How far the logarithm of a weight moves in a minute in which a member spent nothing of its least share: a share is
/// to be reached within the hour, also where another member is worth much more.
const STEP: f64 = 0.12;
/// Of more members than these only the first share by belief; the others bid by what is known of them alone.
const MAX_MEMBERS: usize = 200;

/// All groups.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    /// By whose members they are: a campaign's or an advertiser's.
    groups: HashMap<Level, Shares>,
    /// Those that are still to be looked at in this look, the next one last.
    due: BTreeSet<Level>,
    looked: Option<Timestamp>,
}

/// One group.
#[derive(Debug)]
struct Shares {
    settings: Settings,
    group: Group,
    /// What had been charged to each member in all.
    posted: HashMap<Level, Money>,
    /// What each ad is taken to do.
    rates: HashMap<AdId, Rates>,
    /// The ads that are taken to be better than they are believed to be, for they are to be tried.
    tried: HashSet<AdId>,
    /// What an impression is believed to be worth on average, and how many its members had.
    worth: Estimate,
    impressions: u64,
}

/// What a look at a group sees.
struct Look {
    day: Day,
    left: Money,
    currency: Currency,
    members: Vec<Member>,
}

struct Member {
    level: Level,
    share: Share,
    impressions: u64,
    worth: Estimate,
    /// Whether people let it bid.
    runs: bool,
    can_bid: bool,
}

impl Shares {
    fn new(of: Level) -> Shares {
        let usual = Settings::default();
        let exploration = match of {
            // A campaign that gets little may want what is seldom seen: to raise its bids would only make it dear. Its
            // ads are tried by draws.
            Level::Advertiser(_) => Exploration {
                share: 0.0,
                ..usual.exploration
            },
            _ => usual.exploration,
        };
        let settings = Settings {
            step: STEP,
            exploration,
            ..usual
        };
        Shares {
            settings,
            group: Group::new(settings),
            posted: HashMap::new(),
            rates: HashMap::new(),
            tried: HashSet::new(),
            worth: Estimate::default(),
            impressions: 0,
        }
    }

    fn is_new(&self, member: Level) -> bool {
        let mut standings = self.group.standings();
        standings.any(|standing| standing.member == member && standing.new)
    }
}

impl Authority {
    /// Looks at the groups that are due.
    pub(super) fn share_out(&mut self) {
        let now = self.clock.now();
        let is_over = |looked: Timestamp| now - looked >= EVERY;
        if self.sharing.due.is_empty() && self.sharing.looked.is_none_or(is_over) {
            let groups = self.groups();
            self.sharing.looked = Some(now);
            self.sharing.groups.retain(|of, _| groups.contains(of));
            self.sharing.due = groups;
        }
        let mut moves = Vec::new();
        for _ in 0..GROUPS_A_ROUND {
            // Advertisers stand before campaigns, and so come after them here: what those are worth is known then.
            let Some(of) = self.sharing.due.pop_last() else {
                break;
            };
            moves.extend(self.share_one(of, now));
        }
        if moves.is_empty() {
            return;
        }
        let kept = self.store.transaction::<_, StoreError>(|transaction| {
            moves.iter().try_for_each(|one| transaction.add_move(one))
        });
        if let Err(error) = kept {
            self.poison(&AuthorityError::from(error));
        }
    }

    /// Whose members share a budget that price paces: campaigns, and advertisers of several.
    fn groups(&self) -> BTreeSet<Level> {
        let mut groups = BTreeSet::new();
        for of in self.pace.budgets() {
            match of {
                Level::Advertiser(advertiser) => {
                    let campaigns = self.sharing_campaigns(advertiser);
                    if campaigns.len() > 1 {
                        groups.insert(of);
                    }
                    groups.extend(campaigns.iter().map(|it| Level::Campaign(it.id)));
                }
                Level::Campaign(_) => {
                    groups.insert(of);
                }
                Level::Ad(_) => {}
            }
        }
        groups
    }

    /// The living campaigns of an advertiser that have ads which price paces.
    fn sharing_campaigns(&self, advertiser: AdvertiserId) -> Vec<&Campaign> {
        let living = self
            .catalog
            .below(advertiser.0)
            .filter(|entry| !entry.is_deleted());
        let campaigns = living.filter_map(|entry| match &*entry.noun {
            Noun::Campaign(campaign) => Some(campaign),
            _ => None,
        });
        let sharing = campaigns.filter(|it| self.sharing_ads(it.id).next().is_some());
        sharing.take(MAX_MEMBERS).collect()
    }

    /// The living ads of a campaign that price paces.
    pub(super) fn sharing_ads(&self, campaign: CampaignId) -> impl Iterator<Item = Placed<'_>> {
        let living = self.living_ads(campaign);
        living
            .filter(|placed| pricing::is_paced_by_price(placed.ad.goal))
            .take(MAX_MEMBERS)
    }

    /// The living ads of a campaign.
    pub(super) fn living_ads(&self, campaign: CampaignId) -> impl Iterator<Item = Placed<'_>> {
        let living = self.catalog.below(campaign.0).filter(|it| !it.is_deleted());
        living.filter_map(|entry| self.catalog.placed(AdId(entry.record.id.0)))
    }

    fn share_one(&mut self, of: Level, now: Timestamp) -> Vec<Move> {
        let before = self.sharing.groups.remove(&of);
        let mut shares = before.unwrap_or_else(|| Shares::new(of));
        let look = match of {
            Level::Advertiser(advertiser) => self.look_at_campaigns(advertiser, now),
            Level::Campaign(campaign) => self.look_at_ads(campaign, &mut shares, now),
            Level::Ad(_) => None,
        };
        let Some(look) = look else {
            return Vec::new();
        };
        if shares.posted.is_empty() {
            self.go_on(&mut shares, &look);
        }
        if let Err(error) = shares.group.set_members(&bounds(&look.members)) {
            tracing::warn!(?of, %error, "its members share without bounds");
        }
        let mut seen = Vec::new();
        let before = std::mem::take(&mut shares.posted);
        for member in &look.members {
            let posted = self.posted(member.level, Window::Lifetime);
            let charged = before.get(&member.level).copied().unwrap_or(posted);
            shares.posted.insert(member.level, posted);
            if member.can_bid {
                seen.push(Seen {
                    member: member.level,
                    spent: posted.saturating_sub(charged).or_zero(),
                    impressions: member.impressions,
                    worth: member.worth,
                });
            }
        }
        let moved = shares.group.tick(&Tick {
            now,
            day: look.day,
            left: look.left,
            seen: &seen,
        });
        let moves = moved.iter().map(|one| self.to_keep(of, look.currency, one));
        let moves = moves.collect();
        self.sharing.groups.insert(of, shares);
        moves
    }

    /// Has a group whose members are older than this process go on from what each was charged today: that is in the
    /// ledger, and outlives a restart.
    fn go_on(&self, shares: &mut Shares, look: &Look) {
        let is_older = |member: &Member| {
            let entry = self.catalog.numbered(number(member.level).0);
            entry.is_some_and(|entry| entry.record.created < self.started)
        };
        let day = Window::Day(look.day);
        let spent = look.members.iter().map(|it| self.posted(it.level, day));
        let spent: Vec<Money> = spent.collect();
        let today = spent
            .iter()
            .copied()
            .fold(Money::ZERO, Money::saturating_add);
        if today == Money::ZERO || !look.members.iter().all(is_older) {
            return;
        }
        let standings: Vec<Standing> = bounds(&look.members)
            .into_iter()
            .zip(look.members.iter().zip(spent))
            .map(|((level, bounds), (member, spent))| Standing {
                member: level,
                bounds,
                lift: 0.0,
                cut: 0.0,
                shut: false,
                new: true,
                spent,
                since: Money::ZERO,
                hour: Money::ZERO,
                share: spent.nanos() as f64 / today.nanos() as f64,
                impressions: member.impressions,
                impressions_before: member.impressions,
                worth: member.worth,
                seen: false,
                gone: false,
            })
            .collect();
        shares.group = Group::restore(shares.settings, look.day, today, &standings);
    }

    /// The ads of a campaign, if there are rivals for its money; one alone has them in its advertiser's other
    /// campaigns.
    fn look_at_ads(
        &self,
        campaign: CampaignId,
        shares: &mut Shares,
        now: Timestamp,
    ) -> Option<Look> {
        let ads: Vec<Placed<'_>> = self.sharing_ads(campaign).collect();
        let first = ads.first()?;
        let advertiser = Level::Advertiser(first.advertiser.id);
        if ads.len() < 2 && !self.sharing.is_group(advertiser) {
            return None;
        }
        let left = self.left_of(Level::Campaign(campaign)).or_else(|| {
            // Its part of what its advertiser has left, by what it had of today's so far.
            let today = |level| {
                let day = Window::Day(first.advertiser.time_zone.day(now).day);
                self.posted(level, day).nanos()
            };
            let left = self.left_of(advertiser)?;
            let (own, all) = (today(Level::Campaign(campaign)), today(advertiser));
            Some(left.scaled(own.min(all), all).unwrap_or(left))
        })?;
        let beliefs = self.beliefs(campaign, &ads, shares, now);
        shares.rates.clear();
        shares.tried.clear();
        let each = ads.iter().zip(beliefs).map(|(placed, belief)| {
            shares.rates.insert(placed.ad.id, belief.rates);
            if belief.is_tried {
                shares.tried.insert(placed.ad.id);
            }
            Member {
                level: Level::Ad(placed.ad.id),
                share: placed.ad.share,
                impressions: self.learned.counts(placed.ad.id).impressions,
                worth: belief.worth,
                runs: placed.runs(now),
                can_bid: self.halted(placed, now).is_none(),
            }
        });
        let members: Vec<Member> = each.collect();
        // An ad that nobody saw yet counts as one of one impression.
        let worths = members
            .iter()
            .map(|it| (1.0 + it.impressions as f64, it.worth));
        shares.worth = Estimate::mean_of(worths);
        shares.impressions = members.iter().map(|it| it.impressions).sum();
        Some(Look {
            day: first.campaign.time_zone.day(now).day,
            left,
            currency: first.advertiser.currency,
            members,
        })
    }

    /// The campaigns of an advertiser, if there are several.
    fn look_at_campaigns(&self, of: AdvertiserId, now: Timestamp) -> Option<Look> {
        let campaigns = self.sharing_campaigns(of);
        let advertiser = self.sharing_ads(campaigns.first()?.id).next()?.advertiser;
        if campaigns.len() < 2 {
            return None;
        }
        let members = campaigns.iter().map(|campaign| {
            let level = Level::Campaign(campaign.id);
            let of_ads = self.sharing.groups.get(&level);
            let ads = || self.sharing_ads(campaign.id);
            Member {
                level,
                share: campaign.share,
                impressions: of_ads.map_or(0, |shares| shares.impressions),
                worth: of_ads.map_or_else(Estimate::default, |shares| shares.worth),
                runs: ads().any(|placed| placed.runs(now)),
                can_bid: ads().any(|placed| self.halted(&placed, now).is_none()),
            }
        });
        Some(Look {
            day: advertiser.time_zone.day(now).day,
            left: self.left_of(Level::Advertiser(of))?,
            currency: advertiser.currency,
            members: members.collect(),
        })
    }

    /// What a budget that price paces is still to spend today.
    fn left_of(&self, level: Level) -> Option<Money> {
        let outlook = self.pace.pot_of(level).and_then(Pot::outlook);
        outlook.map(|outlook| outlook.left)
    }

    /// A move as it is kept.
    fn to_keep(&self, of: Level, currency: Currency, one: &Moved) -> Move {
        let name = |level: Level| {
            let entry = self.catalog.numbered(number(level).0);
            entry.map_or(String::new(), |entry| entry.name.id().to_string())
        };
        Move {
            group: number(of),
            at: one.at,
            from: number(one.from),
            to: number(one.to),
            amount: one.amount,
            share_ppm: (one.share * 1e6) as u32,
            why: one.sentence(currency, name),
        }
    }

    /// By what an ad's bids are multiplied so that it and its campaign have their shares; 0 where it must not bid.
    pub(super) fn weight(&self, placed: &Placed<'_>) -> f64 {
        let ad = Level::Ad(placed.ad.id);
        let own = self.sharing.weight(Level::Campaign(placed.campaign.id), ad);
        own * self.campaign_weight(placed.campaign)
    }

    /// By what the bids of a campaign's ads are multiplied so that it has its share of its advertiser's money; 0 where
    /// it has had the most of today.
    pub(super) fn campaign_weight(&self, campaign: &Campaign) -> f64 {
        let of = Level::Advertiser(campaign.advertiser);
        self.sharing.weight(of, Level::Campaign(campaign.id))
    }
}

impl Sharing {
    fn weight(&self, of: Level, member: Level) -> f64 {
        let shares = self.groups.get(&of);
        shares.map_or(1.0, |shares| shares.group.weight(member))
    }

    /// What an ad is taken to do, if it is one of several that share.
    fn rates(&self, placed: &Placed<'_>) -> Option<Rates> {
        let shares = self.groups.get(&Level::Campaign(placed.campaign.id))?;
        shares.rates.get(&placed.ad.id).copied()
    }

    /// Whether an ad is taken to be better than it is believed to be.
    pub(super) fn is_tried(&self, placed: &Placed<'_>) -> bool {
        let shares = self.groups.get(&Level::Campaign(placed.campaign.id));
        shares.is_some_and(|shares| shares.tried.contains(&placed.ad.id))
    }

    /// Whether it is one, or will be when it is looked at.
    fn is_group(&self, of: Level) -> bool {
        self.groups.contains_key(&of) || self.due.contains(&of)
    }
}

/// The number of whom a level is of: no two records have the same.
fn number(level: Level) -> RecordId {
    RecordId(match level {
        Level::Advertiser(id) => id.0,
        Level::Campaign(id) => id.0,
        Level::Ad(id) => id.0,
    })
}

/// The bounds of members that are to have these shares. Where all minima together are more than the whole, or the
/// maxima of all that run less, they are lowered or raised in proportion: they could not be kept, or money would be
/// left over.
fn bounds(members: &[Member]) -> Vec<(Level, Bounds)> {
    let nobody_runs = !members.iter().any(|it| it.runs);
    let running = members.iter().filter(|it| it.runs || nobody_runs);
    let least: f64 = members.iter().map(|it| it.share.min).sum();
    let most: f64 = running.map(|it| it.share.max).sum();
    let lower = least.max(1.0);
    let raise = if most > 0.0 { most.min(1.0) } else { 1.0 };
    let each = members.iter().map(|member| {
        let Share { min, max } = member.share;
        let (min, max) = (min / lower, (max / raise).min(1.0));
        (member.level, Bounds { min, max })
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_that_cannot_be_kept_are_kept_in_proportion() {
        let check_of = |given: &[(f64, f64, bool)], expect: &[(f64, f64)]| {
            let members: Vec<Member> = (1..)
                .zip(given)
                .map(|(ad, &(min, max, runs))| Member {
                    level: Level::Ad(AdId(ad)),
                    share: Share { min, max },
                    impressions: 0,
                    worth: Estimate::default(),
                    runs,
                    can_bid: runs,
                })
                .collect();
            let got: Vec<_> = bounds(&members)
                .into_iter()
                .map(|(_, it)| (it.min, it.max))
                .collect();
            assert_eq!(got, expect, "{given:?}");
        };
        let check = |given: &[(f64, f64)], expect: &[(f64, f64)]| {
            let running: Vec<_> = given.iter().map(|&(min, max)| (min, max, true)).collect();
            check_of(&running, expect);
        };
        check(&[(0.0, 1.0), (0.25, 0.5)], &[(0.0, 1.0), (0.25, 0.5)]);
        check(&[(0.0, 0.5)], &[(0.0, 1.0)]);
        check(&[(1.0, 1.0), (1.0, 1.0)], &[(0.5, 1.0), (0.5, 1.0)]);
        check(&[], &[]);
        // Who is paused leaves its part to the others.
        let (half, rest) = ((0.0, 0.5, true), (0.0, 0.25, true));
        let paused = (0.125, 1.0, false);
        let expect = [(0.0, 0.5 / 0.75), (0.0, 0.25 / 0.75), (0.125, 1.0)];
        check_of(&[half, rest, paused], &expect);
        let paused = [(0.0, 0.5, false), (0.0, 0.25, false)];
        check_of(&paused, &expect[..2]);
    }
}
