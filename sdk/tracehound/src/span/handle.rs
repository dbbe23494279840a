//! [`SpanRef`]: the handle through which a span is changed and read, by anyone and from any thread.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use crate::carrier::Inject;
use crate::clock;
use crate::context::{self, Entered, SpanContext};
use crate::error_message::error_message;
use crate::id::TraceId;
use crate::span::cell::{self, Cell};
use crate::span::event::Event;
use crate::span::link::{Link, MAX_ATTRIBUTES};
use crate::span::pairs::ValueRef;
use crate::span::state::{Field, State};
use crate::span::well_known;
use crate::tag::{Attribute, TagValue};
use crate::trace::{self, Manual, Trace};

/// A handle to a span: it can be cloned, sent and shared, and does not end the span when it is dropped.
///
/// [`Span`](crate::Span) dereferences to it, and [`current_span`](crate::current_span) returns one. Once the span has ended, changes
/// are ignored. Where nothing is traced, because [`init`](crate::init()) was not called or there is no current span, the handle is
/// *disabled*: everything can be called and nothing happens.
///
/// ```
/// fn answer() -> u32 {
///     tracehound::current_span().set_tag("answered", true); // harmless outside of any span
///     42
/// }
/// assert_eq!(answer(), 42);
/// ```
#[derive(Default)]
pub struct SpanRef {
    cell: Option<Arc<Cell>>,
}

impl Clone for SpanRef {
    #[inline]
    fn clone(&self) -> SpanRef {
        SpanRef { cell: self.cell.clone() }
    }
}

impl Drop for SpanRef {
    #[inline]
    fn drop(&mut self) {
        // A look first: to make sure that the cell is nobody else's locks its count, and most handles are not the last.
        if self.cell.as_ref().is_some_and(|cell| Arc::strong_count(cell) == 1) {
            cell::recycle(self.cell.take());
        }
    }
}

impl fmt::Debug for SpanRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_enabled() {
            return out.write_str("SpanRef(disabled)");
        }
        // Copied, since writing may take its time, or do something with this very span.
        let (name, finished) = self.read(|state| (state.field(Field::Name).to_owned(), state.finished));
        out.debug_struct("SpanRef")
            .field("name", &name)
            .field("span_id", &self.span_id())
            .field("finished", &finished)
            .finish_non_exhaustive()
    }
}

impl SpanRef {
    pub(crate) const fn disabled() -> SpanRef {
        SpanRef { cell: None }
    }

    #[inline]
    pub(crate) fn from_cell(cell: Arc<Cell>) -> SpanRef {
        SpanRef { cell: Some(cell) }
    }

    #[inline]
    pub(crate) fn cell(&self) -> Option<&Arc<Cell>> {
        self.cell.as_ref()
    }

    pub(crate) fn same(&self, other: &SpanRef) -> bool {
        match (&self.cell, &other.cell) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        }
    }

    /// Changes the span, unless it is disabled, has ended, or belongs to the process that this one was forked from.
    #[inline]
    fn change(&self, change: impl FnOnce(&mut State)) -> &SpanRef {
        if let Some(cell) = self.cell.as_ref().filter(|cell| trace::is_of_this_process(cell)) {
            let mut state = cell.lock();
            if !state.finished {
                change(&mut state);
            }
        }
        self
    }

    /// Reads the span, ended or not.
    fn read<T: Default>(&self, read: impl FnOnce(&State) -> T) -> T {
        match self.cell.as_ref().filter(|cell| trace::is_of_this_process(cell)) {
            Some(cell) => read(&cell.lock()),
            None => T::default(),
        }
    }

    /// Whether anything that is done with this handle has an effect.
    ///
    /// ```
    /// assert!(!tracehound::current_span().is_enabled()); // no tracer was started
    /// ```
    #[inline]
    pub fn is_enabled(&self) -> bool {
        self.cell.is_some()
    }

    /// Sets a tag. A key holds one value, text or number, and the last one set wins.
    ///
    /// Well-known keys act like their methods: `manual.keep`, `manual.drop`, `service.name`, `resource.name`, `span.type`,
    /// `_dd.origin` and `_dd.measured`.
    ///
    /// ```
    /// tracehound::current_span().set_tag("customer.id", 17).set_tag("plan", "gold");
    /// ```
    #[inline]
    pub fn set_tag<'a>(&self, key: &str, value: impl Into<TagValue<'a>>) -> &SpanRef {
        if self.cell.is_some() {
            let value = value.into();
            if !well_known::apply(self, key, &value) {
                self.change(|state| state.set_tag(key, &value));
            }
        }
        self
    }

    /// Sets several tags, each as [`set_tag`](SpanRef::set_tag) does, at the price of little more than one.
    ///
    /// ```
    /// let span = tracehound::span("work").start();
    /// span.set_tags(&[("plan", "gold".into()), ("size", 3.into())]);
    /// ```
    #[inline]
    pub fn set_tags(&self, tags: &[(&str, TagValue<'_>)]) -> &SpanRef {
        if tags.is_empty() {
            return self;
        }
        let mut any_known = false;
        self.change(|state| any_known = well_known::set_others(state, tags));
        // After the lock: they lock more than the span.
        if any_known {
            tags.iter().for_each(|(key, value)| {
                well_known::apply(self, key, value);
            });
        }
        self
    }

    /// The value of a tag, if it is set.
    ///
    /// ```
    /// let span = tracehound::span("checkout").start();
    /// span.set_tag("plan", "gold");
    /// assert_eq!(span.tag("plan").is_some(), span.is_enabled());
    /// ```
    pub fn tag(&self, key: &str) -> Option<TagValue<'static>> {
        self.read(|state| {
            state.tag(key).map(|value| match value {
                ValueRef::Text(text) => TagValue::from(text.to_owned()),
                ValueRef::Number(number) => TagValue::from(number),
            })
        })
    }

    /// Takes a tag away.
    ///
    /// ```
    /// tracehound::current_span().set_tag("draft", true).remove_tag("draft");
    /// ```
    pub fn remove_tag(&self, key: &str) -> &SpanRef {
        self.change(|state| state.remove_tag(key))
    }

    /// Renames the operation.
    ///
    /// ```
    /// tracehound::current_span().set_name("checkout.retry");
    /// ```
    pub fn set_name(&self, name: &str) -> &SpanRef {
        self.change(|state| state.set_field(Field::Name, name))
    }

    /// Sets the resource: what the operation worked on, such as `GET /users/{id}` or a statement. Without one it is the name.
    ///
    /// ```
    /// tracehound::current_span().set_resource("rank donuts");
    /// ```
    pub fn set_resource(&self, resource: &str) -> &SpanRef {
        self.change(|state| state.set_field(Field::Resource, resource))
    }

    /// Sets the service that the span, and the children it has from now on, are shown under.
    ///
    /// ```
    /// tracehound::current_span().set_service("billing");
    /// ```
    pub fn set_service(&self, service: &str) -> &SpanRef {
        self.set_service_from(service, "m")
    }

    /// Sets the service in the name of an integration, which is told as the source of that choice.
    ///
    /// ```
    /// tracehound::current_span().set_service_from("orders-db", "sqlx");
    /// ```
    pub fn set_service_from(&self, service: &str, source: &str) -> &SpanRef {
        let Some(cell) = &self.cell else { return self };
        let mapped = cell.trace().map_or(service, |trace| trace.engine().settings.mapped_service(service));
        self.change(|state| {
            state.set_field(Field::Service, mapped);
            state.set_field(Field::ServiceSource, source);
        });
        cell.bequeath();
        self
    }

    /// Sets the type, such as `web`, `http`, `sql`, `cache`, `worker` or `custom`.
    ///
    /// ```
    /// tracehound::current_span().set_type("worker");
    /// ```
    pub fn set_type(&self, span_type: &str) -> &SpanRef {
        self.change(|state| state.set_field(Field::Type, span_type))
    }

    /// Asks for statistics of this operation even inside its service.
    ///
    /// ```
    /// tracehound::current_span().set_measured(true);
    /// ```
    pub fn set_measured(&self, measured: bool) -> &SpanRef {
        self.change(|state| state.measured = measured)
    }

    /// Marks the span as failed with an error's type, and its text with those of its causes
    /// ([`error_message`](crate::integration::error_message)).
    ///
    /// ```
    /// if let Err(error) = "x".parse::<u8>() {
    ///     tracehound::current_span().set_error(&error);
    /// }
    /// ```
    pub fn set_error<E: std::error::Error + ?Sized>(&self, error: &E) -> &SpanRef {
        if self.cell.is_some() {
            self.set_error_details(std::any::type_name::<E>(), &error_message(error), "");
        }
        self
    }

    /// Marks the span as failed with a type, a message and a stack; empty ones are left out. URLs in message and stack lose user and
    /// password, and the secrets of their queries as `http.url` does (`DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP`).
    ///
    /// ```
    /// tracehound::current_span().set_error_details("Timeout", "no answer within 2 s", "");
    /// ```
    pub fn set_error_details(&self, error_type: &str, message: &str, stack: &str) -> &SpanRef {
        let Some(trace) = self.cell.as_ref().and_then(|cell| cell.trace()) else { return self };
        // Before the lock: a pattern of the user's takes its time.
        let settings = &trace.engine().settings;
        let (message, stack) = (settings.redacted(message), settings.redacted(stack));
        self.change(|state| {
            state.error = true;
            for (key, text) in [("error.type", error_type), ("error.message", &message), ("error.stack", &stack)] {
                if !text.is_empty() {
                    state.set_tag(key, &TagValue::from(text));
                }
            }
        })
    }

    /// Sets or takes back the mark of failure alone.
    ///
    /// ```
    /// tracehound::current_span().set_failed(true);
    /// ```
    pub fn set_failed(&self, failed: bool) -> &SpanRef {
        self.change(|state| state.error = failed)
    }

    /// Keeps the whole trace, whatever was or will be decided: the user's word is the last.
    ///
    /// ```
    /// tracehound::current_span().keep();
    /// ```
    pub fn keep(&self) -> &SpanRef {
        self.decide(Manual::Keep)
    }

    /// Rejects the whole trace.
    ///
    /// ```
    /// tracehound::current_span().drop_trace();
    /// ```
    pub fn drop_trace(&self) -> &SpanRef {
        self.decide(Manual::Drop)
    }

    fn decide(&self, manual: Manual) -> &SpanRef {
        if let Some(trace) = self.open_trace() {
            trace.set_manual(manual);
        }
        self
    }

    /// The context of this span: what a child, a link or another process needs to know of it. It stays valid after the span's end.
    ///
    /// ```
    /// let span = tracehound::span("enqueue").start();
    /// let context = span.context();
    /// span.finish();
    /// let later = tracehound::span("dequeue").child_of(&context).start();
    /// assert_eq!(later.trace_id(), context.trace_id());
    /// ```
    pub fn context(&self) -> SpanContext {
        SpanContext::local(self.clone())
    }

    /// The 128-bit id of the span's trace; 0 if disabled.
    ///
    /// ```
    /// assert_eq!(tracehound::current_span().trace_id().as_u128(), 0);
    /// ```
    pub fn trace_id(&self) -> TraceId {
        self.cell.as_ref().and_then(|cell| cell.trace()).map(|trace| trace.id()).unwrap_or_default()
    }

    /// The id of the span; 0 if disabled.
    ///
    /// ```
    /// assert_eq!(tracehound::current_span().span_id(), 0);
    /// ```
    pub fn span_id(&self) -> u64 {
        self.cell.as_ref().map_or(0, |cell| cell.span_id)
    }

    /// The id of the parent, in this process or another; 0 if there is none.
    ///
    /// ```
    /// assert_eq!(tracehound::current_span().parent_id(), 0);
    /// ```
    pub fn parent_id(&self) -> u64 {
        self.cell.as_ref().map_or(0, |cell| cell.parent_id)
    }

    /// The trace's sampling priority as it stands: 2 and 1 keep, 0 and -1 reject. Until the trace is first passed on, a part of it is
    /// sent, or its local root ends, it is provisional: what the rules and rates say of the local root as it is now, the limit per
    /// second left aside. Afterwards only [`keep`](SpanRef::keep) and [`drop_trace`](SpanRef::drop_trace) change it. `None` if disabled.
    ///
    /// ```
    /// tracehound::testing::capture(|| {
    ///     let span = tracehound::span("checkout").start();
    ///     assert_eq!(span.sampling_priority(), Some(1)); // no rule says otherwise
    ///     assert_eq!(span.drop_trace().sampling_priority(), Some(-1));
    /// });
    /// ```
    pub fn sampling_priority(&self) -> Option<i8> {
        self.cell.as_ref().and_then(|cell| cell.trace()).and_then(|trace| trace.priority_so_far())
    }

    /// Where the trace came from, such as `synthetics`, as told by who began it.
    ///
    /// ```
    /// assert_eq!(tracehound::current_span().origin(), None);
    /// ```
    pub fn origin(&self) -> Option<String> {
        self.cell.as_ref().and_then(|cell| cell.trace()).and_then(|trace| trace.origin())
    }

    /// Sets an item of baggage, which goes to the children begun from now on and to the services they call.
    ///
    /// ```
    /// tracehound::current_span().set_baggage("user.id", "17");
    /// ```
    pub fn set_baggage(&self, key: &str, value: &str) -> &SpanRef {
        self.change(|state| state.baggage.set(key, value));
        if let Some(cell) = &self.cell {
            cell.bequeath();
        }
        self
    }

    /// An item of baggage.
    ///
    /// ```
    /// assert_eq!(tracehound::current_span().baggage("user.id"), None);
    /// ```
    pub fn baggage(&self, key: &str) -> Option<String> {
        self.read(|state| state.baggage.get(key).map(str::to_owned))
    }

    /// All items of baggage, in the order they were set.
    ///
    /// ```
    /// assert!(tracehound::current_span().baggage_items().is_empty());
    /// ```
    pub fn baggage_items(&self) -> Vec<(String, String)> {
        self.read(|state| state.baggage.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    /// Removes an item of baggage.
    ///
    /// ```
    /// tracehound::current_span().remove_baggage("user.id");
    /// ```
    pub fn remove_baggage(&self, key: &str) -> &SpanRef {
        self.change(|state| state.baggage.remove(key))
    }

    /// Removes all baggage.
    ///
    /// ```
    /// tracehound::current_span().clear_baggage();
    /// ```
    pub fn clear_baggage(&self) -> &SpanRef {
        self.change(|state| state.baggage.clear())
    }

    /// Links this span to another one, of any trace. Lists among the attributes become one attribute per item: `key.0`, `key.1`.
    ///
    /// ```
    /// let message = tracehound::SpanContext::none(); // as extracted from a message
    /// tracehound::current_span().add_link(&message, [("queue", "orders")]);
    /// ```
    pub fn add_link<K, V>(&self, context: &SpanContext, attributes: impl IntoIterator<Item = (K, V)>) -> &SpanRef
    where
        K: Into<String>,
        V: Into<Attribute>,
    {
        if !self.is_enabled() || context.trace_id() == TraceId::default() {
            return self;
        }
        // Before the lock: the linked span may be this one.
        let mut link = context.to_link();
        for (key, value) in attributes.into_iter().take(MAX_ATTRIBUTES) {
            link.add(key.into(), value.into());
        }
        self.push_link(link)
    }

    pub(crate) fn push_link(&self, link: Link) -> &SpanRef {
        self.change(|state| state.add_link(link))
    }

    /// Adds an event: a name, a time (now if there is none) and typed attributes. Attributes that no event can hold, such as lists of
    /// several types, are left out.
    ///
    /// ```
    /// tracehound::current_span().add_event("cache.miss", None, [("key", "beer:stout")]);
    /// ```
    pub fn add_event<K, V>(
        &self,
        name: &str,
        time: Option<SystemTime>,
        attributes: impl IntoIterator<Item = (K, V)>,
    ) -> &SpanRef
    where
        K: Into<String>,
        V: Into<Attribute>,
    {
        if !self.is_enabled() {
            return self;
        }
        let time_ns = time.map_or_else(clock::wall_ns, clock::nanos);
        let attributes = attributes.into_iter().map(|(key, value)| (key.into(), value.into()));
        let event = Event::new(name.to_owned(), time_ns, attributes);
        self.change(|state| state.add_event(event))
    }

    /// Writes the headers by which another process continues this trace. The sampling decision is taken now, if it was not before.
    ///
    /// ```
    /// let mut headers = std::collections::HashMap::<String, String>::new();
    /// tracehound::current_span().inject(&mut headers);
    /// assert!(headers.is_empty()); // there is no current span
    /// ```
    pub fn inject(&self, carrier: &mut impl Inject) {
        if let Some(cell) = &self.cell {
            trace::inject(cell, carrier);
        }
    }

    /// Makes the span current on this thread until the guard is dropped. The guard cannot be sent to another thread, so a future that
    /// holds it across an `.await` is not `Send`; use [`in_span`](crate::InSpan::in_span) for futures.
    ///
    /// ```
    /// let span = tracehound::span("work").start();
    /// let entered = span.enter();
    /// let step = tracehound::span("step").start(); // a child of `work`
    /// # drop(step);
    /// drop(entered);
    /// ```
    #[must_use = "the span is current until the guard is dropped"]
    pub fn enter(&self) -> Entered<'_> {
        context::enter(self)
    }

    /// Runs `work` with the span current.
    ///
    /// ```
    /// let span = tracehound::span("work").start();
    /// let sum = span.in_scope(|| 1 + 1);
    /// assert_eq!(sum, 2);
    /// ```
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        let _entered = self.enter();
        work()
    }

    /// Ends the span now. Later ends and changes are ignored.
    ///
    /// ```
    /// let span = tracehound::span("work").start();
    /// span.finish();
    /// ```
    #[inline]
    pub fn finish(&self) {
        self.finish_with(SpanRef::disabled());
    }

    /// The same with a `spare` handle to this very span, or a disabled one: see [`trace::finish`].
    #[inline]
    pub(crate) fn finish_with(&self, spare: SpanRef) {
        if let Some(cell) = &self.cell {
            trace::finish(self, cell, None, spare);
        }
    }

    /// Ends the span at a given time.
    ///
    /// ```
    /// let span = tracehound::span("work").start();
    /// span.finish_at(std::time::SystemTime::now());
    /// ```
    pub fn finish_at(&self, time: SystemTime) {
        if let Some(cell) = &self.cell {
            trace::finish(self, cell, Some(clock::nanos(time)), SpanRef::disabled());
        }
    }

    pub(crate) fn set_origin(&self, origin: &str) {
        if let Some(trace) = self.open_trace() {
            trace.set_origin(origin);
        }
    }

    /// The trace, as long as this span may change it.
    fn open_trace(&self) -> Option<&Arc<Trace>> {
        self.cell.as_ref().and_then(|cell| cell.trace()).filter(|_| !self.read(|state| state.finished))
    }
}
