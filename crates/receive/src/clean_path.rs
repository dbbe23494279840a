//! Paths with needless slashes and dots, as base addresses that end in a slash make them.

/// The path that `path` means, if that is another one: `//v0.4/traces` means `/v0.4/traces`.
///
/// As Go's router cleans them: empty and `.` elements go, `..` takes one back, a slash at the end stays.
/// Source: agent-protocol 10.
pub(crate) fn cleaned(path: &str) -> Option<String> {
    let mut elements: Vec<&str> = Vec::new();
    for element in path.split('/') {
        match element {
            "" | "." => {}
            ".." => {
                elements.pop();
            }
            _ => elements.push(element),
        }
    }
    let slash = if path.ends_with('/') && !elements.is_empty() { "/" } else { "" };
    let clean = format!("/{}{slash}", elements.join("/"));
    (clean != path).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needless_elements_go_and_nothing_else_changes() {
        let cases = [
            ("/v0.4/traces", None),
            ("/", None),
            ("/telemetry/proxy/", None),
            ("/..a/.b", None),
            ("//v0.4/traces", Some("/v0.4/traces")),
            ("/v0.4//traces/", Some("/v0.4/traces/")),
            ("/./v0.4/x/../traces", Some("/v0.4/traces")),
            ("/../../info", Some("/info")),
            ("//", Some("/")),
            ("//evil.example/", Some("/evil.example/")),
            ("", Some("/")),
            ("*", Some("/*")),
        ];
        for (path, expected) in cases {
            assert_eq!(cleaned(path).as_deref(), expected, "{path}");
        }
    }
}
