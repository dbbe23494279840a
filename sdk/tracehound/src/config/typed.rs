//! The configuration of one tracer: every setting by name, and those that steer it in the types it works with.

use std::path::PathBuf;
use std::time::Duration;

use super::derive::derive;
use super::header_tags::{self, HeaderTag};
use super::kind;
use super::resolve::Settings;
use super::sources::Sources;
use super::statuses::StatusRanges;
use super::{Setting, agent_url, keys, styles};
use crate::agent::Endpoint;
use crate::messages::Level;

/// The configuration of a tracer, as it was at its start.
///
/// ```
/// let tracer = tracehound::Tracer::builder().setting("DD_TRACE_RATE_LIMIT", "10").enabled(false).build();
/// let limit = tracer.config().get("DD_TRACE_RATE_LIMIT").unwrap();
/// assert_eq!(limit.value, "10");
/// assert!(tracer.config().get("DD_NO_SUCH_THING").is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    settings: Settings,
    /// What was wrong with the settings, for people; said once by whoever starts the tracer.
    pub(crate) warnings: Vec<String>,

    /// Never empty.
    pub(crate) service: String,
    /// Someone named it; else it is the program's name.
    pub(crate) service_is_users: bool,
    /// Empty for none.
    pub(crate) env: String,
    /// Empty for none.
    pub(crate) version: String,
    /// For every span; without `service`, `env`, `version` and git's.
    pub(crate) tags: Vec<(String, String)>,
    /// Without credentials; absent as well if git data are not to be sent.
    pub(crate) git_repository_url: Option<String>,
    pub(crate) git_commit_sha: Option<String>,
    pub(crate) report_hostname: bool,
    /// In place of what the system says.
    pub(crate) hostname: Option<String>,
    pub(crate) external_env: Option<String>,
    pub(crate) process_tags: bool,

    pub(crate) agent: Endpoint,
    /// For one request.
    pub(crate) agent_timeout: Duration,

    pub(crate) enabled: bool,
    pub(crate) startup_logs: bool,
    pub(crate) message_level: Level,
    pub(crate) log_directory: Option<PathBuf>,
    /// Unless somebody said no: who formats log lines with ids asked for them.
    pub(crate) ids_in_logs: bool,
    /// With all 128 bits.
    pub(crate) wide_ids_in_logs: bool,

    /// Absent while the agent says the rates.
    pub(crate) sample_rate: Option<f64>,
    /// JSON.
    pub(crate) sampling_rules: String,
    /// Traces a second; negative for no limit.
    pub(crate) rate_limit: f64,
    /// Whether somebody chose the limit.
    pub(crate) rate_limit_is_set: bool,
    /// JSON, of the variable or of the file.
    pub(crate) span_sampling_rules: String,

    /// Names of styles, in order: `datadog`, `tracecontext`, `b3`, `b3multi`, `baggage`.
    pub(crate) extract_styles: Vec<String>,
    pub(crate) inject_styles: Vec<String>,
    pub(crate) extract_first: bool,
    /// `continue`, `restart` or `ignore`.
    pub(crate) extract_behavior: String,
    /// In bytes.
    pub(crate) propagated_tags_max_len: usize,
    pub(crate) baggage_tag_keys: Vec<String>,
    pub(crate) baggage_max_items: usize,
    /// In bytes.
    pub(crate) baggage_max_len: usize,
    pub(crate) org_guard: bool,
    pub(crate) org_guard_strict: bool,
    /// Markers of organisations.
    pub(crate) org_guard_trusted: Vec<String>,
    pub(crate) generate_128_bit_ids: bool,

    pub(crate) stats: bool,
    /// Rows in ten seconds.
    pub(crate) stats_cardinality_limit: usize,
    /// From how many finished spans on an open trace is sent in part; absent for never.
    pub(crate) partial_flush_min_spans: Option<usize>,
    pub(crate) native_span_events: bool,
    /// From and to.
    pub(crate) service_mapping: Vec<(String, String)>,

    pub(crate) http_server_errors: StatusRanges,
    pub(crate) http_client_errors: StatusRanges,
    pub(crate) header_tags: Vec<HeaderTag>,
    pub(crate) client_ip: bool,
    pub(crate) client_ip_header: Option<String>,
    pub(crate) server_query_string: bool,
    pub(crate) client_query_string: bool,
    /// What is blacked out in query strings: absent for the built-in pattern, empty for nothing.
    pub(crate) query_string_pattern: Option<String>,
}

impl Config {
    /// The value of a setting and where it comes from; nothing if there is no such setting.
    ///
    /// Every variable of the page "Settings" is known, under its other names as well, and in upper or lower case.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().setting("DD_ENV", "prod").enabled(false).build();
    /// let env = tracer.config().get("DD_ENV").unwrap();
    /// assert_eq!((env.value.as_str(), env.origin.as_str()), ("prod", "code"));
    /// ```
    pub fn get(&self, name: &str) -> Option<Setting> {
        let setting = self.settings.get(keys::find(name)?.name)?;
        Some(Setting { value: setting.value.clone(), origin: setting.origin })
    }

    /// Reads everything `sources` say. Never fails: what is wrong is left out and told in the warnings.
    pub(crate) fn load(sources: &Sources) -> Config {
        let mut warnings = Vec::new();
        let layers = sources.layers(&mut warnings);
        for (name, _) in sources.code.iter().filter(|(name, _)| keys::find(name).is_none()) {
            warnings.push(format!("{name} is not a setting"));
        }
        let mut settings = Settings::resolve(&layers, &mut warnings);
        let tags = derive(&mut settings, &layers, sources, &mut warnings);
        Config::of(settings, tags, warnings)
    }

    fn of(settings: Settings, tags: Vec<(String, String)>, warnings: Vec<String>) -> Config {
        let text = |name: &str| settings.text(name);
        let filled = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
        let switch = |name: &str| settings.switch(name);
        let number = |name: &str| kind::number(settings.value(name)).unwrap_or_default();
        let count = |name: &str| settings.value(name).parse().unwrap_or_default();
        let seconds = |name: &str| kind::seconds(settings.value(name)).unwrap_or_default();
        let list = |name: &str| kind::list(settings.value(name)).map(str::to_owned).collect();
        let pairs = |name: &str| kind::pairs(settings.value(name)).map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        let statuses = |name: &str| StatusRanges::parse(settings.value(name)).unwrap_or_default();
        let set = |name: &str| settings.is_set(name);

        let git = switch("DD_TRACE_GIT_METADATA_ENABLED");
        let debug = switch("DD_TRACE_DEBUG");
        Config {
            service: text("DD_SERVICE"),
            service_is_users: set("DD_SERVICE"),
            env: text("DD_ENV"),
            version: text("DD_VERSION"),
            tags,
            git_repository_url: filled("DD_GIT_REPOSITORY_URL").filter(|_| git),
            git_commit_sha: filled("DD_GIT_COMMIT_SHA").filter(|_| git),
            report_hostname: switch("DD_TRACE_REPORT_HOSTNAME"),
            hostname: filled("DD_HOSTNAME"),
            external_env: filled("DD_EXTERNAL_ENV"),
            process_tags: switch("DD_EXPERIMENTAL_PROPAGATE_PROCESS_TAGS_ENABLED"),
            agent: agent_url::parse(settings.value("DD_TRACE_AGENT_URL")).unwrap_or_else(agent_url::fallback),
            agent_timeout: seconds("DD_TRACE_AGENT_TIMEOUT"),
            enabled: switch("DD_TRACE_ENABLED"),
            startup_logs: switch("DD_TRACE_STARTUP_LOGS"),
            message_level: if debug {
                Level::Debug
            } else {
                Level::parse(settings.value("DD_LOG_LEVEL")).unwrap_or(Level::Info)
            },
            log_directory: filled("DD_TRACE_LOG_DIRECTORY").map(PathBuf::from),
            ids_in_logs: !set("DD_LOGS_INJECTION") || switch("DD_LOGS_INJECTION"),
            wide_ids_in_logs: switch("DD_TRACE_128_BIT_TRACEID_LOGGING_ENABLED"),
            sample_rate: set("DD_TRACE_SAMPLE_RATE").then(|| number("DD_TRACE_SAMPLE_RATE")),
            sampling_rules: text("DD_TRACE_SAMPLING_RULES"),
            rate_limit: number("DD_TRACE_RATE_LIMIT"),
            rate_limit_is_set: set("DD_TRACE_RATE_LIMIT"),
            span_sampling_rules: text("DD_SPAN_SAMPLING_RULES"),
            extract_styles: styles::of(settings.value("DD_TRACE_PROPAGATION_STYLE_EXTRACT")),
            inject_styles: styles::of(settings.value("DD_TRACE_PROPAGATION_STYLE_INJECT")),
            extract_first: switch("DD_TRACE_PROPAGATION_EXTRACT_FIRST"),
            extract_behavior: text("DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT"),
            propagated_tags_max_len: count("DD_TRACE_X_DATADOG_TAGS_MAX_LENGTH"),
            baggage_tag_keys: list("DD_TRACE_BAGGAGE_TAG_KEYS"),
            baggage_max_items: count("DD_TRACE_BAGGAGE_MAX_ITEMS"),
            baggage_max_len: count("DD_TRACE_BAGGAGE_MAX_BYTES"),
            org_guard: switch("DD_TRACE_ORG_GUARD_ENABLED"),
            org_guard_strict: switch("DD_TRACE_ORG_GUARD_STRICT"),
            org_guard_trusted: list("DD_TRACE_ORG_GUARD_TRUSTED_OPMS"),
            generate_128_bit_ids: switch("DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED"),
            stats: switch("DD_TRACE_STATS_COMPUTATION_ENABLED"),
            stats_cardinality_limit: count("DD_TRACE_STATS_CARDINALITY_LIMIT"),
            partial_flush_min_spans: switch("DD_TRACE_PARTIAL_FLUSH_ENABLED")
                .then(|| count("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS")),
            native_span_events: switch("DD_TRACE_NATIVE_SPAN_EVENTS"),
            service_mapping: pairs("DD_SERVICE_MAPPING"),
            http_server_errors: statuses("DD_TRACE_HTTP_SERVER_ERROR_STATUSES"),
            http_client_errors: statuses("DD_TRACE_HTTP_CLIENT_ERROR_STATUSES"),
            header_tags: header_tags::parse(settings.value("DD_TRACE_HEADER_TAGS")),
            client_ip: switch("DD_TRACE_CLIENT_IP_ENABLED"),
            client_ip_header: filled("DD_TRACE_CLIENT_IP_HEADER"),
            server_query_string: switch("DD_HTTP_SERVER_TAG_QUERY_STRING"),
            client_query_string: switch("DD_TRACE_HTTP_CLIENT_TAG_QUERY_STRING"),
            query_string_pattern: set("DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP")
                .then(|| text("DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP")),
            settings,
            warnings,
        }
    }
}
