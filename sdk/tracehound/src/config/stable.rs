//! Settings that a machine's administrator (or Datadog's fleet automation) writes for every process on it.
//!
//! There are two such files, `application_monitoring.yaml`, one below and one above the environment. Each may hold values for all
//! processes, and rules of which the first that selects this process adds its own:
//!
//! ```yaml
//! apm_configuration_default:
//!   DD_ENV: prod
//! apm_configuration_rules:
//! - selectors:
//!   - {origin: process_arguments, key: --shop, operator: exists}
//!   configuration:
//!     DD_SERVICE: "shop-{{environment_variables['REGION']}}"
//! ```
//!
//! Whatever is wrong with a file, or with a part of one, is a warning; the rest of it counts.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::process::Process;
use super::selector;
use super::yaml::{self, Yaml};

/// Largest file read, in bytes. Real ones have some hundred; this leaves room for a rule for each of a thousand services.
const MAX_FILE_LEN: u64 = 100_000;

/// The settings in the file at `path`, which may be missing; later ones replace earlier ones of the same name.
pub(super) fn read(path: &Path, process: &Process, warnings: &mut Vec<String>) -> Vec<(String, String)> {
    match text_of(path) {
        Ok(text) => {
            settings(&text, process, &mut |complaint| warnings.push(format!("{}: {complaint}", path.display())))
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::Unsupported) => Vec::new(),
        Err(error) => {
            warnings.push(format!("{} cannot be read: {error}", path.display()));
            Vec::new()
        }
    }
}

/// The text of a file that is no longer than [`MAX_FILE_LEN`].
pub(super) fn text_of(path: &Path) -> io::Result<String> {
    // A pipe would let the application wait for whoever writes into it.
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    File::open(path)?.take(MAX_FILE_LEN + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE_LEN {
        return Err(io::Error::other(format!("it is longer than {MAX_FILE_LEN} bytes")));
    }
    Ok(text)
}

fn settings(text: &str, process: &Process, complain: &mut dyn FnMut(String)) -> Vec<(String, String)> {
    let document = match yaml::parse(text, complain) {
        Ok(document @ (Yaml::Map(_) | Yaml::Null)) => document,
        Ok(_) => {
            complain("the file is not a map of settings".to_owned());
            return Vec::new();
        }
        Err(error) => {
            complain(format!("not valid YAML: {error}"));
            return Vec::new();
        }
    };
    let mut settings = Vec::new();
    collect(document.get("apm_configuration_default"), "apm_configuration_default", &mut settings, complain);
    let first =
        document.get("apm_configuration_rules").items().iter().find(|rule| selector::selects(rule, process, complain));
    if let Some(rule) = first {
        let mut chosen = Vec::new();
        collect(rule.get("configuration"), "configuration", &mut chosen, complain);
        for (name, value) in chosen {
            match selector::expand(&value, process) {
                Some(value) => settings.push((name, value)),
                None => complain(format!("{name}: {value:?} has a {{{{ without its }}}}")),
            }
        }
    }
    settings
}

/// Appends the entries of a map of scalars.
fn collect(map: &Yaml, place: &str, settings: &mut Vec<(String, String)>, complain: &mut dyn FnMut(String)) {
    let entries = match map {
        Yaml::Map(entries) => entries,
        Yaml::Null => return,
        _ => return complain(format!("{place} is not a map")),
    };
    for (name, value) in entries {
        match value {
            Yaml::Scalar(value) => settings.push((name.clone(), value.clone())),
            Yaml::Null => {}
            _ => complain(format!("{place}: the value of {name} is neither text nor a number")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process() -> Process {
        Process::new(&["shop", "-Darg1=value", "--verbose"], &[("REGION", "eu"), ("STABLE_CONFIG_SELECTOR", "true")])
    }

    /// What a file says, and what is wrong with it.
    fn read_text(text: &str) -> (Vec<(String, String)>, Vec<String>) {
        let mut complaints = Vec::new();
        let settings = settings(text, &process(), &mut |complaint| complaints.push(complaint));
        (settings, complaints)
    }

    fn values(text: &str) -> Vec<(String, String)> {
        let (settings, complaints) = read_text(text);
        assert_eq!(complaints, Vec::<String>::new(), "{text}");
        settings
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn the_default_section_holds_for_every_process() {
        let text = "apm_configuration_default:\n  DD_PROFILING_ENABLED: true\n  DD_TRACE_RATE_LIMIT: 5\n  DD_ENV:\nextra_key: 123\n";
        assert_eq!(values(text), pairs(&[("DD_PROFILING_ENABLED", "true"), ("DD_TRACE_RATE_LIMIT", "5")]));
    }

    #[test]
    fn the_first_rule_that_selects_the_process_adds_its_settings() {
        let rule = |operator: &str, value: &str, service: &str| {
            format!(
                "- selectors:\n  - origin: environment_variables\n    key: STABLE_CONFIG_SELECTOR\n    operator: {operator}\n    \
                 matches: ['{value}']\n  configuration: {{DD_SERVICE: {service}}}\n"
            )
        };
        let text = format!(
            "apm_configuration_default: {{DD_SERVICE: for-all}}\napm_configuration_rules:\n{}{}{}",
            rule("equals", "false", "none"),
            rule("equals", "true", "first"),
            rule("prefix_matches", "t", "second"),
        );
        assert_eq!(values(&text), pairs(&[("DD_SERVICE", "for-all"), ("DD_SERVICE", "first")]));
    }

    #[test]
    fn a_rule_may_take_values_from_arguments_and_environment() {
        let text = "apm_configuration_rules:\n- configuration:\n    DD_SERVICE: \"{{process_arguments['-Darg1']}}\"\n    \
                    DD_ENV: 'a-{{ environment_variables[\"REGION\"] }}-b'\n  selectors:\n  - key: -Darg1\n    matches:\n    - value\n    \
                    operator: equals\n    origin: process_arguments\n";
        assert_eq!(values(text), pairs(&[("DD_SERVICE", "value"), ("DD_ENV", "a-eu-b")]));
    }

    #[test]
    fn broken_parts_are_told_and_the_rest_counts() {
        for (text, settings, complaint) in [
            ("🤖 👾; 🤖\t\n\n --- `💣", pairs(&[]), "not a map"),
            ("just text", pairs(&[]), "not a map"),
            ("a: [1", pairs(&[]), "not valid YAML"),
            ("- a\n- b", pairs(&[]), "not a map"),
            ("apm_configuration_default: 5", pairs(&[]), "apm_configuration_default is not a map"),
            ("apm_configuration_default: {A: [1], DD_ENV: e}", pairs(&[("DD_ENV", "e")]), "the value of A"),
            ("apm_configuration_rules: [{configuration: {A: 'x{{y', B: b}}]", pairs(&[("B", "b")]), "without its }}"),
            ("apm_configuration_rules: [5, {configuration: {B: b}}]", pairs(&[("B", "b")]), "not a map"),
        ] {
            let (read, complaints) = read_text(text);
            assert_eq!(read, settings, "{text}");
            assert!(complaints.iter().any(|told| told.contains(complaint)), "{complaints:?} for {text}");
        }
    }

    #[test]
    fn a_missing_file_is_no_warning_and_an_unreadable_one_is() {
        let mut warnings = Vec::new();
        assert_eq!(read(Path::new("/nowhere/application_monitoring.yaml"), &process(), &mut warnings), []);
        assert_eq!(warnings, Vec::<String>::new());
        read(&std::env::temp_dir(), &process(), &mut warnings);
        assert!(warnings.iter().any(|told| told.contains("not a regular file")), "{warnings:?}");
    }
}
