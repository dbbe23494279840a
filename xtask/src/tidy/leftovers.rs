//! What does not belong into the tree: files too long to read, notes to oneself, paths of somebody's machine, crates that
//! forgot the lints.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use crate::Result;
use crate::parts;
use crate::workshop::Workshop;

/// Longest file of code, in lines: what one still reads in one go, with room for the few that hold one long table.
const MAX_LINES: usize = 600;

/// Written in pieces, so that this file may stay.
const NOTES: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

/// Folders that only some machines have.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/tm", "p/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// Recorded bytes are as they were recorded; the lock files are not ours to write.
const NOT_OURS: [&str; 4] = ["testdata/", "Cargo.lock", "ui/package-lock.json", "LICENSE"];

/// The one file that names what stands beside a checkout.
const FURTHER: &str = "xtask/src/parts/further.rs";

/// Checks every file of the repository.
pub(crate) fn check(workshop: &Workshop) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in workshop.files()? {
        let name = path.to_string_lossy().into_owned();
        if NOT_OURS.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        // What is not text is a picture.
        if let Ok(text) = fs::read_to_string(workshop.root.join(&path)) {
            found.extend(breaches(&name, &text));
        }
    }
    Ok(found)
}

fn breaches(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if is_code(name) && lines > MAX_LINES {
        found.push(format!(
            "{name}: {lines} lines, {MAX_LINES} are the most: which concept can have a file of its own?"
        ));
    }
    if name.ends_with("/Cargo.toml") && !is_apart(name) && !text.contains("[lints]\nworkspace = true") {
        found.push(format!("{name}: lacks the workspace's lints: [lints] workspace = true"));
    }
    for (line, number) in text.lines().zip(1..) {
        if NOTES.iter().any(|note| line.contains(note)) {
            found.push(format!("{name}:{number}: a note to oneself: do it, or open an issue"));
        }
        if MACHINE_PATHS.iter().any(|path| line.contains(path)) {
            found.push(format!("{name}:{number}: a path of one machine"));
        }
        if name != FURTHER && line.contains(parts::FURTHER_FOLDER) {
            found.push(format!("{name}:{number}: a folder that a clone does not have: only {FURTHER} names it"));
        }
    }
    found
}

/// Packages outside of the workspace, which cannot take its lints over.
fn is_apart(name: &str) -> bool {
    ["fuzz/", "sdk/drill/", "sdk/majors/", "sdk/models/"].iter().any(|folder| name.starts_with(folder))
}

fn is_code(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(OsStr::to_str);
    matches!(ending, Some("rs" | "ts" | "tsx" | "css"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_file_has_no_breach() {
        assert_eq!(breaches("crates/a/src/lib.rs", "//! About a.\n"), [""; 0]);
        assert_eq!(breaches("crates/a/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n"), [""; 0]);
    }

    #[test]
    fn every_rule_can_be_broken() {
        let long = "\n".repeat(MAX_LINES + 1);
        let note = format!("// {} later", NOTES[0]);
        let path = format!("see {}x", MACHINE_PATHS[1]);
        let further = format!("open({}/a)", parts::FURTHER_FOLDER);
        for (name, text, expected) in [
            ("ui/src/a.ts", long.as_str(), "ui/src/a.ts: 601 lines"),
            ("crates/a/Cargo.toml", "[package]", "crates/a/Cargo.toml: lacks the workspace's lints"),
            ("a.rs", &note, "a.rs:1: a note to oneself"),
            ("README.md", &path, "README.md:1: a path of one machine"),
            ("a.py", &further, "a.py:1: a folder that a clone does not have"),
        ] {
            let found = breaches(name, text);
            assert!(found.len() == 1 && found[0].starts_with(expected), "{expected}: {found:?}");
        }
    }

    #[test]
    fn a_long_document_is_no_breach() {
        assert_eq!(breaches("README.md", &"\n".repeat(MAX_LINES + 1)), [""; 0]);
    }
}
