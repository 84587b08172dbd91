//! Money that moved between the members of a group, written down.

use std::collections::BTreeMap;

use campaign::estimate::Estimate;
use campaign::money::{Currency, Money};
use campaign::time::Timestamp;
use libm::sqrt;

use super::Standing;
use crate::account::Level;

/// Money that one member spent in an hour and another would have spent at the former shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// The end of the hour.
    pub at: Timestamp,
    /// Whose share fell.
    pub from: Level,
    /// Whose share rose.
    pub to: Level,
    /// By how much of what the group spent in the hour.
    pub amount: Money,
    /// The same as a share of that.
    pub share: f64,
    /// Why.
    pub cause: Cause,
    /// What an impression of the one that lost was believed to be worth: a CPM in the currency's own scale.
    pub from_worth: Estimate,
    /// What an impression of the one that gained was believed to be worth.
    pub to_worth: Estimate,
}

/// Why money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The one that lost does not belong to the group any more.
    Removed,
    /// The one that lost could not bid in that hour: paused, or out of its flight.
    Idle,
    /// The one that gained is new, and little is known of it.
    New,
    /// The one that gained was below its minimum share.
    Minimum,
    /// The one that lost was at its maximum share.
    Maximum,
    /// The one that gained is believed to be worth more.
    Worth,
    /// The one that gained may be worth more: it was tried.
    Trial,
    /// Neither is worth more nor bound: the one that gained met more of the traffic that is worth its price.
    Traffic,
}

impl Move {
    /// The entry as a sentence. `name` says what a member is called.
    pub fn sentence(&self, currency: Currency, name: impl Fn(Level) -> String) -> String {
        let (from, to) = (name(self.from), name(self.to));
        let worth = |worth: &Estimate| {
            let cpm = |number: f64| rounded(number, currency.cpm_scale());
            format!(
                "{} ({} to {})",
                cpm(worth.mean),
                cpm(worth.low),
                cpm(worth.high)
            )
        };
        let worths = format!(
            "a thousand impressions are believed to be worth {} there, and {} here",
            worth(&self.to_worth),
            worth(&self.from_worth)
        );
        let why = match self.cause {
            Cause::Removed => format!("{from} was removed"),
            Cause::Idle => format!("{from} could not bid"),
            Cause::New => format!("{to} is new and has to be tried; {worths}"),
            Cause::Minimum => format!("{to} was below its minimum share; {worths}"),
            Cause::Maximum => format!("{from} is at its maximum share; {worths}"),
            Cause::Worth => worths,
            Cause::Trial => format!("{to} may be worth more and was tried; {worths}"),
            Cause::Traffic => format!("{to} met more traffic at its price; {worths}"),
        };
        format!(
            "{} {} ({:.1} % of the hour) moved from {from} to {to}: {why}",
            rounded(self.amount.nanos() as f64, currency.scale()),
            currency.code(),
            self.share * 100.0
        )
    }
}

/// An amount as people read it, of which so many digits stand behind the point.
fn rounded(amount: f64, scale: u32) -> String {
    let units = amount / 10_i64.pow(scale) as f64;
    if units < 0.1 {
        format!("{units:.4}")
    } else {
        format!("{units:.2}")
    }
}

/// So many standard deviations of chance must lie between a share and the former one.
const DEVIATIONS: f64 = 2.0;

/// Tells the moves of the hour that ended, begins the next, and lets go of those who are gone.
///
/// What a member spent beyond its former share came from those who spent less than theirs, the largest from the
/// largest: so there is at most one entry for a pair of members. What is too little to tell stays in the former
/// shares, and is told once it has added up.
pub(super) fn tell(
    members: &mut BTreeMap<Level, Standing>,
    at: Timestamp,
    least: f64,
) -> Vec<Move> {
    let all: f64 = members.values().map(|s| s.hour.nanos() as f64).sum();
    let impressions: u64 = members
        .values()
        .map(|s| s.impressions.saturating_sub(s.impressions_before))
        .sum();
    let mut told = Vec::new();
    if all > 0.0 {
        let change = |standing: &Standing| standing.hour.nanos() as f64 / all - standing.share;
        let mut gains = differences(members, change);
        let mut losses = differences(members, |standing| -change(standing));
        for (to, gain) in &mut gains {
            for (from, loss) in &mut losses {
                let share = gain.min(*loss);
                let (Some(giver), Some(taker)) = (members.get(from), members.get(to)) else {
                    continue;
                };
                let chance = chance(giver, taker, impressions);
                if share < least.max(chance) && !giver.gone {
                    continue;
                }
                told.push(Move {
                    at,
                    from: *from,
                    to: *to,
                    amount: Money((share * all) as i64),
                    share,
                    cause: cause(giver, taker),
                    from_worth: giver.worth,
                    to_worth: taker.worth,
                });
                *gain -= share;
                *loss -= share;
            }
        }
        for moved in &told {
            for (level, by) in [(moved.from, -moved.share), (moved.to, moved.share)] {
                if let Some(standing) = members.get_mut(&level) {
                    standing.share = (standing.share + by).max(0.0);
                }
            }
        }
    }
    members.retain(|_, standing| !standing.gone || standing.share > 1e-9);
    for standing in members.values_mut() {
        (standing.hour, standing.seen) = (Money::ZERO, false);
        standing.impressions_before = standing.impressions;
    }
    told.retain(|moved| moved.amount > Money::ZERO);
    told
}

/// Those of whom it is positive, the largest first.
fn differences(
    members: &BTreeMap<Level, Standing>,
    of: impl Fn(&Standing) -> f64,
) -> Vec<(Level, f64)> {
    let mut all: Vec<(Level, f64)> = members.values().map(|s| (s.member, of(s))).collect();
    all.retain(|(_, by)| *by > 0.0);
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all
}

/// By how much the shares of two move by chance alone: the sampling error of a share of so many impressions.
fn chance(giver: &Standing, taker: &Standing, impressions: u64) -> f64 {
    let share = ((giver.share + taker.share) / 2.0).clamp(0.0, 1.0);
    DEVIATIONS * sqrt(share * (1.0 - share) / impressions.max(1) as f64)
}

fn cause(giver: &Standing, taker: &Standing) -> Cause {
    let (from, to) = (&giver.worth, &taker.worth);
    if giver.gone {
        Cause::Removed
    } else if !giver.seen {
        Cause::Idle
    } else if giver.shut || giver.cut > 0.0 {
        Cause::Maximum
    } else if to.mean > from.mean {
        Cause::Worth
    } else if taker.lift > 0.0 {
        if taker.new {
            Cause::New
        } else {
            Cause::Minimum
        }
    } else if to.high > from.mean {
        Cause::Trial
    } else {
        Cause::Traffic
    }
}
