//! A chunk whose ids are unusable is dropped whole, and the ledger says why.

use crate::support::*;

#[test]
fn a_chunk_with_an_unusable_id_is_dropped_and_counted_with_all_its_spans() {
    let table: &[(Vec<Sent>, &str)] = &[
        (vec![], "empty_trace"),
        (vec![span(1, 0), span(2, 1).of_trace(8)], "foreign_span"),
        (vec![span(1, 0).of_trace(0), span(2, 1).of_trace(0)], "trace_id_zero"),
        (vec![span(1, 0), span(0, 1), span(3, 1)], "span_id_zero"),
    ];
    for (chunk, reason) in table {
        let spans = chunk.len() as u64;
        let (batch, report) = process(&[vec![span(1, 0)], chunk.clone(), vec![span(2, 0)]]);
        assert_eq!(batch.rows(), 2, "{reason}: the chunks around it are kept");
        assert_eq!((report.received.chunks, report.received.spans), (3, 2 + spans));
        assert_eq!((report.kept.chunks, report.kept.spans), (2, 2));
        assert_eq!(counted(report.dropped_chunks()), [(*reason, 1)]);
        assert_eq!(counted(report.dropped()), if spans == 0 { vec![] } else { vec![(*reason, spans)] });
    }
}

#[test]
fn nothing_is_repaired_in_a_chunk_that_is_dropped() {
    let (_, report) = process(&[vec![span(1, 0).service(""), span(1, 0), span(0, 1)]]);
    assert_eq!(counted(report.repaired()), []);
}

#[test]
fn rows_stand_as_they_were_sent() {
    let (batch, _) = process(&[vec![span(3, 1), span(1, 0), span(2, 1)], vec![], vec![span(9, 0), span(8, 9)]]);
    assert_eq!((0..5).map(|row| batch.span(row).head().span_id).collect::<Vec<_>>(), [3, 1, 2, 9, 8]);
    assert_eq!(batch.chunks().iter().map(|chunk| chunk.rows.clone()).collect::<Vec<_>>(), [0..3, 3..5]);
}

#[test]
fn unparsed_links_and_events_are_counted_whatever_becomes_of_the_chunk() {
    let (symbols, mut chunks) = decode(&[vec![span(1, 0)], vec![span(0, 0)]]);
    let mut processor = tracehound_pipeline::Processor::new(CONTEXT);
    for chunk in &mut chunks {
        chunk.unparsed_extras = 2;
        processor.append(&symbols, chunk);
    }
    assert_eq!(processor.finish().1.unparsed_extras, 4);
}
