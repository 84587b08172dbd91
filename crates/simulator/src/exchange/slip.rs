//! The paper that goes with one bid: what its notices say, when they go out, and which were acknowledged.

use std::sync::atomic::{AtomicU8, Ordering};

use auction::token::Notice;
use campaign::creative::Format;
use campaign::id::AdvertiserId;
use campaign::time::Span;
use openrtb::macros::{self, Values};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::audit::answer::AnswerBid;
use crate::audit::books::{Countable, Subject};
use crate::audit::markup::Markup;
use crate::dice::exponential;
use crate::world::truth::Truth;

/// How exchanges and pages fail to tell what happened. Shares of 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoticeFaults {
    /// Notices that are never sent.
    pub lost: f64,
    /// Notices that are sent twice.
    pub duplicated: f64,
    /// Notices that come an hour or two late.
    pub late: f64,
    /// Wins that are never shown, and so never billed.
    pub unshown: f64,
}

impl Default for NoticeFaults {
    fn default() -> NoticeFaults {
        NoticeFaults {
            lost: 0.005,
            duplicated: 0.01,
            late: 0.003,
            unshown: 0.04,
        }
    }
}

impl NoticeFaults {
    /// Everything is told, once and in time.
    pub const NONE: NoticeFaults = NoticeFaults {
        lost: 0.0,
        duplicated: 0.0,
        late: 0.0,
        unshown: 0.0,
    };
}

/// One bid after its auction.
#[derive(Debug)]
pub(crate) struct Slip {
    pub(crate) subject: Subject,
    /// The notice that bills.
    pub(crate) billed_by: Notice,
    /// Whether the bidder had the right to measure what the user does: only then may a click be followed on. Not known
    /// where the terms could not be read.
    pub(crate) measured: Option<bool>,
    /// Where a click must lead.
    pub(crate) landing_url: Option<String>,
    /// Who is told of a conversion.
    pub(crate) advertiser: Option<AdvertiserId>,
    /// The conversion after the click, if there is to be one.
    pub(crate) conversion: Option<PlannedConversion>,
    /// What was sent at least once, and what came to an end: two bits for each thing that is counted.
    pub(crate) progress: AtomicU8,
}

/// A conversion that will come if the user clicks.
#[derive(Clone, Debug)]
pub(crate) struct PlannedConversion {
    pub(crate) delay: Span,
    pub(crate) order: String,
    pub(crate) value_cents: i64,
}

/// Something to be told.
#[derive(Clone, Debug)]
pub(crate) struct Errand {
    pub(crate) kind: ErrandKind,
    pub(crate) url: String,
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrandKind {
    /// A notice about a bid.
    Notice(Notice),
    /// A conversion, by the advertiser.
    Conversion,
}

impl Slip {
    /// What is counted when this is acknowledged.
    pub(crate) fn counts_as(&self, kind: ErrandKind) -> Option<Countable> {
        match kind {
            ErrandKind::Conversion => Some(Countable::Conversion),
            ErrandKind::Notice(Notice::Win) => Some(Countable::Win),
            ErrandKind::Notice(Notice::Click) => Some(Countable::Click),
            ErrandKind::Notice(kind) => (kind == self.billed_by).then_some(Countable::Billing),
        }
    }

    /// Whether this is sent for the first time.
    pub(crate) fn first_attempt(&self, what: Countable) -> bool {
        self.first(1 << (what as u8))
    }

    /// Whether this is acknowledged, or refused for good, for the first time.
    pub(crate) fn first_end(&self, what: Countable) -> bool {
        self.first(1 << (4 + what as u8))
    }

    fn first(&self, bit: u8) -> bool {
        self.progress.fetch_or(bit, Ordering::Relaxed) & bit == 0
    }
}

/// What the exchange fills into the macros of one bid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filled {
    pub(crate) request: String,
    pub(crate) imp: String,
    pub(crate) bid: String,
    pub(crate) seat: String,
    pub(crate) currency: String,
    pub(crate) price: String,
    pub(crate) loss: String,
    pub(crate) min_to_win: String,
}

impl Filled {
    pub(crate) fn fill(&self, url: &str) -> String {
        let values = Values {
            id: &self.request,
            bid_id: &self.bid,
            imp_id: &self.imp,
            seat_id: &self.seat,
            price: &self.price,
            currency: &self.currency,
            loss: &self.loss,
            min_to_win: &self.min_to_win,
            multiplier: "1",
            ..Values::default()
        };
        macros::expand(url, &values, macros::no_encoding)
    }
}

/// The share of impressions that come into view.
const SEEN: f64 = 0.68;

/// How a won bid goes on: each errand with its delay on the trade's clock.
pub(crate) fn after_win(
    dice: &mut ChaCha8Rng,
    bid: &AnswerBid,
    markup: &Markup,
    base: &str,
    format: Format,
    click_probability: f64,
    faults: &NoticeFaults,
) -> Vec<(Span, ErrandKind, String)> {
    let mut plan = Plan {
        dice,
        faults,
        errands: Vec::new(),
    };
    let told = Span(plan.dice.random_range(20..500));
    plan.add(told, Notice::Win, bid.text("nurl"));
    if plan.dice.random_bool(faults.unshown) {
        return plan.errands;
    }
    // Web pages render at once; films wait for their turn (the rules of thumb of the field, scaled down).
    let mean_ms = match format {
        Format::Banner => 4_000.0,
        Format::Native => 9_000.0,
        Format::Video | Format::Audio => 25_000.0,
    };
    let shown = later(told, Span(200 + exponential(plan.dice, mean_ms) as i64));
    let lag = Span(plan.dice.random_range(10..2_000));
    let thought = Span(1_500 + exponential(plan.dice, 6_000.0) as i64);
    let seen = plan.dice.random_bool(SEEN);
    let clicked = seen && plan.dice.random_bool((click_probability / SEEN).min(1.0));
    let url = |kind| markup.notice(base, kind).unwrap_or_default();
    for (happens, kind, delay, url) in [
        (true, Notice::Impression, Span(0), url(Notice::Impression)),
        (true, Notice::Billing, lag, bid.text("burl")),
        (seen, Notice::View, Span(1_000), url(Notice::View)),
        (clicked, Notice::Click, thought, url(Notice::Click)),
    ] {
        if happens && !url.is_empty() {
            plan.add(later(shown, delay), kind, url);
        }
    }
    plan.errands
}

/// The one errand of a lost bid.
pub(crate) fn after_loss(
    dice: &mut ChaCha8Rng,
    bid: &AnswerBid,
    faults: &NoticeFaults,
) -> Vec<(Span, ErrandKind, String)> {
    let mut plan = Plan {
        dice,
        faults,
        errands: Vec::new(),
    };
    let told = Span(plan.dice.random_range(20..800));
    if !bid.text("lurl").is_empty() {
        plan.add(told, Notice::Loss, bid.text("lurl"));
    }
    plan.errands
}

struct Plan<'d> {
    dice: &'d mut ChaCha8Rng,
    faults: &'d NoticeFaults,
    errands: Vec<(Span, ErrandKind, String)>,
}

impl Plan<'_> {
    fn add(&mut self, delay: Span, kind: Notice, url: &str) {
        if self.dice.random_bool(self.faults.lost) {
            return;
        }
        let late = self.dice.random_bool(self.faults.late);
        let delay = if late {
            later(delay, Span::minutes(self.dice.random_range(60..120)))
        } else {
            delay
        };
        self.errands
            .push((delay, ErrandKind::Notice(kind), url.to_string()));
        if self.dice.random_bool(self.faults.duplicated) {
            let again = later(delay, Span(self.dice.random_range(0..60_000)));
            self.errands
                .push((again, ErrandKind::Notice(kind), url.to_string()));
        }
    }
}

/// Whether and how the click is followed by a conversion.
pub(crate) fn plan_conversion(
    dice: &mut ChaCha8Rng,
    probability: f64,
    number: u64,
    imp: usize,
) -> Option<PlannedConversion> {
    dice.random_bool(probability.clamp(0.0, 1.0))
        .then(|| PlannedConversion {
            delay: Truth::conversion_delay(dice),
            order: format!("order-{number}-{imp}"),
            value_cents: Truth::conversion_value_cents(dice),
        })
}

fn later(delay: Span, more: Span) -> Span {
    Span(delay.0.saturating_add(more.0))
}
