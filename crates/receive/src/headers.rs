//! Datadog's request headers. Source: agent-protocol 1.3.

use std::borrow::Cow;

use http::HeaderMap;

/// The tracer's language; part of fallback service names.
const LANGUAGE: &str = "datadog-meta-lang";
const TRACER_VERSION: &str = "datadog-meta-tracer-version";
/// How a tracer names itself where it sends no traces, with its telemetry: dd-trace-js has no user agent.
const LIBRARY_LANGUAGE: &str = "dd-client-library-language";
const LIBRARY_VERSION: &str = "dd-client-library-version";
const COMPUTED_TOP_LEVEL: &str = "datadog-client-computed-top-level";

/// Sent by clients that know rates, answered by agents that have some.
pub(crate) const RATES_VERSION: &str = "datadog-rates-payload-version";

/// The tracer's language, or empty.
pub(crate) fn language(headers: &HeaderMap) -> Cow<'_, str> {
    text(headers, LANGUAGE)
}

/// Whether the tracer marked its top-level spans itself.
pub(crate) fn computed_top_level(headers: &HeaderMap) -> bool {
    is_true(&text(headers, COMPUTED_TOP_LEVEL))
}

/// Whether a browser says that a page of another site made it send the request.
pub(crate) fn is_cross_site(headers: &HeaderMap) -> bool {
    text(headers, "sec-fetch-site") == "cross-site"
}

/// Who asks: language and version of a tracer, as its traces or else its telemetry have them, else the user agent, else
/// nothing.
pub(crate) fn client(headers: &HeaderMap) -> String {
    let tracer = |language, version| {
        let named = format!("{} {}", text(headers, language), text(headers, version));
        Some(named.trim().to_owned()).filter(|named| !named.is_empty())
    };
    tracer(LANGUAGE, TRACER_VERSION)
        .or_else(|| tracer(LIBRARY_LANGUAGE, LIBRARY_VERSION))
        .unwrap_or_else(|| text(headers, "user-agent").into_owned())
}

/// The first value of a header, or empty.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Cow<'a, str> {
    headers.get(name).map_or(Cow::Borrowed(""), |value| String::from_utf8_lossy(value.as_bytes()))
}

/// Go's `ParseBool`, except that any other text is true, as the agent has it.
fn is_true(value: &str) -> bool {
    !matches!(value, "" | "0" | "f" | "F" | "false" | "FALSE" | "False")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::HeaderName;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn any_value_of_a_flag_is_true_but_for_nothing_and_what_go_takes_as_false() {
        for value in ["1", "t", "T", "TRUE", "true", "True", "yes", "no", "fAlse", "2"] {
            assert!(computed_top_level(&headers(&[(COMPUTED_TOP_LEVEL, value)])), "{value}");
        }
        for value in ["", "0", "f", "F", "FALSE", "false", "False"] {
            assert!(!computed_top_level(&headers(&[(COMPUTED_TOP_LEVEL, value)])), "{value:?}");
        }
        assert!(!computed_top_level(&headers(&[])));
    }

    #[test]
    fn a_client_is_named_by_its_tracer_then_its_library_then_its_user_agent() {
        let agent = ("user-agent", "curl/8");
        let (library, version) = ((LIBRARY_LANGUAGE, "nodejs"), (LIBRARY_VERSION, "5.132.0"));
        let cases = [
            (&[(LANGUAGE, "python"), (TRACER_VERSION, "4.16.0"), agent][..], "python 4.16.0"),
            (&[(LANGUAGE, "python"), agent], "python"),
            (&[(TRACER_VERSION, "4.16.0")], "4.16.0"),
            (&[(LANGUAGE, "python"), library, version], "python"),
            (&[library, version, agent], "nodejs 5.132.0"),
            (&[library], "nodejs"),
            (&[agent], "curl/8"),
            (&[], ""),
        ];
        for (pairs, expected) in cases {
            assert_eq!(client(&headers(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn only_cross_site_is_cross_site() {
        for (value, expected) in [("cross-site", true), ("same-site", false), ("same-origin", false), ("none", false)] {
            assert_eq!(is_cross_site(&headers(&[("sec-fetch-site", value)])), expected, "{value}");
        }
        assert!(!is_cross_site(&headers(&[])));
    }
}
