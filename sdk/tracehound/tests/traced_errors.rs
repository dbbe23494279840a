//! `#[traced]`: what a span says about an `Err` and about a panic.

mod support;

use std::backtrace::Backtrace;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

use support::{block_on, only_span, text, yield_once};
use tracehound::traced;

fn ignore<T>(_: T) {}

#[traced]
fn parse(number: &str) -> Result<u8, std::num::ParseIntError> {
    let number = number.parse::<u8>()?;
    Ok(number)
}

#[traced]
async fn parse_later(number: &str) -> Result<u8, std::num::ParseIntError> {
    yield_once().await;
    let number = number.parse::<u8>()?;
    yield_once().await;
    Ok(number)
}

#[test]
fn an_err_sets_type_and_message() {
    for span in [only_span(|| assert!(parse("x").is_err())), only_span(|| assert!(block_on(parse_later("x")).is_err()))]
    {
        assert!(span.error);
        assert_eq!(text(&span, "error.type"), "core::num::error::ParseIntError");
        assert_eq!(text(&span, "error.message"), "invalid digit found in string");
        assert_eq!(text(&span, "error.stack"), "");
    }
}

#[test]
fn an_ok_sets_nothing() {
    for span in [only_span(|| assert!(parse("7").is_ok())), only_span(|| assert!(block_on(parse_later("7")).is_ok()))] {
        assert!(!span.error);
        assert!(!span.meta.keys().any(|key| key.starts_with("error.")));
    }
}

#[test]
fn the_urls_in_a_message_lose_their_secrets() {
    #[traced]
    fn charge() -> Result<(), String> {
        Err("error sending request for url (https://me:pw@pay.example/charge?to=shop&token=abc)".to_owned())
    }
    let span = only_span(|| assert!(charge().is_err()));
    let expected = "error sending request for url (https://pay.example/charge?to=shop&<redacted>)";
    assert_eq!(text(&span, "error.message"), expected);
}

#[test]
fn skip_err_leaves_an_err_alone() {
    #[traced(skip_err)]
    fn expected() -> Result<(), String> {
        Err("gone".to_owned())
    }
    let span = only_span(|| assert!(expected().is_err()));
    assert!(!span.error && text(&span, "error.message").is_empty());
}

#[derive(Debug)]
struct OnlyDebug;

struct OnlyDisplay;

impl Display for OnlyDisplay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("only display")
    }
}

struct Neither;

type Aliased<T> = Result<T, OnlyDisplay>;

#[test]
fn an_err_of_any_type_is_described_as_well_as_it_can_be() {
    #[traced]
    fn debug() -> Result<(), OnlyDebug> {
        Err(OnlyDebug)
    }
    #[traced]
    fn alias() -> Aliased<u8> {
        Err(OnlyDisplay)
    }
    #[traced]
    fn neither() -> Result<(), Neither> {
        Err(Neither)
    }
    #[traced]
    fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
        Err("boxed")?
    }
    #[traced]
    fn text_itself() -> Result<(), &'static str> {
        Err("a text")
    }
    #[traced]
    fn unit() -> Result<u8, ()> {
        Err(())
    }
    #[traced]
    fn hidden() -> Result<impl Iterator<Item = u8>, OnlyDisplay> {
        if true { Err(OnlyDisplay) } else { Ok([1].into_iter()) }
    }
    let message = |call: &dyn Fn()| text(&only_span(call), "error.message").to_owned();
    assert_eq!(message(&|| ignore(debug())), "OnlyDebug");
    assert_eq!(message(&|| ignore(alias())), "only display");
    assert_eq!(message(&|| ignore(neither())), std::any::type_name::<Neither>());
    assert_eq!(message(&|| ignore(boxed())), "boxed");
    assert_eq!(message(&|| ignore(text_itself())), "a text");
    assert_eq!(message(&|| ignore(unit())), "()");
    assert_eq!(message(&|| ignore(hidden())), "only display");
}

#[test]
fn a_type_parameter_is_described_by_its_bounds() {
    #[traced]
    fn displayed<E: Display>(error: E) -> Result<(), E> {
        Err(error)
    }
    #[traced]
    async fn full<T: Send, E>(error: E) -> Result<T, E>
    where
        E: Error + Send,
    {
        Err(error)
    }
    #[traced]
    fn unknown<E>(error: E) -> Result<(), E> {
        Err(error)
    }
    let text_of = |span| text(&span, "error.message").to_owned();
    assert_eq!(text_of(only_span(|| ignore(displayed("shown")))), "shown");
    assert_eq!(text_of(only_span(|| ignore(block_on(full::<u8, _>(fmt::Error))))), fmt::Error.to_string());
    assert_eq!(text_of(only_span(|| ignore(unknown(1_u8)))), "u8");
}

#[derive(Debug)]
struct NoMenu(std::num::ParseIntError);

impl Display for NoMenu {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("no menu")
    }
}

impl Error for NoMenu {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn an_error_tells_its_causes_however_it_reaches_the_span() {
    #[traced]
    fn returned() -> Result<u8, NoMenu> {
        "x".parse::<u8>().map_err(NoMenu)
    }
    #[traced]
    fn boxed() -> Result<u8, Box<dyn Error + Send + Sync>> {
        Ok("x".parse::<u8>().map_err(NoMenu)?)
    }
    #[traced]
    fn generic<E: Error>(error: E) -> Result<u8, E> {
        Err(error)
    }
    #[traced]
    fn set() {
        tracehound::current_span().set_error(&NoMenu("x".parse::<u8>().unwrap_err()));
    }
    let parsed = || "x".parse::<u8>().unwrap_err();
    let calls: [&dyn Fn(); 4] =
        [&|| ignore(returned()), &|| ignore(boxed()), &|| ignore(generic(NoMenu(parsed()))), &set];
    for call in calls {
        let span = only_span(call);
        assert_eq!((span.error, text(&span, "error.message")), (true, "no menu: invalid digit found in string"));
    }
}

#[test]
fn a_report_tells_its_causes() {
    #[traced]
    fn load() -> anyhow::Result<u8> {
        use anyhow::Context;
        "x".parse::<u8>().context("cannot load the menu")
    }
    let span = only_span(|| assert!(load().is_err()));
    assert_eq!(text(&span, "error.type"), "anyhow::Error");
    assert_eq!(text(&span, "error.message"), "cannot load the menu: invalid digit found in string");
}

#[test]
fn a_report_brings_its_backtrace_where_backtraces_are_on() {
    const SWITCH: &str = "RUST_LIB_BACKTRACE";
    #[traced]
    fn load() -> anyhow::Result<u8> {
        Ok("x".parse()?)
    }
    // The switch is read once in a process, so it takes another one to see it on.
    if std::env::var(SWITCH).as_deref() != Ok("1") {
        let myself = std::env::current_exe().unwrap();
        let name = "a_report_brings_its_backtrace_where_backtraces_are_on";
        let status = std::process::Command::new(myself).args(["--exact", name]).env(SWITCH, "1").status();
        assert!(status.unwrap().success());
        return;
    }
    let span = only_span(|| assert!(load().is_err()));
    let stack = text(&span, "error.stack");
    assert!(stack.contains("a_report_brings_its_backtrace_where_backtraces_are_on::load"), "{stack}");
}

#[derive(Debug)]
struct WithBacktrace(Backtrace);

impl WithBacktrace {
    fn backtrace(&self) -> &Backtrace {
        &self.0
    }
}

impl Display for WithBacktrace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("traced back")
    }
}

impl Error for WithBacktrace {}

#[traced]
fn fails_with(backtrace: Backtrace) -> Result<(), WithBacktrace> {
    Err(WithBacktrace(backtrace))
}

#[test]
fn a_stack_is_told_only_if_one_was_captured() {
    let captured = only_span(|| drop(fails_with(Backtrace::force_capture())));
    let stack = text(&captured, "error.stack");
    assert!(stack.contains("a_stack_is_told_only_if_one_was_captured"), "{stack}");
    let disabled = only_span(|| drop(fails_with(Backtrace::disabled())));
    assert_eq!((text(&disabled, "error.message"), text(&disabled, "error.stack")), ("traced back", ""));
}

#[traced]
fn panics(message: &str) -> u8 {
    panic!("{message} ran out")
}

#[traced]
async fn panics_later() -> Result<u8, String> {
    yield_once().await;
    panic!("later")
}

#[traced]
fn panics_before_its_future() -> impl Future<Output = ()> {
    let ready = std::env::args().count() == 0;
    assert!(ready, "not ready");
    async {}
}

#[test]
fn a_panic_marks_the_span_and_goes_on() {
    let panicked = |call: &dyn Fn()| {
        only_span(|| {
            let payload = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
            assert!(payload.is::<&str>() || payload.is::<String>(), "the payload is the function's own");
            assert!(!tracehound::current_span().is_enabled(), "nothing is left current");
        })
    };
    for (span, message) in [
        (panicked(&|| ignore(panics("milk"))), "milk ran out"),
        (panicked(&|| ignore(block_on(panics_later()))), "later"),
        (panicked(&|| block_on(panics_before_its_future())), "not ready"),
    ] {
        assert!(span.error);
        assert_eq!((text(&span, "error.type"), text(&span, "error.message")), ("panic", message));
    }
}
