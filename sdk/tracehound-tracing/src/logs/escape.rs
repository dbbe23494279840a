//! Text as JSON writes it between quotes.

use std::fmt::{self, Write};

/// Escapes what is written through it. Colours, which the fields of a span may bring with them, are left out.
pub(super) struct Escaped<W> {
    out: W,
    in_colour: bool,
}

impl<W: Write> Escaped<W> {
    pub(super) fn new(out: W) -> Escaped<W> {
        Escaped { out, in_colour: false }
    }
}

impl<W: Write> Write for Escaped<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(|letter: char| self.in_colour || is_special(letter)) {
            let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.out.write_str(plain)?;
            let mut letters = special.chars();
            if let Some(letter) = letters.next() {
                self.write_special(letter)?;
            }
            rest = letters.as_str();
        }
        self.out.write_str(rest)
    }
}

fn is_special(letter: char) -> bool {
    matches!(letter, '"' | '\\') || letter < ' '
}

impl<W: Write> Escaped<W> {
    fn write_special(&mut self, letter: char) -> fmt::Result {
        match letter {
            // `ESC [ 3 2 m` is a colour: it ends with its first letter.
            '\x1b' => {
                self.in_colour = true;
                Ok(())
            }
            letter if self.in_colour => {
                self.in_colour = !letter.is_alphabetic();
                Ok(())
            }
            '"' => self.out.write_str("\\\""),
            '\\' => self.out.write_str("\\\\"),
            '\n' => self.out.write_str("\\n"),
            '\t' => self.out.write_str("\\t"),
            '\r' => self.out.write_str("\\r"),
            control => write!(self.out, "\\u{:04x}", u32::from(control)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(pieces: &[&str]) -> String {
        let mut out = String::new();
        let mut escaped = Escaped::new(&mut out);
        pieces.iter().try_for_each(|piece| escaped.write_str(piece)).unwrap();
        out
    }

    #[test]
    fn what_json_forbids_between_quotes_is_escaped() {
        for (text, expected) in [
            ("plain é €", "plain é €"),
            (r#"a "b" \c"#, r#"a \"b\" \\c"#),
            ("line\nnext\ttab\rback", r"line\nnext\ttab\rback"),
            ("\u{0}\u{1f}\u{7f}", "\\u0000\\u001f\u{7f}"),
        ] {
            assert_eq!(escaped(&[text]), expected);
            let json: String = serde_json::from_str(&format!("\"{expected}\"")).unwrap();
            assert_eq!(json, text);
        }
    }

    #[test]
    fn colours_are_left_out_however_they_are_cut_into_pieces() {
        assert_eq!(escaped(&["\x1b[3mid\x1b[0m=7"]), "id=7");
        assert_eq!(escaped(&["\x1b", "[3", "mid", "\x1b[0m", "=7"]), "id=7");
    }
}
