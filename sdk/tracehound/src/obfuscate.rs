//! Takes secrets out of the query strings of URLs.
//!
//! The default pattern knows the usual names of parameters that hold secrets (`password`, `api_key`, `token`, …), with `=` or as JSON,
//! and the shapes of tokens and keys; what matches becomes `<redacted>`. `DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP` replaces the
//! pattern, and if it is set but empty, queries stay as they are. The same is done for the URLs [within](within) the messages of errors.

mod secrets;
mod within;

use std::borrow::Cow;

use crate::messages;
use crate::pattern::Pattern;
use secrets::Scanner;
pub(crate) use within::may_hold_secrets;

const REDACTED: &str = "<redacted>";

/// The longest query that is kept, in bytes; of a longer one the last whole parameters are left out. Source: the default of
/// `DD_HTTP_SERVER_TAG_QUERY_STRING_SIZE` in the vendor's .NET tracer.
const MAX_QUERY: usize = 5_000;

/// Redacts query strings by one pattern.
#[derive(Debug)]
pub(crate) struct QueryObfuscator(Kind);

#[derive(Debug)]
enum Kind {
    Off,
    Default,
    Custom(Pattern),
}

impl QueryObfuscator {
    /// Redacts by the user's pattern (RE2 syntax), or by the default one. An empty pattern redacts nothing; an invalid one is told, and
    /// the default takes its place.
    pub(crate) fn new(pattern: Option<&str>) -> Self {
        let Some(pattern) = pattern else { return Self(Kind::Default) };
        if pattern.is_empty() {
            return Self(Kind::Off);
        }
        match Pattern::new(pattern) {
            Ok(pattern) => Self(Kind::Custom(pattern)),
            Err(error) => {
                messages::warn(format_args!(
                    "DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP is no valid pattern, the default is used: {error}"
                ));
                Self(Kind::Default)
            }
        }
    }

    /// A query without its secrets; `query` is what follows the question mark.
    pub(crate) fn redact<'a>(&self, query: &'a str) -> Cow<'a, str> {
        let query = shortened(query);
        match &self.0 {
            Kind::Off => Cow::Borrowed(query),
            Kind::Default => without_secrets(query),
            Kind::Custom(pattern) => pattern.replace_all(query, REDACTED),
        }
    }
}

/// The whole parameters that fit. Half a secret would not be recognised, so none is cut in two.
fn shortened(query: &str) -> &str {
    if query.len() <= MAX_QUERY {
        return query;
    }
    let whole = query.as_bytes().iter().take(MAX_QUERY + 1).rposition(|byte| *byte == b'&');
    whole.and_then(|end| query.get(..end)).unwrap_or(REDACTED)
}

fn without_secrets(query: &str) -> Cow<'_, str> {
    let mut scanner = Scanner::new(query);
    let (mut harmless, mut more) = scanner.harmless_before_next();
    if !more {
        return Cow::Borrowed(harmless);
    }
    let mut redacted = String::with_capacity(query.len());
    while more {
        redacted.push_str(harmless);
        redacted.push_str(REDACTED);
        (harmless, more) = scanner.harmless_before_next();
    }
    redacted.push_str(harmless);
    Cow::Owned(redacted)
}

#[cfg(test)]
mod tests;
