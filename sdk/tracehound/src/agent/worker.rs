//! The sender's thread: one loop that sleeps until something is due and does it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::courier::Courier;
use super::discovery::{Discovery, News};
use super::failure::Failure;
use super::info::Info;
use super::options::{OnInfo, OnRates, Pace, SenderOptions};
use super::shared::{Shared, Sleep, State, Wakeup};
use super::stats_post::StatsPost;
use super::traces::Traces;
use crate::messages::{self, Seldom};

/// Everything the thread owns.
pub(super) struct Worker {
    shared: Arc<Shared>,
    courier: Courier,
    discovery: Discovery,
    traces: Traces,
    stats: StatsPost,
    schedule: Schedule,
    on_info: OnInfo,
    on_rates: OnRates,
    said: Said,
}

/// When to send what.
struct Schedule {
    pace: Pace,
    /// When to send the traces that wait; `None` if there are none.
    traces: Option<Instant>,
    /// When to look for stats buckets that are over; `None` until the first record.
    stats: Option<Instant>,
    /// The last pause after a round that failed; zero if the last round did not.
    backoff: Duration,
}

/// What people were told, so that they are not told it all the time.
struct Said {
    trouble: Seldom,
    refused: Seldom,
    traces_lost: Loss,
    stats_lost: Loss,
}

/// A loss that grows, and how much of it people were told of.
struct Loss {
    seldom: Seldom,
    told: u64,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, options: SenderOptions) -> Self {
        let SenderOptions { surroundings, timeout, pace, on_info, on_rates, .. } = options;
        let courier = Courier::new(Arc::clone(&shared), &surroundings, timeout, pace);
        Self {
            shared,
            courier,
            discovery: Discovery::new(pace),
            traces: Traces::new(),
            stats: StatsPost::default(),
            schedule: Schedule { pace, traces: None, stats: None, backoff: Duration::ZERO },
            on_info,
            on_rates,
            said: Said {
                trouble: Seldom::new(),
                refused: Seldom::new(),
                traces_lost: Loss::new(),
                stats_lost: Loss::new(),
            },
        }
    }

    /// Works until it is told to stop.
    pub(super) fn run(mut self) {
        let _stopped = StoppedAtLast(Arc::clone(&self.shared));
        loop {
            let wakeup = self.shared.sleep(&self.schedule.sleep(&self.discovery));
            self.ask_for_info(&wakeup);
            if self.discovery.is_awaited() {
                continue;
            }
            self.count_stats();
            self.send_traces(&wakeup);
            self.send_stats(&wakeup);
            if wakeup.stop {
                return;
            }
        }
    }

    /// Asks for `/info` if it is time. Who stops has time for one question, and only if traces wait for the answer.
    fn ask_for_info(&mut self, wakeup: &Wakeup) {
        let wanted = (wakeup.hurry && !self.discovery.is_known()) || (wakeup.stop && self.discovery.is_awaited());
        if wanted || std::mem::take(&mut self.courier.agent_is_new) {
            self.discovery.hurry();
        }
        if wakeup.stop && !wanted {
            return;
        }
        let news = self.discovery.ask(&mut self.courier);
        match news.or_else(|| if wakeup.stop { self.discovery.give_up() } else { None }) {
            Some(News::Changed(info)) => self.learn(&info),
            Some(News::GaveUp) => (self.on_info)(None),
            None => {}
        }
    }

    fn learn(&mut self, info: &Info) {
        messages::debug(format_args!("the agent at {} is of version {:?}", self.shared.endpoint, info.version));
        self.traces.choose_version(info);
        let counter = self.shared.counter();
        let computes_stats = counter.is_some() && info.computes_stats();
        if let Some(mut counter) = counter {
            counter.set_agent_env(&info.default_env);
        }
        // First the queue, so that what the tracer now hands over is marked rightly; last those who wait for all this.
        self.shared.lock().computes_stats = computes_stats;
        (self.on_info)(Some(info));
        self.shared.update(|state| state.ready = true);
    }

    fn count_stats(&mut self) {
        let counted = self.shared.count_stats();
        if counted && self.schedule.stats.is_none() {
            self.schedule.stats = Some(Instant::now() + self.schedule.pace.stats);
        }
    }

    fn send_traces(&mut self, wakeup: &Wakeup) {
        let now = Instant::now();
        if wakeup.waiting && self.schedule.traces.is_none() {
            self.schedule.traces = Some(now + self.schedule.pace.traces);
        }
        let full = wakeup.full_batch && self.schedule.backoff.is_zero();
        let due = self.schedule.traces.is_some_and(|due| due <= now);
        if !(due || full || wakeup.stop || wakeup.flush_traces.is_some()) {
            return;
        }
        let result = self.traces.send_waiting(&mut self.courier, &self.shared);
        if let Some(rates) = self.traces.rates.take() {
            (self.on_rates)(&rates);
        }
        self.schedule.after_traces(&result);
        self.tell(&result);
        self.shared.update(|state| state.trace_rounds.finish(wakeup.flush_traces, &result));
    }

    fn send_stats(&mut self, wakeup: &Wakeup) {
        let now = Instant::now();
        let due = self.schedule.stats.is_some_and(|due| due <= now);
        let all = wakeup.stop || wakeup.flush_stats.is_some();
        if !(due || all) {
            return;
        }
        let result = self.stats.send(all, &mut self.courier, &self.shared);
        if due {
            self.schedule.stats = Some(now + self.schedule.pace.stats);
        }
        self.tell(&result);
        self.shared.update(|state| state.stats_rounds.finish(wakeup.flush_stats, &result));
    }

    /// Tells people what they should know, but seldom.
    fn tell(&mut self, result: &Result<(), Failure>) {
        let health = self.shared.lock().health();
        if let Err(failure) = result {
            let said = if failure.is_final() { &self.said.refused } else { &self.said.trouble };
            if said.allow().is_some() {
                let (endpoint, waiting) = (&self.shared.endpoint, health.waiting_traces);
                messages::warn(format_args!("the agent at {endpoint} {failure}; traces that wait: {waiting}"));
            }
        }
        if let Some(lost) = self.said.traces_lost.news(health.dropped_full.traces) {
            messages::warn(format_args!(
                "traces dropped because the agent does not take them as fast as they come: {lost}"
            ));
        }
        if let Some(lost) = self.said.stats_lost.news(health.stats_lost_bytes) {
            messages::warn(format_args!(
                "the statistics are not complete, because spans end faster than they are counted: {lost} bytes lost"
            ));
        }
    }
}

impl Loss {
    fn new() -> Self {
        Self { seldom: Seldom::new(), told: 0 }
    }

    /// How much was lost since people were last told, if there is reason to tell them now. `total` is all that was ever lost.
    fn news(&mut self, total: u64) -> Option<u64> {
        let lost = total.saturating_sub(self.told);
        if lost == 0 || self.seldom.allow().is_none() {
            return None;
        }
        self.told = total;
        Some(lost)
    }
}

impl Schedule {
    fn sleep(&self, discovery: &Discovery) -> Sleep {
        let holding = discovery.is_awaited();
        let dates = [self.traces, self.stats].into_iter().flatten().filter(|_| !holding);
        let until = dates.fold(discovery.due(), Instant::min);
        Sleep { until, planned: self.traces.is_some(), holding, backing_off: !self.backoff.is_zero() }
    }

    /// After a failure what waits is tried again later and later, else it is sent as it comes.
    fn after_traces(&mut self, result: &Result<(), Failure>) {
        let Pace { backoff, max_backoff, .. } = self.pace;
        self.backoff = match result {
            Ok(()) | Err(Failure::Refused(_)) => Duration::ZERO,
            Err(_) => (self.backoff * 2).clamp(backoff, max_backoff),
        };
        self.traces = (!self.backoff.is_zero()).then(|| Instant::now() + self.backoff);
    }
}

/// Says that the thread is gone, however it went, so that nobody waits for it.
struct StoppedAtLast(Arc<Shared>);

impl Drop for StoppedAtLast {
    fn drop(&mut self) {
        self.0.update(State::stopped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_told_when_there_is_one_and_then_seldom() {
        let mut loss = Loss::new();
        assert_eq!([0, 0, 5, 5, 9].map(|total| loss.news(total)), [None, None, Some(5), None, None]);
        loss.seldom = Seldom::new();
        assert_eq!(loss.news(9), Some(4), "what came since it was last told");
    }
}
