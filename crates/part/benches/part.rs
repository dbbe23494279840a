//! What a part costs: to write, in time and bytes per span, and to read one trace of.
//!
//! The rows are those of the load drill: bodies of 50 traces of 12 spans, 13 tags of 40 keys, 3 metrics.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::slice;
use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use tracehound_model::{Batch, BatchBuilder, RowHead, TraceId};
use tracehound_part::{Columns, DIRECTORY, Part, PartName, Position, write};
use tracehound_platform::sim::SimFiles;
use tracehound_platform::{Files, Random};

const TRACES_PER_BATCH: u64 = 50;
const SPANS_PER_TRACE: u64 = 12;
const TAGS_PER_SPAN: u64 = 13;
const KEYS: u64 = 40;
/// About what a memtable of 48 MiB holds.
const BATCHES: u64 = 417;

fn main() {
    let (files, meta) = written(&batches());
    let spans = u64::from(meta.rows);
    println!("{} spans, {} bytes per span", spans, meta.bytes as f64 / spans as f64);
    let index = files.open(&meta.name.sidecar_path()).and_then(|file| file.len()).expect("the index was written");
    println!("of these the trace index {}", index as f64 / spans as f64);
    divan::main();
}

#[divan::bench(sample_count = 10)]
fn flush_per_span(bencher: Bencher<'_, '_>) {
    let batches = batches();
    let spans: u32 = batches.iter().map(|(_, batch)| batch.rows()).sum();
    bencher.counter(ItemsCount::new(spans)).bench_local(|| written(&batches));
}

#[divan::bench(args = [Columns::All, Columns::Summary], sample_count = 200)]
fn read_one_trace(bencher: Bencher<'_, '_>, columns: Columns) {
    let part = part();
    let entry = part.newest(Position::MAX).expect("the index opens").nth(10_000);
    let entry = entry.expect("there are as many traces").expect("the index can be read");
    bencher.bench_local(|| {
        let found = part.traces(entry.id.low).expect("the index can be read");
        part.read(slice::from_ref(&found[0].rows), columns).expect("the rows can be read")
    });
}

#[divan::bench(sample_count = 1_000)]
fn find_one_trace(bencher: Bencher<'_, '_>) {
    let part = part();
    bencher.bench_local(|| part.traces(divan::black_box(12_345)).expect("the index can be read"));
}

#[divan::bench(sample_count = 100)]
fn summaries_of_the_newest_50(bencher: Bencher<'_, '_>) {
    let part = part();
    bencher.bench_local(|| {
        let newest = part.newest(Position::MAX).expect("the index opens").take(50);
        let rows: Vec<_> = newest.map(|entry| entry.expect("the index can be read").rows).collect();
        part.read(&rows, Columns::Summary).expect("the rows can be read")
    });
}

#[divan::bench(sample_count = 20)]
fn open(bencher: Bencher<'_, '_>) {
    let (files, meta) = written(&batches());
    bencher.bench_local(|| Part::open(files.clone(), &meta.name).expect("the part opens"));
}

fn part() -> Part {
    let (files, meta) = written(&batches());
    Part::open(files, &meta.name).expect("the part opens")
}

fn written(batches: &[(u64, Arc<Batch>)]) -> (Arc<dyn Files>, tracehound_part::PartMeta) {
    let files = SimFiles::new();
    files.create_dir(DIRECTORY).expect("memory can be written");
    let meta = write(&files, &PartName::new(1, BATCHES), batches, &[]).expect("memory can be written");
    (Arc::new(files), meta)
}

fn batches() -> Vec<(u64, Arc<Batch>)> {
    let mut random = Random::from_seed(1);
    (1..=BATCHES).map(|sequence| (sequence, Arc::new(batch(&mut random, sequence)))).collect()
}

fn batch(random: &mut Random, sequence: u64) -> Batch {
    let mut builder = BatchBuilder::new();
    for trace in 0..TRACES_PER_BATCH {
        let start = 1_700_000_000_000_000_000 + (sequence * TRACES_PER_BATCH + trace) as i64 * 200_000;
        let high = (start / 1_000_000_000) << 32;
        builder.begin_chunk(TraceId { high: high as u64, low: random.next_u64() });
        let route = random.below(60);
        let mut parents = vec![0];
        for span in 0..SPANS_PER_TRACE {
            let parent_id = parents[random.below(parents.len() as u64) as usize];
            let start = start + span as i64 * 300_000;
            parents.push(push_span(random, &mut builder, route * SPANS_PER_TRACE + span, parent_id, start));
        }
    }
    builder.build()
}

/// A span of one of 720 operations, each of which has its own tags. Returns its id.
fn push_span(random: &mut Random, builder: &mut BatchBuilder, operation: u64, parent_id: u64, start: i64) -> u64 {
    let head = RowHead {
        span_id: random.next_u64(),
        parent_id,
        start: start + random.below(100_000) as i64,
        duration: 1_000 + random.below(20_000_000) as i64,
        error: random.one_in(50),
        service: builder.intern(&format!("service-{}", operation % 10)),
        name: builder.intern(&format!("operation.{}", operation % 17)),
        resource: builder.intern(&format!("GET /api/v1/resource-{operation}/{{id}}")),
        kind: builder.intern(["web", "http", "sql", "cache"][operation as usize % 4]),
    };
    builder.push(head);
    for tag in 0..TAGS_PER_SPAN {
        let number = (operation * 7 + tag * 3) % KEYS;
        let value = match number {
            0 => format!("http://shop.example/items/{}?page={}", random.below(100_000), random.below(10)),
            1 => format!("{:016x}", random.next_u64()),
            2 => format!("user-{}", random.below(10_000)),
            _ => format!("value-{}-{}", number, operation % (1 + number)),
        };
        let [key, value] = [format!("component.tag.{number}"), value].map(|text| builder.intern(&text));
        builder.tag(key, value);
    }
    for (key, value) in
        [("_sampling_priority_v1", 1.0), ("process_id", 4_242.0), ("http.response.size", random.below(4_096) as f64)]
    {
        let key = builder.intern(key);
        builder.metric(key, value);
    }
    head.span_id
}
