//! The scenarios: who advertises what, what is true, and what has to come out.

use campaign::ad::Goal;
use campaign::id::{AdId, AdvertiserId, CampaignId};
use campaign::money::{Cpm, Money};
use campaign::time::{Span, Timestamp};
use libm::exp;
use pacing::reallocate::Bounds;
use rand::RngExt;

use super::play::Scene;
use super::truth::{Events, Nature};
use super::wire::{AdBrief, Brief};
use crate::dice::{Purpose, dice};

/// A scenario, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Two ads of identical targeting, one twice as good.
    TwoAds,
    /// Ten ads of identical targeting whose rates drift.
    TenAdsDrift,
    /// An ad that joins four others on the third day.
    NewAd,
    /// Conversions that are not told for six hours.
    SilentTracker,
    /// Three times the traffic for two hours.
    Surge,
}

impl Name {
    /// All of them.
    pub const ALL: [Name; 5] = [
        Name::TwoAds,
        Name::TenAdsDrift,
        Name::NewAd,
        Name::SilentTracker,
        Name::Surge,
    ];

    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Name::TwoAds => "two-ads",
            Name::TenAdsDrift => "ten-ads-drift",
            Name::NewAd => "new-ad",
            Name::SilentTracker => "silent-tracker",
            Name::Surge => "surge",
        }
    }

    /// The scenario of this name, if there is one.
    pub fn parse(text: &str) -> Option<Name> {
        Name::ALL.into_iter().find(|name| name.text() == text)
    }

    /// How many days it lasts, unless one says otherwise.
    pub fn days(self) -> u32 {
        match self {
            Name::TwoAds => 1,
            Name::TenAdsDrift => 10,
            Name::NewAd => 5,
            Name::SilentTracker => 3,
            Name::Surge => 5,
        }
    }

    /// The fewest days in which what it is about happens.
    pub fn days_min(self) -> u32 {
        match self {
            Name::TenAdsDrift => 2,
            Name::NewAd => 3,
            other => other.days(),
        }
    }

    /// What is told and what is true, for a seed.
    pub fn scene(self, seed: u64, days: u32) -> Scene {
        let scene = match self {
            Name::TwoAds => two_ads(),
            Name::TenAdsDrift => ten_ads_drift(seed),
            Name::NewAd => new_ad(),
            Name::SilentTracker => silent_tracker(),
            Name::Surge => surge(),
        };
        Scene {
            days,
            brief: Brief {
                seed: !seed,
                ..scene.brief
            },
            ..scene
        }
    }
}

/// A Monday's midnight.
pub const START: Timestamp = Timestamp(1_767_571_200_000);
/// The day on which the ad of [`Name::NewAd`] joins, counted from 0.
pub const JOINS_ON: u32 = 2;
/// When the tracker of [`Name::SilentTracker`] goes silent and comes back, in hours from the start.
pub const SILENT: (usize, usize) = (24 + 11, 24 + 17);
/// When the traffic of [`Name::Surge`] rises and falls, in hours from the start.
pub const SURGE: (usize, usize) = (96 + 12, 96 + 14);

const ALL_SEGMENTS: u8 = 0b11_1111;
/// Whole units of the currency in nanos.
const UNIT: i64 = 1_000_000_000;

fn hour(number: usize) -> Timestamp {
    START + Span::hours(number as i64)
}

fn ad(number: u64, name: &str, segments: u8, min: f64) -> AdBrief {
    AdBrief {
        id: AdId(number),
        name: name.to_string(),
        segments,
        bounds: Bounds { min, max: 1.0 },
        joins: START,
    }
}

fn scene(ads: Vec<(AdBrief, Nature)>, goal: Goal, daily: Money, asks_per_day: f64) -> Scene {
    let (ads, natures) = ads.into_iter().unzip();
    Scene {
        brief: Brief {
            advertiser: AdvertiserId(1),
            campaign: CampaignId(1),
            start: START,
            daily,
            goal,
            // A CPM of 20 units.
            max_bid: Cpm(20_000_000),
            ads,
            asks_per_day,
            holds_rates: true,
            seed: 0,
        },
        natures,
        events: Events {
            start: START,
            asks_per_day,
            surge: None,
            silence: None,
            conversion_delay: Span::hours(1),
        },
        days: 1,
    }
}

/// What a click is worth where clicks are the goal: half a unit.
const CLICK: Goal = Goal::Click(Money(UNIT / 2));

fn two_ads() -> Scene {
    let ads = vec![
        (ad(1, "A", ALL_SEGMENTS, 0.02), Nature::steady(0.004, 0.1)),
        (ad(2, "B", ALL_SEGMENTS, 0.02), Nature::steady(0.008, 0.1)),
    ];
    scene(ads, CLICK, Money(45 * UNIT), 300_000.0)
}

fn ten_ads_drift(seed: u64) -> Scene {
    let ads = (0..10).map(|n| {
        let mut throws = dice(seed, Purpose::Publisher, n);
        let nature = Nature {
            click: 0.02 * exp(0.2 * (2.0 * throws.random::<f64>() - 1.0)),
            conversion: 0.1,
            swing: 0.5,
            period_days: 8.0 * (1.0 + throws.random::<f64>()),
            phase: throws.random(),
        };
        (ad(n + 1, &(n + 1).to_string(), ALL_SEGMENTS, 0.01), nature)
    });
    let worth = Goal::Click(Money(UNIT / 8));
    scene(ads.collect(), worth, Money(14 * UNIT), 100_000.0)
}

fn new_ad() -> Scene {
    let mut ads = vec![
        (ad(1, "A", 0b00_0111, 0.02), Nature::steady(0.0125, 0.1)),
        (ad(2, "B", 0b01_1100, 0.02), Nature::steady(0.0150, 0.1)),
        (ad(3, "C", 0b11_0001, 0.02), Nature::steady(0.0112, 0.1)),
        (ad(4, "D", ALL_SEGMENTS, 0.02), Nature::steady(0.0088, 0.1)),
        (ad(5, "E", 0b00_1110, 0.02), Nature::steady(0.0200, 0.1)),
    ];
    ads[4].0.joins = hour(24 * JOINS_ON as usize);
    let worth = Goal::Click(Money(UNIT / 5));
    scene(ads, worth, Money(24 * UNIT), 120_000.0)
}

fn silent_tracker() -> Scene {
    let ads = vec![
        (ad(1, "A", 0b00_1111, 0.02), Nature::steady(0.025, 0.25)),
        (ad(2, "B", 0b11_1100, 0.02), Nature::steady(0.025, 0.20)),
        (ad(3, "C", ALL_SEGMENTS, 0.02), Nature::steady(0.02, 0.19)),
    ];
    let worth = Goal::Conversion(Money(UNIT * 4 / 5));
    let mut scene = scene(ads, worth, Money(25 * UNIT), 100_000.0);
    scene.events.silence = Some((hour(SILENT.0), hour(SILENT.1)));
    scene
}

fn surge() -> Scene {
    let ads = vec![
        (ad(1, "A", 0b00_1111, 0.02), Nature::steady(0.006, 0.1)),
        (ad(2, "B", 0b11_1100, 0.02), Nature::steady(0.005, 0.1)),
        (ad(3, "C", ALL_SEGMENTS, 0.02), Nature::steady(0.004, 0.1)),
    ];
    let mut scene = scene(ads, CLICK, Money(20 * UNIT), 100_000.0);
    scene.events.surge = Some((hour(SURGE.0), hour(SURGE.1), 3.0));
    scene
}
