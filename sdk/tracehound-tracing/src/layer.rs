//! The layer: each span of `tracing` that it sees has a Datadog span in the registry's extensions.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tracehound::integration::sql::{Database, MARK};
use tracehound::integration::{context, record_unwinding};
use tracehound::{Span, SpanBuilder, SpanRef, Tracer};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::fields::SpanFields;
use crate::{event, newest, sql};

/// The layer without its filter: a [`TraceLayer`](crate::TraceLayer) is this one behind it.
///
/// ```
/// use tracing_subscriber::Registry;
///
/// let layer = tracehound_tracing::layer::<Registry>();
/// let inside: &tracehound_tracing::SpanLayer = layer.inner();
/// ```
#[derive(Debug)]
pub struct SpanLayer {
    tracer: Option<Tracer>,
    events: bool,
    sql: Option<Database>,
    /// Makes keys of this layer's spans differ from those of another layer, whose registry gives the same ids.
    salt: u64,
}

/// The Datadog span of a `tracing` span.
#[derive(Debug)]
pub(crate) enum Opened {
    /// Made for it. It ends when the registry drops it.
    Own {
        span: Span,
        /// It was entered while a panic unwound, so the panic is not its own.
        amid_panic: AtomicBool,
    },
    /// A statement's, which `tracehound-sqlx` made and ends. Its mark is entered on the threads on which sqlx runs SQLite, too, and what
    /// is logged there (a slow statement, most of all) belongs to it.
    Statement(SpanRef),
}

/// What a closed span leaves behind: nothing.
impl Default for Opened {
    fn default() -> Opened {
        Opened::Statement(SpanRef::default())
    }
}

impl Opened {
    pub(crate) fn span(&self) -> &SpanRef {
        match self {
            Opened::Own { span, .. } => span,
            Opened::Statement(span) => span,
        }
    }
}

impl SpanLayer {
    pub(crate) fn new(tracer: Option<Tracer>, events: bool, sql: Option<Database>) -> SpanLayer {
        SpanLayer { tracer, events, sql, salt: RandomState::new().hash_one(0) }
    }

    /// How the stack of current spans knows a span of this layer.
    fn key(&self, id: &Id) -> NonZeroU64 {
        NonZeroU64::new(id.into_u64() ^ self.salt).unwrap_or(id.into_non_zero_u64())
    }

    fn start<S>(&self, attributes: &Attributes<'_>, context: &Context<'_, S>) -> Span
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let name = attributes.metadata().name();
        // As most are: with nothing to choose, no builder is needed.
        if attributes.is_contextual() && self.tracer.is_none() {
            return tracehound::span!(name);
        }
        let builder = match &self.tracer {
            Some(tracer) => tracer.span(name),
            None => tracehound::span(name),
        };
        below(builder, attributes, context).start()
    }
}

/// The current span is the one that `tracing` means as well, or a native one inside of it. A parent that the filter hides is none: so
/// traces look the same whichever other layers let that parent exist.
fn below<'b, S>(builder: SpanBuilder<'b>, attributes: &Attributes<'_>, context: &Context<'_, S>) -> SpanBuilder<'b>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if attributes.is_contextual() {
        return builder;
    }
    match attributes.parent().and_then(|parent| span_of(parent, context)) {
        Some(parent) => builder.child_of(&parent),
        None => builder.root(),
    }
}

/// Calls `act` with the Datadog span of a `tracing` span. The registry holds a lock meanwhile, so no code of the application may run.
fn with_opened<S, T>(id: &Id, context: &Context<'_, S>, act: impl FnOnce(&Opened) -> T) -> Option<T>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    context.span(id).and_then(|span| span.extensions().get::<Opened>().map(act))
}

fn span_of<S>(id: &Id, context: &Context<'_, S>) -> Option<SpanRef>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    with_opened(id, context, |opened| opened.span().clone())
}

/// Whether a span of `tracing` is the mark of a statement that has its Datadog span already.
pub(crate) fn is_mark(metadata: &Metadata<'_>) -> bool {
    metadata.name() == MARK && metadata.target() == sql::TARGET
}

impl<S> Layer<S> for SpanLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let opened = if is_mark(attributes.metadata()) {
            Opened::Statement(tracehound::current_span())
        } else {
            Opened::Own { span: self.start(attributes, &context), amid_panic: AtomicBool::new(false) }
        };
        if !opened.span().is_enabled() {
            return;
        }
        attributes.record(&mut SpanFields(opened.span()));
        if let Some(entry) = context.span(id) {
            newest::set(self.key(id), opened.span());
            entry.extensions_mut().insert(opened);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = span_of(id, &context) {
            values.record(&mut SpanFields(&span));
        }
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        let (span, cause) = (span_of(id, &context), span_of(follows, &context));
        if let (Some(span), Some(cause)) = (span, cause) {
            span.add_link(&cause.context(), std::iter::empty::<(&str, &str)>());
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if let Some(database) = self.sql.as_ref().filter(|_| event.metadata().target() == sql::TARGET) {
            let is_told = context.event_span(event).is_some_and(|span| is_mark(span.metadata()));
            if !is_told {
                sql::record(database, event);
            }
            return;
        }
        let span = match event.parent() {
            Some(parent) => span_of(parent, &context),
            None => event.is_contextual().then(tracehound::current_span),
        };
        if let Some(span) = span.filter(|span| span.is_enabled()) {
            event::record(&span, event, self.events);
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let key = self.key(id);
        // What is noted about a panic is in the registry.
        if !thread::panicking() {
            if let Some(span) = newest::take(key) {
                return context::push(span, key);
            }
        }
        with_opened(id, &context, |opened| {
            match opened {
                Opened::Own { amid_panic, .. } if thread::panicking() => amid_panic.store(true, Ordering::Relaxed),
                _ => {}
            }
            context::push(opened.span().clone(), key);
        });
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        context::pop(self.key(id));
        if thread::panicking() {
            with_opened(id, &context, |opened| match opened {
                Opened::Own { span, amid_panic } if !amid_panic.load(Ordering::Relaxed) => {
                    record_unwinding(span);
                }
                _ => {}
            });
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        drop(newest::take(self.key(&id)));
        // The end of a span runs outside of the registry's lock. To leave something empty there costs less than to take it out.
        let opened =
            context.span(&id).and_then(|span| Some(std::mem::take(span.extensions_mut().get_mut::<Opened>()?)));
        drop(opened);
    }
}
