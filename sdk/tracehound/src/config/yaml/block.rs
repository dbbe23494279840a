//! Documents, and lists and maps in the block style: what belongs to them is told by its indentation.
//!
//! ```yaml
//! list:
//! - of: several
//!   maps: here
//! - in the third column
//! ```

use super::Yaml;
use super::reader::{Reader, Result, Start};

/// Where a node may stand.
#[derive(Clone, Copy)]
struct Place {
    /// Columns before it, at least, if it does not stand in the line of what it belongs to.
    least: usize,
    /// The same if it is a list: those of a map's values need not be indented.
    least_of_lists: usize,
    /// Whether a list or map may begin in the line of what it belongs to.
    in_line: bool,
}

impl Place {
    const ROOT: Place = Place { least: 0, least_of_lists: 0, in_line: false };

    fn value(map: usize) -> Place {
        Place { least: map + 1, least_of_lists: map, in_line: false }
    }

    fn item(list: usize) -> Place {
        Place { least: list + 1, least_of_lists: list + 1, in_line: true }
    }
}

impl Reader<'_> {
    /// Reads the first document.
    pub(super) fn document(&mut self) -> Result<Yaml> {
        self.skip_document_ends()?;
        let mut directives = false;
        while self.gap().column == 0 && self.byte() == Some(b'%') {
            directives = true;
            self.take(self.rest_of_line().len());
        }
        if self.at_marker("---") {
            self.take("---".len());
        } else if directives {
            return Err(self.error("there is no --- after the directives"));
        }
        let root = self.node(Place::ROOT)?;
        self.gap();
        if !self.at_document_end() {
            return Err(self.error("there is something that belongs to nothing before it"));
        }
        Ok(root)
    }

    /// The line in which a second document begins, after the first was read.
    pub(super) fn next_document(&mut self) -> Result<Option<usize>> {
        self.skip_document_ends()?;
        Ok(self.byte().map(|_| self.line()))
    }

    fn skip_document_ends(&mut self) -> Result<()> {
        self.gap();
        while self.at_marker("...") {
            self.take("...".len());
            self.line_ends()?;
            self.gap();
        }
        Ok(())
    }

    /// Reads what belongs to the place, maybe nothing.
    fn node(&mut self, place: Place) -> Result<Yaml> {
        let mut start = self.gap();
        loop {
            let least = if self.at_indicator(b'-') { place.least_of_lists } else { place.least };
            if self.at_document_end() || (start.fresh && self.indent() < least) {
                return Ok(Yaml::Null);
            }
            if !self.skip_property() {
                break;
            }
            // A property before a key in the same line is the key's, and the map begins with it.
            let next = self.gap();
            if next.fresh {
                start = next;
            }
        }
        match self.byte() {
            Some(b'-') if self.blank_ahead(1) => {
                self.check_nesting((start.fresh || place.in_line) && start.at == self.at(), start)?;
                self.list(start.column)
            }
            Some(b'|' | b'>') => self.literal(place.least).map(Yaml::Scalar),
            _ => {
                let line = self.line();
                let node = self.beginning()?;
                if !self.at_indicator(b':') {
                    return self.rest_of_value(node, place.least);
                }
                self.check_nesting((start.fresh || place.in_line) && line == self.line(), start)?;
                let key = self.key_of(node)?;
                self.map(start.column, key)
            }
        }
    }

    /// Refuses a list or map where none may begin.
    fn check_nesting(&self, may_begin: bool, start: Start) -> Result<()> {
        match may_begin {
            true if start.after_tab => Err(self.error("a tab cannot indent a list or map")),
            true => Ok(()),
            false => Err(self.error("a list or map cannot begin here")),
        }
    }

    /// Reads what can be a key or a value, of plain text its first line.
    fn beginning(&mut self) -> Result<Beginning> {
        let beginning = match self.byte() {
            Some(b'[' | b'{') => Beginning::Whole(self.flow_collection()?),
            Some(b'"' | b'\'') => Beginning::Whole(Yaml::Scalar(self.quoted()?)),
            _ => Beginning::Plain(self.plain_start(false)?.to_owned()),
        };
        self.skip_blanks();
        Ok(beginning)
    }

    /// Reads on if what was read is a value.
    fn rest_of_value(&mut self, beginning: Beginning, least: usize) -> Result<Yaml> {
        let value = match beginning {
            Beginning::Whole(node) => node,
            Beginning::Plain(text) => Yaml::plain(self.plain_rest(text, least)?),
        };
        self.line_ends()?;
        Ok(value)
    }

    fn key_of(&self, beginning: Beginning) -> Result<String> {
        let node = match beginning {
            Beginning::Whole(node) => node,
            Beginning::Plain(text) => Yaml::plain(text),
        };
        self.text_of_key(node)
    }

    /// The text of a key.
    pub(super) fn text_of_key(&self, key: Yaml) -> Result<String> {
        match key {
            Yaml::Scalar(text) => Ok(text),
            _ => Err(self.error("the key of a map is not text")),
        }
    }

    /// Reads a list whose dashes stand in a column, from the first dash.
    fn list(&mut self, column: usize) -> Result<Yaml> {
        self.nested(|reader| {
            let mut items = Vec::new();
            loop {
                reader.take(1);
                items.push(reader.node(Place::item(column))?);
                if !reader.goes_on(column)? || !reader.at_indicator(b'-') {
                    return Ok(Yaml::List(items));
                }
            }
        })
    }

    /// Reads a map whose keys begin in a column, from the colon after the first key.
    fn map(&mut self, column: usize, mut key: String) -> Result<Yaml> {
        self.nested(|reader| {
            let mut entries = Vec::new();
            loop {
                reader.take(1);
                let value = reader.node(Place::value(column))?;
                entries.push((key, value));
                if !reader.goes_on(column)? {
                    return Ok(Yaml::Map(entries));
                }
                key = reader.key()?;
            }
        })
    }

    /// Whether after an item or entry another follows in the same column.
    fn goes_on(&mut self, column: usize) -> Result<bool> {
        let next = self.gap();
        if self.at_document_end() || next.column < column {
            return Ok(false);
        }
        if next.after_tab {
            return Err(self.error("a tab cannot indent a list or map"));
        }
        if next.column > column {
            return Err(self.error("what is indented belongs to nothing before it"));
        }
        Ok(true)
    }

    /// Reads a further key of a map, to the colon.
    fn key(&mut self) -> Result<String> {
        while self.skip_property() {
            self.skip_blanks();
        }
        let line = self.line();
        let key = self.beginning()?;
        if line != self.line() || !self.at_indicator(b':') {
            return Err(self.error("a key without a colon"));
        }
        self.key_of(key)
    }
}

/// The beginning of a line, which is a key if a colon follows.
enum Beginning {
    Whole(Yaml),
    /// The first line of what may have more.
    Plain(String),
}
