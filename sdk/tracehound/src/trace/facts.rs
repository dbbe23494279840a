//! A span as rules, filters and statistics see it.

use crate::engine::Settings;
use crate::sampling::{SpanFacts, Tag};
use crate::span::cell::Cell;
use crate::span::pairs::ValueRef;
use crate::span::state::{Field, State};
use crate::stats::StatsFacts;

/// A span's state, and what the tracer's settings add to it.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) state: &'a State,
    pub(crate) settings: &'a Settings,
}

impl<'a> Facts<'a> {
    /// The service: the span's own or inherited one, else the application's.
    #[inline]
    pub(crate) fn service_name(&self) -> &'a str {
        match self.state.field(Field::Service) {
            "" => &self.settings.service,
            service => service,
        }
    }

    /// Whether the span's service is the application's.
    #[inline]
    pub(crate) fn is_own_service(&self) -> bool {
        // Most spans have none of their own, and nothing has to be compared.
        let service = self.state.field(Field::Service);
        service.is_empty() || service == self.settings.service
    }

    /// The service of the parent, if it is of this process.
    fn inherited(&self) -> &'a str {
        match self.state.field(Field::Inherited) {
            "" => &self.settings.service,
            service => service,
        }
    }

    /// Whether the span is the entry into its service.
    #[inline]
    pub(crate) fn is_top_level(&self, is_local_root: bool) -> bool {
        // Most spans have neither a service of their own nor an inherited one. That is asked, not compared: to compare two empty texts
        // without memory costs some processors as much as half a span.
        let has_service =
            !self.state.field(Field::Service).is_empty() || !self.state.field(Field::Inherited).is_empty();
        is_local_root || has_service && self.service_name() != self.inherited()
    }

    /// A tag of the span, else one that all spans have.
    pub(crate) fn any_tag(&self, key: &str) -> Option<ValueRef<'a>> {
        self.state.tag(key).or_else(|| self.settings.common_tags.pairs.get(key))
    }
}

impl SpanFacts for Facts<'_> {
    fn service(&self) -> &str {
        self.service_name()
    }

    fn name(&self) -> &str {
        self.state.field(Field::Name)
    }

    fn resource(&self) -> &str {
        self.state.resource()
    }

    fn span_type(&self) -> &str {
        self.state.field(Field::Type)
    }

    fn tag(&self, key: &str) -> Option<Tag<'_>> {
        self.any_tag(key).map(|value| match value {
            ValueRef::Text(text) => Tag::Text(text),
            ValueRef::Number(number) => Tag::Number(number),
        })
    }
}

/// A finished span as the statistics see it.
pub(crate) struct StatsOf<'a> {
    pub(crate) cell: &'a Cell,
    pub(crate) facts: Facts<'a>,
    /// Where the trace came from.
    pub(crate) origin: &'a str,
}

impl StatsFacts for StatsOf<'_> {
    fn service(&self) -> &str {
        self.facts.service_name()
    }

    fn name(&self) -> &str {
        self.facts.name()
    }

    fn resource(&self) -> &str {
        self.facts.resource()
    }

    fn span_type(&self) -> &str {
        self.facts.span_type()
    }

    fn service_source(&self) -> &str {
        self.facts.state.field(Field::ServiceSource)
    }

    fn base_service(&self) -> &str {
        let own = &self.facts.settings.service;
        if self.facts.service_name() == own { "" } else { own }
    }

    fn origin(&self) -> &str {
        self.origin
    }

    fn is_trace_root(&self) -> bool {
        self.cell.parent_id == 0
    }

    fn is_top_level(&self) -> bool {
        self.facts.is_top_level(self.cell.is_local_root)
    }

    fn is_measured(&self) -> bool {
        self.facts.state.measured
    }

    fn is_error(&self) -> bool {
        self.facts.state.error
    }

    fn start_ns(&self) -> u64 {
        self.cell.start_ns
    }

    fn duration_ns(&self) -> u64 {
        self.facts.state.duration_ns
    }

    fn each_text<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a str)) {
        for pair in self.facts.state.texts().iter() {
            if let ValueRef::Text(value) = pair.value() {
                visit(pair.key_text(), value);
            }
        }
    }

    fn each_number<'a>(&'a self, visit: &mut dyn FnMut(&'a str, f64)) {
        for pair in self.facts.state.numbers().iter() {
            if let ValueRef::Number(value) = pair.value() {
                visit(pair.key_text(), value);
            }
        }
    }
}
