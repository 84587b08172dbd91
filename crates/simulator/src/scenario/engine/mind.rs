//! What the engine believes of its ads, and the benefit of the doubt that it gives them.

use auction::book::AdTerms;
use auction::pricing::asking;
use campaign::ad::Goal;
use campaign::estimate::Estimate;
use campaign::id::AdId;
use campaign::time::Timestamp;
use journal::entry::BidTerms;
use learning::bandit::{optimistic, throw};
use learning::beta::Beta;
use learning::delay::{Clicks, Settings, Tracker};
use learning::rates::{CLICK, CONVERSION, Evidence, Faded, HALF_LIFE, Prior, Rates};

use super::super::wire::Brief;

/// What is known of one ad.
struct Known {
    id: AdId,
    impressions: u64,
    shown: Faded,
    clicks: Clicks,
    click: Beta,
    conversion: Beta,
    worth: Estimate,
    /// Its terms, with the rates that were drawn.
    terms: AdTerms,
}

/// What is known of all.
pub struct Mind {
    known: Vec<Known>,
    tracker: Tracker,
    goal: Goal,
    holds_rates: bool,
    seed: u64,
}

impl Mind {
    /// Nothing is known yet.
    pub fn new(brief: &Brief) -> Mind {
        let settings = Settings::default();
        let known = brief.ads.iter().map(|ad| Known {
            id: ad.id,
            impressions: 0,
            shown: Faded::new(HALF_LIFE),
            clicks: Clicks::new(&settings),
            click: CLICK.posterior(Evidence::default()),
            conversion: CONVERSION.posterior(Evidence::default()),
            worth: Estimate::default(),
            terms: brief.terms(),
        });
        Mind {
            known: known.collect(),
            tracker: Tracker::new(settings),
            goal: brief.goal,
            holds_rates: brief.holds_rates,
            seed: brief.seed,
        }
    }

    /// An ad was shown.
    pub fn shown(&mut self, ad: usize, at: Timestamp) {
        let known = &mut self.known[ad];
        known.impressions += 1;
        known.shown.add(evidence(1.0, 0.0), at);
    }

    /// It was clicked.
    pub fn clicked(&mut self, ad: usize, terms: &BidTerms, at: Timestamp) {
        let known = &mut self.known[ad];
        known.shown.add(evidence(0.0, 1.0), terms.issued);
        known.clicks.click(at);
        self.tracker.click(at);
    }

    /// The click converted.
    pub fn converted(&mut self, ad: usize, clicked: Timestamp, at: Timestamp, now: Timestamp) {
        self.known[ad].clicks.convert(clicked);
        self.tracker.convert(clicked, at, now);
    }

    /// Works out what to believe, and draws from it. `joined` are the ads that there are by now.
    pub fn learn(&mut self, now: Timestamp, joined: &[bool]) {
        if self.holds_rates
            && let Some(since) = self.tracker.silence(now)
        {
            self.tracker.hold(since);
        }
        self.tracker.learn(now);
        for known in &mut self.known {
            known.clicks.forget(&self.tracker, now);
        }
        let clicks = self.evidence(joined, |known| known.shown.at_time(now));
        let conversions = self.evidence(joined, |known| known.clicks.evidence(&self.tracker, now));
        let click = prior(CLICK, &clicks);
        let conversion = prior(CONVERSION, &conversions);
        let turn = now.0 as u64;
        for (place, known) in self
            .known
            .iter_mut()
            .enumerate()
            .filter(|(place, _)| joined[*place])
        {
            known.click = click.posterior(clicks[place]);
            known.conversion = conversion.posterior(conversions[place]);
            let click = optimistic(&known.click, throw(self.seed, known.id, turn));
            let conversion = optimistic(&known.conversion, throw(!self.seed, known.id, turn));
            known.terms.rates = Rates {
                click,
                conversion,
                ..Rates::default()
            };
            known.worth = match self.goal {
                Goal::FixedCpm(cpm) => Estimate::exactly(cpm.0 as f64),
                Goal::Click(worth) => known.click.estimate().scaled(worth.nanos() as f64),
                Goal::Conversion(worth) => known
                    .click
                    .estimate()
                    .times(known.conversion.estimate())
                    .scaled(worth.nanos() as f64),
            };
        }
    }

    /// One for each ad, nothing for those that have not joined.
    fn evidence(&self, joined: &[bool], of: impl Fn(&Known) -> Evidence) -> Vec<Evidence> {
        let of = |(known, joined): (&Known, &bool)| {
            if *joined {
                of(known)
            } else {
                Evidence::default()
            }
        };
        self.known.iter().zip(joined).map(of).collect()
    }

    /// What an impression of the ad counts for until the next draw, in nanos: as the live engine prices it.
    pub fn value(&self, ad: usize) -> f64 {
        asking(&self.known[ad].terms).0 as f64
    }

    /// What an impression of it is believed to be worth.
    pub fn worth(&self, ad: usize) -> Estimate {
        self.known[ad].worth
    }

    /// How often it was shown.
    pub fn impressions(&self, ad: usize) -> u64 {
        self.known[ad].impressions
    }

    /// How conversions are tracked.
    pub fn tracker(&self) -> &Tracker {
        &self.tracker
    }
}

fn evidence(trials: f64, successes: f64) -> Evidence {
    Evidence { trials, successes }
}

/// The prior of an ad: the campaign's, which is the account's only one.
fn prior(broadest: Prior, ads: &[Evidence]) -> Prior {
    let campaign = ads.iter().copied().sum::<Evidence>();
    broadest.of_members(&[campaign]).of_members(ads)
}
