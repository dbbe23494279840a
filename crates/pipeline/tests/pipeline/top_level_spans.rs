//! Spans that are the entry into their service carry the metric `_top_level`.

use crate::support::*;
use tracehound_pipeline::Context;

/// Of each row, the metric `_top_level`.
fn marks(client_computed_top_level: bool, chunk: Vec<Sent>) -> Vec<Option<f64>> {
    let (batch, _) = process_in(Context { client_computed_top_level, ..CONTEXT }, &[chunk]);
    (0..batch.rows()).map(|row| batch.span(row).metric_value("_top_level")).collect()
}

#[test]
fn without_the_tracers_marks_a_span_without_parent_here_or_with_one_of_another_service_is_top_level() {
    let yes = Some(1.0);
    for (chunk, expected) in [
        (vec![span(1, 0)], vec![yes]),
        (vec![span(1, 9)], vec![yes]),
        (vec![span(1, 0), span(2, 1)], vec![yes, None]),
        (vec![span(2, 1), span(1, 0)], vec![None, yes]),
        (vec![span(1, 0), span(2, 1).service("db"), span(3, 2).service("db")], vec![yes, yes, None]),
        // Services are compared as they are stored.
        (vec![span(1, 0), span(2, 1).service("SHOP$")], vec![yes, None]),
        // All three ids equal say "root"; a parent that is the span itself is in the chunk.
        (vec![span(7, 7)], vec![yes]),
        (vec![span(3, 3)], vec![None]),
        // Of two spans with the parent's id the last counts.
        (vec![span(1, 0), span(2, 1), span(1, 0).service("db")], vec![yes, yes, yes]),
        // The tracer's marks are not read unless it says that it sets them.
        (vec![span(1, 0), span(2, 1).metric("_dd.top_level", 1.0)], vec![yes, None]),
        (vec![span(1, 0).metric("_top_level", 0.0)], vec![yes]),
    ] {
        assert_eq!(marks(false, chunk), expected);
    }
}

#[test]
fn a_tracer_that_computes_top_level_itself_is_believed() {
    let marked = |span: Sent, value| span.metric("_dd.top_level", value);
    for (chunk, expected) in [
        (vec![span(1, 0), span(2, 9)], vec![None, None]),
        (vec![marked(span(1, 0), 1.0), marked(span(2, 1), 1.0)], vec![Some(1.0), Some(1.0)]),
        (vec![marked(span(1, 0), 0.0), marked(span(2, 1), 2.0), marked(span(3, 1), f64::NAN)], vec![None; 3]),
        (vec![marked(marked(span(1, 0), 0.0), 1.0), marked(marked(span(2, 1), 1.0), 0.0)], vec![Some(1.0), None]),
    ] {
        assert_eq!(marks(true, chunk), expected);
    }
}
