//! One place that settings come from, as names and texts.

use super::Origin;
use super::process::Process;

/// Names and texts from one place.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) origin: Origin,
    /// Of a repeated name the last text counts.
    texts: Vec<(String, String)>,
}

impl Layer {
    pub(super) fn new(origin: Origin, texts: impl IntoIterator<Item = (String, String)>) -> Layer {
        Layer { origin, texts: texts.into_iter().collect() }
    }

    /// The environment's variables that may be settings.
    pub(super) fn of_environment(process: &Process, warnings: &mut Vec<String>) -> Layer {
        let mut texts = Vec::new();
        for (name, value) in process.variables() {
            if !name.starts_with("DD_") && !name.starts_with("OTEL_") {
                continue;
            }
            match value.to_str() {
                Some(value) => texts.push((name.to_owned(), value.to_owned())),
                None => warnings.push(format!("{name} is not valid UTF-8 and is ignored")),
            }
        }
        Layer { origin: Origin::EnvVar, texts }
    }

    /// The text under `name`, without white space at its ends.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.texts.iter().rfind(|(known, _)| known == name).map(|(_, text)| text.trim())
    }
}
