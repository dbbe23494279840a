//! A tracer with settings from code.

use std::fmt;
use std::sync::Arc;

use super::{Guard, Tracer, global};
use crate::config::{Config, Sources};
use crate::engine::{Engine, Settings};
use crate::messages::{self, Callback, Level};
use crate::startup;

/// Settings from code, which win over those of files and the environment.
///
/// ```
/// let tracer = tracehound::Tracer::builder()
///     .service("shop")
///     .env("staging")
///     .version("1.2.3")
///     .setting("DD_TRACE_SAMPLE_RATE", "0.5")
///     .build();
/// assert!(tracer.is_enabled());
/// ```
#[must_use = "a builder does nothing until `build` or `init`"]
#[derive(Clone, Default)]
pub struct Builder {
    settings: Vec<(String, String)>,
    tags: Vec<(String, String)>,
    callback: Option<Callback>,
}

impl fmt::Debug for Builder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Builder").field("settings", &self.settings).field("tags", &self.tags).finish_non_exhaustive()
    }
}

impl Builder {
    /// The application's name: `DD_SERVICE`.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// ```
    pub fn service(self, service: &str) -> Builder {
        self.setting("DD_SERVICE", service)
    }

    /// Where it runs, such as `staging`: `DD_ENV`.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().env("staging").build();
    /// ```
    pub fn env(self, env: &str) -> Builder {
        self.setting("DD_ENV", env)
    }

    /// The application's version: `DD_VERSION`.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().version("1.2.3").build();
    /// ```
    pub fn version(self, version: &str) -> Builder {
        self.setting("DD_VERSION", version)
    }

    /// The agent's address, `http://host:port` or `unix:///path`: `DD_TRACE_AGENT_URL`.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().agent_url("http://127.0.0.1:8126").build();
    /// ```
    pub fn agent_url(self, url: &str) -> Builder {
        self.setting("DD_TRACE_AGENT_URL", url)
    }

    /// Any setting by its variable's name.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().setting("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS", "100").build();
    /// ```
    pub fn setting(mut self, name: &str, value: &str) -> Builder {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Whether anything is traced: `DD_TRACE_ENABLED`.
    ///
    /// ```
    /// assert!(!tracehound::Tracer::builder().enabled(false).build().is_enabled());
    /// ```
    pub fn enabled(self, enabled: bool) -> Builder {
        self.setting("DD_TRACE_ENABLED", if enabled { "true" } else { "false" })
    }

    /// A tag for every span, in addition to those of `DD_TAGS`.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().tag("team", "checkout").build();
    /// ```
    pub fn tag(mut self, key: &str, value: &str) -> Builder {
        self.tags.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Gives the tracer's own messages to `receive`, instead of stderr and the log file. It holds for the whole program and must not log
    /// through anything that is traced. The first messages come while [`init`](crate::init()) still runs: another call of that inside of
    /// `receive` gives a guard of no tracer, and other threads that call it wait, so `receive` must not wait for them.
    ///
    /// ```
    /// let builder = tracehound::Tracer::builder().on_message(|level, message| println!("{level:?} {message}"));
    /// ```
    pub fn on_message(mut self, receive: impl Fn(Level, &str) + Send + Sync + 'static) -> Builder {
        self.callback = Some(Arc::new(receive));
        self
    }

    /// Whether both say the same.
    pub(super) fn agrees(&self, other: &Builder) -> bool {
        self.settings == other.settings && self.tags == other.tags
    }

    /// A tracer of its own, to be passed along.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().build();
    /// ```
    pub fn build(self) -> Tracer {
        let sources = Sources { code: self.settings, code_tags: self.tags, ..Sources::of_process() };
        let config = Arc::new(Config::load(&sources));
        messages::configure(config.message_level, config.log_directory.as_deref(), self.callback);
        startup::tell(&config);
        // There are no threads and no sockets to send with.
        if !config.enabled || cfg!(target_family = "wasm") {
            return Tracer::disabled_by(config);
        }
        Tracer::of(Engine::start(Arc::new(Settings::new(config))))
    }

    /// Starts the global tracer with these settings: see [`init`](crate::init()).
    ///
    /// ```no_run
    /// let _tracing = tracehound::Tracer::builder().service("shop").init();
    /// ```
    pub fn init(self) -> Guard {
        global::install(self)
    }
}
