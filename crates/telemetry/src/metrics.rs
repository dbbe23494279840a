//! The one list of metrics.
//!
//! Names are `tracehound_<area>_<what>_<unit>`, with `_total` if they only grow; units are bytes and seconds; label values
//! come from closed sets. The ledger is first: `received = kept + dropped`, per payload and so in sum. A payload that is
//! rejected (its fault) or refused (ours) is never received.

use std::fmt;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::counter::CounterBy;

/// Media type of [`Metrics::to_text`]: OpenMetrics, which Prometheus reads.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A metric's name and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described {
    /// As it is scraped.
    pub name: &'static str,
    /// One sentence.
    pub help: &'static str,
}

/// Makes, of each line, the documented field, its registration and its entry in [`METRICS`].
macro_rules! metrics {
    ($(#[doc = $help:literal] $field:ident: $type:ty = $make:expr, $name:literal;)+) => {
        /// Every metric. Cheap to update from any thread.
        pub struct Metrics {
            $(#[doc = $help] pub $field: $type,)+
            registry: Registry,
        }

        impl Default for Metrics {
            fn default() -> Metrics {
                let mut registry = Registry::default();
                $(
                    let $field: $type = $make;
                    let (name, help) = as_registered($name, $help);
                    registry.register(name, help, $field.clone());
                )+
                Metrics { $($field,)+ registry }
            }
        }

        /// The list, in the order in which it is shown.
        pub const METRICS: &[Described] = &[$(Described { name: $name, help: $help.trim_ascii() }),+];
    };
}

metrics! {
    /// Spans decoded from payloads that were taken.
    spans_received: Counter = counter(), "tracehound_spans_received_total";
    /// Spans that can be found once their payload is acknowledged.
    spans_kept: Counter = counter(), "tracehound_spans_kept_total";
    /// Spans that were received but are unusable, by reason.
    spans_dropped: CounterBy<1> = by(["reason"]), "tracehound_spans_dropped_total";
    /// Kept spans whose sender was told so, after they were durable.
    spans_acknowledged: Counter = counter(), "tracehound_spans_acknowledged_total";
    /// Kept rows that a flush folded into another copy of the same span.
    spans_folded: Counter = counter(), "tracehound_spans_folded_total";
    /// Repairs of kept spans, by what was wrong.
    spans_repaired: CounterBy<1> = by(["repair"]), "tracehound_spans_repaired_total";
    /// Tags with links or events whose JSON does not parse; they stayed tags.
    spans_unparsed_extras: Counter = counter(), "tracehound_spans_unparsed_extras_total";

    /// Kept chunks, by sampling priority.
    chunks_kept: CounterBy<1> = by(["priority"]), "tracehound_chunks_kept_total";
    /// Chunks that were received but are unusable, by reason.
    chunks_dropped: CounterBy<1> = by(["reason"]), "tracehound_chunks_dropped_total";

    /// Payloads that were acknowledged.
    payloads_accepted: Counter = counter(), "tracehound_payloads_accepted_total";
    /// Payloads that are not as they should be, by reason and answered status.
    payloads_rejected: CounterBy<2> = by(["reason", "status"]), "tracehound_payloads_rejected_total";
    /// Payloads that could not be taken, by reason and answered status.
    payloads_refused: CounterBy<2> = by(["reason", "status"]), "tracehound_payloads_refused_total";

    /// Bytes of request bodies that were read on trace routes.
    receive_body_bytes: Counter = counter(), "tracehound_receive_body_bytes_total";
    /// Bytes of the receiver's budget that bodies and batches hold.
    receive_budget_bytes: Gauge = gauge(), "tracehound_receive_budget_bytes";
    /// Open connections, all listeners together.
    receive_connections: Gauge = gauge(), "tracehound_receive_connections";
    /// Requests for paths that are not served.
    receive_unknown_requests: Counter = counter(), "tracehound_receive_unknown_requests_total";
    /// Time to decode and process a payload.
    receive_process_seconds: Histogram = seconds(), "tracehound_receive_process_seconds";
    /// Time from a whole body to its answer.
    receive_answer_seconds: Histogram = seconds(), "tracehound_receive_answer_seconds";

    /// Open connections to pages and API.
    api_connections: Gauge = gauge(), "tracehound_api_connections";

    /// Bytes of frames that were written to the log.
    wal_appended_bytes: Counter = counter(), "tracehound_wal_appended_bytes_total";
    /// Times the log was synced.
    wal_syncs: Counter = counter(), "tracehound_wal_syncs_total";
    /// Bytes that the log takes on disk.
    wal_disk_bytes: Gauge = gauge(), "tracehound_wal_disk_bytes";

    /// Bytes of rows that are not yet in a part, with those on their way through the log.
    memtable_bytes: Gauge = gauge(), "tracehound_store_memtable_bytes";
    /// Parts that queries read.
    parts: Gauge = gauge(), "tracehound_store_parts";
    /// Memtables that were written to a part.
    flushes: Counter = counter(), "tracehound_store_flushes_total";
    /// Flushes that failed and are tried again.
    flush_failures: Counter = counter(), "tracehound_store_flush_failures_total";
    /// Time to write a memtable to a part.
    flush_seconds: Histogram = seconds(), "tracehound_store_flush_seconds";
    /// Damaged or foreign files that were set aside.
    quarantined_files: Counter = counter(), "tracehound_store_quarantined_files_total";
    /// Damaged stretches of the log that were set aside.
    quarantined_stretches: Counter = counter(), "tracehound_store_quarantined_stretches_total";
    /// Frames of the log that were read at the start.
    recovered_frames: Counter = counter(), "tracehound_store_recovered_frames_total";
    /// Time that recovery took at the start.
    recovery_seconds: Gauge<f64, AtomicU64> = Gauge::default(), "tracehound_store_recovery_seconds";
}

impl Metrics {
    /// Everything, as OpenMetrics text.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        text::encode(&mut out, &self.registry).expect("writing to a string cannot fail");
        out
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

fn counter() -> Counter {
    Counter::default()
}

fn gauge() -> Gauge {
    Gauge::default()
}

fn by<const N: usize>(labels: [&'static str; N]) -> CounterBy<N> {
    CounterBy::new(labels)
}

/// From 0.25 ms to 32 s in steps of four: from a small payload to a flush on a slow disk.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.000_25, 4.0, 9))
}

/// The encoder adds `_total` to counters and the full stop to sentences by itself.
fn as_registered(name: &'static str, help: &'static str) -> (&'static str, &'static str) {
    (name.trim_end_matches("_total"), help.trim().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sentences_keep_their_form() {
        for Described { name, help } in METRICS {
            assert!(name.starts_with("tracehound_"), "{name}");
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
            assert!(help.ends_with('.') && !help.trim_end_matches('.').contains(". "), "{name}: {help}");
        }
        let mut names: Vec<_> = METRICS.iter().map(|metric| metric.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), METRICS.len(), "a name stands twice");
    }

    #[test]
    fn every_metric_of_the_list_is_shown_under_its_name_with_its_sentence() {
        let metrics = Metrics::default();
        metrics.spans_dropped.add(["trace_id_zero"], 0);
        let text = metrics.to_text();
        for Described { name, help } in METRICS {
            let family = name.trim_end_matches("_total");
            assert!(text.contains(&format!("# HELP {family} {help}\n")), "{name} in\n{text}");
        }
        assert!(text.contains("\ntracehound_spans_received_total 0\n"), "{text}");
        assert!(text.contains("\ntracehound_spans_dropped_total{reason=\"trace_id_zero\"} 0\n"), "{text}");
    }

    #[test]
    fn the_ledger_comes_first() {
        let first: Vec<_> = METRICS.iter().take(3).map(|metric| metric.name).collect();
        assert_eq!(
            first,
            ["tracehound_spans_received_total", "tracehound_spans_kept_total", "tracehound_spans_dropped_total"]
        );
    }

    #[test]
    fn what_is_counted_is_shown_by_label() {
        let metrics = Metrics::default();
        metrics.payloads_rejected.add(["too_large", "413"], 2);
        metrics.payloads_rejected.add(["malformed", "400"], 1);
        assert_eq!(metrics.payloads_rejected.get(["too_large", "413"]), 2);
        assert_eq!(metrics.payloads_rejected.get(["malformed", "413"]), 0);
        let text = metrics.to_text();
        assert!(text.contains("tracehound_payloads_rejected_total{reason=\"too_large\",status=\"413\"} 2\n"), "{text}");
    }
}
