//! What a plan is made for: how much, from when to when, in which hours, how fast.

use campaign::ad::Budget;
use campaign::money::Money;
pub use campaign::spending::{CatchUp, Dayparts, Segment};
use campaign::time::{Flight, TimeZone};

/// What was agreed about a budget.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Terms {
    /// When it runs.
    pub flight: Flight,
    /// Where its days begin.
    pub zone: TimeZone,
    /// For the day and the life. The life's is spread over the flight if that has an end.
    pub budget: Budget,
    /// Stretches of the flight with amounts of their own, in order, none over another. Where no segment is, only
    /// `budget` counts.
    pub segments: Vec<Segment>,
    /// In which hours of the week it may serve.
    pub dayparts: Dayparts,
    /// How fast.
    pub delivery: Delivery,
    /// What becomes of what was missed.
    pub catch_up: CatchUp,
}

/// How fast a budget is spent, against an even spend. With F the share of a window's traffic that is over, the plan has
/// spent by then
///
/// > even: F · amount; ahead by a factor a: (1 − (1 − F)^a) · amount; as fast as possible: all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Delivery {
    /// In proportion to traffic.
    #[default]
    Even,
    /// At each moment this many times as fast as an even spend of what is left: 1.2 is 20 % faster. It starts at that
    /// rate, and never runs dry before the end. Factors are taken to lie from 1 to 10.
    Ahead(f64),
    /// In every auction, until the budget is spent. The multiplier is then not asked.
    AsFastAsPossible,
}

impl From<campaign::ad::Delivery> for Delivery {
    fn from(delivery: campaign::ad::Delivery) -> Delivery {
        match delivery {
            campaign::ad::Delivery::Even => Delivery::Even,
            campaign::ad::Delivery::Ahead(percent) => {
                Delivery::Ahead(1.0 + f64::from(percent) / 100.0)
            }
            campaign::ad::Delivery::AsFastAsPossible => Delivery::AsFastAsPossible,
        }
    }
}

impl Delivery {
    /// By how much it is faster than an even spend of what is left; infinite for as fast as possible.
    pub fn factor(self) -> f64 {
        match self {
            Delivery::Even => 1.0,
            Delivery::Ahead(factor) if factor.is_finite() => factor.clamp(1.0, 10.0),
            Delivery::Ahead(_) => 1.0,
            Delivery::AsFastAsPossible => f64::INFINITY,
        }
    }

    /// Which part of a window's amount the plan has spent when this share of its traffic is over.
    pub fn spent(self, over: f64) -> f64 {
        let left = 1.0 - over.clamp(0.0, 1.0);
        match self {
            Delivery::Even => 1.0 - left,
            Delivery::Ahead(_) => 1.0 - libm::pow(left, self.factor()),
            Delivery::AsFastAsPossible => 1.0,
        }
    }
}

/// What was spent, by the windows that a plan knows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// Since the flight began.
    pub life: Money,
    /// Since the day began, in the plan's zone.
    pub today: Money,
    /// Since the segment began that is on now.
    pub segment: Money,
    /// What an auction cost lately on average, won or not, in nanos: for the projection. Without it the projection says
    /// what the plan says.
    pub per_auction: Option<f64>,
}

/// A window of time in which an amount may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The day.
    Day,
    /// The segment that is on.
    Segment,
    /// The flight.
    Flight,
}

/// What a plan says at a moment.
///
/// A controller takes from it, once a tick, `left` and `auctions_left` for `pacing::pacer::Account`: what is to be
/// spent over how many auctions. Both are those of the tightest window, the one with the least to spend in an auction.
/// Where `window` is None, or the delivery is as fast as possible, no multiplier is asked: bids are as high as the ads
/// allow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// Whether it may serve now: the flight is on and the hour is open.
    pub open: bool,
    /// The tightest window. None where nothing limits the pace: no budget, or a life's budget without an end.
    pub window: Option<Window>,
    /// What is left to spend in the tightest window, by the rule for catching up; nothing below 0. Of a flight's or
    /// segment's money that is caught up by the day, this is today's part. Without a window, all that is left.
    pub left: Money,
    /// Over how many auctions `left` is to be spent: those still to come in the open hours of the window, divided by
    /// the factor of the delivery (0 for as fast as possible).
    pub auctions_left: f64,
    /// Which share of the day's open traffic is still to come, from 0 to 1.
    pub share_left: f64,
    /// What the day is to spend in all: the tightest of what its windows give it. None where nothing limits the pace.
    pub day_amount: Option<Money>,
    /// What the plan was to have spent of it by now: the ideal curve. None where nothing limits the pace.
    pub target_today: Option<Money>,
    /// What the plan was to have spent by now since the flight began. None where the life has no amount or no end.
    pub target_life: Option<Money>,
    /// What will have been spent today when the day ends, at the present rate.
    pub projected_today: Money,
    /// The same for the flight. None where it has no end.
    pub projected_life: Option<Money>,
}
