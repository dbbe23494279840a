//! v0.3 and v0.4: an array of traces, each an array of spans, each a map by field name.
//!
//! ```text
//! [ [ {service, name, resource, trace_id, …}, … ], … ]
//! ```
//!
//! Source: agent-protocol 2.1.

use super::span::Traces;
use crate::error::DecodeError;
use crate::msgpack::{Msgpack, Reader};
use crate::payload::Payload;
use crate::value::Value;

pub(crate) fn decode<'body>(body: &'body [u8], payload: &mut Payload<'body, '_>) -> Result<(), Box<DecodeError>> {
    let mut reader = Reader::new(body);
    Msgpack::outermost(&mut reader).array(&mut Traces(payload)).map(drop)
}
