//! An agent that is not there, or takes calls and says nothing: what the application loses by it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use tracehound::{Tracer, span};

use crate::contender::DEPTH;
use crate::{meter, report};

const MAX_GROWTH_MIB: f64 = 16.0;
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);
/// A deadline is met if the thread got the processor back this soon after it; the machine may be busy.
const SLACK: f64 = 1.1;

/// Loads both kinds of dead agents, each for `load`; whether the goals were met.
pub fn run(load: Duration) -> io::Result<bool> {
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let refusing = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    // Measured before both: what the first load leaves behind counts in the second.
    let before = meter::resident_kib();
    Ok(hold_out("refuses", refusing, load, before) & hold_out("is silent", silent.local_addr()?, load, before))
}

fn hold_out(how: &str, agent: SocketAddr, load: Duration, before: u64) -> bool {
    let tracer =
        Tracer::builder().agent_url(&format!("http://{agent}")).setting("DD_TRACE_STARTUP_LOGS", "false").build();
    let (mut most, mut spans, mut slowest) = (before, 0, Duration::ZERO);
    let started = Instant::now();
    while started.elapsed() < load {
        for _ in 0..1_000 {
            let begun = Instant::now();
            nest(&tracer, DEPTH);
            slowest = slowest.max(begun.elapsed());
        }
        spans += 1_000 * DEPTH;
        most = most.max(meter::resident_kib());
    }
    let begun = Instant::now();
    let outcome = tracer.flush(FLUSH_TIMEOUT);
    let flushing = begun.elapsed().as_secs_f64();
    println!("agent {how}: {spans} spans, slowest trace {slowest:?}, {:?}, flush: {outcome:?}", tracer.health());
    let grown = report::verdict("memory growth, MiB", (most - before) as f64 / 1024.0, MAX_GROWTH_MIB);
    report::verdict("flush, of its deadline", flushing / FLUSH_TIMEOUT.as_secs_f64(), SLACK) & grown
}

fn nest(tracer: &Tracer, depth: u32) {
    let _span = span!("drill.step", tracer = tracer, user.plan = "gold", step = depth).entered();
    if depth > 1 {
        nest(tracer, depth - 1);
    }
}
