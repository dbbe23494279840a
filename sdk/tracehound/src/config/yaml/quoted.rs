//! Text in quotes: `'single'`, where `''` is a quote, and `"double"`, with escapes.
//!
//! A line break in it stands for a space, as in plain text. The blanks around it do not count, unless they are escaped.

use super::reader::{Reader, Result, fold};

impl Reader<'_> {
    /// Reads from a quote to behind the other one.
    pub(super) fn quoted(&mut self) -> Result<String> {
        let unclosed = self.error("the quote is not closed that begins");
        let quote = if self.byte() == Some(b'\'') { '\'' } else { '"' };
        self.take(1);
        let mut text = String::new();
        // Up to here the text stays, whatever line break follows.
        let mut kept = 0;
        loop {
            let rest = self.rest();
            let end = rest.find(|c| c == quote || c == '\n' || (c == '\\' && quote == '"'));
            let Some(end) = end.filter(|_| !self.at_document_end()) else { return Err(unclosed) };
            text.push_str(rest.get(..end).unwrap_or_default());
            self.take(end);
            match self.byte() {
                Some(b'\n') => {
                    let blanks = text.get(kept..).unwrap_or_default();
                    text.truncate(kept + blanks.trim_end_matches([' ', '\t']).len());
                    let breaks = self.skip_breaks();
                    fold(&mut text, breaks);
                    kept = text.len();
                }
                Some(b'\\') => {
                    self.take(1);
                    self.escape(&mut text)?;
                    kept = text.len();
                }
                _ => {
                    self.take(1);
                    if quote == '"' || !self.eat(b'\'') {
                        return Ok(text);
                    }
                    text.push('\'');
                }
            }
        }
    }

    /// Reads an escape behind its backslash.
    fn escape(&mut self, text: &mut String) -> Result<()> {
        let Some(byte) = self.byte() else { return Err(self.error("an escape is not finished")) };
        if byte == b'\n' {
            // The break itself stands for nothing, only the empty lines behind it count.
            let breaks = self.skip_breaks();
            text.extend(std::iter::repeat_n('\n', breaks.saturating_sub(1)));
            return Ok(());
        }
        self.take(1);
        text.push(match byte {
            b'0' => '\0',
            b'a' => '\x07',
            b'b' => '\x08',
            b't' | b'\t' => '\t',
            b'n' => '\n',
            b'v' => '\x0b',
            b'f' => '\x0c',
            b'r' => '\r',
            b'e' => '\x1b',
            b' ' => ' ',
            b'"' => '"',
            b'/' => '/',
            b'\\' => '\\',
            b'N' => '\u{85}',
            b'_' => '\u{a0}',
            b'L' => '\u{2028}',
            b'P' => '\u{2029}',
            b'x' => self.character(2)?,
            b'u' => self.character(4)?,
            b'U' => self.character(8)?,
            _ => return Err(self.error("there is an unknown escape")),
        });
        Ok(())
    }

    /// Reads a character's number.
    fn character(&mut self, digits: usize) -> Result<char> {
        let number = self.rest().get(..digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let character = number.and_then(|text| u32::from_str_radix(text, 16).ok()).and_then(char::from_u32);
        self.take(digits);
        character.ok_or_else(|| self.error("an escape stands for no character"))
    }
}
