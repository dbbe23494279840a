//! Names of propagation styles.

use super::kind::{Reading, list};

/// Ways in which users write each style, in lower case, and its name.
const STYLES: &[(&str, &str)] = &[
    ("datadog", "datadog"),
    ("tracecontext", "tracecontext"),
    ("w3c", "tracecontext"),
    ("b3", "b3"),
    ("b3 single header", "b3"),
    ("b3single", "b3"),
    ("b3multi", "b3multi"),
    ("b3 multi header", "b3multi"),
    ("baggage", "baggage"),
    (NONE, NONE),
];

/// Alone it means that nothing is read or written; beside others it means nothing.
const NONE: &str = "none";

/// Reads a list of styles into one without repetitions; unknown ones are left out.
pub(super) fn read(text: &str) -> Reading {
    let (mut names, mut unknown) = (Vec::new(), Vec::new());
    for word in list(text) {
        let written = word.to_ascii_lowercase();
        match STYLES.iter().find(|(known, _)| *known == written) {
            Some((_, name)) if names.contains(name) => {}
            Some((_, name)) => names.push(*name),
            None => unknown.push(word),
        }
    }
    if names.len() > 1 {
        names.retain(|name| *name != NONE);
    }
    let known = names.join(",");
    match unknown.as_slice() {
        _ if known.is_empty() => Reading::Wrong,
        [] => Reading::Whole(known),
        unknown => Reading::Partly(known, format!("the style {} is not supported", unknown.join(","))),
    }
}

/// The styles of a list that [`read`] wrote.
pub(super) fn of(list_of_names: &str) -> Vec<String> {
    list(list_of_names).filter(|name| *name != NONE).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_known_in_any_case_and_once_each() {
        let whole = |names: &str| Reading::Whole(names.into());
        for (text, reading) in [
            ("Datadog", whole("datadog")),
            ("b3,tracecontext", whole("b3,tracecontext")),
            (" TRACEContext , B3MULTI ", whole("tracecontext,b3multi")),
            ("B3 single header", whole("b3")),
            ("tracecontext,b3multi,tracecontext,b3multi", whole("tracecontext,b3multi")),
            ("none", whole("none")),
            ("none,datadog", whole("datadog")),
            ("xray", Reading::Wrong),
            (",,", Reading::Wrong),
            ("xray,b3", Reading::Partly("b3".into(), "the style xray is not supported".into())),
        ] {
            assert_eq!(read(text), reading, "{text}");
        }
        assert_eq!(of("none"), Vec::<String>::new());
        assert_eq!(of("b3,baggage"), ["b3", "baggage"]);
    }
}
