//! The oracle of every drill: what was acknowledged, and whether it is all there.
//!
//! Every span gets a number and, in a tag, the hash of its own content. A trace is written into the ledger only after the 200
//! to the request that carried it. Whatever happens then, each of its numbers must be found exactly once, unaltered. What is
//! found and not in the ledger is legal: written, but its sender never knew.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;
use tracehound_model::TraceId;

use super::span::{HASH_TAG, Span};
use crate::Answer;

const CLIENT_TAG: &str = "testkit.client";
const SEQUENCE_TAG: &str = "testkit.sequence";
const RUN_TAG: &str = "testkit.run";

/// Numbers the spans of one client.
pub struct Numbering {
    run: u64,
    client: u32,
    next: u64,
}

/// What a 200 promises: these numbers, in this trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The trace.
    pub trace_id: TraceId,
    run: u64,
    client: u32,
    first: u64,
    spans: u32,
}

impl Numbering {
    /// For a client of a run. No two clients of a run share a number, no two runs an id.
    pub fn new(run: u64, client: u32) -> Numbering {
        Numbering { run, client, next: 0 }
    }

    /// Numbers the spans of a trace. The promise counts once the trace was acknowledged.
    pub fn number(&mut self, trace: &mut [Span]) -> Promise {
        let first = self.next;
        for span in &mut *trace {
            span.meta.insert(RUN_TAG.into(), format!("{:016x}", self.run));
            span.meta.insert(CLIENT_TAG.into(), self.client.to_string());
            span.meta.insert(SEQUENCE_TAG.into(), self.next.to_string());
            span.meta.insert(HASH_TAG.into(), format!("{:016x}", span.content_hash()));
            self.next += 1;
        }
        let trace_id = trace.first().map_or_else(TraceId::default, |span| span.trace_id);
        Promise { trace_id, run: self.run, client: self.client, first, spans: trace.len() as u32 }
    }
}

/// What became of promised spans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Promised, and looked for.
    pub promised: u64,
    /// Promised and not found.
    pub lost: u64,
    /// Found with content that was not sent.
    pub altered: u64,
    /// Found more than once.
    pub duplicate: u64,
    /// Some of what is wrong, in words.
    pub examples: Vec<String>,
}

/// How many examples a verdict keeps: enough to see a pattern.
const EXAMPLES: usize = 10;

impl Verdict {
    /// Whether every promise was kept.
    pub fn is_good(&self) -> bool {
        self.lost + self.altered + self.duplicate == 0
    }

    /// Adds another one.
    pub fn add(&mut self, other: Verdict) {
        self.promised += other.promised;
        self.lost += other.lost;
        self.altered += other.altered;
        self.duplicate += other.duplicate;
        self.examples.extend(other.examples);
        self.examples.truncate(EXAMPLES);
    }

    fn example(&mut self, text: String) {
        if self.examples.len() < EXAMPLES {
            self.examples.push(text);
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict { promised, lost, altered, duplicate, examples } = self;
        write!(f, "{promised} spans looked for, {lost} lost, {altered} altered, {duplicate} duplicate")?;
        examples.iter().try_for_each(|example| write!(f, "\n  {example}"))
    }
}

impl Promise {
    /// How many spans it is about.
    pub fn spans(&self) -> u64 {
        u64::from(self.spans)
    }

    /// Where the API answers with the trace.
    pub fn path(&self) -> String {
        format!("/api/tracehound/v1/traces/{}", self.trace_id)
    }

    /// Holds an answer of the API against the promise.
    pub fn check(&self, answer: &Answer) -> Verdict {
        match answer.json() {
            Ok(trace) if answer.status == 200 => self.check_trace(&trace),
            _ => {
                let said = String::from_utf8_lossy(&answer.body);
                let example = format!("trace {}: the API answered {}: {said}", self.trace_id, answer.status);
                let spans = u64::from(self.spans);
                Verdict { promised: spans, lost: spans, examples: vec![example], ..Verdict::default() }
            }
        }
    }

    fn check_trace(&self, trace: &Value) -> Verdict {
        let mut verdict = Verdict { promised: u64::from(self.spans), ..Verdict::default() };
        let mut found = BTreeMap::<u64, u32>::new();
        for json in trace["spans"].as_array().into_iter().flatten() {
            match self.recognise(trace, json) {
                Ok(number) => *found.entry(number).or_default() += 1,
                Err(why) => {
                    verdict.altered += 1;
                    verdict.example(format!("trace {}: {why}", self.trace_id));
                }
            }
        }
        for number in self.first..self.first + u64::from(self.spans) {
            match found.get(&number) {
                Some(1) => {}
                Some(_) => verdict.duplicate += 1,
                None => {
                    verdict.lost += 1;
                    verdict
                        .example(format!("trace {}: span {number} of client {} is lost", self.trace_id, self.client));
                }
            }
        }
        verdict
    }

    /// The number of a span that is as it was sent.
    fn recognise(&self, trace: &Value, json: &Value) -> Result<u64, String> {
        let trace_id = trace["trace_id"].as_str().and_then(|id| id.parse().ok()).ok_or("no trace id")?;
        let span = Span::from_json(trace_id, json)?;
        let tag = |key: &str| span.meta.get(key).map(String::as_str).unwrap_or_default();
        let sender = (tag(RUN_TAG), tag(CLIENT_TAG));
        if sender != (&format!("{:016x}", self.run), &self.client.to_string()) {
            return Err(format!("span {} is of {sender:?}", span.span_id));
        }
        if tag(HASH_TAG) != format!("{:016x}", span.content_hash()) {
            return Err(format!("span {} is not what was sent: {json}", span.span_id));
        }
        tag(SEQUENCE_TAG).parse().map_err(|_| format!("span {} has no number", span.span_id))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Generator;
    use super::*;

    fn numbered() -> (Promise, Vec<Span>) {
        let mut trace = Generator::new(1, 1_795_000_000_000_000_000).trace();
        let promise = Numbering::new(5, 2).number(&mut trace);
        (promise, trace)
    }

    /// What the API answers for these spans.
    fn answer(trace_id: TraceId, spans: &[Span]) -> Value {
        let spans: Vec<_> = spans.iter().map(|span| json!({
            "span_id": span.span_id.to_string(), "parent_id": span.parent_id.to_string(),
            "start": span.start.to_string(), "duration": span.duration.to_string(), "error": u8::from(span.error),
            "service": span.service, "name": span.name, "resource": span.resource, "type": span.kind,
            "meta": span.meta, "metrics": span.metrics,
        })).collect();
        json!({"trace_id": trace_id.to_string(), "spans": spans})
    }

    #[test]
    fn a_whole_trace_keeps_its_promise() {
        let (promise, spans) = numbered();
        let verdict = promise.check_trace(&answer(promise.trace_id, &spans));
        assert_eq!(verdict, Verdict { promised: spans.len() as u64, ..Verdict::default() });
    }

    #[test]
    fn what_is_lost_altered_or_there_twice_is_counted() {
        let (promise, spans) = numbered();
        let counts = |spans: &[Span]| {
            let verdict = promise.check_trace(&answer(promise.trace_id, spans));
            (verdict.lost, verdict.altered, verdict.duplicate)
        };
        assert_eq!(counts(&spans[1..]), (1, 0, 0));
        assert_eq!(counts(&[&spans[..], &spans[..1]].concat()), (0, 0, 1));
        let mut altered = spans.clone();
        altered[0].duration += 1;
        assert_eq!(counts(&altered), (1, 1, 0));
    }

    #[test]
    fn an_answer_that_is_no_trace_loses_all_of_it() {
        let (promise, _) = numbered();
        let verdict = promise.check_trace(&json!({}));
        assert_eq!(verdict.lost, verdict.promised);
    }

    #[test]
    fn verdicts_add_up_and_keep_a_few_examples() {
        let (promise, _) = numbered();
        let mut sum = Verdict::default();
        (0..3).for_each(|_| sum.add(promise.check_trace(&json!({}))));
        assert_eq!((sum.lost, sum.examples.len()), (3 * u64::from(promise.spans), EXAMPLES));
        assert!(!sum.is_good());
    }
}
