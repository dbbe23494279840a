//! Steps 2, 6 and 14: the rows of a kept chunk, their tags repaired and cut on the way.

use tracehound_model::{Chunk, RowHead, Symbol, TraceId};

use crate::normalise::{link, status_code};
use crate::report::Repair;
use crate::roles::{MetaRole, Roles};
use crate::words::{Use, Writer};

/// Writes one row per span.
///
/// - `heads`, `top_level`: one per span of the chunk.
pub(crate) fn rows(
    id: TraceId,
    chunk: &Chunk,
    heads: &[RowHead],
    top_level: &[bool],
    roles: &mut Roles,
    writer: &mut Writer<'_, '_>,
) {
    writer.begin_chunk(id);
    for ((span, head), top_level) in chunk.spans.iter().zip(heads).zip(top_level) {
        writer.row(*head);
        tags(chunk.meta_of(span), roles, writer);
        for &(key, value) in chunk.metrics_of(span) {
            writer.metric(key, value);
        }
        if *top_level {
            writer.mark_top_level();
        }
        if let Some(extras) = &span.extras {
            writer.extras(link::normalise_names(extras.clone()));
        }
    }
}

/// The tags that are repaired. They wait for the end of the span, as of a repeated key only the last value counts, and
/// only that is judged.
#[derive(Default)]
struct Repaired {
    env: Option<(Symbol, Symbol)>,
    peer_service: Option<(Symbol, Symbol)>,
    base_service: Option<(Symbol, Symbol)>,
    status_code: Option<(Symbol, Symbol)>,
}

/// Writes the string tags of one span. Source: agent-protocol 3.2 (rows 2, 3, 11 and 12) and 3.5.
fn tags(tags: &[(Symbol, Symbol)], roles: &mut Roles, writer: &mut Writer<'_, '_>) {
    let mut last = Repaired::default();
    for &(key, value) in tags {
        match roles.meta(writer.symbols, key) {
            MetaRole::PeerService => last.peer_service = Some((key, value)),
            MetaRole::BaseService => last.base_service = Some((key, value)),
            MetaRole::Env => last.env = Some((key, value)),
            MetaRole::StatusCode => last.status_code = Some((key, value)),
            MetaRole::Structured => writer.tag((Use::StructuredKey, key), (Use::StructuredValue, value)),
            MetaRole::Plain | MetaRole::TraceIdHigh | MetaRole::DecisionMaker | MetaRole::Origin => {
                writer.tag((Use::MetaKey, key), (Use::MetaValue, value));
            }
        }
    }
    for (tag, used_as) in
        [(last.peer_service, Use::PeerService), (last.base_service, Use::BaseService), (last.env, Use::Env)]
    {
        if let Some((key, value)) = tag {
            writer.tag((Use::MetaKey, key), (used_as, value));
        }
    }
    if let Some((key, value)) = last.status_code {
        if status_code::is_valid(writer.symbols.get(value)) {
            writer.tag((Use::MetaKey, key), (Use::MetaValue, value));
        } else {
            writer.report.repair(Repair::InvalidHttpStatusCode);
        }
    }
}
