//! Writes buckets as the body of `/v0.6/stats`: a MessagePack map with the field names of the agent's Go types.
//!
//! ```text
//! { Hostname, Env, Version, Lang, TracerVersion, RuntimeID, Sequence, Service, GitCommitSha, ProcessTags,
//!   Stats: [ { Start, Duration, Stats: [ { dimensions, Hits, TopLevelHits, Errors, Duration, OkSummary, ErrorSummary } ] } ] }
//! ```
//!
//! Fields that the agent fills (the container's id and tags, the image, hashes, its own aggregation) are left out, which is how this
//! protocol says empty. Source: agent-protocol 6.5, 6.6.

use super::bucket::{Bucket, Row};
use super::concentrator::BUCKET_NS;
use super::record::Dimensions;
use crate::msgpack;

/// Stands for the environment when neither application nor agent name one: the agent would refuse to aggregate without.
const UNKNOWN_ENV: &str = "unknown-env";

/// What is the same for all stats of a process.
#[derive(Debug, Default)]
pub(crate) struct Meta {
    /// The machine's name. Unlike a span's, it is always sent: counts of two machines must not replace each other.
    pub(crate) hostname: String,
    /// `DD_ENV`; empty when the application names none.
    pub(crate) env: String,
    /// The agent's environment, once it has announced one.
    pub(crate) agent_env: String,
    /// `DD_VERSION`.
    pub(crate) version: String,
    /// `DD_SERVICE`.
    pub(crate) service: String,
    /// `rust`.
    pub(crate) lang: &'static str,
    pub(crate) tracer_version: &'static str,
    /// The UUID of this process; with the sequence it tells a repeated payload from a new one.
    pub(crate) runtime_id: String,
    pub(crate) git_commit_sha: String,
    /// `k:v` parted by commas, as in `_dd.tags.process`.
    pub(crate) process_tags: String,
}

impl Meta {
    fn env(&self) -> &str {
        [self.env.as_str(), self.agent_env.as_str()].into_iter().find(|env| !env.is_empty()).unwrap_or(UNKNOWN_ENV)
    }
}

/// The body of a request, from buckets by their start in nanoseconds since 1970.
pub(super) fn write(meta: &Meta, sequence: u64, buckets: &[(u64, Bucket)]) -> Vec<u8> {
    let mut out = Vec::new();
    msgpack::map(&mut out, 11);
    text(&mut out, "Hostname", &meta.hostname);
    text(&mut out, "Env", meta.env());
    text(&mut out, "Version", &meta.version);
    text(&mut out, "Lang", meta.lang);
    text(&mut out, "TracerVersion", meta.tracer_version);
    text(&mut out, "RuntimeID", &meta.runtime_id);
    number(&mut out, "Sequence", sequence);
    text(&mut out, "Service", &meta.service);
    text(&mut out, "GitCommitSha", &meta.git_commit_sha);
    text(&mut out, "ProcessTags", &meta.process_tags);
    str(&mut out, "Stats");
    msgpack::array(&mut out, buckets.len());
    for (start_ns, bucket) in buckets {
        write_bucket(&mut out, *start_ns, bucket);
    }
    out
}

fn write_bucket(out: &mut Vec<u8>, start_ns: u64, bucket: &Bucket) {
    msgpack::map(out, 3);
    number(out, "Start", start_ns);
    number(out, "Duration", BUCKET_NS);
    str(out, "Stats");
    let len = msgpack::open_array(out);
    let mut rows = 0;
    let mut scratch = Vec::new();
    for (dimensions, row) in bucket.rows() {
        write_row(out, &dimensions, row, &mut scratch);
        rows += 1;
    }
    msgpack::patch_u32(out, len, rows);
}

fn write_row(out: &mut Vec<u8>, dimensions: &Dimensions<'_>, row: &Row, scratch: &mut Vec<u8>) {
    msgpack::map(out, 19);
    text(out, "Service", dimensions.service);
    text(out, "Name", dimensions.name);
    text(out, "Resource", dimensions.resource);
    number(out, "HTTPStatusCode", dimensions.http_status.into());
    text(out, "Type", dimensions.span_type);
    flag(out, "Synthetics", dimensions.synthetics);
    text(out, "SpanKind", dimensions.kind);
    number(out, "IsTraceRoot", trilean(dimensions.trace_root));
    text(out, "GRPCStatusCode", dimensions.grpc_status);
    text(out, "HTTPMethod", dimensions.http_method);
    text(out, "HTTPEndpoint", dimensions.http_endpoint);
    text(out, "srv_src", dimensions.service_source);
    str(out, "PeerTags");
    msgpack::array(out, dimensions.peer_tags.len());
    for tag in &dimensions.peer_tags {
        str(out, tag);
    }
    number(out, "Hits", row.hits);
    number(out, "TopLevelHits", row.top_level_hits);
    number(out, "Errors", row.errors);
    number(out, "Duration", row.duration_ns);
    for (name, sketch) in [("OkSummary", &row.ok), ("ErrorSummary", &row.error)] {
        scratch.clear();
        sketch.write(scratch);
        str(out, name);
        msgpack::bin(out, scratch);
    }
}

/// Not said, yes, no.
fn trilean(value: Option<bool>) -> u64 {
    match value {
        None => 0,
        Some(true) => 1,
        Some(false) => 2,
    }
}

// Once each, not once for every field.

#[inline(never)]
fn str(out: &mut Vec<u8>, text: &str) {
    msgpack::str(out, text);
}

fn text(out: &mut Vec<u8>, name: &str, value: &str) {
    str(out, name);
    str(out, value);
}

#[inline(never)]
fn number(out: &mut Vec<u8>, name: &str, value: u64) {
    str(out, name);
    msgpack::uint(out, value);
}

fn flag(out: &mut Vec<u8>, name: &str, value: bool) {
    str(out, name);
    msgpack::bool(out, value);
}
