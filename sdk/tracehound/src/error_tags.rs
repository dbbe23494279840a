//! What a span says about an error of any type: [`traced`](macro@crate::traced) asks no bound of the `E` in a function's `Result`.
//!
//! Rust cannot ask at run time which traits a type has, but method lookup can tell while compiling: it tries a receiver's methods with
//! as many references as are written down, then with one less, and so on. So the same question is implemented for
//! `&&&&Failure<E: Error>`, `&&&Failure<E: Deref>` of an error, `&&Failure<E: Display>`, `&Failure<E: Debug>` and `Failure<E>`, and the
//! call on `&&&&&Failure` finds the first that fits. It works where `E` is a parameter too, as far as its bounds tell. The calls have to stand in the user's function, where
//! the types are known: [`__note_error!`](crate::__note_error) expands there. The methods bear our name, or a trait that the user has in
//! scope could have the same.
//!
//! The stack is asked for in the same way: `error.backtrace()` is the error's own method, if it has one (`anyhow::Error` has, and so may
//! the errors of the application), and otherwise that of [`NoBacktrace`], which has no answer.

#![allow(missing_docs, reason = "hidden; what a trait is for stands at the trait")]

use std::any::type_name;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::convert::Infallible;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::ops::Deref;

use crate::bounded_text::bounded;
use crate::error_message::{error_message, write_causes};
use crate::span::SpanRef;

/// What a function returned. [`tracehound_error`](Self::tracehound_error) is the error, if it is a `Result` that holds one.
#[derive(Debug)]
pub struct Returned<'a, T>(pub &'a T);

impl<'a, T, E> Returned<'a, Result<T, E>> {
    #[inline]
    pub fn tracehound_error(&self) -> Option<Failure<'a, E>> {
        self.0.as_ref().err().map(Failure)
    }
}

/// The answer of everything that is no `Result`: the inherent method above goes first.
pub trait NotAResult {
    #[inline]
    fn tracehound_error(&self) -> Option<Failure<'static, Infallible>> {
        None
    }
}

impl<T> NotAResult for Returned<'_, T> {}

/// An error of which nothing is known but its type.
#[derive(Debug)]
pub struct Failure<'a, E>(pub &'a E);

impl<E> Failure<'_, E> {
    /// Marks `span` as failed. The type is Rust's name of it, with its path, such as `core::num::error::ParseIntError`.
    #[cold]
    pub fn mark(&self, span: &SpanRef, message: &str, backtrace: Option<&Backtrace>) {
        let captured = backtrace.filter(|backtrace| backtrace.status() == BacktraceStatus::Captured);
        let stack = captured.map(|backtrace| bounded(format_args!("{backtrace}"))).unwrap_or_default();
        span.set_error_details(type_name::<E>(), message, &stack);
    }
}

/// The message of an error: its text and those of its causes.
pub trait ErrorMessage {
    fn tracehound_message(&self) -> String;
}

impl<E: Error> ErrorMessage for &&&&Failure<'_, E> {
    fn tracehound_message(&self) -> String {
        error_message(self.0)
    }
}

/// The message of what holds an error without being an `Error`: reports like `anyhow::Error`, boxed errors.
pub trait ReportMessage {
    fn tracehound_message(&self) -> String;
}

impl<E: Display + Deref<Target: Error>> ReportMessage for &&&Failure<'_, E> {
    fn tracehound_message(&self) -> String {
        let mut message = bounded(format_args!("{}", self.0));
        write_causes(&mut message, &**self.0);
        message
    }
}

/// The message of what can only be displayed, such as texts. The alternate form is where a report tells its causes as well.
pub trait DisplayMessage {
    fn tracehound_message(&self) -> String;
}

impl<E: Display> DisplayMessage for &&Failure<'_, E> {
    fn tracehound_message(&self) -> String {
        bounded(format_args!("{:#}", self.0))
    }
}

/// The message of what is only made for developers.
pub trait DebugMessage {
    fn tracehound_message(&self) -> String;
}

impl<E: Debug> DebugMessage for &Failure<'_, E> {
    fn tracehound_message(&self) -> String {
        bounded(format_args!("{:?}", self.0))
    }
}

/// The message of what says nothing about itself: the name of its type.
pub trait NamedMessage {
    fn tracehound_message(&self) -> String;
}

impl<E> NamedMessage for Failure<'_, E> {
    fn tracehound_message(&self) -> String {
        type_name::<E>().to_owned()
    }
}

/// Gives every type a `backtrace` to call. It stands one reference further away than a method of the type, or of a trait that the
/// caller has in scope, so those go first and nothing is ambiguous.
pub trait NoBacktrace {
    #[inline]
    fn backtrace(&self) -> Option<&'static Backtrace> {
        None
    }
}

impl<E> NoBacktrace for &E {}

/// What a method named `backtrace` returned, which can be anything.
#[derive(Debug)]
pub struct MaybeBacktrace<T>(pub T);

impl<'a> MaybeBacktrace<&'a Backtrace> {
    #[inline]
    pub fn tracehound_backtrace(&self) -> Option<&'a Backtrace> {
        Some(self.0)
    }
}

impl<'a> MaybeBacktrace<Option<&'a Backtrace>> {
    #[inline]
    pub fn tracehound_backtrace(&self) -> Option<&'a Backtrace> {
        self.0
    }
}

/// The answer for all that is no backtrace of the standard library.
pub trait NotABacktrace {
    #[inline]
    fn tracehound_backtrace(&self) -> Option<&'static Backtrace> {
        None
    }
}

impl<T> NotABacktrace for MaybeBacktrace<T> {}

/// Marks a span as failed if what a function returned is an `Err`, of whatever type.
#[doc(hidden)]
#[macro_export]
macro_rules! __note_error {
    ($span:expr, $returned:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::{
            DebugMessage as _, DisplayMessage as _, ErrorMessage as _, NamedMessage as _, NoBacktrace as _,
            NotABacktrace as _, NotAResult as _, ReportMessage as _,
        };
        #[allow(deprecated)]
        if let ::core::option::Option::Some(failure) = $crate::__private::Returned($returned).tracehound_error() {
            let message = (&&&&&failure).tracehound_message();
            let backtrace = $crate::__private::MaybeBacktrace(failure.0.backtrace());
            failure.mark($span, &message, backtrace.tracehound_backtrace());
        }
    }};
}

#[cfg(test)]
mod tests;
