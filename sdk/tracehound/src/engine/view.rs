//! What the agent wishes, in the form the end of a span asks for it.

use super::Settings;
use crate::agent::Info;
use crate::filter::Filters;
use crate::stats::PeerKeys;

/// One state of knowledge about the agent; a change makes a new one.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// Which of the engine's views this is, counted from 0.
    pub(crate) version: u32,
    /// Something is known, if only that the agent does not answer. Until then finished spans wait.
    pub(crate) known: bool,
    /// Statistics are computed here.
    pub(crate) takes_stats: bool,
    /// Rejected traces need not be sent.
    pub(crate) drops_rejected: bool,
    /// Events may be a field of the span.
    pub(crate) span_events: bool,
    pub(crate) peer_keys: PeerKeys,
    pub(crate) filters: Filters,
    /// What marks traces of our organisation; empty if that is not known.
    pub(crate) org_marker: String,
}

impl View {
    /// What follows from an agent's answer to `/info`, or from none.
    pub(crate) fn of(info: Option<&Info>, settings: &Settings) -> View {
        let Some(info) = info else { return View { known: true, ..View::default() } };
        // The two go together: who drops without counting makes figures wrong.
        let takes_stats = settings.stats && info.computes_stats();
        View {
            known: true,
            takes_stats,
            drops_rejected: takes_stats,
            span_events: info.span_events,
            peer_keys: PeerKeys::new(&info.peer_tags),
            filters: Filters::parse(&info.filters),
            org_marker: info.org_marker.clone(),
            ..View::default()
        }
    }
}
