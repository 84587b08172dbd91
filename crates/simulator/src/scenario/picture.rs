//! What a scenario brought, as a picture.

use super::cast::{JOINS_ON, Name, SILENT, SURGE};
use super::play::{Hour, Run, best_share, of_best, share};
use super::report::Played;
use crate::plot::figure::{Cell, Line, Panel, Ribbon, Stretch, figure};
use crate::plot::{Axis, Scale};

/// Whole units of money, and CPMs of them, in nanos.
const UNIT: f64 = 1e9;
const CPM: f64 = 1e6;
const GREY: usize = 7;

/// Draws a scenario that was played, as SVG.
pub fn picture(name: Name, played: &Played) -> String {
    match name {
        Name::TwoAds => two_ads(played),
        Name::TenAdsDrift => ten_ads(played),
        Name::NewAd => new_ad(played),
        Name::SilentTracker => silent(played),
        Name::Surge => surge(played),
    }
}

/// The hours of a run by days, with ticks so many hours apart: "12:00" on the first day, or "day 2".
fn time_axis(hours: std::ops::Range<usize>, apart: usize) -> Axis {
    let name = |hour: usize| match hour % 24 {
        0 if hours.len() > 24 => format!("day {}", hour / 24 + 1),
        hour => format!("{hour:02}:00"),
    };
    Axis {
        scale: Scale::Linear,
        from: hours.start as f64,
        to: hours.end as f64,
        ticks: hours
            .clone()
            .chain([hours.end])
            .filter(|hour| hour % apart == 0)
            .map(|hour| (hour as f64, name(hour)))
            .collect(),
    }
}

fn percent_axis(most: f64) -> Axis {
    Axis::linear(most, |at| format!("{at:.0} %"))
}

fn money_axis(most: f64) -> Axis {
    let digits = if most < 3.0 {
        2
    } else {
        usize::from(most < 12.0)
    };
    Axis::linear(most, move |at| format!("{at:.digits$}"))
}

fn panel(name: &str, x: &Axis, y: Axis) -> Panel {
    Panel {
        name: name.to_string(),
        height: 230.0,
        x: x.clone(),
        x_name: "time of the scenario (UTC)".to_string(),
        y,
        stretches: Vec::new(),
        ribbons: Vec::new(),
        lines: Vec::new(),
        cells: Vec::new(),
    }
}

fn line(name: impl Into<String>, colour: usize, dashed: bool, points: Vec<(f64, f64)>) -> Line {
    Line {
        name: name.into(),
        colour,
        dashed,
        points,
    }
}

/// A figure of each stretch of so many hours, at its middle.
fn binned(run: &Run, hours: usize, of: impl Fn(&[Hour]) -> f64) -> Vec<(f64, f64)> {
    let middle = |n: usize, len: usize| n as f64 * hours as f64 + len as f64 / 2.0;
    run.hours
        .chunks(hours)
        .enumerate()
        .map(|(n, chunk)| (middle(n, chunk.len()), of(chunk)))
        .collect()
}

fn shares(played: &Played, hours: usize) -> Vec<Line> {
    let ads = played.scene.brief.ads.iter().enumerate();
    ads.map(|(n, ad)| {
        let points = binned(&played.run, hours, |chunk| 100.0 * share(chunk, n));
        line(format!("ad {}", ad.name), n, false, points)
    })
    .collect()
}

/// What an ad is believed to be worth by the end of each hour, and the interval.
fn belief(run: &Run, ad: usize, colour: usize, from: usize) -> (Vec<(f64, f64)>, Ribbon) {
    let there = || {
        run.hours
            .iter()
            .enumerate()
            .skip(from)
            .map(|(n, hour)| (n as f64 + 1.0, hour))
    };
    let points = there()
        .map(|(at, hour)| (at, hour.belief[ad].mean / CPM))
        .collect();
    let ribbon = there()
        .map(|(at, hour)| (at, hour.belief[ad].low / CPM, hour.belief[ad].high / CPM))
        .collect();
    (
        points,
        Ribbon {
            colour,
            points: ribbon,
        },
    )
}

fn truth(run: &Run, ad: usize, from: usize) -> Vec<(f64, f64)> {
    let there = run.hours.iter().enumerate().skip(from);
    there
        .map(|(n, hour)| (n as f64 + 1.0, hour.truth[ad] / CPM))
        .collect()
}

const WORTH: &str = "Worth of 1,000 impressions, USD: believed with nine chances in ten, and true";

/// A panel of what these ads are worth, believed and true, from an hour on.
fn worths(played: &Played, x: &Axis, ads: &[usize], from: usize, most: f64) -> Panel {
    let mut panel = panel(WORTH, x, money_axis(most));
    for ad in ads {
        let name = &played.scene.brief.ads[*ad].name;
        let (points, ribbon) = belief(&played.run, *ad, *ad, from);
        panel.ribbons.push(ribbon);
        panel
            .lines
            .push(line(format!("ad {name}, believed"), *ad, false, points));
        let points = truth(&played.run, *ad, from);
        panel
            .lines
            .push(line(format!("ad {name}, true"), *ad, true, points));
    }
    panel
}

fn two_ads(played: &Played) -> String {
    let x = time_axis(0..played.run.hours.len(), 3);
    let mut spend = panel("Share of each hour's spend", &x, percent_axis(100.0));
    spend.lines = shares(played, 1);
    let worths = worths(played, &x, &[0, 1], 0, 6.0);
    figure(
        "Two ads of identical targeting, one twice as good",
        &[spend, worths],
    )
}

fn ten_ads(played: &Played) -> String {
    const HOURS: usize = 6;
    let (run, ads) = (&played.run, played.scene.brief.ads.len());
    let x = time_axis(0..run.hours.len(), 24);
    let rows = Axis {
        scale: Scale::Linear,
        from: 0.0,
        to: ads as f64,
        ticks: (0..ads)
            .map(|n| (n as f64 + 0.5, format!("ad {}", n + 1)))
            .collect(),
    };
    let mut who = panel(
        "Share of spend in six hours: the darker, the more. Framed: the ad that is truly best",
        &x,
        rows,
    );
    who.height = 300.0;
    for (n, chunk) in run.hours.chunks(HOURS).enumerate() {
        let best = |a: &usize, b: &usize| {
            let truth = &chunk[chunk.len() / 2].truth;
            truth[*a].total_cmp(&truth[*b])
        };
        let best = (0..ads).max_by(best);
        who.cells.extend((0..ads).map(|ad| Cell {
            from: (n * HOURS) as f64,
            to: (n * HOURS + chunk.len()) as f64,
            row: ad,
            shade: 0.04 + 0.96 * share(chunk, ad),
            framed: best == Some(ad),
        }));
    }
    // Frames lie over their neighbours.
    who.cells.sort_by_key(|cell| cell.framed);
    let mut value = panel(
        "Value of what was bought, of what hindsight buys, in six hours",
        &x,
        percent_axis(100.0),
    );
    let points = binned(run, HOURS, |chunk| (100.0 * of_best(chunk)).min(100.0));
    value.lines.push(line("", 0, false, points));
    value.height = 170.0;
    figure("Ten ads whose click rates drift", &[who, value])
}

fn new_ad(played: &Played) -> String {
    const HOURS: usize = 3;
    let joined = 24 * JOINS_ON as usize;
    let new = played.scene.brief.ads.len() - 1;
    let x = time_axis(0..played.run.hours.len(), 24);
    let mut spend = panel("Share of spend in three hours", &x, percent_axis(100.0));
    spend.stretches.push(mark("ad E joins", joined as f64));
    spend.lines = shares(played, HOURS);
    let hindsight = binned(&played.run, HOURS, |chunk| 100.0 * best_share(chunk, new));
    let hindsight = hindsight
        .into_iter()
        .filter(|(at, _)| *at > joined as f64)
        .collect();
    spend
        .lines
        .push(line("ad E, in hindsight", new, true, hindsight));
    spend.lines[new]
        .points
        .retain(|(at, _)| *at > joined as f64);
    let worths = worths(played, &x, &[new], joined, 8.0);
    figure(
        "A new ad joins four others on the third day",
        &[spend, worths],
    )
}

fn mark(name: &str, at: f64) -> Stretch {
    Stretch {
        name: name.to_string(),
        from: at,
        to: at,
    }
}

fn silent(played: &Played) -> String {
    let x = time_axis(0..played.run.hours.len(), 12);
    let stretch = Stretch {
        name: "tracker silent".to_string(),
        from: SILENT.0 as f64,
        to: SILENT.1 as f64,
    };
    let spend = |run: &Run| {
        binned(run, 1, |hours| {
            hours.iter().map(Hour::spent).sum::<f64>() / UNIT
        })
    };
    let calm = played.other.as_ref().map(spend).unwrap_or_default();
    let most = |points: &[(f64, f64)]| points.iter().map(|(_, y)| *y).fold(0.0, f64::max);
    let own = spend(&played.run);
    let mut money = panel("Spend in an hour, USD", &x, money_axis(most(&own)));
    money.stretches.push(stretch.clone());
    money.lines = vec![
        line("without a silence", GREY, true, calm),
        line(
            "rates not held",
            1,
            false,
            played.unheld.as_ref().map(spend).unwrap_or_default(),
        ),
        line("rates held", 0, false, own),
    ];
    let mut worth = panel(
        "Worth of 1,000 impressions of ad A, USD: believed with nine chances in ten, and true",
        &x,
        money_axis(8.0),
    );
    worth.stretches.push(stretch);
    let (points, ribbon) = belief(&played.run, 0, 0, 0);
    let wrong = played.unheld.as_ref().map(|run| belief(run, 0, 1, 0).0);
    worth.ribbons.push(ribbon);
    worth.lines = vec![
        line("rates held", 0, false, points),
        line("rates not held", 1, false, wrong.unwrap_or_default()),
        line("true", GREY, true, truth(&played.run, 0, 0)),
    ];
    figure(
        "A conversion tracker goes silent for six hours",
        &[money, worth],
    )
}

fn surge(played: &Played) -> String {
    let midnight = SURGE.0 / 24 * 24;
    let until = (midnight + 24).min(played.run.hours.len());
    let x = time_axis(midnight..until, 3);
    let x = Axis {
        ticks: x
            .ticks
            .iter()
            .map(|(at, _)| (*at, format!("{:02}:00", *at as usize - midnight)))
            .collect(),
        ..x
    };
    let day = played.run.between(midnight, until);
    let stretch = Stretch {
        name: "three times the traffic".to_string(),
        from: SURGE.0 as f64,
        to: SURGE.1 as f64,
    };
    let points = |of: fn(&Hour) -> f64, after: f64| -> Vec<(f64, f64)> {
        let place = |n: usize| midnight as f64 + n as f64 + after;
        day.iter()
            .enumerate()
            .map(|(n, hour)| (place(n), of(hour)))
            .collect()
    };
    let asks = points(|hour| hour.asks as f64 / 1e3, 0.5);
    let most = asks.iter().map(|(_, y)| *y).fold(0.0, f64::max);
    let mut traffic = panel("Requests in an hour, thousands", &x, money_axis(most));
    traffic.height = 170.0;
    traffic.stretches.push(stretch.clone());
    traffic.lines.push(line("", 0, false, asks));
    let daily = played.scene.brief.daily.nanos() as f64 / UNIT;
    let mut spend = panel("Spent since midnight, USD", &x, money_axis(daily));
    spend.stretches.push(stretch);
    spend.lines = vec![
        line("spent", 0, false, points(|hour| hour.today / UNIT, 1.0)),
        line(
            "the plan as it stood then",
            1,
            true,
            points(|hour| hour.planned / UNIT, 1.0),
        ),
        line(
            "the day's budget",
            GREY,
            true,
            vec![(x.from, daily), (x.to, daily)],
        ),
    ];
    figure(
        "Traffic triples for two hours of the fifth day",
        &[traffic, spend],
    )
}
