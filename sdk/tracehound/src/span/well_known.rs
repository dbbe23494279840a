//! Tags that are more than tags: setting them does what a method does, as in the other tracers.

use crate::span::SpanRef;
use crate::span::state::State;
use crate::tag::TagValue;

/// Does what the tag `key` stands for. `false`: it is an ordinary tag.
#[inline]
pub(crate) fn apply(span: &SpanRef, key: &str, value: &TagValue<'_>) -> bool {
    // Lengths and first letters differ from those of most tags, so this costs next to nothing.
    match key {
        "manual.keep" if is_set(value) => {
            span.keep();
        }
        "manual.drop" if is_set(value) => {
            span.drop_trace();
        }
        "manual.keep" | "manual.drop" => {}
        "service.name" => as_text(value, |text| {
            span.set_service(text);
        }),
        "resource.name" => as_text(value, |text| {
            span.set_resource(text);
        }),
        "span.type" => as_text(value, |text| {
            span.set_type(text);
        }),
        "_dd.origin" => as_text(value, |text| span.set_origin(text)),
        "_dd.measured" => {
            span.set_measured(is_set(value));
        }
        _ => return false,
    }
    true
}

/// Sets those tags that are nothing more. `true`: there are some that are, for [`apply`].
#[inline]
pub(crate) fn set_others(state: &mut State, tags: &[(&str, TagValue<'_>)]) -> bool {
    let mut any_known = false;
    for (key, value) in tags {
        if is(key) {
            any_known = true;
        } else {
            state.set_tag(key, value);
        }
    }
    any_known
}

/// Whether a tag is more than a tag.
#[inline]
fn is(key: &str) -> bool {
    matches!(
        key,
        "manual.keep" | "manual.drop" | "service.name" | "resource.name" | "span.type" | "_dd.origin" | "_dd.measured"
    )
}

/// `manual.keep` alone, with any value but a plain no, is a yes.
fn is_set(value: &TagValue<'_>) -> bool {
    match value {
        TagValue::Text(text) => !matches!(&**text, "false" | "False" | "FALSE" | "0"),
        TagValue::Number(number) => *number != 0.0,
        TagValue::Nothing => false,
    }
}

fn as_text(value: &TagValue<'_>, apply: impl FnOnce(&str)) {
    match value {
        TagValue::Text(text) => apply(text),
        TagValue::Number(number) => apply(&number.to_string()),
        TagValue::Nothing => {}
    }
}
