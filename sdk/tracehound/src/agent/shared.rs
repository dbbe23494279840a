//! What the application's threads and the sender's thread share: one lock, held for a copy and never during I/O.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::endpoint::Endpoint;
use super::failure::Failure;
use super::outcome::{Count, FlushError, Health};
use super::queue::{Pushed, Queue};
use super::records::Records;
use crate::stats::Concentrator;
use crate::sync::{Condvar, Mutex, MutexGuard};

/// The state under its lock, and the two ways to wait for it to change.
pub(super) struct Shared {
    pub(super) endpoint: Endpoint,
    /// What adds up stats records; `None` if no stats are wanted. Who needs both locks takes this one first: so whoever has it, and sees
    /// that no record waits, knows that all are counted.
    counter: Option<Mutex<Concentrator>>,
    state: Mutex<State>,
    /// The sender's thread waits here for work.
    work: Condvar,
    /// Threads that flush wait here for the sender.
    progress: Condvar,
}

/// What is shared.
#[derive(Default)]
pub(super) struct State {
    pub(super) phase: Phase,
    /// The thread did not start when it was tried last, and is not tried again before this.
    not_before: Option<Instant>,
    pub(super) queue: Queue,
    /// Records to be counted; `None` if no stats are computed, or no longer.
    stats: Option<Records>,
    /// Rejected traces the agent has not been told of.
    pub(super) p0: Count,
    pub(super) health: Health,
    /// Stats are computed for the traces that end now: they are wanted, and the agent offers to take them.
    pub(super) computes_stats: bool,
    /// The tracer has taken over what the agent said of itself.
    pub(super) ready: bool,
    /// How the last try went, if it failed.
    pub(super) trouble: Option<Failure>,
    pub(super) trace_rounds: Rounds,
    pub(super) stats_rounds: Rounds,
    /// Somebody waits for `/info`.
    pub(super) hurry: bool,
    /// The sender's thread sleeps without a date to send: whatever comes first has to wake it.
    parked: bool,
}

/// The life of the sender's thread.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Phase {
    /// Not there yet.
    #[default]
    New,
    Running,
    /// Told to send what is left, once, and end.
    Stopping,
    Stopped,
}

/// Flushes that were asked for and done. One round of sending serves all that were asked for before it began.
#[derive(Default)]
pub(super) struct Rounds {
    pub(super) asked: u64,
    pub(super) done: u64,
    pub(super) failure: Option<Failure>,
}

/// How the sender's thread wants to sleep.
pub(super) struct Sleep {
    pub(super) until: Instant,
    /// There is a date to send what waits: more of it is no reason to wake up.
    pub(super) planned: bool,
    /// Traces wait for `/info`: none is sent, whatever comes.
    pub(super) holding: bool,
    /// The agent has trouble: a full batch is no reason either.
    pub(super) backing_off: bool,
}

/// Why the sender's thread woke up.
#[derive(Debug, Default)]
pub(super) struct Wakeup {
    pub(super) stop: bool,
    /// The newest flush of traces to be served.
    pub(super) flush_traces: Option<u64>,
    /// The newest flush of stats to be served.
    pub(super) flush_stats: Option<u64>,
    pub(super) hurry: bool,
    pub(super) full_batch: bool,
    /// Something waits.
    pub(super) waiting: bool,
}

impl Shared {
    pub(super) fn new(endpoint: Endpoint, stats: Option<Concentrator>) -> Self {
        let state = State { stats: stats.is_some().then(Records::default), ..State::default() };
        let counter = stats.map(Mutex::new);
        Self { endpoint, counter, state: Mutex::new(state), work: Condvar::new(), progress: Condvar::new() }
    }

    // One copy for the many that call it.
    #[inline(never)]
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What adds up stats records, if stats are wanted.
    pub(super) fn counter(&self) -> Option<MutexGuard<'_, Concentrator>> {
        self.counter.as_ref().map(|counter| counter.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts all records that wait; true if there is something to send at some time.
    pub(super) fn count_stats(&self) -> bool {
        // Only the pages that wait by now: where more come all the time, there are also traces to be sent.
        let pages = self.lock().stats.as_ref().map_or(0, Records::pages);
        for _ in 0..pages {
            // The lock is let go after each, so that others can help.
            let Some(counter) = self.counter() else { return false };
            self.count_page(counter);
        }
        self.counter().is_some_and(|counter| !counter.is_empty())
    }

    /// Counts some of the records that wait, on a thread that brought some, because the sender's does not come to it: the agent may take
    /// its time to answer. If somebody counts already, that is help enough.
    pub(super) fn help_counting(&self) {
        if let Some(Ok(counter)) = self.counter.as_ref().map(Mutex::try_lock) {
            self.count_page(counter);
        }
    }

    fn count_page(&self, mut counter: MutexGuard<'_, Concentrator>) {
        let page = self.lock().stats.as_mut().and_then(Records::take_page);
        if let Some(page) = page {
            counter.add(&page);
        }
    }

    /// Wakes the sender's thread.
    pub(super) fn call(&self) {
        self.work.notify_one();
    }

    /// Changes the state and wakes whoever waits for progress.
    pub(super) fn update(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.progress.notify_all();
    }

    /// Waits while `condition` holds, `timeout` at most.
    pub(super) fn wait_while<'a>(
        &self,
        state: MutexGuard<'a, State>,
        timeout: Duration,
        condition: impl FnMut(&mut State) -> bool,
    ) -> MutexGuard<'a, State> {
        self.progress.wait_timeout_while(state, timeout, condition).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Puts the sender's thread to sleep until there is something to do.
    pub(super) fn sleep(&self, sleep: &Sleep) -> Wakeup {
        let mut state = self.lock();
        loop {
            let left = sleep.until.saturating_duration_since(Instant::now());
            let wakeup = state.wakeup();
            if left.is_zero() || state.is_urgent(sleep, &wakeup) {
                state.hurry = false;
                state.parked = false;
                return wakeup;
            }
            state.parked = !sleep.planned && !sleep.holding;
            state = self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Puts the sender's thread to sleep between two tries; false if it is to stop instead.
    pub(super) fn pause(&self, duration: Duration) -> bool {
        let state = self.lock();
        let running = |state: &mut State| state.phase == Phase::Running;
        let (mut state, _) =
            self.work.wait_timeout_while(state, duration, running).unwrap_or_else(PoisonError::into_inner);
        running(&mut state)
    }

    /// Lends the oldest batch.
    pub(super) fn take_batch(&self) -> Option<Batch> {
        self.lock().queue.take()
    }
}

impl State {
    /// Takes over a chunk: what became of it, and whether the sender's thread has to be woken for it.
    pub(super) fn push(&mut self, pieces: &[&[u8]], spans: u32) -> (Pushed, bool) {
        if self.phase == Phase::Stopped {
            self.health.dropped_stopped.add(1, spans.into());
            return (Pushed::Dropped, false);
        }
        let pushed = self.queue.push(pieces, spans, self.computes_stats);
        if pushed == Pushed::Dropped {
            self.health.dropped_full.add(1, spans.into());
        }
        let wake = self.unpark() || pushed == Pushed::BatchFull;
        (pushed, wake)
    }

    /// Takes over records to be counted; true if the sender's thread has to be woken for them.
    pub(super) fn push_stats(&mut self, records: &[u8]) -> bool {
        let Some(stats) = &mut self.stats else { return false };
        let many = stats.are_many();
        if !stats.push(records) {
            self.health.stats_lost_bytes += records.len() as u64;
            return false;
        }
        let become_many = !many && stats.are_many();
        self.unpark() || become_many
    }

    /// Whether more records wait to be counted than should.
    pub(super) fn needs_help(&self) -> bool {
        self.stats.as_ref().is_some_and(Records::are_too_many)
    }

    /// Takes over the count of rejected traces; true if the sender's thread has to be woken for it.
    pub(super) fn dropped_p0(&mut self, traces: u32, spans: u32) -> bool {
        self.p0.add(traces.into(), spans.into());
        self.health.dropped_p0.add(traces.into(), spans.into());
        self.unpark()
    }

    /// The counters, with what waits right now.
    pub(super) fn health(&self) -> Health {
        Health { waiting_traces: self.queue.waiting().traces, waiting_bytes: self.queue.bytes() as u64, ..self.health }
    }

    /// Whether there is a thread, or will be at once.
    pub(super) fn has_thread(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Stopping)
    }

    /// Claims the start of the thread; false if it was started or stopped before, or if it is too early to try it again.
    pub(super) fn begin(&mut self) -> bool {
        let begins = self.phase == Phase::New && self.not_before.is_none_or(|time| Instant::now() >= time);
        if begins {
            self.phase = Phase::Running;
        }
        begins
    }

    /// The thread did not start. It may be tried again after `pause`, unless it was told to stop by now.
    pub(super) fn not_begun(&mut self, pause: Duration) {
        self.not_before = Some(Instant::now() + pause);
        match self.phase {
            Phase::Stopping => self.stopped(),
            _ => self.phase = Phase::New,
        }
    }

    pub(super) fn has_failed_to_begin(&self) -> bool {
        self.not_before.is_some()
    }

    /// Tells the thread, if there is one, to send what waits and to end.
    pub(super) fn stop(&mut self) {
        match self.phase {
            Phase::New => self.stopped(),
            Phase::Running => {
                self.phase = Phase::Stopping;
                self.trace_rounds.asked += 1;
                self.stats_rounds.asked += 1;
            }
            Phase::Stopping | Phase::Stopped => {}
        }
    }

    /// There is no thread any more: what waits is dropped, and nothing more is taken.
    pub(super) fn stopped(&mut self) {
        self.phase = Phase::Stopped;
        self.stats = None;
        let waiting = std::mem::take(&mut self.queue).waiting();
        self.health.dropped_stopped.add(waiting.traces, waiting.spans);
    }

    /// What to say when the time of a flush is up: the trouble, if there is any.
    pub(super) fn timed_out(&self, endpoint: &Endpoint) -> FlushError {
        match &self.trouble {
            Some(trouble) => trouble.clone().into_flush_error(endpoint),
            None => FlushError::Timeout { traces: self.queue.waiting().traces, bytes: self.queue.bytes() as u64 },
        }
    }

    fn unpark(&mut self) -> bool {
        std::mem::take(&mut self.parked)
    }

    fn wakeup(&self) -> Wakeup {
        Wakeup {
            stop: self.phase == Phase::Stopping,
            flush_traces: self.trace_rounds.open(),
            flush_stats: self.stats_rounds.open(),
            hurry: self.hurry,
            full_batch: self.queue.has_full_batch(),
            waiting: !self.queue.is_empty()
                || self.p0.traces > 0
                || self.stats.as_ref().is_some_and(|stats| !stats.is_empty()),
        }
    }

    fn is_urgent(&self, sleep: &Sleep, wakeup: &Wakeup) -> bool {
        if wakeup.stop || wakeup.hurry || sleep.holding {
            return wakeup.stop || wakeup.hurry;
        }
        wakeup.flush_traces.is_some()
            || wakeup.flush_stats.is_some()
            || (wakeup.full_batch && !sleep.backing_off)
            || (wakeup.waiting && !sleep.planned)
            || self.stats.as_ref().is_some_and(Records::are_many)
    }
}

impl Rounds {
    fn open(&self) -> Option<u64> {
        (self.asked > self.done).then_some(self.asked)
    }

    /// Answers the flushes up to `ticket`, if the round was for any.
    pub(super) fn finish(&mut self, ticket: Option<u64>, result: &Result<(), Failure>) {
        if let Some(ticket) = ticket {
            self.done = ticket;
            self.failure = result.as_ref().err().cloned();
        }
    }
}
