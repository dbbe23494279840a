//! Which spans and events the layer sees, without a say in what other layers see.

use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Filter};

use crate::sql;

/// Libraries whose spans tell of frames, handshakes and queues, not of the application's work.
const NOISY: [&str; 7] = ["h2", "hyper", "hyper_util", "rustls", "tokio_util", "tower::buffer", "want"];

/// What is seen unless [`Builder::filter`](crate::Builder::filter) says otherwise: `INFO` and above, without `h2`, `hyper`, `rustls` and
/// their like.
///
/// ```
/// use tracing::Level;
///
/// let targets = tracehound_tracing::default_targets();
/// assert!(targets.would_enable("my_app", &Level::INFO));
/// assert!(!targets.would_enable("my_app", &Level::DEBUG));
/// assert!(!targets.would_enable("h2::client", &Level::ERROR));
/// ```
pub fn default_targets() -> Targets {
    Targets::new().with_default(Level::INFO).with_targets(NOISY.map(|target| (target, LevelFilter::OFF)))
}

/// The filter of a [`TraceLayer`](crate::TraceLayer).
///
/// ```
/// use tracing_subscriber::Registry;
///
/// let layer = tracehound_tracing::layer::<Registry>();
/// let filter: &tracehound_tracing::SpanFilter = layer.filter();
/// ```
#[derive(Debug)]
pub struct SpanFilter {
    targets: Targets,
    /// sqlx's events about statements are seen at whichever level the application lets sqlx make them.
    sql: bool,
}

impl SpanFilter {
    pub(crate) fn new(targets: Targets, sql: bool) -> SpanFilter {
        SpanFilter { targets, sql }
    }

    fn sees(&self, metadata: &Metadata<'_>) -> bool {
        (self.sql && metadata.target() == sql::TARGET) || self.targets.would_enable(metadata.target(), metadata.level())
    }
}

impl<S> Filter<S> for SpanFilter {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.sees(metadata)
    }

    /// Never "sometimes": so nothing is asked again when a span begins, unless another layer's filter wants to be.
    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.sees(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let targets = self.targets.iter().map(|(_, level)| level).max().unwrap_or(LevelFilter::OFF);
        let targets = targets.max(self.targets.default_level().unwrap_or(LevelFilter::OFF));
        Some(if self.sql { targets.max(sql::LEVEL) } else { targets })
    }
}
