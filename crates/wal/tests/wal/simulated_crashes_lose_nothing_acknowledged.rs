//! Seeded lives of a log: commits, releases and troubles, ended by power cuts and killed processes, also in the middle of
//! a recovery. A failure names its seed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tracehound_platform::Random;
use tracehound_platform::sim::SimFiles;
use tracehound_wal::{Entry, Error, Report, Writer, commit_group};

use crate::support::*;

const SEEDS: u64 = 1_000;
const LIVES: u64 = 6;

/// How commits ended, by the numbers of their payloads.
type Results = Arc<Mutex<Vec<(u64, Result<u64, Error>)>>>;

/// What the world outside of the log knows.
struct World {
    seed: u64,
    random: Random,
    files: SimFiles,
    /// Everything that was ever handed to the log, by a number in it.
    handed: BTreeMap<u64, Vec<u8>>,
    /// What was acknowledged, or given back by a recovery, and must come back from now on.
    owed: BTreeMap<u64, Vec<u8>>,
    /// Everything through here is safe elsewhere.
    floor: u64,
    /// A sync failed in this life.
    sync_failed: bool,
    /// A process started on what a failed sync had forgotten to write: it gives that back, and a power cut can still take
    /// it, with the look of damage. Nobody was ever told that it was safe.
    forgot: bool,
    seen: Seen,
}

/// What the lives met: a simulation that meets nothing shows nothing.
#[derive(Default, Debug)]
struct Seen {
    acknowledged: u64,
    torn: u64,
    crashed_recoveries: u64,
    full: u64,
    failed_syncs: u64,
    failed_writes: u64,
    releases: u64,
    unacknowledged_given_back: u64,
}

impl World {
    fn new(seed: u64) -> World {
        World {
            seed,
            random: Random::from_seed(seed),
            files: SimFiles::new(),
            handed: BTreeMap::new(),
            owed: BTreeMap::new(),
            floor: 0,
            sync_failed: false,
            forgot: false,
            seen: Seen::default(),
        }
    }

    fn run(mut self) -> Seen {
        for _ in 0..LIVES {
            if let Some(mut writer) = self.start() {
                self.live(&mut writer);
            }
            self.end();
        }
        let (_, report, frames) = open(&self.files, self.floor).unwrap();
        self.check(&report, &frames);
        self.seen
    }

    /// A start, in one of four cases ended by a crash.
    fn start(&mut self) -> Option<Writer> {
        if self.random.one_in(4) {
            self.files.crash_after(self.random.below(8));
        }
        let Ok((writer, report, frames)) = open(&self.files, self.floor) else {
            self.seen.crashed_recoveries += 1;
            return None;
        };
        self.check(&report, &frames);
        self.seen.torn += report.torn_frames;
        for (sequence, payload) in frames {
            if !self.owed.contains_key(&sequence) && !self.forgot {
                self.owed.insert(sequence, payload);
                self.seen.unacknowledged_given_back += 1;
            }
        }
        let highest = self.owed.keys().next_back().copied().unwrap_or(0).max(self.floor);
        assert!(writer.next_sequence() > highest, "seed {}: a number is used again", self.seed);
        Some(writer)
    }

    fn check(&self, report: &Report, frames: &Frames) {
        let seed = self.seed;
        assert!(frames.is_sorted_by(|a, b| a.0 < b.0), "seed {seed}: out of order");
        for (_, payload) in frames {
            let number = payload.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
            let handed = number.and_then(|number| self.handed.get(&number));
            assert_eq!(handed, Some(payload), "seed {seed}: altered or made up");
        }
        let came: BTreeMap<_, _> = frames.iter().cloned().collect();
        for (sequence, payload) in self.owed.range(self.floor + 1..) {
            assert_eq!(came.get(sequence), Some(payload), "seed {seed}: frame {sequence} was owed");
        }
        assert!(report.damage.is_empty() || self.forgot, "seed {seed}: {:?}", report.damage);
    }

    fn live(&mut self, writer: &mut Writer) {
        if self.random.one_in(2) {
            self.files.crash_after(self.random.below(60));
        }
        for _ in 0..self.random.below(12) {
            self.trouble();
            self.commit(writer);
            if writer.poisoned() {
                return;
            }
            if self.random.one_in(4) {
                self.release(writer);
            }
        }
    }

    fn trouble(&mut self) {
        match self.random.below(12) {
            0 => self.files.set_capacity(self.random.below(8) * 1_000),
            1 => self.files.fail_every_write(1 + self.random.below(6)),
            2 => self.files.fail_sync_after(self.random.below(20)),
            _ => {
                self.files.set_capacity(u64::MAX);
                self.files.heal_writes();
            }
        }
    }

    fn commit(&mut self, writer: &mut Writer) {
        let results = Results::default();
        let group = (0..=self.random.below(4)).map(|_| self.entry(&results)).collect();
        let mut published = Vec::new();
        commit_group(writer, group, &mut |items| published.extend(items));
        let mut acknowledged = Vec::new();
        for (number, result) in results.lock().unwrap().drain(..) {
            match result {
                Ok(sequence) => acknowledged.push((sequence, number)),
                Err(Error::DiskFull) => self.seen.full += 1,
                Err(Error::Io { .. }) => self.seen.failed_writes += 1,
                Err(Error::SyncFailed { message, .. }) if !message.contains("is off") => {
                    self.seen.failed_syncs += 1;
                    self.sync_failed = true;
                }
                Err(_) => {}
            }
        }
        assert_eq!(published, acknowledged, "seed {}: what is published is what is acknowledged", self.seed);
        for (sequence, number) in acknowledged {
            let before = self.owed.insert(sequence, self.handed[&number].clone());
            assert_eq!(before, None, "seed {}: number {sequence} was given twice", self.seed);
            self.seen.acknowledged += 1;
        }
    }

    /// A frame whose payload starts with a number of its own; one in ten is larger than a segment.
    fn entry(&mut self, results: &Results) -> Entry<u64> {
        let number = self.handed.len() as u64;
        let length = if self.random.one_in(10) { 3_000 } else { 300 };
        let mut payload = vec![0; 8 + self.random.below(length) as usize];
        self.random.fill(&mut payload);
        payload[..8].copy_from_slice(&number.to_le_bytes());
        self.handed.insert(number, payload.clone());
        let results = Arc::clone(results);
        let on_done = Box::new(move |result| results.lock().unwrap().push((number, result)));
        Entry { payload, item: number, on_done }
    }

    /// As after a flush: what is safe elsewhere is given up.
    fn release(&mut self, writer: &Writer) {
        let highest = self.owed.keys().next_back().copied().unwrap_or(0);
        self.floor = self.floor.max(highest.saturating_sub(self.random.below(6)));
        if writer.release(self.floor).is_ok() {
            self.seen.releases += 1;
        }
    }

    fn end(&mut self) {
        let sync_failed = std::mem::take(&mut self.sync_failed);
        self.files = if self.random.one_in(3) {
            self.forgot |= sync_failed;
            self.files.kill()
        } else {
            self.files.crash(&mut self.random)
        };
        self.files.set_capacity(u64::MAX);
    }
}

#[test]
fn a_thousand_seeds_lose_nothing_and_call_no_crash_damage() {
    let mut total = Seen::default();
    for seed in 0..SEEDS {
        let seen = World::new(seed).run();
        total.acknowledged += seen.acknowledged;
        total.torn += seen.torn;
        total.crashed_recoveries += seen.crashed_recoveries;
        total.full += seen.full;
        total.failed_syncs += seen.failed_syncs;
        total.failed_writes += seen.failed_writes;
        total.releases += seen.releases;
        total.unacknowledged_given_back += seen.unacknowledged_given_back;
    }
    let counts = [
        total.acknowledged / 10,
        total.torn,
        total.crashed_recoveries,
        total.full,
        total.failed_syncs,
        total.failed_writes,
        total.releases,
        total.unacknowledged_given_back,
    ];
    assert!(counts.iter().all(|&count| count > SEEDS / 10), "{total:?}");
}

/// A life that meets everything a log does: it returns what was acknowledged, and what is safe elsewhere.
fn scripted_life(files: &SimFiles) -> (Frames, u64) {
    let mut acknowledged = Frames::new();
    let mut floor = 0;
    let Ok((mut writer, ..)) = open(files, 0) else { return (acknowledged, floor) };
    for (step, length) in (0..).zip([100, 400, 400, 50, 2_000, 300, 800, 900, 10]) {
        let payload = vec![step; length];
        if let Ok(sequence) = commit(&mut writer, &payload) {
            acknowledged.push((sequence, payload));
        }
        if step == 5 {
            floor = 3;
            let _ = writer.release(floor);
        }
    }
    (acknowledged, floor)
}

#[test]
fn a_crash_at_every_operation_and_at_every_operation_of_the_recovery_loses_nothing() {
    let whole = SimFiles::new();
    assert_eq!(scripted_life(&whole).0.len(), 9);
    for (step, seed) in (0..whole.operations()).flat_map(|step| (0..4).map(move |seed| (step, seed))) {
        let mut random = Random::from_seed(seed);
        let files = SimFiles::new();
        files.crash_after(step);
        let (acknowledged, floor) = scripted_life(&files);
        let after = files.crash(&mut random);
        for recovery_step in 0.. {
            let files = after.kill();
            files.crash_after(recovery_step);
            let recovered = open(&files, floor).is_ok();
            let (_, report, frames) = open(&files.crash(&mut random), floor).unwrap();
            let place = format!("step {step}, seed {seed}, step {recovery_step} of the recovery");
            let owed = acknowledged.iter().filter(|(sequence, _)| *sequence > floor);
            assert!(owed.clone().all(|frame| frames.contains(frame)), "{place}");
            assert!(frames.len() <= owed.count() + 1, "{place}: one commit at most was under way");
            assert!(report.damage.is_empty(), "{place}");
            if recovered {
                break;
            }
        }
    }
}

#[test]
fn numbers_that_were_skipped_are_no_damage_later() {
    let files = log_of([b"one"]);
    let (mut writer, ..) = open(&files, 0).unwrap();
    writer.continue_above(41);
    writer.continue_above(7);
    assert_eq!(commit(&mut writer, b"two"), Ok(42));
    let (_, report, frames) = open(&files, 0).unwrap();
    assert_eq!(frames, [(1, b"one".to_vec()), (42, b"two".to_vec())]);
    assert_eq!(report.damaged_frames, 0);
}
