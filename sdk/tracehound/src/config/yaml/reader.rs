//! Where the reading is in the text, and how it gets from one token to the next.

/// Lists and maps inside one another. Rules with selectors go five deep.
const MAX_DEPTH: usize = 32;

/// What was read, or what is wrong and where.
pub(super) type Result<T> = std::result::Result<T, String>;

/// A text whose line breaks are `\n`, and a place in it.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    line_start: usize,
    /// Where the line's first character other than a blank stands, or would.
    first: usize,
    /// Spaces at the start of the line; what tabs follow them do not count.
    indent: usize,
    depth: usize,
    /// The line of the first tag that was passed over.
    pub(super) first_tag: Option<usize>,
}

/// A token's place.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) at: usize,
    /// In bytes: what may stand before a list or a map is ASCII.
    pub(super) column: usize,
    /// Whether it is the first of its line.
    pub(super) fresh: bool,
    /// Whether there is a tab before it, after which no list or map of the block style may begin.
    pub(super) after_tab: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader { text, at: 0, line: 1, line_start: 0, first: 0, indent: 0, depth: 0, first_tag: None };
        reader.begin_line();
        reader
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// From 1.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    pub(super) fn indent(&self) -> usize {
        self.indent
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// What is left of the line.
    pub(super) fn rest_of_line(&self) -> &'a str {
        self.rest().split('\n').next().unwrap_or_default()
    }

    pub(super) fn byte(&self) -> Option<u8> {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, bytes: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + bytes).copied()
    }

    /// Whether the byte that many bytes ahead is a blank, a line break or the end.
    pub(super) fn blank_ahead(&self, bytes: usize) -> bool {
        matches!(self.ahead(bytes), None | Some(b' ' | b'\t' | b'\n'))
    }

    /// Whether here is a character that has a meaning when a blank follows it.
    pub(super) fn at_indicator(&self, byte: u8) -> bool {
        self.byte() == Some(byte) && self.blank_ahead(1)
    }

    /// Whether here is the comment that a `#` begins after a blank or a line break.
    pub(super) fn at_comment(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|before| self.text.as_bytes().get(before));
        self.byte() == Some(b'#') && matches!(before, None | Some(b' ' | b'\t' | b'\n'))
    }

    /// Whether a document ends here, be it with the text, or with `---` or `...`.
    pub(super) fn at_document_end(&self) -> bool {
        self.byte().is_none() || self.at_marker("---") || self.at_marker("...")
    }

    pub(super) fn at_marker(&self, marker: &str) -> bool {
        self.at == self.line_start && self.rest().starts_with(marker) && self.blank_ahead(marker.len())
    }

    /// Goes on by some bytes of this line.
    pub(super) fn take(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Goes on by one byte if it is this one.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let here = self.byte() == Some(byte);
        self.at += usize::from(here);
        here
    }

    /// Goes on to the next character of the line that is not a blank. Whether there was a tab.
    pub(super) fn skip_blanks(&mut self) -> bool {
        let blanks = blanks(self.rest());
        self.take(blanks.len());
        blanks.contains('\t')
    }

    /// Goes from the end of a line to the start of what the next one holds after its spaces.
    pub(super) fn next_line(&mut self) {
        self.at += 1;
        self.line += 1;
        self.begin_line();
    }

    fn begin_line(&mut self) {
        self.line_start = self.at;
        self.first = self.at + blanks(self.rest()).len();
        self.indent = self.rest().bytes().take_while(|byte| *byte == b' ').count();
        self.at += self.indent;
    }

    /// Takes this line from a column to its end.
    pub(super) fn line_from(&mut self, column: usize) -> &'a str {
        self.at = self.line_start + column;
        let line = self.rest_of_line();
        self.at += line.len();
        line
    }

    /// Goes from the end of a line to the next that holds something. Returns the line breaks on the way.
    pub(super) fn skip_breaks(&mut self) -> usize {
        let mut breaks = 0;
        while self.byte() == Some(b'\n') {
            self.next_line();
            self.skip_blanks();
            breaks += 1;
        }
        breaks
    }

    /// Goes over blanks, line breaks and comments to the next token, if there is one.
    pub(super) fn gap(&mut self) -> Start {
        let mut after_tab = false;
        loop {
            after_tab |= self.skip_blanks();
            if self.at_comment() {
                self.take(self.rest_of_line().len());
            }
            if self.byte() != Some(b'\n') {
                break;
            }
            self.next_line();
            after_tab = false;
        }
        let fresh = self.at == self.first;
        let column = if fresh { self.indent } else { self.at - self.line_start };
        // The blanks before the first token of a line may have been gone over before.
        let after_tab = after_tab || (fresh && self.first > self.line_start + self.indent);
        Start { at: self.at, column, fresh, after_tab }
    }

    /// Makes sure that nothing but a comment follows in this line.
    pub(super) fn line_ends(&mut self) -> Result<()> {
        self.skip_blanks();
        // Text of several lines ends where its next line would begin.
        match self.byte() {
            None | Some(b'\n') => Ok(()),
            _ if self.at_comment() || self.at == self.first => Ok(()),
            _ => Err(self.error("there is something after the end of a value")),
        }
    }

    /// Reads one list or map, which may not be too deep inside others.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == MAX_DEPTH {
            return Err(self.error("lists and maps are nested too deeply"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Goes over an anchor or a tag, if here is one.
    pub(super) fn skip_property(&mut self) -> bool {
        match self.byte() {
            Some(b'&') => {}
            Some(b'!') => _ = self.first_tag.get_or_insert(self.line),
            _ => return false,
        }
        let end = |c: char| matches!(c, ' ' | '\t' | '\n' | ',' | '[' | ']' | '{' | '}');
        self.take(self.rest().find(end).unwrap_or(self.rest().len()));
        true
    }

    /// What is wrong, with where.
    // One copy for the many that call it.
    #[inline(never)]
    pub(super) fn error(&self, what: &str) -> String {
        format!("{what} at line {}", self.line)
    }

    /// Refuses the characters that YAML refuses, wherever they stand.
    pub(super) fn check_characters(&self) -> Result<()> {
        let forbidden = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n');
        let mut lines = self.text.split('\n').zip(1..);
        match lines.find(|(line, _)| line.contains(forbidden)) {
            Some((_, line)) => Err(format!("there is a control character at line {line}")),
            None => Ok(()),
        }
    }
}

/// The spaces and tabs `text` begins with.
fn blanks(text: &str) -> &str {
    let end = text.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    text.get(..end).unwrap_or_default()
}

/// Appends what line breaks inside a scalar stand for: one is a space, each further one a line break.
pub(super) fn fold(text: &mut String, breaks: usize) {
    match breaks {
        1 => text.push(' '),
        _ => text.extend(std::iter::repeat_n('\n', breaks.saturating_sub(1))),
    }
}
