//! Rates of an ad, from counts with a prior.
//!
//! A rate is the mean of a Beta posterior: (prior mean × prior strength + successes) ÷ (prior
//! strength + trials). The strength says how many trials of its own an ad needs before it is
//! believed over the prior.
//!
//! Priors come from above: an ad's from its campaign's ads, a campaign's from its account's campaigns, an account's
//! from the constants here ([`Prior::of_members`], at each level). What was seen fades ([`Faded`]), since rates drift.
//!
//! ```
//! use learning::rates::{CLICK, Evidence};
//!
//! // At each tick: the account's prior from its campaigns, a campaign's from its ads, an ad's belief from its own.
//! let ads = [(9_000.0, 27.0), (7_000.0, 28.0), (50.0, 0.0)]
//!     .map(|(trials, successes)| Evidence { trials, successes });
//! let campaign = ads.iter().copied().sum::<Evidence>();
//! let prior = CLICK.of_members(&[campaign]).of_members(&ads);
//! let rate = prior.posterior(ads[2]).estimate();
//! assert!(rate.low < 0.003 && rate.high > 0.004);
//! ```

use std::iter::Sum;
use std::ops::Add;

use campaign::time::{Span, Timestamp};
use libm::exp2;

use crate::beta::Beta;

/// How often an ad wins, is clicked, and converts. Each lies strictly between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Wins in a bid.
    pub win: f64,
    /// Clicks in an impression.
    pub click: f64,
    /// Conversions in a click.
    pub conversion: f64,
}

impl Default for Rates {
    fn default() -> Rates {
        Counts::default().rates()
    }
}

/// What was seen of one ad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bids made.
    pub bids: u64,
    /// Bids that won.
    pub wins: u64,
    /// Impressions billed.
    pub impressions: u64,
    /// Clicks on them.
    pub clicks: u64,
    /// Conversions after the clicks.
    pub conversions: u64,
}

/// What an ad is believed to do before it has done anything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// The believed rate.
    pub mean: f64,
    /// How many trials the belief weighs.
    pub strength: f64,
}

/// One bid in five wins, for lack of better knowledge.
pub const WIN: Prior = Prior {
    mean: 0.2,
    strength: 50.0,
};
/// Two clicks in a thousand impressions: a usual rate of display advertising.
pub const CLICK: Prior = Prior {
    mean: 0.002,
    strength: 2_000.0,
};
/// Two conversions in a hundred clicks.
pub const CONVERSION: Prior = Prior {
    mean: 0.02,
    strength: 100.0,
};

/// What was seen of a rate. Fractions: the past fades, and a click of a minute ago is not yet a whole trial.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Trials: impressions of a click rate, clicks of a conversion rate.
    pub trials: f64,
    /// Those that succeeded.
    pub successes: f64,
}

impl Evidence {
    /// So many times as much.
    pub fn scaled(self, factor: f64) -> Evidence {
        Evidence {
            trials: self.trials * factor,
            successes: self.successes * factor,
        }
    }
}

impl Add for Evidence {
    type Output = Evidence;

    fn add(self, other: Evidence) -> Evidence {
        Evidence {
            trials: self.trials + other.trials,
            successes: self.successes + other.successes,
        }
    }
}

impl Sum for Evidence {
    fn sum<I: Iterator<Item = Evidence>>(all: I) -> Evidence {
        all.fold(Evidence::default(), Evidence::add)
    }
}

/// After so long, what was seen weighs half: an ad that wears out is found out within days, and one that is shown
/// seldom is tried again. Of half a day, one and two, one was best for ten simulated ads whose rates drift by half up
/// and down within one to two weeks.
pub const HALF_LIFE: Span = Span::days(1);

/// Evidence that fades: what was seen at a time weighs 2^(−age ÷ half-life).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Faded {
    seen: Evidence,
    at: Timestamp,
    half_life: Span,
}

impl Faded {
    /// Nothing seen yet.
    pub fn new(half_life: Span) -> Faded {
        Faded {
            seen: Evidence::default(),
            at: Timestamp::MIN,
            half_life,
        }
    }

    /// Adds what was seen at a time, which may be earlier than what was added before.
    pub fn add(&mut self, seen: Evidence, at: Timestamp) {
        if at > self.at {
            self.seen = self.at_time(at);
            self.at = at;
        }
        self.seen = self.seen + seen.scaled(self.weight(self.at.0.saturating_sub(at.0)));
    }

    /// What it weighs at a time that is not earlier than the last that was added.
    pub fn at_time(&self, now: Timestamp) -> Evidence {
        if self.seen == Evidence::default() {
            return self.seen;
        }
        self.seen
            .scaled(self.weight(now.0.saturating_sub(self.at.0)))
    }

    fn weight(&self, age: i64) -> f64 {
        weight(Span(age.max(0)), self.half_life)
    }
}

/// What evidence of this age weighs.
pub(crate) fn weight(age: Span, half_life: Span) -> f64 {
    exp2(-(age.0 as f64) / half_life.0.max(1) as f64)
}

/// By how much the rates of a campaign's ads, or an account's campaigns, are taken to differ before any are known, as
/// their standard deviation over their mean.
const SPREAD: f64 = 0.5;
/// How many members that belief weighs.
const SPREAD_MEMBERS: f64 = 4.0;
/// Members are never taken to be more alike, nor less, than this.
const SPREAD_RANGE: (f64, f64) = (0.15, 1.5);

impl Prior {
    /// What is believed of a rate that this is the prior of, once so much of it was seen.
    pub fn posterior(&self, seen: Evidence) -> Beta {
        let successes = seen.successes.max(0.0);
        // Notices may come out of order: successes are trials too.
        let failures = (seen.trials - successes).max(0.0);
        Beta {
            successes: self.mean * self.strength + successes,
            failures: (1.0 - self.mean) * self.strength + failures,
        }
    }

    /// The prior of a member of a family (an ad of a campaign, a campaign of an account), learned from what was seen of
    /// its members; `self` is the family's own. Empirical Bayes by moments (Robbins 1956; Casella 1985; with the
    /// weights of DerSimonian and Laird 1986): each member counts as one draw of the family's rate, as far as it was
    /// seen. So a family whose members are alike has a strong prior, and one whose members differ a weak one; and a
    /// member that gets most of the money does not become the family's mean.
    pub fn of_members(&self, members: &[Evidence]) -> Prior {
        let all = members.iter().copied().sum::<Evidence>();
        if all.trials <= 0.0 {
            return *self;
        }
        let pooled = self.posterior(all).mean();
        let seen = || members.iter().filter(|member| member.trials > 0.0);
        let told = |member: &Evidence| {
            let expected = member.trials * pooled * SPREAD * SPREAD;
            expected / (1.0 + expected)
        };
        let rate = |member: &Evidence| (member.successes / member.trials).min(1.0);
        let weight: f64 = seen().map(told).sum();
        let sum: f64 = seen().map(|member| told(member) * rate(member)).sum();
        let mean = ((self.mean + sum) / (1.0 + weight)).clamp(1e-9, 1.0 - 1e-9);
        // How far members lie apart, less what chance alone puts between them.
        let spread: f64 = seen()
            .map(|member| {
                let apart = (rate(member) - mean) * (rate(member) - mean);
                told(member) * (apart - mean * (1.0 - mean) / member.trials) / (mean * mean)
            })
            .sum();
        let (least, most) = SPREAD_RANGE;
        let spread = (SPREAD * SPREAD * SPREAD_MEMBERS + spread) / (SPREAD_MEMBERS + weight);
        let spread = spread.clamp(least * least, most * most);
        Prior {
            mean,
            strength: ((1.0 - mean) / (mean * spread) - 1.0).max(1.0),
        }
    }
}

impl Counts {
    /// The rates that these counts and the priors make likely.
    pub fn rates(&self) -> Rates {
        Rates {
            win: posterior_mean(WIN, self.wins, self.bids),
            click: posterior_mean(CLICK, self.clicks, self.impressions),
            conversion: posterior_mean(CONVERSION, self.conversions, self.clicks),
        }
    }
}

/// The mean of the Beta posterior. Notices may come twice or out of order, so that successes may
/// outnumber trials for a while: trials are then taken to be as many.
fn posterior_mean(prior: Prior, successes: u64, trials: u64) -> f64 {
    let (successes, trials) = (successes as f64, trials.max(successes) as f64);
    (prior.mean * prior.strength + successes) / (prior.strength + trials)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_history_a_rate_is_its_prior() {
        let rates = Counts::default().rates();
        assert_eq!(
            (rates.win, rates.click, rates.conversion),
            (WIN.mean, CLICK.mean, CONVERSION.mean)
        );
    }

    #[test]
    fn history_outweighs_the_prior() {
        let counts = Counts {
            bids: 0,
            wins: 0,
            impressions: 1_000_000,
            clicks: 20_000,
            conversions: 10_000,
        };
        let rates = counts.rates();
        assert!((rates.click - 0.02).abs() < 1e-4, "{rates:?}");
        assert!((rates.conversion - 0.5).abs() < 3e-3, "{rates:?}");
    }

    #[test]
    fn a_rate_stays_a_probability_when_notices_come_out_of_order() {
        let rates = Counts {
            clicks: 9,
            impressions: 0,
            ..Counts::default()
        }
        .rates();
        assert!(rates.click > 0.0 && rates.click < 1.0);
    }

    fn seen(trials: f64, successes: f64) -> Evidence {
        Evidence { trials, successes }
    }

    #[test]
    fn what_was_seen_fades_by_half_in_a_half_life_in_whatever_order_it_comes() {
        let (early, late) = (Timestamp(0), Timestamp(HALF_LIFE.0));
        let mut forward = Faded::new(HALF_LIFE);
        forward.add(seen(100.0, 10.0), early);
        forward.add(seen(8.0, 1.0), late);
        let mut backward = Faded::new(HALF_LIFE);
        backward.add(seen(8.0, 1.0), late);
        backward.add(seen(100.0, 10.0), early);
        assert_eq!(forward.at_time(late), seen(58.0, 6.0));
        assert_eq!(backward.at_time(late), seen(58.0, 6.0));
        assert_eq!(forward.at_time(Timestamp(2 * HALF_LIFE.0)), seen(29.0, 3.0));
        assert_eq!(Faded::new(HALF_LIFE).at_time(late), Evidence::default());
    }

    #[test]
    fn a_family_whose_members_are_alike_has_the_stronger_prior() {
        let alike = CLICK.of_members(&[seen(100_000.0, 300.0); 6]);
        let apart = CLICK.of_members(&[
            seen(100_000.0, 100.0),
            seen(100_000.0, 500.0),
            seen(100_000.0, 200.0),
            seen(100_000.0, 800.0),
        ]);
        assert!((alike.mean - 0.003).abs() < 3e-4, "{alike:?}");
        assert!((apart.mean - 0.004).abs() < 5e-4, "{apart:?}");
        assert!(alike.strength > 3.0 * apart.strength, "{alike:?} {apart:?}");
    }

    #[test]
    fn who_gets_most_of_the_money_does_not_become_the_mean() {
        let members = [
            seen(1_000_000.0, 10_000.0),
            seen(20_000.0, 100.0),
            seen(20_000.0, 100.0),
        ];
        let mean = CLICK.of_members(&members).mean;
        assert!((0.004..0.007).contains(&mean), "{mean}");
    }

    #[test]
    fn an_ad_with_little_history_is_shrunk_to_its_family() {
        let family = CLICK.of_members(&[seen(50_000.0, 500.0), seen(50_000.0, 600.0)]);
        let rate = |trials, successes| family.posterior(seen(trials, successes)).mean();
        assert_eq!(rate(0.0, 0.0), family.mean);
        assert!(rate(20.0, 0.0) > 0.9 * family.mean);
        assert!((rate(1e6, 3_000.0) - 0.003).abs() < 1e-4);
        assert!(rate(0.0, 5.0) < 1.0);
        assert_eq!(CLICK.of_members(&[]), CLICK);
    }
}
