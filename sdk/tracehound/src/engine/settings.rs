//! The configuration in the form the tracer works with.

use std::borrow::Cow;
use std::sync::Arc;

use super::View;
use crate::agent::{OnInfo, OnRates, Pace, SenderOptions, Surroundings};
use crate::config::Config;
use crate::obfuscate::{QueryObfuscator, may_hold_secrets};
use crate::propagation::{self, BaggageLimits, Behavior, OrgGuard, Style};
use crate::sampling::{self, SpanSampler, TraceSampler};
use crate::span::marks::CommonTags;
use crate::span::pairs::Pairs;
use crate::stats::{Concentrator, Meta};
use crate::{clock, host, messages};

#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: Arc<Config>,
    pub(crate) service: String,
    /// Tags of every span that does not say otherwise.
    pub(crate) common_tags: CommonTags,
    /// The same for spans of the application's own service.
    pub(crate) own_tags: CommonTags,
    /// Bytes that these and the service take on each span.
    pub(crate) tag_bytes: usize,
    /// The service of most spans as the field that is sent.
    pub(crate) service_field: Pairs,
    pub(crate) wide_ids: bool,
    /// Finished spans of an open trace that are sent in part.
    pub(crate) partial_flush_at: Option<u32>,
    pub(crate) propagation: propagation::Options,
    pub(crate) org_guard: Option<OrgGuard>,
    pub(crate) stats: bool,
    /// What cuts secrets from queries.
    pub(crate) query_obfuscator: QueryObfuscator,
}

impl Settings {
    pub(crate) fn new(config: Arc<Config>) -> Settings {
        let env = Some(("env", &*config.env)).filter(|(_, env)| !env.is_empty());
        let tags = config.tags.iter().map(|(key, value)| (&**key, &**value));
        let common_tags = Pairs::of_texts(env.into_iter().chain(tags));
        let service_field = Pairs::of_texts([("service", &*config.service)]);
        let mut own_tags = common_tags.clone();
        if !config.version.is_empty() && !own_tags.contains("version") {
            own_tags.push_text("version", &config.version);
        }
        Settings {
            // With some to spare: a span that takes more than was expected is written twice.
            tag_bytes: own_tags.byte_len() + service_field.byte_len() + 64,
            common_tags: common_tags.into(),
            own_tags: own_tags.into(),
            service_field,
            service: config.service.clone(),
            wide_ids: config.generate_128_bit_ids,
            partial_flush_at: config
                .partial_flush_min_spans
                .map(|spans| u32::try_from(spans).unwrap_or(u32::MAX).max(1)),
            propagation: propagation_of(&config),
            org_guard: config
                .org_guard
                .then(|| OrgGuard { strict: config.org_guard_strict, trusted: config.org_guard_trusted.clone() }),
            stats: config.stats,
            query_obfuscator: QueryObfuscator::new(config.query_string_pattern.as_deref()),
            config,
        }
    }

    /// The service that `DD_SERVICE_MAPPING` puts in the place of another.
    pub(crate) fn mapped_service<'a>(&'a self, service: &'a str) -> &'a str {
        let mapped = self.config.service_mapping.iter().find(|(from, _)| from == service);
        mapped.map_or(service, |(_, to)| to)
    }

    /// What an error says, without the secrets of URLs in it.
    pub(crate) fn redacted<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if may_hold_secrets(text) { self.query_obfuscator.redact_within(text) } else { Cow::Borrowed(text) }
    }

    /// Whether events are sent as a field of the span.
    pub(crate) fn sends_native_events(&self, view: &View) -> bool {
        view.span_events || self.config.native_span_events
    }

    pub(super) fn trace_sampler(&self) -> TraceSampler {
        let (rules, warnings) = sampling::parse_trace_rules(&self.config.sampling_rules);
        warn("DD_TRACE_SAMPLING_RULES", &warnings);
        let limit = self.config.rate_limit_is_set.then_some(self.config.rate_limit);
        TraceSampler::new(rules, self.config.sample_rate, limit, &self.config.env)
    }

    pub(super) fn span_sampler(&self) -> SpanSampler {
        let (rules, warnings) = sampling::parse_span_rules(&self.config.span_sampling_rules);
        warn("DD_SPAN_SAMPLING_RULES", &warnings);
        SpanSampler::new(rules)
    }

    /// How the sender works for a process with this runtime id.
    pub(super) fn sender_options(&self, runtime_id: &str, on_info: OnInfo, on_rates: OnRates) -> SenderOptions {
        let config = &self.config;
        let process_tags = self.process_tags();
        let meta = Meta {
            hostname: config.hostname.clone().or_else(host::name).unwrap_or_default(),
            env: config.env.clone(),
            version: config.version.clone(),
            service: config.service.clone(),
            lang: "rust",
            tracer_version: env!("CARGO_PKG_VERSION"),
            runtime_id: runtime_id.to_owned(),
            git_commit_sha: config.git_commit_sha.clone().unwrap_or_default(),
            process_tags: process_tags.clone().unwrap_or_default(),
            ..Meta::default()
        };
        let stats = || Concentrator::new(meta, config.stats_cardinality_limit, clock::wall_ns());
        SenderOptions {
            endpoint: config.agent.clone(),
            surroundings: Surroundings { external_env: config.external_env.clone(), process_tags },
            timeout: config.agent_timeout,
            pace: Pace::default(),
            stats: config.stats.then(stats),
            on_info,
            on_rates,
        }
    }

    /// Tags of the first span of each chunk that are always the same. Source: sdk.md 2.3.
    pub(super) fn chunk_tags(&self, runtime_id: &str) -> Pairs {
        let config = &self.config;
        let hostname = config.report_hostname.then(|| config.hostname.clone().or_else(host::name)).flatten();
        let process_tags = self.process_tags();
        let tags = [
            ("language", Some("rust")),
            ("runtime-id", Some(runtime_id)),
            ("_dd.hostname", hostname.as_deref()),
            ("_dd.git.repository_url", config.git_repository_url.as_deref()),
            ("_dd.git.commit.sha", config.git_commit_sha.as_deref()),
            ("_dd.tags.process", process_tags.as_deref()),
        ];
        Pairs::of_texts(tags.into_iter().filter_map(|(key, value)| Some((key, value?))))
    }

    fn process_tags(&self) -> Option<String> {
        let config = &self.config;
        config.process_tags.then(|| host::process_tags(&config.service, config.service_is_users))
    }
}

fn warn(variable: &str, warnings: &[String]) {
    for warning in warnings {
        messages::warn(format_args!("{variable}: {warning}"));
    }
}

fn propagation_of(config: &Config) -> propagation::Options {
    let styles = |names: &[String]| names.iter().filter_map(|name| Style::parse(name)).collect();
    propagation::Options {
        extract: styles(&config.extract_styles),
        inject: styles(&config.inject_styles),
        extract_first: config.extract_first,
        behavior: Behavior::parse(&config.extract_behavior).unwrap_or(Behavior::Continue),
        tags_max_len: config.propagated_tags_max_len,
        baggage_tag_keys: config.baggage_tag_keys.clone(),
        baggage_limits: BaggageLimits { members: config.baggage_max_items, len: config.baggage_max_len },
    }
}
