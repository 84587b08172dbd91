//! Conversions that come late, and trackers that go silent: what of a click is a trial by now, and since when nothing
//! was heard of conversions though clicks go on.

use std::collections::HashMap;

use campaign::ad::Goal;
use campaign::id::{AdId, CampaignId};
use campaign::time::{Span, Timestamp};
use learning::delay::{Clicks, Settings, Tracker};
use learning::rates::{Counts, Evidence};
use store::pacing::EventKind;

use super::Authority;

/// How often delays are learned, by the trade's clock.
const EVERY: Span = Span::minutes(1);
/// More campaigns than these are not watched: their rates are what was counted.
const MAX_CAMPAIGNS: usize = 20_000;
/// Of more ads of a campaign than these the others' rates are what was counted.
const MAX_ADS: usize = 1_000;

/// Conversions are believed to come soon until they are seen to come late: a rate that is too high for an hour costs
/// money, one that is too low only waits.
fn settings() -> Settings {
    Settings {
        delay: Span::minutes(30),
        delay_strength: 3.0,
        steps: 10,
        ..Settings::default()
    }
}

/// What was heard of the conversions of campaigns whose ads say what one is worth.
#[derive(Debug, Default)]
pub(super) struct Conversions {
    campaigns: HashMap<CampaignId, Heard>,
    looked: Option<Timestamp>,
}

/// What was heard of one campaign's.
#[derive(Debug)]
struct Heard {
    tracker: Tracker,
    ads: HashMap<AdId, Clicks>,
}

/// A click, or a conversion of one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told {
    /// A click.
    Click {
        /// On which ad.
        ad: AdId,
        /// When.
        at: Timestamp,
    },
    /// A conversion.
    Conversion {
        /// Of a click on which ad.
        ad: AdId,
        /// When it was clicked.
        clicked: Timestamp,
        /// When it was told.
        at: Timestamp,
    },
}

impl Told {
    fn ad(&self) -> AdId {
        match self {
            Told::Click { ad, .. } | Told::Conversion { ad, .. } => *ad,
        }
    }
}

/// What became of a campaign's tracker.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    /// It is silent since then.
    Silent(Timestamp),
    /// It speaks again.
    Back,
    /// It was silent for so long that it is taken for true.
    GivenUp,
}

impl Heard {
    fn new() -> Heard {
        Heard {
            tracker: Tracker::new(settings()),
            ads: HashMap::new(),
        }
    }

    /// `counts` are what was counted of the ad before.
    fn hear(&mut self, told: &Told, counts: Counts, now: Timestamp) -> Option<Change> {
        let room = self.ads.len() < MAX_ADS;
        if !room && !self.ads.contains_key(&told.ad()) {
            return None;
        }
        let clicks = self.ads.entry(told.ad()).or_insert_with(|| {
            let before = Evidence {
                trials: counts.clicks as f64,
                successes: counts.conversions as f64,
            };
            Clicks::since(&settings(), before, now)
        });
        let was_held = self.tracker.is_held();
        match *told {
            Told::Click { at, .. } => {
                clicks.click(at);
                self.tracker.click(at);
            }
            Told::Conversion { clicked, at, .. } => {
                clicks.convert(clicked);
                self.tracker.convert(clicked, at, now);
            }
        }
        (was_held && !self.tracker.is_held()).then_some(Change::Back)
    }

    fn look(&mut self, now: Timestamp) -> Option<Change> {
        let was_held = self.tracker.is_held();
        let silent = self.tracker.silence(now);
        let change = match silent {
            Some(since) if !was_held => {
                self.tracker.hold(since);
                Some(Change::Silent(since))
            }
            Some(since) if now - since >= settings().hold_max => {
                self.tracker.accept(now);
                Some(Change::GivenUp)
            }
            _ => None,
        };
        self.tracker.learn(now);
        for clicks in self.ads.values_mut() {
            clicks.forget(&self.tracker, now);
        }
        change
    }
}

impl Conversions {
    /// What an ad's clicks say of its rate of conversions by now; `None` where it is not watched.
    pub fn evidence(&self, campaign: CampaignId, ad: AdId, now: Timestamp) -> Option<Evidence> {
        let heard = self.campaigns.get(&campaign)?;
        Some(heard.ads.get(&ad)?.evidence(&heard.tracker, now))
    }

    fn of(&mut self, campaign: CampaignId) -> Option<&mut Heard> {
        let room = self.campaigns.len() < MAX_CAMPAIGNS;
        if !room && !self.campaigns.contains_key(&campaign) {
            return None;
        }
        Some(self.campaigns.entry(campaign).or_insert_with(Heard::new))
    }
}

impl Authority {
    /// Clicks and conversions were told, each once. Call it before they are counted.
    pub(super) fn hear(&mut self, told: &[Told]) {
        let now = self.clock.now();
        let mut changes = Vec::new();
        for one in told {
            let Some(placed) = self.catalog.placed(one.ad()) else {
                continue;
            };
            if !matches!(placed.ad.goal, Goal::Conversion(_)) {
                continue;
            }
            let campaign = placed.campaign.id;
            let counts = self.learned.counts(one.ad());
            if let Some(heard) = self.conversions.of(campaign) {
                let change = heard.hear(one, counts, now);
                changes.extend(change.map(|change| (campaign, change)));
            }
        }
        self.tell_changes(changes);
    }

    /// Looks whether trackers are silent, if it is time.
    pub(super) fn listen(&mut self) {
        let now = self.clock.now();
        if self.conversions.looked.is_some_and(|at| now - at < EVERY) {
            return;
        }
        self.conversions.looked = Some(now);
        let catalog = &self.catalog;
        let campaigns = &mut self.conversions.campaigns;
        campaigns.retain(|campaign, _| {
            catalog
                .numbered(campaign.0)
                .is_some_and(|it| !it.is_deleted())
        });
        let looks = campaigns.iter_mut().filter_map(|(campaign, heard)| {
            let change = heard.look(now)?;
            Some((*campaign, change))
        });
        let changes = looks.collect();
        self.tell_changes(changes);
    }

    fn tell_changes(&mut self, changes: Vec<(CampaignId, Change)>) {
        for (campaign, change) in changes {
            let (kind, what) = match change {
                Change::Silent(since) => (
                    EventKind::ConversionsSilent,
                    format!(
                        "no conversion was told since {since} though clicks go on: what is known of the rates is held; \
                         see whether the tracker works"
                    ),
                ),
                Change::Back => (
                    EventKind::BackToUsual,
                    "conversions are told again: rates are learned on, and clicks of the silence count for nothing"
                        .to_string(),
                ),
                Change::GivenUp => (
                    EventKind::BackToUsual,
                    "conversions were silent for so long that it is taken for true: rates are learned on, and clicks \
                     of the silence count"
                        .to_string(),
                ),
            };
            tracing::info!(campaign = campaign.0, "{what}");
            self.tell(campaign, kind, "conversions", what);
        }
    }
}
