//! What the agent says of itself at `/info`, as far as a tracer acts on it.
//!
//! Reading is tolerant: a field that is missing or of another type counts as not offered, because agents of ten years
//! answer here and none of them is a reason to stop tracing. Source: agent-protocol 1.5.

use crate::filter::FilterConfig;
use crate::json::{self, Value};

/// The longest list taken over; an agent's longest, its peer tags, has some fifty.
const MAX_LIST: usize = 1_000;

/// The first agent, by major and minor version, that adds up stats of tracers in all their dimensions. Source: Datadog's
/// specification of client-side stats, which asks tracers to leave the counting to older ones.
const FIRST_WITH_ALL_DIMENSIONS: (u32, u32) = (7, 65);

/// What the agent offers and asks for. The default is an old agent without `/info`: it offers nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Info {
    /// The agent's version.
    pub(crate) version: String,
    /// Its own environment, which holds for traces and stats without one.
    pub(crate) default_env: String,
    /// Paths it answers.
    pub(crate) endpoints: Vec<String>,
    /// Whether traces without a chance of being kept need not be sent.
    pub(crate) client_drop_p0s: bool,
    /// Whether spans may have events of their own, not in a tag.
    pub(crate) span_events: bool,
    /// Tags that tell peers apart in stats.
    pub(crate) peer_tags: Vec<String>,
    /// Kinds of spans that count in stats though they are neither top-level nor measured; none named means the usual
    /// four.
    pub(crate) span_kinds: Vec<String>,
    /// Which version of obfuscating resources in stats it knows; 0 if none.
    pub(crate) obfuscation_version: u32,
    /// What marks traces of its organisation; empty if it does not tell.
    pub(crate) org_marker: String,
    /// Traces it would throw away, and so need not be sent or counted.
    pub(crate) filters: FilterConfig,
}

impl Info {
    /// Reads the body of an answer; `None` if it is no JSON object.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let json = json::read(std::str::from_utf8(body).ok()?).ok()?;
        json.as_object()?;
        let flag = |key: &str| json.get(key).and_then(Value::as_bool).unwrap_or(false);
        let list = |key: &str| texts(json.get(key));
        let filter = |key: &str, rule: &str| texts(json.get(key).and_then(|rules| rules.get(rule)));
        Some(Self {
            version: text(json.get("version")),
            default_env: text(json.get("config").and_then(|config| config.get("default_env"))),
            endpoints: list("endpoints"),
            client_drop_p0s: flag("client_drop_p0s"),
            span_events: flag("span_events"),
            peer_tags: list("peer_tags"),
            span_kinds: list("span_kinds_stats_computed"),
            obfuscation_version: json
                .get("obfuscation_version")
                .and_then(Value::as_u64)
                .and_then(|v| v.try_into().ok())
                .unwrap_or(0),
            org_marker: text(json.get("org_prop_marker")),
            filters: FilterConfig {
                require: filter("filter_tags", "require"),
                reject: filter("filter_tags", "reject"),
                require_regex: filter("filter_tags_regex", "require"),
                reject_regex: filter("filter_tags_regex", "reject"),
                ignore_resources: list("ignore_resources"),
            },
        })
    }

    /// Whether the tracer computes stats and drops rejected traces. The two go together: the agent counts what it is
    /// sent, so what is not sent must be counted here, and what is counted here must not be counted there.
    pub(crate) fn computes_stats(&self) -> bool {
        self.client_drop_p0s && self.has_endpoint("/v0.6/stats") && self.knows_all_dimensions()
    }

    /// An agent that does not tell its version is none of Datadog's, and taken at its word. One whose version is no version counts as old:
    /// then it counts, and nothing is lost.
    fn knows_all_dimensions(&self) -> bool {
        if self.version.is_empty() {
            return true;
        }
        let mut parts = self.version.split('.').map(str::parse::<u32>);
        let (Some(Ok(major)), Some(Ok(minor))) = (parts.next(), parts.next()) else { return false };
        (major, minor) >= FIRST_WITH_ALL_DIMENSIONS
    }

    /// Whether `path` is one of the endpoints.
    pub(super) fn has_endpoint(&self, path: &str) -> bool {
        self.endpoints.iter().any(|endpoint| endpoint.trim_end_matches('/') == path)
    }
}

/// A string; empty if it is none.
fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The strings of a list; whatever else it holds is left out.
fn texts(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_list).unwrap_or_default();
    items.iter().take(MAX_LIST).filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The keys and types of agent 7.85.1, shortened.
    const CURRENT: &str = r#"{
        "version": "7.85.1", "git_commit": "abc",
        "endpoints": ["/v0.3/traces", "/v0.4/traces", "/v0.6/stats", "/evp_proxy/v4/"],
        "client_drop_p0s": true, "span_meta_structs": true, "long_running_spans": true, "span_events": true,
        "config": {"default_env": "none", "max_request_bytes": 26214400},
        "peer_tags": ["_dd.base_service", "db.name"],
        "span_kinds_stats_computed": ["server", "consumer", "client", "producer"],
        "obfuscation_version": 1, "org_prop_marker": "AaBbCcDdEeFf",
        "filter_tags": {"require": ["team:a"], "reject": ["debug", "path:/health"]},
        "filter_tags_regex": {"reject": ["path:^/live"]},
        "ignore_resources": ["GET /health.*"]
    }"#;

    #[test]
    fn a_current_agent_is_understood() {
        let info = Info::parse(CURRENT.as_bytes()).unwrap();
        assert_eq!((info.version.as_str(), info.default_env.as_str()), ("7.85.1", "none"));
        assert!(info.client_drop_p0s && info.span_events && info.computes_stats());
        assert_eq!(info.peer_tags, ["_dd.base_service", "db.name"]);
        assert_eq!(info.span_kinds.len(), 4);
        assert_eq!((info.obfuscation_version, info.org_marker.as_str()), (1, "AaBbCcDdEeFf"));
        assert_eq!(info.filters.require, ["team:a"]);
        assert_eq!(info.filters.reject, ["debug", "path:/health"]);
        assert_eq!(info.filters.require_regex, Vec::<String>::new());
        assert_eq!(info.filters.reject_regex, ["path:^/live"]);
        assert_eq!(info.filters.ignore_resources, ["GET /health.*"]);
        assert!(info.has_endpoint("/evp_proxy/v4"), "a prefix is listed with a slash at its end");
    }

    #[test]
    fn stats_need_the_endpoint_and_the_leave_to_drop() {
        for (body, expected) in [
            (r#"{"version": "7.65.0", "client_drop_p0s": true, "endpoints": ["/v0.6/stats"]}"#, true),
            (r#"{"version": "7.65.0", "client_drop_p0s": false, "endpoints": ["/v0.6/stats"]}"#, false),
            (r#"{"version": "7.65.0", "client_drop_p0s": true, "endpoints": ["/v0.4/traces"]}"#, false),
            (r#"{"version": "7.65.0", "endpoints": ["/v0.6/stats"]}"#, false),
            (r#"{"client_drop_p0s": true, "endpoints": ["/v0.6/stats"]}"#, true),
            ("{}", false),
        ] {
            assert_eq!(Info::parse(body.as_bytes()).unwrap().computes_stats(), expected, "{body}");
        }
    }

    #[test]
    fn an_agent_too_old_for_all_dimensions_computes_the_stats_itself() {
        for (version, expected) in [
            ("7.65.0", true),
            ("7.65.0-rc.1+git.12.abc", true),
            ("7.85", true),
            ("8.0.0", true),
            ("7.64.3", false),
            ("6.99.0", false),
            ("7", false),
            ("7.x", false),
            ("test", false),
            ("", true),
        ] {
            let info = Info {
                version: version.to_owned(),
                endpoints: vec!["/v0.6/stats".to_owned()],
                client_drop_p0s: true,
                ..Info::default()
            };
            assert_eq!(info.computes_stats(), expected, "{version:?}");
        }
    }

    #[test]
    fn fields_of_another_type_count_as_not_offered() {
        let strange = r#"{
            "version": 7, "endpoints": {"a": 1}, "client_drop_p0s": "yes", "span_events": null, "peer_tags": null,
            "span_kinds_stats_computed": ["client", 3], "obfuscation_version": -1, "config": [],
            "org_prop_marker": 7,
            "filter_tags": [], "filter_tags_regex": {"reject": 5}
        }"#;
        let expected = Info { span_kinds: vec!["client".into()], ..Info::default() };
        assert_eq!(Info::parse(strange.as_bytes()), Some(expected));
    }

    #[test]
    fn what_is_no_object_is_no_info() {
        let deep = "[".repeat(100_000);
        for body in ["", "null", "[]", "\"info\"", "<html>", "{\"version\":", deep.as_str()] {
            assert_eq!(Info::parse(body.as_bytes()), None, "{:.20}", body);
        }
    }

    #[test]
    fn lists_have_an_end() {
        let body = format!(r#"{{"peer_tags": [{}"x"]}}"#, r#""x","#.repeat(5_000));
        assert_eq!(Info::parse(body.as_bytes()).unwrap().peer_tags.len(), MAX_LIST);
    }
}
