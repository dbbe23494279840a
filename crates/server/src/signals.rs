//! The signals that end the process: SIGTERM and SIGINT. The first asks it to stop, a second one ends it at once.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Exit code of a process that a second signal ended; 128 and up is how shells name ends by signal.
const ENDED_AT_ONCE: i32 = 130;

/// Both signals, listened to from the moment this is made: from then on they no longer kill the process.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Starts to listen. Must be called on the runtime.
    pub(crate) fn listen() -> io::Result<Signals> {
        Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next one and gives its name.
    pub(crate) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }

    /// From here on a signal ends the process at once. What was acknowledged is in the log, and the next start finds it.
    pub(crate) fn end_at_next(mut self) {
        tokio::spawn(async move {
            let signal = self.next().await;
            tracing::warn!(signal, "second signal, ending at once");
            std::process::exit(ENDED_AT_ONCE);
        });
    }
}
