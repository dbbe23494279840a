//! What values a setting takes, and how text becomes one.

use std::time::Duration;

use super::{agent_url, git, header_tags, statuses, styles, tags};
use crate::json;
use crate::messages::Level;
use crate::pattern::Pattern;

/// What values a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text but an empty one.
    Text,
    /// Yes or no.
    Switch,
    /// A share from 0 to 1.
    Rate,
    /// Any finite number.
    Number,
    /// A whole number within bounds.
    Count { least: u64, most: u64 },
    /// A time in seconds, above zero and at most an hour.
    Seconds,
    /// A TCP port.
    Port,
    /// A host's name or address.
    Host,
    /// The address of an agent.
    AgentUrl,
    /// One of some words, in any case.
    OneOf(&'static [&'static str]),
    /// How important a message is.
    LogLevel,
    /// Words separated by commas, possibly none.
    List,
    /// Names of propagation styles.
    Styles,
    /// Tags as `DD_TAGS` has them.
    Tags,
    /// `from:to,from:to`.
    Pairs,
    /// Headers, with or without the tag each becomes.
    HeaderTags,
    /// Ranges of HTTP status codes.
    Statuses,
    /// A JSON list.
    Rules,
    /// A regular expression, possibly empty.
    Pattern,
    /// The address of a git repository, which may hold credentials.
    RepositoryUrl,
}

/// What became of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A value, in the form in which it is reported.
    Whole(String),
    /// A value without the parts the second text tells of.
    Partly(String, String),
    /// No value of this kind.
    Wrong,
}

impl Kind {
    /// Whether an empty text is a value; for the other kinds it is as good as none.
    pub(super) fn takes_empty(self) -> bool {
        matches!(self, Kind::List | Kind::Pattern)
    }

    /// The bounds in words, for warnings and the page for people.
    pub(crate) fn bounds(self) -> String {
        let words = match self {
            Kind::Text => "text",
            Kind::Switch => "true or false",
            Kind::Rate => "a number from 0 to 1",
            Kind::Number => "a number",
            Kind::Count { least, most } => return format!("a whole number from {least} to {most}"),
            Kind::Seconds => "seconds, above 0 and at most 3600",
            Kind::Port => "a port from 1 to 65535",
            Kind::Host => "a host name or an address",
            Kind::AgentUrl => "http://host:port or unix:///path",
            Kind::OneOf(words) => return format!("one of {}", words.join(", ")),
            Kind::LogLevel => "one of debug, info, warn, error",
            Kind::List => "words separated by commas, possibly none",
            Kind::Styles => "names of propagation styles separated by commas",
            Kind::Tags => "tags, key:value",
            Kind::Pairs => "pairs, from:to, separated by commas",
            Kind::HeaderTags => "headers, header or header:tag, separated by commas",
            Kind::Statuses => "status codes and ranges of them, separated by commas",
            Kind::Rules => "a JSON list",
            Kind::Pattern => "a regular expression",
            Kind::RepositoryUrl => "the URL of a repository",
        };
        words.to_owned()
    }

    /// Reads a text whose white space at both ends is gone.
    pub(super) fn read(self, text: &str) -> Reading {
        let as_given = |good| as_given(text, good);
        match self {
            Kind::Text => as_given(!text.contains('\0')),
            Kind::Switch => switch(text).map_or(Reading::Wrong, |on| Reading::Whole(on.to_string())),
            Kind::Rate => as_given(number(text).is_some_and(|rate| (0.0..=1.0).contains(&rate))),
            Kind::Number => as_given(number(text).is_some()),
            Kind::Count { least, most } => {
                as_given(text.parse().is_ok_and(|count: u64| (least..=most).contains(&count)))
            }
            Kind::Seconds => as_given(seconds(text).is_some()),
            Kind::Port => as_given(text.parse().is_ok_and(|port: u16| port > 0)),
            Kind::Host => as_given(agent_url::host(text).is_some()),
            Kind::AgentUrl => {
                agent_url::parse(text).map_or(Reading::Wrong, |endpoint| Reading::Whole(endpoint.to_string()))
            }
            Kind::OneOf(words) => match words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
                Some(word) => Reading::Whole((*word).to_owned()),
                None => Reading::Wrong,
            },
            Kind::LogLevel => {
                Level::parse(text).map_or(Reading::Wrong, |level| Reading::Whole(level.name().to_owned()))
            }
            Kind::List => Reading::Whole(list(text).collect::<Vec<_>>().join(",")),
            Kind::Styles => styles::read(text),
            Kind::Tags => tags::read(text),
            Kind::Pairs => as_given(pairs(text).next().is_some()),
            Kind::HeaderTags => as_given(!header_tags::parse(text).is_empty()),
            Kind::Statuses => as_given(statuses::StatusRanges::parse(text).is_some()),
            Kind::Rules => as_given(json::read_list(text).is_ok()),
            Kind::Pattern => as_given(Pattern::new(text).is_ok()),
            Kind::RepositoryUrl => Reading::Whole(git::without_credentials(text)),
        }
    }
}

// Only at the start, and one copy for the many kinds.
#[cold]
fn as_given(text: &str, good: bool) -> Reading {
    if good { Reading::Whole(text.to_owned()) } else { Reading::Wrong }
}

/// Yes or no, in the words Datadog's tracers take.
pub(super) fn switch(text: &str) -> Option<bool> {
    let is = |words: [&str; 5]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(["true", "1", "t", "yes", "on"]) {
        Some(true)
    } else if is(["false", "0", "f", "no", "off"]) {
        Some(false)
    } else {
        None
    }
}

/// A finite number.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A time within the bounds of [`Kind::Seconds`].
pub(super) fn seconds(text: &str) -> Option<Duration> {
    number(text).filter(|&seconds| seconds > 0.0 && seconds <= 3_600.0).map(Duration::from_secs_f64)
}

/// The words between commas.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty())
}

/// Pairs kept; each is looked at for every span.
const MAX_PAIRS: usize = 256;

/// The pairs of `from:to,from:to`, without those that lack a side.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = list(text).filter_map(|pair| pair.split_once(':')).map(|(from, to)| (from.trim(), to.trim()));
    pairs.filter(|(from, to)| !from.is_empty() && !to.is_empty()).take(MAX_PAIRS)
}
