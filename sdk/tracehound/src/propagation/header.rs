//! One header of a carrier.

use super::carrier::Extract;

/// The white space that HTTP allows around a value and around the members of a list.
pub(super) const OPTIONAL_WHITESPACE: [char; 2] = [' ', '\t'];

/// What `parse` makes of a header's first value, without the white space around it; `None` if there is no such header.
pub(super) fn first<T>(carrier: &dyn Extract, name: &str, parse: impl FnOnce(&str) -> T) -> Option<T> {
    let mut parse = Some(parse);
    let mut parsed = None;
    carrier.get(name, &mut |value| {
        if let Some(parse) = parse.take() {
            parsed = Some(parse(value.trim_matches(OPTIONAL_WHITESPACE)));
        }
    });
    parsed
}

/// Whether a text may stand in any header: nothing but printable ASCII.
pub(super) fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}
