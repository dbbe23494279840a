//! Reads lists of rules from JSON.
//!
//! One bad rule does not spoil the others: it is skipped and told. Keys that are not known are left alone, so that rules may carry what
//! other tracers understand.

use crate::json::{self, Value};

/// The most rules taken. Linux passes variables of at most 128 KiB, which have no room for more.
const MAX_RULES: usize = 10_000;

/// The most bad rules that are told one by one.
const MAX_WARNINGS: usize = 10;

/// The longest part of a rule that is shown in a warning, in characters.
const MAX_SHOWN: usize = 100;

/// Hands each rule of a list to `take`. What is wrong with rules that it does not take, or with the list, is to be told.
pub(super) fn each_rule(json: &str, take: &mut dyn FnMut(&Value) -> Result<(), String>) -> Vec<String> {
    if json.trim().is_empty() {
        return Vec::new();
    }
    let list = match json::read_list(json) {
        Ok(list) => list,
        Err(error) => return vec![format!("no list of rules in JSON, and so ignored: {error}")],
    };
    let mut problems = Vec::new();
    for (index, rule) in list.iter().enumerate().take(MAX_RULES) {
        let taken = match rule {
            Value::Object(_) => take(rule),
            _ => Err("not an object".to_owned()),
        };
        if let Err(problem) = taken {
            problems.push(format!("rule {} is skipped: {}", index + 1, shortened(&problem)));
        }
    }
    let untold = problems.len().saturating_sub(MAX_WARNINGS);
    problems.truncate(MAX_WARNINGS);
    if untold > 0 {
        problems.push(format!("{untold} more rules are skipped"));
    }
    if list.len() > MAX_RULES {
        problems.push(format!("of {} rules only the first {MAX_RULES} are used", list.len()));
    }
    problems
}

/// `sample_rate`, from 0 to 1; 1 if there is none.
pub(super) fn sample_rate(rule: &Value) -> Result<f64, String> {
    let rate = number(rule, "sample_rate")?.unwrap_or(1.0);
    if (0.0..=1.0).contains(&rate) { Ok(rate) } else { Err(format!("sample_rate {rate} is not between 0 and 1")) }
}

/// A number, also if it stands in quotes; none if it is missing or null.
pub(super) fn number(rule: &Value, key: &str) -> Result<Option<f64>, String> {
    let read = match rule.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(number @ Value::Number(_)) => number.as_f64(),
        Some(Value::Text(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    match read.filter(|number| number.is_finite()) {
        Some(number) => Ok(Some(number)),
        None => Err(format!("{key} is not a number: {}", rule.get(key).unwrap_or(&Value::Null))),
    }
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(MAX_SHOWN).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}
