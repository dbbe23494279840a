//! What became of every span of a payload.
//!
//! The ledger is `received = kept + dropped + filtered + sampled out`. Nothing is filtered or sampled out here, so
//! [`Report::closes`] says `received = kept + dropped`. Repairs are counted beside it: a repaired span is kept.

use tracehound_model::Chunk;

/// A closed set of reasons with the names under which they are counted.
macro_rules! reasons {
    ($(#[$doc:meta])* $set:ident { $($(#[$about:meta])* $reason:ident = $name:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $set { $($(#[$about])* $reason,)+ }

        impl $set {
            const NAMES: &[&str] = &[$($name),+];
        }
    };
}

reasons! {
    /// Why a whole chunk was dropped. Source: agent-protocol 3.1.
    DropReason {
        /// It has no spans.
        EmptyTrace = "empty_trace",
        /// Its spans are of different traces.
        ForeignSpan = "foreign_span",
        /// A trace id is 0.
        TraceIdZero = "trace_id_zero",
        /// A span id is 0.
        SpanIdZero = "span_id_zero",
    }
}

reasons! {
    /// What was wrong with a span that was kept. Source: agent-protocol 3.1 and 3.2; the last four, which the agent does
    /// not count, 3.5.
    Repair {
        DuplicateSpanId = "duplicate_span_id",
        ServiceEmpty = "service_empty",
        ServiceTruncate = "service_truncate",
        ServiceInvalid = "service_invalid",
        PeerServiceTruncate = "peer_service_truncate",
        PeerServiceInvalid = "peer_service_invalid",
        BaseServiceTruncate = "base_service_truncate",
        BaseServiceInvalid = "base_service_invalid",
        SpanNameEmpty = "span_name_empty",
        SpanNameTruncate = "span_name_truncate",
        SpanNameInvalid = "span_name_invalid",
        ResourceEmpty = "resource_empty",
        InvalidDuration = "invalid_duration",
        InvalidStartDate = "invalid_start_date",
        TypeTruncate = "type_truncate",
        InvalidHttpStatusCode = "invalid_http_status_code",
        ResourceTruncate = "resource_truncate",
        MetaKeyTruncate = "meta_key_truncate",
        MetaValueTruncate = "meta_value_truncate",
        MetricsKeyTruncate = "metrics_key_truncate",
    }
}

/// The priorities by which kept chunks are counted. Source: agent-protocol 2.5.
const PRIORITIES: &[&str] = &["-1", "0", "1", "2", "none", "other"];

/// An amount of traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Number of chunks.
    pub chunks: u64,
    /// Number of spans.
    pub spans: u64,
}

/// Counts over one payload, or over many when added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// All that was decoded.
    pub received: Volume,
    /// All that is in the batch.
    pub kept: Volume,
    /// Tags `_dd.span_links` and `events` whose JSON does not parse; they stayed tags.
    pub unparsed_extras: u64,
    dropped: [Volume; DropReason::NAMES.len()],
    repaired: [u64; Repair::NAMES.len()],
    kept_by_priority: [u64; PRIORITIES.len()],
}

impl Report {
    /// Dropped spans by reason: `empty_trace` (always 0), `foreign_span`, `trace_id_zero`, `span_id_zero`. All reasons
    /// come, those with zeros too.
    pub fn dropped(&self) -> impl Iterator<Item = (&'static str, u64)> + use<> {
        named(DropReason::NAMES, self.dropped.map(|volume| volume.spans))
    }

    /// Dropped chunks by the same reasons.
    pub fn dropped_chunks(&self) -> impl Iterator<Item = (&'static str, u64)> + use<> {
        named(DropReason::NAMES, self.dropped.map(|volume| volume.chunks))
    }

    /// Repairs by the agent's counter of `spans_malformed`, and those of truncation: `resource_truncate`,
    /// `meta_key_truncate`, `meta_value_truncate`, `metrics_key_truncate`. All names come, those with zeros too.
    pub fn repaired(&self) -> impl Iterator<Item = (&'static str, u64)> + use<> {
        named(Repair::NAMES, self.repaired)
    }

    /// Kept chunks by sampling priority: `-1`, `0`, `1`, `2`, `none`, `other`.
    pub fn kept_by_priority(&self) -> impl Iterator<Item = (&'static str, u64)> + use<> {
        named(PRIORITIES, self.kept_by_priority)
    }

    /// Whether every chunk and every span that was received is accounted for.
    pub fn closes(&self) -> bool {
        let mut accounted = self.kept;
        self.dropped.iter().for_each(|dropped| accounted.add(*dropped));
        accounted == self.received && self.kept_by_priority.iter().sum::<u64>() == self.kept.chunks
    }

    /// Adds the counts of another report to this one.
    pub fn add(&mut self, other: &Report) {
        self.received.add(other.received);
        self.kept.add(other.kept);
        self.unparsed_extras += other.unparsed_extras;
        self.dropped.iter_mut().zip(other.dropped).for_each(|(sum, more)| sum.add(more));
        self.repaired.iter_mut().zip(other.repaired).for_each(|(sum, more)| *sum += more);
        self.kept_by_priority.iter_mut().zip(other.kept_by_priority).for_each(|(sum, more)| *sum += more);
    }

    pub(crate) fn receive(&mut self, chunk: &Chunk) {
        self.received.add(Volume::of(chunk));
        self.unparsed_extras += u64::from(chunk.unparsed_extras);
    }

    pub(crate) fn drop(&mut self, chunk: &Chunk, reason: DropReason) {
        self.dropped[reason as usize].add(Volume::of(chunk));
    }

    pub(crate) fn keep(&mut self, chunk: &Chunk, priority: Option<i32>) {
        self.kept.add(Volume::of(chunk));
        let place = match priority {
            Some(known @ -1..=2) => (known + 1) as usize,
            None => 4,
            Some(_) => 5,
        };
        self.kept_by_priority[place] += 1;
    }

    pub(crate) fn repair(&mut self, repair: Repair) {
        self.repaired[repair as usize] += 1;
    }

    pub(crate) fn duplicate_span_ids(&mut self, count: usize) {
        self.repaired[Repair::DuplicateSpanId as usize] += count as u64;
    }
}

impl Volume {
    fn of(chunk: &Chunk) -> Volume {
        Volume { chunks: 1, spans: chunk.spans.len() as u64 }
    }

    fn add(&mut self, more: Volume) {
        self.chunks += more.chunks;
        self.spans += more.spans;
    }
}

fn named<const N: usize>(
    names: &'static [&'static str],
    counts: [u64; N],
) -> impl Iterator<Item = (&'static str, u64)> + use<N> {
    names.iter().copied().zip(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(spans: usize) -> Chunk {
        Chunk { spans: vec![Default::default(); spans], unparsed_extras: 1, ..Chunk::default() }
    }

    fn counted(counts: impl Iterator<Item = (&'static str, u64)>) -> Vec<(&'static str, u64)> {
        counts.filter(|&(_, count)| count > 0).collect()
    }

    #[test]
    fn a_report_closes_when_every_span_is_kept_or_dropped() {
        let mut report = Report::default();
        assert!(report.closes());
        report.receive(&chunk(3));
        assert!(!report.closes());
        report.keep(&chunk(3), Some(1));
        assert!(report.closes());
        report.receive(&chunk(2));
        report.drop(&chunk(1), DropReason::SpanIdZero);
        assert!(!report.closes(), "one span is missing");
    }

    #[test]
    fn adding_a_report_adds_every_count() {
        let mut one = Report::default();
        for _ in 0..3 {
            one.receive(&chunk(2));
        }
        one.keep(&chunk(2), Some(2));
        one.keep(&chunk(2), Some(7));
        one.drop(&chunk(2), DropReason::ForeignSpan);
        one.repair(Repair::MetricsKeyTruncate);
        let mut sum = one.clone();
        sum.add(&one);

        assert!(sum.closes());
        assert_eq!(sum.received, Volume { chunks: 6, spans: 12 });
        assert_eq!(sum.kept, Volume { chunks: 4, spans: 8 });
        assert_eq!(counted(sum.dropped()), [("foreign_span", 4)]);
        assert_eq!(counted(sum.dropped_chunks()), [("foreign_span", 2)]);
        assert_eq!(counted(sum.repaired()), [("metrics_key_truncate", 2)]);
        assert_eq!(counted(sum.kept_by_priority()), [("2", 2), ("other", 2)]);
        assert_eq!(sum.unparsed_extras, 6);
    }

    #[test]
    fn kept_chunks_are_counted_by_priority() {
        for (priority, name) in [
            (Some(-1), "-1"),
            (Some(0), "0"),
            (Some(1), "1"),
            (Some(2), "2"),
            (None, "none"),
            (Some(3), "other"),
            (Some(i32::MIN), "other"),
        ] {
            let mut report = Report::default();
            report.keep(&chunk(1), priority);
            assert_eq!(counted(report.kept_by_priority()), [(name, 1)]);
        }
    }
}
