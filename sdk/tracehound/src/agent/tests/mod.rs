//! The sender against agents of every kind.

mod delivery;
#[cfg(target_os = "linux")]
mod fork;
mod hostile;
mod http;
mod info;
mod life;
mod refusals;
mod scripted;
pub(super) mod stats;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::sender::{Launch, new_thread};
use super::*;
use scripted::{Agent, Reply, Seen};

/// Long enough that only a hang reaches it.
const LONG: Duration = Duration::from_secs(60);

/// `/info` of an agent that offers everything.
const INFO: &str = r#"{"version":"7.85.1","endpoints":["/v0.4/traces","/v0.6/stats"],"client_drop_p0s":true}"#;

/// Nothing is sent unless a test flushes, and tries follow quickly.
fn pace() -> Pace {
    let short = Duration::from_millis(1);
    Pace {
        traces: LONG,
        stats: LONG,
        info_patience: LONG,
        info: LONG,
        retry: short,
        backoff: LONG,
        max_backoff: LONG,
        relaunch: Duration::ZERO,
    }
}

/// A sender and what it told the tracer.
struct Tested {
    sender: Arc<Sender>,
    infos: Arc<Mutex<Vec<Option<Info>>>>,
    rates: Arc<Mutex<Vec<(String, f64)>>>,
}

impl Tested {
    fn new(endpoint: Endpoint) -> Self {
        Self::with(endpoint, |_| {})
    }

    fn with(endpoint: Endpoint, adjust: impl FnOnce(&mut SenderOptions)) -> Self {
        Self::launched_by(new_thread, endpoint, adjust)
    }

    fn launched_by(launch: Launch, endpoint: Endpoint, adjust: impl FnOnce(&mut SenderOptions)) -> Self {
        let (infos, rates) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<Vec<_>>>::default());
        let (on_info, on_rates) = (Arc::clone(&infos), Arc::clone(&rates));
        let mut options = SenderOptions {
            endpoint,
            surroundings: Surroundings::default(),
            timeout: LONG,
            pace: pace(),
            stats: None,
            on_info: Box::new(move |info| on_info.lock().unwrap().push(info.cloned())),
            on_rates: Box::new(move |rates| on_rates.lock().unwrap().extend_from_slice(rates)),
        };
        adjust(&mut options);
        Self { sender: Sender::with(options, launch), infos, rates }
    }

    /// Pushes chunks of one span each.
    fn push(&self, chunks: impl IntoIterator<Item = u8>) {
        for chunk in chunks {
            assert!(self.sender.push(&[&[0x91], &[chunk]], 1));
            self.sender.begin();
        }
    }

    fn flush(&self) -> Result<Flushed, FlushError> {
        self.sender.flush(LONG)
    }
}

/// The MessagePack array of the chunks that [`Tested::push`] makes of these.
fn body(chunks: &[u8]) -> Vec<u8> {
    let mut body = vec![0x90 | u8::try_from(chunks.len()).unwrap()];
    chunks.iter().for_each(|&chunk| body.extend([0x91, chunk]));
    body
}

/// Answers `/info` as a current agent does and everything else as `reply` says.
fn agent(reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Agent {
    Agent::tcp(move |seen| if seen.path == "/info" { Reply::ok(INFO) } else { reply(seen) })
}
