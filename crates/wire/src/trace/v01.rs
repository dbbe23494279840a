//! v0.1: spans of any traces in one array, made into one chunk per trace, in the order in which the traces appear.
//!
//! All spans have been read into one chunk when they are grouped, so that twice their memory is taken at most.

use std::collections::HashMap;

use tracehound_model::Chunk;

use crate::budget::TooLarge;
use crate::payload::Payload;

/// Hands the spans to the sink, trace by trace.
pub(crate) fn group(payload: &mut Payload<'_, '_>) -> Result<(), TooLarge> {
    let mut all = std::mem::take(&mut payload.chunk);
    let mut groups: HashMap<u64, usize> = HashMap::new();
    // Which spans a trace has, the traces in order of appearance.
    let mut members: Vec<Vec<usize>> = Vec::new();
    for (place, span) in all.spans.iter().enumerate() {
        let group = *groups.entry(span.trace_id).or_insert(members.len());
        if group == members.len() {
            payload.keep(size_of::<(u64, usize)>() + size_of::<Vec<usize>>())?;
            members.push(Vec::new());
        }
        members[group].push(place);
    }
    payload.keep(all.bytes() + all.spans.len() * size_of::<usize>())?;
    for (group, places) in members.iter().enumerate() {
        payload.begin_chunk();
        move_spans(&mut all, places, &mut payload.chunk);
        // Which trace a tag belonged to that did not parse is not known here; all are counted with the first.
        payload.chunk.unparsed_extras = if group == 0 { all.unparsed_extras } else { 0 };
        payload.end_chunk()?;
    }
    Ok(())
}

fn move_spans(from: &mut Chunk, places: &[usize], to: &mut Chunk) {
    for &place in places {
        let mut span = std::mem::take(&mut from.spans[place]);
        let (meta, metrics) = (to.meta.len() as u32, to.metrics.len() as u32);
        to.meta.extend_from_slice(from.meta_of(&span));
        to.metrics.extend_from_slice(from.metrics_of(&span));
        span.meta = meta..to.meta.len() as u32;
        span.metrics = metrics..to.metrics.len() as u32;
        to.extras_bytes += span.extras.as_ref().map_or(0, |extras| extras.bytes());
        to.spans.push(span);
    }
}
