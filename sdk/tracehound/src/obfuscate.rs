//! Takes secrets out of the query strings of URLs.
//!
//! The default pattern knows the usual names of parameters that hold secrets (`password`, `api_key`, `token`, …), with `=` or as JSON,
//! and the shapes of tokens and keys; what matches becomes `<redacted>`. `DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP` replaces the
//! pattern, and if it is set but empty, queries stay as they are.

use std::borrow::Cow;

use crate::messages;
use crate::pattern::Pattern;

const REDACTED: &str = "<redacted>";

/// The longest query that is kept, in bytes; of a longer one the last whole parameters are left out. Source: the default of
/// `DD_HTTP_SERVER_TAG_QUERY_STRING_SIZE` in the vendor's .NET tracer.
const MAX_QUERY: usize = 5_000;

/// The default of `DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP`, as documented for the vendor's tracers, piece by piece.
const DEFAULT: &str = concat!(
    r#"(?i)(?:(?:"|%22)?)"#,
    // Names of parameters,
    r"(?:(?:old[-_]?|new[-_]?)?p(?:ass)?w(?:or)?d(?:1|2)?|pass(?:[-_]?phrase)?|secret",
    r"|(?:api[-_]?|private[-_]?|public[-_]?|access[-_]?|secret[-_]?|app(?:lication)?[-_]?)key(?:[-_]?id)?|token",
    r"|consumer[-_]?(?:id|key|secret)|sign(?:ed|ature)?|auth(?:entication|orization)?)",
    // with their value as parameters,
    r"(?:(?:\s|%20)*(?:=|%3D)[^&]+",
    // or in JSON.
    r#"|(?:"|%22)(?:\s|%20)*(?::|%3A)(?:\s|%20)*(?:"|%22)(?:%2[^2]|%[^2]|[^"%])+(?:"|%22))"#,
    // Tokens, of which GitHub's and JWTs have a shape of their own.
    r"|(?:bearer(?:\s|%20)+[a-z0-9._\-]+|token(?::|%3A)[a-z0-9]{13}|gh[opsu]_[0-9a-zA-Z]{36}",
    r"|ey[I-L](?:[\w=-]|%3D)+\.ey[I-L](?:[\w=-]|%3D)+(?:\.(?:[\w.+/=-]|%3D|%2F|%2B)+)?",
    // Private keys, and the public ones of SSH.
    r"|-{5}BEGIN(?:[a-z\s]|%20)+PRIVATE(?:\s|%20)KEY-{5}[^\-]+-{5}END(?:[a-z\s]|%20)+PRIVATE(?:\s|%20)KEY(?:-{5})?(?:\n|%0A)?",
    r"|(?:ssh-(?:rsa|dss)|ecdsa-[a-z0-9]+-[a-z0-9]+)(?:\s|%20|%09)+(?:[a-z0-9/.+]|%2F|%5C|%2B){100,}",
    r"(?:=|%3D)*(?:(?:\s|%20|%09)+[a-z0-9._-]+)?)",
);

/// One of these is in everything that the default pattern matches, in either case. Most queries hold none, and then the pattern, which
/// is much slower, is not asked.
const HINTS: [&str; 21] = [
    "pass",
    "pwd",
    "pword",
    "secret",
    "key",
    "token",
    "consumer",
    "sign",
    "auth",
    "bearer",
    "gho_",
    "ghp_",
    "ghs_",
    "ghu_",
    "eyi",
    "eyj",
    "eyk",
    "eyl",
    "-----begin",
    "ssh-",
    "ecdsa-",
];

/// Redacts query strings by one pattern.
#[derive(Debug)]
pub(crate) struct QueryObfuscator(Kind);

#[derive(Debug)]
enum Kind {
    Off,
    Default(Pattern),
    Custom(Pattern),
    /// No pattern compiled, so no query can be trusted.
    Everything,
}

impl QueryObfuscator {
    /// Redacts by the user's pattern (RE2 syntax), or by the default one. An empty pattern redacts nothing; an invalid one is told, and
    /// the default takes its place.
    pub(crate) fn new(pattern: Option<&str>) -> Self {
        let Some(pattern) = pattern else { return Self::by_default() };
        if pattern.is_empty() {
            return Self(Kind::Off);
        }
        match Pattern::new(pattern) {
            Ok(pattern) => Self(Kind::Custom(pattern)),
            Err(error) => {
                messages::warn(format_args!(
                    "DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP is no valid pattern, the default is used: {error}"
                ));
                Self::by_default()
            }
        }
    }

    fn by_default() -> Self {
        Self(Pattern::new(DEFAULT).map_or(Kind::Everything, Kind::Default))
    }

    /// A query without its secrets; `query` is what follows the question mark.
    pub(crate) fn redact<'a>(&self, query: &'a str) -> Cow<'a, str> {
        let query = shortened(query);
        match &self.0 {
            Kind::Off => Cow::Borrowed(query),
            Kind::Default(pattern) if is_suspicious(query) => pattern.replace_all(query, REDACTED),
            Kind::Default(_) => Cow::Borrowed(query),
            Kind::Custom(pattern) => pattern.replace_all(query, REDACTED),
            Kind::Everything => Cow::Borrowed(REDACTED),
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

fn is_suspicious(query: &str) -> bool {
    let bytes = query.as_bytes();
    let contains = |hint: &&str| {
        let hint = hint.as_bytes();
        bytes.windows(hint.len()).any(|window| window.eq_ignore_ascii_case(hint))
    };
    HINTS.iter().any(contains)
}

#[cfg(test)]
mod tests;
