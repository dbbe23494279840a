//! Every setting there is, as one table.
//!
//! A row holds the name, the other names that set it (in the order in which they count), what values it takes, the default written
//! as a user would write it, and a sentence for people. An empty default means that nothing is set. A name that is not here is not
//! known. Headings and sentences are for the page that a test writes; the program does not carry them.

use super::kind::Kind::{self, *};

/// One setting.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its name, `DD_…`.
    pub(crate) name: &'static str,
    /// Other names for it; the first that is set counts, after `name`. What an `OTEL_…` one says is translated.
    pub(crate) aliases: &'static [&'static str],
    /// What values it takes.
    pub(crate) kind: Kind,
    /// The value if nothing is said.
    pub(crate) default: &'static str,
    /// What it does.
    #[cfg(test)]
    pub(crate) doc: &'static str,
    /// The heading it stands under.
    #[cfg(test)]
    pub(crate) group: &'static str,
}

/// The setting called `name`, or that has `name` as another name; upper and lower case are the same.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    let by_name = ALL.iter().find(|key| is(key.name));
    by_name.or_else(|| ALL.iter().find(|key| key.aliases.iter().any(|alias| is(alias))))
}

macro_rules! keys {
    ($($group:literal { $($name:ident $(| $alias:ident)* : $kind:expr, $default:literal, $doc:literal;)* })*) => {
        &[$($(Key {
            name: stringify!($name),
            aliases: &[$(stringify!($alias)),*],
            kind: $kind,
            default: $default,
            #[cfg(test)]
            doc: $doc,
            #[cfg(test)]
            group: $group,
        },)*)*]
    };
}

/// The table, by headings; below each in alphabetical or in logical order, whichever reads better.
pub(crate) static ALL: &[Key] = keys! {
    "Who reports" {
        DD_SERVICE | OTEL_SERVICE_NAME: Text, "",
            "Name of the service, if no span says otherwise. Without it: `service` in `DD_TAGS`, `service.name` in \
             `OTEL_RESOURCE_ATTRIBUTES`, else the name of the executable.";
        DD_ENV: Text, "",
            "The environment, such as `prod`. Without it: `env` in `DD_TAGS`, or `deployment.environment` in \
             `OTEL_RESOURCE_ATTRIBUTES`.";
        DD_VERSION: Text, "",
            "The application's version, put on spans of its own service. Without it: `version` in `DD_TAGS`, or \
             `service.version` in `OTEL_RESOURCE_ATTRIBUTES`.";
        DD_TAGS | OTEL_RESOURCE_ATTRIBUTES: Tags, "",
            "Tags for every span, as `key:value`. With a comma anywhere it is split at commas, else at spaces; the \
             first colon ends the key; a value may be missing.";
        DD_GIT_REPOSITORY_URL: RepositoryUrl, "",
            "Where the source is, for links from stack traces to code. Credentials in it are cut. Without it: \
             `git.repository_url` in `DD_TAGS`.";
        DD_GIT_COMMIT_SHA: Text, "",
            "The commit the application was built from. Without it: `git.commit.sha` in `DD_TAGS`.";
        DD_TRACE_GIT_METADATA_ENABLED: Switch, "true",
            "Whether the two above are sent.";
        DD_TRACE_REPORT_HOSTNAME: Switch, "false",
            "Whether traces carry the name of the host.";
        DD_HOSTNAME | DD_TRACE_SOURCE_HOSTNAME: Text, "",
            "The name of the host, in place of what the system says.";
        DD_EXTERNAL_ENV: Text, "",
            "What Datadog's admission controller writes, for the agent to find the container by.";
        DD_EXPERIMENTAL_PROPAGATE_PROCESS_TAGS_ENABLED: Switch, "true",
            "Whether the first span of each chunk says which process sent it.";
    }
    "Where the agent is" {
        DD_TRACE_AGENT_URL: AgentUrl, "",
            "Address of the agent: `http://host:port` or `unix:///path`. Without it: host and port; without those, \
             the socket `/var/run/datadog/apm.socket` if it exists.";
        DD_AGENT_HOST | DD_TRACE_AGENT_HOSTNAME: Host, "localhost",
            "Name or address of the agent's host.";
        DD_TRACE_AGENT_PORT | DD_AGENT_PORT: Port, "8126",
            "The agent's port for traces.";
        DD_TRACE_AGENT_TIMEOUT | DD_TRACE_AGENT_TIMEOUT_SECONDS: Seconds, "10",
            "How long one request to the agent may take, in seconds.";
        DD_TRACE_AGENT_PROTOCOL_VERSION | DD_TRACE_API_VERSION: Text, "0.4",
            "Version of the trace protocol. This tracer always sends v0.4, which every agent takes.";
    }
    "Switches and the tracer's own messages" {
        DD_TRACE_ENABLED | OTEL_TRACES_EXPORTER: Switch, "true",
            "Whether anything is traced.";
        DD_TRACE_DEBUG | OTEL_LOG_LEVEL: Switch, "false",
            "Whether the tracer tells what it does in detail.";
        DD_LOG_LEVEL | DD_TRACE_LOG_LEVEL | OTEL_LOG_LEVEL: LogLevel, "info",
            "The least important of the tracer's own messages that is written.";
        DD_TRACE_LOG_DIRECTORY: Text, "",
            "An existing directory in which the tracer also writes its messages to a file.";
        DD_TRACE_STARTUP_LOGS: Switch, "true",
            "Whether one line at the start tells the configuration. It does not wait for the agent: that one cannot be \
             reached is told when it is tried.";
    }
    "Sampling" {
        DD_TRACE_SAMPLE_RATE | OTEL_TRACES_SAMPLER: Rate, "1.0",
            "Share of traces to keep. While it is not set, the agent says the rates.";
        DD_TRACE_SAMPLING_RULES: Rules, "[]",
            "JSON list of rules with `service`, `name`, `resource`, `tags` and `sample_rate`; the first that fits \
             decides.";
        DD_TRACE_RATE_LIMIT: Number, "100",
            "Most traces a second kept by rules or by the sample rate; a negative number means no limit.";
        DD_SPAN_SAMPLING_RULES: Rules, "[]",
            "JSON list of rules with `service`, `name`, `sample_rate` and `max_per_second` for single spans of \
             rejected traces.";
        DD_SPAN_SAMPLING_RULES_FILE: Text, "",
            "A file with such a list; read only while `DD_SPAN_SAMPLING_RULES` is not set.";
    }
    "Propagation" {
        DD_TRACE_PROPAGATION_STYLE | OTEL_PROPAGATORS: Styles, "datadog,tracecontext,baggage",
            "Formats of context between services, in order: `datadog`, `tracecontext`, `b3`, `b3multi`, `baggage`, or \
             `none`.";
        DD_TRACE_PROPAGATION_STYLE_EXTRACT | DD_PROPAGATION_STYLE_EXTRACT: Styles, "",
            "The formats read, if they differ from `DD_TRACE_PROPAGATION_STYLE`.";
        DD_TRACE_PROPAGATION_STYLE_INJECT | DD_PROPAGATION_STYLE_INJECT: Styles, "",
            "The formats written, if they differ from `DD_TRACE_PROPAGATION_STYLE`.";
        DD_TRACE_PROPAGATION_EXTRACT_FIRST: Switch, "false",
            "Whether reading stops at the first format that holds a context.";
        DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT: OneOf(&["continue", "restart", "ignore"]), "continue",
            "What becomes of a received trace: it goes on, a new one begins with a link to it, or nothing is taken \
             from it.";
        DD_TRACE_X_DATADOG_TAGS_MAX_LENGTH: Count { least: 0, most: 65_536 }, "512",
            "Longest `x-datadog-tags` header, in bytes; 0 sends and reads none.";
        DD_TRACE_BAGGAGE_TAG_KEYS: List, "user.id,session.id,account.id",
            "Received baggage items that become tags of the first span; `*` for all, empty for none.";
        DD_TRACE_BAGGAGE_MAX_ITEMS: Count { least: 0, most: 65_536 }, "64",
            "Most baggage items read from a request and sent with one.";
        DD_TRACE_BAGGAGE_MAX_BYTES: Count { least: 0, most: 1_048_576 }, "8192",
            "Longest `baggage` header read and sent, in bytes.";
        DD_TRACE_ORG_GUARD_ENABLED: Switch, "false",
            "Whether a trace that another organisation of Datadog began keeps only its ids and its baggage here, and \
             requests going out name ours, as the agent tells it.";
        DD_TRACE_ORG_GUARD_STRICT: Switch, "false",
            "Whether that holds for traces that name no organisation, too.";
        DD_TRACE_ORG_GUARD_TRUSTED_OPMS: List, "",
            "Markers of organisations that count as ours.";
        DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED: Switch, "true",
            "Whether new trace ids have 128 bits. A received id always keeps its length.";
    }
    "Spans and their sending" {
        DD_TRACE_STATS_COMPUTATION_ENABLED: Switch, "true",
            "Whether the tracer counts requests, errors and durations itself, if the agent takes such statistics.";
        DD_TRACE_STATS_CARDINALITY_LIMIT: Count { least: 1, most: 1_000_000 }, "7000",
            "Most rows of statistics for ten seconds; what is above goes into one row `tracer_blocked_value`.";
        DD_TRACE_PARTIAL_FLUSH_ENABLED: Switch, "true",
            "Whether finished spans of a trace that is still open are sent in parts. Other tracers say false. Even then \
             they go once about 2 MiB of the trace are held.";
        DD_TRACE_PARTIAL_FLUSH_MIN_SPANS: Count { least: 1, most: 100_000 }, "300",
            "From how many finished spans on.";
        DD_TRACE_NATIVE_SPAN_EVENTS: Switch, "false",
            "Whether span events are sent as such even to an agent that does not say it takes them.";
        DD_SERVICE_MAPPING | DD_TRACE_SERVICE_MAPPING: Pairs, "",
            "Services renamed before sending, as `from:to,from:to`.";
    }
    "Logs" {
        DD_LOGS_INJECTION: Switch, "false",
            "Whether log lines hold ids, once the application has added what writes them. Not set, they do.";
        DD_TRACE_128_BIT_TRACEID_LOGGING_ENABLED: Switch, "true",
            "Whether logs hold all 128 bits in hexadecimal, not the lower 64 in decimal.";
    }
    "HTTP" {
        DD_TRACE_HTTP_SERVER_ERROR_STATUSES: Statuses, "500-599",
            "Status codes that make a server's span an error.";
        DD_TRACE_HTTP_CLIENT_ERROR_STATUSES: Statuses, "400-599",
            "Status codes that make a client's span an error. Other tracers take 400-499, and do not see that a \
             server fails.";
        DD_TRACE_HEADER_TAGS: HeaderTags, "",
            "Headers that become tags: `header` or `header:tag`, separated by commas.";
        DD_TRACE_CLIENT_IP_ENABLED: Switch, "false",
            "Whether a server's span gets the client's address as `http.client_ip`.";
        DD_TRACE_CLIENT_IP_HEADER: Text, "",
            "The only header to take that address from.";
        DD_HTTP_SERVER_TAG_QUERY_STRING | DD_TRACE_HTTP_SERVER_TAG_QUERY_STRING: Switch, "true",
            "Whether `http.url` of a server's span holds the query string.";
        DD_TRACE_HTTP_CLIENT_TAG_QUERY_STRING | DD_HTTP_CLIENT_TAG_QUERY_STRING: Switch, "true",
            "Whether `http.url` of a client's span holds the query string.";
        DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP: Pattern, "built-in",
            "What is blacked out in query strings, of `http.url` and of URLs in messages of errors; empty for nothing. \
             Without it: what looks like passwords, tokens and keys.";
    }
    "Read and reported, but without effect in this tracer" {
        DD_API_SECURITY_ENABLED: Switch, "false", "API security.";
        DD_APM_TRACING_ENABLED: Switch, "true", "Traces without other products of the vendor.";
        DD_APPSEC_ENABLED: Switch, "false", "Application security.";
        DD_APPSEC_SCA_ENABLED: Switch, "false", "Analysis of dependencies.";
        DD_CIVISIBILITY_ENABLED: Switch, "false", "Test visibility.";
        DD_CODE_ORIGIN_FOR_SPANS_ENABLED: Switch, "false", "The source line a span comes from.";
        DD_CRASHTRACKING_ENABLED: Switch, "false", "Crash reports.";
        DD_DATA_STREAMS_ENABLED: Switch, "false", "Data streams monitoring.";
        DD_DBM_PROPAGATION_MODE: OneOf(&["disabled", "service",
            "full"]), "disabled", "Comments in SQL for database monitoring.";
        DD_DOGSTATSD_HOST | DD_AGENT_HOST: Host, "localhost", "Where metrics would go.";
        DD_DOGSTATSD_PORT: Port, "8125", "The port metrics would go to.";
        DD_DOGSTATSD_URL: Text, "", "Both in one.";
        DD_DYNAMIC_INSTRUMENTATION_ENABLED: Switch, "false", "Log and span points set from outside.";
        DD_EXCEPTION_REPLAY_ENABLED | DD_EXCEPTION_DEBUGGING_ENABLED: Switch, "false", "Variables of failed calls.";
        DD_IAST_ENABLED: Switch, "false", "Security tests at run time.";
        DD_INSTRUMENTATION_TELEMETRY_ENABLED: Switch, "false",
            "Reports to the vendor about the tracer itself; never sent.";
        DD_LIVE_DEBUGGING_ENABLED: Switch, "false", "Live debugging.";
        DD_LLMOBS_ENABLED: Switch, "false", "Observation of language models.";
        DD_LOGS_OTEL_ENABLED: Switch, "false", "Logs over OTLP.";
        DD_METRICS_OTEL_ENABLED: Switch, "false", "Metrics over OTLP.";
        DD_PROFILING_ENABLED: Switch, "false", "Profiles.";
        DD_REMOTE_CONFIGURATION_ENABLED | DD_REMOTE_CONFIG_ENABLED: Switch, "false", "Settings changed from outside.";
        DD_REMOTE_CONFIG_POLL_INTERVAL_SECONDS: Seconds, "5", "How often they would be asked for.";
        DD_RUNTIME_METRICS_ENABLED | OTEL_METRICS_EXPORTER: Switch, "false", "Metrics of the run time.";
        DD_SYMBOL_DATABASE_UPLOAD_ENABLED: Switch, "false", "Symbols for the debugger.";
        DD_TELEMETRY_HEARTBEAT_INTERVAL: Seconds, "60", "How often telemetry would say that it is there.";
        DD_TRACE_OTEL_ENABLED | OTEL_SDK_DISABLED: Switch, "true", "Spans made through OpenTelemetry.";
        DD_TRACE_PEER_SERVICE_DEFAULTS_ENABLED: Switch, "false",
            "A `peer.service` on client spans; the agent's statistics work with the tags it is made of.";
        DD_TRACE_PEER_SERVICE_MAPPING: Pairs, "", "Values of `peer.service` renamed.";
        DD_TRACE_REMOVE_INTEGRATION_SERVICE_NAMES_ENABLED: Switch, "false",
            "Spans of integrations carry the application's service in any case.";
        DD_TRACE_RESOURCE_RENAMING_ALWAYS_SIMPLIFIED_ENDPOINT: Switch, "false",
            "An `http.endpoint` made from the path in place of the route.";
        DD_TRACE_RESOURCE_RENAMING_ENABLED: Switch, "false",
            "An `http.endpoint` made from the path where there is no route.";
        DD_TRACE_SAMPLE_IGNORE_PARENT | OTEL_TRACES_SAMPLER: Switch, "false",
            "A decision that came from elsewhere is always kept.";
        DD_TRACE_SPAN_ATTRIBUTE_SCHEMA: OneOf(&["v0", "v1"]), "v0",
            "Version of the names that integrations give to spans; always v0.";
    }
};
