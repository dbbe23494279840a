//! How spans nest, end, and look when they are sent.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tracehound::testing::{self, FinishedSpan, InMemory};
use tracehound::{Attribute, InSpan, SpanContext, TagValue, current_span, root_span, span};

#[test]
fn a_child_begun_while_a_span_is_current_is_below_it_and_sent_with_it() {
    let traces = testing::capture(|| {
        let outer = span!("outer");
        let entered = outer.enter();
        span!("inner").finish();
        drop(entered);
        span!("elsewhere").finish();
    });
    let spans = traces.spans();
    let find = |name| spans.iter().find(|span| span.name == name).unwrap();
    assert_eq!(find("inner").parent_id, find("outer").span_id);
    assert_eq!(find("inner").trace_id, find("outer").trace_id);
    assert_eq!(find("elsewhere").parent_id, 0);
    let sizes: Vec<usize> = traces.chunks().iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 2]);
}

#[test]
fn the_tags_of_the_trace_stand_on_the_first_span_of_a_chunk_and_nowhere_else() {
    let traces = testing::capture(|| {
        let root = span!("root").entered();
        for _ in 0..3 {
            span!("step").finish();
        }
        drop(root);
    });
    let chunk = &traces.chunks()[0];
    assert_eq!(chunk[0].name, "root");
    for key in ["_dd.p.tid", "_dd.p.dm", "language", "runtime-id"] {
        let holders: Vec<&str> =
            chunk.iter().filter(|span| span.meta.contains_key(key)).map(|span| span.name.as_str()).collect();
        assert_eq!(holders, ["root"], "{key}");
    }
    assert_eq!(chunk[0].metrics["_sampling_priority_v1"], 1.0);
    assert_eq!(chunk[0].metrics["_dd.top_level"], 1.0);
    assert!(chunk[1..].iter().all(|span| !span.metrics.contains_key("_dd.top_level")));
}

#[test]
fn after_its_end_a_span_ignores_changes() {
    let traces = testing::capture(|| {
        let span = span!("work");
        let handle = span.handle();
        span.finish();
        handle.set_tag("late", 1).set_name("renamed").set_failed(true);
        handle.finish();
    });
    let spans = traces.spans();
    assert_eq!(spans.len(), 1);
    assert_eq!((spans[0].name.as_str(), spans[0].error), ("work", false));
    assert!(!spans[0].metrics.contains_key("late"));
}

#[test]
fn after_its_end_a_span_does_not_change_its_trace_either() {
    let traces = testing::capture(|| {
        let root = span!("root").entered();
        let step = span!("step").handle();
        step.finish();
        step.drop_trace().set_tag("manual.drop", true).set_tag("_dd.origin", "late");
        assert_eq!((root.sampling_priority(), root.origin()), (Some(1), None));
    });
    assert_eq!(traces.find("root").unwrap().metrics["_sampling_priority_v1"], 1.0);
}

#[test]
fn a_child_begun_after_its_trace_was_sent_opens_another_chunk_with_the_same_decision() {
    let memory = InMemory::new(&[("DD_TRACE_SAMPLE_RATE", "1")]);
    let root = memory.tracer().span("root").start();
    let context = root.context();
    root.finish();
    memory.tracer().span("late").child_of(&context).start().finish();
    let traces = memory.take();
    assert_eq!(traces.chunks().len(), 2);
    let (first, second) = (&traces.chunks()[0][0], &traces.chunks()[1][0]);
    assert_eq!(second.trace_id, first.trace_id);
    assert_eq!(second.parent_id, first.span_id);
    for span in [first, second] {
        assert_eq!(span.metrics["_sampling_priority_v1"], 2.0);
        assert_eq!(span.meta["_dd.p.dm"], "-3");
    }
}

#[test]
fn times_can_be_given() {
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let traces = testing::capture(|| {
        tracehound::span("work").start_time(at(100)).start().finish_at(at(107));
        tracehound::span("backwards").start_time(at(100)).start().finish_at(at(50));
    });
    let work = traces.find("work").unwrap();
    assert_eq!((work.start_ns, work.duration_ns), (100_000_000_000, 7_000_000_000));
    assert_eq!(traces.find("backwards").unwrap().duration_ns, 0);
}

#[test]
fn a_service_of_its_own_makes_an_entry_that_names_the_base_service_and_is_inherited() {
    let memory = InMemory::new(&[("DD_SERVICE", "shop"), ("DD_VERSION", "1.2"), ("DD_ENV", "test")]);
    memory.scope(|| {
        let root = span!("root").entered();
        let billing = span!("charge", service = "billing").entered();
        span!("step").finish();
        drop(billing);
        drop(root);
    });
    let traces = memory.take();
    let (root, charge, step) =
        (traces.find("root").unwrap(), traces.find("charge").unwrap(), traces.find("step").unwrap());
    assert_eq!((root.service.as_str(), charge.service.as_str(), step.service.as_str()), ("shop", "billing", "billing"));
    assert!(charge.metrics.contains_key("_dd.top_level") && !step.metrics.contains_key("_dd.top_level"));
    assert_eq!(charge.meta["_dd.base_service"], "shop");
    assert_eq!(step.meta["_dd.svc_src"], "m");
    assert_eq!(root.meta["version"], "1.2");
    assert!(!charge.meta.contains_key("version") && !root.meta.contains_key("_dd.base_service"));
    assert!([root, charge, step].iter().all(|span| span.meta["env"] == "test"));
}

#[test]
fn well_known_tags_act_like_their_methods_however_they_are_set() {
    let acts = |tags: &[(&str, TagValue<'static>)]| {
        let traces = testing::capture(|| {
            let span = span!("one after another");
            for (key, value) in tags {
                span.set_tag(key, value.clone());
            }
            span.finish();
            span!("at once").set_tags(tags);
            let builder = tracehound::span("from the start");
            tags.iter().fold(builder, |builder, (key, value)| builder.tag(key, value.clone())).start().finish();
        });
        assert_eq!(traces.spans().len(), 3);
        traces.spans()
    };
    for work in acts(&[
        ("service.name", "billing".into()),
        ("resource.name", "card".into()),
        ("span.type", "worker".into()),
        ("_dd.measured", 1.into()),
        ("_dd.origin", "lambda".into()),
        ("manual.keep", "".into()),
    ]) {
        assert_eq!((&*work.service, &*work.resource, &*work.span_type), ("billing", "card", "worker"), "{}", work.name);
        assert_eq!((work.metrics["_dd.measured"], work.metrics["_sampling_priority_v1"]), (1.0, 2.0));
        assert_eq!((work.text("_dd.origin"), work.text("_dd.p.dm")), ("lambda", "-4"));
        for key in ["service.name", "resource.name", "span.type", "manual.keep"] {
            assert!(!work.meta.contains_key(key), "{key} of {}", work.name);
        }
    }
    for work in acts(&[("manual.drop", true.into())]) {
        assert_eq!(work.metrics["_sampling_priority_v1"], -1.0, "{}", work.name);
        assert!(!work.meta.contains_key("manual.drop"));
    }
}

#[test]
fn a_span_that_goes_back_to_the_service_of_the_program_is_an_entry_into_it() {
    for service in ["", "shop"] {
        let memory = InMemory::new(&[("DD_SERVICE", "shop")]);
        memory.scope(|| {
            let _billing = span!("charge", parent = None, service = "billing").entered();
            span!("callback").set_service(service);
        });
        let traces = memory.take();
        let callback = traces.find("callback").unwrap();
        assert_eq!(callback.service, "shop", "{service:?}");
        assert!(callback.metrics.contains_key("_dd.top_level"), "{service:?}");
        assert!(!callback.meta.contains_key("_dd.base_service"), "{service:?}");
    }
}

#[test]
fn a_tag_of_the_span_takes_the_place_of_one_that_all_spans_have_be_it_text_or_number() {
    let memory = InMemory::new(&[("DD_ENV", "test"), ("DD_VERSION", "1.2"), ("DD_TAGS", "team:bar,room:4")]);
    memory.scope(|| {
        let _work = span!("work", env = "mine", version = 3, team = 7).entered();
        span!("the same", env = "mine", version = 3, team = 7).finish();
        span!("others", end = 1, mood = "good").finish();
        span!("others that look alike", hev = "of env's length and with its last letter", soom = 1).finish();
    });
    let traces = memory.take();
    let told = [
        ("env", Some("mine"), None),
        ("version", None, Some(3.0)),
        ("team", None, Some(7.0)),
        ("room", Some("4"), None),
    ];
    let common = [
        ("env", Some("test"), None),
        ("version", Some("1.2"), None),
        ("team", Some("bar"), None),
        ("room", Some("4"), None),
    ];
    for (name, tags) in [("work", told), ("the same", told), ("others", common), ("others that look alike", common)] {
        let FinishedSpan { meta, metrics, .. } = traces.find(name).unwrap();
        for (key, text, number) in tags {
            assert_eq!(
                (meta.get(key).map(String::as_str), metrics.get(key).copied()),
                (text, number),
                "{key} of {name}"
            );
        }
    }
}

#[test]
fn links_and_events_are_sent_with_their_attributes() {
    let traces = testing::capture(|| {
        let other = span!("other", parent = None);
        let span = span!("work", parent = None);
        span.add_link(&other.context(), [("list", Attribute::from(vec![true, false]))]);
        span.add_link(&SpanContext::none(), [("nothing", "linked")]);
        span.add_event("paid", Some(UNIX_EPOCH + Duration::from_nanos(7)), [("amount", 12)]);
    });
    let (other, work) = (traces.find("other").unwrap(), traces.find("work").unwrap());
    assert_eq!(work.links.len(), 1);
    assert_eq!((work.links[0].trace_id, work.links[0].span_id), (other.trace_id, other.span_id));
    let attributes: Vec<(&str, &str)> =
        work.links[0].attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(attributes, [("list.0", "true"), ("list.1", "false")]);
    assert_eq!((work.events[0].name.as_str(), work.events[0].time_ns), ("paid", 7));
    assert_eq!(work.events[0].attributes["amount"], "12");
}

#[test]
fn guards_dropped_out_of_order_leave_no_wrong_span_current() {
    let traces = testing::capture(|| {
        let (first, second) = (span!("first"), span!("second"));
        let (one, two) = (first.enter(), second.enter());
        drop(one);
        assert_eq!(current_span().span_id(), second.span_id());
        drop(two);
        assert!(!current_span().is_enabled());
    });
    assert_eq!(traces.spans().len(), 2);
}

#[test]
fn the_root_can_be_tagged_from_below_and_from_any_thread() {
    let traces = testing::capture(|| {
        let root = span!("root").entered();
        let step = span!("step").entered();
        std::thread::scope(|scope| {
            scope.spawn(tracehound::in_current_span(|| {
                root_span().set_tag("customer", "acme").set_resource("GET /");
                span!("threaded").finish();
            }));
        });
        drop(step);
        drop(root);
    });
    let root = traces.find("root").unwrap();
    assert_eq!((&*root.resource, &*root.meta["customer"]), ("GET /", "acme"));
    assert_eq!(traces.find("threaded").unwrap().parent_id, traces.find("step").unwrap().span_id);
}

#[test]
fn a_part_of_a_long_trace_is_sent_while_it_runs() {
    let memory = InMemory::new(&[("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS", "5")]);
    let root = memory.tracer().span("root").start();
    for _ in 0..12 {
        memory.tracer().span("step").child_of(&root).start().finish();
    }
    let sizes: Vec<usize> = memory.take().chunks().iter().map(Vec::len).collect();
    assert_eq!(sizes, [5, 5]);
    root.finish();
    let traces = memory.take();
    assert_eq!(traces.chunks()[0].len(), 3);
    assert_eq!(traces.chunks()[0][0].name, "root");
}

#[test]
fn a_hundred_thousand_open_spans_are_no_trouble() {
    let memory = InMemory::new(&[("DD_TRACE_PARTIAL_FLUSH_ENABLED", "false")]);
    let root = memory.tracer().span("root").start();
    let open: Vec<_> = (0..100_000).map(|_| memory.tracer().span("step").child_of(&root).start()).collect();
    drop(root);
    drop(open);
    // In parts, since no queue would hold them in one piece.
    assert_eq!(memory.take().spans().len(), 100_001);
}

#[test]
fn a_context_that_was_sent_is_continued() {
    let memory = InMemory::default();
    let mut headers: Vec<(String, String)> = Vec::new();
    memory.scope(|| {
        let span = span!("client").entered();
        span.set_baggage("user.id", "17");
        tracehound::inject(&mut headers);
        drop(span);
        let server = tracehound::span("server").child_of(&tracehound::extract(&headers)).start();
        assert_eq!(server.baggage("user.id").as_deref(), Some("17"));
    });
    let traces = memory.take();
    let (client, server) = (traces.find("client").unwrap(), traces.find("server").unwrap());
    assert_eq!((server.trace_id, server.parent_id), (client.trace_id, client.span_id));
    assert_eq!(server.meta["_dd.p.dm"], client.meta["_dd.p.dm"]);
}

#[test]
fn a_priority_is_readable_before_it_is_decided_and_follows_the_root_until_then() {
    let rules = r#"[{"resource": "noise", "sample_rate": 0}, {"tags": {"vip": "yes"}, "sample_rate": 1}]"#;
    let settings = [("DD_TRACE_SAMPLING_RULES", rules), ("DD_TRACE_RATE_LIMIT", "1")];
    let memory = InMemory::new(&settings);
    let root = memory.tracer().span("root").start();
    let step = memory.tracer().span("step").child_of(&root).start();
    assert_eq!(step.sampling_priority(), Some(1));
    root.set_resource("noise");
    assert_eq!((step.sampling_priority(), step.context().sampling_priority()), (Some(-1), Some(-1)));
    root.set_resource("signal").set_tag("vip", "yes");
    for _ in 0..3 {
        assert_eq!(step.sampling_priority(), Some(2), "looking does not count against the limit");
    }
    step.inject(&mut Vec::new() as &mut Vec<(String, String)>);
    root.set_resource("noise");
    assert_eq!(root.sampling_priority(), Some(2), "passed on, it stands");
    drop((root, step));
    assert_eq!(memory.take().find("root").unwrap().metrics["_sampling_priority_v1"], 2.0);
}

#[test]
fn a_decision_stands_once_it_was_passed_on_but_for_the_users_word() {
    let rules = r#"[{"resource": "noisy", "sample_rate": 0}]"#;
    let memory = InMemory::new(&[("DD_TRACE_SAMPLING_RULES", rules)]);
    for (pass_on, word, priority) in [(false, false, -1.0), (true, false, 1.0), (true, true, 2.0)] {
        let root = memory.tracer().span("root").start();
        if pass_on {
            root.inject(&mut Vec::<(String, String)>::new());
        }
        root.set_resource("noisy");
        if word {
            root.keep();
        }
        root.finish();
        let traces = memory.take();
        assert_eq!(traces.chunks()[0][0].metrics["_sampling_priority_v1"], priority, "{pass_on} {word}");
        assert_eq!(traces.chunks()[0][0].metrics.contains_key("_dd.rule_psr"), !pass_on);
    }
}

#[test]
fn a_dropped_future_ends_its_span() {
    let traces = testing::capture(|| {
        drop(std::future::pending::<()>().in_span(span!("cancelled")));
    });
    assert_eq!(traces.spans()[0].name, "cancelled");
}

#[test]
fn before_init_everything_is_disabled_and_nothing_is_evaluated() {
    let span = span!("work", cost = unreachable_tag());
    assert!(!span.is_enabled());
    span.in_scope(|| assert!(!current_span().is_enabled()));
    assert_eq!(span.trace_id().as_u128(), 0);
    span.finish_at(SystemTime::now());
}

fn unreachable_tag() -> &'static str {
    panic!("evaluated although nothing is traced")
}

#[test]
fn a_panic_marks_the_spans_that_it_leaves_and_no_others() {
    struct Cleanup;
    impl Drop for Cleanup {
        fn drop(&mut self) {
            let _cleanup = span!("cleanup while unwinding").entered();
        }
    }
    let spans = testing::capture(|| {
        let caught = span!("caught inside");
        caught.in_scope(|| {
            let unwound = std::panic::catch_unwind(|| {
                let owned = span!("owned").entered();
                let _cleanup = Cleanup;
                let _beside = span!("not entered");
                span!("scope").in_scope(|| {
                    owned.set_tag("reached", true);
                    std::panic::resume_unwind(Box::new("quietly"));
                });
            });
            assert!(unwound.is_err());
        });
    });
    let failed: BTreeMap<_, _> = spans.spans().iter().map(|span| (span.name.clone(), span.error)).collect();
    let expected = [
        ("caught inside", false),
        ("cleanup while unwinding", false),
        ("not entered", false),
        ("owned", true),
        ("scope", true),
    ];
    assert_eq!(failed, expected.map(|(name, failed)| (name.to_owned(), failed)).into());
}
