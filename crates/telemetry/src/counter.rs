//! Counters that are told apart by labels.

use std::fmt;

use prometheus_client::encoding::MetricEncoder;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::{MetricType, TypedMetric};

/// One counter per combination of the values of `N` labels.
///
/// Values are `'static`, so that they come from the program and never from what was sent: the number of counters is
/// bounded by the text of the program.
#[derive(Clone)]
pub struct CounterBy<const N: usize> {
    labels: [&'static str; N],
    counters: Family<[(&'static str, &'static str); N], Counter>,
}

impl<const N: usize> CounterBy<N> {
    pub(crate) fn new(labels: [&'static str; N]) -> CounterBy<N> {
        CounterBy { labels, counters: Family::default() }
    }

    /// Adds to the counter with these label values, in the order of the labels. Adding 0 makes it appear.
    pub fn add(&self, values: [&'static str; N], count: u64) {
        self.counters.get_or_create(&self.pairs(values)).inc_by(count);
    }

    /// The counter with these label values; 0 if nothing was added to it yet.
    pub fn get(&self, values: [&'static str; N]) -> u64 {
        self.counters.get(&self.pairs(values)).map_or(0, |counter| counter.get())
    }

    fn pairs(&self, values: [&'static str; N]) -> [(&'static str, &'static str); N] {
        std::array::from_fn(|i| (self.labels[i], values[i]))
    }
}

impl<const N: usize> fmt::Debug for CounterBy<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CounterBy").field("labels", &self.labels).finish_non_exhaustive()
    }
}

impl<const N: usize> TypedMetric for CounterBy<N> {
    const TYPE: MetricType = MetricType::Counter;
}

impl<const N: usize> prometheus_client::encoding::EncodeMetric for CounterBy<N> {
    fn encode(&self, encoder: MetricEncoder<'_>) -> fmt::Result {
        self.counters.encode(encoder)
    }

    fn metric_type(&self) -> MetricType {
        <CounterBy<N> as TypedMetric>::TYPE
    }
}
