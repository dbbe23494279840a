//! What OpenTelemetry's variables say, in Datadog's terms.
//!
//! They count only where Datadog's own name for the same setting is not set in the same place.

use super::keys::Key;
use super::kind::{self, Kind};
use super::layer::Layer;
use super::tags;
use crate::messages::Level;

/// What a variable says.
pub(super) enum Meaning {
    /// A value that the setting's [`Kind`] still has to read.
    Says(String),
    /// A proper value that means nothing for this setting.
    Nothing,
    /// No proper value.
    Wrong,
}

/// Begins the names of samplers that follow the parent's decision.
const PARENT_BASED: &str = "parentbased_";

/// Translates `text`, the value of the variable `name`, for the setting `key`.
pub(super) fn translate(key: &Key, name: &str, text: &str, layer: &Layer) -> Meaning {
    let says = |text: &str| Meaning::Says(text.to_owned());
    let word = text.to_ascii_lowercase();
    match name {
        "OTEL_TRACES_SAMPLER" if key.kind == Kind::Rate => sampler(&word, layer),
        "OTEL_TRACES_SAMPLER" => says(if word.starts_with(PARENT_BASED) { "false" } else { "true" }),
        "OTEL_TRACES_EXPORTER" | "OTEL_METRICS_EXPORTER" => match word.as_str() {
            "none" => says("false"),
            // Where to send to is not for this tracer to choose: it sends to the agent.
            "otlp" | "console" | "logging" | "zipkin" | "jaeger" | "prometheus" => Meaning::Nothing,
            _ => Meaning::Wrong,
        },
        "OTEL_SDK_DISABLED" => match kind::switch(text) {
            Some(disabled) => says(if disabled { "false" } else { "true" }),
            None => Meaning::Wrong,
        },
        "OTEL_LOG_LEVEL" if key.kind == Kind::Switch => match Level::parse(text) {
            Some(Level::Debug) => says("true"),
            // Whether it is a level at all is for the setting of that kind to tell.
            _ => Meaning::Nothing,
        },
        "OTEL_RESOURCE_ATTRIBUTES" => match tags::parse_attributes(text) {
            Some(_) => says(text),
            None => Meaning::Wrong,
        },
        _ => says(text),
    }
}

/// A sampler's name in lower case and, from the variable beside it, its argument.
fn sampler(name: &str, layer: &Layer) -> Meaning {
    let argument = layer.get("OTEL_TRACES_SAMPLER_ARG").unwrap_or_default();
    match name.strip_prefix(PARENT_BASED).unwrap_or(name) {
        "always_on" => Meaning::Says("1.0".to_owned()),
        "always_off" => Meaning::Says("0.0".to_owned()),
        "traceidratio" if argument.is_empty() => Meaning::Says("1.0".to_owned()),
        "traceidratio" => Meaning::Says(argument.to_owned()),
        // A list like `endpoint=http://localhost:14250,initialSamplingRate=0.25`; until the endpoint would answer, the rate counts.
        "jaeger_remote" => match kind::list(argument).find_map(|part| part.strip_prefix("initialSamplingRate=")) {
            Some(rate) => Meaning::Says(rate.to_owned()),
            None => Meaning::Nothing,
        },
        _ => Meaning::Wrong,
    }
}
