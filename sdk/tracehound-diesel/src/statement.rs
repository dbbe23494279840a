//! The text of a statement as diesel shows it.

use std::fmt::{self, Display, Write};

/// What diesel writes between a statement and the values bound to it.
const BINDS: &str = " -- binds: ";
/// Bytes of text that are looked at: the longest value of a tag that agents keep. Source: agent-protocol 3.5.
const MAX_BYTES: usize = 25_000;

/// The statement without the values bound to it, which are nobody else's business.
pub(crate) fn text(query: &dyn Display) -> String {
    let mut statement = Statement { text: String::new() };
    // It stops with an error once it has seen enough.
    let _ = write!(statement, "{query}");
    let mut text = statement.text;
    if let Some(end) = text.find(BINDS) {
        text.truncate(end);
    }
    text
}

struct Statement {
    text: String,
}

impl Write for Statement {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.text.push_str(piece);
        let seen_enough = self.text.len() > MAX_BYTES || self.text.contains(BINDS);
        if seen_enough { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, text};

    #[test]
    fn values_are_cut_off_and_never_written() {
        struct Query;
        impl std::fmt::Display for Query {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("SELECT ? -- binds: ")?;
                panic!("the values were asked for")
            }
        }
        assert_eq!(text(&Query), "SELECT ?");
    }

    #[test]
    fn statements_of_every_shape() {
        let table = [
            ("SELECT 1", "SELECT 1"),
            ("", ""),
            ("SELECT ? -- binds: [\"s3cret\"]", "SELECT ?"),
            ("SELECT ? -- binds: [\" -- binds: s3cret\"]", "SELECT ?"),
            // Rather too little than a value.
            ("SELECT ' -- binds: '", "SELECT '"),
        ];
        for (shown, statement) in table {
            assert_eq!(text(&shown), statement, "{shown}");
        }
    }

    #[test]
    fn no_end_of_text_is_not_read_to_its_end() {
        struct Endless;
        impl std::fmt::Display for Endless {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                loop {
                    out.write_str("SELECT 1; ")?;
                }
            }
        }
        assert!((MAX_BYTES..MAX_BYTES + 100).contains(&text(&Endless).len()));
    }
}
