//! Live services: they are asked a few things, then their traces are looked at through the API.
//!
//! There are two sets of the same four services: in Python under unmodified ddtrace, and in Rust, the examples of our own tracer.
//! What the first must leave is in [`expectations`]; the second must leave the same as the first.

mod examples;
mod expectations;
mod language;
mod outline;
mod stage;

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) use self::examples::run as examples;
use self::expectations::{ALL, Expectation};
use self::language::Language;
use self::stage::{Asked, Stage};
use crate::outcome::Problem;
use crate::workshop::Workshop;
use crate::{Result, install};

/// Longest wait for a trace: the client sends every second, and a trace of two services comes in two parts.
const TRACE_WITHIN: Duration = Duration::from_secs(15);

/// The services in Python, in both formats that ddtrace sends.
pub(crate) fn run(workshop: &Workshop) -> Result {
    for api_version in ["v0.5", "v0.4"] {
        let python = Language::python(workshop, api_version)?;
        let stage = set(workshop, &python, &python)?;
        for expectation in ALL {
            observe(&stage, expectation, |_, trace| expectation.differs(trace))?;
        }
        println!("{stage}: {} requests, their traces are as they should be", ALL.len());
        stage.strike()?;
    }
    Ok(())
}

fn set(workshop: &Workshop, front: &Language, back: &Language) -> Result<Stage> {
    install::debian("redis-server", "redis-server")?;
    Stage::set(workshop.release_program()?, front, back)
}

/// Makes one request and waits until `judge` is content with its trace.
fn observe<T>(
    stage: &Stage,
    expectation: &Expectation,
    judge: impl Fn(&Asked, &Value) -> std::result::Result<T, String>,
) -> Result<T> {
    let failed = |why: String| Problem::failed(format!("{stage}, {}: {why}", expectation.path));
    let asked = stage.ask(expectation)?;
    if asked.answer.status != expectation.status {
        return Err(failed(format!("the service answered {}", asked.answer.status)));
    }
    let begun = Instant::now();
    loop {
        match stage.trace(&asked.trace_id).and_then(|trace| judge(&asked, &trace)) {
            Ok(result) => return Ok(result),
            Err(why) if begun.elapsed() > TRACE_WITHIN => {
                return Err(failed(format!("trace {}: {why}", asked.trace_id)));
            }
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}
