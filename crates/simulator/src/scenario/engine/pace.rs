//! The day's spend plan, and what tells it that traffic has changed at once.

use campaign::ad::Budget;
use campaign::time::{TimeZone, Timestamp};
use learning::surge::{Detector, Sample, Settings, Signal, Surge};
use pacing::plan::{Outlook, Plan, Shape, Spent, Terms};

use super::super::wire::Brief;

/// The pace of one campaign.
pub struct Pace {
    plan: Plan,
    detector: Detector,
    zone: TimeZone,
    last: Timestamp,
    day_ends: Timestamp,
    /// What changed at once, as far as it was noticed.
    pub surges: Vec<Surge>,
}

impl Pace {
    /// A plan for one who knows nothing of hours: they are learned day by day.
    pub fn new(brief: &Brief, zone: TimeZone) -> Pace {
        let terms = Terms {
            zone: zone.clone(),
            budget: Budget {
                lifetime: None,
                daily: Some(brief.daily),
            },
            ..Terms::default()
        };
        Pace {
            plan: Plan::new(terms, Shape::FLAT, brief.asks_per_day / 24.0),
            detector: Detector::new(zone.clone(), Settings::default()),
            last: brief.start,
            day_ends: zone.day(brief.start).end,
            zone,
            surges: Vec::new(),
        }
    }

    /// Takes in what came since the last tick, and says how the plan stands.
    pub fn tick(&mut self, now: Timestamp, mut sample: Sample, spent: &Spent) -> Outlook {
        if now > self.last {
            sample.usual = self.plan.usual(self.last, now);
            self.plan.observe(self.last, now, sample.auctions);
            let surges = self.detector.observe(now, &sample);
            if surges.iter().any(|surge| surge.signal == Signal::Traffic) {
                self.plan.surge();
            }
            self.surges.extend(surges);
        }
        self.last = now;
        if now >= self.day_ends {
            self.day_ends = self.zone.day(now).end;
            self.plan.learn(&Shape::FLAT);
        }
        self.plan.outlook(now, spent)
    }
}
