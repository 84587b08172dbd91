//! A picture that stands alone: a title, and panels above each other with axes, units and keys.
//!
//! Colours are those of Okabe and Ito (2008), which people tell apart who see few colours; what is only a reference is
//! dashed besides.

use super::{Axis, escaped, put};

const WIDTH: f64 = 880.0;
const LEFT: f64 = 74.0;
const RIGHT: f64 = 22.0;
/// Above a panel stand its name and its keys, below it the ticks and what they count.
const ABOVE: f64 = 54.0;
const BELOW: f64 = 50.0;
const TITLE: f64 = 40.0;
/// About how wide a letter of a key is.
const LETTER: f64 = 7.0;

const COLOURS: [&str; 8] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#222222", "#8a8a8a",
];

/// A line through points.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// What its key says; none where it is empty.
    pub(crate) name: String,
    /// Which of the colours.
    pub(crate) colour: usize,
    /// A reference, not a measurement.
    pub(crate) dashed: bool,
    pub(crate) points: Vec<(f64, f64)>,
}

/// An interval around a line: x, from, to.
#[derive(Clone, Debug)]
pub(crate) struct Ribbon {
    pub(crate) colour: usize,
    pub(crate) points: Vec<(f64, f64, f64)>,
}

/// A stretch of time that is meant, with its name.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    pub(crate) name: String,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// A cell of a row: x from and to, the row's number, and how dark it is, from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) row: usize,
    pub(crate) shade: f64,
    /// Drawn with a frame.
    pub(crate) framed: bool,
}

/// One panel.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    /// What is plotted, with its unit.
    pub(crate) name: String,
    pub(crate) height: f64,
    pub(crate) x: Axis,
    /// What the horizontal axis counts.
    pub(crate) x_name: String,
    pub(crate) y: Axis,
    pub(crate) stretches: Vec<Stretch>,
    pub(crate) ribbons: Vec<Ribbon>,
    pub(crate) lines: Vec<Line>,
    pub(crate) cells: Vec<Cell>,
}

/// The picture.
pub(crate) fn figure(title: &str, panels: &[Panel]) -> String {
    let height: f64 = TITLE + panels.iter().map(|p| ABOVE + p.height + BELOW).sum::<f64>();
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" font-family="system-ui, 'DejaVu Sans', Arial, sans-serif" font-size="13" fill="#222222">
<title>{0}</title>
<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>
<text x="16" y="28" font-size="17" font-weight="600">{0}</text>
"##,
        escaped(title)
    );
    let mut top = TITLE;
    for panel in panels {
        draw(&mut svg, panel, top);
        top += ABOVE + panel.height + BELOW;
    }
    svg.push_str("</svg>\n");
    svg
}

/// Where things lie.
struct Frame<'a> {
    panel: &'a Panel,
    top: f64,
}

impl Frame<'_> {
    fn x(&self, value: f64) -> f64 {
        LEFT + self.panel.x.place(value) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom() - self.panel.y.place(value) * self.panel.height
    }

    fn bottom(&self) -> f64 {
        self.top + self.panel.height
    }
}

fn draw(svg: &mut String, panel: &Panel, above: f64) {
    let frame = Frame {
        panel,
        top: above + ABOVE,
    };
    text(svg, (16.0, above + 18.0), "start", "600", &panel.name);
    keys(svg, panel, above + 40.0);
    for stretch in &panel.stretches {
        let (from, to) = (frame.x(stretch.from), frame.x(stretch.to));
        put(
            svg,
            format_args!(
                "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"#eeeeee\"/>\n",
                frame.top,
                (to - from).max(1.5),
                panel.height
            ),
        );
        text(
            svg,
            (from + 5.0, frame.top + 15.0),
            "start",
            "400",
            &stretch.name,
        );
    }
    axes(svg, &frame);
    for cell in &panel.cells {
        draw_cell(svg, &frame, cell);
    }
    for ribbon in &panel.ribbons {
        let there = ribbon.points.iter().map(|(x, _, to)| (*x, *to));
        let back = ribbon.points.iter().rev().map(|(x, from, _)| (*x, *from));
        put(
            svg,
            format_args!(
                "<polygon points=\"{}\" fill=\"{}\" fill-opacity=\"0.18\"/>\n",
                path(&frame, there.chain(back)),
                COLOURS[ribbon.colour % COLOURS.len()]
            ),
        );
    }
    for line in &panel.lines {
        put(
            svg,
            format_args!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-linejoin=\"round\"{}/>\n",
                path(&frame, line.points.iter().copied()),
                COLOURS[line.colour % COLOURS.len()],
                dash(line.dashed)
            ),
        );
    }
}

fn draw_cell(svg: &mut String, frame: &Frame<'_>, cell: &Cell) {
    let (from, to) = (frame.x(cell.from), frame.x(cell.to));
    let (bottom, top) = (frame.y(cell.row as f64), frame.y(cell.row as f64 + 1.0));
    let stroke = if cell.framed {
        format!(" stroke=\"{}\" stroke-width=\"2\"", COLOURS[1])
    } else {
        String::new()
    };
    put(
        svg,
        format_args!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\" fill-opacity=\"{:.2}\"{stroke}/>\n",
            from + 1.5,
            top + 2.0,
            (to - from - 3.0).max(0.5),
            bottom - top - 4.0,
            COLOURS[0],
            cell.shade
        ),
    );
}

/// The grid, the ticks and what they count.
fn axes(svg: &mut String, frame: &Frame<'_>) {
    let panel = frame.panel;
    for (at, name) in &panel.y.ticks {
        let y = frame.y(*at);
        if panel.cells.is_empty() {
            put(
                svg,
                format_args!(
                    "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#d5d5d5\"/>\n",
                    WIDTH - RIGHT
                ),
            );
        }
        text(svg, (LEFT - 8.0, y + 4.5), "end", "400", name);
    }
    for (at, name) in &panel.x.ticks {
        let x = frame.x(*at);
        put(
            svg,
            format_args!(
                "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{0:.1}\" y2=\"{1:.1}\" stroke=\"#888888\"/>\n",
                frame.bottom(),
                frame.bottom() + 5.0
            ),
        );
        text(svg, (x, frame.bottom() + 19.0), "middle", "400", name);
    }
    let middle = (LEFT + WIDTH - RIGHT) / 2.0;
    text(
        svg,
        (middle, frame.bottom() + 37.0),
        "middle",
        "400",
        &panel.x_name,
    );
    put(
        svg,
        format_args!(
            "<line x1=\"{LEFT}\" x2=\"{0:.1}\" y1=\"{1:.1}\" y2=\"{1:.1}\" stroke=\"#888888\"/>\n",
            WIDTH - RIGHT,
            frame.bottom()
        ),
    );
}

/// A short piece of each line, and its name.
fn keys(svg: &mut String, panel: &Panel, y: f64) {
    let mut x = LEFT;
    for line in panel.lines.iter().filter(|line| !line.name.is_empty()) {
        put(
            svg,
            format_args!(
                "<line x1=\"{x:.1}\" x2=\"{:.1}\" y1=\"{1:.1}\" y2=\"{1:.1}\" stroke=\"{2}\" stroke-width=\"3\"{3}/>\n",
                x + 26.0,
                y - 4.5,
                COLOURS[line.colour % COLOURS.len()],
                dash(line.dashed)
            ),
        );
        text(svg, (x + 32.0, y), "start", "400", &line.name);
        x += 32.0 + LETTER * line.name.chars().count() as f64 + 22.0;
    }
}

fn dash(dashed: bool) -> &'static str {
    if dashed {
        " stroke-dasharray=\"6 4\""
    } else {
        ""
    }
}

fn path(frame: &Frame<'_>, points: impl Iterator<Item = (f64, f64)>) -> String {
    let points: Vec<String> = points
        .map(|(x, y)| format!("{:.1},{:.1}", frame.x(x), frame.y(y)))
        .collect();
    points.join(" ")
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, weight: &str, words: &str) {
    put(
        svg,
        format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-weight=\"{weight}\">{}</text>\n",
            escaped(words)
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_says_what_it_shows() {
        let panel = Panel {
            name: "Spend, % of the hour".to_string(),
            height: 200.0,
            x: Axis::linear(10.0, |at| format!("{at}")),
            x_name: "hours".to_string(),
            y: Axis::linear(100.0, |at| format!("{at} %")),
            stretches: vec![Stretch {
                name: "silence".to_string(),
                from: 2.0,
                to: 4.0,
            }],
            ribbons: vec![Ribbon {
                colour: 1,
                points: vec![(0.0, 1.0, 2.0), (10.0, 2.0, 3.0)],
            }],
            lines: vec![Line {
                name: "ad <A>".to_string(),
                colour: 1,
                dashed: true,
                points: vec![(0.0, 0.0), (10.0, 100.0)],
            }],
            cells: vec![Cell {
                from: 0.0,
                to: 1.0,
                row: 0,
                shade: 0.5,
                framed: true,
            }],
        };
        let svg = figure("Two & more", &[panel.clone(), panel]);
        for words in [
            "Two &amp; more",
            "Spend, % of the hour",
            "ad &lt;A&gt;",
            "silence",
            "hours",
        ] {
            assert!(svg.contains(words), "{words}: {svg}");
        }
        // From the left bottom corner of the first panel to its right top one.
        assert!(svg.contains("points=\"74.0,294.0 858.0,94.0\""), "{svg}");
        assert_eq!(svg.matches("<polygon").count(), 2);
    }
}
