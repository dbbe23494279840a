//! Recorded bodies, cut, flipped, spliced and with lengths that lie, against the properties of [`targets`](crate::targets).
//!
//! Every run makes the same mutations; a failure names the seed of its one.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use tracehound_wire::Format;

use crate::support::{Recorded, array, corpus, to_json};
use crate::targets;

const PROPERTIES: [fn(&[u8]); 3] = [
    targets::decoding_is_bounded,
    targets::a_round_trip_changes_nothing,
    targets::v04_agrees_with_an_independent_reader,
];

#[test]
fn every_recorded_body_has_the_properties() {
    for Recorded { name, body, .. } in corpus() {
        hold(&name, &body);
    }
}

#[test]
fn mutated_bodies_have_the_properties() {
    // Small ones, so that one mutation in them is met by much of the decoder, those of v0.4 in JSON too.
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    for Recorded { format, body, .. } in corpus().into_iter().filter(|recorded| recorded.body.len() < 30_000) {
        if format == Format::TracesMsgpack {
            seeds.push(to_json(&body));
        }
        seeds.push(body);
    }
    assert!(seeds.len() >= 10, "{}", seeds.len());
    for seed in 1..=4_000 {
        let mut random = Random(seed);
        let mut body = random.pick(&seeds).clone();
        for _ in 0..=random.below(4) {
            mutate(&mut body, &seeds, &mut random);
        }
        hold(&format!("seed {seed}"), &body);
    }
}

#[test]
fn a_body_cut_anywhere_is_refused_or_empty() {
    for Recorded { name, format, body } in corpus().into_iter().filter(|recorded| recorded.body.len() < 5_000) {
        for length in 0..body.len() {
            let error = crate::support::see(format, &body[..length]).expect_err("it lacks its end");
            assert_eq!(error.kind(), tracehound_wire::ErrorKind::Truncated, "{name} cut to {length}: {error}");
        }
    }
}

fn hold(what: &str, body: &[u8]) {
    for property in PROPERTIES {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| property(body))) {
            println!("{what}: {} bytes", body.len());
            resume_unwind(panic);
        }
    }
}

fn mutate(body: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    if body.is_empty() {
        return body.extend(array(&[]));
    }
    let place = random.below(body.len());
    match random.below(8) {
        0 => body.truncate(place),
        1 => body[place] ^= 1 << random.below(8),
        2 => body[place] = random.below(256) as u8,
        // The first byte of a value, any of those that announce a type or length.
        3 => body[place] = 0xc0 + random.below(32) as u8,
        4 => lie_about_a_length(body, place, random),
        5 => drop(body.drain(place..(place + random.below(40)).min(body.len()))),
        6 => {
            let part = body[place..(place + random.below(60)).min(body.len())].to_vec();
            body.splice(place..place, part);
        }
        _ => {
            let other = random.pick(others);
            body.truncate(place);
            body.extend_from_slice(&other[random.below(other.len())..]);
        }
    }
}

/// An array, map, text or bin that says to be larger than anything.
fn lie_about_a_length(body: &mut Vec<u8>, place: usize, random: &mut Random) {
    let markers = [0xdd, 0xdf, 0xdb, 0xc6, 0xc9];
    let length = *random.pick(&[[0xff; 4], [0x7f, 0xff, 0xff, 0xff], [0, 0xff, 0xff, 0xff], [0, 0, 0, 0xff]]);
    body.splice(place..=place, [*random.pick(&markers)].into_iter().chain(length));
}

/// xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as usize % bound.max(1)
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}
