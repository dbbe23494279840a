//! The sender as the tracer sees it.
//!
//! Nothing here waits for the agent, except the calls that take a timeout, and those wait no longer than that. A sender
//! belongs to the process that made it: in a forked child every call returns at once, without touching the lock another
//! thread may have held.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::options::{MAX_TIMEOUT, SenderOptions};
use super::outcome::{FlushError, Flushed, Health, NotReady};
use super::queue::Pushed;
use super::shared::{Phase, Rounds, Shared, State};
use super::worker::Worker;
use crate::{fork, messages};

#[cfg(all(test, tracehound_model))]
mod models;

/// Hands traces and stats to the agent, on a thread of its own.
pub(crate) struct Sender {
    shared: Arc<Shared>,
    /// What the thread takes with it when it begins.
    options: Mutex<Option<SenderOptions>>,
    generation: u32,
    /// Why the thread did not start, if it did not.
    stillborn: OnceLock<io::Error>,
    /// Whether that was said.
    told: AtomicBool,
}

impl Sender {
    /// Makes a sender. Its thread begins with the first thing to do.
    pub(crate) fn start(options: SenderOptions) -> Arc<Self> {
        let shared = Arc::new(Shared::new(options.endpoint.clone(), options.stats.is_some()));
        Arc::new(Self {
            shared,
            options: Mutex::new(Some(options)),
            generation: fork::generation(),
            stillborn: OnceLock::new(),
            told: AtomicBool::new(false),
        })
    }

    /// Starts the thread unless it runs, and with it the questions for `/info`. False if there is no thread any more.
    pub(crate) fn begin(&self) -> bool {
        if self.is_inherited() {
            return false;
        }
        let (new, over) = {
            let mut state = self.shared.lock();
            (state.begin(), state.phase == Phase::Stopped)
        };
        if new { self.spawn() } else { !over }
    }

    fn spawn(&self) -> bool {
        let Some(options) = self.options.lock().unwrap_or_else(PoisonError::into_inner).take() else { return false };
        let shared = Arc::clone(&self.shared);
        let spawned =
            thread::Builder::new().name("tracehound".to_owned()).spawn(move || Worker::new(shared, options).run());
        let began = spawned.is_ok();
        if let Err(error) = spawned {
            let _ = self.stillborn.set(error);
            self.shared.update(State::stopped);
        }
        began
    }

    /// Says that the thread did not start, if it did not. Not where that happens: a trace is locked there, and the user's function for
    /// messages may do anything, with this very trace too.
    pub(crate) fn tell(&self) {
        if let Some(error) = self.stillborn.get() {
            if !self.told.swap(true, Ordering::Relaxed) {
                messages::error(format_args!("no traces will be sent: the thread for that did not start: {error}"));
            }
        }
    }

    /// Takes over one chunk, the encoded MessagePack array of its spans, in pieces. False if there was no room for it.
    pub(crate) fn push(&self, pieces: &[&[u8]], spans: u32) -> bool {
        let mut accepted = false;
        self.hand_over(|state| {
            let (pushed, wake) = state.push(pieces, spans);
            accepted = pushed != Pushed::Dropped;
            wake
        });
        accepted
    }

    /// Takes over encoded stats records.
    pub(crate) fn push_stats(&self, records: &[u8]) {
        self.hand_over(|state| state.push_stats(records));
    }

    /// Takes over how much was rejected by sampling and will not be sent.
    pub(crate) fn dropped_p0(&self, traces: u32, spans: u32) {
        self.hand_over(|state| state.dropped_p0(traces, spans));
    }

    /// Counts what was dropped before it came here, for want of room.
    pub(crate) fn count_lost(&self, traces: u32, spans: u32) {
        self.hand_over(|state| {
            state.health.dropped_full.add(traces.into(), spans.into());
            false
        });
    }

    /// How the delivery has gone.
    pub(crate) fn health(&self) -> Health {
        if self.is_inherited() { Health::default() } else { self.shared.lock().health() }
    }

    /// Sends every chunk taken over so far; returns within `timeout`.
    pub(crate) fn flush(&self, timeout: Duration) -> Result<Flushed, FlushError> {
        self.wait_for_round(timeout, |state| &mut state.trace_rounds)
    }

    /// Sends the stats of every record taken over so far; returns within `timeout`.
    pub(crate) fn flush_stats(&self, timeout: Duration) -> Result<Flushed, FlushError> {
        self.wait_for_round(timeout, |state| &mut state.stats_rounds)
    }

    /// Waits until the agent has said what it can do; returns within `timeout`.
    pub(crate) fn ready(&self, timeout: Duration) -> Result<(), NotReady> {
        if self.is_inherited() {
            return Err(NotReady::Stopped);
        }
        self.begin();
        self.tell();
        let mut state = self.shared.lock();
        state.hurry = !state.ready;
        self.shared.call();
        let state = self.shared.wait_while(state, timeout.min(MAX_TIMEOUT), |state| !state.ready && !state.is_over());
        match &state.trouble {
            _ if state.ready => Ok(()),
            _ if state.is_over() => Err(NotReady::Stopped),
            Some(trouble) => Err(trouble.clone().into_not_ready(&self.shared.endpoint)),
            None => Err(NotReady::Timeout),
        }
    }

    /// Sends what is left, trying once, and ends the thread; returns within `timeout`.
    pub(crate) fn shutdown(&self, timeout: Duration) -> Result<Flushed, FlushError> {
        if self.is_inherited() {
            return Err(FlushError::Stopped);
        }
        let mut state = self.shared.lock();
        let before = state.health;
        state.stop();
        self.shared.call();
        let mut state = self.shared.wait_while(state, timeout.min(MAX_TIMEOUT), |state| state.phase == Phase::Stopping);
        match state.trace_rounds.failure.take() {
            _ if state.phase == Phase::Stopping => Err(state.timed_out(&self.shared.endpoint)),
            Some(failure) => Err(failure.into_flush_error(&self.shared.endpoint)),
            None => Ok(state.health.since(&before)),
        }
    }

    /// Whether this process is a forked child of the one the sender belongs to.
    fn is_inherited(&self) -> bool {
        self.generation != fork::generation()
    }

    /// Changes the state and wakes the thread if the change asks for it.
    fn hand_over(&self, change: impl FnOnce(&mut State) -> bool) {
        if self.is_inherited() {
            return;
        }
        let (new, wake) = {
            let mut state = self.shared.lock();
            (state.phase == Phase::New, change(&mut state))
        };
        if new {
            self.begin();
        }
        if wake {
            self.shared.call();
        }
    }

    fn wait_for_round(&self, timeout: Duration, rounds: fn(&mut State) -> &mut Rounds) -> Result<Flushed, FlushError> {
        if self.is_inherited() {
            return Err(FlushError::Stopped);
        }
        let mut state = self.shared.lock();
        match state.phase {
            // Nothing was handed over yet, and so nobody has to wait for an agent that may not be there.
            Phase::New => return Ok(Flushed::default()),
            Phase::Running => {}
            Phase::Stopping | Phase::Stopped => return Err(FlushError::Stopped),
        }
        let before = state.health;
        rounds(&mut state).asked += 1;
        let ticket = rounds(&mut state).asked;
        self.shared.call();
        let open = |state: &mut State| rounds(state).done < ticket && state.phase != Phase::Stopped;
        let mut state = self.shared.wait_while(state, timeout.min(MAX_TIMEOUT), open);
        let open = rounds(&mut state).done < ticket;
        match rounds(&mut state).failure.clone() {
            _ if open && state.phase == Phase::Stopped => Err(FlushError::Stopped),
            _ if open => Err(state.timed_out(&self.shared.endpoint)),
            Some(failure) => Err(failure.into_flush_error(&self.shared.endpoint)),
            None => Ok(state.health.since(&before)),
        }
    }
}

#[cfg(test)]
impl Sender {
    /// What is shared with the thread, for tests that hold its lock.
    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }
}

impl Drop for Sender {
    /// The thread sends what is left and ends; nobody waits for it.
    fn drop(&mut self) {
        if !self.is_inherited() {
            self.shared.lock().stop();
            self.shared.call();
        }
    }
}
