//! Plots as SVG: for one page that needs nothing else, lines, and bars that stand on each other; and whole pictures
//! ([`figure`]).

pub(crate) mod figure;

use std::fmt::Write;

/// The size of a plot in its own units, and what its axes take of it.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 66.0;
const RIGHT: f64 = 28.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 34.0;

/// How values lie along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    /// Evenly.
    Linear,
    /// Each ten times as large as far again.
    Log,
    /// Shares below 1 by their nines: 0.9, 0.99 and 0.999 lie equally far apart.
    Nines,
}

impl Scale {
    fn of(self, value: f64) -> f64 {
        match self {
            Scale::Linear => value,
            Scale::Log => value.max(1e-9).log10(),
            Scale::Nines => -(1.0 - value).max(1e-9).log10(),
        }
    }
}

/// An axis: where it begins and ends, and what is written along it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) scale: Scale,
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// From nothing evenly to the first round number that is as large as `to`.
    pub(crate) fn linear(to: f64, name: impl Fn(f64) -> String) -> Axis {
        const TICKS: f64 = 5.0;
        let rough = to.max(1e-9) / TICKS;
        let decade = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .map(|digit| digit * decade)
            .into_iter()
            .find(|step| *step >= rough * (1.0 - 1e-9))
            .unwrap_or(10.0 * decade);
        let count = (to.max(1e-9) / step - 1e-9).ceil();
        Axis {
            scale: Scale::Linear,
            from: 0.0,
            to: count * step,
            ticks: (0..=count as u32)
                .map(|n| f64::from(n) * step)
                .map(|at| (at, name(at)))
                .collect(),
        }
    }

    /// Over whole decades around these values.
    pub(crate) fn log(least: f64, most: f64, name: impl Fn(f64) -> String) -> Axis {
        let first = least.max(1e-3).log10().floor() as i32;
        let last = (most.max(1e-3).log10().ceil() as i32).max(first + 1);
        Axis {
            scale: Scale::Log,
            from: 10_f64.powi(first),
            to: 10_f64.powi(last),
            ticks: (first..=last)
                .map(|power| 10_f64.powi(power))
                .map(|at| (at, name(at)))
                .collect(),
        }
    }

    /// Percentiles from the half to four nines.
    pub(crate) fn nines() -> Axis {
        let ticks = [
            (0.5, "p50"),
            (0.75, "p75"),
            (0.9, "p90"),
            (0.99, "p99"),
            (0.999, "p99.9"),
            (0.9999, "p99.99"),
        ];
        Axis {
            scale: Scale::Nines,
            from: 0.5,
            to: 0.9999,
            ticks: ticks.map(|(at, name)| (at, name.to_string())).to_vec(),
        }
    }

    /// Where a value lies, 0 at the axis's beginning and 1 at its end.
    fn place(&self, value: f64) -> f64 {
        let (from, to) = (self.scale.of(self.from), self.scale.of(self.to));
        ((self.scale.of(value) - from) / (to - from)).clamp(0.0, 1.0)
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + self.place(value) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.place(value) * (HEIGHT - TOP - BOTTOM)
    }
}

/// A row of values with a name and a colour, which is the number of one of the page's.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) colour: u8,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Lines through points. `told` says a point's value when the mouse rests on it.
pub(crate) fn lines(
    x: &Axis,
    y: &Axis,
    series: &[Series],
    told: impl Fn(&Series, (f64, f64)) -> String,
) -> String {
    let mut svg = begin(x, y);
    for one in series {
        let path: Vec<String> = one
            .points
            .iter()
            .map(|(at, value)| format!("{:.1},{:.1}", x.x(*at), y.y(*value)))
            .collect();
        put(
            &mut svg,
            format_args!(
                r#"<polyline class="line c{}" points="{}"/>"#,
                one.colour,
                path.join(" ")
            ),
        );
        for point in &one.points {
            let told = escaped(&told(one, *point));
            put(
                &mut svg,
                format_args!(
                    r#"<circle class="dot c{}" cx="{:.1}" cy="{:.1}" r="4"><title>{told}</title></circle>"#,
                    one.colour,
                    x.x(point.0),
                    y.y(point.1)
                ),
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Bars of this width that stand on each other, the first series at the bottom.
pub(crate) fn bars(x: &Axis, y: &Axis, width: f64, series: &[Series]) -> String {
    let mut svg = begin(x, y);
    let count = series.iter().map(|one| one.points.len()).max().unwrap_or(0);
    for place in 0..count {
        let mut base = 0.0;
        for one in series {
            let Some((at, value)) = one.points.get(place).filter(|(_, value)| *value > 0.0) else {
                continue;
            };
            let (bottom, top) = (y.y(base), y.y(base + value));
            let (left, right) = (x.x(*at), x.x(at + width));
            put(
                &mut svg,
                format_args!(
                    r#"<rect class="bar c{}" x="{left:.1}" y="{top:.1}" width="{:.1}" height="{:.1}"><title>{at:.1} s: {value} {}</title></rect>"#,
                    one.colour,
                    (right - left - 0.5).max(0.5),
                    bottom - top,
                    escaped(one.name)
                ),
            );
            base += value;
        }
    }
    svg.push_str("</svg>");
    svg
}

/// The names of series with their colours.
pub(crate) fn legend(series: &[Series]) -> String {
    let keys = series.iter().map(|one| {
        format!(
            r#"<span class="key"><i class="c{}"></i>{}</span>"#,
            one.colour,
            escaped(one.name)
        )
    });
    keys.collect()
}

/// The axes with their grid.
fn begin(x: &Axis, y: &Axis) -> String {
    let mut svg = format!(r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">"#);
    for (at, name) in &y.ticks {
        let place = y.y(*at);
        put(
            &mut svg,
            format_args!(
                r#"<line class="grid" x1="{LEFT}" x2="{:.1}" y1="{place:.1}" y2="{place:.1}"/><text class="tick" x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
                WIDTH - RIGHT,
                LEFT - 8.0,
                place + 4.0,
                escaped(name)
            ),
        );
    }
    for (at, name) in &x.ticks {
        let place = x.x(*at);
        put(
            &mut svg,
            format_args!(
                r#"<text class="tick" x="{place:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
                HEIGHT - BOTTOM + 20.0,
                escaped(name)
            ),
        );
    }
    svg
}

fn put(svg: &mut String, what: std::fmt::Arguments<'_>) {
    // A string takes whatever is written to it.
    let _ = svg.write_fmt(what);
}

/// Text as HTML and SVG show it.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(axis: &Axis) -> Vec<f64> {
        axis.ticks.iter().map(|(at, _)| *at).collect()
    }

    #[test]
    fn a_linear_axis_ends_at_a_round_number() {
        let check = |to: f64, expect: &[f64]| {
            assert_eq!(at(&Axis::linear(to, |_| String::new())), expect, "{to}");
        };
        check(10.0, &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        check(980.0, &[0.0, 200.0, 400.0, 600.0, 800.0, 1_000.0]);
        check(12.0, &[0.0, 2.5, 5.0, 7.5, 10.0, 12.5]);
        check(3.0, &[0.0, 1.0, 2.0, 3.0]);
        assert!(at(&Axis::linear(0.0, |_| String::new())).len() > 1);
    }

    #[test]
    fn a_log_axis_has_whole_decades() {
        let check = |least: f64, most: f64, expect: &[f64]| {
            assert_eq!(
                at(&Axis::log(least, most, |_| String::new())),
                expect,
                "{least} {most}"
            );
        };
        check(35.0, 4_200.0, &[10.0, 100.0, 1_000.0, 10_000.0]);
        check(100.0, 100.0, &[100.0, 1_000.0]);
        check(0.0, 0.0, &[0.001, 0.01]);
    }

    #[test]
    fn values_lie_where_the_scale_says() {
        let check = |axis: &Axis, value: f64, expect: f64| {
            assert!(
                (axis.place(value) - expect).abs() < 1e-9,
                "{axis:?} {value}"
            );
        };
        let linear = Axis::linear(10.0, |_| String::new());
        check(&linear, 5.0, 0.5);
        check(&linear, 50.0, 1.0);
        let log = Axis::log(10.0, 1_000.0, |_| String::new());
        check(&log, 100.0, 0.5);
        check(&log, 0.0, 0.0);
        let nines = Axis::nines();
        check(&nines, 0.5, 0.0);
        check(&nines, 0.9999, 1.0);
        let step = nines.place(0.999) - nines.place(0.99);
        check(&nines, 0.9, nines.place(0.99) - step);
    }

    #[test]
    fn bars_stand_on_each_other_and_names_cannot_close_a_tag() {
        let series = |name, value| Series {
            name,
            colour: 1,
            points: vec![(0.0, value)],
        };
        let x = Axis::linear(1.0, |_| String::new());
        let y = Axis::linear(10.0, |_| String::new());
        let svg = bars(
            &x,
            &y,
            1.0,
            &[series("a", 4.0), series("</svg>", 6.0), series("none", 0.0)],
        );
        assert_eq!(svg.matches("<rect").count(), 2);
        // 216 units stand for 10: the first bar has 86.4, and the second ends where the plot does.
        assert!(
            svg.contains(r#"height="86.4""#) && svg.contains(r#"y="10.0""#),
            "{svg}"
        );
        assert!(svg.contains("&lt;/svg&gt;") && svg.matches("</svg>").count() == 1);
    }
}
