//! The agent's filters: traces it would throw away are neither sent nor counted.
//!
//! They look at the local root as the agent would see it: empty resources have become the span's name, and a few tags are normalised.
//! A trace is rejected if
//!
//! 1. its resource matches one of `ignore_resources`,
//! 2. it has a tag that `reject` names, by `key` or `key:value`, or whose value matches one of `reject_regex`,
//! 3. or it lacks a tag that `require` or `require_regex` names.
//!
//! A regex on a key that an exact filter of the same kind names is not looked at, and one that does not compile is left out.
//! Source: agent-protocol 3.2, 4.11 and 5.1.
//!
//! They are looked at on the application's threads, so expressions that would take long are left out, whoever wrote them.

use std::borrow::Cow;

use crate::bounded_text::beginning;
use crate::messages;
use crate::normalize;
use crate::pattern::Pattern;
use crate::sampling::{SpanFacts, Tag};

/// The most filters of one kind that are used.
const MAX_FILTERS: usize = 1_000;

/// How large all expressions together may be, in the measure of [`Pattern::new_in`]; an ordinary one takes ten to fifty. Matching
/// takes a few nanoseconds for each of them and each byte of the text: with these limits a tenth of a second where somebody means harm.
const MAX_SIZE: usize = 2_000;

/// Bytes at the beginning of a text that expressions see. Agents keep no more of a resource. Source: agent-protocol 3.5.
const MAX_MATCHED: usize = 5_000;

/// Expressions that do not compile and are told.
const MAX_TOLD: usize = 10;

/// Filters as the agent announces them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FilterConfig {
    /// `key` or `key:value`, all of which a trace must have.
    pub(crate) require: Vec<String>,
    /// `key` or `key:value`, none of which a trace may have.
    pub(crate) reject: Vec<String>,
    /// `key:regex`, all of which must match.
    pub(crate) require_regex: Vec<String>,
    /// `key:regex`, none of which may match.
    pub(crate) reject_regex: Vec<String>,
    /// Regexes, none of which may match the resource.
    pub(crate) ignore_resources: Vec<String>,
}

/// Filters in the form they are asked. The default rejects nothing.
#[derive(Debug, Default)]
pub(crate) struct Filters {
    ignored: Vec<Pattern>,
    reject: Vec<TagFilter>,
    require: Vec<TagFilter>,
}

#[derive(Debug)]
struct TagFilter {
    key: String,
    wanted: Wanted,
}

#[derive(Debug)]
enum Wanted {
    Anything,
    Exactly(String),
    Like(Pattern),
}

impl Filters {
    /// Compiles what the agent announced; what does not compile is told and left out.
    pub(crate) fn parse(config: &FilterConfig) -> Self {
        let mut compiler = Compiler { room: MAX_SIZE, told: 0 };
        let ignored = config.ignore_resources.iter().take(MAX_FILTERS);
        Self {
            ignored: ignored.filter_map(|expression| compiler.compile(expression)).collect(),
            reject: tag_filters(&config.reject, &config.reject_regex, &mut compiler),
            require: tag_filters(&config.require, &config.require_regex, &mut compiler),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ignored.is_empty() && self.reject.is_empty() && self.require.is_empty()
    }

    /// Whether the agent would throw away the trace with this local root.
    pub(crate) fn rejects(&self, root: &dyn SpanFacts) -> bool {
        if self.is_empty() {
            return false;
        }
        let resource = resource(root);
        self.ignored.iter().any(|pattern| pattern.is_match(beginning(&resource, MAX_MATCHED)))
            || self.reject.iter().any(|filter| filter.finds(root))
            || !self.require.iter().all(|filter| filter.finds(root))
    }
}

impl TagFilter {
    /// Reads `key` or `key:value`; a value that is missing stands for all.
    fn read(filter: &str, wanted: impl FnOnce(&str) -> Option<Wanted>) -> Option<Self> {
        let (key, value) = filter.split_once(':').unwrap_or((filter, ""));
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty() {
            return None;
        }
        let wanted = if value.is_empty() { Wanted::Anything } else { wanted(value)? };
        Some(Self { key: key.to_owned(), wanted })
    }

    fn finds(&self, root: &dyn SpanFacts) -> bool {
        let Some(value) = tag(root, &self.key) else { return false };
        match &self.wanted {
            Wanted::Anything => true,
            Wanted::Exactly(wanted) => value == wanted.as_str(),
            Wanted::Like(pattern) => pattern.is_match(beginning(&value, MAX_MATCHED)),
        }
    }
}

fn tag_filters(exact: &[String], regexes: &[String], compiler: &mut Compiler) -> Vec<TagFilter> {
    let exact = exact.iter().take(MAX_FILTERS);
    let mut filters: Vec<_> =
        exact.filter_map(|filter| TagFilter::read(filter, |value| Some(Wanted::Exactly(value.to_owned())))).collect();
    let named = filters.len();
    for filter in regexes.iter().take(MAX_FILTERS) {
        let Some(filter) = TagFilter::read(filter, |value| compiler.compile(value).map(Wanted::Like)) else { continue };
        if !filters.iter().take(named).any(|exact| exact.key == filter.key) {
            filters.push(filter);
        }
    }
    filters
}

/// Compiles expressions as long as there is room for them.
struct Compiler {
    room: usize,
    told: usize,
}

impl Compiler {
    fn compile(&mut self, expression: &str) -> Option<Pattern> {
        let compiled = Pattern::new_in(expression, &mut self.room);
        if let Err(error) = &compiled {
            self.told += 1;
            if self.told <= MAX_TOLD {
                messages::warn(format_args!("the agent's filter {expression:?} is left out: {error}"));
            }
        }
        compiled.ok()
    }
}

/// The resource as the agent sees it.
fn resource(root: &dyn SpanFacts) -> Cow<'_, str> {
    match root.resource() {
        "" => Cow::Owned(normalize::span_name(root.name())),
        resource => Cow::Borrowed(resource),
    }
}

/// A tag as the agent sees it; numbers by their shortest decimal text.
fn tag<'a>(root: &'a dyn SpanFacts, key: &str) -> Option<Cow<'a, str>> {
    let text = match root.tag(key)? {
        Tag::Text(text) => text,
        Tag::Number(number) => return Some(Cow::Owned(number.to_string())),
    };
    match key {
        "env" => Some(normalize::tag_value(text)),
        "peer.service" | "_dd.base_service" => Some(normalize::service(text)),
        "http.status_code" if !is_status(text) => None,
        _ => Some(Cow::Borrowed(text)),
    }
}

/// Three digits from 100 to 599; the agent deletes the tag otherwise.
fn is_status(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && text.parse::<u32>().is_ok_and(|status| (100..600).contains(&status))
}

#[cfg(test)]
mod tests;
