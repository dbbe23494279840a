//! Who may import whom: the table in ARCHITECTURE.md against what cargo says.
//!
//! ```text
//! | level | crate | imports | what it is |
//! | 1 | `wire` | `model` | Datadog's protocol as data. |
//! ```
//!
//! The two must be equal, so that the table is the truth and a new edge means editing it in the same change. An import must
//! be of a lower level; crates without a level (`–`) are tools that import what they like and that nobody imports.
//! Dev-dependencies are free.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::outcome::Problem;
use crate::workshop::Workshop;
use crate::{Result, cargo};

const TABLE: &str = "ARCHITECTURE.md";

/// What our packages are called in front of the crate's own name.
const PREFIX: &str = "tracehound-";

/// A crate's imports within the workspace, by name without the prefix.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// A line of the table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    /// Line of the file, from 1.
    line: usize,
    /// None for a tool.
    level: Option<u32>,
    imports: BTreeSet<String>,
}

/// Compares the table with the workspace.
pub(crate) fn check(workshop: &Workshop) -> Result<Vec<String>> {
    let text = fs::read_to_string(workshop.root.join(TABLE))?;
    let metadata = cargo::read(workshop, &["metadata", "--format-version", "1", "--no-deps", "--locked"])?;
    let metadata =
        serde_json::from_str(&metadata).map_err(|error| Problem::failed(format!("cargo metadata: {error}")))?;
    Ok(breaches(&read_table(&text), &read_metadata(&metadata)))
}

fn read_table(text: &str) -> BTreeMap<String, Row> {
    text.lines().zip(1..).filter_map(|(text, line)| read_row(text, line)).collect()
}

fn read_row(text: &str, line: usize) -> Option<(String, Row)> {
    let cells: Vec<&str> = text.strip_prefix('|')?.split('|').map(str::trim).collect();
    let [level, name, imports, _about, ..] = cells[..] else { return None };
    let level = if level == "–" { None } else { Some(level.parse().ok()?) };
    let name = quoted(name).next()?.to_owned();
    Some((name, Row { line, level, imports: quoted(imports).map(str::to_owned).collect() }))
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn read_metadata(metadata: &Value) -> Imports {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages.map(|package| (short(&package["name"]), imports_of(package))).collect()
}

fn imports_of(package: &Value) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    let ours = dependencies.filter(|dependency| dependency["path"].is_string() && dependency["kind"] != "dev");
    ours.map(|dependency| short(&dependency["name"])).collect()
}

fn short(name: &Value) -> String {
    let name = name.as_str().unwrap_or_default();
    name.strip_prefix(PREFIX).unwrap_or(name).to_owned()
}

fn breaches(table: &BTreeMap<String, Row>, workspace: &Imports) -> Vec<String> {
    let mut found = Vec::new();
    for (name, imports) in workspace {
        let Some(row) = table.get(name) else {
            found.push(format!("{TABLE}: crate `{name}` is not in the table of crates: add a line"));
            continue;
        };
        let line = row.line;
        for import in imports.difference(&row.imports) {
            found.push(format!("{TABLE}:{line}: `{name}` imports `{import}`, which this line does not have"));
        }
        for import in row.imports.difference(imports) {
            found.push(format!(
                "{TABLE}:{line}: `{name}` does not import `{import}` any more: take it out of this line"
            ));
        }
    }
    for (name, row) in table {
        if !workspace.contains_key(name) {
            found.push(format!("{TABLE}:{}: there is no crate `{name}`: take this line out", row.line));
        }
        for import in &row.imports {
            if !looks_down(row.level, table.get(import).and_then(|other| other.level)) {
                found.push(format!("{TABLE}:{}: `{name}` must not import `{import}`, which is not below it", row.line));
            }
        }
    }
    found
}

/// Whether a crate of level `from` may import one of level `to`. Tools may import each other.
fn looks_down(from: Option<u32>, to: Option<u32>) -> bool {
    match (from, to) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(from), Some(to)) => to < from,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TABLE: &str = "\
# Crates

| level | crate | imports | what it is |
| --- | --- | --- | --- |
| 0 | `model` | | The nouns. |
| 1 | `wire` | `model` | The protocol. |
| – | `testkit` | `model`, `wire` | For `tests`. |
";

    fn workspace() -> Value {
        let package = |name: &str, imports: &[(&str, &str)]| {
            let dependencies: Vec<_> = imports
                .iter()
                .map(|(name, kind)| json!({"name": format!("tracehound-{name}"), "kind": kind, "path": "somewhere"}))
                .chain([json!({"name": "serde", "kind": null})])
                .collect();
            json!({"name": format!("tracehound-{name}"), "dependencies": dependencies})
        };
        json!({"packages": [
            package("model", &[("testkit", "dev")]),
            package("wire", &[("model", "")]),
            package("testkit", &[("model", ""), ("wire", "build")]),
        ]})
    }

    fn check(table: &str) -> Vec<String> {
        breaches(&read_table(table), &read_metadata(&workspace()))
    }

    #[test]
    fn a_table_that_says_what_is_has_no_breach() {
        assert_eq!(check(TABLE), [""; 0]);
    }

    #[test]
    fn every_difference_names_the_line_to_edit() {
        for (what, with, expected) in [
            (
                "| 1 | `wire` | `model` |",
                "| 1 | `wire` | |",
                "ARCHITECTURE.md:6: `wire` imports `model`, which this line does not have",
            ),
            (
                "| 0 | `model` | |",
                "| 2 | `model` | |",
                "ARCHITECTURE.md:6: `wire` must not import `model`, which is not below it",
            ),
            (
                "`model`, `wire`",
                "`model`, `wire`, `part`",
                "ARCHITECTURE.md:7: `testkit` does not import `part` any more: take it out of this line",
            ),
            (
                "| 0 | `model` | | The nouns. |\n",
                "",
                "ARCHITECTURE.md: crate `model` is not in the table of crates: add a line",
            ),
            (
                "# Crates\n",
                "| 3 | `store` | | Rows. |\n",
                "ARCHITECTURE.md:1: there is no crate `store`: take this line out",
            ),
            (
                "| 1 | `wire` | `model`",
                "| 1 | `wire` | `model`, `testkit`",
                "ARCHITECTURE.md:6: `wire` must not import `testkit`, which is not below it",
            ),
        ] {
            assert!(TABLE.contains(what), "{what}");
            let found = check(&TABLE.replacen(what, with, 1));
            assert!(found.iter().any(|breach| breach == expected), "{expected}: {found:?}");
        }
    }
}
