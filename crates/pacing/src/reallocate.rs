//! How the members of a group (a campaign's ads, an account's campaigns) share its money.
//!
//! All bid value ÷ μ with one μ (`pacing::pacer`), so money goes where it buys most; nobody has to move it. What is
//! decided here is a **weight** on each member's bid, 1 for most, which keeps its share of the day's spend between a
//! minimum and a maximum: the multiplier of that bound in the dual of the linear program, found by the same
//! multiplicative descent as μ (`pacing::multiplier`), on what is left of the bound over what is left of the day. A
//! member that is new has a minimum too, for as long as little is known of it, so that something gets known.
//!
//! And money that moved is written down: once an hour, what each member spent is held against what it would have spent
//! at its former share, and each difference that is more than chance becomes a [`Move`] with its cause.
//!
//! What a caller does:
//!
//! ```text
//! group.set_members(&[(ad, bounds), ..])?;              // when records change
//! for moved in group.tick(&Tick { now, day, left, seen }) {  // once a tick of some seconds to a minute
//!     write down moved
//! }
//! bid = group.weight(ad) × value(ad) ÷ μ                     // until the next; weights of nested groups multiply
//! ```
//!
//! To the pacer an ad's value is the weighted one, since that is what it bids by.

mod moves;

use std::collections::BTreeMap;

use campaign::estimate::Estimate;
use campaign::money::Money;
use campaign::time::{Day, Span, Timestamp};
use libm::exp;

use crate::account::Level;
pub use moves::{Cause, Move};

/// How shares are kept and moves are told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How far the logarithm of a weight moves in a minute in which a member spent nothing of its minimum.
    pub step: f64,
    /// No weight is more than this, nor less than one over it.
    pub weight_max: f64,
    /// What new members are given.
    pub exploration: Exploration,
    /// No move is smaller than this part of an hour's spend.
    pub least_move: f64,
    /// How often moves are told.
    pub hour: Span,
}

/// The minimum of members of which little is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exploration {
    /// The share of the group's spend that each new one gets at least.
    pub share: f64,
    /// The share that all new ones together get at most by this rule.
    pub share_of_all: f64,
    /// A member is new until it has had so many impressions, or
    pub impressions: u64,
    /// until the interval of its worth is no wider than this part of its mean.
    pub width: f64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            step: 0.02,
            weight_max: 8.0,
            exploration: Exploration {
                share: 0.05,
                share_of_all: 0.2,
                impressions: 5_000,
                width: 0.5,
            },
            least_move: 0.01,
            hour: Span::hours(1),
        }
    }
}

/// How far from its bounds a member's share of a day's spend may end, for want of a last tick to make it good in. Holds
/// where the day has hundreds of ticks, and traffic in which the member can bid at all.
pub const TOLERANCE: f64 = 0.01;

/// The least and the most of a group's spend in a day that is a member's, as shares from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// At least.
    pub min: f64,
    /// At most.
    pub max: f64,
}

impl Bounds {
    /// Anything from nothing to all.
    pub const NONE: Bounds = Bounds { min: 0.0, max: 1.0 };
}

/// What a tick tells of one member. One that cannot bid now (paused, out of its flight) is not told of: its bounds
/// rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Who.
    pub member: Level,
    /// What it was charged since the last tick.
    pub spent: Money,
    /// Impressions that it has had in all its life.
    pub impressions: u64,
    /// What an impression of it is believed to be worth, in smallest units of the currency: a CPM in its own scale
    /// (`campaign::money::Cpm`).
    pub worth: Estimate,
}

/// What the group looks at, once a tick.
#[derive(Clone, Copy, Debug)]
pub struct Tick<'a> {
    /// The time.
    pub now: Timestamp,
    /// The day of the group's budget. With a new one shares are counted anew.
    pub day: Day,
    /// What is still to be spent today.
    pub left: Money,
    /// The members that may bid.
    pub seen: &'a [Seen],
}

/// Where a member stands. To be written down, so that a restart goes on from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Who.
    pub member: Level,
    /// Its bounds.
    pub bounds: Bounds,
    /// The logarithm by which its bids are raised for its minimum; at least 0.
    pub lift: f64,
    /// The logarithm by which they are cut for its maximum; at least 0.
    pub cut: f64,
    /// It has had its maximum of today, so it does not bid.
    pub shut: bool,
    /// Little is known of it, so it has the minimum of a new one.
    pub new: bool,
    /// What it spent today since its bounds hold.
    pub spent: Money,
    /// What the group had spent today when its bounds began to hold.
    pub since: Money,
    /// What it spent in this hour.
    pub hour: Money,
    /// Its share of the group's spend, by all the moves that were told so far.
    pub share: f64,
    /// Impressions in all its life, and at the begin of the hour.
    pub impressions: u64,
    /// See there.
    pub impressions_before: u64,
    /// What an impression is believed to be worth.
    pub worth: Estimate,
    /// It was told of in this hour, so it could bid.
    pub seen: bool,
    /// It is not a member any more, and stays until the hour is told.
    pub gone: bool,
}

impl Standing {
    fn new(member: Level, bounds: Bounds, since: Money, share: f64) -> Standing {
        Standing {
            member,
            bounds,
            lift: 0.0,
            cut: 0.0,
            shut: false,
            new: true,
            spent: Money::ZERO,
            since,
            hour: Money::ZERO,
            share,
            impressions: 0,
            impressions_before: 0,
            worth: Estimate::default(),
            seen: false,
            gone: false,
        }
    }

    /// By what its bids are multiplied; 0 where it must not bid.
    pub fn weight(&self) -> f64 {
        if self.shut || self.gone {
            0.0
        } else {
            exp(self.lift - self.cut)
        }
    }
}

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    settings: Settings,
    members: BTreeMap<Level, Standing>,
    day: Option<Day>,
    /// What the group spent today.
    today: Money,
    /// When the hour ends that is being counted.
    hour_ends: Option<Timestamp>,
    /// What the group spends in a minute, on average of the last ones.
    pace: f64,
    /// When it was looked at last.
    ticked: Option<Timestamp>,
}

/// What can be wrong with bounds.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum BoundsError {
    /// Not shares, or the wrong way round.
    #[error("{0:?} has a minimum share of {min} and a maximum of {max}: give 0 ≤ minimum ≤ maximum ≤ 1", min = .1.min, max = .1.max)]
    OutOfRange(Level, Bounds),
    /// They cannot all be had.
    #[error("the minimum shares add up to {0}, which is more than 1: lower some of them")]
    TooMuch(f64),
    /// Money would be left over.
    #[error("the maximum shares add up to {0}, which is less than 1: raise some of them")]
    TooLittle(f64),
}

impl Group {
    /// A group without members.
    pub fn new(settings: Settings) -> Group {
        Group {
            settings,
            members: BTreeMap::new(),
            day: None,
            today: Money::ZERO,
            hour_ends: None,
            pace: 0.0,
            ticked: None,
        }
    }

    /// A group that goes on from where it stood on a day, of which it had spent so much.
    pub fn restore(settings: Settings, day: Day, today: Money, standings: &[Standing]) -> Group {
        Group {
            members: standings.iter().map(|s| (s.member, *s)).collect(),
            day: Some(day),
            today,
            ..Group::new(settings)
        }
    }

    /// Says who belongs to it, and within which bounds. The first members begin with even shares, later ones with
    /// none; whoever is not named any more is out. Where nothing changed nothing happens. Members may be none.
    pub fn set_members(&mut self, members: &[(Level, Bounds)]) -> Result<(), BoundsError> {
        check(members)?;
        let spent = self.today;
        let begins = self.members.is_empty();
        let share = if begins {
            1.0 / members.len().max(1) as f64
        } else {
            0.0
        };
        for standing in self.members.values_mut() {
            standing.gone = !members.iter().any(|(level, _)| *level == standing.member);
        }
        for (level, bounds) in members {
            let since = if begins { Money::ZERO } else { spent };
            let new = Standing::new(*level, *bounds, since, share);
            let standing = self.members.entry(*level).or_insert(new);
            if standing.bounds != *bounds {
                // What was spent under other bounds is not made good.
                (standing.bounds, standing.since, standing.spent) = (*bounds, spent, Money::ZERO);
            }
        }
        Ok(())
    }

    /// What the group spent today.
    pub fn today(&self) -> Money {
        self.today
    }

    /// By what a member's bids are multiplied until the next tick: 1 for one that is not in the group, 0 for one that
    /// has had its maximum of the day.
    pub fn weight(&self, member: Level) -> f64 {
        self.members.get(&member).map_or(1.0, Standing::weight)
    }

    /// Where all stand, in the order of their numbers.
    pub fn standings(&self) -> impl Iterator<Item = &Standing> {
        self.members.values()
    }

    /// Takes in what was spent, decides the weights until the next tick, and tells what moved where an hour is over.
    pub fn tick(&mut self, tick: &Tick<'_>) -> Vec<Move> {
        let mut spent = 0.0;
        for seen in tick.seen {
            let Some(standing) = self.members.get_mut(&seen.member) else {
                continue;
            };
            spent += seen.spent.nanos() as f64;
            self.today = self.today.saturating_add(seen.spent);
            standing.spent = standing.spent.saturating_add(seen.spent);
            standing.hour = standing.hour.saturating_add(seen.spent);
            (standing.impressions, standing.worth) = (seen.impressions, seen.worth);
            standing.seen = true;
            let rule = &self.settings.exploration;
            standing.new = standing.new
                && seen.impressions < rule.impressions
                && seen.worth.width() > rule.width;
        }
        if self
            .day
            .replace(tick.day)
            .is_some_and(|day| day != tick.day)
        {
            self.today = Money::ZERO;
            for standing in self.members.values_mut() {
                (standing.spent, standing.since) = (Money::ZERO, Money::ZERO);
            }
        }
        let mut moved = Vec::new();
        let hour = self.settings.hour.0.max(1);
        let next = Timestamp((tick.now.0.div_euclid(hour) + 1).saturating_mul(hour));
        if let Some(ends) = self.hour_ends.replace(next)
            && ends < next
        {
            moved = moves::tell(&mut self.members, ends, self.settings.least_move);
        }
        /// The past of the pace fades by this in a minute.
        const PACE: f64 = 0.1;
        /// A tick counts for no more minutes than these: what comes after a long rest is no reason for a leap.
        const MINUTES: (f64, f64) = (0.01, 5.0);
        let last = self.ticked.replace(tick.now);
        let minutes = last.map_or(1.0, |last| (tick.now - last).0 as f64 / 60_000.0);
        let minutes = minutes.clamp(MINUTES.0, MINUTES.1);
        self.pace += PACE * minutes * (spent / minutes - self.pace);
        self.weigh(tick, minutes);
        moved
    }

    /// The descent on each bound, for a tick of so many minutes.
    fn weigh(&mut self, tick: &Tick<'_>, minutes: f64) {
        if self.pace <= 0.0 {
            return;
        }
        let left = (tick.left.nanos() as f64).max(self.pace);
        let day = self.today.nanos() as f64 + left;
        let minimum = self.minimum_of_new();
        let step = self.settings.step * minutes;
        let most = libm::log(self.settings.weight_max);
        for seen in tick.seen {
            let Some(standing) = self.members.get_mut(&seen.member) else {
                continue;
            };
            let spent = seen.spent.nanos() as f64;
            let rest = |share: f64| {
                let due = share * (day - standing.since.nanos() as f64);
                (due - standing.spent.nanos() as f64) / left
            };
            let Bounds { min, max } = standing.bounds;
            let min = if standing.new {
                min.max(minimum).min(max)
            } else {
                min
            };
            // Linear in what was spent, so that it rests where the mean spend is the one that is due, however
            // unevenly it comes: a member that leads takes all of a tick.
            let due = rest(min).min(1.0) * self.pace * minutes;
            let toward = if due > 0.0 { 1.0 - spent / due } else { -1.0 };
            standing.lift = (standing.lift + step * toward).clamp(0.0, most);
            if max >= 1.0 {
                (standing.shut, standing.cut) = (false, 0.0);
                continue;
            }
            let allowed = rest(max) * self.pace * minutes;
            standing.shut = allowed <= 0.0;
            let beyond = if allowed > 0.0 {
                spent / allowed - 1.0
            } else {
                1.0
            };
            // What may be all of it is never too much, however unevenly it comes.
            standing.cut = if max < 1.0 {
                (standing.cut + step * beyond).clamp(0.0, most)
            } else {
                0.0
            };
        }
    }

    /// The minimum of each new member.
    fn minimum_of_new(&self) -> f64 {
        let current = || self.members.values().filter(|standing| !standing.gone);
        let new = current().filter(|standing| standing.new).count();
        let promised: f64 = current().map(|standing| standing.bounds.min).sum();
        let rule = &self.settings.exploration;
        let free = rule.share_of_all.min((1.0 - promised).max(0.0));
        // Where all are new they are alike, and nobody needs a minimum to be tried.
        if new == current().count() {
            0.0
        } else {
            rule.share.min(free / new.max(1) as f64)
        }
    }
}

fn check(members: &[(Level, Bounds)]) -> Result<(), BoundsError> {
    for (level, bounds) in members {
        if !(0.0 <= bounds.min && bounds.min <= bounds.max && bounds.max <= 1.0) {
            return Err(BoundsError::OutOfRange(*level, *bounds));
        }
    }
    /// Shares are given as decimals, whose sum is not always exact.
    const ROUNDING: f64 = 1e-9;
    let sum = |of: fn(&Bounds) -> f64| members.iter().map(|(_, bounds)| of(bounds)).sum::<f64>();
    let (least, most) = (sum(|bounds| bounds.min), sum(|bounds| bounds.max));
    if least > 1.0 + ROUNDING {
        return Err(BoundsError::TooMuch(least));
    }
    if !members.is_empty() && most < 1.0 - ROUNDING {
        return Err(BoundsError::TooLittle(most));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
