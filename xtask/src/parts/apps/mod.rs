//! Live services under unmodified ddtrace: they are asked a few things, then their traces are looked at through the API.

mod expectations;
mod stage;

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tracehound_testkit::Client;

use self::expectations::{ALL, Expectation};
use self::stage::Stage;
use super::further;
use crate::outcome::Problem;
use crate::workshop::Workshop;
use crate::{Result, install};

/// Longest wait for a trace: the client sends every second, and a trace of two services comes in two parts.
const TRACE_WITHIN: Duration = Duration::from_secs(15);

/// Starts everything, asks, checks, and ends everything.
pub(crate) fn run(workshop: &Workshop) -> Result {
    let apps = further::find(workshop, "apps")?;
    install::debian("redis-server", "redis-server")?;
    let requirements = std::fs::read_to_string(apps.join("requirements.txt"))?;
    let programs = install::python(workshop, "apps", &requirements)?;
    for api_version in ["v0.5", "v0.4"] {
        let stage = Stage::set(workshop.release_program()?, &apps, &programs, api_version)?;
        for expectation in ALL {
            check(&stage, expectation)
                .map_err(|why| Problem::failed(format!("{api_version} {}: {why}", expectation.path)))?;
        }
        println!("{api_version}: {} requests, their traces are as they should be", ALL.len());
        stage.strike()?;
    }
    Ok(())
}

/// Makes one request and waits until its trace is as it should be.
fn check(stage: &Stage, expectation: &Expectation) -> std::result::Result<(), String> {
    let (status, trace_id) = stage.ask(expectation).map_err(|error| error.to_string())?;
    if status != expectation.status {
        return Err(format!("the service answered {status}"));
    }
    let begun = Instant::now();
    loop {
        let seen = look(stage, &trace_id).and_then(|trace| expectation.differs(&trace));
        match seen {
            Ok(()) => return Ok(()),
            Err(why) if begun.elapsed() > TRACE_WITHIN => return Err(format!("trace {trace_id}: {why}")),
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}

fn look(stage: &Stage, trace_id: &str) -> std::result::Result<Value, String> {
    let answer = Client::connect(stage.api_port())
        .and_then(|mut client| client.get(&format!("/api/tracehound/v1/traces/{trace_id}")))
        .map_err(|error| error.to_string())?;
    match answer.status {
        200 => answer.json().map_err(|error| error.to_string()),
        status => Err(format!("the API answered {status}")),
    }
}
