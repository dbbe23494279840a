//! The styles of headers, and what becomes of a received context.

/// One way to write a context into headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `x-datadog-trace-id` and its like.
    Datadog,
    /// `traceparent` and `tracestate`, by W3C.
    TraceContext,
    /// `b3`, Zipkin's single header.
    B3,
    /// `x-b3-traceid` and its like.
    B3Multi,
    /// `baggage`, by W3C.
    Baggage,
}

impl Style {
    /// The name in `DD_TRACE_PROPAGATION_STYLE`, and in the attribute `context_headers` of links.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Style::Datadog => "datadog",
            Style::TraceContext => "tracecontext",
            Style::B3 => "b3",
            Style::B3Multi => "b3multi",
            Style::Baggage => "baggage",
        }
    }

    /// The style of that name, in any case. Other ways to write it are the configuration's.
    pub(crate) fn parse(name: &str) -> Option<Style> {
        let all = [Style::Datadog, Style::TraceContext, Style::B3, Style::B3Multi, Style::Baggage];
        all.into_iter().find(|style| style.name().eq_ignore_ascii_case(name))
    }
}

/// What becomes of a received context. Source: `DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Behavior {
    /// Its trace goes on.
    #[default]
    Continue,
    /// A new trace begins that links to it; baggage is kept.
    Restart,
    /// It is as if nothing had been received, baggage included.
    Ignore,
}

impl Behavior {
    /// The behavior of that name, in any case.
    pub(crate) fn parse(name: &str) -> Option<Behavior> {
        match name.to_ascii_lowercase().as_str() {
            "continue" => Some(Behavior::Continue),
            "restart" => Some(Behavior::Restart),
            "ignore" => Some(Behavior::Ignore),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case() {
        for style in [Style::Datadog, Style::TraceContext, Style::B3, Style::B3Multi, Style::Baggage] {
            assert_eq!(Style::parse(style.name()), Some(style));
            assert_eq!(Style::parse(&style.name().to_uppercase()), Some(style));
        }
        for name in ["none", "xray", "", "b3 ", "datadog,b3"] {
            assert_eq!(Style::parse(name), None, "{name:?}");
        }
        for (name, expected) in [
            ("continue", Some(Behavior::Continue)),
            ("Restart", Some(Behavior::Restart)),
            ("IGNORE", Some(Behavior::Ignore)),
            ("forget", None),
        ] {
            assert_eq!(Behavior::parse(name), expected, "{name:?}");
        }
    }
}
