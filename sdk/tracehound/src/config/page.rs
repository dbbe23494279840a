//! The table as a page for people.

use super::keys::{self, Key};

const INTRODUCTION: &str = "\
# Settings

Everything can be set from outside, most of it also in code. Of several places that say something the last in this list
counts: the default; the machine's `/etc/datadog-agent/application_monitoring.yaml`; the environment; the fleet's
`/etc/datadog-agent/managed/datadog-agent/stable/application_monitoring.yaml`; the application
(`Tracer::builder().setting(\"DD_…\", …)` and the methods beside it). A value that makes no sense is told in a warning
and is as good as none. An empty one counts as not set, except where an empty list or pattern is a value. Switches take
`true`, `1`, `yes`, `on` and their opposites.

`tracehound::config().get(\"DD_…\")` tells the value and the origin of each.
";

/// The text of the page, in Markdown.
pub(super) fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    for group in keys::ALL.chunk_by(|one, next| one.group == next.group) {
        let heading = group.first().map_or("", |key| key.group);
        page += &format!("\n## {heading}\n\n| Variable | Default | Takes | Meaning |\n|---|---|---|---|\n");
        page.extend(group.iter().map(row));
    }
    page
}

fn row(key: &Key) -> String {
    let names: Vec<String> = std::iter::once(&key.name).chain(key.aliases).map(|name| format!("`{name}`")).collect();
    let default = if key.default.is_empty() { String::new() } else { format!("`{}`", key.default) };
    format!("| {} | {default} | {} | {} |\n", names.join(", "), key.kind.bounds(), key.doc)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `UPDATE=1 cargo test` writes the page anew.
    #[test]
    fn the_page_for_people_is_that_of_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sdk/configuration.md");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), page());
    }
}
