//! An experiment's own facts, and what it came to.

use api::v1;
use api::v1::ExperimentMetric as Metric;

use crate::print::table::{Page, Side, Table};
use crate::print::{amount, words};
use crate::resource::short;

/// What a list says of one: its arms with their shares, its campaigns, and when it runs.
pub fn cells(experiment: &v1::Experiment) -> [String; 3] {
    let arms = experiment.arms.iter();
    let arms: Vec<String> = arms
        .map(|arm| format!("{} {}", arm.arm_id, arm.weight))
        .collect();
    [
        arms.join(", "),
        campaigns(experiment, ", "),
        runs(experiment),
    ]
}

/// Adds its facts to a page.
pub fn facts(page: &mut Page, experiment: &v1::Experiment) {
    page.fact("Runs", runs(experiment));
    page.fact("Campaigns", campaigns(experiment, "\n"));
    let arms: Vec<String> = experiment.arms.iter().map(arm).collect();
    page.fact("Arms", arms.join("\n"));
    page.fact("Salt", &experiment.salt);
}

fn campaigns(experiment: &v1::Experiment, between: &str) -> String {
    let names: Vec<String> = experiment
        .campaigns
        .iter()
        .map(|name| short(name))
        .collect();
    names.join(between)
}

fn runs(experiment: &v1::Experiment) -> String {
    words::flight(Some(&v1::Flight {
        start_time: experiment.start_time.or(experiment.create_time),
        end_time: experiment.end_time,
    }))
}

fn arm(arm: &v1::ExperimentArm) -> String {
    let mut parts = vec![format!("{}: weight {}", arm.arm_id, arm.weight)];
    if !matches!(arm.bid_percent, 0 | 100) {
        parts.push(format!("bids {} %", arm.bid_percent));
    }
    let named = |what: &str, names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| short(name)).collect();
        format!("only {what} {}", names.join(", "))
    };
    if !arm.ads.is_empty() {
        parts.push(named("ads", &arm.ads));
    }
    if !arm.creatives.is_empty() {
        parts.push(named("creatives", &arm.creatives));
    }
    parts.join(", ")
}

/// What each arm came to, how it compares with the first, and whether the split can be believed.
pub fn results(results: &v1::ExperimentResults) -> String {
    let code = &results.currency_code;
    let right = Side::Right;
    let mut sums = Table::new(&[
        ("ARM", Side::Left),
        ("SHARE", right),
        ("IMPRESSIONS", right),
        ("SPEND", right),
        ("CLICKS", right),
        ("CONVERSIONS", right),
        ("VALUE", right),
        ("USERS SAMPLED", right),
    ]);
    let mut lifts = Table::new(&[
        ("ARM", Side::Left),
        ("METRIC", Side::Left),
        ("LIFT", right),
        ("95 % INTERVAL", right),
    ]);
    for arm in &results.arms {
        sums.row([
            arm.arm_id.clone(),
            format!("{:.1} %", arm.share * 100.0),
            arm.impressions.to_string(),
            amount::micros(arm.spend_micros, code),
            arm.clicks.to_string(),
            arm.conversions.to_string(),
            amount::micros(arm.conversion_value_micros, code),
            arm.users_sampled.to_string(),
        ]);
        for lift in &arm.lifts {
            lifts.row([
                arm.arm_id.clone(),
                metric(lift.metric()).to_string(),
                percent(lift.lift),
                format!("{} to {}", percent(lift.low), percent(lift.high)),
            ]);
        }
    }
    let compared = match results.arms.iter().all(|arm| arm.lifts.is_empty()) {
        true => "nothing to compare yet: an arm needs ten of what is counted\n".to_string(),
        false => lifts.render(),
    };
    format!("\n{}\n{compared}\n{}\n", sums.render(), split(results))
}

/// Whether users came to arms as the weights say.
fn split(results: &v1::ExperimentResults) -> String {
    let check = results.sample_ratio.unwrap_or_default();
    match (check.users_sampled, check.is_mismatch) {
        (0, _) => "split: no user was met yet".to_string(),
        (users, false) => format!(
            "split: as the weights say (p = {:.3}, of {users} users)",
            check.p_value
        ),
        (users, true) => format!(
            "split: NOT as the weights say (p = {:.2e}, of {users} users): do not believe these results",
            check.p_value
        ),
    }
}

fn percent(part: f64) -> String {
    format!("{:+.1} %", part * 100.0)
}

fn metric(metric: Metric) -> &'static str {
    match metric {
        Metric::Unspecified => "unknown",
        Metric::Impressions => "impressions by user",
        Metric::Spend => "spend by user",
        Metric::Clicks => "clicks by user",
        Metric::Conversions => "conversions by user",
        Metric::ConversionValue => "value by user",
        Metric::ClickRate => "click rate",
        Metric::CostPerConversion => "cost per conversion",
        Metric::ReturnOnSpend => "return on spend",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(check: v1::SampleRatioCheck, lifts: Vec<v1::ExperimentLift>) -> String {
        let arm = |arm_id: &str, lifts| v1::ExperimentArmResult {
            arm_id: arm_id.to_string(),
            share: 0.5,
            users_sampled: 40,
            impressions: 1_000,
            spend_micros: 2_000_000,
            clicks: 20,
            lifts,
            ..v1::ExperimentArmResult::default()
        };
        results(&v1::ExperimentResults {
            name: "advertisers/acme/experiments/higher".to_string(),
            currency_code: "USD".to_string(),
            arms: vec![arm("control", Vec::new()), arm("higher", lifts)],
            sample_ratio: Some(check),
        })
    }

    #[test]
    fn a_lift_is_told_with_its_interval_and_a_wrong_split_is_told_loudly() {
        let lift = v1::ExperimentLift {
            metric: Metric::ClickRate as i32,
            lift: 0.2,
            low: -0.05,
            high: 0.5,
        };
        let fine = v1::SampleRatioCheck {
            p_value: 0.42,
            is_mismatch: false,
            users_sampled: 80,
        };
        let text = told(fine, vec![lift]);
        let says = |part: &str| assert!(text.contains(part), "{part}:\n{text}");
        says("higher  click rate  +20.0 %  -5.0 % to +50.0 %");
        says("split: as the weights say (p = 0.420, of 80 users)");
        let wrong = v1::SampleRatioCheck {
            p_value: 1e-9,
            is_mismatch: true,
            users_sampled: 80,
        };
        let text = told(wrong, Vec::new());
        assert!(
            text.contains("NOT as the weights say (p = 1.00e-9"),
            "{text}"
        );
        assert!(text.contains("nothing to compare yet"), "{text}");
    }
}
