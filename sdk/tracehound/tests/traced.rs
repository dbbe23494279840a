//! `#[traced]`: which span a call makes, and when it is current.

mod support;

use std::future::Future;
use std::pin::Pin;

use async_trait::async_trait;
use support::{block_on, only_span, spans, text, yield_once};
use tracehound::{current_span, span, traced};

#[traced]
fn plain() -> u64 {
    current_span().span_id()
}

#[test]
fn a_call_is_a_span_with_the_name_of_the_function() {
    let mut inside = 0;
    let span = only_span(|| inside = plain());
    assert_eq!((&*span.name, &*span.resource, span.error), ("plain", "plain", false));
    assert_eq!(inside, span.span_id, "the span is current inside of the function");
}

#[test]
fn nothing_is_current_after_the_call() {
    spans(|| {
        plain();
        assert!(!current_span().is_enabled());
    });
}

#[test]
fn without_a_tracer_the_function_just_runs() {
    assert_eq!(plain(), 0);
    assert_eq!(block_on(outer_async(1)), 3);
}

#[traced]
async fn outer_async(value: u32) -> u32 {
    let before = current_span().span_id();
    yield_once().await;
    assert_eq!(current_span().span_id(), before);
    inner_async(value).await + 1
}

#[traced]
async fn inner_async(value: u32) -> u32 {
    yield_once().await;
    value + 1
}

#[test]
fn an_async_function_is_in_its_span_per_poll() {
    let spans = spans(|| {
        let both = async {
            let other = async {
                for _ in 0..3 {
                    assert!(!current_span().is_enabled(), "another task is not in the span");
                    yield_once().await;
                }
            };
            let mut traced = std::pin::pin!(outer_async(1));
            let mut other = std::pin::pin!(other);
            std::future::poll_fn(|context| {
                let _ = other.as_mut().poll(context);
                traced.as_mut().poll(context)
            })
            .await
        };
        assert_eq!(block_on(both), 3);
    });
    assert_eq!(spans["inner_async"].parent_id, spans["outer_async"].span_id);
}

#[test]
fn an_async_function_that_is_never_polled_makes_no_span() {
    assert!(spans(|| drop(outer_async(1))).is_empty());
}

#[test]
fn a_span_ends_when_its_future_is_dropped_and_what_it_held_drops_inside() {
    struct OnDrop;
    impl Drop for OnDrop {
        fn drop(&mut self) {
            current_span().set_tag("dropped", "inside");
        }
    }
    #[traced]
    async fn cancelled() {
        let _held = OnDrop;
        std::future::pending::<()>().await;
    }
    let span = only_span(|| {
        let mut future = Box::pin(cancelled());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
    });
    assert_eq!((&*span.name, text(&span, "dropped"), span.error), ("cancelled", "inside", false));
}

#[test]
fn options_say_everything_about_the_span() {
    const SERVICE: &str = "batch";
    #[traced(
        name = "rebuild.index",
        resource = %kind,
        service = SERVICE,
        span_type = "worker",
        tags(index.kind = kind, "shard count" = shards * 2, index.shape = ?(shards, kind), type = true),
        args(shards, when),
        measured
    )]
    fn rebuild(kind: &str, shards: u32, when: std::net::Ipv4Addr, unnamed: &str) -> usize {
        unnamed.len()
    }
    let span = only_span(|| {
        rebuild("full", 2, std::net::Ipv4Addr::LOCALHOST, "secret");
    });
    assert_eq!((&*span.name, &*span.resource), ("rebuild.index", "full"));
    assert_eq!((&*span.service, &*span.span_type), ("batch", "worker"));
    assert_eq!((text(&span, "index.kind"), text(&span, "index.shape")), ("full", "(2, \"full\")"));
    assert_eq!((text(&span, "when"), text(&span, "type")), ("127.0.0.1", "true"));
    assert_eq!((span.metrics["shard count"], span.metrics["shards"]), (4.0, 2.0));
    assert_eq!(span.metrics["_dd.measured"], 1.0);
    assert!(!span.meta.values().any(|value| value == "secret"), "arguments are tags only when they are named");
}

#[test]
fn a_parent_can_be_an_argument_and_root_has_none() {
    #[traced(parent = parent)]
    fn child(parent: &tracehound::SpanContext) -> u128 {
        parent.trace_id().as_u128()
    }
    #[traced(root)]
    fn alone() {}
    let spans = spans(|| {
        let (current, other) = (span!("current"), span!("other"));
        current.in_scope(|| {
            child(&other.context());
            alone();
        });
    });
    assert_eq!((spans["child"].parent_id, spans["alone"].parent_id), (spans["other"].span_id, 0));
}

#[test]
fn a_raw_name_is_the_plain_word() {
    #[traced(args(r#type))]
    fn r#match(r#type: u8) -> u8 {
        r#type
    }
    let span = only_span(|| {
        r#match(1);
    });
    assert_eq!((&*span.name, span.metrics["type"]), ("match", 1.0));
}

struct Till {
    open: bool,
    count: u64,
}

impl Till {
    #[traced(tags(till.open = self.open))]
    fn count(&mut self) -> &mut u64 {
        self.count += 1;
        &mut self.count
    }

    #[traced]
    async fn close(mut self) -> Self {
        yield_once().await;
        self.open = false;
        self
    }
}

#[test]
fn methods_are_traced_with_what_they_borrow_and_own() {
    let spans = spans(|| {
        let mut till = Till { open: true, count: 0 };
        *till.count() += 1;
        assert_eq!(*till.count(), 3);
        assert!(!block_on(till.close()).open);
    });
    assert_eq!(text(&spans["count"], "till.open"), "true");
    assert_eq!(spans["close"].name, "close");
}

trait Brews {
    fn strength(&self) -> u8;

    #[traced]
    fn brew(&self) -> u8 {
        self.strength() + 1
    }

    fn pour(&self) -> impl Future<Output = u8> + Send;
}

impl Brews for Till {
    #[traced]
    fn strength(&self) -> u8 {
        1
    }

    #[traced]
    async fn pour(&self) -> u8 {
        yield_once().await;
        2
    }
}

#[test]
fn methods_of_traits_are_traced_by_default_and_by_implementation() {
    let spans = spans(|| {
        let till = Till { open: true, count: 0 };
        assert_eq!(till.brew() + block_on(till.pour()), 4);
    });
    assert_eq!(spans["strength"].parent_id, spans["brew"].span_id);
    assert_eq!(spans["pour"].parent_id, 0);
}

#[async_trait]
trait Waits {
    async fn below(&self, id: u64) -> Result<u64, String>;
    async fn above(&self, id: u64) -> Result<u64, String>;

    #[traced]
    async fn default(&self) -> u64 {
        yield_once().await;
        3
    }
}

struct Below;

#[async_trait]
impl Waits for Below {
    #[traced(tags(id = id), args(id))]
    async fn below(&self, id: u64) -> Result<u64, String> {
        yield_once().await;
        Err(format!("no {id}"))
    }

    async fn above(&self, id: u64) -> Result<u64, String> {
        Ok(id)
    }
}

struct Above;

#[traced(service = "waiters", tags(size = std::mem::size_of_val(self)))]
#[async_trait]
impl Waits for Above {
    async fn below(&self, id: u64) -> Result<u64, String> {
        Ok(id)
    }

    #[traced(name = "above.own")]
    async fn above(&self, id: u64) -> Result<u64, String> {
        self.below(id).await?;
        Err(String::from("nothing there"))
    }
}

#[test]
fn async_trait_can_stand_above_and_below() {
    let below = only_span(|| assert!(block_on(Below.below(7)).is_err()));
    assert_eq!((&*below.name, below.metrics["id"], text(&below, "error.message")), ("below", 7.0, "no 7"));
    assert_eq!(only_span(|| assert_eq!(block_on(Below.default()), 3)).name, "default");

    let spans = spans(|| assert!(block_on(Above.above(1)).is_err()));
    assert_eq!(text(&spans["above.own"], "error.message"), "nothing there");
    assert_eq!(spans["below"].parent_id, spans["above.own"].span_id);
    assert_eq!((&*spans["below"].service, spans["below"].metrics["size"]), ("waiters", 0.0));
}

#[test]
fn a_future_before_its_first_poll_has_no_span_under_async_trait() {
    assert!(spans(|| drop(Below.below(7))).is_empty());
}

#[traced]
fn lone(value: u32) -> impl Future<Output = Result<u32, String>> + Send {
    async move {
        yield_once().await;
        if value == 0 { Err("zero".to_owned()) } else { Ok(current_span().span_id() as u32) }
    }
}

#[traced]
fn prepared(value: u32) -> impl Future<Output = Result<u32, String>> {
    let outside = current_span().span_id();
    async move {
        yield_once().await;
        assert_eq!(current_span().span_id(), outside);
        if value == 0 { Err("zero".to_owned()) } else { Ok(value) }
    }
}

#[traced]
fn boxed<'a>(value: &'a u32) -> Pin<Box<dyn Future<Output = Result<u32, String>> + Send + 'a>> {
    if *value == 0 {
        return Box::pin(std::future::ready(Err("zero".to_owned())));
    }
    Box::pin(async move {
        yield_once().await;
        Ok(*value)
    })
}

#[test]
fn functions_that_return_futures_are_in_their_span_per_poll() {
    for name in ["lone", "prepared", "boxed"] {
        let call = |value: &'static u32| match name {
            "lone" => block_on(lone(*value)),
            "prepared" => block_on(prepared(*value)),
            _ => block_on(boxed(value)),
        };
        let good = only_span(|| assert!(call(&1).is_ok()));
        let bad = only_span(|| assert!(call(&0).is_err()));
        assert_eq!((&*good.name, good.error), (name, false));
        assert_eq!((&*bad.name, bad.error, text(&bad, "error.message")), (name, true, "zero"));
    }
}

#[test]
fn a_span_begins_with_the_call_if_the_function_does_more_than_to_return_a_block() {
    assert!(spans(|| drop(lone(1))).is_empty());
    assert_eq!(only_span(|| drop(prepared(1))).name, "prepared");
}

#[traced]
async fn countdown(depth: u32) -> u32 {
    if depth == 0 { 0 } else { 1 + Box::pin(countdown(depth - 1)).await }
}

#[test]
fn recursion_nests() {
    let spans = tracehound::testing::capture(|| assert_eq!(block_on(countdown(3)), 3)).spans();
    let mut depth = 0;
    let mut above = spans.iter().find(|span| span.parent_id == 0);
    while let Some(span) = above {
        depth += 1;
        above = spans.iter().find(|child| child.parent_id == span.span_id);
    }
    assert_eq!((depth, spans.len()), (4, 4));
}

#[test]
fn a_traced_future_does_not_grow_with_its_depth_by_copies() {
    #[traced]
    async fn inner(bytes: [u8; 4096]) -> u8 {
        yield_once().await;
        bytes[0]
    }
    #[traced]
    async fn middle(first: u8) -> u8 {
        inner([first; 4096]).await
    }
    #[traced]
    async fn outer(first: u8) -> u8 {
        middle(first).await
    }
    let (inner, outer) = (size_of_val(&inner([0; 4096])), size_of_val(&outer(0)));
    assert!(outer < inner + 1024, "{outer} bytes around {inner}");
    assert!(inner < 3 * 4096, "{inner}");
}
