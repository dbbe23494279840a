//! The sender as the tracer sees it.
//!
//! Nothing here waits for the agent, except the calls that take a timeout, and those wait no longer than that. A sender
//! belongs to the process that made it: in a forked child every call returns at once, without touching the lock another
//! thread may have held.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::options::{MAX_TIMEOUT, SenderOptions};
use super::outcome::{FlushError, Flushed, Health, NotReady};
use super::queue::Pushed;
use super::shared::{Phase, Rounds, Shared, State};
use super::worker::Worker;
use crate::sync::MutexGuard;
use crate::{fork, messages};

#[cfg(all(test, tracehound_model))]
mod models;

/// Starts a thread that runs this.
pub(super) type Launch = fn(Box<dyn FnOnce() + Send>) -> io::Result<()>;

pub(super) fn new_thread(run: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    thread::Builder::new().name("tracehound".to_owned()).spawn(run).map(drop)
}

/// Hands traces and stats to the agent, on a thread of its own.
pub(crate) struct Sender {
    shared: Arc<Shared>,
    /// What the thread takes with it when it runs.
    options: Arc<Mutex<Option<SenderOptions>>>,
    generation: u32,
    /// There is something to do and no thread for it yet.
    called: AtomicBool,
    launch: Launch,
    /// From a start that failed to the next try.
    relaunch: Duration,
    /// Whether it was said that a start failed.
    told: AtomicBool,
}

impl Sender {
    /// Makes a sender. Its thread begins when there is something to do: a program that is still to fork, as servers do after they were
    /// configured, has none until then.
    pub(crate) fn start(options: SenderOptions) -> Arc<Self> {
        Self::with(options, new_thread)
    }

    /// The same with another way to start a thread.
    pub(super) fn with(mut options: SenderOptions, launch: Launch) -> Arc<Self> {
        let shared = Arc::new(Shared::new(options.endpoint.clone(), options.stats.take()));
        Arc::new(Self {
            shared,
            relaunch: options.pace.relaunch,
            options: Arc::new(Mutex::new(Some(options))),
            generation: fork::generation(),
            called: AtomicBool::new(false),
            launch,
            told: AtomicBool::new(false),
        })
    }

    /// Asks for the thread, and with it for `/info`. It starts with the next [`Sender::begin`]. False if there is none any more.
    pub(crate) fn call(&self) -> bool {
        if self.is_inherited() {
            return false;
        }
        let state = self.shared.lock();
        self.call_if_new(&state);
        state.phase != Phase::Stopped
    }

    fn call_if_new(&self, state: &State) {
        if state.phase == Phase::New {
            self.called.store(true, Ordering::Relaxed);
        }
    }

    /// Starts the thread if it was asked for. Not where that happens: a trace is locked there, a start takes its time, and what is said
    /// if it fails goes to the user's function, which may do anything, with this very trace too. What failed is tried again, with a pause.
    #[inline]
    pub(crate) fn begin(&self) {
        if self.called.load(Ordering::Relaxed) {
            self.begin_as_called();
        }
    }

    #[cold]
    fn begin_as_called(&self) {
        if self.is_inherited() {
            return;
        }
        let begins = {
            let mut state = self.shared.lock();
            let begins = state.begin();
            if state.phase != Phase::New {
                self.called.store(false, Ordering::Relaxed);
            }
            begins
        };
        if begins {
            if let Err(error) = self.launch() {
                self.not_begun(&error);
            }
        }
    }

    fn launch(&self) -> io::Result<()> {
        let (shared, options) = (Arc::clone(&self.shared), Arc::clone(&self.options));
        (self.launch)(Box::new(move || match take(&options) {
            Some(options) => Worker::new(shared, options).run(),
            None => shared.update(State::stopped),
        }))
    }

    fn not_begun(&self, error: &io::Error) {
        let mut over = false;
        self.shared.update(|state| {
            state.not_begun(self.relaunch);
            self.call_if_new(state);
            over = state.phase == Phase::Stopped;
        });
        if over {
            self.let_go();
        }
        if !self.told.swap(true, Ordering::Relaxed) {
            messages::error(format_args!(
                "no traces are sent for now, the thread for that did not start and will be tried again: {error}"
            ));
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
        let mut needs_help = false;
        self.hand_over(|state| {
            let wake = state.push_stats(records);
            needs_help = state.needs_help();
            wake
        });
        if needs_help {
            self.shared.help_counting();
        }
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
        if !self.call() {
            return Err(NotReady::Stopped);
        }
        self.begin();
        let mut state = self.shared.lock();
        state.hurry = !state.ready;
        self.shared.call();
        let waits = |state: &mut State| !state.ready && state.phase == Phase::Running;
        let state = self.shared.wait_while(state, timeout.min(MAX_TIMEOUT), waits);
        match &state.trouble {
            _ if state.ready => Ok(()),
            _ if state.phase != Phase::Running => Err(NotReady::Stopped),
            Some(trouble) => Err(trouble.clone().into_not_ready(&self.shared.endpoint)),
            None => Err(NotReady::Timeout),
        }
    }

    /// Sends what is left, trying once, and ends the thread; returns within `timeout`.
    pub(crate) fn shutdown(&self, timeout: Duration) -> Result<Flushed, FlushError> {
        if self.is_inherited() {
            return Err(FlushError::Stopped);
        }
        self.begin();
        let mut state = self.shared.lock();
        if state.phase == Phase::New {
            return self.shutdown_without_thread(state);
        }
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

    fn shutdown_without_thread(&self, mut state: MutexGuard<'_, State>) -> Result<Flushed, FlushError> {
        let failed = state.has_failed_to_begin();
        state.stop();
        drop(state);
        self.let_go();
        if failed { Err(FlushError::Stopped) } else { Ok(Flushed::default()) }
    }

    /// Tells the tracer that there will be no answer of `/info`, and nobody to ask for it: it counts what waits for that as dropped.
    fn let_go(&self) {
        if let Some(options) = take(&self.options) {
            (options.on_info)(None);
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
        let wake = {
            let mut state = self.shared.lock();
            self.call_if_new(&state);
            change(&mut state)
        };
        if wake {
            self.shared.call();
        }
    }

    /// Once for both kinds of rounds.
    #[inline(never)]
    fn wait_for_round(&self, timeout: Duration, rounds: fn(&mut State) -> &mut Rounds) -> Result<Flushed, FlushError> {
        if self.is_inherited() {
            return Err(FlushError::Stopped);
        }
        self.begin();
        let mut state = self.shared.lock();
        match state.phase {
            Phase::New if state.has_failed_to_begin() => return Err(FlushError::Stopped),
            // Nothing was handed over yet, and so nobody has to wait for an agent that may not be there.
            Phase::New => return Ok(Flushed::default()),
            Phase::Running => {}
            Phase::Stopping | Phase::Stopped => return Err(FlushError::Stopped),
        }
        let before = state.health;
        rounds(&mut state).asked += 1;
        let ticket = rounds(&mut state).asked;
        self.shared.call();
        let open = |state: &mut State| rounds(state).done < ticket && state.has_thread();
        let mut state = self.shared.wait_while(state, timeout.min(MAX_TIMEOUT), open);
        let open = rounds(&mut state).done < ticket;
        match rounds(&mut state).failure.clone() {
            _ if open && !state.has_thread() => Err(FlushError::Stopped),
            _ if open => Err(state.timed_out(&self.shared.endpoint)),
            Some(failure) => Err(failure.into_flush_error(&self.shared.endpoint)),
            None => Ok(state.health.since(&before)),
        }
    }
}

/// Takes out the options, if they are still there.
fn take(options: &Mutex<Option<SenderOptions>>) -> Option<SenderOptions> {
    options.lock().unwrap_or_else(PoisonError::into_inner).take()
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
