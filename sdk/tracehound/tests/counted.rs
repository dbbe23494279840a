//! Each span that counts is in the statistics once, whenever it becomes known that the agent wants them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/agent.rs"]
mod agent;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use agent::Agent;
use tracehound::Tracer;

/// Long enough that only a hang reaches it.
const LONG: Duration = Duration::from_secs(60);

/// What ends around the moment at which the agent says what it wants.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// `DD_TRACE_PARTIAL_FLUSH_MIN_SPANS`, `DD_TRACE_SAMPLE_RATE` and `DD_SPAN_SAMPLING_RULES`.
    settings: [&'static str; 3],
    /// Pairs of steps of each trace, before that moment and after it.
    steps: [usize; 2],
    /// The local roots end before their steps.
    root_first: bool,
}

impl Case {
    /// How often spans of each name were counted, of a trace and of one that the agent throws away.
    fn hits(self) -> BTreeMap<String, u64> {
        let (hold, held) = channel::<()>();
        let held = Mutex::new(held);
        // It answers when nobody holds the other end any more.
        let agent = Agent::counting(move || {
            let _ = held.lock().unwrap().recv();
        });
        let [min_spans, rate, rules] = self.settings;
        let tracer = Tracer::builder()
            .agent_url(agent.url())
            .setting("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS", min_spans)
            .setting("DD_TRACE_SAMPLE_RATE", rate)
            .setting("DD_SPAN_SAMPLING_RULES", rules)
            .setting("DD_TRACE_STARTUP_LOGS", "false")
            .build();

        let mut roots =
            vec![tracer.span("root").root().start(), tracer.span("secret").root().tag("secret", "yes").start()];
        let contexts = [("step", roots[0].context()), ("secret step", roots[1].context())];
        let end_steps = |pairs: usize| {
            for (name, root) in contexts.iter().cycle().take(contexts.len() * pairs) {
                tracer.span(name).child_of(root).measured().start().finish();
                tracer.span("inside its service").child_of(root).start().finish();
            }
        };
        if self.root_first {
            roots.clear();
        }
        end_steps(self.steps[0]);
        drop(hold);
        tracer.ready(LONG).unwrap();
        end_steps(self.steps[1]);
        drop(roots);
        tracer.shutdown(LONG).unwrap();
        agent.hits()
    }
}

#[test]
fn every_span_is_counted_once_whatever_had_ended_when_the_agents_wishes_became_known() {
    for min_spans in ["300", "3"] {
        for (rate, rules) in [("1", "[]"), ("0", "[]"), ("0", r#"[{"name": "step"}]"#)] {
            for steps in [[0, 0], [0, 4], [4, 0], [2, 3], [3, 2]] {
                for root_first in [false, true] {
                    let case = Case { settings: [min_spans, rate, rules], steps, root_first };
                    let expected = [("root", 1), ("step", steps[0] + steps[1])];
                    let expected = expected.into_iter().filter(|&(_, count)| count > 0);
                    let expected: BTreeMap<_, _> =
                        expected.map(|(name, count)| (name.to_owned(), count as u64)).collect();
                    assert_eq!(case.hits(), expected, "{case:?}");
                }
            }
        }
    }
}
