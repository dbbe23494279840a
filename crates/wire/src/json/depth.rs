//! How deep a JSON text nests, found before anything recurses into it.

/// The offset of the first bracket that opens more than `limit` arrays and objects at once.
///
/// Text that is not JSON gives some answer too; whoever parses it finds out.
pub(super) fn first_deeper_than(limit: usize, text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (offset, &byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' if depth == limit => return Some(offset),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::first_deeper_than;

    #[test]
    fn brackets_in_strings_do_not_nest() {
        for (text, deeper_than_two) in [
            ("[[]]", None),
            ("[[[", Some(2)),
            ("[{\"a\":[1]}]", Some(6)),
            ("[\"[[[\\\"[[\", \"\\\\\", []]", None),
            ("[][][[]]", None),
            ("]]][[[", Some(5)),
        ] {
            assert_eq!(first_deeper_than(2, text.as_bytes()), deeper_than_two, "{text}");
        }
    }
}
