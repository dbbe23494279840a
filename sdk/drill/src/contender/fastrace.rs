//! fastrace: the fastest of the others, which knows text only and sends nothing by itself.

use std::borrow::Cow;

use fastrace::collector::{Config, Reporter, SpanRecord};
use fastrace::local::LocalSpan;
use fastrace::prelude::{Span, SpanContext};

use super::{Contender, DEPTH};

pub fn without_reporter() -> Box<dyn Contender> {
    Box::new(Fastrace)
}

pub fn with_reporter() -> Box<dyn Contender> {
    fastrace::set_reporter(Dummy, Config::default());
    Box::new(Fastrace)
}

struct Dummy;

impl Reporter for Dummy {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        std::hint::black_box(spans);
    }
}

struct Fastrace;

impl Contender for Fastrace {
    fn trace(&self) {
        let root = Span::root("drill.step", SpanContext::random()).with_properties(|| properties(DEPTH));
        let _current = root.set_local_parent();
        nest(DEPTH - 1);
    }

    fn flush(&self) {
        fastrace::flush();
    }
}

fn nest(depth: u32) {
    let _span = LocalSpan::enter_with_local_parent("drill.step").with_properties(|| properties(depth));
    if depth > 1 {
        nest(depth - 1);
    }
}

fn properties(depth: u32) -> [(&'static str, Cow<'static, str>); 2] {
    [("user.plan", Cow::Borrowed("gold")), ("step", Cow::Owned(depth.to_string()))]
}
