//! Headers that become tags: `DD_TRACE_HEADER_TAGS`.
//!
//! A header that is listed alone becomes `http.request.headers.NAME` or `http.response.headers.NAME`, its name in lower case
//! with anything but letters, digits, `-`, `_` and `/` as `_`; with a tag given, requests and responses use that.

use crate::SpanRef;
use crate::carrier::Extract;
use crate::config::HeaderTag;

pub(super) fn tag_request(span: &SpanRef, tags: &[HeaderTag], headers: &dyn Extract) {
    tag(span, "http.request.headers.", tags, headers);
}

pub(super) fn tag_response(span: &SpanRef, tags: &[HeaderTag], headers: &dyn Extract) {
    tag(span, "http.response.headers.", tags, headers);
}

fn tag(span: &SpanRef, prefix: &str, tags: &[HeaderTag], headers: &dyn Extract) {
    for HeaderTag { header, tag } in tags {
        let Some(value) = joined(headers, header) else { continue };
        match tag {
            Some(tag) => span.set_tag(tag, value),
            None => span.set_tag(&format!("{prefix}{}", normalized(header)), value),
        };
    }
}

/// All values of a header, joined by commas.
fn joined(headers: &dyn Extract, header: &str) -> Option<String> {
    let mut joined: Option<String> = None;
    headers.get(header, &mut |value| match &mut joined {
        Some(joined) => {
            joined.push(',');
            joined.push_str(value.trim());
        }
        None => joined = Some(value.trim().to_owned()),
    });
    joined
}

fn normalized(header: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
    header.chars().map(|c| if allowed(c) { c.to_ascii_lowercase() } else { '_' }).collect()
}
