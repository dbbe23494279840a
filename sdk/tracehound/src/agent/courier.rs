//! Brings one body to the agent, trying again where that makes sense.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::container::Container;
use super::failure::{Failure, Meaning};
use super::headers::{Headers, Surroundings};
use super::http::{Client, Request};
use super::options::{MAX_TIMEOUT, Pace};
use super::response::Response;
use super::shared::Shared;

/// How often a body is tried before it waits for the next round.
const TRIES: u32 = 3;

/// After this long no further try follows: an agent that is slow, not away, gets no second copy of a body at once.
const TRYING: Duration = Duration::from_secs(1);

/// A request to be sent.
pub(super) struct Parcel<'a> {
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    /// Beside those of every request.
    pub(super) headers: Headers,
    pub(super) body: &'a [&'a [u8]],
}

/// The way to the agent.
pub(super) struct Courier {
    shared: Arc<Shared>,
    client: Client,
    headers: Headers,
    timeout: Duration,
    pace: Pace,
    /// The last state the agent named; another one means `/info` has changed.
    agent_state: Option<String>,
    /// The agent may have changed: it named another state, or is there again after it was not.
    pub(super) agent_is_new: bool,
}

impl Courier {
    pub(super) fn new(shared: Arc<Shared>, surroundings: &Surroundings, timeout: Duration, pace: Pace) -> Self {
        let client = Client::new(shared.endpoint.clone());
        let headers = Headers::of_every_request(&Container::detect(), surroundings);
        Self {
            shared,
            client,
            headers,
            timeout: timeout.min(MAX_TIMEOUT),
            pace,
            agent_state: None,
            agent_is_new: false,
        }
    }

    /// Sends a parcel, several times if need be. The answer says what the agent made of it; after an error it makes
    /// sense to try again later.
    pub(super) fn send(&mut self, parcel: &Parcel<'_>) -> Result<Response, Failure> {
        let began = Instant::now();
        let mut pause = self.pace.retry;
        for _ in 1..TRIES {
            let answer = self.try_once(parcel, self.timeout);
            if answer.is_ok() || began.elapsed() + pause > TRYING || !self.shared.pause(jittered(pause)) {
                return answer;
            }
            pause *= 2;
        }
        self.try_once(parcel, self.timeout)
    }

    /// Sends a parcel once.
    pub(super) fn try_once(&mut self, parcel: &Parcel<'_>, timeout: Duration) -> Result<Response, Failure> {
        let headers = format!("{}{}", self.headers.as_str(), parcel.headers.as_str());
        let request = Request { method: parcel.method, path: parcel.path, headers: &headers, body: parcel.body };
        let answer = match self.client.send(&request, timeout) {
            Ok(response) if Meaning::of(response.status) == Meaning::Busy => Err(Failure::Busy(response.status)),
            answer => answer.map_err(Failure::from),
        };
        self.note(&answer);
        answer
    }

    /// Remembers how the agent is.
    fn note(&mut self, answer: &Result<Response, Failure>) {
        match answer {
            Ok(response) => {
                let state = response.header("Datadog-Agent-State");
                let changed = state.is_some() && self.agent_state.is_some() && state != self.agent_state.as_deref();
                if let Some(state) = state {
                    self.agent_state = Some(state.to_owned());
                }
                let recovered = matches!(self.shared.lock().trouble.take(), Some(Failure::Absent(_)));
                self.agent_is_new |= changed || recovered;
            }
            Err(failure) => self.shared.lock().trouble = Some(failure.clone()),
        }
    }
}

/// Between half of `pause` and one and a half times it, so that a fleet does not come back to an agent in step.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0) % 1_000;
    pause / 2 + pause.mul_f64(random as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_around_the_pause() {
        let pause = Duration::from_millis(100);
        let drawn: Vec<_> = (0..200).map(|_| jittered(pause)).collect();
        assert!(drawn.iter().all(|&drawn| drawn >= pause / 2 && drawn <= pause * 3 / 2));
        assert!(drawn.iter().any(|&first| first != drawn[0]), "some differ");
    }
}
