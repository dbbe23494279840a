//! Reports into counters.

use tracehound_pipeline::Report;
use tracehound_telemetry::Metrics;

/// Counts what became of a payload's spans.
pub(crate) fn received(report: &Report, metrics: &Metrics) {
    metrics.spans_received.inc_by(report.received.spans);
    metrics.spans_kept.inc_by(report.kept.spans);
    metrics.spans_unparsed_extras.inc_by(report.unparsed_extras);
    for (reason, count) in report.dropped() {
        metrics.spans_dropped.add([reason], count);
    }
    for (reason, count) in report.dropped_chunks() {
        metrics.chunks_dropped.add([reason], count);
    }
    for (repair, count) in report.repaired() {
        metrics.spans_repaired.add([repair], count);
    }
    for (priority, count) in report.kept_by_priority() {
        metrics.chunks_kept.add([priority], count);
    }
}

/// Counts a payload whose sender is about to be told that it was kept.
pub(crate) fn acknowledged(report: &Report, metrics: &Metrics) {
    metrics.payloads_accepted.inc();
    metrics.spans_acknowledged.inc_by(report.kept.spans);
}
