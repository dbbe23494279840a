//! The guard between organisations: a trace that another organisation of Datadog began keeps its ids and its baggage here, but nothing
//! that was decided there.
//!
//! Each organisation has a marker. The agent tells ours at `/info` (`org_prop_marker`); with a trace it travels as `_dd.p.opm`, in
//! `tracestate` as `t.opm`. Until ours is known nothing is held back. Off by default: `DD_TRACE_ORG_GUARD_ENABLED`.

use super::Extracted;

/// The tag that names the organisation.
const MARKER: &str = "_dd.p.opm";

/// Whose decisions are taken over.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrgGuard {
    /// Whether a trace without a marker is a foreign one: `DD_TRACE_ORG_GUARD_STRICT`.
    pub(crate) strict: bool,
    /// Markers that are as good as ours: `DD_TRACE_ORG_GUARD_TRUSTED_OPMS`.
    pub(crate) trusted: Vec<String>,
}

impl OrgGuard {
    /// Takes from a context what a foreign organisation decided: priority, origin and tags.
    pub(crate) fn enforce(&self, ours: &str, came: &mut Extracted) {
        let marker = came.tags.iter().find(|(key, _)| key == MARKER).map(|(_, marker)| marker);
        let passes = match marker {
            Some(marker) => marker == ours || self.trusted.contains(marker),
            None => !self.strict,
        };
        if !passes {
            (came.priority, came.origin, came.last_parent_id) = (None, None, None);
            came.tags.clear();
        }
    }
}

/// Puts our marker among the tags that go out, in place of a received one.
pub(crate) fn mark(tags: &mut Vec<(String, String)>, ours: String) {
    tags.retain(|(key, _)| key != MARKER);
    tags.push((MARKER.to_owned(), ours));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A context that is decided, with this marker if any.
    fn came(marker: Option<&str>) -> Extracted {
        let tags = [("_dd.p.dm", Some("-4")), (MARKER, marker)];
        let tags = tags.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())));
        Extracted {
            trace_id: 1,
            span_id: 2,
            priority: Some(2),
            origin: Some("rum".to_owned()),
            tags: tags.collect(),
            tracestate: "foo=1".to_owned(),
            last_parent_id: Some("0000000000000002".to_owned()),
            ..Extracted::default()
        }
    }

    #[test]
    fn only_foreign_decisions_are_held_back() {
        let trusted = || vec!["friend".to_owned()];
        for (strict, marker, passes) in [
            (false, Some("ours"), true),
            (false, Some("friend"), true),
            (false, Some("foreign"), false),
            (false, None, true),
            (true, Some("ours"), true),
            (true, Some("friend"), true),
            (true, Some("foreign"), false),
            (true, None, false),
        ] {
            let mut guarded = came(marker);
            OrgGuard { strict, trusted: trusted() }.enforce("ours", &mut guarded);
            let ids_alone =
                Extracted { trace_id: 1, span_id: 2, tracestate: "foo=1".to_owned(), ..Extracted::default() };
            assert_eq!(guarded, if passes { came(marker) } else { ids_alone }, "{strict} {marker:?}");
        }
    }

    #[test]
    fn our_marker_takes_the_place_of_a_received_one() {
        for marker in [None, Some("foreign"), Some("ours")] {
            let mut tags = came(marker).tags;
            mark(&mut tags, "ours".to_owned());
            assert_eq!(tags, came(Some("ours")).tags, "{marker:?}");
        }
    }
}
