//! Steps 1 and 2: chunks that no repair can help. They are dropped whole.
//!
//! Source: agent-protocol 3.1.

use tracehound_model::Chunk;

use crate::report::DropReason;

/// A chunk has spans.
pub(crate) fn not_empty(chunk: &Chunk) -> Result<(), DropReason> {
    if chunk.spans.is_empty() { Err(DropReason::EmptyTrace) } else { Ok(()) }
}

/// All ids can be used; else the first that cannot names the reason. Trace ids are compared by their low 64 bits, which is
/// all that a span carries.
pub(crate) fn ids(chunk: &Chunk) -> Result<(), DropReason> {
    for span in &chunk.spans {
        if span.trace_id != chunk.spans[0].trace_id {
            return Err(DropReason::ForeignSpan);
        }
        if span.trace_id == 0 {
            return Err(DropReason::TraceIdZero);
        }
        if span.span_id == 0 {
            return Err(DropReason::SpanIdZero);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tracehound_model::Span;

    use super::*;

    #[test]
    fn the_first_unusable_id_of_a_chunk_names_the_reason() {
        use DropReason::*;
        let table: &[(&[(u64, u64)], _)] = &[
            (&[(7, 1)], Ok(())),
            (&[(7, 1), (7, 1)], Ok(())),
            (&[(7, 1), (8, 2)], Err(ForeignSpan)),
            (&[(7, 1), (0, 2)], Err(ForeignSpan)),
            (&[(0, 1), (7, 2)], Err(TraceIdZero)),
            (&[(7, 0)], Err(SpanIdZero)),
            (&[(0, 0)], Err(TraceIdZero)),
            (&[(7, 0), (8, 1)], Err(SpanIdZero)),
            (&[(u64::MAX, u64::MAX)], Ok(())),
        ];
        for &(spans, expected) in table {
            let spans =
                spans.iter().map(|&(trace_id, span_id)| Span { trace_id, span_id, ..Span::default() }).collect();
            let chunk = Chunk { spans, ..Chunk::default() };
            assert_eq!(ids(&chunk), expected, "{:?}", chunk.spans);
        }
    }

    #[test]
    fn a_chunk_without_spans_is_empty() {
        assert_eq!(not_empty(&Chunk::default()), Err(DropReason::EmptyTrace));
        assert_eq!(not_empty(&Chunk { spans: vec![Span::default()], ..Chunk::default() }), Ok(()));
    }
}
