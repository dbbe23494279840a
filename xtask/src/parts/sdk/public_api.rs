//! Whose types stand in the tracer's public API: the standard library's and its own. A type of another crate there would tie the
//! tracer's versions to that crate's.
//!
//! rustdoc describes a crate as JSON: every item, and for each type that is named, which crate it is of. That form is not stable yet,
//! but it comes from the same compiler that builds everything else here.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::CORE;
use crate::outcome::Problem;
use crate::workshop::Workshop;
use crate::{Result, cargo, shell};

/// Crates whose types may be named.
const ALLOWED: [&str; 5] = ["alloc", "core", "std", "tracehound", "tracehound_macros"];

pub(super) fn check(workshop: &Workshop) -> Result {
    let mut rustdoc = cargo::command(workshop, &["rustdoc", "--quiet", "-p", CORE, "--lib", "--locked"]);
    rustdoc.args(["--", "-Z", "unstable-options", "--output-format", "json"]).env("RUSTC_BOOTSTRAP", "1");
    shell::run(&mut rustdoc, "")?;
    let text = fs::read_to_string(workshop.target.join("doc").join(format!("{CORE}.json")))?;
    let description = serde_json::from_str(&text).map_err(|error| Problem::failed(format!("rustdoc: {error}")))?;
    let foreign = foreign_types(&description);
    if foreign.is_empty() {
        return Ok(());
    }
    let foreign = foreign.into_iter().collect::<Vec<_>>().join(", ");
    Err(Problem::failed(format!("the public API of {CORE} names types of other crates: {foreign}")))
}

/// Types of other crates that public items name.
fn foreign_types(description: &Value) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    if let Some(items) = description["index"].as_object() {
        items.values().filter(|item| item["crate_id"] == 0).for_each(|item| collect(&item["inner"], &mut named));
    }
    let describe = |id: String| {
        let path = &description["paths"][&id];
        let of = description["external_crates"][path["crate_id"].to_string()]["name"].as_str().unwrap_or(CORE);
        let words = path["path"].as_array().into_iter().flatten().filter_map(Value::as_str);
        (!ALLOWED.contains(&of)).then(|| words.collect::<Vec<_>>().join("::"))
    };
    // Nobody can name what a macro keeps to itself, so nobody depends on it.
    named.into_iter().filter_map(describe).filter(|path| !path.is_empty() && !path.contains("::__private::")).collect()
}

/// Collects the ids of all types and traits that are named somewhere below a value.
fn collect(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            // A path to a type or a trait has these two, whatever it is part of.
            if let (Some(id), true) = (fields.get("id"), fields.contains_key("args")) {
                ids.insert(id.to_string());
            }
            fields.values().for_each(|value| collect(value, ids));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, ids)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_of_another_crate_is_found_wherever_it_is_named() {
        let named = |id: u32| json!({"resolved_path": {"path": "x", "id": id, "args": null}});
        let description = json!({
            "index": {
                "1": {"crate_id": 0, "inner": {"function": {"sig": {"inputs": [["value", named(10)]], "output": named(11)}}}},
                "3": {"crate_id": 0, "inner": {"impl": {"bounds": [named(13)]}}},
                "2": {"crate_id": 7, "inner": {"function": {"sig": {"inputs": [["value", named(12)]]}}}},
            },
            "paths": {
                "10": {"crate_id": 0, "path": ["tracehound", "Span"]},
                "11": {"crate_id": 5, "path": ["http", "HeaderMap"]},
                "12": {"crate_id": 6, "path": ["bytes", "Bytes"]},
                "13": {"crate_id": 6, "path": ["pin", "__private", "Fields"]},
            },
            "external_crates": {"5": {"name": "http"}, "6": {"name": "bytes"}},
        });
        assert_eq!(foreign_types(&description).into_iter().collect::<Vec<_>>(), ["http::HeaderMap"]);
    }
}
