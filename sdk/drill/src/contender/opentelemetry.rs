//! The official SDK, through the API it is made for: OpenTelemetry's.

use opentelemetry::KeyValue;
use opentelemetry::trace::{TraceContextExt, Tracer, TracerProvider};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use super::{Contender, DEPTH};

pub fn official() -> Box<dyn Contender> {
    let provider = datadog_opentelemetry::tracing().init();
    Box::new(Official { tracer: provider.tracer("drill"), provider })
}

struct Official {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl Contender for Official {
    fn trace(&self) {
        nest(&self.tracer, DEPTH);
    }

    fn flush(&self) {
        self.provider.force_flush().expect("the agent takes everything");
    }
}

fn nest(tracer: &SdkTracer, depth: u32) {
    tracer.in_span("drill.step", |context| {
        let span = context.span();
        span.set_attribute(KeyValue::new("user.plan", "gold"));
        span.set_attribute(KeyValue::new("step", i64::from(depth)));
        if depth > 1 {
            nest(tracer, depth - 1);
        }
    });
}
