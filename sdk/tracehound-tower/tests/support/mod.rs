//! What the tests of servers and clients share.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};

/// What a [`Script`] does when it is polled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Data,
    Trailers,
    Fail,
    Panic,
    /// Nothing, for ever.
    Hang,
}

/// A body that does what it is told, and notes which span was current then.
#[derive(Debug)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
    current: Arc<Mutex<Vec<u64>>>,
    /// Whether the body says when nothing follows, as those do whose length is known.
    tells_end: bool,
}

impl Script {
    pub(crate) fn new(steps: &[Step]) -> Self {
        Self { steps: steps.iter().copied().collect(), current: Arc::default(), tells_end: false }
    }

    pub(crate) fn telling_its_end(steps: &[Step]) -> Self {
        Self { tells_end: true, ..Self::new(steps) }
    }

    /// The ids of the spans that were current at each poll.
    pub(crate) fn current(&self) -> Arc<Mutex<Vec<u64>>> {
        Arc::clone(&self.current)
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = ScriptError;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, ScriptError>>> {
        self.current.lock().unwrap().push(tracehound::current_span().span_id());
        Poll::Ready(match self.steps.pop_front() {
            Some(Step::Data) => Some(Ok(Frame::data(Bytes::from_static(b"hello")))),
            Some(Step::Trailers) => Some(Ok(Frame::trailers(HeaderMap::new()))),
            Some(Step::Fail) => Some(Err(ScriptError)),
            Some(Step::Panic) => panic!("the body broke"),
            Some(Step::Hang) => {
                self.steps.push_front(Step::Hang);
                return Poll::Pending;
            }
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.tells_end && self.steps.is_empty()
    }
}

#[derive(Debug)]
pub(crate) struct ScriptError;

impl fmt::Display for ScriptError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the body failed")
    }
}

impl std::error::Error for ScriptError {}
