//! What a run prints: one table, and one JSON file.

use std::fmt::Write;

use serde::Serialize;

use crate::rounds::Spread;

/// One measured row.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name, as [`crate::rows::NAMES`] has it.
    pub name: &'static str,
    /// The figure: of the best rounds where a row is a ratio or a difference.
    pub value: f64,
    /// What it counts.
    pub unit: &'static str,
    /// What it stands beside, with that one's own figure of the same run.
    pub floor_or_peer: String,
    /// How many rounds were kept.
    pub rounds: usize,
    /// The least of the rounds.
    pub min: f64,
    /// The middle one.
    pub median: f64,
    /// The most.
    pub max: f64,
    /// What it is to be.
    pub target: Target,
    /// Whether it is.
    pub met: bool,
    /// What else is to be known.
    pub note: String,
}

/// What a row is to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Target {
    /// Whether a value is what it is to be.
    pub fn is_met_by(self, value: f64) -> bool {
        match self {
            Target::AtMost(limit) => value <= limit,
            Target::AtLeast(limit) => value >= limit,
        }
    }

    fn text(self) -> String {
        match self {
            Target::AtMost(limit) => format!("≤ {limit}"),
            Target::AtLeast(limit) => format!("≥ {limit}"),
        }
    }
}

/// The machine that a run was on.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// How many cores the run may use.
    pub cores: usize,
    /// The system's kernel.
    pub kernel: String,
    /// The compiler.
    pub rustc: String,
    /// How many programs wanted to run in the minute before the run. Above the number of cores the latencies are
    /// noise.
    pub load_before: f64,
}

impl Machine {
    /// This one.
    pub fn here() -> Machine {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let cpu = read("/proc/cpuinfo");
        let model = cpu
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let rustc = std::process::Command::new("rustc")
            .arg("--version")
            .output();
        Machine {
            cpu: model.map_or("unknown", |(_, name)| name).to_string(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_string(),
            rustc: rustc.map_or_else(
                |_| "unknown".into(),
                |out| String::from_utf8_lossy(&out.stdout).trim().into(),
            ),
            load_before: read("/proc/loadavg")
                .split(' ')
                .next()
                .and_then(|load| load.parse().ok())
                .unwrap_or(0.0),
        }
    }
}

/// All that a run found.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// Where.
    pub machine: Machine,
    /// What.
    pub rows: Vec<Row>,
}

impl Row {
    /// A row with the value of the best rounds and the spread of all.
    pub fn new(name: &'static str, value: f64, spread: Spread, rounds: usize) -> Row {
        let (unit, target) = crate::rows::meaning(name);
        Row {
            name,
            value,
            unit,
            floor_or_peer: String::new(),
            rounds,
            min: spread.min,
            median: spread.median,
            max: spread.max,
            target,
            met: target.is_met_by(value),
            note: String::new(),
        }
    }

    /// Beside what it stands.
    #[must_use]
    pub fn beside(mut self, floor_or_peer: String) -> Row {
        self.floor_or_peer = floor_or_peer;
        self
    }

    /// What else is to be known.
    #[must_use]
    pub fn with_note(mut self, note: String) -> Row {
        self.note = note;
        self
    }
}

impl Run {
    /// For people.
    pub fn table(&self) -> String {
        let mut lines = vec![
            [
                "row",
                "value",
                "unit",
                "launch",
                "",
                "min..median..max",
                "rounds",
                "beside",
            ]
            .map(str::to_string),
        ];
        for row in &self.rows {
            lines.push([
                row.name.to_string(),
                figure(row.value),
                row.unit.to_string(),
                row.target.text(),
                if row.met { "met" } else { "MISSED" }.to_string(),
                format!(
                    "{}..{}..{}",
                    figure(row.min),
                    figure(row.median),
                    figure(row.max)
                ),
                row.rounds.to_string(),
                row.floor_or_peer.clone(),
            ]);
        }
        let mut text = format!("{}\n\n", self.machine.sentence());
        let last = lines[0].len() - 1;
        let widths: Vec<usize> = (0..last)
            .map(|column| {
                lines
                    .iter()
                    .map(|line| line[column].chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        for line in &lines {
            for (cell, width) in line.iter().zip(&widths) {
                let _ = write!(text, "{cell}{}  ", " ".repeat(width - cell.chars().count()));
            }
            let _ = writeln!(text, "{}", line[last]);
        }
        for row in self.rows.iter().filter(|row| !row.note.is_empty()) {
            let _ = write!(text, "\n{}: {}", row.name, row.note);
        }
        text.push('\n');
        text
    }

    /// For programs.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("numbers and texts can be written")
    }
}

impl Machine {
    fn sentence(&self) -> String {
        let Machine {
            cpu,
            cores,
            kernel,
            rustc,
            load_before,
        } = self;
        format!("{cpu}, {cores} cores, Linux {kernel}, {rustc}, load {load_before} before the run")
    }
}

/// Three digits that say something.
pub fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        0.0 => "0".to_string(),
        size if size >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
