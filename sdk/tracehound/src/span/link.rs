//! Links: a span that points at a span of another trace, or of its own.

use crate::tag::Attribute;

/// Links that one span holds; further ones are left out. OpenTelemetry's limit is 128; ours is its order of magnitude above.
pub(crate) const MAX_LINKS: usize = 1_000;

/// Bit 31 of a link's flags says that they are known. Source: clients.md, "Surprises".
pub(crate) const FLAGS_KNOWN: u32 = 1 << 31;

/// One link as it is sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Link {
    pub(crate) trace_id: u128,
    pub(crate) span_id: u64,
    /// The sampling flag of the linked trace, with [`FLAGS_KNOWN`]; 0 if nothing is known.
    pub(crate) flags: u32,
    pub(crate) tracestate: String,
    pub(crate) attributes: Vec<(String, String)>,
}

/// A link's attributes are text only, so a list becomes one attribute per item: `key.0`, `key.1`, and so on in depth.
pub(crate) fn flatten(key: String, value: Attribute, out: &mut Vec<(String, String)>) {
    let text = match value {
        Attribute::Text(text) => text,
        Attribute::Bool(truth) => truth.to_string(),
        Attribute::Int(number) => number.to_string(),
        Attribute::Float(number) => number.to_string(),
        Attribute::Invalid => return,
        Attribute::List(items) => {
            for (index, item) in items.into_iter().enumerate() {
                flatten(format!("{key}.{index}"), item, out);
            }
            return;
        }
    };
    out.push((key, text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_flattened_in_depth() {
        let nested = Attribute::List(vec![true.into(), vec![1, 2].into()]);
        let mut out = Vec::new();
        flatten("k".to_owned(), nested, &mut out);
        flatten("whole".to_owned(), 1.5.into(), &mut out);
        let out: Vec<(&str, &str)> = out.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(out, [("k.0", "true"), ("k.1.0", "1"), ("k.1.1", "2"), ("whole", "1.5")]);
    }
}
