//! Asks the agent what it can do, now and then.

use std::time::{Duration, Instant};

use super::courier::{Courier, Parcel};
use super::failure::Meaning;
use super::headers::Headers;
use super::info::Info;
use super::options::Pace;

/// How long `/info` may take once nobody waits for it any more. Meanwhile nothing else is sent.
const PATIENCE: Duration = Duration::from_secs(2);

/// The longest pause between two questions while the answer is unknown.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Something to tell the tracer.
#[derive(Debug, PartialEq)]
pub(super) enum News {
    /// The agent answered for the first time, or differently from the last.
    Changed(Box<Info>),
    /// It has not answered in the time that traces wait for it.
    GaveUp,
}

/// When to ask, and what was last answered.
pub(super) struct Discovery {
    pace: Pace,
    due: Instant,
    /// The pause after the next failure.
    pause: Duration,
    /// When traces stop waiting for the first answer; `None` once they have.
    give_up: Option<Instant>,
    known: Option<Info>,
}

impl Discovery {
    /// The first question is due at once.
    pub(super) fn new(pace: Pace) -> Self {
        let now = Instant::now();
        Self { pace, due: now, pause: pace.retry, give_up: Some(now + pace.info_patience), known: None }
    }

    /// When [`Discovery::ask`] has something to do.
    pub(super) fn due(&self) -> Instant {
        self.give_up.map_or(self.due, |give_up| give_up.min(self.due))
    }

    /// Asks at the next opportunity.
    pub(super) fn hurry(&mut self) {
        self.due = Instant::now();
        self.pause = self.pace.retry;
    }

    /// Whether the agent has answered yet.
    pub(super) fn is_known(&self) -> bool {
        self.known.is_some()
    }

    /// Whether traces wait for the first answer.
    pub(super) fn is_awaited(&self) -> bool {
        self.give_up.is_some()
    }

    /// Asks the agent if it is time.
    pub(super) fn ask(&mut self, courier: &mut Courier) -> Option<News> {
        let now = Instant::now();
        if now >= self.due {
            let answer = self.fetch(courier, now);
            let pause = if answer.is_some() { self.pace.info } else { self.pause };
            self.pause = if answer.is_some() { self.pace.retry } else { (self.pause * 2).min(MAX_PAUSE) };
            self.due = Instant::now() + pause;
            if let Some(info) = answer {
                self.give_up = None;
                return self.learn(info);
            }
        }
        let over = self.give_up.is_some_and(|give_up| Instant::now() >= give_up);
        if over { self.give_up() } else { None }
    }

    /// Waits no longer for the first answer.
    pub(super) fn give_up(&mut self) -> Option<News> {
        self.give_up.take().map(|_| News::GaveUp)
    }

    /// The answer; an old agent does not know the path, and so offers nothing.
    fn fetch(&self, courier: &mut Courier, now: Instant) -> Option<Info> {
        let timeout = self.give_up.map_or(PATIENCE, |give_up| give_up.saturating_duration_since(now));
        let parcel = Parcel { method: "GET", path: "/info", headers: Headers::default(), body: &[] };
        let response = courier.try_once(&parcel, timeout).ok()?;
        match Meaning::of(response.status) {
            Meaning::Accepted => Info::parse(&response.body),
            Meaning::NoSuchEndpoint => Some(Info::default()),
            _ => None,
        }
    }

    fn learn(&mut self, info: Info) -> Option<News> {
        if self.known.as_ref() == Some(&info) {
            return None;
        }
        self.known = Some(info.clone());
        Some(News::Changed(Box::new(info)))
    }
}
