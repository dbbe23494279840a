//! What tracing costs an application: Tracehound's tracer beside the others, in one run. The README says how to read it.

mod agent;
mod awake;
mod contender;
mod dead_agent;
mod footprint;
mod meter;
mod report;
mod rounds;
mod worker;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: meter::Counting = meter::Counting;

const USAGE: &str = "\
cargo run --release -- costs [rounds] [part of a contender's name]
cargo run --release -- dead-agent [seconds]
cargo run --release -- footprint";

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number =
        |at: usize, otherwise: usize| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let met = match arguments.as_slice() {
        ["costs", ..] => {
            let figures = rounds::run(number(1, 41), arguments.get(2).unwrap_or(&""))?;
            report::table(&figures);
            report::goals(&figures)
        }
        ["dead-agent", ..] => dead_agent::run(Duration::from_secs(number(1, 30) as u64))?,
        ["footprint"] => footprint::run()?,
        ["spin"] => return awake::spin().map(|()| ExitCode::SUCCESS),
        ["worker", name] => return worker::run(name).map(|()| ExitCode::SUCCESS),
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::FAILURE);
        }
    };
    Ok(if met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
