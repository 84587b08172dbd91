//! The counts as Prometheus metrics: copied each second, rendered when asked.

use std::sync::Mutex;
use std::time::Duration;

use auction::reason::NoBidReason;
use metrics::{Counter, Gauge, Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::counts::{Counted, Fate, Inbound};
use crate::floor::{Floor, Readiness};
use crate::latency;

/// How often the counts are copied.
pub const COPY_EVERY: Duration = Duration::from_secs(1);

/// Upper ends of the buckets in which answers are counted by how long they took, in seconds.
const BUCKETS: [f64; 16] = [
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
    0.1, 0.25, 0.5, 1.0,
];

const DURATION: &str = "outbid_bid_duration_seconds";

/// Says what the counts are worth to Prometheus. The bidder has its own recorder: two in one process do not mix.
pub struct Exposition {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    /// What of the latencies has been copied. Only the task that copies locks it.
    copied: Mutex<latency::Counted>,
}

impl Exposition {
    /// Nothing copied yet.
    pub fn new() -> Exposition {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(DURATION.to_string()), &BUCKETS)
            .expect("there are buckets")
            .build_recorder();
        describe(&recorder);
        Exposition {
            handle: recorder.handle(),
            recorder,
            copied: Mutex::default(),
        }
    }

    /// The text that Prometheus reads.
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Copies all counts. Called each second, by one task.
    pub fn copy(&self, floor: &Floor, leases_held: usize) {
        let counts = &floor.counts;
        for event in Counted::ALL {
            let labels = event.label().map(|(name, value)| Label::new(name, value));
            let counter = self.counter(event.metric(), labels.into_iter().collect());
            counter.absolute(counts.read(*event));
        }
        for reason in NoBidReason::ALL {
            let labels = vec![Label::new("reason", reason.name())];
            let no_bids = self.counter("outbid_no_bids_total", labels);
            no_bids.absolute(counts.read_no_bids(*reason));
        }
        for what in Inbound::all() {
            for fate in Fate::ALL {
                let labels = vec![
                    Label::new("kind", what.name()),
                    Label::new("fate", fate.name()),
                ];
                let notices = self.counter("outbid_notices_total", labels);
                notices.absolute(counts.read_inbound(what, fate));
            }
        }
        let snapshot = floor.snapshot.load();
        for (exchange, counts) in snapshot.exchanges() {
            let names = [
                "outbid_bid_requests_total",
                "outbid_bid_responses_total",
                "outbid_bids_total",
                "outbid_late_responses_total",
            ];
            for (name, count) in names.into_iter().zip(counts.read()) {
                let labels = vec![Label::new("exchange", exchange.name.clone())];
                self.counter(name, labels).absolute(count);
            }
        }
        self.copy_latencies(floor);
        let version = vec![Label::new("version", env!("CARGO_PKG_VERSION"))];
        let key = Key::from_parts("outbid_build_info", version);
        self.recorder.register_gauge(&key, &METADATA).set(1.0);
        let gauge = |name, value: f64| self.gauge(name).set(value);
        let ready = floor.readiness() == Readiness::Ready;
        gauge("outbid_ready", if ready { 1.0 } else { 0.0 });
        gauge("outbid_connections", floor.connections.inside() as f64);
        gauge(
            "outbid_bids_under_way",
            floor.bids_under_way.inside() as f64,
        );
        gauge(
            "outbid_notices_under_way",
            floor.notices_under_way.inside() as f64,
        );
        gauge("outbid_frequency_entries", floor.frequency.len() as f64);
        gauge("outbid_leases_held", leases_held as f64);
        gauge("outbid_book_version", snapshot.book.version() as f64);
        gauge("outbid_book_ads", snapshot.book.offers().len() as f64);
        self.handle.run_upkeep();
    }

    fn copy_latencies(&self, floor: &Floor) {
        let now = floor.latencies.read();
        let mut copied = self
            .copied
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let histogram = self
            .recorder
            .register_histogram(&Key::from_static_name(DURATION), &METADATA);
        for (micros, count) in now.since(&copied) {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            histogram.record_many(micros as f64 / 1e6, count);
        }
        *copied = now;
    }

    fn counter(&self, name: &'static str, labels: Vec<Label>) -> Counter {
        let key = Key::from_parts(name, labels);
        self.recorder.register_counter(&key, &METADATA)
    }

    fn gauge(&self, name: &'static str) -> Gauge {
        let key = Key::from_static_name(name);
        self.recorder.register_gauge(&key, &METADATA)
    }
}

static METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);

fn describe(recorder: &PrometheusRecorder) {
    let counter = |name: &'static str, what: &'static str| {
        let (name, what) = (KeyName::from_const_str(name), SharedString::const_str(what));
        recorder.describe_counter(name, Some(Unit::Count), what);
    };
    counter(
        "outbid_bid_requests_total",
        "Bid requests by exchange, whatever became of them.",
    );
    counter(
        "outbid_bid_responses_total",
        "Answers that hold bids, by exchange.",
    );
    counter(
        "outbid_bids_total",
        "Bids by exchange: one for each impression that was bid on.",
    );
    counter(
        "outbid_explored_bids_total",
        "Bids in first-price auctions that were made to learn prices, not because they seemed best.",
    );
    counter(
        "outbid_no_bids_total",
        "Requests that were not bid on, by the reason that came furthest.",
    );
    counter(
        "outbid_rejected_requests_total",
        "Requests that could not be read, by cause.",
    );
    counter(
        "outbid_late_responses_total",
        "Answers that were ready after their deadline; 204 went out.",
    );
    counter(
        "outbid_refusal_samples_total",
        "Requests that were decided again to count why ads did not bid; each is counted for those since the one before.",
    );
    counter(
        "outbid_notices_total",
        "Notices and conversions, by kind and by what became of them.",
    );
    counter(
        "outbid_connections_total",
        "Connections that were taken, and refused for their number.",
    );
    counter(
        "outbid_lease_gaps_total",
        "Times that an ad's lease ran out, or was spent, before its successor came.",
    );
    counter(
        "outbid_frequency_evictions_total",
        "Users who were not counted, because the table of frequencies was full.",
    );
    describe_gauges(recorder);
    let what = SharedString::const_str("From the head of a bid request to its answer.");
    recorder.describe_histogram(KeyName::from_const_str(DURATION), Some(Unit::Seconds), what);
}

fn describe_gauges(recorder: &PrometheusRecorder) {
    let gauge = |name: &'static str, what: &'static str| {
        let (name, what) = (KeyName::from_const_str(name), SharedString::const_str(what));
        recorder.describe_gauge(name, None, what);
    };
    gauge(
        "outbid_build_info",
        "Always 1; the label says which version.",
    );
    gauge("outbid_ready", "1 while it bids, as /readyz tells it.");
    gauge("outbid_connections", "Connections that are open.");
    gauge(
        "outbid_bids_under_way",
        "Bid requests that are being answered.",
    );
    gauge(
        "outbid_notices_under_way",
        "Notices that are being answered.",
    );
    gauge(
        "outbid_frequency_entries",
        "Users in the table of frequencies.",
    );
    gauge("outbid_leases_held", "Leases that can be spent from.");
    gauge("outbid_book_version", "The version of the book.");
    gauge("outbid_book_ads", "Ads in the book.");
}
