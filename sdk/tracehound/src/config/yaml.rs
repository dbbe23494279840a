//! Reads YAML into a tree, as much of it as settings need.
//!
//! Scalars stay text: what `true` or `5` means is for the setting to say. Aliases are refused, for a few lines of them can stand for
//! gigabytes; nobody writes them in these files.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Lists and maps inside one another. Rules with selectors go five deep.
const MAX_DEPTH: usize = 32;

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
}

/// Reads the first document of `text`.
///
/// The error is for people: what is wrong, and in which line.
pub(super) fn parse(text: &str) -> Result<Yaml, String> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| error.to_string())?;
        let at_line = |what: &str| format!("{what} at line {}", span.start.line());
        let finished = match event {
            Event::Scalar(text, style, ..) => Some(scalar(&text, style)),
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(Open::close),
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() == MAX_DEPTH => {
                return Err(at_line("lists and maps are nested too deeply"));
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(Vec::new(), None));
                None
            }
            Event::Alias(_) => return Err(at_line("there is an alias, which is not supported")),
            Event::DocumentEnd | Event::StreamEnd => break,
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => None,
        };
        match (finished, open.last_mut()) {
            (Some(node), Some(parent)) => parent.push(node).map_err(at_line)?,
            (Some(document), None) => return Ok(document),
            (None, _) => {}
        }
    }
    Ok(Yaml::Null)
}

fn scalar(text: &str, style: ScalarStyle) -> Yaml {
    match (style, text) {
        (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Yaml::Null,
        _ => Yaml::Scalar(text.to_owned()),
    }
}

/// A list or map whose end has not been read yet.
enum Open {
    List(Vec<Yaml>),
    /// Its entries, and the key that waits for its value.
    Map(Vec<(String, Yaml)>, Option<String>),
}

impl Open {
    fn push(&mut self, node: Yaml) -> Result<(), &'static str> {
        match self {
            Open::List(items) => items.push(node),
            Open::Map(entries, key) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => match node {
                    Yaml::Scalar(text) => *key = Some(text),
                    _ => return Err("the key of a map is not text"),
                },
            },
        }
        Ok(())
    }

    fn close(self) -> Yaml {
        match self {
            Open::List(items) => Yaml::List(items),
            Open::Map(entries, _) => Yaml::Map(entries),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(text: &str) -> Yaml {
        Yaml::Scalar(text.into())
    }

    #[test]
    fn scalars_stay_text_and_only_plain_ones_can_be_null() {
        let map = parse("a: true\nb: '5'\nc: ~\nd: \"null\"\ne:\nf: |\n  two\n  lines\n").unwrap();
        assert_eq!(map.get("a"), &scalar("true"));
        assert_eq!(map.get("b"), &scalar("5"));
        assert_eq!(map.get("c"), &Yaml::Null);
        assert_eq!(map.get("d"), &scalar("null"));
        assert_eq!(map.get("e"), &Yaml::Null);
        assert_eq!(map.get("f"), &scalar("two\nlines\n"));
        assert_eq!(map.get("unknown"), &Yaml::Null);
    }

    #[test]
    fn block_and_flow_style_are_the_same_tree() {
        let tree = Yaml::Map(vec![
            ("list".into(), Yaml::List(vec![scalar("1"), Yaml::Map(vec![("k".into(), scalar("v"))])])),
            ("empty".into(), Yaml::Map(vec![])),
        ]);
        assert_eq!(parse("list:\n- 1\n- k: v\nempty: {}\n").unwrap(), tree);
        assert_eq!(parse("{\"list\": [1, {\"k\": \"v\"}], \"empty\": {}}").unwrap(), tree);
    }

    #[test]
    fn a_repeated_key_means_its_last_value() {
        assert_eq!(parse("a: 1\na: 2\n").unwrap().get("a"), &scalar("2"));
    }

    #[test]
    fn one_value_counts_as_a_list_of_one() {
        assert_eq!(parse("a: one\n").unwrap().get("a").items(), [scalar("one")]);
        assert_eq!(parse("a:\n").unwrap().get("a").items(), []);
    }

    #[test]
    fn only_the_first_document_counts() {
        assert_eq!(parse("").unwrap(), Yaml::Null);
        assert_eq!(parse("---\na: 1\n---\na: 2\n").unwrap().get("a"), &scalar("1"));
    }

    #[test]
    fn hostile_documents_are_errors_and_nothing_worse() {
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b]\n";
        for (text, complaint) in [
            (bomb.to_owned(), "alias"),
            ("a: &a\n  b: *a\n".to_owned(), "alias"),
            ("[".repeat(100_000), ""),
            ("{a: ".repeat(25_000), ""),
            ("- ".repeat(40), "nested too deeply"),
            ("? [a, b]\n: c\n".to_owned(), "key of a map"),
            ("a: \"unfinished".to_owned(), ""),
            ("a: b: c".to_owned(), ""),
            ("\t- a\n b".to_owned(), ""),
        ] {
            let error = parse(&text).unwrap_err();
            assert!(error.contains(complaint), "{error} for {:.40}", text);
        }
    }

    #[test]
    fn bytes_at_random_never_panic() {
        let mut state = 7_u64;
        let alphabet = b"a:-[]{},&*!|>'\"%@`#? \n\t\0~\xc3\xa9";
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..24)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    alphabet[(state >> 33) as usize % alphabet.len()]
                })
                .collect();
            let _ = parse(&String::from_utf8_lossy(&bytes));
        }
    }
}
