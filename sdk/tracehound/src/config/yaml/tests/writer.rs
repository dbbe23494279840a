//! Writes trees, each node in a style that the dice choose.

use super::super::Yaml;
use crate::dice::Dice;

/// A tree with at most that many lists and maps inside one another.
pub(super) fn tree(dice: &mut Dice, depth: usize) -> Yaml {
    match dice.roll(if depth == 0 { 4 } else { 8 }) {
        0 => Yaml::Null,
        1..4 => Yaml::Scalar(text(dice)),
        4 | 5 => Yaml::List((0..dice.roll(5)).map(|_| tree(dice, depth - 1)).collect()),
        _ => Yaml::Map((0..dice.roll(5)).map(|_| (text(dice), tree(dice, depth - 1))).collect()),
    }
}

fn text(dice: &mut Dice) -> String {
    const PARTS: &[&str] = &[
        "a", "b c", "word", "é", " ", "  ", "\n", "\n\n", "\t", ":", ": ", " #", "#", "-", "- ", "'", "\"", "\\", ",",
        "[", "]", "{", "}", "|", ">", "&", "*", "!", "%", "@", "?", "~", "null", "1", "\u{7}", "\u{2028}", "---",
    ];
    (0..dice.roll(7)).map(|_| dice.pick(PARTS)).collect()
}

pub(super) struct Writer<'a> {
    dice: &'a mut Dice,
    out: String,
    /// Whether what was written last ends with its line, so that no comment can follow in it, and no empty line.
    in_lines: bool,
}

impl Writer<'_> {
    pub(super) fn write(dice: &mut Dice, root: &Yaml) -> String {
        let mut writer = Writer { dice, out: "---".to_owned(), in_lines: false };
        writer.value(root, 0, 0);
        writer.out.push('\n');
        writer.out
    }

    fn line(&mut self, column: usize) {
        if !std::mem::take(&mut self.in_lines) {
            let ends: &[&str] = &["", "", "", "", "\n", " # comment: 'it", " #\n# [", "  "];
            self.out.push_str(self.dice.pick(ends));
        }
        self.out.push('\n');
        self.out.push_str(&" ".repeat(column));
    }

    /// Writes what follows a dash, a colon or `---`; lists and maps in lines that begin in a column of at least that.
    fn value(&mut self, node: &Yaml, column_of_lists: usize, column: usize) {
        let deeper = self.dice.roll(3);
        match node {
            Yaml::List(items) if !items.is_empty() && self.dice.coin() => {
                self.line(column_of_lists + deeper);
                self.list(items, column_of_lists + deeper);
            }
            Yaml::Map(entries) if !entries.is_empty() && self.dice.coin() => {
                self.line(column + deeper);
                self.map(entries, column + deeper);
            }
            Yaml::Scalar(text) if column > 0 && self.dice.coin() && may_stand_in_lines(text) => {
                self.out.push(' ');
                self.lines(text, column - 1);
            }
            Yaml::Null if self.dice.coin() => {}
            _ => {
                self.out.push(' ');
                self.flow(node, column, false);
            }
        }
    }

    fn list(&mut self, items: &[Yaml], column: usize) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.line(column);
            }
            self.out.push('-');
            match item {
                Yaml::Map(entries) if !entries.is_empty() && self.dice.coin() => {
                    self.out.push(' ');
                    self.map(entries, column + 2);
                }
                Yaml::List(items) if !items.is_empty() && self.dice.coin() => {
                    self.out.push(' ');
                    self.list(items, column + 2);
                }
                _ => self.value(item, column + 1, column + 1),
            }
        }
    }

    fn map(&mut self, entries: &[(String, Yaml)], column: usize) {
        for (index, (key, value)) in entries.iter().enumerate() {
            if index > 0 {
                self.line(column);
            }
            self.scalar(key, None, false);
            self.out.push(':');
            self.value(value, column, column + 1);
        }
    }

    /// Writes a node that ends where its text or its bracket does.
    fn flow(&mut self, node: &Yaml, column: usize, inside: bool) {
        match node {
            Yaml::Null => self.out.push_str(if self.dice.coin() { "~" } else { "null" }),
            Yaml::Scalar(text) => self.scalar(text, Some(column), inside),
            Yaml::List(items) => {
                self.out.push('[');
                for item in items {
                    self.flow(item, column, true);
                    self.comma(column);
                }
                self.out.push(']');
            }
            Yaml::Map(entries) => {
                self.out.push('{');
                for (key, value) in entries {
                    self.scalar(key, None, true);
                    self.out.push_str(": ");
                    self.flow(value, column, true);
                    self.comma(column);
                }
                self.out.push('}');
            }
        }
    }

    fn comma(&mut self, column: usize) {
        self.out.push(',');
        if self.dice.roll(4) == 0 {
            self.line(column + 1);
        } else {
            self.out.push(' ');
        }
    }

    /// Writes text plain or in quotes. With a column it may take several lines.
    fn scalar(&mut self, text: &str, column: Option<usize>, inside: bool) {
        let shown = text.chars().all(|c| !c.is_control() && c != '\u{2028}');
        let (quote, escaped) = match self.dice.roll(3) {
            0 if may_be_plain(text, inside) => ("", text.to_owned()),
            1 if shown => ("'", text.replace('\'', "''")),
            _ => ("\"", text.chars().map(escape).collect()),
        };
        self.out.push_str(quote);
        let mut before = None;
        let mut rest = escaped.chars().peekable();
        while let Some(c) = rest.next() {
            let between_words = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let foldable = c == ' ' && between_words(before) && between_words(rest.peek().copied());
            match column {
                Some(column) if foldable && self.dice.coin() => {
                    self.out.push('\n');
                    self.out.push_str(&" ".repeat(column + 1));
                }
                _ => self.out.push(c),
            }
            before = Some(c);
        }
        self.out.push_str(quote);
    }

    /// Writes text as a block of lines, indented by one to three columns more than what it belongs to.
    fn lines(&mut self, text: &str, parent: usize) {
        self.in_lines = true;
        let digit = 1 + self.dice.roll(3);
        let body = text.trim_end_matches('\n');
        let chomping = match text.len() - body.len() {
            0 => "-",
            1 if self.dice.coin() => "",
            _ => "+",
        };
        self.out.push_str(&format!("|{digit}{chomping}"));
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.out.push_str(&" ".repeat(parent + digit));
                self.out.push_str(line);
            }
        }
    }
}

/// Whether text keeps its meaning below a `|`.
fn may_stand_in_lines(text: &str) -> bool {
    !text.trim_matches('\n').is_empty() && !text.contains('\u{7}')
}

/// Whether text keeps its meaning without quotes.
fn may_be_plain(text: &str, inside: bool) -> bool {
    let words = text.chars().all(|c| c.is_alphanumeric() || " :#-'\"\\,[]{}|>&*!%@?~".contains(c));
    let start = text.starts_with(|c: char| c.is_alphanumeric());
    let end = !text.ends_with([' ', ':']);
    let indicators =
        text.contains(": ") || text.contains(" #") || (inside && text.contains([',', '[', ']', '{', '}', ':']));
    words && start && end && !indicators && text != "null"
}

fn escape(c: char) -> String {
    match c {
        '"' | '\\' => format!("\\{c}"),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{7}' => "\\a".to_owned(),
        '\u{2028}' => "\\L".to_owned(),
        _ => c.to_string(),
    }
}
