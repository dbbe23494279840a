//! The table as a page for people.

use crate::KEYS;

/// The text of docs/configuration.md, in Markdown.
pub fn reference() -> String {
    let mut page = String::from(INTRODUCTION);
    for key in KEYS {
        let environment: Vec<String> = key.environment.iter().map(|name| format!("`{name}`")).collect();
        let flag = key.flag.as_ref().map_or("none".into(), |flag| format!("`--{} {}`", flag.long, flag.value_name));
        let default = if key.default.is_empty() { "none".into() } else { format!("`{}`", key.default) };
        page += &format!("\n## {}\n\n{}.\n\n", key.name, key.doc);
        page += &format!("- Flag: {flag}\n- Environment: {}\n- Default: {default}\n", environment.join(", "));
        page += &format!("- Takes: {}\n", key.kind.bounds());
    }
    page
}

const INTRODUCTION: &str = "\
# Settings

A flag wins over the environment, the environment over the default. Of several environment names the first that is set
counts; an empty one counts as not set. `tracehound config` prints every value and where it comes from. A value out of
bounds stops the start.
";
