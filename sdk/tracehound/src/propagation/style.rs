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

    fn parse(name: &str) -> Option<Style> {
        match name.to_ascii_lowercase().as_str() {
            "datadog" => Some(Style::Datadog),
            "tracecontext" => Some(Style::TraceContext),
            "b3" | "b3 single header" => Some(Style::B3),
            "b3multi" => Some(Style::B3Multi),
            "baggage" => Some(Style::Baggage),
            _ => None,
        }
    }
}

/// A list of styles as a variable gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ParsedStyles {
    /// The styles in order, each once; empty for `none` alone. `None` if nothing valid was there, so that the default stands.
    pub(crate) styles: Option<Vec<Style>>,
    /// The names that mean nothing.
    pub(crate) unknown: Vec<String>,
}

/// Reads a list of styles, separated by commas, in any case: the form of `DD_TRACE_PROPAGATION_STYLE` and of `OTEL_PROPAGATORS`. Beside
/// other styles `none` means nothing.
pub(crate) fn parse_styles(list: &str) -> ParsedStyles {
    let mut parsed = ParsedStyles::default();
    for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if name.eq_ignore_ascii_case("none") {
            parsed.styles.get_or_insert_default();
            continue;
        }
        let Some(style) = Style::parse(name) else {
            parsed.unknown.push(name.to_owned());
            continue;
        };
        let styles = parsed.styles.get_or_insert_default();
        if !styles.contains(&style) {
            styles.push(style);
        }
    }
    parsed
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
    /// Reads the name of a behavior, in any case.
    pub(crate) fn parse(name: &str) -> Option<Behavior> {
        match name.trim().to_ascii_lowercase().as_str() {
            "continue" => Some(Behavior::Continue),
            "restart" => Some(Behavior::Restart),
            "ignore" => Some(Behavior::Ignore),
            _ => None,
        }
    }

    /// The name in the variable.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Behavior::Continue => "continue",
            Behavior::Restart => "restart",
            Behavior::Ignore => "ignore",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_styles_keep_their_order_and_each_style_once() {
        use Style::{B3, B3Multi, Baggage, Datadog, TraceContext};
        type Row<'a> = (&'a str, Option<&'a [Style]>, &'a [&'a str]);
        let table: &[Row<'_>] = &[
            ("datadog,tracecontext,baggage", Some(&[Datadog, TraceContext, Baggage]), &[]),
            ("tracecontext,Datadog", Some(&[TraceContext, Datadog]), &[]),
            ("B3 single header", Some(&[B3]), &[]),
            ("b3", Some(&[B3]), &[]),
            ("B3MULTI", Some(&[B3Multi]), &[]),
            ("B3multi", Some(&[B3Multi]), &[]),
            ("TRACEContext, B3MULTI", Some(&[TraceContext, B3Multi]), &[]),
            ("tracecontext,b3multi,tracecontext,b3multi", Some(&[TraceContext, B3Multi]), &[]),
            ("none", Some(&[]), &[]),
            ("none,Datadog", Some(&[Datadog]), &[]),
            ("Datadog,none", Some(&[Datadog]), &[]),
            ("not-a-propagator", None, &["not-a-propagator"]),
            ("jaeger, b3 ,xray", Some(&[B3]), &["jaeger", "xray"]),
            ("", None, &[]),
            (" , ", None, &[]),
        ];
        for &(list, styles, unknown) in table {
            let parsed = parse_styles(list);
            assert_eq!(parsed.styles.as_deref(), styles, "{list:?}");
            assert_eq!(parsed.unknown, unknown, "{list:?}");
        }
    }

    #[test]
    fn names_are_read_back() {
        for style in [Style::Datadog, Style::TraceContext, Style::B3, Style::B3Multi, Style::Baggage] {
            assert_eq!(Style::parse(style.name()), Some(style));
        }
        for behavior in [Behavior::Continue, Behavior::Restart, Behavior::Ignore] {
            assert_eq!(Behavior::parse(&behavior.name().to_uppercase()), Some(behavior));
        }
        assert_eq!(Behavior::parse("forget"), None);
    }
}
