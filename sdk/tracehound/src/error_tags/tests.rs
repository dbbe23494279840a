//! Errors of every kind, and what is found out about them.

use std::fmt;
use std::sync::Arc;

use super::*;

struct Silent;

#[derive(Debug)]
struct OnlyDebug;

struct OnlyDisplay;

impl Display for OnlyDisplay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if out.alternate() { "displayed: with its causes" } else { "displayed" })
    }
}

#[derive(Debug)]
struct Full;

impl Display for Full {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the text of the error")
    }
}

impl Error for Full {}

#[derive(Debug)]
struct Caused(Full);

impl Display for Caused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an error")
    }
}

impl Error for Caused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[derive(Debug)]
struct BrokenDisplay;

impl Display for BrokenDisplay {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

macro_rules! message {
    ($value:expr) => {
        (&&&&&Failure(&$value)).tracehound_message()
    };
}

#[test]
fn the_message_is_the_best_that_the_type_offers() {
    assert_eq!(message!(Full), "the text of the error");
    assert_eq!(message!(OnlyDisplay), "displayed: with its causes");
    assert_eq!(message!("a text"), "a text");
    assert_eq!(message!(Box::<dyn Error>::from("boxed")), "boxed");
    assert_eq!(message!(Box::<dyn Error + Send + Sync>::from("boxed")), "boxed");
    assert_eq!(message!(Arc::new(Full)), "the text of the error");
    assert_eq!(message!(Caused(Full)), "an error: the text of the error");
    assert_eq!(message!(Box::<dyn Error>::from(Caused(Full))), "an error: the text of the error");
    assert_eq!(
        message!(anyhow::Error::new(Caused(Full)).context("outside")),
        "outside: an error: the text of the error"
    );
    assert_eq!(
        message!(anyhow::Error::new(Full).context("since the text of the error")),
        "since the text of the error"
    );
    assert_eq!(message!(OnlyDebug), "OnlyDebug");
    assert_eq!(message!((404, "not found")), r#"(404, "not found")"#);
    assert_eq!(message!(()), "()");
    assert_eq!(message!(Silent), type_name::<Silent>());
}

#[test]
fn a_display_that_fails_does_not_take_the_program_down() {
    assert_eq!(message!(BrokenDisplay), "");
}

#[test]
fn bounds_of_a_parameter_are_what_is_known_of_it() {
    fn bounded<E: Display>(error: E) -> String {
        message!(error)
    }
    fn unbounded<E>(error: E) -> String {
        message!(error)
    }
    assert_eq!(bounded("known"), "known");
    assert_eq!(unbounded(Full), type_name::<Full>());
}

#[test]
fn only_a_result_with_an_error_is_one() {
    assert!(Returned(&Ok::<u8, Silent>(1)).tracehound_error().is_none());
    assert!(Returned(&Err::<u8, Silent>(Silent)).tracehound_error().is_some());
    assert!(Returned(&Some(1)).tracehound_error().is_none());
    assert!(Returned(&()).tracehound_error().is_none());
}

struct WithBacktrace(Backtrace);

impl WithBacktrace {
    fn backtrace(&self) -> &Backtrace {
        &self.0
    }
}

struct WithOptional(Option<Backtrace>);

impl WithOptional {
    fn backtrace(&self) -> Option<&Backtrace> {
        self.0.as_ref()
    }
}

struct WithSomethingElse;

impl WithSomethingElse {
    fn backtrace(&self) -> u8 {
        7
    }
}

trait Traced {
    fn backtrace(&self) -> Option<&Backtrace>;
}

struct ByTrait(Backtrace);

impl Traced for ByTrait {
    fn backtrace(&self) -> Option<&Backtrace> {
        Some(&self.0)
    }
}

#[test]
fn a_backtrace_is_found_whoever_has_it() {
    macro_rules! has_backtrace {
        ($value:expr) => {
            MaybeBacktrace((&$value).backtrace()).tracehound_backtrace().is_some()
        };
    }
    assert!(has_backtrace!(WithBacktrace(Backtrace::force_capture())));
    assert!(has_backtrace!(WithOptional(Some(Backtrace::force_capture()))));
    assert!(has_backtrace!(ByTrait(Backtrace::force_capture())));
    assert!(!has_backtrace!(WithOptional(None)));
    assert!(!has_backtrace!(WithSomethingElse));
    assert!(!has_backtrace!(Full));
    assert!(!has_backtrace!("text"));
}
