//! Request bodies: read within their limits, or thrown away so that the sender comes to read its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header;
use http::request::Parts;
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::timeout;
use tracehound_platform::Clock;
use tracehound_telemetry::Counter;

use crate::activity::InFlight;
use crate::budget::{Budget, Room};
use crate::{Error, Options};

/// Most that is thrown away of one body, in bytes. A sender that was answered long before and still sends after four
/// times the largest body is cut off.
const MAX_DISCARDED_BYTES: usize = 100 * 1024 * 1024;

/// Smallest step by which the buffer of a body grows, in bytes.
const GROWTH_STEP_BYTES: usize = 16 * 1024;

/// The body of one request, read or not.
pub(crate) struct RequestBody {
    incoming: Incoming,
    /// The sender waits for `100 Continue`, which is sent at the first look at the body.
    waits_for_continue: bool,
    /// Keeps the connection from counting as idle while the body is thrown away.
    in_flight: Option<InFlight>,
}

/// A whole body and the memory it takes of the budget.
pub(crate) struct Whole {
    pub(crate) bytes: Vec<u8>,
    pub(crate) room: Room,
}

/// What a body may take.
pub(crate) struct BodyLimits<'a> {
    pub(crate) options: &'a Options,
    pub(crate) budget: &'a Arc<Budget>,
    /// Counts what was read.
    pub(crate) read_bytes: &'a Counter,
    pub(crate) clock: &'a dyn Clock,
}

impl RequestBody {
    pub(crate) fn new(head: &mut Parts, incoming: Incoming) -> RequestBody {
        RequestBody {
            incoming,
            waits_for_continue: head.headers.contains_key(header::EXPECT),
            in_flight: head.extensions.remove(),
        }
    }

    /// Reads the body to its end. The memory for it is taken from the budget as it arrives; what is announced counts only
    /// if it is too large, so that nobody reserves memory by a header.
    pub(crate) async fn read(&mut self, limits: BodyLimits<'_>) -> Result<Whole, Error> {
        if self.announced_bytes().is_some_and(|bytes| bytes >= limits.options.max_body_bytes) {
            return Err(Error::TooLarge);
        }
        let within = limits.options.body_timeout;
        timeout(within, self.collect(limits)).await.unwrap_or(Err(Error::BodyTimeout))
    }

    async fn collect(&mut self, limits: BodyLimits<'_>) -> Result<Whole, Error> {
        let BodyLimits { options, budget, read_bytes, clock } = limits;
        let mut whole = Whole { bytes: Vec::new(), room: budget.room() };
        // For the whole body: many that wait for each other's bytes would all be too late, each a little at a time.
        let mut patience = options.room_wait;
        while let Some(data) = self.next().await? {
            read_bytes.inc_by(data.len() as u64);
            if whole.bytes.len() + data.len() >= options.max_body_bytes {
                return Err(Error::TooLarge);
            }
            let began = clock.monotonic();
            let taken = timeout(patience, whole.room.grow(data.len())).await;
            taken.map_err(|_| Error::NoBytes { waited: options.room_wait })?;
            patience = patience.saturating_sub(clock.monotonic().saturating_sub(began));
            whole.push(&data, self.announced_bytes());
        }
        Ok(whole)
    }

    /// The next bytes, or none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        self.waits_for_continue = false;
        while let Some(frame) = self.incoming.frame().await {
            // The other kind of frame is trailers, which mean nothing here.
            if let Ok(data) = frame.map_err(Error::Incomplete)?.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// What is left of the announced length, in bytes; none if the body is chunked.
    fn announced_bytes(&self) -> Option<usize> {
        self.incoming.size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX))
    }

    /// Reads what is left and forgets it, while the answer goes out. Otherwise the connection would be closed with bytes
    /// unread, and a sender that is still writing would see that and not its answer.
    pub(crate) fn discard(mut self, within: Duration) {
        if self.incoming.is_end_stream() || self.waits_for_continue {
            return;
        }
        tokio::spawn(timeout(within, async move {
            let mut discarded = 0;
            while let Ok(Some(data)) = self.next().await {
                discarded += data.len();
                if discarded > MAX_DISCARDED_BYTES {
                    break;
                }
            }
            drop(self.in_flight);
        }));
    }
}

impl Whole {
    /// Appends bytes. The buffer doubles, but not beyond what was announced.
    fn push(&mut self, data: &[u8], left: Option<usize>) {
        let missing = data.len().saturating_sub(self.bytes.capacity() - self.bytes.len());
        if missing > 0 {
            let doubled = self.bytes.len().max(GROWTH_STEP_BYTES);
            let useful = left.map_or(doubled, |left| doubled.min(left));
            self.bytes.reserve_exact(data.len() + useful);
        }
        self.bytes.extend_from_slice(data);
    }
}
