//! The tracer: what starts spans and sends them.

mod builder;
mod global;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::agent::Sender;
pub use crate::agent::{Count, FlushError, Flushed, Health, NotReady};
pub use builder::Builder;
pub(crate) use global::global;
pub use global::{Guard, config, flush, flush_stats, init, ready, tracer};

use crate::carrier::{Extract, Inject};
use crate::config::{Config, Sources};
use crate::context::SpanContext;
use crate::engine::Engine;
use crate::fork::PerProcess;
use crate::propagation;
use crate::span::SpanBuilder;

/// A tracer: a value that can be cloned and passed along. Most programs have one, the global one that [`init`] starts; layers and
/// wrappers that are given another use that, and children always follow their parent's.
///
/// ```
/// let tracer = tracehound::Tracer::builder().service("shop").env("test").build();
/// let span = tracer.span("checkout").start();
/// ```
#[derive(Clone, Default)]
pub struct Tracer {
    engine: Option<Arc<Engine>>,
    /// Of a tracer that is disabled by its settings.
    config: Option<Arc<Config>>,
}

/// The settings of a tracer that was never configured.
static DEFAULTS: PerProcess<Arc<Config>> = PerProcess::of_all();

/// Whether there was an enabled tracer in this process. As long as there was none, `span!` need not look for one: whoever has one to
/// hand, or runs below its span, has seen this as well.
static ANY_ENABLED: AtomicBool = AtomicBool::new(false);

#[inline]
pub(crate) fn any_enabled() -> bool {
    ANY_ENABLED.load(Ordering::Relaxed)
}

impl fmt::Debug for Tracer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.engine {
            Some(engine) => write!(out, "Tracer({})", engine.settings.service),
            None => out.write_str("Tracer(disabled)"),
        }
    }
}

impl Tracer {
    /// A tracer that traces nothing.
    ///
    /// ```
    /// assert!(!tracehound::Tracer::disabled().is_enabled());
    /// ```
    pub const fn disabled() -> Tracer {
        Tracer { engine: None, config: None }
    }

    /// A tracer with settings from code, which win over those of the environment.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn of(engine: Arc<Engine>) -> Tracer {
        ANY_ENABLED.store(true, Ordering::Relaxed);
        Tracer { engine: Some(engine), config: None }
    }

    fn disabled_by(config: Arc<Config>) -> Tracer {
        Tracer { engine: None, config: Some(config) }
    }

    /// The engine of this process.
    #[inline]
    pub(crate) fn engine(&self) -> Option<&Arc<Engine>> {
        self.engine.as_ref().and_then(Engine::of_this_process)
    }

    /// Whether spans are recorded at all.
    ///
    /// ```
    /// assert!(!tracehound::tracer().is_enabled()); // before `init`
    /// ```
    #[inline]
    pub fn is_enabled(&self) -> bool {
        self.engine.is_some()
    }

    /// A span of this tracer to be started, below the current span if there is one.
    ///
    /// ```
    /// let span = tracehound::tracer().span("checkout").resource("cart").start();
    /// ```
    #[inline]
    pub fn span<'a>(&'a self, name: &'a str) -> SpanBuilder<'a> {
        SpanBuilder::new(name, Some(self))
    }

    /// Reads the context that another process sent, in the styles of this tracer.
    ///
    /// ```
    /// let context = tracehound::tracer().extract(&Vec::<(String, String)>::new());
    /// assert!(context.is_none());
    /// ```
    pub fn extract(&self, carrier: &(impl Extract + ?Sized)) -> SpanContext {
        match self.engine() {
            Some(engine) => SpanContext::remote(engine.extract(&carrier)),
            None => SpanContext::remote(propagation::extract(&propagation::Options::default(), &carrier)),
        }
    }

    /// Writes a context into a carrier: the same as [`SpanContext::inject`].
    ///
    /// ```
    /// let mut headers = Vec::<(String, String)>::new();
    /// tracehound::tracer().inject(&tracehound::SpanContext::none(), &mut headers);
    /// ```
    pub fn inject(&self, context: &SpanContext, carrier: &mut impl Inject) {
        context.inject(carrier);
    }

    /// Sends what has finished, and waits for that, at most `timeout`.
    ///
    /// # Errors
    /// If not everything could be sent in that time, with the reason.
    ///
    /// ```
    /// let done = tracehound::tracer().flush(std::time::Duration::from_secs(1));
    /// ```
    pub fn flush(&self, timeout: Duration) -> Result<Flushed, FlushError> {
        self.flushed(|sender| sender.flush(timeout))
    }

    /// Sends the statistics counted so far, and waits for that, at most `timeout`.
    ///
    /// # Errors
    /// If not everything could be sent in that time, with the reason.
    ///
    /// ```
    /// let done = tracehound::tracer().flush_stats(std::time::Duration::from_secs(1));
    /// ```
    pub fn flush_stats(&self, timeout: Duration) -> Result<Flushed, FlushError> {
        self.flushed(|sender| sender.flush_stats(timeout))
    }

    /// Waits until the agent has said what it offers, at most `timeout`.
    ///
    /// # Errors
    /// If it did not by then, with the reason.
    ///
    /// ```
    /// let ready = tracehound::tracer().ready(std::time::Duration::from_millis(1));
    /// ```
    pub fn ready(&self, timeout: Duration) -> Result<(), NotReady> {
        self.sender_or((), |sender| sender.ready(timeout))
    }

    /// Sends what has finished, at most for `timeout`, and stops: spans that end later are not sent.
    ///
    /// # Errors
    /// If not everything could be sent in that time, with the reason.
    ///
    /// ```
    /// let done = tracehound::tracer().shutdown(std::time::Duration::from_secs(1));
    /// ```
    pub fn shutdown(&self, timeout: Duration) -> Result<Flushed, FlushError> {
        self.flushed(|sender| sender.shutdown(timeout))
    }

    /// What was sent and what was lost so far, by reason.
    ///
    /// ```
    /// let health = tracehound::tracer().health();
    /// ```
    pub fn health(&self) -> Health {
        self.engine().map(|engine| engine.health()).unwrap_or_default()
    }

    /// The settings in force, and where each comes from. A disabled tracer has the defaults.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// assert_eq!(tracer.config().get("DD_SERVICE").unwrap().value, "shop");
    /// ```
    pub fn config(&self) -> Arc<Config> {
        match &self.engine {
            Some(engine) => Arc::clone(&engine.settings.config),
            None => self.config.clone().unwrap_or_else(|| {
                let load = || Arc::new(Config::load(&Sources::of_code(Vec::new())));
                DEFAULTS.get_or_init(load).map_or_else(load, Arc::clone)
            }),
        }
    }

    /// The settings in force, if any were ever read.
    pub(crate) fn known_config(&self) -> Option<&Arc<Config>> {
        self.engine.as_ref().map(|engine| &engine.settings.config).or(self.config.as_ref())
    }

    fn flushed(&self, act: impl FnOnce(&Sender) -> Result<Flushed, FlushError>) -> Result<Flushed, FlushError> {
        self.sender_or(Flushed::default(), act).map_err(|error| match error {
            // The sender does not know of what waits before it comes there.
            FlushError::Timeout { .. } => {
                let Health { waiting_traces, waiting_bytes, .. } = self.health();
                FlushError::Timeout { traces: waiting_traces, bytes: waiting_bytes }
            }
            error => error,
        })
    }

    fn sender_or<T, E>(&self, otherwise: T, act: impl FnOnce(&Sender) -> Result<T, E>) -> Result<T, E> {
        match self.engine().and_then(|engine| engine.outlet.sender()) {
            Some(sender) => act(sender),
            None => Ok(otherwise),
        }
    }
}
