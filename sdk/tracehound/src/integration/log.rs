//! What a line of a log says so that its trace can be found: `dd.service`, `dd.env`, `dd.version`, `dd.trace_id`, `dd.span_id`.
//!
//! The trace's id is written as 32 hexadecimal digits where it has 128 bits and `DD_TRACE_128_BIT_TRACEID_LOGGING_ENABLED` allows it, else
//! as the decimal number of its low half; the span's id is decimal. What is empty is left out, and outside of spans so are the ids.
//! `DD_LOGS_INJECTION=false` turns it all off. Source: sdk.md 2.4.

use std::fmt::{self, Display};
use std::sync::Arc;

use crate::config::Config;
use crate::{SpanRef, TraceId, context, current_span};

/// The fields of one line.
///
/// ```
/// use tracehound::integration::log::Correlation;
/// use tracehound::testing::InMemory;
///
/// let memory = InMemory::new(&[("DD_SERVICE", "shop"), ("DD_ENV", "prod")]);
/// let span = memory.tracer().span("work").start();
/// let correlation = span.in_scope(Correlation::current).unwrap();
/// let line = format!("{correlation}");
/// assert!(line.starts_with("dd.service=shop dd.env=prod dd.trace_id="));
/// ```
#[derive(Clone, Debug)]
pub struct Correlation {
    config: Arc<Config>,
    trace_id: WrittenId,
    /// 0 outside of spans.
    span_id: u64,
}

/// The trace's id as the line has it.
#[derive(Clone, Copy, Debug)]
enum WrittenId {
    Wide(TraceId),
    Low(u64),
}

impl Display for WrittenId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WrittenId::Wide(id) => id.fmt(out),
            WrittenId::Low(id) => id.fmt(out),
        }
    }
}

impl Correlation {
    /// The fields for a line that is written now. Nothing before the tracer was started, or if they are turned off.
    ///
    /// ```
    /// use tracehound::integration::log::Correlation;
    /// assert!(Correlation::current().is_none()); // no tracer was started
    /// ```
    pub fn current() -> Option<Correlation> {
        Correlation::of(&current_span())
    }

    /// The fields for a line about this span.
    ///
    /// ```
    /// use tracehound::integration::log::Correlation;
    /// assert!(Correlation::of(&tracehound::current_span()).is_none()); // no tracer was started
    /// ```
    pub fn of(span: &SpanRef) -> Option<Correlation> {
        let config = match span.cell().and_then(|cell| cell.trace()) {
            Some(trace) => Arc::clone(&trace.engine().settings.config),
            None => context::default_tracer().known_config().map(Arc::clone)?,
        };
        let trace_id = match span.trace_id() {
            id if config.wide_ids_in_logs && id.high() != 0 => WrittenId::Wide(id),
            id => WrittenId::Low(id.low()),
        };
        config.ids_in_logs.then(|| Correlation { trace_id, span_id: span.span_id(), config })
    }

    /// Calls `put` with the name and the text of each field.
    ///
    /// ```
    /// use tracehound::integration::log::Correlation;
    ///
    /// let mut line = String::new();
    /// if let Some(correlation) = Correlation::current() {
    ///     correlation.each(|name, value| line += &format!(" {name}={value}"));
    /// }
    /// ```
    pub fn each<'a>(&'a self, mut put: impl FnMut(&'static str, &'a dyn Display)) {
        let Config { service, env, version, .. } = &*self.config;
        for (name, text) in [("dd.service", service), ("dd.env", env), ("dd.version", version)] {
            if !text.is_empty() {
                put(name, text);
            }
        }
        if self.span_id != 0 {
            put("dd.trace_id", &self.trace_id);
            put("dd.span_id", &self.span_id);
        }
    }
}

impl Display for Correlation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut written = Ok(());
        let mut separator = "";
        self.each(|name, value| {
            written = written.and_then(|()| write!(out, "{separator}{name}={value}"));
            separator = " ";
        });
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::InMemory;

    fn fields(settings: &[(&str, &str)], in_span: bool) -> Option<Vec<(&'static str, String)>> {
        let memory = InMemory::new(settings);
        memory.scope(|| {
            let remote = vec![
                ("x-datadog-trace-id".to_owned(), "10".to_owned()),
                ("x-datadog-parent-id".to_owned(), "11".to_owned()),
                ("x-datadog-tags".to_owned(), "_dd.p.tid=6909f0d200000000".to_owned()),
            ];
            let span = crate::span("work").child_of(&crate::extract(&remote)).start();
            let correlation = if in_span { Correlation::of(&span) } else { Correlation::current() };
            correlation.map(|correlation| {
                let mut fields = Vec::new();
                correlation.each(|name, value| fields.push((name, value.to_string())));
                // The span's id is random.
                fields.into_iter().filter(|(name, _)| *name != "dd.span_id").collect()
            })
        })
    }

    #[test]
    fn a_trace_id_is_hexadecimal_with_all_its_bits_and_decimal_with_its_low_half() {
        let narrow = ("DD_TRACE_128_BIT_TRACEID_LOGGING_ENABLED", "false");
        let settings = [("DD_SERVICE", "cafe"), narrow];
        for (settings, id) in [(&settings[..1], "6909f0d200000000000000000000000a"), (&settings, "10")] {
            let expected = vec![("dd.service", "cafe".to_owned()), ("dd.trace_id", id.to_owned())];
            assert_eq!(fields(settings, true), Some(expected));
        }
    }

    #[test]
    fn outside_of_spans_there_are_no_ids() {
        let settings = [("DD_SERVICE", "cafe"), ("DD_ENV", "test"), ("DD_VERSION", "7")];
        let expected = [("dd.service", "cafe"), ("dd.env", "test"), ("dd.version", "7")];
        assert_eq!(fields(&settings, false), Some(expected.map(|(name, text)| (name, text.to_owned())).to_vec()));
    }

    #[test]
    fn only_an_explicit_no_turns_it_off() {
        assert_eq!(fields(&[("DD_LOGS_INJECTION", "false")], true), None);
        assert!(fields(&[("DD_LOGS_INJECTION", "true")], true).is_some());
        assert!(fields(&[], true).is_some());
    }
}
