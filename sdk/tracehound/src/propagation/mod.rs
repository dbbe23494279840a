//! Carries a trace from process to process: reads the context that a request brought, writes the one that goes out.
//!
//! There are several [styles](style) of headers, and a carrier may hold more than one, from tracers that differ. The first configured
//! style that yields a context decides. `traceparent` may add to a decision of others, since proxies that know only W3C rewrite it: with
//! the same trace id it gives its `tracestate`, and its span becomes the parent. A context of another trace becomes a link.
//!
//! Baggage is apart from all that: it needs no ids, and is read whichever style decided. Source: sdk.md 2.2.

mod b3;
mod baggage;
mod baggage_header;
pub mod carrier;
mod datadog;
mod digits;
mod extracted;
mod header;
pub(crate) mod org_guard;
pub(crate) mod ot;
mod outgoing;
mod style;
mod tags;
mod traceparent;
mod tracestate;

#[cfg(test)]
mod tests;

pub(crate) use baggage::Baggage;
pub(crate) use baggage_header::Limits as BaggageLimits;
pub(crate) use extracted::Extracted;
pub(crate) use org_guard::OrgGuard;
pub(crate) use outgoing::{LastParent, Outgoing};
pub(crate) use style::{Behavior, Style};

use carrier::{Extract, Inject};

/// The longest `x-datadog-tags` by default, in bytes. Source: sdk.md 2.1, `DD_TRACE_X_DATADOG_TAGS_MAX_LENGTH`.
pub(crate) const DEFAULT_TAGS_MAX_LEN: usize = 512;

/// Room for the longest header of an ordinary request, `tracestate`, in bytes.
const TYPICAL_HEADER_LEN: usize = 128;

/// How contexts are read and written.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The styles to read, the one that decides first.
    pub(crate) extract: Vec<Style>,
    /// The styles to write.
    pub(crate) inject: Vec<Style>,
    /// Whether to look no further than the first context found: `DD_TRACE_PROPAGATION_EXTRACT_FIRST`.
    pub(crate) extract_first: bool,
    /// What becomes of a received context: `DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT`.
    pub(crate) behavior: Behavior,
    /// The longest `x-datadog-tags`, in bytes; with 0 none is sent: `DD_TRACE_X_DATADOG_TAGS_MAX_LENGTH`.
    pub(crate) tags_max_len: usize,
    /// The received baggage that becomes tags; a lone `*` stands for all: `DD_TRACE_BAGGAGE_TAG_KEYS`.
    pub(crate) baggage_tag_keys: Vec<String>,
    /// How much baggage is read and written.
    pub(crate) baggage_limits: BaggageLimits,
}

impl Default for Options {
    fn default() -> Options {
        let styles = vec![Style::Datadog, Style::TraceContext, Style::Baggage];
        Options {
            extract: styles.clone(),
            inject: styles,
            extract_first: false,
            behavior: Behavior::Continue,
            tags_max_len: DEFAULT_TAGS_MAX_LEN,
            baggage_tag_keys: ["user.id", "session.id", "account.id"].map(str::to_owned).to_vec(),
            baggage_limits: BaggageLimits::DEFAULT,
        }
    }
}

/// Reads the context that `carrier` holds; its trace id is 0 if there is none to continue.
pub(crate) fn extract(options: &Options, carrier: &dyn Extract) -> Extracted {
    let mut extracted = match options.behavior {
        Behavior::Ignore => return Extracted::default(),
        Behavior::Continue => found(options, carrier).map(|(_, context)| context).unwrap_or_default(),
        Behavior::Restart => {
            found(options, carrier).map(|(style, context)| restarted(style, &context)).unwrap_or_default()
        }
    };
    if options.extract.contains(&Style::Baggage) {
        extracted.baggage = baggage_header::read(carrier, options.baggage_limits);
        extracted.baggage_tags = extracted.baggage.tags(&options.baggage_tag_keys);
    }
    extracted
}

/// Writes the context that another process shall continue, in every configured style.
///
/// # Errors
///
/// What could not be sent, in the words of the tag `_dd.propagation_error`; all else was sent.
pub(crate) fn inject(options: &Options, outgoing: &Outgoing<'_>, carrier: &mut dyn Inject) -> Result<(), &'static str> {
    let mut outcome = Ok(());
    let mut scratch = String::with_capacity(TYPICAL_HEADER_LEN);
    for style in &options.inject {
        match style {
            Style::Baggage => baggage_header::write(outgoing.baggage, options.baggage_limits, &mut scratch, carrier),
            _ if !outgoing.has_ids() => {}
            Style::Datadog => outcome = datadog::inject(options, outgoing, &mut scratch, carrier),
            Style::TraceContext => traceparent::inject(outgoing, &mut scratch, carrier),
            Style::B3 => b3::inject_single(outgoing, &mut scratch, carrier),
            Style::B3Multi => b3::inject_multi(outgoing, &mut scratch, carrier),
        }
    }
    outcome
}

/// The context of the first style that has one, with what the later styles add, and the style.
fn found(options: &Options, carrier: &dyn Extract) -> Option<(Style, Extracted)> {
    let mut found: Option<(Style, Extracted)> = None;
    for &style in &options.extract {
        let Some(context) = extract_style(style, options, carrier) else { continue };
        match &mut found {
            None => found = Some((style, context)),
            Some((first, kept)) if kept.trace_id == context.trace_id => {
                if style == Style::TraceContext {
                    add_w3c(*first, kept, context);
                }
            }
            Some((_, kept)) => kept.links.push(context.to_link(style, "terminated_context")),
        }
        if options.extract_first {
            break;
        }
    }
    found
}

fn extract_style(style: Style, options: &Options, carrier: &dyn Extract) -> Option<Extracted> {
    match style {
        Style::Datadog => datadog::extract(options, carrier),
        Style::TraceContext => traceparent::extract(carrier),
        Style::B3 => b3::extract_single(carrier),
        Style::B3Multi => b3::extract_multi(carrier),
        Style::Baggage => None,
    }
}

/// Adds what W3C headers of the same trace know. If their span is not the Datadog headers' one, a service without a Datadog tracer stands
/// between the two: it is the parent, and the last Datadog span is remembered so that the backend can join what it sees.
fn add_w3c(first: Style, kept: &mut Extracted, w3c: Extracted) {
    kept.tracestate = w3c.tracestate;
    if first == Style::Datadog && kept.span_id != w3c.span_id {
        let last = (kept.span_id != 0).then(|| format!("{:016x}", kept.span_id));
        kept.last_parent_id = w3c.last_parent_id.or(last);
        kept.span_id = w3c.span_id;
    }
}

/// A new trace that only points at the received one.
fn restarted(style: Style, context: &Extracted) -> Extracted {
    Extracted { links: vec![context.to_link(style, "propagation_behavior_extract")], ..Extracted::default() }
}
