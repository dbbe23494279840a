//! Text in lines of their own, below a `|`, where line breaks stay, or a `>`, where they are folded.
//!
//! ```yaml
//! key: |2-
//!     text
//! ```
//!
//! The digit says by how much the text is indented, if its first line does not. `-` drops the line breaks at the end, `+` keeps them
//! all; else there is one.

use super::reader::{Reader, Result, fold};

/// What stands behind the `|` or `>`.
#[derive(Default)]
struct Header {
    folded: bool,
    /// How many columns the text is indented.
    digit: Option<usize>,
    /// `+` or `-`.
    chomping: Option<u8>,
}

impl Reader<'_> {
    /// Reads from the `|` or `>` to the first line that is not indented.
    pub(super) fn literal(&mut self, least: usize) -> Result<String> {
        let header = self.literal_header()?;
        let mut indent = header.digit.map(|digit| least.saturating_sub(1) + digit);
        let mut text = String::new();
        // The widest of the empty lines at the start.
        let mut widest = 0;
        let mut breaks = 0;
        // Lines that are indented deeper are not folded. Nor is there anything to fold before the first.
        let mut deeper_before = true;
        while self.byte() == Some(b'\n') {
            self.next_line();
            let empty = self.rest_of_line().is_empty() && indent.is_none_or(|indent| self.indent() <= indent);
            if empty {
                widest = widest.max(self.indent());
                breaks += self.break_here();
                continue;
            }
            let indent = *indent.get_or_insert(self.indent().max(least));
            if self.indent() < indent || self.at_document_end() {
                break;
            }
            if text.is_empty() && widest > indent {
                return Err(self.error("the text is indented less than an empty line before it"));
            }
            let line = self.line_from(indent);
            let deeper = line.starts_with([' ', '\t']);
            if header.folded && !deeper && !deeper_before {
                fold(&mut text, breaks);
            } else {
                text.extend(std::iter::repeat_n('\n', breaks));
            }
            text.push_str(line);
            breaks = self.break_here();
            deeper_before = deeper;
        }
        match header.chomping {
            Some(b'-') => {}
            Some(_) => text.extend(std::iter::repeat_n('\n', breaks)),
            None if text.is_empty() => {}
            None => text.push('\n'),
        }
        Ok(text)
    }

    fn literal_header(&mut self) -> Result<Header> {
        let mut header = Header { folded: self.byte() == Some(b'>'), ..Header::default() };
        self.take(1);
        while let Some(byte) = self.byte() {
            match byte {
                b'1'..=b'9' if header.digit.is_none() => header.digit = Some(usize::from(byte - b'0')),
                b'+' | b'-' if header.chomping.is_none() => header.chomping = Some(byte),
                _ => break,
            }
            self.take(1);
        }
        self.line_ends()?;
        self.take(self.rest_of_line().len());
        Ok(header)
    }

    /// How many line breaks are here, one or none.
    fn break_here(&self) -> usize {
        usize::from(self.byte() == Some(b'\n'))
    }
}
