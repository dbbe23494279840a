//! v0.5: rows and a dictionary. Source: agent-protocol 2.2 and 10.

use tracehound_model::Symbol;
use tracehound_wire::{Decoded, ErrorKind, Format, Sink, decode};

use crate::support::{NIL, SeenSpan, array, float64, int64, see, see_span, text, uint64};

const FORMAT: Format = Format::V05;

/// A row whose fields are all zero.
fn zeros() -> [Vec<u8>; 12] {
    std::array::from_fn(|field| if field == 9 || field == 10 { vec![0x80] } else { vec![0] })
}

fn row_with(fields: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let mut row = zeros();
    fields.iter().for_each(|(field, value)| row[*field] = value.clone());
    array(&row)
}

fn body(strings: &[&str], rows: &[Vec<u8>]) -> Vec<u8> {
    array(&[array(&strings.iter().map(|string| text(string)).collect::<Vec<_>>()), array(&[array(rows)])])
}

#[test]
fn a_row_holds_twelve_fields_in_order() {
    let fields = [
        (0, vec![1]),
        (1, vec![2]),
        (2, vec![3]),
        (3, uint64(u64::MAX)),
        (4, vec![5]),
        (5, vec![6]),
        (6, int64(1_700_000_000_000_000_000)),
        (7, int64(-8)),
        (8, vec![1]),
        (9, vec![0x82, 5, 6, 0xcd, 0, 6, 0xce, 0, 0, 0, 5]),
        (10, vec![0x81, 5, 0x09]),
        (11, vec![4]),
    ];
    let span = see_span(FORMAT, &body(&["", "web", "get", "/", "http", "k", "v"], &[row_with(&fields)]));
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let wanted = SeenSpan {
        service: "web".into(),
        name: "get".into(),
        resource: "/".into(),
        trace_id: u64::MAX,
        span_id: 5,
        parent_id: 6,
        start: 1_700_000_000_000_000_000,
        duration: -8,
        error: true,
        meta: vec![pair("k", "v"), pair("v", "k")],
        metrics: vec![("k".into(), 9.0)],
        kind: "http".into(),
        extras: Default::default(),
    };
    assert_eq!(span, wanted);
}

#[test]
fn nil_for_a_map_or_an_index_reads_as_nothing() {
    let row: [Vec<u8>; 12] = std::array::from_fn(|_| vec![NIL]);
    assert_eq!(see_span(FORMAT, &body(&["never used"], &[array(&row)])), SeenSpan::default());
    let tags = row_with(&[(9, vec![0x81, NIL, 0])]);
    assert_eq!(see_span(FORMAT, &body(&["v"], &[tags])).meta, [(String::new(), "v".to_owned())]);
}

#[test]
fn nil_rows_chunks_traces_and_dictionaries_are_nothing() {
    for (body, decoded) in [
        (array(&[vec![NIL], vec![NIL]]), Decoded::default()),
        (array(&[vec![0x90], vec![0x90]]), Decoded::default()),
        (array(&[vec![0x90], array(&[vec![NIL]])]), Decoded { chunks: 1, ..Decoded::default() }),
        (array(&[vec![0x90], array(&[array(&[vec![NIL]])])]), Decoded { chunks: 1, spans: 0, nil_spans: 1 }),
    ] {
        assert_eq!(see(FORMAT, &body).map(|seen| seen.decoded), Ok(decoded), "{body:x?}");
    }
}

#[test]
fn more_than_two_outer_elements_are_not_looked_at() {
    let two = body(&["", "web"], &[row_with(&[(0, vec![1])])]);
    let three = [&[0x93][..], &two[1..], &[0xc1]].concat();
    assert_eq!(see_span(FORMAT, &three).service, "web");
}

#[test]
fn numbers_of_any_kind_are_taken_where_they_fit() {
    let row = row_with(&[(0, float64(1.0)), (3, int64(-1)), (6, float64(1.7e18)), (10, vec![0x81, 1, 0xc3])]);
    let span = see_span(FORMAT, &body(&["", "web"], &[row]));
    assert_eq!((span.service.as_str(), span.trace_id, span.start), ("web", u64::MAX, 1_700_000_000_000_000_000));
    assert_eq!(span.metrics, [("web".to_owned(), 1.0)]);
}

#[test]
fn what_is_no_row_or_no_index_is_malformed_and_says_where() {
    for (what, body, message) in [
        (
            "11 elements",
            body(&[""], &[array(&zeros()[..11])]),
            "traces[0].spans[0]: encoded span needs exactly 12 elements in array (offset 7)",
        ),
        (
            "13 elements",
            body(&[""], &[array(&[&zeros()[..], &[vec![0]]].concat())]),
            "traces[0].spans[0]: encoded span needs exactly 12 elements in array (offset 7)",
        ),
        (
            "index behind the end",
            body(&["", "a"], &[row_with(&[]), row_with(&[(2, vec![2])])]),
            "traces[0].spans[1]: string 2 is not in the dictionary of 2 (offset 27)",
        ),
        (
            "negative index",
            body(&[""], &[row_with(&[(0, vec![0xff])])]),
            "traces[0].spans[0]: string 18446744073709551615 is not in the dictionary of 1 (offset 8)",
        ),
        (
            "text for an index",
            body(&[""], &[row_with(&[(1, text("a"))])]),
            "traces[0].spans[0]: expected a number, found text (offset 9)",
        ),
        ("one outer element", vec![0x91, 0x90], "expected an array of strings and traces, found 1 elements (offset 0)"),
        (
            "a number in the dictionary",
            vec![0x92, 0x91, 7, 0x90],
            "strings: expected text, found an integer (offset 2)",
        ),
    ] {
        let error = see(FORMAT, &body).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.kind()), (message, ErrorKind::Malformed), "{what}");
    }
}

#[test]
fn the_empty_string_is_symbol_zero_and_others_are_not_looked_up() {
    struct Services(Vec<Symbol>);
    impl Sink for Services {
        fn chunk(&mut self, _: &tracehound_model::Symbols<'_>, chunk: &tracehound_model::Chunk) -> usize {
            self.0.extend(chunk.spans.iter().map(|span| span.service));
            0
        }
    }
    let rows = [0, 1, 2].map(|index| row_with(&[(0, vec![index])]));
    let mut services = Services(Vec::new());
    decode(FORMAT, &body(&["a", "", "a"], &rows), &mut services).unwrap();
    let [first, empty, second] = services.0[..] else { panic!("three spans") };
    assert_eq!(empty, Symbol(0));
    assert_ne!(first, second, "equal texts of a dictionary have a symbol each");
}
