//! Rounds of all contenders in turn, so that whatever else the machine does falls on each of them alike.

use std::io;

use crate::agent::Agent;
use crate::awake::Awake;
use crate::contender::{DEPTH, ENTRIES, Entry};
use crate::meter;
use crate::worker::Worker;

/// Traces of one round: 5,000 spans, fewer than any contender's queue holds.
const TRACES: u64 = 500;
const SPANS: f64 = (TRACES * DEPTH as u64) as f64;

/// Rounds before the first that counts, in which pools and buffers grow to their size.
const WARM_UP: usize = 4;

/// Traces of each thread when one is compared with two: what two of them make still fits into every queue.
const TRACES_PARALLEL: u64 = 1_000;
const ROUNDS_PARALLEL: usize = 7;

/// What a span costs with one contender.
pub struct Figures {
    pub name: &'static str,
    /// CPU of the application's thread: the median of the rounds, and the least.
    pub app_ns: f64,
    pub app_least_ns: f64,
    /// CPU of the whole process, background threads included, and that of the agent which took it: means over all rounds.
    pub process_ns: f64,
    pub agent_ns: f64,
    pub app_allocations: f64,
    pub app_bytes: f64,
    pub all_allocations: f64,
    pub all_bytes: f64,
    pub wire_bytes: f64,
    /// Spans a second of two threads over those of one, and CPU of a span then over CPU of a span now.
    pub speed_up: f64,
    pub parallel_cost: f64,
}

impl Figures {
    /// CPU of everything that a span needs until the agent has it.
    pub fn all_ns(&self) -> f64 {
        self.process_ns + self.agent_ns
    }
}

/// Lets all contenders whose name contains `only` run for so many rounds.
pub fn run(rounds: usize, only: &str) -> io::Result<Vec<Figures>> {
    let agent = Agent::start()?;
    let _awake = Awake::keep()?;
    let entries = ENTRIES.iter().filter(|entry| entry.name.contains(only));
    let mut runs: Vec<Run> = entries.map(|entry| Run::start(entry, &agent)).collect::<Result<_, _>>()?;
    for round in 0..WARM_UP + rounds {
        for run in &mut runs {
            run.round(&agent, round < WARM_UP)?;
        }
    }
    for _ in 0..ROUNDS_PARALLEL {
        for run in &mut runs {
            run.parallel()?;
        }
    }
    runs.into_iter().map(Run::finish).collect()
}

struct Run {
    entry: &'static Entry,
    worker: Worker,
    app_ns: Vec<f64>,
    process_start_ns: u64,
    process_end_ns: u64,
    agent_ns: u64,
    wire_bytes: u64,
    alone: Vec<[u64; 2]>,
    paired: Vec<[u64; 2]>,
}

impl Run {
    fn start(entry: &'static Entry, agent: &Agent) -> io::Result<Run> {
        let worker = Worker::start(entry, agent)?;
        Ok(Run {
            entry,
            worker,
            app_ns: Vec::new(),
            process_start_ns: 0,
            process_end_ns: 0,
            agent_ns: 0,
            wire_bytes: 0,
            alone: Vec::new(),
            paired: Vec::new(),
        })
    }

    fn round(&mut self, agent: &Agent, warm_up: bool) -> io::Result<()> {
        let before = (meter::process_cpu_ns(), agent.trace_bytes());
        let [app_ns, process_ns] = self.worker.ask(format_args!("round {TRACES}"))?;
        if warm_up {
            self.process_start_ns = process_ns;
            return Ok(());
        }
        self.app_ns.push(app_ns as f64 / SPANS);
        self.process_end_ns = process_ns;
        // This process does nothing else while it waits for the answer.
        self.agent_ns += meter::process_cpu_ns() - before.0;
        self.wire_bytes += agent.trace_bytes() - before.1;
        Ok(())
    }

    fn parallel(&mut self) -> io::Result<()> {
        self.alone.push(self.worker.ask(format_args!("threads 1 {TRACES_PARALLEL}"))?);
        self.paired.push(self.worker.ask(format_args!("threads 2 {TRACES_PARALLEL}"))?);
        Ok(())
    }

    fn finish(mut self) -> io::Result<Figures> {
        let [app_calls, app_bytes, all_calls, all_bytes] = self.worker.ask(format_args!("allocations {TRACES}"))?;
        self.worker.stop()?;
        let all_spans = SPANS * self.app_ns.len() as f64;
        let wall = |runs: &[[u64; 2]]| median(runs.iter().map(|&[wall, _]| wall as f64));
        let cpu = |runs: &[[u64; 2]]| median(runs.iter().map(|&[_, cpu]| cpu as f64));
        Ok(Figures {
            name: self.entry.name,
            app_ns: median(self.app_ns.iter().copied()),
            app_least_ns: self.app_ns.iter().copied().fold(f64::INFINITY, f64::min),
            process_ns: (self.process_end_ns - self.process_start_ns) as f64 / all_spans,
            agent_ns: self.agent_ns as f64 / all_spans,
            app_allocations: app_calls as f64 / SPANS,
            app_bytes: app_bytes as f64 / SPANS,
            all_allocations: all_calls as f64 / SPANS,
            all_bytes: all_bytes as f64 / SPANS,
            wire_bytes: self.wire_bytes as f64 / all_spans,
            speed_up: 2.0 * wall(&self.alone) / wall(&self.paired),
            parallel_cost: cpu(&self.paired) / cpu(&self.alone) / 2.0,
        })
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
