//! The trace routes: one intake for all versions, which differ in how a body is read and how success is told.

use std::sync::Arc;

use http::HeaderValue;
use http::request::Parts;
use tokio::time::timeout;
use tracehound_pipeline::Report;
use tracehound_wire::Format;

use crate::answer::{self, Answer, JSON, TEXT};
use crate::body::{BodyLimits, RequestBody, Whole};
use crate::media_type::MediaType;
use crate::process::{Payload, process};
use crate::receiver::Shared;
use crate::{Accept, Error, headers, record};

/// The version of a trace route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V01,
    V02,
    V03,
    V04,
    V05,
}

/// Takes a payload. 200 says that every span that can be kept is durable and visible.
pub(crate) async fn traces<A: Accept>(
    shared: &Arc<Shared<A>>,
    version: Version,
    head: &Parts,
    body: &mut RequestBody,
) -> Answer {
    match intake(shared, version, head, body).await {
        Ok(report) => {
            record::acknowledged(&report, &shared.metrics);
            success(version, head)
        }
        Err(error) => {
            tracing::warn!(%error, path = head.uri.path(), client = headers::client(&head.headers), "payload not taken");
            answer::count(&error, &shared.metrics);
            answer::error(&error)
        }
    }
}

async fn intake<A: Accept>(
    shared: &Arc<Shared<A>>,
    version: Version,
    head: &Parts,
    body: &mut RequestBody,
) -> Result<Report, Error> {
    if headers::is_cross_site(&head.headers) {
        return Err(Error::CrossSite);
    }
    shared.accept.check().map_err(Error::Refused)?;
    let payload = Payload {
        format: version.format(MediaType::of(&head.headers))?,
        language: headers::language(&head.headers).into_owned(),
        client_computed_top_level: headers::computed_top_level(&head.headers),
    };
    let limits = BodyLimits {
        options: &shared.options,
        budget: &shared.budget,
        read_bytes: &shared.metrics.receive_body_bytes,
        clock: &*shared.clock,
    };
    let whole = body.read(limits).await?;
    // On a task of its own: a client that goes away now does not undo what is on its way to the disk, and a panic ends
    // this request alone.
    tokio::spawn(keep_in_time(shared.clone(), payload, whole)).await.unwrap_or(Err(Error::Bug))
}

/// Everything between the last byte of a body and its answer.
async fn keep_in_time<A: Accept>(shared: Arc<Shared<A>>, payload: Payload, whole: Whole) -> Result<Report, Error> {
    let waited = shared.options.answer_within;
    let began = shared.clock.monotonic();
    let result = timeout(waited, keep(&shared, payload, whole)).await.unwrap_or(Err(Error::Late { waited }));
    let took = shared.clock.monotonic().saturating_sub(began);
    shared.metrics.receive_answer_seconds.observe(took.as_secs_f64());
    result
}

async fn keep<A: Accept>(shared: &Arc<Shared<A>>, payload: Payload, whole: Whole) -> Result<Report, Error> {
    let slot = shared.admission.slot().await?;
    let worker = shared.clone();
    let work = move || {
        let _slot = slot;
        let Whole { bytes, mut room } = whole;
        let began = worker.clock.monotonic();
        let (batch, report) = process(&payload, &bytes, worker.clock.now())?;
        let took = worker.clock.monotonic().saturating_sub(began);
        worker.metrics.receive_process_seconds.observe(took.as_secs_f64());
        drop(bytes);
        room.resize(batch.bytes());
        Ok((batch, report, room))
    };
    let (batch, report, room) = tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Bug))?;
    if !batch.is_empty() {
        shared.accept.accept(batch, room).await.map_err(Error::Refused)?;
    }
    record::received(&report, &shared.metrics);
    Ok(report)
}

fn success(version: Version, head: &Parts) -> Answer {
    if matches!(version, Version::V01 | Version::V02 | Version::V03) {
        return answer::ok(TEXT, "OK\n");
    }
    let mut answer = answer::ok(JSON, "{\"rate_by_service\":{}}\n");
    if !headers::text(&head.headers, headers::RATES_VERSION).is_empty() {
        // There are no rates, so they have no version yet. Source: agent-protocol 1.6 and 10.
        answer.headers_mut().insert(headers::RATES_VERSION, HeaderValue::from_static(""));
    }
    answer
}

impl Version {
    /// How a body of this media type is read. Source: agent-protocol 1.2 and 1.4.
    fn format(self, media_type: MediaType) -> Result<Format, Error> {
        match (self, media_type) {
            (Version::V01 | Version::V02, MediaType::Msgpack) => {
                Err(Error::MediaType { media_type: "application/msgpack" })
            }
            (Version::V01, _) => Ok(Format::SpansJson),
            (Version::V02 | Version::V03 | Version::V04, MediaType::Json) => Ok(Format::TracesJson),
            (Version::V03 | Version::V04, MediaType::Msgpack) => Ok(Format::TracesMsgpack),
            (Version::V02 | Version::V03 | Version::V04, MediaType::Other) => Ok(Format::TracesGuess),
            (Version::V05, _) => Ok(Format::V05),
        }
    }
}
