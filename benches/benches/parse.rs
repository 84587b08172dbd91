//! Reading a bid request, beside what serde_json takes to read the same bytes into a `Value`: `cargo bench -p
//! benches`.
//!
//! Figures of one machine and one hour; only their ratio says anything.

use std::hint::black_box;

use bumpalo::Bump;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// The requests that the README sends.
const REQUESTS: &str = include_str!("../../config/requests.jsonl");

fn parse(criterion: &mut Criterion) {
    let bodies: Vec<&[u8]> = REQUESTS.lines().map(str::as_bytes).collect();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(
        bodies.iter().map(|body| body.len() as u64).sum(),
    ));
    group.bench_function("outbid", |bench| {
        let mut arena = Bump::with_capacity(64 * 1024);
        bench.iter(|| {
            for body in &bodies {
                black_box(openrtb::request::parse(body, &arena).is_ok());
                arena.reset();
            }
        });
    });
    group.bench_function("serde_json_value", |bench| {
        bench.iter(|| {
            for body in &bodies {
                black_box(serde_json::from_slice::<serde_json::Value>(body).is_ok());
            }
        });
    });
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
