//! The steps of a bid request one by one, for a look while working on them: `cargo bench -p benches --bench steps`.
//!
//! Figures of one machine and one hour. What is believed is `make bench`, which has a peer beside each.

use std::hint::black_box;

use benches::counter::Counter;
use benches::matching;
use benches::workload::ads;
use benches::workload::requests;
use benches::workload::targeting::Range;
use bumpalo::Bump;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// How many requests one iteration takes.
const REQUESTS: usize = 64;

fn parse(criterion: &mut Criterion) {
    let bodies = requests::bodies(REQUESTS, 91);
    let mut arena = Bump::with_capacity(64 * 1024);
    criterion.bench_function("parse", |bench| {
        bench.iter(|| {
            for body in &bodies {
                black_box(openrtb::request::parse(black_box(&body.bytes), &arena).is_ok());
                arena.reset();
            }
        });
    });
}

fn find(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("match");
    for ads in [1_000, 10_000, 100_000] {
        let counter = Counter::open(ads::inventory(ads, Range::Everything));
        let bodies = requests::bodies(REQUESTS, 92);
        let kept = Bump::new();
        let events = matching::events(&counter, &bodies, &kept);
        let mut arena = Bump::with_capacity(256 * 1024);
        group.bench_function(BenchmarkId::from_parameter(ads), |bench| {
            bench.iter(|| {
                for event in &events {
                    black_box(matching::search(&counter, black_box(event), &arena));
                    arena.reset();
                }
            });
        });
    }
}

fn decide(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    for ads in [1_000, 10_000, 100_000] {
        let mut counter = Counter::open(ads::inventory(ads, Range::Everything));
        let bodies = requests::bodies(REQUESTS, 93);
        let mut arena = Bump::with_capacity(256 * 1024);
        let mut out = Vec::with_capacity(16 * 1024);
        group.bench_function(BenchmarkId::from_parameter(ads), |bench| {
            bench.iter(|| {
                for body in &bodies {
                    out.clear();
                    black_box(counter.answer(black_box(body), &arena, &mut out));
                    arena.reset();
                }
            });
        });
    }
}

criterion_group!(benches, parse, find, decide);
criterion_main!(benches);
