//! The rarer parts of a span: links, events and binary values.

use crate::{TraceId, UnixNanos};

/// A typed value of a link or event.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// Text.
    String(Box<str>),
    /// True or false.
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A 64-bit float, possibly not finite.
    Double(f64),
    /// A list of values.
    List(Vec<Attribute>),
    /// Values by key, in the order they were sent.
    Map(Vec<(Box<str>, Attribute)>),
}

/// A reference from one span to another, usually of another trace. Source: agent-protocol 2.1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// The trace that is referred to.
    pub trace_id: TraceId,
    /// The span that is referred to.
    pub span_id: u64,
    /// Values by key, in the order they were sent.
    pub attributes: Vec<(Box<str>, Attribute)>,
    /// The W3C `tracestate` of the other span, or empty.
    pub tracestate: Box<str>,
    /// W3C trace flags as sent (v0.4 sets bit 31 to say that they are present), or none.
    pub flags: Option<u32>,
}

/// Something that happened at one moment of a span. Source: agent-protocol 2.1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// When it happened.
    pub time: UnixNanos,
    /// What happened, such as `exception`.
    pub name: Box<str>,
    /// Values by key, in the order they were sent.
    pub attributes: Vec<(Box<str>, Attribute)>,
}

/// What only few spans have, kept apart so that the others do not pay for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extras {
    /// Span links, from `span_links` or the tag `_dd.span_links`.
    pub links: Vec<Link>,
    /// Span events, from `span_events` or the tag `events`.
    pub events: Vec<Event>,
    /// Binary values by key, never read and never cut.
    pub meta_struct: Vec<(Box<str>, Box<[u8]>)>,
}

impl Extras {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty() && self.events.is_empty() && self.meta_struct.is_empty()
    }

    /// About how much memory this takes, in bytes, itself included.
    pub fn bytes(&self) -> usize {
        let links =
            self.links.iter().map(|link| size_of::<Link>() + link.tracestate.len() + pairs_bytes(&link.attributes));
        let events =
            self.events.iter().map(|event| size_of::<Event>() + event.name.len() + pairs_bytes(&event.attributes));
        let binary = self.meta_struct.iter().map(|(key, value)| 32 + key.len() + value.len());
        size_of::<Extras>() + links.sum::<usize>() + events.sum::<usize>() + binary.sum::<usize>()
    }
}

impl Attribute {
    /// About how much memory this takes beyond itself, in bytes.
    pub fn heap_bytes(&self) -> usize {
        match self {
            Attribute::String(text) => text.len(),
            Attribute::Bool(_) | Attribute::Int(_) | Attribute::Double(_) => 0,
            Attribute::List(values) => values.iter().map(|value| size_of::<Attribute>() + value.heap_bytes()).sum(),
            Attribute::Map(pairs) => pairs_bytes(pairs),
        }
    }
}

fn pairs_bytes(pairs: &[(Box<str>, Attribute)]) -> usize {
    pairs.iter().map(|(key, value)| size_of::<(Box<str>, Attribute)>() + key.len() + value.heap_bytes()).sum()
}
