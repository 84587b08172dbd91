//! Experiments through a real server and a real store: what may be asked for, what bidders get, and what comes of it.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;
use api::v1::ExperimentMetric as Metric;
use api::v1::experiment_service_client::ExperimentServiceClient;
use campaign::money::Money;
use campaign::time::{Clock, Span};
use harness::*;
use journal::entry::{BidTerms, Event, Price};
use prost_types::FieldMask;
use tonic::Code;

const EXPERIMENT: &str = "advertisers/acme/experiments/higher";

fn arm(arm_id: &str, bid_percent: i32) -> v1::ExperimentArm {
    v1::ExperimentArm {
        arm_id: arm_id.to_string(),
        weight: 1,
        bid_percent,
        ..Default::default()
    }
}

fn new_experiment(id: &str) -> v1::CreateExperimentRequest {
    v1::CreateExperimentRequest {
        parent: "advertisers/acme".to_string(),
        experiment_id: id.to_string(),
        experiment: Some(v1::Experiment {
            display_name: "Higher bids".to_string(),
            campaigns: vec![CAMPAIGN.to_string()],
            arms: vec![arm("control", 0), arm("higher", 150)],
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn changed(change: impl FnOnce(&mut v1::Experiment)) -> v1::CreateExperimentRequest {
    let mut request = new_experiment("other");
    change(request.experiment.as_mut().unwrap());
    request
}

fn update(change: impl FnOnce(&mut v1::Experiment), paths: &[&str]) -> v1::UpdateExperimentRequest {
    let mut experiment = v1::Experiment {
        name: EXPERIMENT.to_string(),
        ..Default::default()
    };
    change(&mut experiment);
    v1::UpdateExperimentRequest {
        experiment: Some(experiment),
        update_mask: Some(FieldMask {
            paths: paths.iter().map(|path| path.to_string()).collect(),
        }),
        ..Default::default()
    }
}

impl Harness {
    fn experiments(&self) -> ExperimentServiceClient<Calls> {
        ExperimentServiceClient::new(self.calls())
    }

    async fn results(&self) -> v1::ExperimentResults {
        let request = v1::GetExperimentResultsRequest {
            name: EXPERIMENT.to_string(),
        };
        let results = self.experiments().get_experiment_results(request).await;
        results.unwrap().into_inner()
    }
}

#[tokio::test]
async fn an_experiment_is_made_changed_listed_deleted_and_brought_back() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let mut experiments = harness.experiments();
    let rehearsal = v1::CreateExperimentRequest {
        validate_only: true,
        ..new_experiment("higher")
    };
    experiments.create_experiment(rehearsal).await.unwrap();
    let request = v1::CreateExperimentRequest {
        request_id: "0194d1a5-6f0d-7000-8000-000000000001".to_string(),
        ..new_experiment("higher")
    };
    let made = experiments
        .create_experiment(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!((made.name.as_str(), made.etag.as_str()), (EXPERIMENT, "v1"));
    assert_eq!(made.phase(), v1::ExperimentPhase::Running);
    let again = experiments
        .create_experiment(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again, made);

    let ends = prost_types::Timestamp {
        seconds: made.create_time.unwrap().seconds + 60,
        nanos: 0,
    };
    let ending = update(|it| it.end_time = Some(ends), &["end_time"]);
    let changed = experiments
        .update_experiment(ending)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (changed.end_time, changed.etag.as_str()),
        (Some(ends), "v2")
    );
    harness.clock.advance(Span::minutes(1));
    let list = v1::ListExperimentsRequest {
        parent: "advertisers/-".to_string(),
        ..Default::default()
    };
    let listed = experiments
        .list_experiments(list.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.experiments[0].phase(), v1::ExperimentPhase::Ended);

    let stale = v1::DeleteExperimentRequest {
        name: EXPERIMENT.to_string(),
        etag: "v1".to_string(),
        ..Default::default()
    };
    refused(
        experiments.delete_experiment(stale.clone()).await,
        Code::Aborted,
        "ETAG_MISMATCH",
    );
    let present = v1::DeleteExperimentRequest {
        etag: "v2".to_string(),
        ..stale
    };
    let gone = experiments
        .delete_experiment(present)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(gone.phase(), v1::ExperimentPhase::Deleted);
    let listed = experiments
        .list_experiments(list)
        .await
        .unwrap()
        .into_inner();
    assert!(listed.experiments.is_empty());
    let back = v1::UndeleteExperimentRequest {
        name: EXPERIMENT.to_string(),
        ..Default::default()
    };
    let back = experiments
        .undelete_experiment(back)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(back.phase(), v1::ExperimentPhase::Ended);
    let events = v1::ListChangeEventsRequest {
        resource: EXPERIMENT.to_string(),
        ..Default::default()
    };
    let events = harness
        .audit()
        .list_change_events(events)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(events.change_events.len(), 4);
}

#[tokio::test]
async fn what_cannot_be_tried_is_refused_with_the_field_that_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    harness
        .experiments()
        .create_experiment(new_experiment("higher"))
        .await
        .unwrap();
    let check = async |change: fn(&mut v1::Experiment), expect: &[&str]| {
        let result = harness
            .experiments()
            .create_experiment(changed(change))
            .await;
        let told = fields(refused(result, Code::InvalidArgument, "INVALID_FIELDS"));
        assert_eq!(told, expect);
    };
    // The campaign is tried already, whatever else is wrong.
    check(|_| {}, &["experiment.campaigns[0]"]).await;
    check(|it| it.campaigns.clear(), &["experiment.campaigns"]).await;
    check(
        |it| it.campaigns = vec!["campaigns/x".to_string()],
        &["experiment.campaigns[0]"],
    )
    .await;
    check(
        |it| {
            it.campaigns = vec!["advertisers/acme/campaigns/no".to_string()];
            it.arms[1].weight = 0;
            it.arms[1].arm_id = "control".to_string();
            it.arms[1].bid_percent = 5;
            it.arms[1].ads = vec![AD.to_string()];
            it.arms[0].creatives = vec!["advertisers/acme/creatives/no".to_string()];
        },
        &[
            "experiment.campaigns[0]",
            "experiment.arms[0].creatives[0]",
            "experiment.arms[1].arm_id",
            "experiment.arms[1].weight",
            "experiment.arms[1].bid_percent",
            "experiment.arms[1].ads[0]",
        ],
    )
    .await;
    check(
        |it| {
            it.arms.pop();
            it.display_name.clear();
        },
        &[
            "experiment.display_name",
            "experiment.arms",
            "experiment.campaigns[0]",
        ],
    )
    .await;
    let fixed = update(
        |it| it.arms = vec![arm("a", 0), arm("b", 0)],
        &["arms", "salt"],
    );
    let told = harness.experiments().update_experiment(fixed).await;
    let told = fields(refused(told, Code::InvalidArgument, "INVALID_FIELDS"));
    assert_eq!(told, ["experiment.arms"]);
    // After the first has ended, the campaign is free.
    let ends = api::time::write_moment(harness.clock.now() + Span::minutes(1));
    let ending = update(|it| it.end_time = ends, &["end_time"]);
    harness
        .experiments()
        .update_experiment(ending)
        .await
        .unwrap();
    let next = changed(|it| it.start_time = ends);
    harness.experiments().create_experiment(next).await.unwrap();
}

/// A bid for a user, billed; clicked where `clicked`.
fn bought(harness: &mut Harness, terms: BidTerms, clicked: bool) {
    let price = Price::Cost(Money(1_000_000));
    let mut entries = vec![harness.entry(Event::Billing { terms, price })];
    entries.extend(clicked.then(|| harness.entry(Event::Click { terms })));
    harness.write(&entries);
}

#[tokio::test]
async fn what_users_did_is_counted_in_their_arm_and_compared() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ad = harness.usual().await.number;
    harness
        .experiments()
        .create_experiment(new_experiment("higher"))
        .await
        .unwrap();
    harness
        .updated("the experiment is in the book", |it| {
            it.book.trials().len() == 1
        })
        .await;
    let book = harness.book.clone();
    let trial = &book.trials()[0];
    assert_eq!(trial.experiment.arms[1].bid_percent, 150);
    let grant = harness.granted(1, ad, 5_000_000_000).await;
    let (mut sequence, mut expect) = (0, [0, 0]);
    for user in 1..=400u64 {
        let arm = trial.seat(user).arm;
        // Users of the second arm see twice as much.
        for _ in 0..=arm {
            sequence += 1;
            expect[arm] += 1;
            let terms = BidTerms {
                user,
                ..harness.terms_of(&grant, sequence)
            };
            bought(&mut harness, terms, user % 10 == 0);
        }
    }
    // Users who may not be told apart, or not be measured, are not counted.
    for (user, measured) in [(0, true), (3, false)] {
        sequence += 1;
        let terms = BidTerms {
            user,
            measured,
            ..harness.terms_of(&grant, sequence)
        };
        bought(&mut harness, terms, true);
    }
    let spent = || harness.report(AD, &[]);
    let all = expect[0] + expect[1] + 2;
    let told = until("all is billed", spent, |report| {
        report.totals.iter().any(|it| it.impressions == all)
    });
    told.await;
    let results = harness.results().await;
    let counts = |arm: &v1::ExperimentArmResult| (arm.impressions, arm.spend_micros);
    assert_eq!(counts(&results.arms[0]), (expect[0], expect[0] * 1_000));
    assert_eq!(counts(&results.arms[1]), (expect[1], expect[1] * 1_000));
    assert_eq!(
        (results.arms[0].share, results.arms[0].lifts.len()),
        (0.5, 0)
    );
    let lift = |metric: Metric| {
        let mut lifts = results.arms[1].lifts.iter();
        *lifts.find(|lift| lift.metric() == metric).unwrap()
    };
    // By user, so what the arms came to, whatever the dice gave them.
    let twice = lift(Metric::Impressions);
    let ratio = expect[1] as f64 / expect[0] as f64 - 1.0;
    assert!((twice.lift - ratio).abs() < 1e-9, "{twice:?}");
    assert!(
        twice.low > 0.3 && twice.low < ratio && ratio < twice.high && twice.high < 3.0,
        "{twice:?}"
    );
    let clicks = lift(Metric::ClickRate);
    assert!(clicks.low < 0.0 && clicks.high > 0.0, "{clicks:?}");
    // The harness's bidder met 600 users in the first arm and 1,400 in the second.
    let split = results.sample_ratio.unwrap();
    assert!(
        split.is_mismatch && split.p_value < 1e-9 && split.users_sampled == 2_000,
        "{split:?}"
    );

    // What comes of bids that are made when it is over is not counted; of those made before, still.
    let early = BidTerms {
        user: 1,
        ..harness.terms_of(&grant, sequence + 1)
    };
    let ends = api::time::write_moment(harness.clock.now() + Span::seconds(1));
    let ending = update(|it| it.end_time = ends, &["end_time"]);
    harness
        .experiments()
        .update_experiment(ending)
        .await
        .unwrap();
    harness.clock.advance(Span::seconds(1));
    let late = BidTerms {
        user: 1,
        ..harness.terms_of(&grant, sequence + 2)
    };
    bought(&mut harness, early, false);
    bought(&mut harness, late, false);
    let spent = || harness.report(AD, &[]);
    let told = until("the last two are billed", spent, |report| {
        report.totals.iter().any(|it| it.impressions == all + 2)
    });
    told.await;
    let results = harness.results().await;
    let counted: i64 = results.arms.iter().map(|arm| arm.impressions).sum();
    assert_eq!(counted, all - 2 + 1);
}
