//! What callgrind counts: `counted parse`, `counted match` or `counted decide`, each of 64 fixed requests, after a turn
//! that is not counted; and `counted build`, the making of a book. A number after it is how many ads the book has, and
//! one more how many turns are measured. `scripts/gates` collects only below the functions whose names begin with
//! `measured`.

use std::hint::black_box;
use std::process::ExitCode;

use auction::book::{Book, Inventory};
use benches::counter::Counter;
use benches::matching::{self, Event};
use benches::workload::ads;
use benches::workload::requests::{self, Body};
use benches::workload::targeting::Range;
use bumpalo::Bump;

const REQUESTS: usize = 64;
/// Few enough that callgrind, fifty times as slow as the machine, builds the book in seconds.
const ADS: usize = 1_000;

fn main() -> ExitCode {
    let bodies = requests::bodies(REQUESTS, 81);
    let mut arena = Bump::with_capacity(256 * 1024);
    let number = |nth, usual| {
        let given = std::env::args().nth(nth);
        given.map_or(Ok(usual), |given| given.parse::<usize>())
    };
    let (Ok(ads), Ok(turns)) = (number(2, ADS), number(3, 1)) else {
        eprintln!("say a number of ads, and one of turns");
        return ExitCode::from(2);
    };
    match std::env::args().nth(1).as_deref() {
        Some("parse") => {
            parse(&bodies, &mut arena);
            for _ in 0..turns {
                measured_parse(&bodies, &mut arena);
            }
        }
        Some("match") => {
            let counter = Counter::open(ads::inventory(ads, Range::Everything));
            let kept = Bump::new();
            let events = matching::events(&counter, &bodies, &kept);
            find(&counter, &events, &mut arena);
            for _ in 0..turns {
                measured_match(&counter, &events, &mut arena);
            }
        }
        Some("decide") => {
            let mut counter = Counter::open(ads::inventory(ads, Range::Everything));
            let mut out = Vec::with_capacity(16 * 1024);
            decide(&mut counter, &bodies, &mut arena, &mut out);
            for _ in 0..turns {
                measured_decide(&mut counter, &bodies, &mut arena, &mut out);
            }
        }
        Some("build") => {
            measured_build(ads::inventory(ads, Range::Everything));
        }
        _ => {
            eprintln!("say `parse`, `match`, `decide` or `build`");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

#[inline(never)]
fn measured_parse(bodies: &[Body], arena: &mut Bump) {
    parse(bodies, arena);
}

#[inline(never)]
fn measured_match(counter: &Counter, events: &[Event<'_>], arena: &mut Bump) {
    find(counter, events, arena);
}

#[inline(never)]
fn measured_decide(counter: &mut Counter, bodies: &[Body], arena: &mut Bump, out: &mut Vec<u8>) {
    decide(counter, bodies, arena, out);
}

#[inline(never)]
fn measured_build(inventory: Inventory) {
    black_box(Book::build(inventory));
}

fn parse(bodies: &[Body], arena: &mut Bump) {
    for body in bodies {
        black_box(openrtb::request::parse(black_box(&body.bytes), arena).is_ok());
        arena.reset();
    }
}

fn find(counter: &Counter, events: &[Event<'_>], arena: &mut Bump) {
    for event in events {
        black_box(matching::search(counter, black_box(event), arena));
        arena.reset();
    }
}

fn decide(counter: &mut Counter, bodies: &[Body], arena: &mut Bump, out: &mut Vec<u8>) {
    for body in bodies {
        out.clear();
        black_box(counter.answer(black_box(body), arena, out));
        arena.reset();
    }
}
