//! Whatever was acknowledged is there after a crash, unaltered, wherever the crash fell: in an append, a flush, a manifest
//! edit, a recovery. And a crash alone is never taken for damage.

use tracehound_platform::Random;
use tracehound_platform::sim::SimFiles;

use super::support::{Driven, has_unaltered, numbered};

/// How often a seed crashes. The second time it meets what the first left behind.
const LIVES: u64 = 3;

#[test]
fn a_thousand_seeds_lose_nothing_acknowledged() {
    for seed in 0..1_000 {
        live_and_crash(seed);
    }
}

fn live_and_crash(seed: u64) {
    let mut random = Random::from_seed(seed);
    let mut files = SimFiles::new();
    let mut acknowledged = Vec::new();
    let mut next = 1;
    for life in 0..LIVES {
        // A life has up to about 150 operations; some end before recovery does.
        files.crash_after(random.below(160));
        if let Ok(mut store) = Driven::open(&files) {
            while live(&mut store, &mut random, &mut next, &mut acknowledged) {}
        }
        files = if random.one_in(3) { files.kill() } else { files.crash(&mut random) };
        verify(&files, &acknowledged, &format!("seed {seed}, life {life}"));
        files = files.kill();
    }
}

/// One step. False once the machine is off.
fn live(store: &mut Driven, random: &mut Random, next: &mut u64, acknowledged: &mut Vec<u64>) -> bool {
    if random.one_in(6) {
        return store.flush(random.one_in(2)).is_ok();
    }
    let group: Vec<u64> = (*next..).take(1 + random.below(3) as usize).collect();
    *next += group.len() as u64;
    let outcomes = store.append(group.iter().map(|&n| numbered(n)).collect());
    let mut alive = true;
    for (n, outcome) in group.into_iter().zip(outcomes) {
        match outcome {
            Ok(()) => acknowledged.push(n),
            Err(crate::Error::Full) => alive &= store.flush(false).is_ok(),
            Err(_) => alive = false,
        }
    }
    // What is acknowledged is visible at once.
    let newest = acknowledged.last().filter(|_| alive);
    assert!(newest.is_none_or(|&n| has_unaltered(&store.snapshot(), n)), "batch {newest:?} is not visible");
    alive
}

fn verify(files: &SimFiles, acknowledged: &[u64], context: &str) {
    let store = Driven::open(files).unwrap_or_else(|error| panic!("{context}: does not start: {error}"));
    let snapshot = store.snapshot();
    for &n in acknowledged {
        assert!(has_unaltered(&snapshot, n), "{context}: batch {n} is lost");
    }
    let metrics = &store.core.metrics;
    let set_aside = metrics.quarantined_files.get() + metrics.quarantined_stretches.get();
    assert_eq!(set_aside, 0, "{context}: a crash was taken for damage");
}
