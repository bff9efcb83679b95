//! `cargo bench -p kaoqin-engine --features bench`: employee-days per second beside the toy kernel.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kaoqin_engine::bench_support::Months;

fn days(c: &mut Criterion) {
    let sets = [("plain", Months::plain(200)), ("hard", Months::hard(200))];
    for (name, months) in sets {
        let Some(months) = months else { continue };
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(months.days().unsigned_abs()));
        group.bench_function("toy", |b| b.iter(|| months.toy()));
        group.bench_function("result", |b| b.iter(|| months.evaluate(false)));
        group.bench_function("traced", |b| b.iter(|| months.evaluate(true)));
        group.finish();
    }
}

criterion_group!(benches, days);
criterion_main!(benches);
