//! `span!`: what it starts, and what it does not evaluate.

mod support;

use std::time::{Duration, SystemTime};

use support::{only_span, spans, text};
use tracehound::{Span, current_span, span};

#[test]
fn a_span_is_a_child_of_the_current_one_and_not_current_itself() {
    let spans = spans(|| {
        let parent = span!("parent");
        parent.in_scope(|| {
            let child = span!("child");
            assert_eq!(current_span().span_id(), parent.span_id());
            let _sibling = span!("sibling");
            drop(child);
        });
    });
    let parent = spans["parent"].span_id;
    assert_eq!((spans["parent"].parent_id, spans["child"].parent_id, spans["sibling"].parent_id), (0, parent, parent));
}

#[test]
fn keys_are_names_dotted_names_keywords_and_texts() {
    let number = 3_u8;
    let span = only_span(|| {
        let _span = span!(
            "work",
            plain = "text",
            user.id = number,
            user.type = true,
            match.kind = 2.5,
            "with space" = String::from("owned"),
            nothing = None::<&str>,
        );
    });
    assert_eq!((text(&span, "plain"), text(&span, "user.type")), ("text", "true"));
    assert_eq!(text(&span, "with space"), "owned");
    assert_eq!((span.metrics["user.id"], span.metrics["match.kind"]), (3.0, 2.5));
    assert!(!span.meta.contains_key("nothing"));
}

#[test]
fn percent_displays_and_question_mark_debugs() {
    let (name, list) = ("Ada", [1, 2]);
    let span = only_span(|| {
        let _span =
            span!("work", shown = %name, debugged = ?name, list = ?list, %name, service = %name, resource = ?list);
    });
    assert_eq!(text(&span, "shown"), "Ada");
    assert_eq!(text(&span, "debugged"), "\"Ada\"");
    assert_eq!(text(&span, "list"), "[1, 2]");
    assert_eq!(text(&span, "name"), "Ada");
    assert_eq!((&*span.service, &*span.resource), ("Ada", "[1, 2]"));
}

#[test]
fn a_variable_alone_is_a_tag_by_its_name() {
    struct User {
        id: u64,
    }
    let (guest, count, list, user) = (String::from("Ada"), 4_i32, vec!['a'], User { id: 7 });
    let span = only_span(|| {
        let _span = span!("work", guest, count, ?list, user.id);
    });
    assert_eq!((text(&span, "guest"), text(&span, "list")), ("Ada", "['a']"));
    assert_eq!((span.metrics["count"], span.metrics["user.id"]), (4.0, 7.0));
    assert_eq!(guest, "Ada", "the variable stays the caller's");
}

#[test]
fn known_keys_set_what_they_name_and_texts_are_always_tags() {
    let resource = format!("{} beer", "one");
    let span = only_span(|| {
        let _span = span!("work", resource = resource, service = "bar", type = "worker", "resource" = "a tag");
    });
    assert_eq!((&*span.resource, &*span.service, &*span.span_type), ("one beer", "bar", "worker"));
    assert_eq!(text(&span, "resource"), "a tag");
    assert_eq!(only_span(|| drop(span!("work", span_type = "web"))).span_type, "web");
}

#[test]
fn a_parent_can_be_given_or_ruled_out() {
    let spans = spans(|| {
        let (current, other) = (span!("current"), span!("other"));
        current.in_scope(|| {
            drop(span!("of other", parent = other, tag = 1));
            drop(span!("of context", tag = 1, parent = other.context()));
            drop(span!("root", parent = None));
        });
    });
    let other = spans["other"].span_id;
    assert_eq!(
        (spans["of other"].parent_id, spans["of context"].parent_id, spans["root"].parent_id),
        (other, other, 0)
    );
}

#[test]
fn a_start_can_be_given() {
    let began = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let span = only_span(|| drop(span!("work", start = began)));
    assert_eq!(span.start_ns, 1_700_000_000_000_000_000);
}

#[test]
fn a_name_can_be_computed() {
    let kind = String::from("import");
    assert_eq!(only_span(|| drop(span!(kind))).name, "import");
    assert_eq!(only_span(|| drop(span!(format!("{kind}.all"), files = 2))).name, "import.all");
}

#[test]
fn expressions_are_not_evaluated_when_nothing_is_traced() {
    fn never<T>() -> T {
        panic!("evaluated")
    }
    let span = span!(
        "work",
        resource = never::<String>(),
        user.id = never::<u64>(),
        shown = %never::<u8>(),
        debugged = ?never::<u8>(),
    );
    assert!(!span.is_enabled());
}

#[test]
fn an_expression_may_leave_the_function() {
    fn start(id: Option<u64>) -> Option<Span> {
        Some(span!("work", user.id = id?))
    }
    let span = only_span(|| {
        assert!(start(Some(1)).is_some());
    });
    assert_eq!(span.metrics["user.id"], 1.0);
}

#[test]
fn a_span_can_stand_alone_as_a_statement() {
    let spans = spans(|| {
        #[allow(unused_must_use, reason = "it is the point")]
        {
            span!("instant");
            span!("instant with a tag", tag = 1);
        }
        span!("finished").finish();
    });
    assert_eq!(spans.len(), 3);
}

#[test]
fn the_names_of_the_macro_are_not_those_of_the_caller() {
    let span = 5;
    let outer = only_span(|| {
        let _outer = span!("work", value = span);
    });
    assert_eq!(outer.metrics["value"], 5.0);
}
