//! v0.1 to v0.4 in JSON: the same names and shapes as in msgpack.
//!
//! v0.1 is an array of spans of any traces, v0.2 to v0.4 an array of traces. Source: agent-protocol 2.1.

use super::span::{Spans, Traces};
use super::v01;
use crate::budget::TooLarge;
use crate::error::DecodeError;
use crate::json::{self, Failure};
use crate::payload::Payload;
use crate::value::Value;

pub(crate) fn decode_traces<'body>(
    body: &'body [u8],
    payload: &mut Payload<'body, '_>,
) -> Result<(), Box<DecodeError>> {
    let read = json::read(body, |outermost| outermost.array(&mut Traces(payload)));
    read.map(drop).map_err(|failure| refusal(failure, payload))
}

pub(crate) fn decode_spans<'body>(body: &'body [u8], payload: &mut Payload<'body, '_>) -> Result<(), Box<DecodeError>> {
    let read = json::read(body, |outermost| outermost.array(&mut Spans(payload)));
    read.map_err(|failure| refusal(failure, payload))?;
    Ok(v01::group(payload)?)
}

fn refusal(failure: Failure, payload: &Payload<'_, '_>) -> Box<DecodeError> {
    match failure {
        Failure::TooLarge => TooLarge { limit_bytes: payload.limit_bytes() }.into(),
        Failure::Invalid(error) => error,
    }
}
