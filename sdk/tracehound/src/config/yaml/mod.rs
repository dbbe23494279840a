//! Reads YAML into a tree, as much of it as settings need.
//!
//! That is YAML 1.2 but for what stands for something else or reaches beyond one document: aliases (a few lines of them can stand for
//! gigabytes), keys that are not text, `? `. Those are errors that name the line, for a setting half read is worse than none. Anchors
//! are passed over, tags too, with a warning, and only the first document counts.
//!
//! Scalars stay text: what `true` or `5` means is for the setting to say.
//!
//! The [`Reader`] goes through the text once, from its start to its end, and never back. Whether a scalar is the key of a map shows
//! after it, in the colon: nothing needs to be known beforehand.

mod block;
mod flow;
mod literal;
mod plain;
mod quoted;
mod reader;
#[cfg(test)]
mod tests;

use reader::Reader;

/// One node of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Yaml {
    /// Nothing, `~` or `null`.
    Null,
    Scalar(String),
    List(Vec<Yaml>),
    /// In the order of the file; of a repeated key both are here.
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    /// The value of a map's key, the last one if it is repeated; null if there is none.
    pub(super) fn get(&self, key: &str) -> &Yaml {
        match self {
            Yaml::Map(entries) => {
                entries.iter().rev().find(|(name, _)| name == key).map_or(&Yaml::Null, |(_, value)| value)
            }
            _ => &Yaml::Null,
        }
    }

    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Yaml::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; something else, if it is not null, counts as a list of one.
    pub(super) fn items(&self) -> &[Yaml] {
        match self {
            Yaml::Null => &[],
            Yaml::List(items) => items,
            one => std::slice::from_ref(one),
        }
    }

    /// What unquoted text means.
    fn plain(text: String) -> Yaml {
        match text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => Yaml::Null,
            _ => Yaml::Scalar(text),
        }
    }
}

/// Reads the first document of `text`, and tells what of it does not count.
///
/// The error is for people, as what is told: what is wrong, and in which line.
pub(super) fn parse(text: &str, complain: &mut dyn FnMut(String)) -> Result<Yaml, String> {
    let text = with_plain_breaks(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut reader = Reader::new(&text);
    reader.check_characters()?;
    let document = reader.document()?;
    if let Some(line) = reader.first_tag {
        complain(format!("tags are not looked at; there is one at line {line}"));
    }
    if let Some(line) = reader.next_document()? {
        complain(format!("only the first document counts; another begins at line {line}"));
    }
    Ok(document)
}

/// The text with `\n` for `\r\n` and for `\r`, and at its end.
fn with_plain_breaks(text: &str) -> String {
    let mut pieces = text.split('\r');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        if !piece.starts_with('\n') {
            plain.push('\n');
        }
        plain.push_str(piece);
    }
    if !plain.ends_with('\n') {
        plain.push('\n');
    }
    plain
}
