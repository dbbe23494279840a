//! Text without quotes. It ends where something else begins: a comment, a colon, in the flow style a comma or bracket.
//!
//! A line break in it stands for a space, so that tools can wrap what is long.

use super::reader::{Reader, Result, fold};

impl<'a> Reader<'a> {
    /// Reads the first line of it.
    pub(super) fn plain_start(&mut self, flow: bool) -> Result<&'a str> {
        match self.byte() {
            Some(b'*') => return Err(self.error("there is an alias, which is not supported")),
            Some(b'?') if self.blank_ahead(1) => {
                return Err(self.error("there is a key after a question mark, which is not supported"));
            }
            Some(b'-' | b'?' | b':') if !self.ends_plain(1, flow) => {}
            Some(b'-' | b'?' | b':') => return Err(self.error("a list, a key or a value cannot begin here")),
            Some(byte) if b",[]{}#&!|>'\"%@`".contains(&byte) => {
                return Err(self.error(&format!("text cannot begin with {}", char::from(byte))));
            }
            _ => {}
        }
        Ok(self.plain_line(flow))
    }

    /// Reads the lines after the first, as long as they are indented.
    pub(super) fn plain_rest(&mut self, mut text: String, least: usize) -> Result<String> {
        while self.byte() == Some(b'\n') {
            let breaks = self.skip_breaks();
            if self.at_document_end() || self.indent() < least || self.at_comment() {
                break;
            }
            fold(&mut text, breaks);
            text.push_str(self.plain_line(false));
            if self.at_indicator(b':') {
                return Err(self.error("a list or map cannot begin here"));
            }
        }
        Ok(text)
    }

    /// Reads all lines of it inside brackets, which need no indentation.
    pub(super) fn flow_plain(&mut self) -> Result<String> {
        let mut text = self.plain_start(true)?.to_owned();
        while self.byte() == Some(b'\n') {
            let breaks = self.skip_breaks();
            if self.at_document_end() || self.at_comment() || self.at_flow_indicator(0) || self.at_colon(true) {
                break;
            }
            fold(&mut text, breaks);
            text.push_str(self.plain_line(true));
        }
        Ok(text)
    }

    /// Reads to the end of the line or to what ends the text; the blanks before that do not count.
    fn plain_line(&mut self, flow: bool) -> &'a str {
        let (start, rest) = (self.at(), self.rest());
        while let Some(byte) = self.byte() {
            let ends = match byte {
                b'\n' => true,
                b'#' => self.at_comment(),
                b':' => self.at_colon(flow),
                _ => flow && self.at_flow_indicator(0),
            };
            if ends {
                break;
            }
            self.take(1);
        }
        rest.get(..self.at() - start).unwrap_or_default().trim_end_matches([' ', '\t'])
    }

    /// Whether here is the colon behind a key.
    fn at_colon(&self, flow: bool) -> bool {
        self.byte() == Some(b':') && self.ends_plain(1, flow)
    }

    /// Whether the byte that many bytes ahead cannot be inside a word.
    fn ends_plain(&self, bytes: usize, flow: bool) -> bool {
        self.blank_ahead(bytes) || (flow && self.at_flow_indicator(bytes))
    }

    fn at_flow_indicator(&self, bytes: usize) -> bool {
        matches!(self.ahead(bytes), Some(b',' | b'[' | b']' | b'{' | b'}'))
    }
}
