//! What has to come out of each scenario, and whether it did.

use campaign::time::{Span, Timestamp};
use learning::surge::Signal;
use pacing::reallocate::TOLERANCE;
use serde::Serialize;

use super::cast::{JOINS_ON, Name, SILENT, SURGE};
use super::play::{Hour, Run, Scene, best_share, of_best, share};

/// Something that has to hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What.
    pub what: String,
    /// What it came to.
    pub figure: f64,
    /// It has to be at least this,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// and at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// In which unit; empty for a count.
    pub unit: &'static str,
    /// Whether it holds.
    pub passed: bool,
}

impl Check {
    fn new(what: impl Into<String>, figure: f64, unit: &'static str) -> Check {
        Check {
            what: what.into(),
            figure,
            at_least: None,
            at_most: None,
            unit,
            passed: true,
        }
    }

    /// A share of 0 to 1, as a percentage.
    fn share(what: impl Into<String>, share: f64) -> Check {
        Check::new(what, share * 100.0, "%")
    }

    fn at_least(mut self, bound: f64) -> Check {
        self.passed &= self.figure >= bound;
        self.at_least = Some(bound);
        self
    }

    fn at_most(mut self, bound: f64) -> Check {
        self.passed &= self.figure <= bound;
        self.at_most = Some(bound);
        self
    }
}

/// Judges a run. `other` is the same scenario without what happens in it, where that tells something.
pub fn judge(name: Name, scene: &Scene, run: &Run, other: Option<&Run>) -> Vec<Check> {
    let mut checks = vec![
        Check::new(
            "charged beyond a budget",
            run.overspent.nanos() as f64,
            "nanos",
        )
        .at_most(0.0),
        Check::share("most of a day's budget that was spent", fullest(scene, run)).at_most(100.0),
    ];
    checks.extend(match name {
        Name::TwoAds => two_ads(run),
        Name::TenAdsDrift => ten_ads(scene, run),
        Name::NewAd => new_ad(run),
        Name::SilentTracker => silent(scene, run, other),
        Name::Surge => surge(scene, run),
    });
    checks
}

fn days(run: &Run) -> std::slice::Chunks<'_, Hour> {
    run.hours.chunks(24)
}

fn spent(hours: &[Hour]) -> f64 {
    hours.iter().map(Hour::spent).sum()
}

/// The most of a day's budget that any day spent, as a share.
fn fullest(scene: &Scene, run: &Run) -> f64 {
    let daily = scene.brief.daily.nanos() as f64;
    days(run).map(|day| spent(day) / daily).fold(0.0, f64::max)
}

fn two_ads(run: &Run) -> Vec<Check> {
    let first = run.between(0, 24);
    let floor = 2.0 - TOLERANCE * 100.0;
    vec![
        Check::share("spend on the better ad in the first day", share(first, 1)).at_least(80.0),
        Check::share(
            "spend on the better ad in its last quarter",
            share(&first[18..], 1),
        )
        .at_least(80.0),
        Check::share("spend on the other, whose minimum is 2 %", share(first, 0)).at_least(floor),
        Check::share("value, of what hindsight buys", of_best(first)).at_least(80.0),
    ]
}

/// The least share of a day's spend that any ad had.
fn least_share(run: &Run, ads: usize) -> f64 {
    days(run)
        .flat_map(|day| (0..ads).map(|ad| share(day, ad)))
        .fold(1.0, f64::min)
}

fn ten_ads(scene: &Scene, run: &Run) -> Vec<Check> {
    let ads = scene.brief.ads.len();
    let after = run.between(24, usize::MAX);
    let good: f64 = after.iter().map(|hour| on_good(scene, hour)).sum();
    let floor = 1.0 - TOLERANCE * 100.0;
    vec![
        Check::share(
            "value after the first day, of what hindsight buys",
            of_best(after),
        )
        .at_least(80.0),
        Check::share(
            "spend after the first day on ads within a tenth of the best",
            good / spent(after).max(1e-9),
        )
        .at_least(50.0),
        Check::share(
            "least share of a day's spend of any ad, minimum 1 %",
            least_share(run, ads),
        )
        .at_least(floor),
    ]
}

/// What was spent in an hour on ads that are truly nearly as good as the best.
fn on_good(scene: &Scene, hour: &Hour) -> f64 {
    const NEAR: f64 = 0.9;
    let worth = |ad: usize| scene.worth(ad, hour.at + Span::minutes(30));
    let best = (0..hour.spend.len()).map(worth).fold(0.0, f64::max);
    let near = |(ad, _): &(usize, &f64)| worth(*ad) >= NEAR * best;
    hour.spend
        .iter()
        .enumerate()
        .filter(near)
        .map(|(_, spent)| spent)
        .sum()
}

fn new_ad(run: &Run) -> Vec<Check> {
    let joined = 24 * JOINS_ON as usize;
    let first = run.between(joined, joined + 24);
    let last = &first[first.len().saturating_sub(6)..];
    let of_share = share(last, 4) / best_share(last, 4).max(1e-9);
    vec![
        Check::share(
            "the new ad's share 18 to 24 hours later, of its share in hindsight",
            of_share,
        )
        .at_least(80.0),
        Check::share(
            "value from the day on which it joins, of what hindsight buys",
            of_best(run.between(joined, usize::MAX)),
        )
        .at_least(80.0),
    ]
}

fn silent(scene: &Scene, run: &Run, other: Option<&Run>) -> Vec<Check> {
    let (from, to) = SILENT;
    let begin = scene.brief.start + Span::hours(from as i64);
    let held = run
        .holds
        .iter()
        .find(|(since, _)| (since.0 - begin.0).abs() < Span::hours(2).0);
    let hours = |span: i64| span as f64 / Span::hours(1).0 as f64;
    let end = |hold: Option<Timestamp>| hold.map_or(f64::INFINITY, |end| hours(end.0 - begin.0));
    let mut checks = vec![
        Check::new(
            "silences that were held",
            f64::from(u8::from(held.is_some())),
            "",
        )
        .at_least(1.0),
        Check::new(
            "hold ended, after the silence began",
            held.map_or(f64::INFINITY, |(_, to)| end(*to)),
            "h",
        )
        .at_most((to - from) as f64 + 2.0),
        Check::new("holds in all", run.holds.len() as f64, "").at_most(1.0),
    ];
    let worth = |ad: &usize| scene.worth(*ad, begin);
    let best = (0..scene.brief.ads.len()).max_by(|a, b| worth(a).total_cmp(&worth(b)));
    let best = best.unwrap_or(0);
    let before = run.between(from - 24, from);
    let believed = |hour: usize| run.between(hour - 1, hour)[0].belief[best].mean;
    let kept = believed(to) / believed(from);
    checks.push(
        Check::share(
            "the best ad's believed worth when it ended, of that when it began",
            kept,
        )
        .at_least(85.0),
    );
    for (what, from, to) in [
        ("while silent", from, to),
        ("in the day after", to, to + 24),
    ] {
        let own = run.between(from, to);
        let Some(calm) = other.map(|other| other.between(from, to)) else {
            continue;
        };
        // Shares move with every conversion, silent or not. A silence does harm where an ad has less than it had, and
        // less than it would have had without one.
        let kept = share(before, best).min(share(calm, best));
        checks.push(
            Check::share(
                format!("best ad's share {what}, of the less of before and without a silence"),
                share(own, best) / kept.max(1e-9),
            )
            .at_least(75.0),
        );
        let of_calm = spent(own) / spent(calm).max(1e-9);
        checks.push(
            Check::share(format!("spend {what}, of that without a silence"), of_calm)
                .at_least(90.0),
        );
        let value = |hours: &[Hour]| hours.iter().map(|hour| hour.value).sum::<f64>();
        let of_calm = value(own) / value(calm).max(1e-9);
        checks.push(
            Check::share(format!("value {what}, of that without a silence"), of_calm)
                .at_least(90.0),
        );
    }
    checks
}

fn surge(scene: &Scene, run: &Run) -> Vec<Check> {
    let daily = scene.brief.daily.nanos() as f64;
    let midnight = SURGE.0 / 24 * 24;
    let day = run.between(midnight, midnight + 24);
    let astray = day
        .iter()
        .map(|hour| (hour.today - hour.planned).abs() / daily)
        .fold(0.0, f64::max);
    let surge = run.between(SURGE.0, SURGE.1);
    let begin = scene.brief.start + Span::hours(SURGE.0 as i64);
    let noticed = run
        .surges
        .iter()
        .find(|surge| surge.signal == Signal::Traffic && surge.at > begin)
        .map_or(f64::INFINITY, |surge| {
            (surge.at.0 - begin.0) as f64 / Span::minutes(1).0 as f64
        });
    vec![
        Check::new("noticed after", noticed, "min").at_most(10.0),
        Check::share("of the day's budget spent", spent(day) / daily).at_least(98.0),
        Check::share("farthest from the plan, of the day's budget", astray).at_most(5.0),
        Check::share(
            "of the day's budget spent in the two hours",
            spent(surge) / daily,
        )
        .at_most(20.0),
        Check::share("value, of what hindsight buys", of_best(day)).at_least(85.0),
    ]
}
