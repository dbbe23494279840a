//! What is JSON and what is not, by RFC 8259, and by another reader: both must take the same texts for the same values.

use serde_json::Value as Theirs;

use super::*;
use crate::dice::Dice;

#[test]
fn every_kind_of_value_is_read() {
    let number = |digits: &str| Value::Number(digits.to_owned());
    let object = |entries: &[(&str, Value)]| entries.iter().cloned().collect::<Value>();
    for (text, expected) in [
        ("null", Value::Null),
        (" \t\r\n true \t\r\n ", true.into()),
        ("false", false.into()),
        ("0", number("0")),
        ("-0.0e+00", number("-0.0e+00")),
        ("18446744073709551615", u64::MAX.into()),
        ("-9223372036854775808", i64::MIN.into()),
        ("123456789012345678901234567890", number("123456789012345678901234567890")),
        (r#""""#, "".into()),
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t".into()),
        (r#""\u0041\u00e9\u20aC\uD83D\udE00\u0000""#, "Aé€😀\0".into()),
        ("\"é€😀\u{7f}\u{2028}\"", "é€😀\u{7f}\u{2028}".into()),
        ("[]", Value::List(Vec::new())),
        ("[ 1 , [ ] , \"a\" ]", Value::List(vec![number("1"), Value::List(Vec::new()), "a".into()])),
        ("{ }", object(&[])),
        (r#"{ "b" : 1 , "a" : { "c" : null } }"#, object(&[("b", number("1")), ("a", object(&[("c", Value::Null)]))])),
    ] {
        assert_eq!(read(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, expected) in [
        ("", "no value at line 1, column 1"),
        ("nul", "no value at line 1, column 1"),
        ("[1,\n  'a']", "no value at line 2, column 3"),
        ("[1,]", "no value at line 1, column 4"),
        ("[1 2]", "neither comma nor closing bracket at line 1, column 4"),
        ("[1}", "neither comma nor closing bracket at line 1, column 3"),
        ("[1] x", "something behind the value at line 1, column 5"),
        ("01", "something behind the value at line 1, column 2"),
        ("{1: 2}", "no key in quotes at line 1, column 2"),
        (r#"{"a": 1,}"#, "no key in quotes at line 1, column 9"),
        (r#"{"a" 1}"#, "no colon at line 1, column 6"),
        (r#"["é", x]"#, "no value at line 1, column 7"),
        ("-", "no value at line 1, column 2"),
        ("1.", "no digit behind the point at line 1, column 3"),
        ("1e+", "no digit in the exponent at line 1, column 4"),
        ("1e400", "a number too large before this at line 1, column 6"),
        (r#""a"#, "a text without an end at line 1, column 2"),
        ("\"a\nb\"", "a control character that is not escaped at line 1, column 3"),
        (r#""\x""#, "an unknown escape at line 1, column 3"),
        (r#""\u+123""#, "no four hexadecimal digits at line 1, column 4"),
        (r#""\u12""#, "no four hexadecimal digits at line 1, column 4"),
        (r#""\ud800""#, "half a pair of surrogates before this at line 1, column 8"),
        (r#""\ud800\u0041""#, "half a pair of surrogates before this at line 1, column 14"),
        (r#""\udc00""#, "half a pair of surrogates before this at line 1, column 8"),
    ] {
        assert_eq!(read(text).unwrap_err().to_string(), expected, "{text}");
        agree(text);
    }
}

#[test]
fn a_list_is_wanted_where_only_a_list_will_do() {
    assert_eq!(read_list("[null]"), Ok(vec![Value::Null]));
    assert_eq!(read_list("{}").unwrap_err().to_string(), "no list at line 1, column 1");
    assert_eq!(read_list("[").unwrap_err().to_string(), "no value at line 1, column 2");
}

#[test]
fn values_are_only_what_they_are() {
    let value =
        read(r#"{"n": 7, "float": 7.0, "less": -7, "t": "7", "yes": true, "list": [7], "twice": 1, "twice": 2}"#)
            .unwrap();
    let get = |key: &str| value.get(key).unwrap();
    assert_eq!((get("n").as_u64(), get("n").as_f64(), get("n").as_str()), (Some(7), Some(7.0), None));
    assert_eq!((get("float").as_u64(), get("float").as_f64()), (None, Some(7.0)));
    assert_eq!((get("less").as_u64(), get("less").as_f64()), (None, Some(-7.0)));
    assert_eq!((get("t").as_str(), get("t").as_u64(), get("t").as_f64()), (Some("7"), None, None));
    assert_eq!((get("yes").as_bool(), get("n").as_bool()), (Some(true), None));
    assert_eq!((get("list").as_list().map(<[Value]>::len), value.as_list()), (Some(1), None));
    assert_eq!(get("twice").as_u64(), Some(2), "of a repeated key the last value counts");
    assert_eq!((value.get("missing"), get("list").get("n")), (None, None));
}

#[test]
fn what_is_written_has_no_spaces_and_escapes_what_must_be() {
    let object: Value =
        [("b", 1_u64.into()), ("a", Value::List(vec![Value::Null, (-2_i64).into(), "x".into()]))].into_iter().collect();
    for (value, expected) in [
        (Value::from(true), "true"),
        (Value::from(0.5), "0.5"),
        (Value::from(100.0), "100.0"),
        (Value::from(1e300), "1e300"),
        (Value::from(f64::NAN), "null"),
        (Value::from(f64::INFINITY), "null"),
        (Value::from(None::<bool>), "null"),
        (Value::from("\"\\/\u{8}\u{c}\n\r\t\0\u{1b}\u{7f}é😀"), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001b\u{7f}é😀\""),
        (object, r#"{"b":1,"a":[null,-2,"x"]}"#),
        (Value::List(Vec::new()), "[]"),
    ] {
        assert_eq!(value.to_string(), expected);
    }
}

#[test]
fn depth_has_a_limit_and_length_costs_no_more_than_its_due() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    for depth in [1, 127, 128, 100_000] {
        assert_eq!(read(&nested(depth)).is_ok(), depth < 128, "{depth}");
        agree(&nested(depth));
    }
    assert!(read(&r#"{"a":"#.repeat(100_000)).is_err());
    // These would take hours if a step cost as much as what is left.
    for long in ["1,", r#""\n","#, "[],", "{\"a\":0},"] {
        assert_eq!(read_list(&format!("[{}0]", long.repeat(300_000))).unwrap().len(), 300_001, "{long}");
    }
}

#[test]
fn generated_texts_mean_the_same_to_another_reader() {
    let mut dice = Dice::new(1);
    for _ in 0..5_000 {
        let mut text = String::new();
        dice.value(&mut text, 5);
        assert!(read(&text).is_ok(), "{text}");
        agree(&text);
        // The same with an accident: a character is missing or is another one.
        let mut chars: Vec<char> = text.chars().collect();
        let place = dice.roll(chars.len());
        match dice.pick(&["", "\"", "\\", "]", "}", ",", ":", "0", "-", "e", ".", " ", "u", "\u{1}"]).chars().next() {
            Some(other) => chars[place] = other,
            None => drop(chars.remove(place)),
        }
        agree(&chars.into_iter().collect::<String>());
    }
}

/// Both readers take the text for the same value, or for none; and so they do what is written of it.
fn agree(text: &str) {
    let theirs = serde_json::from_str::<Theirs>(text);
    match (read(text), theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert!(same(&ours, &theirs), "{text}");
            assert_eq!(serde_json::from_str::<Theirs>(&ours.to_string()).unwrap(), theirs, "{text}");
        }
        (ours, theirs) => assert!(ours.is_err() && theirs.is_err(), "{text}: {ours:?}, {theirs:?}"),
    }
}

fn same(ours: &Value, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Value::Null, Theirs::Null) => true,
        (Value::Bool(ours), Theirs::Bool(theirs)) => ours == theirs,
        (Value::Text(ours), Theirs::String(theirs)) => ours == theirs,
        (Value::Number(digits), Theirs::Number(theirs)) if !theirs.is_f64() => *digits == theirs.to_string(),
        (Value::Number(_), Theirs::Number(theirs)) => ours.as_u64().is_none() && ours.as_f64() == theirs.as_f64(),
        (Value::List(ours), Theirs::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Object(entries), Theirs::Object(theirs)) => {
            entries.iter().all(|(key, _)| theirs.contains_key(key))
                && theirs.iter().all(|(key, theirs)| ours.get(key).is_some_and(|ours| same(ours, theirs)))
        }
        _ => false,
    }
}

impl Dice {
    /// Writes any value that nests at most `depth` deep.
    fn value(&mut self, out: &mut String, depth: usize) {
        match self.roll(if depth > 0 { 7 } else { 3 }) {
            0 => out.push_str(self.pick(&["null", "true", "false"])),
            1 => self.number(out),
            2 => self.text(out),
            3 | 4 => self.members(out, ["[", "]"], |dice, out| dice.value(out, depth - 1)),
            _ => self.members(out, ["{", "}"], |dice, out| {
                dice.text(out);
                dice.space(out);
                out.push(':');
                dice.space(out);
                dice.value(out, depth - 1);
            }),
        }
    }

    fn members(&mut self, out: &mut String, brackets: [&str; 2], mut member: impl FnMut(&mut Self, &mut String)) {
        out.push_str(brackets[0]);
        self.space(out);
        for index in 0..self.roll(5) {
            if index > 0 {
                out.push(',');
                self.space(out);
            }
            member(self, out);
            self.space(out);
        }
        out.push_str(brackets[1]);
    }

    fn number(&mut self, out: &mut String) {
        out.push_str(self.pick(&["", "-"]));
        out.push_str(self.pick(&["0", "7", "9007199254740993", "9223372036854775808", "18446744073709551616"]));
        out.push_str(self.pick(&["", "", ".0", ".1", ".000001", ".30000000000000004"]));
        out.push_str(self.pick(&["", "", "e5", "E-7", "e+22", "e-400"]));
    }

    fn text(&mut self, out: &mut String) {
        out.push('"');
        for _ in 0..self.roll(4) {
            out.push_str(self.pick(&[
                "a",
                "b",
                "é",
                "😀",
                " ",
                "/",
                "\\/",
                "\\n",
                "\\\"",
                "\\\\",
                "\\u00e9",
                "\\ud83d\\ude00",
            ]));
        }
        out.push('"');
    }

    fn space(&mut self, out: &mut String) {
        out.push_str(self.pick(&["", "", "", " ", "\n", "\t\r"]));
    }
}
