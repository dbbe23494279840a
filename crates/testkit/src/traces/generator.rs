//! Traces that look like those of a real shop, all from one seed.

use std::collections::BTreeMap;

use tracehound_model::{TraceId, UnixNanos};
use tracehound_platform::Random;

use super::Span;
use super::vocabulary::{ERROR_TAGS, EVERYWHERE, METRICS, OPERATIONS, Operation, Value};

/// Spans of a trace: 12 on average.
const SPANS: std::ops::RangeInclusive<u64> = 8..=16;

/// One span in so many has failed.
const FAILS: u64 = 50;

/// One trace in so many has a link from its root to an earlier trace, as JSON in a tag.
const LINKS: u64 = 40;

/// Between the starts of two traces, at most.
const PAUSE_NANOS: u64 = 2_000_000;

/// Where the name of a span can be made from its place in the vocabulary.
const ROOT: &Operation = &OPERATIONS[0];

/// Makes traces.
pub struct Generator {
    random: Random,
    /// When the next trace begins.
    now: UnixNanos,
}

impl Generator {
    /// The sequence of traces that belongs to this seed; the first begins at `start`.
    pub fn new(seed: u64, start: UnixNanos) -> Generator {
        Generator { random: Random::from_seed(seed), now: start }
    }

    /// The next trace: about 12 spans, the root first, parents before their children.
    pub fn trace(&mut self) -> Vec<Span> {
        self.now += self.random.below(PAUSE_NANOS) as i64;
        // As tracers do: seconds, then zeros, in the high half.
        let id = TraceId { high: (self.now as u64 / 1_000_000_000) << 32, low: self.id() };
        let count = SPANS.start() + self.random.below(SPANS.end() - SPANS.start() + 1);
        let mut operations = vec![ROOT];
        let mut trace = vec![self.root(id)];
        while trace.len() < count as usize {
            let parent = self.random.below(trace.len() as u64) as usize;
            if let Some(&called) = self.pick(operations[parent].calls) {
                let operation = &OPERATIONS[called];
                operations.push(operation);
                let child = self.child(operation, &trace[parent]);
                trace.push(child);
            }
        }
        trace
    }

    fn root(&mut self, trace_id: TraceId) -> Span {
        let duration = 5_000_000 + self.random.below(400_000_000) as i64;
        let span = Span { trace_id, start: self.now, duration, ..Span::default() };
        let mut root = self.work(ROOT, span);
        root.meta.insert("_dd.p.tid".into(), format!("{:016x}", trace_id.high));
        root.meta.insert("_dd.p.dm".into(), "-1".into());
        root.metrics.insert("_sampling_priority_v1".into(), 1.0);
        if self.random.one_in(LINKS) {
            let link = format!(r#"[{{"trace_id":"{:032x}","span_id":"{:016x}"}}]"#, self.id(), self.id());
            root.meta.insert("_dd.span_links".into(), link);
        }
        root
    }

    /// A span within its parent's time.
    fn child(&mut self, operation: &Operation, parent: &Span) -> Span {
        let offset = self.random.below(parent.duration as u64 / 2 + 1) as i64;
        let duration = self.random.below((parent.duration - offset) as u64 + 1) as i64;
        let (trace_id, parent_id) = (parent.trace_id, parent.span_id);
        self.work(operation, Span { trace_id, parent_id, start: parent.start + offset, duration, ..Span::default() })
    }

    /// What a span says of its work.
    fn work(&mut self, operation: &Operation, span: Span) -> Span {
        let error = self.random.one_in(FAILS);
        let mut meta = BTreeMap::new();
        let errors = if error { &ERROR_TAGS[..] } else { &[] };
        for (key, value) in EVERYWHERE.iter().chain(operation.tags).chain(errors) {
            meta.insert((*key).to_owned(), self.value(*value));
        }
        let metrics = METRICS.map(|(key, greatest)| (key.to_owned(), self.random.below(greatest + 1) as f64));
        Span {
            span_id: self.id(),
            error,
            service: operation.service.into(),
            name: operation.name.into(),
            resource: (*self.pick(operation.resources).unwrap_or(&"")).to_owned(),
            kind: operation.kind.into(),
            meta,
            metrics: metrics.into(),
            ..span
        }
    }

    fn value(&mut self, value: Value) -> String {
        match value {
            Value::Fixed(text) => text.to_owned(),
            Value::OneOf(texts) => (*self.pick(texts).unwrap_or(&"")).to_owned(),
            Value::Numbered(text, bound) => format!("{text}{}", self.random.below(bound)),
            Value::Hex(digits) => {
                let number = u128::from(self.random.next_u64()) << 64 | u128::from(self.random.next_u64());
                format!("{number:032x}")[..digits].to_owned()
            }
        }
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.random.below(from.len() as u64) as usize)
    }

    /// An id as tracers make them: 63 random bits, never so small that it would be written in fewer than eight bytes.
    fn id(&mut self) -> u64 {
        (self.random.next_u64() >> 1) | 1 << 40
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const START: UnixNanos = 1_795_000_000_000_000_000;

    #[test]
    fn a_seed_decides_everything() {
        let traces = |seed| {
            let mut generator = Generator::new(seed, START);
            [generator.trace(), generator.trace()]
        };
        assert_eq!(traces(7), traces(7));
        assert_ne!(traces(7), traces(8));
    }

    #[test]
    fn traces_are_of_the_size_that_the_drills_speak_of() {
        let mut generator = Generator::new(1, START);
        let spans: Vec<Span> = (0..1_000).flat_map(|_| generator.trace()).collect();
        assert!((11_500..12_500).contains(&spans.len()), "{} spans of 1,000 traces", spans.len());
        let keys: BTreeSet<_> = spans.iter().flat_map(|span| span.meta.keys()).collect();
        assert!((30..=40).contains(&keys.len()), "{} keys: {keys:?}", keys.len());
        let ordinary = spans.iter().filter(|span| !span.error && span.parent_id != 0);
        assert!(ordinary.clone().all(|span| (12..=13).contains(&span.meta.len()) && span.metrics.len() == 3));
        let failed = spans.iter().filter(|span| span.error).count();
        assert!((150..350).contains(&failed), "{failed} failed");
        assert!(spans.iter().any(|span| span.meta.contains_key("_dd.span_links")));
    }

    #[test]
    fn children_lie_within_their_parents_who_come_before_them() {
        let mut generator = Generator::new(2, START);
        for _ in 0..100 {
            let trace = generator.trace();
            assert_eq!(trace.iter().filter(|span| span.parent_id == 0).count(), 1);
            for (i, span) in trace.iter().enumerate().skip(1) {
                let parent = trace[..i].iter().find(|parent| parent.span_id == span.parent_id).unwrap();
                assert!(span.start >= parent.start && span.start + span.duration <= parent.start + parent.duration);
            }
        }
    }
}
