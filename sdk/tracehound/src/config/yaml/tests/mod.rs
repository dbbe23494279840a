//! What a text means. Trees are shown as JSON would be, with `~` for null.

mod oracle;
mod writer;

use super::{Yaml, parse};

/// The tree of a text, and what is told about it.
fn read(text: &str) -> (Yaml, Vec<String>) {
    let mut told = Vec::new();
    let tree = parse(text, &mut |complaint| told.push(complaint)).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    (tree, told)
}

fn tree(text: &str) -> Yaml {
    let (tree, told) = read(text);
    assert_eq!(told, Vec::<String>::new(), "{text:?}");
    tree
}

fn show(node: &Yaml) -> String {
    match node {
        Yaml::Null => "~".to_owned(),
        Yaml::Scalar(text) => format!("{text:?}"),
        Yaml::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Yaml::Map(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{key:?}: {}", show(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// Reads each text of a table, with each kind of line breaks, and as the other parser reads it.
fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(show(&tree(text)), *expected, "{text:?}");
        assert_eq!(show(&tree(&text.replace('\n', "\r\n"))), *expected, "{text:?} with CRLF");
        assert_eq!(show(&tree(&text.replace('\n', "\r"))), *expected, "{text:?} with CR");
        assert_eq!(
            oracle::parse_elsewhere(text).map(|tree| show(&tree)).as_deref(),
            Ok(*expected),
            "the other parser, {text:?}"
        );
    }
}

fn error(text: &str) -> String {
    match parse(text, &mut |_| ()) {
        Ok(tree) => panic!("{text:?} is {}", show(&tree)),
        Err(error) => error,
    }
}

#[test]
fn scalars_stay_text_and_only_plain_ones_can_be_null() {
    check(&[
        ("a: true\nb: 5\nc: 0.5\nd: 2024-02-29", r#"{"a": "true", "b": "5", "c": "0.5", "d": "2024-02-29"}"#),
        ("[~, null, Null, NULL, nULL, 'null', \"~\", '']", r#"[~, ~, ~, ~, "nULL", "null", "~", ""]"#),
        ("a:\nb: ~\nc: |\n", r#"{"a": ~, "b": ~, "c": ""}"#),
        ("", "~"),
        ("# only this", "~"),
        ("text", r#""text""#),
    ]);
}

#[test]
fn indentation_tells_what_belongs_to_what() {
    check(&[
        ("a:\n  b:\n    c: d\n  e: f\ng: h", r#"{"a": {"b": {"c": "d"}, "e": "f"}, "g": "h"}"#),
        ("a:\n- b\n- c\nd: e", r#"{"a": ["b", "c"], "d": "e"}"#),
        ("a:\n    - b\n    - c\nd: e", r#"{"a": ["b", "c"], "d": "e"}"#),
        ("- a: b\n  c: d\n- e: f", r#"[{"a": "b", "c": "d"}, {"e": "f"}]"#),
        ("-   a: b\n    c: d", r#"[{"a": "b", "c": "d"}]"#),
        ("- a:\n  - b\n  c: d", r#"[{"a": ["b"], "c": "d"}]"#),
        ("- - a\n  - b\n- - c", r#"[["a", "b"], ["c"]]"#),
        ("-\n  a: b\n-\n- c", r#"[{"a": "b"}, ~, "c"]"#),
        ("  a: 1\n  b: 2", r#"{"a": "1", "b": "2"}"#),
        ("a:\n# at the start\n    # deep\n  b: c\n\n  d: e # behind", r#"{"a": {"b": "c", "d": "e"}}"#),
        ("é: ü\nß:\n- ñ: 漢字", r#"{"é": "ü", "ß": [{"ñ": "漢字"}]}"#),
    ]);
}

#[test]
fn plain_text_ends_at_comments_and_colons_and_may_have_several_lines() {
    check(&[
        ("a: b#c #d", r#"{"a": "b#c"}"#),
        ("a: b:c ::d", r#"{"a": "b:c ::d"}"#),
        ("a : b", r#"{"a": "b"}"#),
        ("a b: c  d  ", r#"{"a b": "c  d"}"#),
        ("a: http://b/?c=d&e", r#"{"a": "http://b/?c=d&e"}"#),
        ("a: b, [c] {d}", r#"{"a": "b, [c] {d}"}"#),
        ("- -a\n- ?b\n- :c", r#"["-a", "?b", ":c"]"#),
        ("a: it's \"so\"", r#"{"a": "it's \"so\""}"#),
        ("a: b\n  c\n   d\ne: f", r#"{"a": "b c d", "e": "f"}"#),
        ("a: b\n\n  c\n\n\n  - d\ne: f", r#"{"a": "b\nc\n\n- d", "e": "f"}"#),
        ("a:\n  b\n  c", r#"{"a": "b c"}"#),
        ("- b\n c\n- d", r#"["b c", "d"]"#),
        ("a\nb", r#""a b""#),
        ("a: b  \n \tc", r#"{"a": "b c"}"#),
    ]);
}

#[test]
fn quotes_take_everything_and_double_ones_have_escapes() {
    check(&[
        ("'it''s': '#a: [b]'", r##"{"it's": "#a: [b]"}"##),
        (r#"'\n': "\n\t\"\\\/""#, r#"{"\\n": "\n\t\"\\/"}"#),
        (r#""\x41\u00e9\U0001F436\_""#, "\"Aé🐶\\u{a0}\""),
        (r#""\0\a\b\v\f\r\e\N\L\P\ ""#, r#""\0\u{7}\u{8}\u{b}\u{c}\r\u{1b}\u{85}\u{2028}\u{2029} ""#),
        ("\"a\": b\n'c' : d", r#"{"a": "b", "c": "d"}"#),
        ("a: 'b  \n  c\n\n\n  d'", r#"{"a": "b c\n\nd"}"#),
        ("a: \"b \\\n   \\  c\\\n  d\n  e\"", r#"{"a": "b   cd e"}"#),
        ("a: \"b\\\n\n  c\"", r#"{"a": "b\nc"}"#),
        ("a: \"b\\t \n  c\"", r#"{"a": "b\t c"}"#),
        ("' a '", r#"" a ""#),
        ("'\n\n a\n '", r#""\na ""#),
    ]);
}

#[test]
fn blocks_of_lines_keep_their_line_breaks_or_are_folded() {
    check(&[
        ("a: |\n  b\n   c\n\n  d\ne: f", r#"{"a": "b\n c\n\nd\n", "e": "f"}"#),
        ("a: |-\n  b\n\n", r#"{"a": "b"}"#),
        ("a: |+\n  b\n\n\nc: d", r#"{"a": "b\n\n\n", "c": "d"}"#),
        ("a: >\n  b\n  c\n\n  d\n\n\n  e", r#"{"a": "b c\nd\n\ne\n"}"#),
        ("a: >\n  b\n   c\n  d\n  e", r#"{"a": "b\n c\nd e\n"}"#),
        ("a: >\n\n  b\n", r#"{"a": "\nb\n"}"#),
        ("a: |2\n   b\n  c", r#"{"a": " b\nc\n"}"#),
        ("a: |-2\n   b", r#"{"a": " b"}"#),
        ("a: >1+ # comment\n  b\n", r#"{"a": " b\n"}"#),
        ("- |\n # text\n- b", r##"["# text\n", "b"]"##),
        ("a: |\n  b: [\n  'c\n# comment\nd: e", r#"{"a": "b: [\n'c\n", "d": "e"}"#),
        ("- a: |\n    b\n  c: d", r#"[{"a": "b\n", "c": "d"}]"#),
        ("a: |\n  b\t \n", r#"{"a": "b\t \n"}"#),
        ("|\n a", r#""a\n""#),
    ]);
}

#[test]
fn brackets_make_lists_and_maps_in_any_lines() {
    check(&[
        ("[a, 'b', [c], {d: e}]", r#"["a", "b", ["c"], {"d": "e"}]"#),
        ("{a: b, c: [d], e: {}, f: , g}", r#"{"a": "b", "c": ["d"], "e": {}, "f": ~, "g": ~}"#),
        ("{\"a\":1,\"b\":[true,null]}", r#"{"a": "1", "b": ["true", ~]}"#),
        ("[a,]", r#"["a"]"#),
        ("[a: b, \"c\":d]", r#"[{"a": "b"}, {"c": "d"}]"#),
        ("{a:1, b::c}", r#"{"a:1": ~, "b::c": ~}"#),
        ("a: [b, # one\n  c\n  d,\n\n  'e\n  f'\n  ]\ng: h", r#"{"a": ["b", "c d", "e f"], "g": "h"}"#),
        ("a: {\n  b\n  : c }", r#"{"a": {"b": "c"}}"#),
        ("- {a: b}\n- [\n    c\n  ]", r#"[{"a": "b"}, ["c"]]"#),
        ("[-a, -1, http://b]", r#"["-a", "-1", "http://b"]"#),
        ("[\ta,\tb\t]", r#"["a", "b"]"#),
    ]);
}

#[test]
fn a_document_may_have_a_head_and_an_end() {
    check(&[
        ("---\na: b\n...\n", r#"{"a": "b"}"#),
        ("%YAML 1.2\n# comment\n---\na: b", r#"{"a": "b"}"#),
        ("--- a", r#""a""#),
        ("--- |\n a\n", r#""a\n""#),
        ("---\n...\n", "~"),
        ("a: ---b", r#"{"a": "---b"}"#),
    ]);
    assert_eq!(tree("\u{feff}a: b"), tree("a: b"));
}

#[test]
fn a_repeated_key_means_its_last_value() {
    check(&[("a: 1\na: 2", r#"{"a": "1", "a": "2"}"#)]);
    assert_eq!(tree("a: 1\na: 2").get("a").text(), Some("2"));
}

#[test]
fn one_value_counts_as_a_list_of_one() {
    assert_eq!(tree("a: one\n").get("a").items(), [Yaml::Scalar("one".into())]);
    assert_eq!(tree("a:\n").get("a").items(), []);
}

#[test]
fn anchors_are_passed_over() {
    check(&[
        ("a: &x b\nc: &y\n  d: e\n&z f: g", r#"{"a": "b", "c": {"d": "e"}, "f": "g"}"#),
        ("- &x a: b\n  c: d\n- [&y e]", r#"[{"a": "b", "c": "d"}, ["e"]]"#),
    ]);
}

#[test]
fn what_does_not_count_is_told_with_its_line() {
    for (text, expected, complaint) in [
        (
            "a: b\nc: !!str 5\nd: !e f",
            r#"{"a": "b", "c": "5", "d": "f"}"#,
            "tags are not looked at; there is one at line 2",
        ),
        ("---\na: 1\n---\na: 2\n", r#"{"a": "1"}"#, "only the first document counts; another begins at line 3"),
        ("a: 1\n...\nb", r#"{"a": "1"}"#, "only the first document counts; another begins at line 3"),
    ] {
        let (tree, told) = read(text);
        assert_eq!((show(&tree).as_str(), told), (expected, vec![complaint.to_owned()]), "{text:?}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, expected) in [
        ("a: &x b\nc: *x", "there is an alias, which is not supported at line 2"),
        ("a: b\n<<: *x", "there is an alias, which is not supported at line 2"),
        ("a:\n  ? b\n  : c", "there is a key after a question mark, which is not supported at line 2"),
        ("[a]: b", "the key of a map is not text at line 1"),
        ("{a: b, [c]: d}", "the key of a map is not text at line 1"),
        ("~: b", "the key of a map is not text at line 1"),
        (": b", "a list, a key or a value cannot begin here at line 1"),
        ("a: b: c", "a list or map cannot begin here at line 1"),
        ("a: b\n  c: d", "a list or map cannot begin here at line 2"),
        ("a: - b", "a list or map cannot begin here at line 1"),
        ("'a\n b': c", "a list or map cannot begin here at line 2"),
        ("a:\n  b: c\n d: e", "what is indented belongs to nothing before it at line 3"),
        ("  a: b\nc: d", "there is something that belongs to nothing before it at line 2"),
        ("a: b\n- c", "a list, a key or a value cannot begin here at line 2"),
        ("- a\nb: c", "there is something that belongs to nothing before it at line 2"),
        ("a: b\nc\nd: e", "a key without a colon at line 2"),
        ("a: b # c\n  d", "what is indented belongs to nothing before it at line 2"),
        ("a:\n\tb: c", "a tab cannot indent a list or map at line 2"),
        ("a:\n\t- b", "a tab cannot indent a list or map at line 2"),
        ("a: b\n\tc: d", "a tab cannot indent a list or map at line 2"),
        ("- a\n-\t- b", "a tab cannot indent a list or map at line 2"),
        ("a: 1\n\n\"b", "the quote is not closed that begins at line 3"),
        ("a: 'b\n---\n'", "the quote is not closed that begins at line 1"),
        (r#"a: "\q""#, "there is an unknown escape at line 1"),
        (r#"a: "\u12""#, "an escape stands for no character at line 1"),
        (r#"a: "\ud83d""#, "an escape stands for no character at line 1"),
        (r#"a: "\xé""#, "an escape stands for no character at line 1"),
        ("a: 'b' c", "there is something after the end of a value at line 1"),
        ("a: [b] c", "there is something after the end of a value at line 1"),
        ("a: 'b'#c", "there is something after the end of a value at line 1"),
        ("a: [b,\nc", "a bracket is not closed before the end at line 3"),
        ("a: [b\n---\n]", "a bracket is not closed before the end at line 2"),
        ("[a b: c, , d]", "text cannot begin with , at line 1"),
        ("{a: b: c}", "a comma or a bracket is missing at line 1"),
        ("[a # b\n c]", "a comma or a bracket is missing at line 2"),
        ("[a, b}", "a comma or a bracket is missing at line 1"),
        ("a: @b", "text cannot begin with @ at line 1"),
        ("a: %b", "text cannot begin with % at line 1"),
        ("a: |x\n  b", "there is something after the end of a value at line 1"),
        ("a: |0\n  b", "there is something after the end of a value at line 1"),
        ("a: |\n    \n  b", "the text is indented less than an empty line before it at line 3"),
        ("%YAML 1.2\na: b", "there is no --- after the directives at line 2"),
        ("a: b\nc: \0", "there is a control character at line 2"),
        ("a: \x1b", "there is a control character at line 1"),
    ] {
        assert_eq!(error(text), expected, "{text:?}");
    }
}

#[test]
fn hostile_documents_are_errors_and_nothing_worse() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b]\n";
    for (text, complaint) in [
        (bomb.to_owned(), "an alias"),
        ("a: &a\n  b: *a\n".to_owned(), "an alias"),
        ("[".repeat(100_000), "nested too deeply"),
        ("{a: ".repeat(25_000), "nested too deeply"),
        ("[a: ".repeat(25_000), "nested too deeply"),
        ("- ".repeat(33), "nested too deeply"),
        ((0..33).map(|depth| " ".repeat(depth) + "a:\n").collect(), "nested too deeply"),
    ] {
        assert!(error(&text).contains(complaint), "{} for {:.40}", error(&text), text);
    }
    assert!(show(&tree(&"- ".repeat(32))).starts_with("[[[["));
}

/// Each is thirty thousand times what could make a reader go over the same bytes again and again.
#[test]
fn time_grows_no_faster_than_the_text() {
    for text in [
        "- \n",
        "&a ",
        "!a ",
        "'",
        "''\n",
        "\"\\t\n",
        "\"\\t\\\n",
        "a\n\n",
        "a: |\n \n",
        ">\n  a\n",
        " ",
        "\t",
        "\n",
        "#\n",
        "a, ",
        "[a,\n",
        ",",
        "a:\n",
        ": ",
    ] {
        let _ = parse(&text.repeat(30_000), &mut |_| ());
        let _ = parse(&format!("[{}", text.repeat(30_000)), &mut |_| ());
        let _ = parse(&format!("\"{}", text.repeat(30_000)), &mut |_| ());
        let _ = parse(&format!("a: >+\n b\n{}", text.repeat(30_000)), &mut |_| ());
    }
}
