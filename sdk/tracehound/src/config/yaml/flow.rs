//! Lists and maps in the flow style, with brackets and commas: `[a, {b: c}]`.
//!
//! Lines and their indentation mean nothing in them. JSON is nearly a part of it.

use super::Yaml;
use super::reader::{Reader, Result};

impl Reader<'_> {
    /// Reads a list or map, from its bracket to behind the other one.
    pub(super) fn flow_collection(&mut self) -> Result<Yaml> {
        self.nested(|reader| if reader.eat(b'[') { reader.flow_list() } else { reader.flow_map() })
    }

    fn flow_list(&mut self) -> Result<Yaml> {
        let mut items = Vec::new();
        loop {
            self.flow_gap()?;
            if self.eat(b']') {
                return Ok(Yaml::List(items));
            }
            items.push(self.flow_item()?);
            self.flow_separator(b']')?;
        }
    }

    /// Reads an item, which is a map of one entry if it has a colon.
    fn flow_item(&mut self) -> Result<Yaml> {
        let line = self.line();
        let item = self.flow_node()?;
        self.flow_gap()?;
        if line != self.line() || self.byte() != Some(b':') {
            return Ok(item);
        }
        let key = self.text_of_key(item)?;
        let value = self.nested(Self::flow_value)?;
        Ok(Yaml::Map(vec![(key, value)]))
    }

    fn flow_map(&mut self) -> Result<Yaml> {
        self.take(1);
        let mut entries = Vec::new();
        loop {
            self.flow_gap()?;
            if self.eat(b'}') {
                return Ok(Yaml::Map(entries));
            }
            let key = self.flow_node()?;
            let key = self.text_of_key(key)?;
            self.flow_gap()?;
            let value = if self.byte() == Some(b':') { self.flow_value()? } else { Yaml::Null };
            entries.push((key, value));
            self.flow_separator(b'}')?;
        }
    }

    /// Reads a colon and what follows it, maybe nothing.
    fn flow_value(&mut self) -> Result<Yaml> {
        self.take(1);
        self.flow_gap()?;
        match self.byte() {
            Some(b',' | b']' | b'}') => Ok(Yaml::Null),
            _ => self.flow_node(),
        }
    }

    fn flow_node(&mut self) -> Result<Yaml> {
        while self.skip_property() {
            self.flow_gap()?;
        }
        match self.byte() {
            Some(b'[' | b'{') => self.flow_collection(),
            Some(b'"' | b'\'') => self.quoted().map(Yaml::Scalar),
            _ => self.flow_plain().map(Yaml::plain),
        }
    }

    /// Reads the comma after an item or entry, unless it is the last and the bracket follows.
    fn flow_separator(&mut self, end: u8) -> Result<()> {
        self.flow_gap()?;
        if self.byte() == Some(end) || self.eat(b',') {
            return Ok(());
        }
        Err(self.error("a comma or a bracket is missing"))
    }

    /// As any gap, but there must be something behind it.
    fn flow_gap(&mut self) -> Result<()> {
        self.gap();
        if self.at_document_end() {
            return Err(self.error("a bracket is not closed before the end"));
        }
        Ok(())
    }
}
