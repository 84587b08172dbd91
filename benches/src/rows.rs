//! The rows of the table: their names, what they count, what they are to be, and who measures them.

mod counts;
mod growth;
mod latency;
mod matching;
mod parse;
mod rebuild;
mod serve;

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
    ("allocations_parse_match", "allocations", AtMost(0.0)),
    ("allocations_request", "allocations", AtMost(4.0)),
    ("serve_1m", "µs", AtMost(f64::INFINITY)),
    ("decide_1k", "µs", AtMost(f64::INFINITY)),
];
