//! Rates of an ad, from counts with a prior.
//!
//! A rate is the mean of a Beta posterior: (prior mean × prior strength + successes) ÷ (prior
//! strength + trials). The strength says how many trials of its own an ad needs before it is
//! believed over the prior.

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
}
