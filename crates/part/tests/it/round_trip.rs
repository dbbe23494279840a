//! Written rows come back equal, sorted and folded, whole or in pieces.

use std::sync::Arc;

use tracehound_model::Batch;
use tracehound_part::{Columns, Part, write};
use tracehound_platform::Random;

use crate::awkward;
use crate::spans::{NAME, Span, batch, files, folded_and_sorted, spans};

/// Writes the batches, and gives the part with what it must hold.
fn part_of(batches: &mut [Vec<Span>]) -> (Part, Vec<Span>) {
    let files = files();
    let written: Vec<(u64, Arc<Batch>)> = (1..).zip(batches.iter_mut()).map(|(n, spans)| batch(n, spans)).collect();
    let meta = write(&*files, &NAME, &written, &[]).unwrap();
    let part = Part::open(files, &NAME).unwrap();
    assert_eq!(*part.meta(), meta);
    (part, folded_and_sorted(&batches.concat()))
}

#[test]
fn awkward_rows_come_back_equal_whatever_the_seed() {
    for seed in 0..40 {
        let mut random = Random::from_seed(seed);
        let mut batches: Vec<_> = (0..1 + random.below(5))
            .map(|_| {
                let count = 1 + random.below(300);
                awkward::spans(&mut random, count)
            })
            .collect();
        let (part, expected) = part_of(&mut batches);
        let rows = part.read(&[0..part.meta().rows], Columns::All).unwrap();
        assert!(spans(&rows) == expected, "seed {seed}");
        let total: usize = batches.iter().map(Vec::len).sum();
        assert_eq!(part.meta().folded as usize, total - expected.len(), "seed {seed}");
        part.verify().unwrap();
    }
}
