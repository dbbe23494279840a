//! [`span!`](crate::span!), and the door through which the code of macros reaches what is no public API.

/// Starts a span, with tags that are evaluated only if something is traced.
///
/// The span is a child of the current one, and does not become current itself: see [`enter`](crate::SpanRef::enter),
/// [`in_scope`](crate::SpanRef::in_scope) and [`in_span`](crate::InSpan::in_span). It is a [`Span`](crate::Span), so it ends when it is
/// dropped, can be sent to other threads and kept for as long as it takes.
///
/// After the name come tags. A key is a name with or without dots, or a text; a value is everything that converts to a
/// [`TagValue`](crate::TagValue), after `%` everything with `Display`, after `?` everything with `Debug`. A variable alone is a tag by its
/// name.
///
/// ```
/// let (guest, table) = (String::from("Ada"), Some(4));
/// let span = tracehound::span!("cafe.order", order.items = 2, "guest name" = &guest, table = ?table, guest);
/// ```
///
/// Some keys set something else than a tag; written as a text, they are tags like all others:
///
/// | Key | Sets |
/// |---|---|
/// | `resource`, `service` | what was worked on, and for which service |
/// | `span_type` or `type` | the type, such as `web`, `sql`, `worker` |
/// | `parent` | a span or a context instead of the current span, or `None` for a new trace |
/// | `start` | when it began, a `SystemTime` |
/// | `tracer` | the tracer where no parent decides, instead of the global one |
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// let order = tracehound::span!("cafe.order", resource = "espresso", type = "web");
/// let began = SystemTime::now() - Duration::from_secs(3);
/// let grind = tracehound::span!("cafe.grind", parent = order, service = "grinder", start = began);
/// let cleaning = tracehound::span!("cafe.clean", parent = None);
/// ```
#[macro_export]
macro_rules! span {
    ($name:expr $(,)?) => {
        $crate::__span!([$name] [] [[] []])
    };
    ($name:expr, $($rest:tt)+) => {
        $crate::__span!([$name] [] [[] []] $($rest)+)
    };
}

/// Sorts what follows the name into what the span starts with, what is looked at only if it does, and its tags.
#[doc(hidden)]
#[macro_export]
macro_rules! __span {
    // All sorted: nothing but tags, as most have it.
    ([$name:expr] [] [[] [$(($key:expr, $value:expr))*]] $(,)?) => {
        if $crate::__private::may_start() {
            $crate::__private::start(
                ::core::convert::AsRef::<str>::as_ref(&$name),
                &[$(($key, ::core::convert::Into::<$crate::TagValue<'_>>::into($value))),*],
            )
        } else {
            $crate::Span::disabled()
        }
    };
    // And with more. A match, so that what the builder borrows lives long enough.
    ([$name:expr] [$($start:tt)*] [[$($then:tt)*] [$(($key:expr, $value:expr))*]] $(,)?) => {
        if $crate::__private::any_enabled() {
            match $crate::span(::core::convert::AsRef::<str>::as_ref(&$name)) $($start)* {
                builder if builder.is_enabled() => builder $($then)*
                    .start_with(&[$(($key, ::core::convert::Into::<$crate::TagValue<'_>>::into($value))),*]),
                _ => $crate::Span::disabled(),
            }
        } else {
            $crate::Span::disabled()
        }
    };
    // Known keys.
    ($name:tt [$($start:tt)*] $then:tt parent = None $(, $($rest:tt)*)?) => {
        $crate::__span!($name [$($start)* .root()] $then $($($rest)*)?)
    };
    ($name:tt [$($start:tt)*] $then:tt parent = $value:expr $(, $($rest:tt)*)?) => {
        $crate::__span!($name [$($start)* .child_of(&$value)] $then $($($rest)*)?)
    };
    ($name:tt [$($start:tt)*] $then:tt tracer = $value:expr $(, $($rest:tt)*)?) => {
        $crate::__span!($name [$($start)* .tracer(&$value)] $then $($($rest)*)?)
    };
    ($name:tt [$($start:tt)*] $then:tt start = $value:expr $(, $($rest:tt)*)?) => {
        $crate::__span!($name [$($start)* .start_time($value)] $then $($($rest)*)?)
    };
    ($name:tt $start:tt $then:tt resource = $($rest:tt)+) => {
        $crate::__span!(@text resource $name $start $then $($rest)+)
    };
    ($name:tt $start:tt $then:tt service = $($rest:tt)+) => {
        $crate::__span!(@text service $name $start $then $($rest)+)
    };
    ($name:tt $start:tt $then:tt span_type = $($rest:tt)+) => {
        $crate::__span!(@text span_type $name $start $then $($rest)+)
    };
    ($name:tt $start:tt $then:tt type = $($rest:tt)+) => {
        $crate::__span!(@text span_type $name $start $then $($rest)+)
    };
    (@text $set:ident $name:tt $start:tt [[$($then:tt)*] $tags:tt] % $value:expr $(, $($rest:tt)*)?) => {
        $crate::__span!($name $start [[$($then)* .$set(&$crate::__private::display_text(&$value))] $tags] $($($rest)*)?)
    };
    (@text $set:ident $name:tt $start:tt [[$($then:tt)*] $tags:tt] ? $value:expr $(, $($rest:tt)*)?) => {
        $crate::__span!($name $start [[$($then)* .$set(&$crate::__private::debug_text(&$value))] $tags] $($($rest)*)?)
    };
    (@text $set:ident $name:tt $start:tt [[$($then:tt)*] $tags:tt] $value:expr $(, $($rest:tt)*)?) => {
        $crate::__span!($name $start [[$($then)* .$set(::core::convert::AsRef::<str>::as_ref(&$value))] $tags] $($($rest)*)?)
    };
    // Tags: a text as the key, then names with dots, then a variable alone.
    ($name:tt $start:tt $then:tt $key:literal = $($rest:tt)+) => {
        $crate::__span!(@tag [$key] $name $start $then $($rest)+)
    };
    ($name:tt $start:tt $then:tt $key:ident $(. $more:ident)* = $($rest:tt)+) => {
        $crate::__span!(@tag [::core::concat!(::core::stringify!($key) $(, ".", ::core::stringify!($more))*)] $name $start $then $($rest)+)
    };
    ($name:tt $start:tt $then:tt $key:ident $(. $more:ident)* $(, $($rest:tt)*)?) => {
        $crate::__span!(
            @tag [::core::concat!(::core::stringify!($key) $(, ".", ::core::stringify!($more))*)] $name $start $then
            $crate::__argument!($key $(. $more)*) $(, $($rest)*)?
        )
    };
    ($name:tt $start:tt $then:tt $sigil:tt $key:ident $(. $more:ident)* $(, $($rest:tt)*)?) => {
        $crate::__span!(
            @tag [::core::concat!(::core::stringify!($key) $(, ".", ::core::stringify!($more))*)] $name $start $then
            $sigil $key $(. $more)* $(, $($rest)*)?
        )
    };
    (@tag [$key:expr] $name:tt $start:tt [$then:tt [$($tags:tt)*]] % $value:expr $(, $($rest:tt)*)?) => {
        $crate::__span!($name $start [$then [$($tags)* ($key, $crate::__private::display_text(&$value))]] $($($rest)*)?)
    };
    (@tag [$key:expr] $name:tt $start:tt [$then:tt [$($tags:tt)*]] ? $value:expr $(, $($rest:tt)*)?) => {
        $crate::__span!($name $start [$then [$($tags)* ($key, $crate::__private::debug_text(&$value))]] $($($rest)*)?)
    };
    (@tag [$key:expr] $name:tt $start:tt [$then:tt [$($tags:tt)*]] $value:expr $(, $($rest:tt)*)?) => {
        $crate::__span!($name $start [$then [$($tags)* ($key, $value)]] $($($rest)*)?)
    };
}

/// What the code of `span!` and `#[traced]` calls: no public API, and free to change in every release.
#[doc(hidden)]
pub mod __private {
    pub use crate::argument::{
        Argument, ConvertedArgument, DebugArgument, DisplayArgument, NamedArgument, debug_text, display_text,
    };
    pub use crate::error_tags::{
        DebugMessage, DisplayMessage, ErrorMessage, Failure, MaybeBacktrace, NamedMessage, NoBacktrace, NotABacktrace,
        NotAResult, ReportMessage, Returned,
    };
    pub use crate::traced::{Traced, begin, follow, run};

    /// Whether there can be anything to trace.
    #[inline]
    pub fn any_enabled() -> bool {
        crate::tracer::any_enabled()
    }

    /// Whether a span that starts here is traced.
    #[inline]
    pub fn may_start() -> bool {
        any_enabled() && (crate::tracer::global().is_enabled() || crate::context::has_parent_or(None))
    }

    /// Starts a span below the current one.
    #[inline]
    pub fn start(name: &str, tags: &[(&str, crate::TagValue<'_>)]) -> crate::Span {
        crate::span::start(name, tags)
    }
}
