//! The machinery behind a tracer: settings, samplers, what the agent wishes, and the way out.
//!
//! A forked child must not touch a lock that another thread of its parent may have held. So every process has an engine of its own:
//! those of children and grandchildren hang on that of the first, made on first use with the same settings.

mod outlet;
mod settings;
mod view;
mod waiting;

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};

pub(crate) use outlet::Outlet;
pub(crate) use settings::Settings;
pub(crate) use view::View;
use waiting::Waiting;

use crate::agent::{Health, Info};
use crate::carrier::Extract;
use crate::fork::{self, PerProcess};
use crate::propagation::{self, Extracted};
use crate::sampling::{SpanSampler, TraceSampler};
use crate::span::SpanRef;
use crate::span::pairs::Pairs;
use crate::sync::{AtomicU32, Mutex, MutexGuard, RwLock};
use crate::trace;
use crate::{clock, id};

pub(crate) struct Engine {
    pub(crate) settings: Arc<Settings>,
    pub(crate) sampler: TraceSampler,
    pub(crate) span_sampler: SpanSampler,
    pub(crate) outlet: Outlet,
    pub(crate) pid: u32,
    /// Tags of the first span of each chunk that are always the same.
    pub(crate) chunk_tags: Pairs,
    generation: u32,
    view: RwLock<Arc<View>>,
    /// The version of `view`, to be compared without a lock.
    view_version: AtomicU32,
    waiting: Mutex<Waiting>,
    /// What takes its place in forked children.
    forked: PerProcess<Arc<Engine>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Engine").field("service", &self.settings.service).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine that sends to the agent of its settings.
    pub(crate) fn start(settings: Arc<Settings>) -> Arc<Engine> {
        let engine = Engine::with(settings, |settings, runtime_id, engine| {
            let (learning, rating) = (Weak::clone(&engine), engine);
            let on_info = move |info: Option<&Info>| {
                if let Some(engine) = learning.upgrade() {
                    engine.learn(info);
                }
            };
            let on_rates = move |rates: &[(String, f64)]| {
                if let Some(engine) = rating.upgrade() {
                    engine.sampler.set_agent_rates(rates);
                }
            };
            Outlet::agent(settings.sender_options(runtime_id, Box::new(on_info), Box::new(on_rates)))
        });
        // The others need nothing of the agent before the first trace ends; the guard does when it begins.
        if engine.settings.org_guard.is_some() {
            engine.outlet.begin();
        }
        engine
    }

    /// An engine that keeps what it would send, with the wishes of an agent that is not there.
    pub(crate) fn in_memory(settings: Arc<Settings>, view: View) -> Arc<Engine> {
        let engine = Engine::with(settings, |_, _, _| Outlet::memory());
        engine.set_view(view);
        engine
    }

    fn with(settings: Arc<Settings>, outlet: impl FnOnce(&Settings, &str, Weak<Engine>) -> Outlet) -> Arc<Engine> {
        fork::watch();
        clock::prepare();
        let runtime_id = id::new_uuid();
        Arc::new_cyclic(|engine| Engine {
            sampler: settings.trace_sampler(),
            span_sampler: settings.span_sampler(),
            outlet: outlet(&settings, &runtime_id, Weak::clone(engine)),
            pid: std::process::id(),
            chunk_tags: settings.chunk_tags(&runtime_id),
            settings,
            generation: fork::generation(),
            view: RwLock::default(),
            view_version: AtomicU32::new(0),
            waiting: Mutex::default(),
            forked: PerProcess::new(),
        })
    }

    /// The engine of this process: this one, or after a fork one of its own.
    #[inline]
    pub(crate) fn of_this_process(engine: &Arc<Engine>) -> Option<&Arc<Engine>> {
        if engine.generation == fork::generation() {
            return Some(engine);
        }
        engine.forked.get_or_init(|| Engine::start(Arc::clone(&engine.settings)))
    }

    /// What the agent wishes, as known now.
    #[inline]
    pub(crate) fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same for someone who has looked `before`: nothing is locked while that still holds.
    #[inline]
    pub(crate) fn view_since(&self, before: Option<Arc<View>>) -> Arc<View> {
        match before {
            Some(view) if view.version == self.view_version.load(Ordering::Acquire) => view,
            _ => self.view(),
        }
    }

    fn set_view(&self, view: View) {
        let mut place = self.view.write().unwrap_or_else(PoisonError::into_inner);
        let version = place.version.wrapping_add(1);
        *place = Arc::new(View { version, ..view });
        self.view_version.store(version, Ordering::Release);
    }

    /// Takes over what the agent says of itself, or that it said nothing for too long, and works through what waited for that.
    pub(crate) fn learn(&self, info: Option<&Info>) {
        self.set_view(View::of(info, &self.settings));
        let waited = self.lock_waiting().open();
        waited.iter().for_each(|spans| trace::filter_waiting(spans));
        waited.into_iter().for_each(trace::send_waiting);
    }

    /// What became of all traces so far, those included that wait until it is known what the agent wishes.
    pub(crate) fn health(&self) -> Health {
        let mut health = self.outlet.sender().map(|sender| sender.health()).unwrap_or_default();
        let waiting = self.lock_waiting();
        health.waiting_traces += waiting.chunks();
        health.waiting_bytes += waiting.bytes();
        health
    }

    /// Keeps the finished spans of a trace until it is known what the agent wishes. They come back if it is known by now, or never will be.
    /// `bytes` is what they take when they are encoded.
    pub(crate) fn wait(&self, spans: Vec<SpanRef>, bytes: usize) -> Option<Vec<SpanRef>> {
        // The first chunk calls for the sender, which asks the agent.
        if !self.outlet.call() {
            return Some(spans);
        }
        let (refused, lost) = self.lock_waiting().add(spans, bytes);
        if lost > 0 {
            self.outlet.count_lost(lost as u32);
        }
        refused
    }

    /// Reads the context that another process sent.
    pub(crate) fn extract(&self, carrier: &dyn Extract) -> Extracted {
        let mut came = propagation::extract(&self.settings.propagation, carrier);
        if let (Some(guard), Some(ours)) = (&self.settings.org_guard, self.org_marker()) {
            guard.enforce(&ours, &mut came);
        }
        came
    }

    /// What marks traces of our organisation, if that is to be told and the agent has told it.
    pub(crate) fn org_marker(&self) -> Option<String> {
        self.settings.org_guard.as_ref()?;
        Some(self.view().org_marker.clone()).filter(|marker| !marker.is_empty())
    }

    fn lock_waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Sources};
    use crate::filter::FilterConfig;
    use crate::tracer::Tracer;

    #[test]
    fn a_trace_that_waits_in_parts_is_filtered_as_a_whole() {
        let setting = ("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS".to_owned(), "2".to_owned());
        let config = Config::load(&Sources::of_code(vec![setting]));
        let engine = Engine::in_memory(Arc::new(Settings::new(Arc::new(config))), View::default());
        let tracer = Tracer::of(Arc::clone(&engine));
        let secret = tracer.span("secret").root().start();
        for _ in 0..3 {
            tracer.span("part").child_of(&secret).start().finish();
        }
        secret.set_tag("secret", true);
        drop(secret);
        tracer.span("public").root().start().finish();
        assert!(engine.outlet.take_memory().is_empty(), "nothing is known of the agent yet");

        let filters = FilterConfig { reject: vec!["secret".to_owned()], ..FilterConfig::default() };
        engine.learn(Some(&Info { filters, ..Info::default() }));
        assert_eq!(engine.outlet.take_memory().len(), 1, "the public one");
    }

    #[test]
    fn once_the_agent_tells_our_marker_foreign_decisions_stay_outside_and_requests_carry_it() {
        let setting = ("DD_TRACE_ORG_GUARD_ENABLED".to_owned(), "true".to_owned());
        let config = Config::load(&Sources::of_code(vec![setting]));
        let engine = Engine::in_memory(Arc::new(Settings::new(Arc::new(config))), View::default());
        let tracer = Tracer::of(Arc::clone(&engine));
        let foreign = [
            ("traceparent", "00-0000000000000011000000000000001f-00000000000000f0-00"),
            ("tracestate", "dd=s:-1;o:rum;t.dm:-4;t.opm:foreign,foo=1"),
        ];
        // The priority, the origin, and what goes out.
        let hop = || {
            let span = tracer.span("work").child_of(&tracer.extract(&foreign)).start();
            let mut sent = std::collections::BTreeMap::<String, String>::new();
            span.inject(&mut sent);
            let tags = sent.remove("x-datadog-tags").unwrap_or_default();
            (span.sampling_priority(), span.origin(), tags, sent.remove("tracestate").unwrap_or_default())
        };
        let (priority, origin, tags, _) = hop();
        assert_eq!((priority, origin.as_deref()), (Some(-1), Some("rum")));
        assert_eq!(tags, "_dd.p.dm=-4,_dd.p.opm=foreign,_dd.p.tid=0000000000000011");

        engine.learn(Some(&Info { org_marker: "ours".to_owned(), ..Info::default() }));
        let (priority, origin, tags, tracestate) = hop();
        assert_eq!((priority, origin), (Some(1), None));
        assert_eq!(tags, "_dd.p.dm=-0,_dd.p.opm=ours,_dd.p.tid=0000000000000011");
        assert!(tracestate.contains("t.opm:ours") && tracestate.ends_with(",foo=1"), "{tracestate}");
    }
}
