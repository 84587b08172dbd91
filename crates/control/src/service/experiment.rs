//! What is tried, and what came of it.

use api::errors::CallError;
use api::v1;
use api::v1::ExperimentMetric as Metric;
use api::v1::experiment_service_server::ExperimentService;
use auction::experiment::BUCKETS;
use campaign::experiment::Experiment;
use campaign::id::ExperimentId;
use learning::experiment::{MISMATCH_BELOW, Ratio, lift, split_p_value};
use store::rollup::Counts;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle};
use crate::catalog::Noun;
use crate::seams::Sampled;

/// The service.
pub struct Experiments(pub AuthorityHandle, pub Sampled);

/// With fewer of what is counted in an arm, a bell curve says little of it, and nothing is compared.
const FEWEST: i64 = 10;

standard_service! {
    impl ExperimentService for Experiments
    Experiment: get get_experiment(GetExperimentRequest),
    list list_experiments(ListExperimentsRequest) -> ListExperimentsResponse { experiments },
    create create_experiment(CreateExperimentRequest), update update_experiment(UpdateExperimentRequest),
    delete delete_experiment(DeleteExperimentRequest),
    undelete undelete_experiment(UndeleteExperimentRequest),
    id experiment_id, one experiment, list parent |request| Some(&request.parent),
    parent |request| Some(&request.parent), force |_| false;

    async fn get_experiment_results(
        &self,
        request: Request<v1::GetExperimentResultsRequest>,
    ) -> Result<Response<v1::ExperimentResults>, Status> {
        let name = request.into_inner().name;
        let users = (self.1)().users;
        let work = move |authority: &mut Authority| {
            let entry = authority.find::<v1::Experiment>(&name)?;
            let id = ExperimentId(entry.record.id.0);
            let users = users.get(&id).cloned().unwrap_or_default();
            results(authority, id, &users)
        };
        self.0.answer(work).await
    }
}

/// What one arm came to.
struct Arm {
    sum: Counts,
    buckets: Vec<Counts>,
    /// What a bucket would hold of all users, if they were evenly spread.
    users: f64,
}

impl Arm {
    fn ratio(&self, metric: Metric) -> Option<Ratio> {
        let (counted, by) = measured(metric, &self.sum);
        let few = |count: i64| count < FEWEST;
        if few(counted) || by.is_some_and(few) {
            return None;
        }
        let buckets = self.buckets.iter().map(|bucket| {
            let (above, below) = parts(metric, bucket);
            (above, below.unwrap_or(self.users))
        });
        Ratio::of(&buckets.collect::<Vec<_>>())
    }
}

fn results(
    authority: &mut Authority,
    id: ExperimentId,
    users: &[u64],
) -> Result<v1::ExperimentResults, CallError> {
    let rows = authority.read(|transaction| transaction.arm_counts(id))?;
    let catalog = authority.catalog();
    let missing = || CallError::field("name", "NOT_FOUND", "there is no such experiment");
    let entry = catalog.numbered(id.0).ok_or_else(missing)?;
    let Noun::Experiment(experiment) = &*entry.noun else {
        return Err(missing());
    };
    let advertiser = catalog.advertiser_of(&entry.name).ok_or_else(missing)?;
    let mut arms = arms(experiment);
    for (key, counts) in rows {
        if let Some(arm) = arms.get_mut(usize::from(key.arm))
            && let Some(bucket) = arm.buckets.get_mut(usize::from(key.bucket))
        {
            bucket.add(&counts);
            arm.sum.add(&counts);
        }
    }
    let shares: Vec<f64> = experiment.shares().collect();
    let p_value = split_p_value(users, &shares);
    let counted = |users: u64| i64::try_from(users).unwrap_or(i64::MAX);
    let told = experiment.arms.iter().zip(&arms).enumerate();
    let told = told.map(|(place, (arm, result))| v1::ExperimentArmResult {
        arm_id: arm.id.clone(),
        share: shares[place],
        users_sampled: users.get(place).copied().map_or(0, counted),
        impressions: result.sum.impressions,
        spend_micros: result.sum.spend.micros(advertiser.currency),
        clicks: result.sum.clicks,
        conversions: result.sum.conversions,
        conversion_value_micros: result.sum.conversion_value.micros(advertiser.currency),
        lifts: match place {
            0 => Vec::new(),
            _ => lifts(result, &arms[0]),
        },
    });
    Ok(v1::ExperimentResults {
        name: entry.name.to_string(),
        currency_code: advertiser.currency.to_string(),
        arms: told.collect(),
        sample_ratio: Some(v1::SampleRatioCheck {
            p_value,
            is_mismatch: p_value < MISMATCH_BELOW,
            users_sampled: counted(users.iter().sum()),
        }),
    })
}

fn arms(experiment: &Experiment) -> Vec<Arm> {
    let arm = |share: f64| Arm {
        sum: Counts::default(),
        buckets: vec![Counts::default(); usize::from(BUCKETS)],
        users: share / f64::from(BUCKETS),
    };
    experiment.shares().map(arm).collect()
}

fn lifts(arm: &Arm, control: &Arm) -> Vec<v1::ExperimentLift> {
    let metrics = [
        Metric::Impressions,
        Metric::Spend,
        Metric::Clicks,
        Metric::Conversions,
        Metric::ConversionValue,
        Metric::ClickRate,
        Metric::CostPerConversion,
        Metric::ReturnOnSpend,
    ];
    let compared = metrics.into_iter().filter_map(|metric| {
        let told = lift(arm.ratio(metric)?, control.ratio(metric)?)?;
        Some(v1::ExperimentLift {
            metric: metric as i32,
            lift: told.lift,
            low: told.low,
            high: told.high,
        })
    });
    compared.collect()
}

/// Numerator and denominator of a metric; no denominator stands for users.
fn parts(metric: Metric, counts: &Counts) -> (f64, Option<f64>) {
    let (spend, value) = (
        counts.spend.nanos() as f64,
        counts.conversion_value.nanos() as f64,
    );
    let (clicks, conversions) = (counts.clicks as f64, counts.conversions as f64);
    match metric {
        Metric::Unspecified => (0.0, None),
        Metric::Impressions => (counts.impressions as f64, None),
        Metric::Spend => (spend, None),
        Metric::Clicks => (clicks, None),
        Metric::Conversions => (conversions, None),
        Metric::ConversionValue => (value, None),
        Metric::ClickRate => (clicks, Some(counts.impressions as f64)),
        Metric::CostPerConversion => (spend, Some(conversions)),
        Metric::ReturnOnSpend => (value, Some(spend)),
    }
}

/// How many events a metric's numerator and denominator are of.
fn measured(metric: Metric, sum: &Counts) -> (i64, Option<i64>) {
    match metric {
        Metric::Unspecified => (0, None),
        Metric::Impressions | Metric::Spend => (sum.impressions, None),
        Metric::Clicks => (sum.clicks, None),
        Metric::Conversions | Metric::ConversionValue => (sum.conversions, None),
        Metric::ClickRate => (sum.clicks, Some(sum.impressions)),
        Metric::CostPerConversion => (sum.impressions, Some(sum.conversions)),
        Metric::ReturnOnSpend => (sum.conversions, Some(sum.impressions)),
    }
}
