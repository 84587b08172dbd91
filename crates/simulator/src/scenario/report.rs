//! What a scenario brought, for people and programs.

use std::fmt::Write as _;

use campaign::money::Currency;
use pacing::account::Level;
use pacing::reallocate::BoundsError;
use serde::Serialize;

use super::cast::Name;
use super::judge::{Check, judge};
use super::play::{Run, Scene, best_share, of_best, play, share};

/// The report of one scenario and seed.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Which scenario.
    pub scenario: &'static str,
    /// Of which seed.
    pub seed: u64,
    /// How many days.
    pub days: u32,
    /// Requests.
    pub asks: u64,
    /// Bids.
    pub bids: u64,
    /// What was spent, in nanos.
    pub spent_nanos: i64,
    /// The value of what was bought, as a percentage of what hindsight buys.
    pub percent_of_hindsight: f64,
    /// What became of each ad.
    pub ads: Vec<AdReport>,
    /// Moves of money between ads.
    pub moves: usize,
    /// The largest of them, as sentences.
    pub largest_moves: Vec<String>,
    /// What has to hold.
    pub checks: Vec<Check>,
    /// Whether all of it holds.
    pub passed: bool,
}

/// One ad in a report.
#[derive(Clone, Debug, Serialize)]
pub struct AdReport {
    /// What it is called.
    pub name: String,
    /// Its share of the spend, in percent.
    pub spend_percent: f64,
    /// Its share of what hindsight spends.
    pub hindsight_percent: f64,
    /// What a thousand impressions are truly worth at the end, in the currency.
    pub worth: f64,
    /// What they are believed to be worth.
    pub believed: f64,
    /// The interval with nine chances in ten.
    pub believed_low: f64,
    /// Its upper end.
    pub believed_high: f64,
}

/// So many moves are told in full.
const MOVES_TOLD: usize = 5;
/// CPMs are kept in millionths.
const CPM_UNIT: f64 = 1e6;

/// A scenario that was played.
pub struct Played {
    /// What was told and true.
    pub scene: Scene,
    /// What it brought.
    pub run: Run,
    /// The same without what happens in it, where that tells something.
    pub other: Option<Run>,
    /// The same with rates that are not held while the tracker is silent, to show what holding is for: only where it is
    /// asked for.
    pub unheld: Option<Run>,
    /// In figures.
    pub report: Report,
}

/// Plays a scenario and judges it. The error says which bounds of its ads cannot hold.
pub fn stage(name: Name, seed: u64, days: u32) -> Result<Played, BoundsError> {
    let scene = name.scene(seed, days);
    let run = play(&scene, seed)?;
    let mut calm = scene.clone();
    calm.events.silence = None;
    let other = match calm == scene {
        true => None,
        false => Some(play(&calm, seed)?),
    };
    let report = Report::new(
        name,
        &scene,
        &run,
        seed,
        judge(name, &scene, &run, other.as_ref()),
    );
    Ok(Played {
        scene,
        run,
        other,
        unheld: None,
        report,
    })
}

impl Played {
    /// Plays the scenario without holding rates, if it has a silent tracker. The error says which bounds of its ads
    /// cannot hold.
    pub fn play_unheld(&mut self) -> Result<(), BoundsError> {
        if self.scene.events.silence.is_some() {
            let mut scene = self.scene.clone();
            scene.brief.holds_rates = false;
            self.unheld = Some(play(&scene, self.report.seed)?);
        }
        Ok(())
    }
}

impl Report {
    fn new(name: Name, scene: &Scene, run: &Run, seed: u64, checks: Vec<Check>) -> Report {
        let called = |level: Level| {
            let named = scene.brief.ads.iter().find(|ad| Level::Ad(ad.id) == level);
            named.map_or_else(|| format!("{level:?}"), |ad| format!("ad {}", ad.name))
        };
        let mut moves = run.moves.clone();
        moves.sort_by_key(|moved| std::cmp::Reverse(moved.amount));
        let largest = moves.iter().take(MOVES_TOLD);
        let ads = scene.brief.ads.iter().enumerate().map(|(n, ad)| {
            let last = run.hours.last();
            let belief = last.map(|hour| hour.belief[n]).unwrap_or_default();
            AdReport {
                name: ad.name.clone(),
                spend_percent: 100.0 * share(&run.hours, n),
                hindsight_percent: 100.0 * best_share(&run.hours, n),
                worth: last.map_or(0.0, |hour| hour.truth[n]) / CPM_UNIT,
                believed: belief.mean / CPM_UNIT,
                believed_low: belief.low / CPM_UNIT,
                believed_high: belief.high / CPM_UNIT,
            }
        });
        Report {
            scenario: name.text(),
            seed,
            days: scene.days,
            asks: run.asks,
            bids: run.bids,
            spent_nanos: run.hours.iter().map(|hour| hour.spent()).sum::<f64>() as i64,
            percent_of_hindsight: 100.0 * of_best(&run.hours),
            ads: ads.collect(),
            moves: run.moves.len(),
            largest_moves: largest
                .map(|moved| moved.sentence(Currency::USD, called))
                .collect(),
            passed: checks.iter().all(|check| check.passed),
            checks,
        }
    }

    /// The report as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |args: std::fmt::Arguments<'_>| {
            // A string takes whatever is written to it.
            let _ = text.write_fmt(args);
            text.push('\n');
        };
        line(format_args!(
            "{}: {} days, seed {}, {} requests, {} bids, {:.1} % of what hindsight buys, {} moves of money",
            self.scenario,
            self.days,
            self.seed,
            self.asks,
            self.bids,
            self.percent_of_hindsight,
            self.moves
        ));
        line(format_args!(
            "  {:<8} {:>8} {:>12} {:>10} {:>26}",
            "ad", "spend", "in hindsight", "true CPM", "believed"
        ));
        for ad in &self.ads {
            let believed = format!(
                "{:.2} ({:.2} to {:.2})",
                ad.believed, ad.believed_low, ad.believed_high
            );
            line(format_args!(
                "  {:<8} {:>6.1} % {:>10.1} % {:>10.2} {believed:>26}",
                ad.name, ad.spend_percent, ad.hindsight_percent, ad.worth
            ));
        }
        for check in &self.checks {
            let bound = match (check.at_least, check.at_most) {
                (Some(least), _) => format!("at least {least:.1}"),
                (_, Some(most)) => format!("at most {most:.1}"),
                _ => String::new(),
            };
            line(format_args!(
                "  {} {:<66} {:>8.1} {:<6} {bound}",
                if check.passed { "ok    " } else { "FAILED" },
                check.what,
                check.figure,
                check.unit
            ));
        }
        for sentence in &self.largest_moves {
            line(format_args!("  {sentence}"));
        }
        text
    }
}
