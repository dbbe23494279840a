//! What settings become, from all places together. Inputs and outcomes are those of the public behaviour of Datadog's tracers.

use std::ffi::OsString;
use std::path::PathBuf;

use super::kind::Reading;
use super::*;
use crate::agent::Endpoint;
use crate::messages::Level;

/// The configuration of a process with this environment.
fn config(environment: &[(&str, &str)]) -> Config {
    Config::load(&Sources::pretended(environment))
}

/// The value of one setting there.
fn value(environment: &[(&str, &str)], name: &str) -> String {
    config(environment).get(name).unwrap().value
}

fn http(host: &str, port: u16) -> Endpoint {
    Endpoint::Http { host: host.into(), port, base_path: String::new() }
}

/// A directory with a local and a fleet file, removed at the end.
struct Files(PathBuf);

impl Files {
    fn new(test: &str, local: &str, fleet: &str) -> Files {
        let directory = std::env::temp_dir().join(format!("tracehound-config-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("local.yaml"), local).unwrap();
        std::fs::write(directory.join("fleet.yaml"), fleet).unwrap();
        Files(directory)
    }

    fn sources(&self, environment: &[(&str, &str)]) -> Sources {
        let (local_file, fleet_file) = (self.0.join("local.yaml"), self.0.join("fleet.yaml"));
        Sources { local_file, fleet_file, ..Sources::pretended(environment) }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn every_default_is_a_value_and_every_name_is_there_once() {
    let mut names = std::collections::BTreeSet::new();
    for key in keys::ALL.iter() {
        assert!(names.insert(key.name), "{} is there twice", key.name);
        let is_word = key.kind == kind::Kind::Pattern;
        let readable = key.default.is_empty() || key.kind.read(key.default) == Reading::Whole(key.default.into());
        assert!(is_word || readable, "the default of {}", key.name);
    }
}

#[test]
fn defaults_are_those_of_datadogs_tracers() {
    let config = config(&[]);
    assert_eq!(config.warnings, Vec::<String>::new());
    for (name, expected) in [
        ("DD_SERVICE", "shop"),
        ("DD_ENV", ""),
        ("DD_VERSION", ""),
        ("DD_TAGS", ""),
        ("DD_TRACE_ENABLED", "true"),
        ("DD_TRACE_DEBUG", "false"),
        ("DD_LOG_LEVEL", "info"),
        ("DD_TRACE_AGENT_URL", "http://localhost:8126"),
        ("DD_TRACE_SAMPLE_RATE", "1.0"),
        ("DD_TRACE_RATE_LIMIT", "100"),
        ("DD_TRACE_PROPAGATION_STYLE", "datadog,tracecontext,baggage"),
        ("DD_TRACE_PROPAGATION_STYLE_INJECT", "datadog,tracecontext,baggage"),
        ("DD_TRACE_OTEL_ENABLED", "true"),
        ("DD_RUNTIME_METRICS_ENABLED", "false"),
        ("DD_PROFILING_ENABLED", "false"),
        ("DD_DATA_STREAMS_ENABLED", "false"),
        ("DD_LOGS_INJECTION", "false"),
        ("DD_DOGSTATSD_HOST", "localhost"),
        ("DD_DOGSTATSD_PORT", "8125"),
    ] {
        let setting = config.get(name).unwrap();
        assert_eq!((setting.value.as_str(), setting.origin), (expected, Origin::Default), "{name}");
    }
    assert_eq!(config.get("DD_FOOBAR_ENABLED"), None);
    assert_eq!(config.sample_rate, None, "the agent says the rates");
    assert_eq!(config.partial_flush_min_spans, Some(300));
    assert_eq!(config.query_string_pattern, None);
    assert!(config.http_client_errors.contain(500) && config.http_client_errors.contain(400));
}

#[test]
fn each_kind_of_value_is_read() {
    for (name, text, expected) in [
        ("DD_TRACE_ENABLED", "False", "false"),
        ("DD_TRACE_ENABLED", " 0 ", "false"),
        ("DD_PROFILING_ENABLED", "1", "true"),
        ("DD_TRACE_SAMPLE_RATE", "0.3", "0.3"),
        ("DD_TRACE_RATE_LIMIT", "10", "10"),
        ("DD_TRACE_RATE_LIMIT", "-1", "-1"),
        ("DD_TRACE_HEADER_TAGS", "User-Agent:my-user-agent,Content-Type.", "User-Agent:my-user-agent,Content-Type."),
        ("DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP", r"\d{3}-\d{2}-\d{4}", r"\d{3}-\d{2}-\d{4}"),
        ("DD_TRACE_LOG_DIRECTORY", "/some/temporary/directory", "/some/temporary/directory"),
        ("DD_TRACE_CLIENT_IP_HEADER", "random-header-name", "random-header-name"),
        ("DD_TRACE_HTTP_CLIENT_ERROR_STATUSES", "200-250", "200-250"),
        ("DD_TRACE_HTTP_SERVER_ERROR_STATUSES", "250-200", "250-200"),
        ("DD_TRACE_HTTP_CLIENT_TAG_QUERY_STRING", "false", "false"),
        ("DD_TAGS", "team:apm,component:web", "team:apm,component:web"),
        ("DD_TAGS", "team:apm component:web", "team:apm,component:web"),
        ("DD_TRACE_PROPAGATION_STYLE", "B3 single header", "b3"),
        ("DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT", "RESTART", "restart"),
        ("DD_TRACE_BAGGAGE_TAG_KEYS", "", ""),
        ("DD_TRACE_BAGGAGE_TAG_KEYS", "user.id, *", "user.id,*"),
        ("DD_DOGSTATSD_HOST", "192.168.10.1", "192.168.10.1"),
        ("DD_GIT_REPOSITORY_URL", "https://token@gitlab.com/user/project.git", "https://gitlab.com/user/project.git"),
        ("DD_TRACE_AGENT_TIMEOUT", "2.5", "2.5"),
    ] {
        let config = config(&[(name, text)]);
        let setting = config.get(name).unwrap();
        assert_eq!((setting.value.as_str(), setting.origin), (expected, Origin::EnvVar), "{name}={text}");
        assert_eq!(config.warnings, Vec::<String>::new(), "{name}={text}");
    }
}

#[test]
fn a_malformed_value_is_told_by_name_and_the_default_holds() {
    for (name, text) in [
        ("DD_TRACE_ENABLED", "maybe"),
        ("DD_TRACE_SAMPLE_RATE", "-0.1"),
        ("DD_TRACE_SAMPLE_RATE", "1.1"),
        ("DD_TRACE_SAMPLE_RATE", "NaN"),
        ("DD_TRACE_SAMPLE_RATE", "inf"),
        ("DD_TRACE_SAMPLE_RATE", "half"),
        ("DD_TRACE_RATE_LIMIT", "nan"),
        ("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS", "0"),
        ("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS", "-5"),
        ("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS", "99999999999999999999"),
        ("DD_TRACE_X_DATADOG_TAGS_MAX_LENGTH", "1e9"),
        ("DD_TRACE_AGENT_TIMEOUT", "0"),
        ("DD_TRACE_AGENT_TIMEOUT", "1e300"),
        ("DD_TRACE_AGENT_PORT", "65536"),
        ("DD_TRACE_AGENT_PORT", "agent.port"),
        ("DD_AGENT_HOST", "a b"),
        ("DD_TRACE_AGENT_URL", "localhost:8126"),
        ("DD_TRACE_AGENT_URL", "https://localhost:8126"),
        ("DD_TRACE_SAMPLING_RULES", "[{"),
        ("DD_TRACE_SAMPLING_RULES", "{}"),
        ("DD_SPAN_SAMPLING_RULES", "nonsense"),
        ("DD_TRACE_PROPAGATION_STYLE", "carrier-pigeon"),
        ("DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT", "maybe"),
        ("DD_TRACE_HTTP_SERVER_ERROR_STATUSES", "5xx"),
        ("DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP", "(unclosed"),
        ("DD_TRACE_HEADER_TAGS", ":x"),
        ("DD_SERVICE_MAPPING", "a"),
        ("DD_LOG_LEVEL", "loud"),
        ("DD_SERVICE", "a\0b"),
        ("DD_TAGS", " , "),
    ] {
        let config = config(&[(name, text)]);
        let default = super::tests::config(&[]).get(name);
        assert_eq!(config.get(name), default, "{name}={text}");
        assert!(
            config.warnings.len() == 1 && config.warnings[0].starts_with(name),
            "{name}={text}: {:?}",
            config.warnings
        );
    }
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    for key in keys::ALL.iter().filter(|key| !key.kind.takes_empty()) {
        let config = config(&[(key.name, "  ")]);
        assert_eq!(config.get(key.name).map(|setting| setting.origin), Some(Origin::Default), "{}", key.name);
        assert_eq!(config.warnings, Vec::<String>::new(), "{}", key.name);
    }
}

#[cfg(unix)]
#[test]
fn bad_utf_8_is_told_by_name_and_the_default_holds() {
    use std::os::unix::ffi::OsStringExt;

    let mut sources = Sources::pretended(&[]);
    sources.process.set("DD_SERVICE", OsString::from_vec(b"sh\xffop".to_vec()));
    sources.process.set("DD_ENV", OsString::from_vec(b"\xc3".to_vec()));
    sources.process.set("LANG", OsString::from_vec(b"\xc3".to_vec()));
    let config = Config::load(&sources);
    assert_eq!((config.service.as_str(), config.env.as_str()), ("shop", ""));
    let named: Vec<_> = config.warnings.iter().map(|warning| warning.split(' ').next().unwrap()).collect();
    assert_eq!(named, ["DD_SERVICE", "DD_ENV"]);
}

#[test]
fn the_stronger_place_wins_and_is_told() {
    let local = "apm_configuration_default: {DD_ENV: local, DD_VERSION: '1', DD_LOGS_INJECTION: true, DD_PROFILING_ENABLED: true}";
    let fleet = "apm_configuration_default: {DD_SERVICE: fleet, DD_PROFILING_ENABLED: false}";
    let files = Files::new("places", local, fleet);
    let mut sources = files.sources(&[("DD_ENV", "env"), ("DD_SERVICE", "env"), ("DD_PROFILING_ENABLED", "True")]);
    sources.code = vec![("DD_VERSION".into(), "code".into())];
    let config = Config::load(&sources);
    for (name, value, origin) in [
        ("DD_LOGS_INJECTION", "true", Origin::LocalStableConfig),
        ("DD_ENV", "env", Origin::EnvVar),
        ("DD_SERVICE", "fleet", Origin::FleetStableConfig),
        ("DD_PROFILING_ENABLED", "false", Origin::FleetStableConfig),
        ("DD_VERSION", "code", Origin::Code),
        ("DD_TRACE_ENABLED", "true", Origin::Default),
    ] {
        assert_eq!(config.get(name), Some(Setting { value: value.into(), origin }), "{name}");
    }
}

#[test]
fn a_malformed_value_gives_way_to_a_weaker_place() {
    let files = Files::new("weaker", "apm_configuration_default: {DD_TRACE_SAMPLE_RATE: 0.5}", "- not a map");
    let config = Config::load(&files.sources(&[("DD_TRACE_SAMPLE_RATE", "2")]));
    assert_eq!(config.sample_rate, Some(0.5));
    assert_eq!(config.warnings.len(), 2, "{:?}", config.warnings);
}

#[test]
fn a_file_beyond_its_limit_is_told_and_left_alone() {
    let files = Files::new("long", &format!("# {}\napm_configuration_default: {{DD_ENV: x}}", "x".repeat(200_000)), "");
    let config = Config::load(&files.sources(&[]));
    assert_eq!(config.env, "");
    assert!(config.warnings.iter().any(|told| told.contains("longer than")), "{:?}", config.warnings);
}

#[test]
fn only_the_builder_is_told_of_names_that_are_no_settings() {
    let files = Files::new("unknown", "apm_configuration_default: {DD_FOOBAR_ENABLED: baz}", "extra_key: 123");
    let mut sources = files.sources(&[("DD_FOOBAR", "1")]);
    sources.code = vec![("DD_SERVICE_NAME_TYPO".into(), "x".into())];
    assert_eq!(Config::load(&sources).warnings, ["DD_SERVICE_NAME_TYPO is not a setting"]);
}

#[test]
fn the_agents_address_comes_from_url_then_host_and_port_then_the_socket() {
    let socket = std::env::temp_dir();
    for (environment, url, endpoint) in [
        (
            &[("DD_TRACE_AGENT_URL", "unix:///var/run/datadog/apm.socket"), ("DD_AGENT_HOST", "localhost")][..],
            "unix:///var/run/datadog/apm.socket",
            Endpoint::Unix("/var/run/datadog/apm.socket".into()),
        ),
        (
            &[("DD_TRACE_AGENT_URL", "http://random-host:9999/"), ("DD_TRACE_AGENT_PORT", "8126")],
            "http://random-host:9999",
            http("random-host", 9999),
        ),
        (&[("DD_TRACE_AGENT_URL", "http://[::1]:5000")], "http://[::1]:5000", http("::1", 5000)),
        (
            &[("DD_TRACE_AGENT_URL", ""), ("DD_AGENT_HOST", "[::1]"), ("DD_TRACE_AGENT_PORT", "5000")],
            "http://[::1]:5000",
            http("::1", 5000),
        ),
        (&[("DD_AGENT_HOST", "::1")], "http://[::1]:8126", http("::1", 8126)),
        (&[("DD_TRACE_AGENT_HOSTNAME", "agent")], "http://agent:8126", http("agent", 8126)),
        (&[("DD_TRACE_AGENT_PORT", "9000")], "http://localhost:9000", http("localhost", 9000)),
        (&[("DD_TRACE_AGENT_URL", "nonsense"), ("DD_AGENT_HOST", "agent")], "http://agent:8126", http("agent", 8126)),
    ] {
        let mut sources = Sources::pretended(environment);
        sources.socket.clone_from(&socket);
        let config = Config::load(&sources);
        assert_eq!(config.agent, endpoint, "{environment:?}");
        let setting = config.get("DD_TRACE_AGENT_URL").unwrap();
        assert_eq!((setting.value.as_str(), setting.origin), (url, Origin::EnvVar), "{environment:?}");
    }
    let sources = Sources { socket: socket.clone(), ..Sources::pretended(&[]) };
    assert_eq!(Config::load(&sources).agent, Endpoint::Unix(socket));
}

#[test]
fn service_env_and_version_may_stand_among_the_tags_but_their_own_variables_win() {
    let tags = ("DD_TAGS", "service:random-service2,env:dev2,version:1.2.4,team:a");
    let of = |environment: &[(&str, &str)]| {
        let Config { service, env, version, tags, .. } = config(environment);
        (service, env, version, tags)
    };
    let team = vec![("team".to_owned(), "a".to_owned())];
    assert_eq!(of(&[tags]), ("random-service2".into(), "dev2".into(), "1.2.4".into(), team.clone()));
    let own = [tags, ("DD_ENV", "dev"), ("DD_VERSION", "5.2.0"), ("DD_SERVICE", "random-service")];
    assert_eq!(of(&own), ("random-service".into(), "dev".into(), "5.2.0".into(), team));
}

#[test]
fn git_data_may_stand_among_the_tags_and_lose_their_credentials() {
    let tags = ("DD_TAGS", "git.repository_url:https://user:secret@host/path,git.commit.sha:abc,x:y");
    let config_of = |environment: &[(&str, &str)]| {
        let Config { git_repository_url, git_commit_sha, tags, .. } = config(environment);
        assert_eq!(tags, [("x".to_owned(), "y".to_owned())]);
        (git_repository_url.unwrap_or_default(), git_commit_sha.unwrap_or_default())
    };
    assert_eq!(config_of(&[tags]), ("https://host/path".into(), "abc".into()));
    let own = [tags, ("DD_GIT_REPOSITORY_URL", "https://own"), ("DD_GIT_COMMIT_SHA", "def")];
    assert_eq!(config_of(&own), ("https://own".into(), "def".into()));
    assert_eq!(config_of(&[tags, ("DD_TRACE_GIT_METADATA_ENABLED", "false")]), (String::new(), String::new()));
    assert!(!value(&[tags], "DD_TAGS").contains("secret"));
}

#[test]
fn tags_of_the_application_join_those_of_the_environment() {
    let mut sources = Sources::pretended(&[("DD_TAGS", "a:1,b:2")]);
    sources.code_tags = vec![("b".into(), "3".into()), ("c d".into(), "x,y".into())];
    let config = Config::load(&sources);
    let expected = [("a", "1"), ("b", "3"), ("c d", "x,y")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(config.tags, expected);
    assert_eq!(config.get("DD_TAGS").unwrap(), Setting { value: "a:1,b:3,c d:x,y".into(), origin: Origin::Code });
}

#[test]
fn datadogs_variables_hide_opentelemetrys() {
    let environment = [
        ("DD_SERVICE", "service"),
        ("OTEL_SERVICE_NAME", "otel_service"),
        ("DD_LOG_LEVEL", "error"),
        ("DD_TRACE_DEBUG", "false"),
        ("OTEL_LOG_LEVEL", "debug"),
        ("DD_TRACE_SAMPLE_RATE", "0.5"),
        ("OTEL_TRACES_SAMPLER", "traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.1"),
        ("DD_TRACE_ENABLED", "true"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("DD_RUNTIME_METRICS_ENABLED", "true"),
        ("OTEL_METRICS_EXPORTER", "none"),
        ("DD_TAGS", "foo:bar,baz:qux"),
        ("OTEL_RESOURCE_ATTRIBUTES", "foo=otel_bar,baz=otel_qux,deployment.environment=otel_env"),
        ("DD_TRACE_PROPAGATION_STYLE", "b3,tracecontext"),
        ("OTEL_PROPAGATORS", "datadog,tracecontext"),
        ("DD_TRACE_OTEL_ENABLED", "true"),
        ("OTEL_SDK_DISABLED", "true"),
    ];
    for (name, expected) in [
        ("DD_SERVICE", "service"),
        ("DD_LOG_LEVEL", "error"),
        ("DD_TRACE_DEBUG", "false"),
        ("DD_TRACE_SAMPLE_RATE", "0.5"),
        ("DD_TRACE_ENABLED", "true"),
        ("DD_RUNTIME_METRICS_ENABLED", "true"),
        ("DD_TAGS", "foo:bar,baz:qux"),
        ("DD_ENV", "otel_env"),
        ("DD_TRACE_PROPAGATION_STYLE", "b3,tracecontext"),
        ("DD_TRACE_OTEL_ENABLED", "true"),
    ] {
        assert_eq!(value(&environment, name), expected, "{name}");
    }
}

#[test]
fn opentelemetrys_variables_are_translated() {
    let sampler = |name, argument| [("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", argument)];
    let jaeger = "endpoint=http://localhost:14250,pollingIntervalMs=5000,initialSamplingRate=0.25";
    let attributes = "deployment.environment=test1,service.name=test2,service.version=5,foo=bar1,baz=qux1";
    for (environment, name, expected) in [
        (&[("OTEL_SERVICE_NAME", "checkout.worker/v2")][..], "DD_SERVICE", "checkout.worker/v2"),
        (
            &[("OTEL_SERVICE_NAME", ""), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=of-resource")],
            "DD_SERVICE",
            "of-resource",
        ),
        (
            &[("OTEL_SERVICE_NAME", "own"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=of-resource")],
            "DD_SERVICE",
            "own",
        ),
        (&[("OTEL_RESOURCE_ATTRIBUTES", attributes)], "DD_SERVICE", "test2"),
        (&[("OTEL_RESOURCE_ATTRIBUTES", attributes)], "DD_ENV", "test1"),
        (&[("OTEL_RESOURCE_ATTRIBUTES", attributes)], "DD_VERSION", "5"),
        (&[("OTEL_RESOURCE_ATTRIBUTES", "foo=bar1,baz=qux1")], "DD_TAGS", "foo:bar1,baz:qux1"),
        (&[("OTEL_RESOURCE_ATTRIBUTES", "resource.test=discarded,invalid")], "DD_TAGS", ""),
        (&sampler("always_on", ""), "DD_TRACE_SAMPLE_RATE", "1.0"),
        (&sampler("always_off", ""), "DD_TRACE_SAMPLE_RATE", "0.0"),
        (&sampler("parentbased_always_on", ""), "DD_TRACE_SAMPLE_RATE", "1.0"),
        (&sampler("parentbased_always_off", ""), "DD_TRACE_SAMPLE_RATE", "0.0"),
        (&sampler("traceidratio", "0.25"), "DD_TRACE_SAMPLE_RATE", "0.25"),
        (&sampler("parentbased_traceidratio", "0"), "DD_TRACE_SAMPLE_RATE", "0"),
        (&sampler("parentbased_traceidratio", ""), "DD_TRACE_SAMPLE_RATE", "1.0"),
        (&sampler("parentbased_traceidratio", "-0.1"), "DD_TRACE_SAMPLE_RATE", "1.0"),
        (&sampler("parentbased_traceidratio", "1.1"), "DD_TRACE_SAMPLE_RATE", "1.0"),
        (&sampler("parentbased_traceidratio", "not-a-number"), "DD_TRACE_SAMPLE_RATE", "1.0"),
        (&sampler("jaeger_remote", jaeger), "DD_TRACE_SAMPLE_RATE", "0.25"),
        (&sampler("parentbased_jaeger_remote", jaeger), "DD_TRACE_SAMPLE_RATE", "0.25"),
        (&sampler("invalid", "0.5"), "DD_TRACE_SAMPLE_RATE", "1.0"),
        (&sampler("always_on", ""), "DD_TRACE_SAMPLE_IGNORE_PARENT", "true"),
        (&sampler("parentbased_always_off", ""), "DD_TRACE_SAMPLE_IGNORE_PARENT", "false"),
        (&[("OTEL_TRACES_EXPORTER", "none")], "DD_TRACE_ENABLED", "false"),
        (&[("OTEL_TRACES_EXPORTER", "otlp")], "DD_TRACE_ENABLED", "true"),
        (&[("OTEL_METRICS_EXPORTER", "none")], "DD_RUNTIME_METRICS_ENABLED", "false"),
        (&[("OTEL_SDK_DISABLED", "true")], "DD_TRACE_OTEL_ENABLED", "false"),
        (&[("OTEL_SDK_DISABLED", "false")], "DD_TRACE_OTEL_ENABLED", "true"),
        (&[("OTEL_LOG_LEVEL", "error")], "DD_LOG_LEVEL", "error"),
        (&[("OTEL_LOG_LEVEL", "DeBuG")], "DD_LOG_LEVEL", "debug"),
        (&[("OTEL_LOG_LEVEL", "DEBUG")], "DD_TRACE_DEBUG", "true"),
        (&[("OTEL_LOG_LEVEL", "info")], "DD_TRACE_DEBUG", "false"),
        (&[("OTEL_PROPAGATORS", "b3,tracecontext")], "DD_TRACE_PROPAGATION_STYLE", "b3,tracecontext"),
        (&[("OTEL_PROPAGATORS", "none")], "DD_TRACE_PROPAGATION_STYLE", "none"),
        (&[("OTEL_PROPAGATORS", "not-a-propagator")], "DD_TRACE_PROPAGATION_STYLE", "datadog,tracecontext,baggage"),
    ] {
        assert_eq!(value(environment, name), expected, "{name} of {environment:?}");
    }
}

#[test]
fn an_invalid_opentelemetry_variable_is_told_once_and_by_its_own_name() {
    for (name, text, mentions) in [
        ("OTEL_LOG_LEVEL", "not-a-log-level", "invalid"),
        ("OTEL_TRACES_SAMPLER", "foo", "invalid"),
        ("OTEL_TRACES_EXPORTER", "foo", "invalid"),
        ("OTEL_METRICS_EXPORTER", "foo", "invalid"),
        ("OTEL_RESOURCE_ATTRIBUTES", "foo", "invalid"),
        ("OTEL_PROPAGATORS", "not-a-propagator", "invalid"),
        ("OTEL_PROPAGATORS", "b3,jaeger", "not supported"),
        ("OTEL_SDK_DISABLED", "foo", "invalid"),
    ] {
        let warnings = config(&[(name, text)]).warnings;
        let told: Vec<_> = warnings.iter().filter(|told| told.starts_with(name) && told.contains(mentions)).collect();
        assert!(!told.is_empty(), "{name}={text}: {warnings:?}");
        assert!(warnings.iter().all(|told| told.starts_with(name)), "{warnings:?}");
    }
}

#[test]
fn details_may_be_asked_for_in_two_ways() {
    for (environment, level, debug) in [
        (&[("DD_TRACE_DEBUG", "true")][..], "debug", "true"),
        (&[("DD_LOG_LEVEL", "debug")], "debug", "true"),
        (&[("DD_TRACE_LOG_LEVEL", "warn")], "warn", "false"),
        (&[("DD_TRACE_DEBUG", "false"), ("OTEL_LOG_LEVEL", "debug")], "debug", "false"),
        (&[("DD_TRACE_DEBUG", "true"), ("OTEL_LOG_LEVEL", "error")], "error", "true"),
    ] {
        assert_eq!(value(environment, "DD_LOG_LEVEL"), level, "{environment:?}");
        assert_eq!(value(environment, "DD_TRACE_DEBUG"), debug, "{environment:?}");
        let says_details = config(environment).message_level == Level::Debug;
        assert_eq!(says_details, debug == "true" || level == "debug", "{environment:?}");
    }
}

#[test]
fn reading_and_writing_may_have_styles_of_their_own() {
    let environment = [("DD_TRACE_PROPAGATION_STYLE", "b3"), ("DD_TRACE_PROPAGATION_STYLE_EXTRACT", "Datadog,b3multi")];
    let split = config(&environment);
    assert_eq!(split.extract_styles, ["datadog", "b3multi"]);
    assert_eq!(split.inject_styles, ["b3"]);
    assert!(config(&[("DD_TRACE_PROPAGATION_STYLE", "none")]).inject_styles.is_empty());
}

#[test]
fn an_empty_pattern_and_an_empty_list_are_values() {
    let config = config(&[("DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP", ""), ("DD_TRACE_BAGGAGE_TAG_KEYS", "")]);
    assert_eq!(config.query_string_pattern.as_deref(), Some(""));
    assert!(config.baggage_tag_keys.is_empty());
}

#[test]
fn single_span_rules_may_be_in_a_file_unless_the_variable_is_set() {
    let files = Files::new("rules", "", "");
    let path = files.0.join("rules.json");
    std::fs::write(&path, "[{\"service\":\"of-file\"}]\n").unwrap();
    let file = ("DD_SPAN_SAMPLING_RULES_FILE", path.to_str().unwrap());
    assert_eq!(config(&[file]).span_sampling_rules, "[{\"service\":\"of-file\"}]");
    assert_eq!(config(&[file, ("DD_SPAN_SAMPLING_RULES", "[]")]).span_sampling_rules, "[]");

    std::fs::write(&path, "not json").unwrap();
    for name in [path.to_str().unwrap(), "/nowhere/rules.json"] {
        let config = config(&[("DD_SPAN_SAMPLING_RULES_FILE", name)]);
        assert_eq!((config.span_sampling_rules.as_str(), config.warnings.len()), ("[]", 1), "{name}");
    }
}

#[test]
fn names_of_settings_are_known_in_any_case_and_by_their_other_names() {
    let config = config(&[("DD_SERVICE", "a")]);
    for name in ["DD_SERVICE", "dd_service", "OTEL_SERVICE_NAME"] {
        assert_eq!(config.get(name).unwrap().value, "a", "{name}");
    }
    assert_eq!(config.get("DD_AGENT_HOST").unwrap().value, "localhost", "a name of its own before an alias");
    let code = vec![("dd_env".into(), "b".into()), ("Otel_Service_Name".into(), "c".into())];
    let config = Config::load(&Sources { code, ..Sources::pretended(&[]) });
    assert_eq!((config.env.as_str(), config.service.as_str()), ("b", "c"));
    assert_eq!(config.warnings, Vec::<String>::new());
}

#[test]
fn hostile_environments_are_bounded() {
    let tags: String = (0..100_000).map(|i| format!("k{i}:v,")).collect();
    let rules = "[".repeat(100_000);
    let config = config(&[
        ("DD_TAGS", &tags),
        ("DD_TRACE_SAMPLING_RULES", &rules),
        ("DD_SERVICE_MAPPING", &"a:b,".repeat(100_000)),
    ]);
    assert_eq!(config.tags.len(), 256);
    assert_eq!(config.sampling_rules, "[]");
    assert_eq!(config.service_mapping.len(), 256);
    assert!(config.warnings.iter().all(|told| told.len() < 300), "{:?}", config.warnings);
}
