//! Starting a span with more than a name.

use std::time::SystemTime;

use crate::clock;
use crate::context::{self, SpanContext};
use crate::span::link::{Link, MAX_ATTRIBUTES};
use crate::span::{Span, SpanRef};
use crate::tag::{Attribute, TagValue};
use crate::trace::{self, Beginning};
use crate::tracer::Tracer;

/// What a span can be a child of: a context, or a span, live or ended.
///
/// ```
/// let context = tracehound::SpanContext::none();
/// let span = tracehound::span("work").child_of(&context).start();
/// let step = tracehound::span("step").child_of(&span).start();
/// ```
pub trait ParentOf {
    /// The context that the child continues.
    ///
    /// ```
    /// use tracehound::ParentOf;
    /// assert!(tracehound::current_span().as_parent().is_none());
    /// ```
    fn as_parent(&self) -> SpanContext;
}

impl ParentOf for SpanContext {
    fn as_parent(&self) -> SpanContext {
        self.clone()
    }
}

impl ParentOf for SpanRef {
    fn as_parent(&self) -> SpanContext {
        self.context()
    }
}

impl ParentOf for Span {
    fn as_parent(&self) -> SpanContext {
        self.context()
    }
}

impl<T: ParentOf + ?Sized> ParentOf for &T {
    fn as_parent(&self) -> SpanContext {
        (**self).as_parent()
    }
}

#[derive(Debug)]
enum Parent {
    Current,
    Context(SpanContext),
}

/// A span that has not started yet. Source of the semantics: the methods of [`SpanRef`] with the same names.
///
/// ```
/// let span = tracehound::span("cafe.rank").resource("rank donuts").tag("candidates", 5).start();
/// ```
#[must_use = "a builder does nothing until `start`"]
#[derive(Debug)]
pub struct SpanBuilder<'a> {
    name: &'a str,
    tracer: Option<&'a Tracer>,
    parent: Parent,
    service: Option<(&'a str, &'a str)>,
    resource: Option<&'a str>,
    span_type: Option<&'a str>,
    start: Option<SystemTime>,
    measured: bool,
    tags: Vec<(&'a str, TagValue<'a>)>,
    links: Vec<Link>,
}

impl<'a> SpanBuilder<'a> {
    #[inline]
    pub(crate) fn new(name: &'a str, tracer: Option<&'a Tracer>) -> SpanBuilder<'a> {
        SpanBuilder {
            name,
            tracer,
            parent: Parent::Current,
            service: None,
            resource: None,
            span_type: None,
            start: None,
            measured: false,
            tags: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Makes the span a child of a context or a span instead of the current one. A context without ids, as extracted from headers that
    /// had none, begins a new trace.
    ///
    /// ```
    /// let headers = vec![("traceparent".to_owned(), "00-0000000000000000000000000000000a-000000000000000b-01".to_owned())];
    /// let span = tracehound::span("work").child_of(&tracehound::extract(&headers)).start();
    /// ```
    pub fn child_of(mut self, parent: &(impl ParentOf + ?Sized)) -> Self {
        self.parent = Parent::Context(parent.as_parent());
        self
    }

    /// Begins a new trace, whatever is current.
    ///
    /// ```
    /// let span = tracehound::span("cron").root().start();
    /// ```
    pub fn root(mut self) -> Self {
        self.parent = Parent::Context(SpanContext::none());
        self
    }

    /// Uses this tracer where the parent does not decide: children follow their parent's.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let span = tracehound::span("work").tracer(&tracer).start();
    /// ```
    pub fn tracer(mut self, tracer: &'a Tracer) -> Self {
        self.tracer = Some(tracer);
        self
    }

    /// Sets the service.
    ///
    /// ```
    /// let span = tracehound::span("work").service("billing").start();
    /// ```
    pub fn service(mut self, service: &'a str) -> Self {
        self.service = Some((service, "m"));
        self
    }

    /// Sets the service in the name of an integration.
    ///
    /// ```
    /// let span = tracehound::span("sqlite.query").service_from("orders-db", "sqlx").start();
    /// ```
    pub fn service_from(mut self, service: &'a str, source: &'a str) -> Self {
        self.service = Some((service, source));
        self
    }

    /// Sets the resource.
    ///
    /// ```
    /// let span = tracehound::span("http.request").resource("GET /beers").start();
    /// ```
    pub fn resource(mut self, resource: &'a str) -> Self {
        self.resource = Some(resource);
        self
    }

    /// Sets the type.
    ///
    /// ```
    /// let span = tracehound::span("http.request").span_type("web").start();
    /// ```
    pub fn span_type(mut self, span_type: &'a str) -> Self {
        self.span_type = Some(span_type);
        self
    }

    /// Asks for statistics of this operation even inside its service.
    ///
    /// ```
    /// let span = tracehound::span("cafe.rank").measured().start();
    /// ```
    pub fn measured(mut self) -> Self {
        self.measured = true;
        self
    }

    /// Sets a tag.
    ///
    /// ```
    /// let span = tracehound::span("work").tag("size", 3).start();
    /// ```
    pub fn tag(mut self, key: &'a str, value: impl Into<TagValue<'a>>) -> Self {
        self.tags.push((key, value.into()));
        self
    }

    /// Lets the span begin at a given time.
    ///
    /// ```
    /// let received = std::time::SystemTime::now();
    /// let span = tracehound::span("work").start_time(received).start();
    /// ```
    pub fn start_time(mut self, time: SystemTime) -> Self {
        self.start = Some(time);
        self
    }

    /// Links the span to another one.
    ///
    /// ```
    /// let message = tracehound::SpanContext::none();
    /// let span = tracehound::span("consume").link(&message, [("queue", "orders")]).start();
    /// ```
    pub fn link<K, V>(mut self, context: &SpanContext, attributes: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<String>,
        V: Into<Attribute>,
    {
        if context.is_none() || context.trace_id().as_u128() == 0 {
            return self;
        }
        let mut link = context.to_link();
        for (key, value) in attributes.into_iter().take(MAX_ATTRIBUTES) {
            link.add(key.into(), value.into());
        }
        self.links.push(link);
        self
    }

    /// Starts the span.
    ///
    /// ```
    /// let span = tracehound::span("work").start();
    /// ```
    #[inline]
    pub fn start(self) -> Span {
        self.start_with(&[])
    }

    /// Whether there will be a span.
    #[doc(hidden)]
    #[inline]
    pub fn is_enabled(&self) -> bool {
        match &self.parent {
            Parent::Current => context::has_parent_or(self.tracer),
            Parent::Context(_) => true,
        }
    }

    /// Starts the span with more tags, for `span!`.
    #[doc(hidden)]
    #[inline]
    pub fn start_with(self, tags: &[(&str, TagValue<'_>)]) -> Span {
        let beginning = Beginning {
            name: self.name,
            start_ns: self.start.map(clock::nanos),
            service: self.service,
            resource: self.resource,
            span_type: self.span_type,
            measured: self.measured,
            tags: [&self.tags, tags],
        };
        let handle = match self.parent {
            Parent::Current => {
                context::with_parent(self.tracer, |parent, tracer| trace::start(&beginning, parent, tracer))
            }
            Parent::Context(ref context) => {
                context::with_tracer(self.tracer, |tracer| trace::start_from(&beginning, context, tracer))
            }
        };
        for link in self.links {
            handle.push_link(link);
        }
        Span::own(handle)
    }
}

/// Starts a span with nothing but a name and tags. Apart, so that where nothing is traced `span!` costs a look.
#[inline(never)]
pub(crate) fn start(name: &str, tags: &[(&str, TagValue<'_>)]) -> Span {
    let beginning = Beginning { name, tags: [&[], tags], ..Beginning::default() };
    Span::own(context::with_parent(None, |parent, tracer| trace::start(&beginning, parent, tracer)))
}
