//! The services in Rust, by themselves and in one trace with those in Python: they answer as the Python ones do among themselves,
//! leave the same traces, and what they log leads there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::expectations::ALL;
use super::language::Language;
use super::outline::outline;
use super::stage::{Asked, Stage};
use super::{observe, set};
use crate::Result;
use crate::workshop::Workshop;

/// The services in Python say what is expected of every mixture.
pub(crate) fn run(workshop: &Workshop) -> Result {
    let (python, rust) = (Language::python(workshop, "v0.4")?, Language::rust(workshop)?);
    let stage = set(workshop, &python, &python)?;
    let mut expected = Vec::new();
    for expectation in ALL {
        let seen = observe(&stage, expectation, |asked, trace| {
            expectation.differs(trace)?;
            Seen::of(&stage, asked, trace)
        });
        expected.push(seen?);
    }
    stage.strike()?;
    for (front, back) in [(&rust, &rust), (&rust, &python), (&python, &rust)] {
        let stage = set(workshop, front, back)?;
        for (expectation, expected) in ALL.iter().zip(&expected) {
            observe(&stage, expectation, |asked, trace| expected.differs(&Seen::of(&stage, asked, trace)?))?;
        }
        println!("{stage}: {} requests, one trace each, the same as Python's", ALL.len());
        stage.strike()?;
    }
    Ok(())
}

/// What came of a request.
struct Seen {
    /// The answer, if it is one of success: how failures are worded is each service's own affair.
    answer: Option<Value>,
    outline: String,
}

impl Seen {
    fn of(stage: &Stage, asked: &Asked, trace: &Value) -> std::result::Result<Seen, String> {
        check_log(&stage.log(), &asked.trace_id, trace)?;
        let answer = match asked.answer.status {
            200 => Some(without_wording(asked.answer.json().map_err(|error| error.to_string())?)),
            _ => None,
        };
        Ok(Seen { answer, outline: outline(trace)? })
    }

    fn differs(&self, other: &Seen) -> std::result::Result<(), String> {
        if self.answer != other.answer {
            return Err(format!("answered {:?} instead of {:?}", other.answer, self.answer));
        }
        if self.outline != other.outline {
            return Err(format!("is another one:\n{}instead of\n{}", other.outline, self.outline));
        }
        Ok(())
    }
}

/// An answer without the texts of errors in it.
fn without_wording(mut answer: Value) -> Value {
    let entries = answer.as_object_mut().into_iter().flatten();
    for error in entries.filter_map(|(_, entry)| entry.get_mut("error")) {
        *error = Value::Null;
    }
    answer
}

/// Some line of the log must name the trace, and every line that does a span of it.
fn check_log(log: &str, trace_id: &str, trace: &Value) -> std::result::Result<(), String> {
    let spans = trace["spans"].as_array().ok_or("no spans")?;
    let spans: BTreeSet<_> = spans.iter().filter_map(|span| span["span_id"].as_str()).collect();
    let mut lines = log.lines().filter(|line| line.contains(&format!("dd.trace_id={trace_id}"))).peekable();
    if lines.peek().is_none() {
        return Err("no line of any log names it".into());
    }
    match lines.find(|line| !spans.contains(span_of(line))) {
        Some(line) => Err(format!("has no span that this line names: {line}")),
        None => Ok(()),
    }
}

/// The decimal number in `dd.span_id=42]`.
fn span_of(line: &str) -> &str {
    let behind = line.split_once("dd.span_id=").map_or("", |(_, behind)| behind);
    behind.split(|letter: char| !letter.is_ascii_digit()).next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_log_leads_to_a_span_of_its_trace() {
        let trace = json!({"spans": [{"span_id": "42"}]});
        for (log, is_good) in [
            ("INFO [dd.trace_id=0a dd.span_id=42] tasted", true),
            ("[dd.trace_id=0a dd.span_id=42 dd.env=e] a\n[dd.trace_id=0b dd.span_id=43] b", true),
            ("[dd.trace_id=0a dd.span_id=42] a\n[dd.trace_id=0a dd.span_id=4] b", false),
            ("[dd.trace_id=0a] a", false),
            ("[dd.trace_id=0b dd.span_id=42] a", false),
            ("", false),
        ] {
            assert_eq!(check_log(log, "0a", &trace).is_ok(), is_good, "{log}");
        }
    }

    #[test]
    fn only_the_wording_of_errors_is_left_out_of_an_answer() {
        let answer = json!({"technology": {"thought": "odd"}, "foo": {"error": "unknown"}});
        let expected = json!({"technology": {"thought": "odd"}, "foo": {"error": null}});
        assert_eq!(without_wording(answer), expected);
        assert_eq!(without_wording(json!([{"id": 1}])), json!([{"id": 1}]));
    }

    #[test]
    fn another_answer_and_another_trace_are_told() {
        let seen = |answer: Value, outline: &str| Seen { answer: Some(answer), outline: outline.into() };
        let expected = seen(json!(1), "a\n");
        assert_eq!(expected.differs(&seen(json!(1), "a\n")), Ok(()));
        assert!(expected.differs(&seen(json!(2), "a\n")).is_err());
        assert!(expected.differs(&seen(json!(1), "b\n")).is_err());
    }
}
