//! An experiment as a resource: what is tried stays as it was made, and no campaign is in two at once.

use api::errors::Violations;
use api::names::Kind;
use api::v1;
use campaign::experiment::Experiment;
use campaign::id::ExperimentId;
use campaign::time::Timestamp;

use super::{Resource, Subject, moment, orphan, wire_state};
use crate::catalog::{Catalog, Entry, Noun};
use crate::view::View;

impl Resource for v1::Experiment {
    const KIND: Kind = Kind::Experiment;
    usual!();

    fn check_fixed(&self, before: &Self, path: &str, wrong: &mut Violations) {
        let mut fixed = |field: &str, same: bool| {
            if !same {
                let what = "it stays as it was made, so that its results are of one thing: make another experiment";
                wrong.add(&format!("{path}.{field}"), "IMMUTABLE", what);
            }
        };
        fixed("campaigns", self.campaigns == before.campaigns);
        fixed("arms", self.arms == before.arms);
        fixed("start_time", self.start_time == before.start_time);
        fixed("salt", self.salt == before.salt);
    }

    fn noun(
        &self,
        subject: &Subject<'_>,
        catalog: &Catalog,
        path: &str,
        wrong: &mut Violations,
    ) -> Noun {
        let Some(advertiser) = catalog.advertiser_of(subject.name) else {
            return orphan(subject, wrong);
        };
        let context = api::experiment::Context {
            name: subject.name,
            advertiser: advertiser.id,
            created: subject.created,
            number: &|_, name| catalog.named(name).map(|entry| entry.record.id.0),
        };
        let id = ExperimentId(subject.number);
        let experiment = api::experiment::read(self, id, &context, path, wrong);
        check_apart(&experiment, catalog, path, wrong);
        Noun::Experiment(Box::new(experiment))
    }

    fn present(&mut self, entry: &Entry, view: &View<'_>) {
        present_usual!(self, entry);
        if let Noun::Experiment(experiment) = &*entry.noun {
            self.phase = phase(experiment, entry.is_deleted(), view.now) as i32;
        }
    }
}

/// Two experiments on one ad at once would each be measured by what the other does.
fn check_apart(experiment: &Experiment, catalog: &Catalog, path: &str, wrong: &mut Violations) {
    let flight = &experiment.flight;
    for (place, campaign) in experiment.campaigns.iter().enumerate() {
        let of_campaign = catalog.trials().of_campaign(*campaign);
        let others = of_campaign.filter(|trial| trial.experiment.id != experiment.id);
        let at_once = |other: &Experiment| {
            let other = &other.flight;
            other.end.is_none_or(|end| flight.start < end)
                && flight.end.is_none_or(|end| other.start < end)
        };
        if let Some(other) = others.map(|trial| &trial.experiment).find(|it| at_once(it)) {
            let what = format!(
                "{} is in {} at the same time: end that first, or begin after it",
                catalog.name_of(campaign.0),
                catalog.name_of(other.id.0)
            );
            wrong.add(&format!("{path}.campaigns[{place}]"), "ALREADY_TRIED", what);
        }
    }
}

fn phase(experiment: &Experiment, is_deleted: bool, now: Timestamp) -> v1::ExperimentPhase {
    let flight = &experiment.flight;
    match (is_deleted, flight.end) {
        (true, _) => v1::ExperimentPhase::Deleted,
        (false, Some(end)) if end <= now => v1::ExperimentPhase::Ended,
        _ if now < flight.start => v1::ExperimentPhase::Pending,
        _ => v1::ExperimentPhase::Running,
    }
}
