//! The same text read by another parser must give the same tree.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::super::{Yaml, parse};
use super::writer::{Writer, tree};
use super::{show, tree as read};
use crate::dice::Dice;

/// What `saphyr-parser` makes of the first document.
pub(super) fn parse_elsewhere(text: &str) -> Result<Yaml, String> {
    let mut root = Yaml::Null;
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        let finished = match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) => Yaml::plain(text.into_owned()),
            Event::Scalar(text, ..) => Yaml::Scalar(text.into_owned()),
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(Vec::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(Open::close).ok_or("an end too many")?,
            Event::Alias(_) => return Err("an alias".to_owned()),
            Event::DocumentEnd | Event::StreamEnd => break,
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => continue,
        };
        match open.last_mut() {
            Some(parent) => parent.push(finished)?,
            None => root = finished,
        }
    }
    Ok(root)
}

/// A list or map whose end has not been read yet.
enum Open {
    List(Vec<Yaml>),
    /// Its entries, and the key that waits for its value.
    Map(Vec<(String, Yaml)>, Option<String>),
}

impl Open {
    fn push(&mut self, node: Yaml) -> Result<(), String> {
        match self {
            Open::List(items) => items.push(node),
            Open::Map(entries, key) => match (key.take(), node) {
                (Some(key), node) => entries.push((key, node)),
                (None, Yaml::Scalar(text)) => *key = Some(text),
                (None, _) => return Err("a key that is not text".to_owned()),
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

/// The same value as JSON and as `yaml.dump` of PyYAML 6.0.3 wrote it with different options.
#[test]
fn what_python_writes_is_read_in_each_of_its_styles() {
    let recorded = [
        [
            include_str!("recorded/settings.json"),
            include_str!("recorded/settings-block.yaml"),
            include_str!("recorded/settings-flow.yaml"),
            include_str!("recorded/settings-flow-narrow.yaml"),
            include_str!("recorded/settings-mixed.yaml"),
            include_str!("recorded/settings-narrow.yaml"),
            include_str!("recorded/settings-wide.yaml"),
        ],
        [
            include_str!("recorded/texts.json"),
            include_str!("recorded/texts-single.yaml"),
            include_str!("recorded/texts-double.yaml"),
            include_str!("recorded/texts-narrow.yaml"),
            include_str!("recorded/texts-literal.yaml"),
            include_str!("recorded/texts-deep.yaml"),
            include_str!("recorded/texts-folded.yaml"),
        ],
    ];
    for [json, dumps @ ..] in recorded {
        let expected = parse_elsewhere(json).map(|tree| show(&tree)).unwrap();
        assert!(expected.len() > 1_000);
        assert_eq!(show(&read(json)), expected);
        for dump in dumps {
            assert_eq!(show(&read(dump)), expected, "{dump}");
        }
    }
}

#[test]
fn any_tree_is_read_from_any_style_it_can_be_written_in() {
    let mut dice = Dice::new(5);
    for _ in 0..1_000 {
        let written = tree(&mut dice, 4);
        let text = Writer::write(&mut dice, &written);
        let expected = show(&written);
        assert_eq!(show(&read(&text)), expected, "{text}");
        assert_eq!(parse_elsewhere(&text).map(|tree| show(&tree)), Ok(expected), "the other parser\n{text}");
    }
}

/// Not a word of it may make the reader panic, and what both parsers accept means the same.
///
/// Left out is what the other parser reads in another way than the specification has it: several anchors or tags before one value, and
/// `---` below the `|` or `>` of a document without indentation.
#[test]
fn heaps_of_syntax_mean_the_same_to_both_parsers() {
    const WORDS: &[&str] = &[
        "a", "x y", "é", "null", "~", "b: ", "k: v", "a:", ":", "- ", "-", "- - ", "[", "]", "{", "}", ",", ", ",
        "[1, 2]", "'", "\"", "\"q\"", "'s'", "\\n", "\\\n", "#", " #", "|", ">", "|-\n", ">+\n ", "|2\n   ",
        "key: |\n", "&x ", "!t ", " ", "\t", "\n", "\n ", "\n  ", "\n    ", "\n- ", "\n  - l", "\n  m: ", "\n  k: v",
        "\n  text", "\r\n", "---", "\n--- ", "\n...\n", "\0",
    ];
    let mut dice = Dice::new(7);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let words = 1 + dice.roll(12);
        let text: String = (0..words).map(|_| dice.pick(WORDS)).chain(["\n"]).collect();
        let Ok(ours) = parse(&text, &mut |_| ()) else { continue };
        let properties = text.matches(['&', '!']).count();
        if properties > 1 || (text.contains("---") && text.contains(['|', '>'])) {
            continue;
        }
        if let Ok(theirs) = parse_elsewhere(&text) {
            assert_eq!(show(&ours), show(&theirs), "{text:?}");
            accepted += 1;
        }
    }
    assert!(accepted > 3_000, "{accepted}");
}
