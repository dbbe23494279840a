//! What a rule asks of a span: globs for its service, name, resource and tags, all of which must match.

use super::facts::{SpanFacts, Tag};
use crate::glob::Glob;
use crate::json::Value;

/// The conditions of one rule. The default holds for every span.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Conditions {
    service: Option<Glob>,
    name: Option<Glob>,
    resource: Option<Glob>,
    tags: Vec<(String, Glob)>,
}

impl Conditions {
    /// Reads the conditions of a rule; an error is what is wrong with them.
    pub(super) fn read(rule: &Value) -> Result<Self, String> {
        Ok(Self {
            service: glob(rule, "service")?,
            name: glob(rule, "name")?,
            resource: glob(rule, "resource")?,
            tags: tags(rule)?,
        })
    }

    pub(super) fn hold(&self, span: &dyn SpanFacts) -> bool {
        let matches = |glob: &Option<Glob>, text: &str| glob.as_ref().is_none_or(|glob| glob.matches(text));
        matches(&self.service, span.service())
            && matches(&self.name, span.name())
            && matches(&self.resource, span.resource())
            && self.tags.iter().all(|(key, glob)| match span.tag(key) {
                Some(Tag::Text(text)) => glob.matches(text),
                Some(Tag::Number(number)) => glob.matches_number(number),
                None => false,
            })
    }
}

/// A glob that is missing, null or empty asks for nothing.
// Only at the start.
#[cold]
fn glob(rule: &Value, key: &str) -> Result<Option<Glob>, String> {
    match rule.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Text(pattern)) => Ok((!pattern.is_empty()).then(|| Glob::new(pattern))),
        Some(other) => Err(format!("{key} is not a text: {other}")),
    }
}

fn tags(rule: &Value) -> Result<Vec<(String, Glob)>, String> {
    let tags = match rule.get("tags") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(tags)) => tags,
        Some(other) => return Err(format!("tags are not an object: {other}")),
    };
    let mut globs = Vec::new();
    for (key, value) in tags {
        let glob = match value {
            Value::Text(pattern) => Glob::new(pattern),
            // People write status codes without quotes.
            Value::Number(_) | Value::Bool(_) => Glob::new(&value.to_string()),
            other => return Err(format!("tag {key} is not a text: {other}")),
        };
        // Of a repeated key the last value counts.
        globs.retain(|(known, _)| known != key);
        globs.push((key.clone(), glob));
    }
    Ok(globs)
}
