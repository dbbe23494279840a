//! Links between documents: what a relative one points to must be there.

use std::fs;
use std::path::Path;

use crate::Result;
use crate::workshop::Workshop;

/// Checks every Markdown file of the repository.
pub(crate) fn check(workshop: &Workshop) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in workshop.files()?.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let text = fs::read_to_string(workshop.root.join(path))?;
        let folder = workshop.root.join(path.parent().unwrap_or(Path::new("")));
        for (target, line) in links(&text) {
            if !folder.join(target).exists() {
                found.push(format!("{}:{line}: there is no {target}", path.display()));
            }
        }
    }
    Ok(found)
}

/// Targets of links to files, as `[text](target)` has them, each with its line.
fn links(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.lines().zip(1..).flat_map(|(text, line)| {
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let files = targets.map(|target| target.split('#').next().unwrap_or_default());
        files.filter(|target| !target.is_empty() && !target.contains("://")).map(move |target| (target, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_files_are_found_with_their_line() {
        let text = "[a](b.md) and ![c](d/e.png)\n[f](https://g.example/h) [i](#j)\n[k](l.md#m)";
        assert_eq!(links(text).collect::<Vec<_>>(), [("b.md", 1), ("d/e.png", 1), ("l.md", 3)]);
    }
}
