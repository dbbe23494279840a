//! Which processes a rule of `application_monitoring.yaml` is for, and what it takes over from them.

use super::process::Process;
use super::yaml::Yaml;

/// Written where a template names what this process does not have, as Datadog's other tracers write it.
const UNDEFINED: &str = "UNDEFINED";

/// Whether all selectors of a rule fit; one without selectors fits every process.
pub(super) fn selects(rule: &Yaml, process: &Process, complain: &mut dyn FnMut(String)) -> bool {
    if !matches!(rule, Yaml::Map(_)) {
        complain("a rule is not a map".to_owned());
        return false;
    }
    rule.get("selectors").items().iter().all(|selector| fits(selector, process, complain))
}

/// Whether any of the values a selector looks at is one it matches.
fn fits(selector: &Yaml, process: &Process, complain: &mut dyn FnMut(String)) -> bool {
    let origin = selector.get("origin").text().unwrap_or_default();
    let key = selector.get("key").text();
    let values: Vec<String> = match (origin, key) {
        ("language", _) => vec!["rust".to_owned()],
        ("process_arguments", Some(key)) => process.argument(key).map(str::to_owned).into_iter().collect(),
        ("process_arguments", None) => process.arguments().to_vec(),
        ("environment_variables", Some(key)) => process.variable(key).map(str::to_owned).into_iter().collect(),
        ("environment_variables", None) => {
            process.variables().map(|(name, value)| format!("{name}={}", value.to_string_lossy())).collect()
        }
        _ => {
            complain(format!("a selector has the unknown origin {origin:?}"));
            return false;
        }
    };
    let operator = selector.get("operator").text().unwrap_or_default();
    // One file serves the tracers of all languages, and the Java tracer has names of its own for some operators.
    let matches: fn(&str, &str) -> bool = match operator {
        "exists" => return !values.is_empty(),
        "equals" => |value, wanted| value == wanted,
        "prefix_matches" | "starts_with" => |value, wanted| value.starts_with(wanted),
        "suffix_matches" | "ends_with" => |value, wanted| value.ends_with(wanted),
        "contains" => |value, wanted| value.contains(wanted),
        "wildcard_matches" => |value, wanted| wildcard(wanted.as_bytes(), value.as_bytes()),
        _ => {
            complain(format!("a selector has the unknown operator {operator:?}"));
            return false;
        }
    };
    let wanted = selector.get("matches").items();
    values.iter().any(|value| wanted.iter().filter_map(Yaml::text).any(|wanted| matches(value, wanted)))
}

/// Whether `pattern`, in which `*` stands for any bytes and `?` for one, is the whole of `text`.
///
/// When a byte does not fit, the last star takes one more: time is at most the product of the lengths.
fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted == byte => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star_p, star_t)) = star else { return false };
                star = Some((star_p, star_t + 1));
                p = star_p + 1;
                t = star_t + 1;
            }
        }
    }
    pattern.iter().skip(p).all(|byte| *byte == b'*')
}

/// `value` with its templates filled in; nothing if one is not closed.
pub(super) fn expand(value: &str, process: &Process) -> Option<String> {
    let mut expanded = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("{{") {
        let (variable, after) = after.split_once("}}")?;
        expanded.push_str(before);
        expanded.push_str(lookup(variable.trim(), process).unwrap_or(UNDEFINED));
        rest = after;
    }
    expanded.push_str(rest);
    Some(expanded)
}

/// The value of `language`, `environment_variables['NAME']` or `process_arguments['name']`.
fn lookup<'a>(variable: &str, process: &'a Process) -> Option<&'a str> {
    let Some((map, index)) = variable.split_once('[') else {
        return (variable == "language").then_some("rust");
    };
    let (index, _) = index.split_once(']')?;
    let key = index.trim().trim_matches(['\'', '"']);
    match map.trim() {
        "environment_variables" => process.variable(key),
        "process_arguments" => process.argument(key),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::yaml;

    fn process() -> Process {
        Process::new(&["/bin/shop", "-Darg1=value", "--verbose", "-Darg2=a=b"], &[("REGION", "eu-west"), ("EMPTY", "")])
    }

    fn selected(selectors: &str) -> (bool, Vec<String>) {
        let rule = yaml::parse(&format!("{{selectors: {selectors}}}"), &mut |_| ()).unwrap();
        let mut complaints = Vec::new();
        let selected = selects(&rule, &process(), &mut |complaint| complaints.push(complaint));
        (selected, complaints)
    }

    #[test]
    fn each_operator_compares_in_its_way() {
        for (selectors, expected) in [
            ("[]", true),
            ("[{origin: language, operator: equals, matches: [rust]}]", true),
            ("[{origin: language, operator: equals, matches: [java, python]}]", false),
            ("[{origin: language, operator: equals, matches: rust}]", true),
            ("[{origin: language, operator: exists}]", true),
            ("[{origin: environment_variables, key: REGION, operator: equals, matches: [us, eu-west]}]", true),
            ("[{origin: environment_variables, key: REGION, operator: equals, matches: [EU-WEST]}]", false),
            ("[{origin: environment_variables, key: REGION, operator: prefix_matches, matches: [eu]}]", true),
            ("[{origin: environment_variables, key: REGION, operator: prefix_matches, matches: [west]}]", false),
            ("[{origin: environment_variables, key: REGION, operator: suffix_matches, matches: [west]}]", true),
            ("[{origin: environment_variables, key: REGION, operator: starts_with, matches: [eu]}]", true),
            ("[{origin: environment_variables, key: REGION, operator: starts_with, matches: [west]}]", false),
            ("[{origin: environment_variables, key: REGION, operator: ends_with, matches: [west]}]", true),
            ("[{origin: environment_variables, key: REGION, operator: ends_with, matches: [eu]}]", false),
            ("[{origin: environment_variables, key: REGION, operator: contains, matches: ['-w']}]", true),
            ("[{origin: environment_variables, key: REGION, operator: contains, matches: [us]}]", false),
            ("[{origin: environment_variables, key: REGION, operator: wildcard_matches, matches: ['e*w?st']}]", true),
            ("[{origin: environment_variables, key: REGION, operator: wildcard_matches, matches: ['e*w']}]", false),
            ("[{origin: environment_variables, key: EMPTY, operator: exists}]", true),
            ("[{origin: environment_variables, key: NONE, operator: exists}]", false),
            ("[{origin: environment_variables, key: NONE, operator: wildcard_matches, matches: ['*']}]", false),
            ("[{origin: environment_variables, operator: equals, matches: ['REGION=eu-west']}]", true),
            ("[{origin: process_arguments, key: -Darg1, operator: equals, matches: [value]}]", true),
            ("[{origin: process_arguments, key: -Darg2, operator: equals, matches: ['a=b']}]", true),
            ("[{origin: process_arguments, key: --verbose, operator: exists}]", true),
            ("[{origin: process_arguments, key: verbose, operator: exists}]", false),
            ("[{origin: process_arguments, operator: suffix_matches, matches: [/shop]}]", true),
            ("[{origin: language, operator: exists}, {origin: process_arguments, key: none, operator: exists}]", false),
        ] {
            assert_eq!(selected(selectors), (expected, vec![]), "{selectors}");
        }
    }

    #[test]
    fn an_unknown_origin_or_operator_selects_nothing_and_is_told() {
        for selectors in ["[{origin: moon, operator: exists}]", "[{origin: language, operator: like}]", "[5]"] {
            let (selected, complaints) = selected(selectors);
            assert!(!selected && complaints.len() == 1, "{selectors} {complaints:?}");
        }
    }

    #[test]
    fn wildcards_match_the_whole_value() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("?", "", false),
            ("", "", true),
            ("", "a", false),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("*b*", "abc", true),
            ("a?c", "abc", true),
            ("a?c", "abbc", false),
            ("**a**", "a", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*d", "aXbXbXc", false),
        ] {
            assert_eq!(wildcard(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
        let (stars, text) = ("*a".repeat(1_000), "a".repeat(20_000) + "b");
        assert!(!wildcard(stars.as_bytes(), text.as_bytes()), "ends soon, in at most the product of the lengths");
    }

    #[test]
    fn templates_take_values_of_the_process() {
        for (value, expected) in [
            ("plain", Some("plain")),
            ("{{language}}", Some("rust")),
            ("a-{{environment_variables['REGION']}}-{{process_arguments[\"-Darg1\"]}}-b", Some("a-eu-west-value-b")),
            ("{{ environment_variables[REGION] }}", Some("eu-west")),
            ("{{environment_variables['NONE']}}", Some("UNDEFINED")),
            ("{{environment_variables}}", Some("UNDEFINED")),
            ("{{environment_variables['REGION'}}", Some("UNDEFINED")),
            ("{{moon['X']}}", Some("UNDEFINED")),
            ("{{}}", Some("UNDEFINED")),
            ("{single}", Some("{single}")),
            ("a {{language", None),
        ] {
            assert_eq!(expand(value, &process()).as_deref(), expected, "{value}");
        }
    }
}
