//! The rows of the table: their names, what they count, what they are to be, and who measures them.

pub mod counts;
mod growth;
mod latency;
mod matching;
mod parse;
mod rebuild;
mod serve;

use std::path::PathBuf;
use std::time::Duration;

use crate::table::{Row, Target};
use Target::{AtLeast, AtMost};

/// Every row by name: its unit and what it is to be at launch.
pub const NAMES: [(&str, &str, Target); 19] = [
    ("cpu_us_beyond_echo_1k", "µs", AtMost(8.0)),
    ("cpu_us_beyond_echo_10k", "µs", AtMost(13.0)),
    ("cpu_us_beyond_echo_100k", "µs", AtMost(40.0)),
    ("throughput_share_1k", "%", AtLeast(45.0)),
    ("throughput_share_10k", "%", AtLeast(35.0)),
    ("throughput_share_100k", "%", AtLeast(15.0)),
    ("rejected_share", "%", AtLeast(60.0)),
    ("p99_vs_echo_half_load", "×", AtMost(2.0)),
    ("parse_vs_serde_json", "×", AtLeast(3.0)),
    ("match_100k_vs_a_tree", "×", AtLeast(200.0)),
    ("match_100k_vs_roaring", "×", AtLeast(4.0)),
    ("rebuild_100k_seconds", "s", AtMost(1.0)),
    ("bytes_per_ad_100k", "B", AtMost(400.0)),
    ("match_growth_10k_100k", "×", AtMost(11.0)),
    ("match_growth_100k_1m", "×", AtMost(11.0)),
    ("best_growth_10k_100k", "×", AtMost(5.0)),
    ("best_growth_100k_1m", "×", AtMost(5.0)),
    ("allocations_parse_match", "allocations", AtMost(0.0)),
    ("allocations_request", "allocations", AtMost(4.0)),
];

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many rounds are kept.
    pub rounds: usize,
    /// How long one contender works in one round, at least.
    pub window: Duration,
    /// How long a server is asked in one round.
    pub serving: Duration,
    /// Books hold so many times fewer ads than the rows' names say.
    pub shrunk: usize,
    /// The row that is wanted, or the beginning of the names of those that are; all where there is none.
    pub only: Option<String>,
    /// This program, which is its own servers.
    pub program: PathBuf,
    /// The same program with an allocator that counts.
    pub counting: PathBuf,
}

impl Plan {
    /// The table as it is to be believed: less than 25 minutes on two cores.
    pub fn full(program: PathBuf, counting: PathBuf) -> Plan {
        Plan {
            rounds: 9,
            window: Duration::from_millis(150),
            serving: Duration::from_millis(1_200),
            shrunk: 1,
            only: None,
            program,
            counting,
        }
    }

    /// Whether everything runs, in about two minutes: a tenth of the ads, short rounds.
    pub fn quick(program: PathBuf, counting: PathBuf) -> Plan {
        Plan {
            rounds: 7,
            window: Duration::from_millis(20),
            serving: Duration::from_millis(250),
            shrunk: 10,
            ..Plan::full(program, counting)
        }
    }

    /// How many ads a book of this plan holds where the row's name says so many.
    pub fn ads(&self, named: usize) -> usize {
        (named / self.shrunk).max(10)
    }

    /// Whether the row is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.only
            .as_deref()
            .is_none_or(|only| name.starts_with(only))
    }

    fn wants_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.wants(name))
    }
}

/// A row's unit and what it is to be.
///
/// # Panics
/// Where the name is none of [`NAMES`].
pub fn meaning(name: &str) -> (&'static str, Target) {
    let found = NAMES.iter().find(|(known, ..)| *known == name);
    let (_, unit, target) = found.expect("a row has one of the names");
    (unit, *target)
}

/// Measures rows, and returns at least those that the plan wants of them.
type Measure = fn(&Plan) -> anyhow::Result<Vec<Row>>;

const GROWTH_TO_100K: [&str; 2] = ["match_growth_10k_100k", "best_growth_10k_100k"];
const GROWTH_TO_1M: [&str; 2] = ["match_growth_100k_1m", "best_growth_100k_1m"];

/// Who measures what. Rows that share their preparations are measured together.
const MEASURES: &[(&[&str], Measure)] = &[
    (
        &[
            "cpu_us_beyond_echo_1k",
            "cpu_us_beyond_echo_10k",
            "cpu_us_beyond_echo_100k",
            "throughput_share_1k",
            "throughput_share_10k",
            "throughput_share_100k",
            "rejected_share",
        ],
        serve::measure,
    ),
    (&["p99_vs_echo_half_load"], latency::measure),
    (&["parse_vs_serde_json"], |plan| Ok(parse::measure(plan))),
    (&["match_100k_vs_a_tree", "match_100k_vs_roaring"], |plan| {
        Ok(matching::measure(plan))
    }),
    (&["rebuild_100k_seconds", "bytes_per_ad_100k"], |plan| {
        Ok(rebuild::measure(plan))
    }),
    (&GROWTH_TO_100K, |plan| {
        Ok(growth::measure(GROWTH_TO_100K, 10_000, plan))
    }),
    (&GROWTH_TO_1M, |plan| {
        let mut rows = growth::measure(GROWTH_TO_1M, 100_000, plan);
        let served = serve::a_million(plan)?;
        rows.iter_mut()
            .for_each(|row| row.note = format!("{}; {served}", row.note));
        Ok(rows)
    }),
    (&["allocations_parse_match"], counts::of_parse_and_match),
    (&["allocations_request"], counts::of_requests),
];

/// Measures what the plan wants, in the order of [`NAMES`]. What takes long says on standard error that it has begun.
///
/// # Errors
/// Where a server fails, or no row is called so.
pub fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (names, measure) in MEASURES {
        if plan.wants_any(names) {
            eprintln!("measuring {}", names.join(", "));
            rows.extend(
                measure(plan)?
                    .into_iter()
                    .filter(|row| plan.wants(row.name)),
            );
        }
    }
    anyhow::ensure!(
        !rows.is_empty(),
        "no row's name begins so; they are: {}",
        NAMES.map(|(name, ..)| name).join(", ")
    );
    rows.sort_by_key(|row| NAMES.iter().position(|(name, ..)| *name == row.name));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_measured_by_somebody_once() {
        let mut measured: Vec<&str> = MEASURES
            .iter()
            .flat_map(|(names, _)| names.iter().copied())
            .collect();
        let mut known = NAMES.map(|(name, ..)| name);
        measured.sort_unstable();
        known.sort_unstable();
        assert_eq!(measured, known);
    }
}
