//! The program `tracehound`: reads the settings, builds the parts in order, waits for a signal, stops them in reverse.

mod accept;
mod assemble;
mod banner;
mod cli;
mod error;
mod listen;
mod signals;

use std::process::ExitCode;
use std::sync::Arc;

use tokio::runtime;
use tracehound_config::Config;
use tracehound_platform::{Clock, SystemClock};

use crate::assemble::Assembly;
use crate::cli::Task;
use crate::error::Error;
use crate::signals::Signals;

/// The C library's allocator keeps what a burst of large bodies took, and musl's costs ten times as much per call.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment; `config` says what it means")]
fn main() -> ExitCode {
    let (task, said) = match cli::read(std::env::args_os(), |name| std::env::var_os(name)) {
        Ok(read) => read,
        Err(answer) => answer.exit(),
    };
    let outcome = Config::resolve(&said).map_err(Error::from).and_then(|config| match task {
        Task::Serve => serve(config),
        Task::ShowConfig => {
            banner::settings(&said);
            Ok(())
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            banner::failed(&error);
            ExitCode::FAILURE
        }
    }
}

fn serve(config: Config) -> Result<(), Error> {
    let clock = Arc::new(SystemClock::new());
    let throttle_clock = clock.clone();
    tracehound_telemetry::start_logging(tracing::Level::INFO, move || throttle_clock.monotonic());
    // As many workers as cores, which is the runtime's own default.
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Runtime)?;
    let outcome = runtime.block_on(until_a_signal(config, clock));
    // A recovery that a signal cut short cannot be stopped and need not be: it can be killed at any point.
    runtime.shutdown_background();
    outcome
}

async fn until_a_signal(config: Config, clock: Arc<SystemClock>) -> Result<(), Error> {
    let mut signals = Signals::listen().map_err(Error::Runtime)?;
    let assembly = Assembly::start(&config, clock).await?;
    let signal = tokio::select! {
        signal = signals.next() => signal,
        opened = assembly.open_store(&config.data_dir) => {
            opened?;
            banner::started(assembly.receiver_url(), assembly.api_url(), &config.data_dir);
            signals.next().await
        }
    };
    tracing::info!(signal, "stopping");
    signals.end_at_next();
    assembly.stop().await
}
