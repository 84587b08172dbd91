//! Reading a request, beside what `serde_json` takes to read the same fields of the same bytes.

use std::hint::black_box;

use bumpalo::Bump;

use super::Plan;
use crate::peers::serde_request as serde;
use crate::rounds::{self, Contender};
use crate::table::{Row, figure};
use crate::workload::requests::{self, Body};

/// Enough that a parser's branches cannot learn the bodies by heart, and few enough to stay in the second cache.
const BODIES: usize = 256;

/// `parse_vs_serde_json`.
pub fn measure(plan: &Plan) -> Vec<Row> {
    let bodies = requests::bodies(BODIES, 21);
    let mut arena = Bump::with_capacity(64 * 1024);
    let ours = Box::new(|| {
        for body in &bodies {
            assert!(openrtb::request::parse(black_box(&body.bytes), &arena).is_ok());
            arena.reset();
        }
        bodies.len()
    });
    let mut contenders: Vec<Contender<'_>> = vec![
        ours,
        peer(&bodies, serde::read_borrowed),
        peer(&bodies, serde::read_owned),
        peer(&bodies, serde::read_sonic),
    ];
    let rounds = rounds::run(plan.rounds, plan.window, &mut contenders);
    let (value, spread) = rounds.ratio(1, 0);
    let micros = |contender: usize| figure(rounds.best(contender) / 1_000.0);
    let row = Row::new("parse_vs_serde_json", value, spread, rounds.count())
        .beside(format!("serde_json, borrowed: {} µs", micros(1)))
        .with_note(format!(
            "ours {} µs a request of 3.4 KB; serde_json owned {} µs ({}×), sonic-rs borrowed {} µs ({}×; built for plain x86-64)",
            micros(0),
            micros(2),
            figure(rounds.ratio(2, 0).0),
            micros(3),
            figure(rounds.ratio(3, 0).0),
        ));
    vec![row]
}

fn peer<'b>(bodies: &'b [Body], read: fn(&[u8]) -> bool) -> Contender<'b> {
    Box::new(move || {
        for body in bodies {
            assert!(
                read(black_box(&body.bytes)),
                "a peer cannot read a body of the workload"
            );
        }
        bodies.len()
    })
}
