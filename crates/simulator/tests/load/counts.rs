//! Every request is counted, with what became of it.

use std::io::Write;
use std::time::Duration;

use simulator::load::report::LoadReport;
use simulator::load::shape::Shape;
use simulator::load::target::Target;
use simulator::load::{
    self, Arrivals, Bodies, Counts, LoadError, Measured, Pace, Plan, Progress, Stop,
};

use crate::server::{Manner, Server};

/// 60 requests in 300 ms, and time enough for every answer.
pub fn plan(server: &Server) -> Plan {
    Plan {
        pace: at(Shape::Constant(200.0)),
        bodies: Bodies::Given(vec![r#"{"id":"x","imp":[]}"#.to_string()]),
        warm_up: Duration::ZERO,
        duration: Duration::from_millis(300),
        connections: 4,
        timeout: Duration::from_secs(60),
        ..Plan::to(&server.url()).unwrap()
    }
}

pub fn at(shape: Shape) -> Pace {
    Pace::Open {
        shape,
        arrivals: Arrivals::Constant,
    }
}

pub fn run(plan: &Plan) -> Measured {
    load::run(plan, &Stop::default(), &mut |_, _: &Progress| {}).unwrap()
}

fn check(manner: Manner, change: impl FnOnce(&mut Plan), expect: Counts) -> Measured {
    let server = Server::start(manner);
    let mut plan = plan(&server);
    change(&mut plan);
    let measured = run(&plan);
    assert_eq!(measured.counts, expect, "{manner:?}");
    assert_eq!(measured.latency.len(), expect.requests, "{manner:?}");
    assert_eq!(measured.lateness.len(), expect.requests, "{manner:?}");
    let by_status: u64 = measured.by_status.values().sum();
    assert_eq!(by_status, expect.answers() + expect.http_errors);
    measured
}

fn requests(requests: u64) -> Counts {
    Counts {
        requests,
        ..Counts::default()
    }
}

#[test]
fn each_answer_is_counted_as_what_it_is() {
    let same = |_: &mut Plan| {};
    let bids = Counts {
        bids: 60,
        ..requests(60)
    };
    check(Manner::Bids, same, bids);
    check(Manner::Dribbles, same, bids);
    check(Manner::ClosesPolitely, same, bids);
    check(
        Manner::NoBids,
        same,
        Counts {
            no_bids: 60,
            ..requests(60)
        },
    );
    check(
        Manner::Alternates,
        same,
        Counts {
            bids: 30,
            no_bids: 30,
            ..requests(60)
        },
    );
    let errors = check(
        Manner::Status(500),
        same,
        Counts {
            http_errors: 60,
            ..requests(60)
        },
    );
    assert_eq!(
        errors.by_status.into_iter().collect::<Vec<_>>(),
        [(500, 60)]
    );
    check(
        Manner::Babbles,
        same,
        Counts {
            unreadable: 60,
            ..requests(60)
        },
    );
    check(
        Manner::BreaksEach(6),
        same,
        Counts {
            bids: 50,
            broken: 10,
            ..requests(60)
        },
    );
}

#[test]
fn requests_without_an_answer_count_with_the_whole_timeout() {
    let server = Server::start(Manner::NeverAnswers);
    let plan = Plan {
        timeout: Duration::from_millis(40),
        ..plan(&server)
    };
    let measured = run(&plan);
    let counts = measured.counts;
    assert_eq!(counts.timeouts + counts.not_sent, 60, "{counts:?}");
    assert!(counts.timeouts >= 4 && counts.errors() == 60, "{counts:?}");
    assert!(
        measured.latency.min() >= 39_900_000,
        "{}",
        measured.latency.min()
    );
    assert_eq!(
        (measured.service.len(), measured.achieved_per_second()),
        (0, 0.0)
    );
}

#[test]
fn requests_to_a_server_that_went_away_are_counted_too() {
    let server = Server::start(Manner::GoesAwayAfter(20));
    let plan = Plan {
        // So that the server has no other when it closes this one.
        connections: 1,
        ..plan(&server)
    };
    let measured = run(&plan);
    let counts = measured.counts;
    // Which of the two depends on who is first to see that the connection is closed.
    assert_eq!(
        (counts.requests, counts.bids, counts.refused + counts.broken),
        (60, 20, 40),
        "{counts:?}"
    );
    assert_eq!(measured.latency.len(), 60);
}

#[test]
fn all_threads_together_offer_what_one_would_and_each_request_has_its_own_id() {
    for (threads, pipeline) in [(1, 1), (3, 1), (2, 8)] {
        let server = Server::start(Manner::Bids);
        let plan = Plan {
            threads,
            pipeline,
            ..plan(&server)
        };
        let measured = run(&plan);
        assert_eq!(
            measured.counts,
            Counts {
                bids: 60,
                ..requests(60)
            }
        );
        assert_eq!((server.requests(), server.ids()), (60, 60));
    }
}

#[test]
fn the_warm_up_is_sent_and_left_out() {
    let server = Server::start(Manner::Bids);
    let plan = Plan {
        warm_up: Duration::from_millis(200),
        ..plan(&server)
    };
    let measured = run(&plan);
    assert_eq!(
        measured.counts,
        Counts {
            bids: 60,
            ..requests(60)
        }
    );
    assert_eq!(server.requests(), 100);
}

#[test]
fn each_shape_sends_as_many_as_the_area_below_it() {
    for (shape, expect) in [
        (
            Shape::Ramp {
                from: 0.0,
                to: 400.0,
            },
            60,
        ),
        (Shape::Steps(vec![100.0, 300.0, 500.0]), 90),
        (
            Shape::Spike {
                base: 100.0,
                peak: 1_000.0,
                length: Duration::from_millis(60),
            },
            84,
        ),
    ] {
        let server = Server::start(Manner::Bids);
        let plan = Plan {
            pace: at(shape.clone()),
            ..plan(&server)
        };
        assert_eq!(run(&plan).counts.bids, expect, "{shape}");
    }
}

#[test]
fn exchanges_take_turns_by_weight_and_have_their_own_figures() {
    let server = Server::start(Manner::Alternates);
    let mut plan = plan(&server);
    let demo = Target::parse(&server.url(), 2).unwrap();
    plan.targets = vec![demo.clone(), demo.of_exchange("harbor", 1)];
    let report = LoadReport::of(&plan, &run(&plan));
    let told: Vec<_> = report
        .targets
        .iter()
        .map(|target| (target.name.as_str(), target.counts.requests))
        .collect();
    assert_eq!(told, [("demo", 40), ("harbor", 20)]);
    let to_harbor = |path: &String| path == "/bid/harbor";
    assert_eq!(server.paths().into_iter().filter(to_harbor).count(), 20);
}

#[test]
fn two_servers_each_have_their_connections() {
    let (one, two) = (Server::start(Manner::Bids), Server::start(Manner::NoBids));
    let mut plan = plan(&one);
    plan.targets.push(Target::parse(&two.url(), 1).unwrap());
    let measured = run(&plan);
    assert_eq!(
        measured.counts,
        Counts {
            bids: 30,
            no_bids: 30,
            ..requests(60)
        }
    );
    // Four each, and the one that found out whether somebody is there.
    assert_eq!((one.connections(), two.connections()), (5, 5));
}

#[test]
fn what_was_recorded_is_sent_once_each_in_the_order_of_its_times() {
    let server = Server::start(Manner::Bids);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for (n, ts) in [(2, 7.25), (0, 7.0), (3, 7.5), (1, 7.125)] {
        writeln!(file, r#"{{"id":"r","at":{n},"ext":{{"ts":{ts}}}}}"#).unwrap();
    }
    writeln!(file, r#"{{"id":"no time"}}"#).unwrap();
    let plan = Plan {
        pace: Pace::Recorded { speed: 5.0 },
        bodies: Bodies::File(file.path().to_path_buf()),
        duration: Duration::from_secs(60),
        // One after the other, so that the server sees their order.
        connections: 1,
        ..plan(&server)
    };
    let measured = run(&plan);
    assert_eq!(
        measured.counts,
        Counts {
            bids: 4,
            ..requests(4)
        }
    );
    assert_eq!(measured.rows_left_out, 1);
    let order: Vec<i64> = server
        .bodies()
        .iter()
        .map(|body| {
            serde_json::from_str::<serde_json::Value>(body).unwrap()["at"]
                .as_i64()
                .unwrap()
        })
        .collect();
    assert_eq!(order, [0, 1, 2, 3]);
    let none = Plan {
        bodies: Bodies::Given(vec!["{}".to_string()]),
        ..plan
    };
    let error = load::run(&none, &Stop::default(), &mut |_, _: &Progress| {});
    assert!(matches!(error, Err(LoadError::NoTimes(_))));
}

#[test]
fn a_closed_loop_sends_when_it_has_its_answer_and_loses_none() {
    for pipeline in [1, 4] {
        let server = Server::start(Manner::Bids);
        let plan = Plan {
            pace: Pace::Closed,
            pipeline,
            ..plan(&server)
        };
        let measured = run(&plan);
        assert!(measured.counts.requests > 0);
        assert_eq!(measured.counts.bids, measured.counts.requests);
        assert_eq!(server.requests(), measured.counts.requests);
        assert!(measured.achieved_per_second() > 0.0);
    }
}

#[test]
fn a_run_that_is_stopped_tells_what_was_done() {
    let server = Server::start(Manner::Bids);
    let stop = Stop::default();
    let plan = Plan {
        duration: Duration::from_secs(86_400),
        every: Some(Duration::from_millis(100)),
        ..plan(&server)
    };
    let mut lines = 0;
    let measured = load::run(&plan, &stop, &mut |_, progress: &Progress| {
        lines += u64::from(progress.counts.requests > 0);
        if lines == 2 {
            stop.ask();
        }
    })
    .unwrap();
    assert!(measured.stopped && measured.seconds < 86_400.0);
    assert!(measured.counts.requests > 0 && lines >= 2);
    assert_eq!(measured.counts.bids, measured.counts.requests);
    // One that was taken up when the wish came may have been due a moment after it.
    assert!(server.requests() >= measured.counts.requests);
}

#[test]
fn a_run_that_is_broken_off_waits_for_no_answer_and_still_counts_each_request() {
    let server = Server::start(Manner::NeverAnswers);
    let stop = Stop::default();
    let plan = Plan {
        duration: Duration::from_secs(86_400),
        timeout: Duration::from_secs(86_400),
        ..plan(&server)
    };
    let breaking = stop.clone();
    let patience = std::thread::spawn(move || {
        // However long this takes, the run goes on until then.
        std::thread::sleep(Duration::from_millis(200));
        breaking.ask();
        breaking.ask();
    });
    let measured = load::run(&plan, &stop, &mut |_, _: &Progress| {}).unwrap();
    patience.join().unwrap();
    assert!(measured.counts.requests > 0);
    assert_eq!(measured.counts.abandoned, measured.counts.requests);
}

#[test]
fn nothing_is_measured_where_nobody_listens_or_nothing_can_be_sent() {
    let refused =
        |plan: &Plan| load::run(plan, &Stop::default(), &mut |_, _: &Progress| {}).unwrap_err();
    let nobody = Plan::to("http://127.0.0.1:1/bid/demo").unwrap();
    assert!(matches!(refused(&nobody), LoadError::Connect { .. }));
    let server = Server::start(Manner::Bids);
    let nothing = Plan {
        bodies: Bodies::Given(vec!["[]".to_string()]),
        ..plan(&server)
    };
    assert!(matches!(refused(&nothing), LoadError::NoBodies(_)));
    let no_thread = Plan {
        threads: 0,
        ..plan(&server)
    };
    assert!(matches!(refused(&no_thread), LoadError::Plan(_)));
    if cfg!(target_os = "linux") {
        let no_cpu = Plan {
            pins: vec![100_000],
            threads: 2,
            ..plan(&server)
        };
        assert!(matches!(refused(&no_cpu), LoadError::Machine(_)));
    }
}

#[test]
fn a_report_is_read_as_it_was_written() {
    let server = Server::start(Manner::Alternates);
    let plan = plan(&server);
    let report = LoadReport::of(&plan, &run(&plan));
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(LoadReport::read(&json).unwrap(), report);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (
            &value["form"],
            &value["requests"],
            &value["bids"],
            &value["latency"]["count"]
        ),
        (&1.into(), &60.into(), &30.into(), &60.into())
    );
    let due: u64 = report
        .timeline
        .iter()
        .map(|part| part.counts.requests)
        .sum();
    assert_eq!(due, 60);
    for wrong in ["", "{}", r#"{"form":2}"#, r#"{"form":1}"#] {
        assert!(LoadReport::read(wrong).is_err(), "{wrong}");
    }
}
