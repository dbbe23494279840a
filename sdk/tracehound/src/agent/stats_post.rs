//! Delivers the stats that records add up to.

use std::collections::VecDeque;

use super::courier::{Courier, Parcel};
use super::failure::{Failure, Meaning};
use super::headers::Headers;
use super::shared::Shared;
use crate::clock;

/// How many payloads wait for an agent that is away: five minutes of stats. An agent counts what is late by more than
/// some 20 s as of now (agent-protocol 6.6), so older ones would distort more than they tell.
const MAX_PAYLOADS: usize = 30;

/// The bound on what these payloads take, in bytes; a usual one takes 40 kB. The newest stays, however large.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The way stats take.
#[derive(Default)]
pub(super) struct StatsPost {
    /// Payloads that wait, oldest first.
    payloads: VecDeque<Vec<u8>>,
    /// How often the agent failed at the oldest one.
    failures: u32,
}

impl StatsPost {
    /// Sends the buckets that are over, or all.
    pub(super) fn send(&mut self, all: bool, courier: &mut Courier, shared: &Shared) -> Result<(), Failure> {
        let due = shared.counter().and_then(|mut counter| counter.flush(clock::wall_ns(), all));
        if let Some(payload) = due {
            self.keep(payload, shared);
        }
        let mut result = Ok(());
        while let Some(payload) = self.payloads.front() {
            let sent = post(payload, courier);
            if sent.as_ref().is_err_and(|failure| failure.keeps(&mut self.failures)) {
                return sent;
            }
            let taken = sent.is_ok();
            result = result.and(sent);
            self.payloads.pop_front();
            self.failures = 0;
            shared.update(|state| {
                state.health.stats_sent += u64::from(taken);
                state.health.stats_dropped += u64::from(!taken);
            });
        }
        result
    }

    /// Adds a payload to those that wait; the oldest goes if there are too many.
    fn keep(&mut self, payload: Vec<u8>, shared: &Shared) {
        self.payloads.push_back(payload);
        let size = |payloads: &VecDeque<Vec<u8>>| payloads.iter().map(Vec::len).sum::<usize>();
        while self.payloads.len() > MAX_PAYLOADS || (size(&self.payloads) > MAX_BYTES && self.payloads.len() > 1) {
            self.payloads.pop_front();
            self.failures = 0;
            shared.lock().health.stats_dropped += 1;
        }
    }
}

fn post(payload: &[u8], courier: &mut Courier) -> Result<(), Failure> {
    let mut headers = Headers::default();
    headers.add("Content-Type", "application/msgpack");
    let response = courier.send(&Parcel { method: "POST", path: "/v0.6/stats", headers, body: &[payload] })?;
    match Meaning::of(response.status) {
        Meaning::Accepted => Ok(()),
        _ => Err(Failure::Refused(response.status)),
    }
}
