//! The line at the start that tells people, and Datadog's support, how the tracer is configured.
//!
//! `DATADOG TRACER CONFIGURATION {json}`, with the names of fields that Datadog's other tracers use. Their `agent_error` is not there:
//! they ask the agent before they write the line, and the application waits for that. Here it is written before anything is sent; an
//! agent that cannot be reached is a message of its own, soon after.

use crate::config::Config;
use crate::json::{self, Value};
use crate::messages::{self, Level};

/// What only the caller knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// Of the start.
    pub(crate) date: &'a str,
    /// Of this tracer.
    pub(crate) version: &'a str,
    /// Of Rust: the oldest that builds this, as the requests' headers tell it.
    pub(crate) lang_version: &'a str,
}

/// Says what was wrong with the settings and, if anything is traced and it is wanted, the line.
pub(crate) fn tell(config: &Config) {
    for warning in &config.warnings {
        messages::warn(format_args!("{warning}"));
    }
    if config.startup_logs && config.enabled {
        let facts = Facts {
            date: &messages::now(),
            version: env!("CARGO_PKG_VERSION"),
            lang_version: env!("CARGO_PKG_RUST_VERSION"),
        };
        messages::startup(&line(config, facts));
    }
}

/// The line, without an end.
pub(crate) fn line(config: &Config, facts: Facts<'_>) -> String {
    let mut fields = Vec::new();
    let mut add = |name: &str, value: Value| fields.push((name.to_owned(), value));
    add("date", facts.date.into());
    add("os_name", std::env::consts::OS.into());
    add("os_version", os_version().as_str().into());
    add("architecture", std::env::consts::ARCH.into());
    add("version", facts.version.into());
    add("lang", "rust".into());
    add("lang_version", facts.lang_version.into());
    add("enabled", config.enabled.into());
    add("service", config.service.as_str().into());
    add("env", config.env.as_str().into());
    add("dd_version", config.version.as_str().into());
    add("agent_url", config.agent.to_string().as_str().into());
    add("debug", (config.message_level == Level::Debug).into());
    add("sample_rate", config.sample_rate.into());
    add("sample_rate_limit", config.rate_limit.into());
    add("sampling_rules", rules(&config.sampling_rules));
    add("span_sampling_rules", rules(&config.span_sampling_rules));
    add("service_mappings", mapping(&config.service_mapping));
    add("tags", mapping(&config.tags));
    add("stats_computation_enabled", config.stats.into());
    add("partial_flush_enabled", config.partial_flush_min_spans.is_some().into());
    add("partial_flush_min_spans", config.partial_flush_min_spans.map(|spans| spans as u64).into());
    add("propagation_style_extract", list(&config.extract_styles));
    add("propagation_style_inject", list(&config.inject_styles));
    add("runtime_metrics_enabled", switch(config, "DD_RUNTIME_METRICS_ENABLED"));
    add("profiling_enabled", switch(config, "DD_PROFILING_ENABLED"));
    add("appsec_enabled", switch(config, "DD_APPSEC_ENABLED"));
    add("data_streams_enabled", switch(config, "DD_DATA_STREAMS_ENABLED"));
    add("logs_correlation_enabled", config.ids_in_logs.into());
    // The others tell whether they speak OTLP; this one speaks the agent's own protocol alone.
    add("otlp_traces_export_enabled", false.into());
    add("otlp_metrics_export_enabled", false.into());
    add("otlp_logs_export_enabled", false.into());
    add("configuration_warnings", list(&config.warnings));
    let fields = Value::Object(fields);
    format!("DATADOG TRACER CONFIGURATION {fields}")
}

/// Rules as what they are, not as text in text.
fn rules(json: &str) -> Value {
    Value::List(json::read_list(json).unwrap_or_default())
}

fn mapping(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(from, to)| (from.as_str(), to.as_str().into())).collect()
}

fn list(texts: &[String]) -> Value {
    Value::List(texts.iter().map(|text| text.as_str().into()).collect())
}

fn switch(config: &Config, name: &str) -> Value {
    config.get(name).is_some_and(|setting| setting.value == "true").into()
}

/// The kernel's release on Linux; elsewhere no plain file tells it.
fn os_version() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let release = release.trim();
    if release.is_empty() { "unknown".to_owned() } else { release.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Config, Facts, line};
    use crate::config::Sources;

    fn fields(variables: &[(&str, &str)]) -> Value {
        let config = Config::load(&Sources::pretended(variables));
        let facts = Facts { date: "2024-02-29T00:00:00Z", version: "1.2.3", lang_version: "1.85.0" };
        let line = line(&config, facts);
        assert!(!line.contains('\n'));
        serde_json::from_str(line.strip_prefix("DATADOG TRACER CONFIGURATION ").unwrap()).unwrap()
    }

    #[test]
    fn the_line_tells_what_is_configured() {
        let fields = fields(&[
            ("DD_SERVICE", "shop\n\"quoted\""),
            ("DD_ENV", "prod"),
            ("DD_TAGS", "team:a"),
            ("DD_TRACE_SAMPLING_RULES", r#"[{"service":"a","sample_rate":0.5}]"#),
            ("DD_TRACE_SAMPLE_RATE", "0.25"),
            ("DD_TRACE_AGENT_URL", "http://[::1]:9999"),
            ("DD_RUNTIME_METRICS_ENABLED", "1"),
            ("DD_TRACE_DEBUG", "true"),
        ]);
        for (field, expected) in [
            ("date", json!("2024-02-29T00:00:00Z")),
            ("version", json!("1.2.3")),
            ("lang", json!("rust")),
            ("lang_version", json!("1.85.0")),
            ("service", json!("shop\n\"quoted\"")),
            ("env", json!("prod")),
            ("enabled", json!(true)),
            ("debug", json!(true)),
            ("agent_url", json!("http://[::1]:9999")),
            ("sample_rate", json!(0.25)),
            ("sample_rate_limit", json!(100.0)),
            ("sampling_rules", json!([{"service": "a", "sample_rate": 0.5}])),
            ("tags", json!({"team": "a"})),
            ("runtime_metrics_enabled", json!(true)),
            ("profiling_enabled", json!(false)),
            ("logs_correlation_enabled", json!(true)),
            ("otlp_traces_export_enabled", json!(false)),
            ("otlp_metrics_export_enabled", json!(false)),
            ("otlp_logs_export_enabled", json!(false)),
            ("propagation_style_inject", json!(["datadog", "tracecontext", "baggage"])),
        ] {
            assert_eq!(fields[field], expected, "{field}");
        }
    }

    #[test]
    fn what_is_not_known_is_null() {
        let fields = fields(&[]);
        assert_eq!(fields["sample_rate"], Value::Null);
        assert_eq!(fields["sampling_rules"], json!([]));
    }
}
