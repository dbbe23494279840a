//! Those that are reached through the `tracing` crate.

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, SpanData, SpanExporter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::{Contender, DEPTH, tracehound};

/// Without a layer: what `tracing` and its registry cost by themselves.
pub fn registry() -> Box<dyn Contender> {
    tracing_subscriber::registry().init();
    Box::new(Tracing { flush: Box::new(|| {}) })
}

/// Tracehound's layer.
pub fn tracehound() -> Box<dyn Contender> {
    let guard = tracehound::start();
    tracing_subscriber::registry().with(tracehound_tracing::layer()).init();
    Box::new(Tracing { flush: Box::new(move || tracehound::send(&guard)) })
}

/// The official SDK behind the bridge.
pub fn official() -> Box<dyn Contender> {
    bridged(datadog_opentelemetry::tracing().init())
}

/// OpenTelemetry's own SDK behind the bridge, its batches thrown away.
pub fn opentelemetry() -> Box<dyn Contender> {
    // Room for a whole round, since what does not fit is dropped silently.
    let config = BatchConfigBuilder::default().with_max_queue_size(16 * 1024).build();
    let processor = BatchSpanProcessor::builder(Nowhere).with_batch_config(config).build();
    bridged(SdkTracerProvider::builder().with_span_processor(processor).build())
}

fn bridged(provider: SdkTracerProvider) -> Box<dyn Contender> {
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("drill"));
    tracing_subscriber::registry().with(layer).init();
    Box::new(Tracing { flush: Box::new(move || provider.force_flush().expect("everything is taken")) })
}

#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        std::hint::black_box(batch);
        Ok(())
    }
}

struct Tracing {
    flush: Box<dyn Fn() + Sync>,
}

impl Contender for Tracing {
    fn trace(&self) {
        nest(DEPTH);
    }

    fn flush(&self) {
        (self.flush)();
    }
}

fn nest(depth: u32) {
    let _span = tracing::info_span!("drill.step", user.plan = "gold", step = i64::from(depth)).entered();
    if depth > 1 {
        nest(depth - 1);
    }
}
