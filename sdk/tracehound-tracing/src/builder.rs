//! The layer with other than the defaults.

use tracehound::Tracer;
use tracehound::integration::sql::Database;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{Filtered, Targets};
use tracing_subscriber::registry::LookupSpan;

use crate::filter::{SpanFilter, default_targets};
use crate::layer::SpanLayer;

/// What [`layer`](crate::layer) returns: the layer behind its own filter.
///
/// ```
/// use tracing_subscriber::Registry;
///
/// let layer: tracehound_tracing::TraceLayer<Registry> = tracehound_tracing::layer();
/// ```
pub type TraceLayer<S> = Filtered<SpanLayer, SpanFilter, S>;

/// Settings of a layer.
///
/// ```
/// use tracing::Level;
/// use tracing_subscriber::prelude::*;
///
/// let targets = tracehound_tracing::default_targets().with_target("my_app::cache", Level::DEBUG);
/// let layer = tracehound_tracing::builder().filter(targets).events(false).layer();
/// let subscriber = tracing_subscriber::registry().with(layer);
/// ```
#[must_use = "a builder does nothing until `layer`"]
#[derive(Debug)]
pub struct Builder {
    tracer: Option<Tracer>,
    targets: Targets,
    events: bool,
    sql: Option<Database>,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder { tracer: None, targets: default_targets(), events: true, sql: Some(Database::new("sqlx")) }
    }
}

impl Builder {
    /// Uses this tracer for spans outside of any trace, instead of the global one.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let builder = tracehound_tracing::builder().tracer(&tracer);
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> Builder {
        Builder { tracer: Some(tracer.clone()), ..self }
    }

    /// Says which spans and events this layer sees, instead of [`default_targets`]. Other layers see what they saw.
    ///
    /// ```
    /// let targets = "info,hyper=off,my_app=debug".parse::<tracing_subscriber::filter::Targets>().unwrap();
    /// let builder = tracehound_tracing::builder().filter(targets);
    /// ```
    pub fn filter(self, targets: Targets) -> Builder {
        Builder { targets, ..self }
    }

    /// Whether events become events of their spans, which they do by default.
    ///
    /// ```
    /// let builder = tracehound_tracing::builder().events(false);
    /// ```
    pub fn events(self, events: bool) -> Builder {
        Builder { events, ..self }
    }

    /// Describes the database that sqlx asks. Its events do not tell, and without this the spans of statements are `sql.query`.
    ///
    /// Every statement that ends inside of a span is a span, without any change to the code that makes it, as far as sqlx tells of it:
    /// see `ConnectOptions::log_statements`. It does not tell whether a statement failed. Statements of a `tracehound_sqlx` pool have
    /// their span already and get no second one.
    ///
    /// ```
    /// use tracehound::integration::sql::Database;
    ///
    /// let orders = Database::new("sqlx").url("postgres://waiter@db.example/orders");
    /// let builder = tracehound_tracing::builder().sql(orders);
    /// ```
    pub fn sql(self, database: Database) -> Builder {
        Builder { sql: Some(database), ..self }
    }

    /// Makes no spans from sqlx's events.
    ///
    /// ```
    /// let builder = tracehound_tracing::builder().without_sql();
    /// ```
    pub fn without_sql(self) -> Builder {
        Builder { sql: None, ..self }
    }

    /// The layer, for a registry.
    ///
    /// ```
    /// use tracing_subscriber::prelude::*;
    /// let subscriber = tracing_subscriber::registry().with(tracehound_tracing::builder().layer());
    /// ```
    pub fn layer<S>(self) -> TraceLayer<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let filter = SpanFilter::new(self.targets, self.sql.is_some());
        SpanLayer::new(self.tracer, self.events, self.sql).with_filter(filter)
    }
}
