//! What a market came to: live counters, and the report at the end.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use campaign::id::CampaignId;
use campaign::money::Money;
use hdrhistogram::Histogram;
use serde::Serialize;

use crate::audit::books::{Books, Countable, Statement};
use crate::audit::fault::FaultKind;
use crate::audit::{Auditor, Violation, lock};

/// A number that only rises, read while it does.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// The number now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What happens in a market, counted as it happens.
#[derive(Debug)]
pub struct Counters {
    /// Bid requests that were sent.
    pub requests: Count,
    /// Requests that were due and not sent, since too many were under way or too many notices waiting.
    pub held_back: Count,
    /// Answers without a bid.
    pub no_bids: Count,
    /// Bids that came in time.
    pub bids: Count,
    /// Bids that won.
    pub wins: Count,
    /// Bids that lost.
    pub losses: Count,
    /// Billings that were acknowledged, each bid once.
    pub billed: Count,
    /// Clicks that were acknowledged, each bid once.
    pub clicks: Count,
    /// Conversions that were acknowledged, each order once.
    pub conversions: Count,
    /// Answers that did not come within `tmax`.
    pub late: Count,
    /// Requests that failed on the wire.
    pub transport_errors: Count,
    /// Notices that were sent, each attempt.
    pub notices_sent: Count,
    /// Notices that were acknowledged.
    pub notices_acknowledged: Count,
    /// Notices that were never acknowledged, however often they were sent.
    pub notices_given_up: Count,
    spend_nanos: AtomicI64,
    /// Latencies in microseconds. Locked to record one.
    latency: Mutex<Histogram<u64>>,
}

impl Default for Counters {
    fn default() -> Counters {
        Counters {
            requests: Count::default(),
            held_back: Count::default(),
            no_bids: Count::default(),
            bids: Count::default(),
            wins: Count::default(),
            losses: Count::default(),
            billed: Count::default(),
            clicks: Count::default(),
            conversions: Count::default(),
            late: Count::default(),
            transport_errors: Count::default(),
            notices_sent: Count::default(),
            notices_acknowledged: Count::default(),
            notices_given_up: Count::default(),
            spend_nanos: AtomicI64::new(0),
            latency: Mutex::new(latency_histogram()),
        }
    }
}

/// From a microsecond to ten minutes at three digits, which is finer than anybody reads.
pub(crate) fn latency_histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 600_000_000, 3)
        .expect("the bounds are constants that are in order")
}

/// Records a time; one beyond the histogram's end counts as its end.
pub(crate) fn record(histogram: &mut Histogram<u64>, took: Duration) {
    histogram.saturating_record(took.as_micros().max(1) as u64);
}

impl Counters {
    /// What the acknowledged billings cost so far, in the advertisers' currencies.
    pub fn spend(&self) -> Money {
        Money(self.spend_nanos.load(Ordering::Relaxed))
    }

    pub(crate) fn answered(&self, took: Duration) {
        record(&mut lock(&self.latency), took);
    }

    pub(crate) fn acknowledged(&self, what: Countable, cost: Money) {
        match what {
            // How many wins there are is known without the bidder's word.
            Countable::Win => {}
            Countable::Billing => self.billed.add(1),
            Countable::Click => self.clicks.add(1),
            Countable::Conversion => self.conversions.add(1),
        }
        self.spend_nanos.fetch_add(cost.nanos(), Ordering::Relaxed);
    }

    /// Latencies of answers so far: in time, late, or failed.
    pub fn latency(&self) -> Latency {
        Latency::of(&lock(&self.latency))
    }
}

/// Latencies in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// Half are no longer.
    pub p50_us: u64,
    /// 99 of 100 are no longer.
    pub p99_us: u64,
    /// 999 of 1,000 are no longer.
    pub p999_us: u64,
    /// The longest.
    pub max_us: u64,
}

impl Latency {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Latency {
        Latency {
            p50_us: histogram.value_at_quantile(0.5),
            p99_us: histogram.value_at_quantile(0.99),
            p999_us: histogram.value_at_quantile(0.999),
            max_us: histogram.max(),
        }
    }
}

/// What a market came to.
#[derive(Clone, Debug, Serialize)]
pub struct MarketReport {
    /// Bid requests that were sent.
    pub requests: u64,
    /// Bids that came in time.
    pub bids: u64,
    /// Bids that won.
    pub wins: u64,
    /// Billings that were acknowledged, each bid once.
    pub billed: u64,
    /// Clicks that were acknowledged.
    pub clicks: u64,
    /// Conversions that were acknowledged.
    pub conversions: u64,
    /// What the acknowledged billings cost, in the advertisers' currencies.
    pub spend_nanos: i64,
    /// Answers that did not come within `tmax`.
    pub late_responses: u64,
    /// Requests that failed on the wire.
    pub transport_errors: u64,
    /// Requests that were due and not sent.
    pub held_back: u64,
    /// Notices that were never acknowledged.
    pub notices_given_up: u64,
    /// Notices that were still to be told when the market closed.
    pub notices_left: u64,
    /// Latencies of answers.
    #[serde(flatten)]
    pub latency: Latency,
    /// By number of the campaign.
    pub campaigns: BTreeMap<u64, CampaignReport>,
    /// How often each thing was wrong.
    pub violations_by_kind: BTreeMap<FaultKind, u64>,
    /// The first things that were wrong.
    pub violations: Vec<Violation>,
}

/// What a market came to for one campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CampaignReport {
    /// Wins that were acknowledged.
    pub wins: u64,
    /// Billings that were acknowledged.
    pub billed: u64,
    /// Clicks that were acknowledged.
    pub clicks: u64,
    /// Conversions that were acknowledged.
    pub conversions: u64,
    /// What the acknowledged billings cost.
    pub spend_nanos: i64,
}

impl MarketReport {
    /// Sums up. `notices_left` is what [`crate::market::Session::drain`] could not tell any more.
    pub fn of(
        counters: &Counters,
        books: &Books,
        auditor: &Auditor,
        notices_left: u64,
    ) -> MarketReport {
        auditor.close();
        MarketReport {
            requests: counters.requests.get(),
            bids: counters.bids.get(),
            wins: counters.wins.get(),
            billed: counters.billed.get(),
            clicks: counters.clicks.get(),
            conversions: counters.conversions.get(),
            spend_nanos: counters.spend().nanos(),
            late_responses: counters.late.get(),
            transport_errors: counters.transport_errors.get(),
            held_back: counters.held_back.get(),
            notices_given_up: counters.notices_given_up.get(),
            notices_left,
            latency: counters.latency(),
            campaigns: by_campaign(books),
            violations_by_kind: auditor.counts(),
            violations: auditor.violations(),
        }
    }

    /// The summary that `outbid dev` and `outbid simulate` print: the report's figures, with what
    /// the ledger says of money.
    pub fn summary(&self, statement: &Statement) -> serde_json::Value {
        let house_loss: i64 = statement
            .ads
            .values()
            .map(|posted| posted.house_loss.nanos())
            .sum();
        let mut summary = serde_json::json!({
            "requests": self.requests,
            "bids": self.bids,
            "wins": self.wins,
            "billed": self.billed,
            "clicks": self.clicks,
            "conversions": self.conversions,
            "spend_nanos": self.spend_nanos,
            "overspend_nanos": statement.overspend.nanos(),
            "house_loss_nanos": house_loss,
            "late_responses": self.late_responses,
            "p50_us": self.latency.p50_us,
            "p99_us": self.latency.p99_us,
            "p999_us": self.latency.p999_us,
            "violations": self.violations_by_kind.values().sum::<u64>(),
        });
        summary["campaigns"] = serde_json::json!(self.campaigns);
        summary
    }
}

fn by_campaign(books: &Books) -> BTreeMap<u64, CampaignReport> {
    let mut campaigns = BTreeMap::new();
    for (_, ad) in books.ads() {
        let CampaignId(number) = ad.campaign;
        let report: &mut CampaignReport = campaigns.entry(number).or_default();
        report.wins += ad.count(Countable::Win);
        report.billed += ad.count(Countable::Billing);
        report.clicks += ad.count(Countable::Click);
        report.conversions += ad.count(Countable::Conversion);
        report.spend_nanos += ad.cost.nanos();
    }
    campaigns
}
