//! Values that follow from other settings.
//!
//! They are put in place of the settings' own, so that what is reported is what holds.

use super::layer::Layer;
use super::resolve::Settings;
use super::sources::Sources;
use super::tags::{self, Tags};
use super::{Origin, agent_url, stable};
use crate::agent::Endpoint;
use crate::json;

/// The three tags that have settings of their own.
const UNIFIED: [(&str, &str); 3] = [("DD_SERVICE", "service"), ("DD_ENV", "env"), ("DD_VERSION", "version")];

/// Replaces what follows from other settings. Returns the tags that go on every span.
pub(super) fn derive(settings: &mut Settings, layers: &[Layer], sources: &Sources, warnings: &mut Vec<String>) -> Tags {
    let tags = tags_and_what_they_name(settings, layers, sources);
    if !settings.is_set("DD_SERVICE") {
        settings.set("DD_SERVICE", sources.executable.clone(), Origin::Default);
    }
    agent_address(settings, sources);
    message_level(settings);
    for name in ["DD_TRACE_PROPAGATION_STYLE_EXTRACT", "DD_TRACE_PROPAGATION_STYLE_INJECT"] {
        if !settings.is_set(name) {
            copy(settings, "DD_TRACE_PROPAGATION_STYLE", name);
        }
    }
    span_rules_of_file(settings, warnings);
    tags
}

fn tags_and_what_they_name(settings: &mut Settings, layers: &[Layer], sources: &Sources) -> Tags {
    let mut tags = settings.take_tags();
    for (key, value) in &sources.code_tags {
        tags::set(&mut tags, key, value);
    }
    if !sources.code_tags.is_empty() {
        settings.set("DD_TAGS", tags::shown(&tags), Origin::Code);
    }

    let mut said_twice = attributes_behind_tags(layers);
    for (name, key) in UNIFIED {
        let of_tags = tags::take(&mut tags, key).map(|value| (value, settings.origin("DD_TAGS")));
        let of_attributes = || tags::take(&mut said_twice.0, key).map(|value| (value, said_twice.1));
        let value = of_tags.or_else(of_attributes).filter(|(value, _)| !value.is_empty());
        set_if_unset(settings, name, value);
    }
    let origin = settings.origin("DD_TAGS");
    let url = tags::take(&mut tags, tags::REPOSITORY_URL).map(|url| (url, origin));
    set_if_unset(settings, "DD_GIT_REPOSITORY_URL", url);
    let commit = tags::take(&mut tags, "git.commit.sha").map(|commit| (commit, origin));
    set_if_unset(settings, "DD_GIT_COMMIT_SHA", commit);
    tags
}

/// `DD_TAGS` hides the tags among OpenTelemetry's attributes, but not the names of service, environment and version.
fn attributes_behind_tags(layers: &[Layer]) -> (Tags, Origin) {
    let of_layer =
        |layer: &Layer| Some((tags::parse_attributes(layer.get("OTEL_RESOURCE_ATTRIBUTES")?)?, layer.origin));
    layers.iter().find_map(of_layer).unwrap_or((Tags::new(), Origin::Default))
}

fn set_if_unset(settings: &mut Settings, name: &str, value: Option<(String, Origin)>) {
    if let (Some((value, origin)), false) = (value, settings.is_set(name)) {
        settings.set(name, value, origin);
    }
}

/// The URL if there is one, else host and port, else the socket if it exists.
fn agent_address(settings: &mut Settings, sources: &Sources) {
    if settings.is_set("DD_TRACE_AGENT_URL") {
        return;
    }
    let (host, port) = (settings.origin("DD_AGENT_HOST"), settings.origin("DD_TRACE_AGENT_PORT"));
    let origin = host.max(port);
    let endpoint = if origin == Origin::Default && sources.socket.exists() {
        Endpoint::Unix(sources.socket.clone())
    } else {
        Endpoint::Http {
            host: agent_url::host(settings.value("DD_AGENT_HOST")).unwrap_or_default(),
            port: settings.value("DD_TRACE_AGENT_PORT").parse().unwrap_or_default(),
            base_path: String::new(),
        }
    };
    settings.set("DD_TRACE_AGENT_URL", endpoint.to_string(), origin);
}

/// The two ways to ask for details say the same afterwards, unless both were used.
fn message_level(settings: &mut Settings) {
    if !settings.is_set("DD_LOG_LEVEL") && settings.value("DD_TRACE_DEBUG") == "true" {
        settings.set("DD_LOG_LEVEL", "debug".to_owned(), settings.origin("DD_TRACE_DEBUG"));
    } else if !settings.is_set("DD_TRACE_DEBUG") && settings.value("DD_LOG_LEVEL") == "debug" {
        settings.set("DD_TRACE_DEBUG", "true".to_owned(), settings.origin("DD_LOG_LEVEL"));
    }
}

fn span_rules_of_file(settings: &mut Settings, warnings: &mut Vec<String>) {
    let path = settings.value("DD_SPAN_SAMPLING_RULES_FILE");
    if path.is_empty() || settings.is_set("DD_SPAN_SAMPLING_RULES") {
        return;
    }
    match stable::text_of(path.as_ref()) {
        Ok(rules) if json::read_list(&rules).is_ok() => {
            let origin = settings.origin("DD_SPAN_SAMPLING_RULES_FILE");
            settings.set("DD_SPAN_SAMPLING_RULES", rules.trim().to_owned(), origin);
        }
        Ok(_) => warnings.push(format!("DD_SPAN_SAMPLING_RULES_FILE: {path} does not hold a JSON list")),
        Err(error) => warnings.push(format!("DD_SPAN_SAMPLING_RULES_FILE: {path} cannot be read: {error}")),
    }
}

fn copy(settings: &mut Settings, from: &str, to: &str) {
    let (value, origin) = (settings.value(from).to_owned(), settings.origin(from));
    settings.set(to, value, origin);
}
