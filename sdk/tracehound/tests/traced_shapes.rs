//! `#[traced]` and `span!` on every shape of function: that this compiles, without a warning, is the test.
#![deny(warnings, clippy::pedantic)]
#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::unused_self,
    reason = "shapes, not an interface"
)]
#![allow(unsafe_code, reason = "unsafe functions are among the shapes")]

#[allow(clippy::pedantic, reason = "not a shape")]
mod support;

use std::collections::HashMap;
use std::fmt::{Debug, Display, Write};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use support::block_on;
use tracehound::{Span, SpanRef, span, traced};

// Signatures.

/// Documented.
#[traced]
#[inline]
#[must_use]
pub(crate) fn generic<'a, T, const N: usize>(items: &'a [T; N], other: &'a T) -> [&'a T; N]
where
    T: PartialOrd + 'a,
{
    items.each_ref().map(|item| if item < other { other } else { item })
}

#[traced(args(width))]
fn patterns(
    (width, _height): (u32, u32),
    [first, ..]: [u8; 3],
    Wrapper { inner }: Wrapper<u8>,
    mut total: u32,
    _: (),
) -> u32 {
    total += width + u32::from(first) + u32::from(inner);
    total
}

struct Wrapper<T> {
    inner: T,
}

#[traced]
unsafe fn raw(pointer: *const u8) -> u8 {
    // SAFETY: the caller's.
    unsafe { *pointer }
}

#[traced]
extern "C" fn for_c(value: i32) -> i32 {
    value
}

#[traced]
fn by_trait(values: impl IntoIterator<Item = impl Display>, separator: &(impl Display + ?Sized)) -> String {
    let mut out = String::new();
    for value in values {
        let _ = write!(out, "{value}{separator}");
    }
    out
}

#[traced]
fn with_attributes_inside() -> u8 {
    #![allow(unused_mut)]
    let mut unchanged = [1];
    unchanged[0]
}

#[traced]
fn with_items_inside() -> u8 {
    use std::cmp::max;
    fn one() -> u8 {
        1
    }
    max(one(), 0)
}

#[traced]
fn never(code: i32) -> ! {
    panic!("{code}")
}

#[traced]
async fn never_async(code: i32) -> ! {
    panic!("{code}")
}

#[traced]
fn silent() {}

#[traced]
fn returns_early(early: bool) {
    if early {
        return;
    }
    silent();
}

// Types that a body learns from the signature.

#[traced]
fn elided(map: &HashMap<String, String>) -> Option<&str> {
    map.get("key").map(String::as_str)
}

#[traced]
fn collected(values: &[u8]) -> Vec<u16> {
    values.iter().copied().map(Into::into).collect()
}

#[traced]
fn coerced(text: bool) -> Result<Box<dyn Display>, Box<dyn std::error::Error>> {
    if text { Ok(Box::new("text")) } else { Err("none".into()) }
}

#[traced]
async fn coerced_async(text: bool) -> Result<Box<dyn Display>, Box<dyn std::error::Error>> {
    if text { Ok(Box::new("text")) } else { Err("none".into()) }
}

#[traced]
fn closure(offset: usize) -> impl Fn(&str) -> usize {
    move |text| text.len() + offset
}

#[traced]
fn boxed_closure(offset: usize) -> Box<dyn Fn(&str) -> usize> {
    Box::new(move |text| text.len() + offset)
}

#[traced]
fn fallible_closure(offset: usize) -> Result<impl Fn(&str) -> usize, String> {
    Ok(move |text: &str| text.len() + offset)
}

#[traced]
fn opaque(fail: bool) -> impl Debug {
    if fail {
        return Err("failed");
    }
    Ok(1)
}

#[traced]
fn unwritten() -> impl Debug {
    unreachable!()
}

#[traced]
async fn unwritten_async() -> impl Debug {
    unreachable!()
}

#[traced]
fn number() -> impl Into<f64> {
    1
}

#[traced]
fn hidden(values: &[u8]) -> Result<impl Iterator<Item = u16>, String> {
    values.first().ok_or("empty")?;
    Ok(values.iter().map(|value| u16::from(*value)))
}

#[traced]
async fn hidden_async(values: Vec<u8>) -> Option<impl Iterator<Item = u16>> {
    Some(values.into_iter().map(u16::from))
}

// Errors that bring their own `backtrace`, and traits that do.

mod ambiguous {
    use std::backtrace::Backtrace;

    use tracehound::traced;

    /// Has what the generated code calls, for every type.
    trait Compat {
        fn backtrace(&self) -> Option<&Backtrace> {
            None
        }
        fn message(&self) -> u8 {
            0
        }
        fn error(&self) -> u8 {
            0
        }
        fn get(&self) -> u8 {
            0
        }
        fn tag_value(&self) -> u8 {
            0
        }
    }

    impl<T> Compat for T {}

    #[traced(args(value))]
    pub(crate) fn in_scope(value: u8) -> Result<(), String> {
        assert!(1.backtrace().is_none());
        Err((1.message() + 1.error() + 1.get() + value.tag_value()).to_string())
    }
}

// Receivers.

#[derive(Clone)]
struct Machine<T> {
    water: T,
}

impl<T: Copy + Into<u64> + Send + Sync> Machine<T> {
    #[traced]
    fn new(water: T) -> Self {
        Self { water }
    }

    #[traced(tags(water = self.water.into()))]
    fn by_ref(&self) -> &T {
        &self.water
    }

    #[traced]
    fn by_mut(&mut self) -> &mut T {
        let water = &mut self.water;
        if false {
            return water;
        }
        water
    }

    #[traced]
    fn by_box(self: Box<Self>) -> T {
        self.water
    }

    #[traced]
    async fn by_arc(self: Arc<Self>) -> T {
        support::yield_once().await;
        self.water
    }

    #[traced]
    fn by_pin(self: Pin<&mut Self>) -> T {
        self.water
    }

    #[traced]
    async fn two_borrows<'a>(&'a self, other: &'a str, third: &str) -> Result<(&'a T, &'a str), String> {
        support::yield_once().await;
        if third.is_empty() { Err(String::new()) } else { Ok((&self.water, other)) }
    }
}

#[traced(skip_err, service = "machines")]
trait Serves {
    const CUPS: u8;

    fn required(&self) -> u8;

    fn provided<T: Default>(&self) -> (u8, T)
    where
        Self: Sized,
    {
        (self.required(), T::default())
    }

    #[allow(async_fn_in_trait)]
    async fn later(&self) -> Result<u8, String> {
        Ok(self.required())
    }
}

#[traced]
impl Serves for Machine<u8> {
    const CUPS: u8 = 2;

    fn required(&self) -> u8 {
        self.water
    }
}

#[traced]
impl Machine<u8> {
    const fn constant() -> u8 {
        1
    }

    fn traced(&self) -> u8 {
        self.water + Self::constant()
    }
}

// Futures.

struct NoDebug<'a>(PhantomData<&'a ()>);

#[traced(args(argument))]
async fn with_an_argument_that_says_nothing(argument: NoDebug<'_>) -> u8 {
    support::yield_once().await;
    let NoDebug(PhantomData) = argument;
    1
}

#[traced]
fn boxed_recursion(depth: u8) -> BoxFuture<'static, Result<u8, String>> {
    Box::pin(async move {
        if depth == 0 {
            return Ok(0);
        }
        Ok(boxed_recursion(depth - 1).await? + 1)
    })
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[traced]
fn aliased(value: &u8) -> BoxFuture<'_, Result<u8, std::io::Error>> {
    let copy = *value;
    Box::pin(async move { Ok(copy + *value) })
}

#[traced]
fn not_capturing_by_move(value: u8) -> impl Future<Output = u8> {
    async { u8::from(std::hint::black_box(true)) }.also(value)
}

trait Also: Sized {
    fn also(self, _: u8) -> Self {
        self
    }
}

impl<F: Future> Also for F {}

#[traced]
async fn on_one_thread(count: Rc<u8>) -> Rc<u8> {
    support::yield_once().await;
    count
}

#[traced]
async unsafe fn raw_async(pointer: &'static u8) -> u8 {
    // SAFETY: it is a reference.
    unsafe { *std::ptr::from_ref(pointer) }
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

fn assert_send_static<T: Send + 'static>(value: T) -> T {
    value
}

#[test]
fn a_traced_future_is_send_as_its_body_is() {
    let machine = Machine::new(1_u8);
    let text = String::from("borrowed");
    assert!(block_on(assert_send(machine.two_borrows(&text, "x"))).is_ok());
    assert_eq!(block_on(assert_send_static(Arc::new(machine).by_arc())), 1);
    assert_eq!(block_on(assert_send_static(boxed_recursion(3))), Ok(3));
    assert_eq!(block_on(on_one_thread(Rc::new(1))), Rc::new(1));
    let _: Span = assert_send_static(span!("a span can go everywhere"));
    let _: SpanRef = assert_send_static(tracehound::current_span());
}

// Through other crates and macros.

mod facade {
    pub(crate) mod inner {
        pub(crate) use ::tracehound as tracer;
    }
}

#[facade::inner::tracer::traced(crate = facade::inner::tracer, args(value))]
fn through_a_facade(value: u8) -> Result<u8, String> {
    drop(facade::inner::tracer::span!("inside", value));
    Ok(value)
}

macro_rules! make {
    ($visibility:vis $name:ident, $returned:ty, $value:expr, $span:literal) => {
        #[traced(name = $span, tags(made = true))]
        $visibility fn $name() -> $returned {
            $value
        }
    };
}

make!(pub(crate) made, Result<u8, String>, Ok(1), "made by a macro");
make!(made_future, impl Future<Output = u8>, async { 1 }, "made as a future");

#[test]
#[allow(clippy::redundant_closure_call)]
fn all_of_them_still_do_what_they_did() {
    assert_eq!(generic(&[1, 5], &3), [&3, &5]);
    assert_eq!(patterns((1, 2), [3, 4, 5], Wrapper { inner: 6 }, 7, ()), 17);
    // SAFETY: the pointer is that of a reference.
    assert_eq!(unsafe { raw(&7) }, 7);
    assert_eq!(for_c(1) + i32::from(with_attributes_inside() + with_items_inside()), 3);
    assert_eq!(by_trait([1, 2], ";"), "1;2;");
    assert!(std::panic::catch_unwind(|| never(1)).is_err());
    assert!(std::panic::catch_unwind(|| block_on(never_async(1))).is_err());
    returns_early(true);
    assert_eq!(elided(&HashMap::from([("key".to_owned(), "value".to_owned())])), Some("value"));
    assert_eq!(collected(&[1]), [1_u16]);
    assert!(coerced(true).is_ok() && block_on(coerced_async(false)).is_err());
    assert_eq!(closure(1)("a") + boxed_closure(1)("a") + fallible_closure(1).map_or(0, |closure| closure("a")), 6);
    assert_eq!(format!("{:?} {:?}", opaque(true), opaque(false)), "Err(\"failed\") Ok(1)");
    assert!(std::panic::catch_unwind(|| drop(format!("{:?}", unwritten()))).is_err());
    assert!(std::panic::catch_unwind(|| drop(format!("{:?}", block_on(unwritten_async())))).is_err());
    assert!((number().into() - 1.0).abs() < f64::EPSILON);
    assert_eq!(hidden(&[1]).map(Iterator::count), Ok(1));
    assert_eq!(block_on(hidden_async(vec![1])).map(Iterator::count), Some(1));
    assert!(ambiguous::in_scope(1).is_err());

    let mut machine = Machine::new(1_u8);
    *machine.by_mut() += 1;
    assert_eq!((*machine.by_ref(), Pin::new(&mut machine).by_pin()), (2, 2));
    assert_eq!(Box::new(machine.clone()).by_box() + machine.required() + machine.traced(), 7);
    assert_eq!((machine.provided::<u8>(), block_on(machine.later())), ((2, 0), Ok(2)));
    assert_eq!(<Machine<u8> as Serves>::CUPS, 2);
    assert_eq!(block_on(with_an_argument_that_says_nothing(NoDebug(PhantomData))), 1);
    assert!(block_on(aliased(&1)).is_ok_and(|sum| sum == 2));
    assert_eq!(block_on(not_capturing_by_move(1)), 1);
    // SAFETY: it takes a reference.
    assert_eq!(unsafe { block_on(raw_async(&7)) }, 7);
    assert_eq!((through_a_facade(1), made(), block_on(made_future())), (Ok(1), Ok(1), 1));
}
