//! Sudden changes of a campaign's traffic, clicks, wins and prices are noticed by the minute, and said.

use std::collections::VecDeque;

use campaign::id::CampaignId;
use campaign::time::{Span, TimeZone, Timestamp};
use learning::surge::{Detector, Sample, Settings, Signal, Surge};
use store::pacing::EventKind;

use super::Authority;
use super::pot::{Outcome, Pot};
use crate::catalog::Placed;

/// A sample is of so long.
const MINUTE: Span = Span::minutes(1);
/// What wins and what it costs is told to have changed only if our own bids have not, for so long before.
const STEADY: Span = Span::minutes(15);
/// For so long it is remembered what bids were divided by.
const KEPT: Span = Span::minutes(90);
/// Bids that moved by no more than this factor have not changed.
const STEADY_FACTOR: f64 = 1.2;

/// Watches one campaign.
#[derive(Debug)]
pub(super) struct Watch {
    detector: Detector,
    sample: Sample,
    since: Timestamp,
    /// How many of its ads may bid: of this round so far, of the last one, and at the last sample.
    counting: u32,
    open: u32,
    sampled: u32,
    /// What was bid on in this sample was worth so much, and so much was bid for it.
    worth: f64,
    bid: f64,
    /// What its bids were divided by, by μ or because a first price was shaded, sample by sample.
    divisors: VecDeque<(Timestamp, f64)>,
}

impl Watch {
    /// Of which nothing was seen yet.
    pub fn new(zone: TimeZone, now: Timestamp) -> Watch {
        Watch {
            detector: Detector::new(zone, Settings::default()),
            sample: Sample::default(),
            since: now,
            counting: 0,
            open: 0,
            sampled: 0,
            worth: 0.0,
            bid: 0.0,
            divisors: VecDeque::new(),
        }
    }

    /// Counts an ad that may bid.
    pub fn count(&mut self, placed: &Placed<'_>, now: Timestamp) {
        self.counting += u32::from(placed.runs(now));
    }

    /// So many bids were made.
    pub fn bid(&mut self, bids: u64) {
        self.sample.auctions += bids as f64;
    }

    /// This came of a bid.
    pub fn learn(&mut self, outcome: &Outcome) {
        self.sample.bids += 1.0;
        self.worth += outcome.value;
        self.bid += outcome.bid;
        if let Some(cost) = outcome.cost {
            self.sample.wins += 1.0;
            self.sample.spend += cost.nanos() as f64;
        }
    }

    /// So many clicks were told.
    pub fn click(&mut self, clicks: i64) {
        self.sample.clicks += clicks.max(0) as f64;
    }

    /// Looks at the last minute, if it is over. Call it once a round of all ads, before they are counted.
    pub fn tick(&mut self, pot: &Pot, zone: &TimeZone, now: Timestamp) -> Vec<Surge> {
        self.open = std::mem::take(&mut self.counting);
        if now - self.since < MINUTE {
            return Vec::new();
        }
        let since = std::mem::replace(&mut self.since, now);
        let mut sample = std::mem::take(&mut self.sample);
        // Who pauses an ad or adds one need not be told that traffic changed.
        if self.open != std::mem::replace(&mut self.sampled, self.open) {
            self.detector = Detector::new(zone.clone(), Settings::default());
        }
        let blind = self.open == 0 || pot.is_spent();
        sample.usual = if blind { 0.0 } else { pot.usual(since, now) };
        let (worth, bid) = (
            std::mem::take(&mut self.worth),
            std::mem::take(&mut self.bid),
        );
        let divisor = if worth > 0.0 && bid > 0.0 {
            worth / bid
        } else {
            pot.multiplier()
        };
        self.divisors.push_back((now, divisor));
        while self
            .divisors
            .pop_front_if(|(at, _)| now - *at > KEPT)
            .is_some()
        {}
        let mut surges = self.detector.observe(now, &sample);
        surges.retain(|surge| match surge.signal {
            Signal::Traffic | Signal::ClickRate => true,
            Signal::WinRate | Signal::Price => self.is_steady(surge.since - STEADY),
        });
        surges
    }

    /// Whether its bids have hardly moved since then.
    fn is_steady(&self, since: Timestamp) -> bool {
        let of_late = self.divisors.iter().filter(|(at, _)| *at >= since);
        let of_late = of_late.map(|(_, divisor)| *divisor);
        let most = of_late.clone().fold(0.0, f64::max);
        most <= of_late.fold(f64::INFINITY, f64::min) * STEADY_FACTOR
    }
}

/// What changed, in one sentence.
fn sentence(surge: &Surge) -> String {
    let Surge {
        from, to, since, ..
    } = *surge;
    let of = match surge.signal {
        Signal::Traffic => format!("from {from:.2} to {to:.2} times what is usual at this hour"),
        Signal::ClickRate => format!(
            "from {:.3} % to {:.3} % of impressions",
            from * 100.0,
            to * 100.0
        ),
        Signal::WinRate => format!("from {:.1} % to {:.1} % of bids", from * 100.0, to * 100.0),
        // A thousand impressions, of prices in nanos.
        Signal::Price => format!("from {:.3} to {:.3} for a thousand", from / 1e6, to / 1e6),
    };
    let (what, way) = (name(surge.signal), if to > from { "rose" } else { "fell" });
    format!(
        "{what} {way} suddenly, {of}, since {since} (z {:.1})",
        surge.z
    )
}

fn name(signal: Signal) -> &'static str {
    match signal {
        Signal::Traffic => "traffic",
        Signal::ClickRate => "click rate",
        Signal::WinRate => "win rate",
        Signal::Price => "price",
    }
}

impl Authority {
    /// Keeps what was noticed since this was last done.
    pub(super) fn tell_surges(&mut self) {
        for (campaign, surge) in self.pace.take_surges() {
            self.tell_surge(campaign, &surge);
        }
    }

    fn tell_surge(&mut self, campaign: CampaignId, surge: &Surge) {
        let kind = match surge.to > surge.from {
            true => EventKind::Rise,
            false => EventKind::Fall,
        };
        let what = sentence(surge);
        tracing::info!(campaign = campaign.0, "{what}");
        self.tell(campaign, kind, name(surge.signal), what);
    }
}
