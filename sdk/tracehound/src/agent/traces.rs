//! Delivers batches of traces.
//!
//! The body is the MessagePack array of the batch's chunks, the same for `/v0.4/traces` and the two older endpoints.
//! Only the newest answers with sampling rates.

use super::batch::{Batch, Part};
use super::courier::{Courier, Parcel};
use super::failure::{Failure, Meaning};
use super::headers::Headers;
use super::info::Info;
use super::outcome::Count;
use super::response::Response;
use super::shared::Shared;
use crate::{json, msgpack};

/// The longest list of sampling rates taken over: one for each service and environment the agent has seen.
const MAX_RATES: usize = 10_000;

/// What the agent said about sampling: `service:<service>,env:<env>` and the rate.
pub(super) type Rates = Vec<(String, f64)>;

/// The way traces take.
pub(super) struct Traces {
    version: Version,
    /// The rates we have, in the agent's words. Without a version in the question it sends all rates each time.
    rates_version: String,
    /// The newest rates, until somebody takes them.
    pub(super) rates: Option<Rates>,
}

/// The endpoints for traces, newest first. All take the same body.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Version {
    V04,
    V03,
    V02,
}

impl Version {
    const ALL: [Self; 3] = [Self::V04, Self::V03, Self::V02];

    fn path(self) -> &'static str {
        match self {
            Self::V04 => "/v0.4/traces",
            Self::V03 => "/v0.3/traces",
            Self::V02 => "/v0.2/traces",
        }
    }

    fn older(self) -> Option<Self> {
        match self {
            Self::V04 => Some(Self::V03),
            Self::V03 => Some(Self::V02),
            Self::V02 => None,
        }
    }
}

/// What the agent made of a part of a batch.
enum Fate {
    Taken,
    TooLarge,
    Refused(u16),
}

impl Traces {
    pub(super) fn new() -> Self {
        Self { version: Version::V04, rates_version: "unknown".to_owned(), rates: None }
    }

    /// Takes the newest endpoint the agent says it has.
    pub(super) fn choose_version(&mut self, info: &Info) {
        if let Some(&version) = Version::ALL.iter().find(|version| info.has_endpoint(version.path())) {
            self.version = version;
        }
    }

    /// Sends what waits now. With an error of passing nature the rest waits again.
    pub(super) fn send_waiting(&mut self, courier: &mut Courier, shared: &Shared) -> Result<(), Failure> {
        let mut result = Ok(());
        let batches = shared.lock().queue.batches();
        for _ in 0..batches {
            let Some(mut batch) = shared.take_batch() else { break };
            let delivered = self.deliver(&mut batch, courier, shared);
            if delivered.as_ref().is_err_and(|failure| failure.keeps(&mut batch.failures)) {
                shared.update(|state| state.queue.put_back(batch));
                return delivered;
            }
            let given_up = batch.rest();
            shared.update(|state| {
                state.health.dropped_refused.add(given_up.traces, given_up.spans);
                state.queue.done(batch);
            });
            result = result.and(delivered);
        }
        if batches == 0 && shared.lock().p0.traces > 0 {
            self.tell_of_p0(courier, shared)?;
        }
        result
    }

    /// Sends a batch, in halves where it is too large. After an error of passing nature some of it may be left.
    fn deliver(&mut self, batch: &mut Batch, courier: &mut Courier, shared: &Shared) -> Result<(), Failure> {
        let mut result = Ok(());
        let mut limit = usize::MAX;
        while batch.rest().traces > 0 {
            let part = batch.front(limit);
            let Part { bytes, chunks, spans } = part;
            let fate = self.send(&part, batch.computed_stats, courier, shared)?;
            if matches!(fate, Fate::TooLarge) && chunks > 1 {
                limit = chunks / 2;
                continue;
            }
            let (count, bytes) = (chunks as u64, bytes.len() as u64);
            shared.update(|state| match fate {
                Fate::Taken => {
                    state.health.sent.add(count, spans);
                    state.health.sent_bytes += bytes;
                }
                Fate::TooLarge => state.health.dropped_too_large.add(count, spans),
                Fate::Refused(_) => state.health.dropped_refused.add(count, spans),
            });
            match fate {
                Fate::Taken => {}
                Fate::TooLarge => result = Err(Failure::Refused(413)),
                Fate::Refused(status) => result = Err(Failure::Refused(status)),
            }
            batch.settle(chunks);
        }
        result
    }

    /// Sends no trace, only the number of those that were not sent. An agent that is told nothing would never learn how
    /// much there is to sample, nor could it answer with other rates.
    fn tell_of_p0(&mut self, courier: &mut Courier, shared: &Shared) -> Result<(), Failure> {
        let nothing = Part { bytes: &[], chunks: 0, spans: 0 };
        let computed_stats = shared.lock().computes_stats;
        match self.send(&nothing, computed_stats, courier, shared)? {
            Fate::Taken | Fate::TooLarge => Ok(()),
            Fate::Refused(status) => Err(Failure::Refused(status)),
        }
    }

    /// Sends a part to the newest endpoint the agent has.
    fn send(
        &mut self,
        part: &Part<'_>,
        computed_stats: bool,
        courier: &mut Courier,
        shared: &Shared,
    ) -> Result<Fate, Failure> {
        let mut array = Vec::with_capacity(5);
        msgpack::array(&mut array, part.chunks);
        let p0 = shared.lock().p0;
        loop {
            let headers = self.headers(part.chunks, computed_stats, p0);
            let parcel = Parcel { method: "PUT", path: self.version.path(), headers, body: &[&array, part.bytes] };
            let response = courier.send(&parcel)?;
            let fate = match Meaning::of(response.status) {
                Meaning::Accepted => {
                    self.read_rates(&response);
                    Fate::Taken
                }
                Meaning::TooLarge => return Ok(Fate::TooLarge),
                Meaning::NoSuchEndpoint => match self.version.older() {
                    Some(older) => {
                        self.version = older;
                        continue;
                    }
                    None => {
                        self.version = Version::V04;
                        Fate::Refused(response.status)
                    }
                },
                Meaning::Busy | Meaning::Refused => Fate::Refused(response.status),
            };
            shared.update(|state| state.p0 = state.p0.since(p0));
            return Ok(fate);
        }
    }

    fn headers(&self, chunks: usize, computed_stats: bool, p0: Count) -> Headers {
        let mut headers = Headers::default();
        headers.add("Content-Type", "application/msgpack");
        headers.add("X-Datadog-Trace-Count", &chunks.to_string());
        headers.add("Datadog-Client-Computed-Top-Level", "true");
        headers.add("Datadog-Send-Real-Http-Status", "true");
        if self.version == Version::V04 {
            headers.add("Datadog-Rates-Payload-Version", &self.rates_version);
        }
        if computed_stats {
            headers.add("Datadog-Client-Computed-Stats", "true");
        }
        if p0 != Count::default() {
            headers.add("Datadog-Client-Dropped-P0-Traces", &p0.traces.to_string());
            headers.add("Datadog-Client-Dropped-P0-Spans", &p0.spans.to_string());
        }
        headers
    }

    /// Takes over the sampling rates of an answer; `{}` or a body that is none says that nothing changed.
    fn read_rates(&mut self, response: &Response) {
        let answer = std::str::from_utf8(&response.body).ok().and_then(|body| json::read(body).ok());
        let rates = answer.as_ref().and_then(|answer| answer.get("rate_by_service")?.as_object());
        if let Some(rates) = rates {
            let rates = rates.iter().take(MAX_RATES).filter_map(|(key, rate)| Some((key.clone(), rate.as_f64()?)));
            let rates: Rates = rates.collect();
            if !rates.is_empty() {
                self.rates = Some(rates);
            }
        }
        if let Some(version) = response.header("Datadog-Rates-Payload-Version") {
            self.rates_version = version.to_owned();
        }
    }
}
