use super::*;
use crate::load::report::PlanTold;
use crate::load::tally::Counts;

/// 1000 requests: 300 bids, 690 no-bids, 7 timeouts, 3 broken; p99 2 ms; 950/s of 1000/s.
pub(crate) fn report() -> LoadReport {
    let times = |p99_us: f64| Percentiles {
        count: 1_000,
        mean_us: 120.0,
        min_us: 40.0,
        p50_us: 100.0,
        p75_us: 150.0,
        p90_us: 300.0,
        p95_us: 700.0,
        p99_us,
        p999_us: 5_000.0,
        p9999_us: 9_000.0,
        max_us: 9_100.0,
    };
    LoadReport {
        form: crate::load::report::FORM,
        plan: PlanTold {
            to: vec!["http://h:1/bid/demo".to_string()],
            pace: "1000/s".to_string(),
            bodies: "the world of seed 1".to_string(),
            warm_up_seconds: 2.0,
            connections: 16,
            pipeline: 1,
            threads: 1,
            timeout_ms: 1_000.0,
        },
        seconds: 1.0,
        stopped: false,
        offered_per_second: 1_000.0,
        achieved_per_second: 950.0,
        counts: Counts {
            requests: 1_000,
            bids: 300,
            no_bids: 690,
            timeouts: 7,
            broken: 3,
            ..Counts::default()
        },
        error_share: 0.01,
        bid_share: 300.0 / 990.0,
        by_status: [(200, 300), (204, 690)].into(),
        latency: times(2_000.0),
        service_time: times(1_500.0),
        own_lateness: times(20.0),
        queueing: Percentiles::default(),
        bytes_sent: 3_500_000,
        bytes_received: 600_000,
        connections_opened: 10,
        connections_broken: 10,
        connects_failed: 0,
        rows_left_out: 0,
        targets: Vec::new(),
        part_seconds: 0.1,
        timeline: Vec::new(),
    }
}

#[test]
fn a_condition_is_so_or_not() {
    let check = |text: &str, expect: bool| {
        let threshold = Threshold::parse(text).unwrap();
        assert_eq!(threshold.holds(&report(), None), Some(expect), "{text}");
    };
    check("p99>2ms", false);
    check("p99>=2ms", true);
    check("p99 > 1999us", true);
    check("p99<0.0021s", true);
    check("p99<=2000000ns", true);
    check("p99.9>4.9ms", true);
    check("p99.99<9ms", false);
    check("p50>100µs", false);
    check("max<10ms", true);
    check("mean>119us", true);
    check("service-p99<1.6ms", true);
    check("lateness-p99>19us", true);
    check("errors>0.9%", true);
    check("errors>1%", false);
    check("errors>9", true);
    check("timeouts>7", false);
    check("timeouts>=0.7%", true);
    check("broken<4", true);
    check("not-sent>0", false);
    check("http-errors>0", false);
    check("achieved<95.1%", true);
    check("achieved<95%", false);
    check("achieved<951/s", true);
    check("bids<30%", false);
    check("bids<31%", true);
    check("requests<1000", false);
}

#[test]
fn a_relative_condition_is_held_against_the_baseline() {
    let mut slower = report();
    slower.latency.p99_us = 2_500.0;
    let check = |text: &str, baseline: Option<&LoadReport>, expect: Option<bool>| {
        let threshold = Threshold::parse(text).unwrap();
        assert!(threshold.is_relative());
        assert_eq!(threshold.holds(&slower, baseline), expect, "{text}");
    };
    check("p99>1.2x", Some(&report()), Some(true));
    check("p99>1.25x", Some(&report()), Some(false));
    check("achieved<0.95x", Some(&report()), Some(false));
    check("p99>1.2x", None, None);
}

#[test]
fn nothing_is_said_of_what_was_not_measured() {
    let mut empty = report();
    empty.counts = Counts::default();
    empty.latency = Percentiles::default();
    let check = |text: &str, expect: Option<bool>| {
        let threshold = Threshold::parse(text).unwrap();
        assert_eq!(threshold.holds(&empty, None), expect, "{text}");
    };
    check("p99>2ms", None);
    check("errors>1%", None);
    check("achieved<95%", None);
    check("bids<1%", None);
    check("requests<1", Some(true));
}

#[test]
fn what_is_no_condition_is_told_what_is_wrong() {
    let check = |text: &str, part: &str| {
        let said = Threshold::parse(text).unwrap_err();
        assert!(said.contains(part) && said.contains("METRIC"), "{said}");
    };
    check("", "there is no < or >");
    check("p99=2ms", "there is no < or >");
    check("p98>2ms", "\"p98\" is not measured");
    check(">2ms", "\"\" is not measured");
    check("p99>", "\"\" is no value");
    check("p99>2", "a time needs a unit");
    check("p99>2%", "a time needs a unit");
    check("p99>2parsecs", "is no value");
    check("errors>2ms", "a number or a share");
    check("errors>-1", "is no value");
    check("achieved<95", "a share such as 95%");
    check("bids>3", "a share such as 20%");
    check("requests>3%", "against a number");
    check("p99><2ms", "is no value");
}

#[test]
fn a_condition_tells_what_was_measured_in_its_own_words() {
    let check = |text: &str, expect: &str| {
        assert_eq!(
            Threshold::parse(text).unwrap().measured(&report()),
            expect,
            "{text}"
        );
    };
    check("p99>1ms", "2.00 ms");
    check("p50>1ms", "100.0 us");
    check("errors>0.1%", "1.000 %");
    check("errors>3", "10");
    check("achieved<99%", "95.000 %");
    check("achieved<9/s", "950/s");
}
