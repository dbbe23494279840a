//! Links: a span that points at a span of another trace, or of its own.

use crate::tag::Attribute;

/// Links that one span holds; further ones are left out. OpenTelemetry's limit is 128; ours is its order of magnitude above.
pub(crate) const MAX_LINKS: usize = 1_000;

/// Attributes of one link or event; further ones are left out.
pub(crate) const MAX_ATTRIBUTES: usize = 1_000;

/// Lists within lists; what lies deeper is left out. A key grows with every level.
const MAX_DEPTH: usize = 16;

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

impl Link {
    /// Bytes that the texts take.
    pub(crate) fn bytes(&self) -> usize {
        let attributes: usize = self.attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
        self.tracestate.len() + attributes
    }

    /// Adds an attribute. They are text only, so a list becomes one attribute per item: `key.0`, `key.1`, and so on in depth.
    pub(crate) fn add(&mut self, key: String, value: Attribute) {
        self.add_flattened(key, value, 0);
    }

    fn add_flattened(&mut self, key: String, value: Attribute, depth: usize) {
        let text = match value {
            Attribute::Text(text) => text,
            Attribute::Bool(truth) => truth.to_string(),
            Attribute::Int(number) => number.to_string(),
            Attribute::Float(number) => number.to_string(),
            Attribute::List(items) if depth < MAX_DEPTH => {
                for (index, item) in items.into_iter().enumerate().take(MAX_ATTRIBUTES) {
                    self.add_flattened(format!("{key}.{index}"), item, depth + 1);
                }
                return;
            }
            Attribute::Invalid | Attribute::List(_) => return,
        };
        if self.attributes.len() < MAX_ATTRIBUTES {
            self.attributes.push((key, text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_flattened_in_depth() {
        let nested = Attribute::List(vec![true.into(), vec![1, 2].into()]);
        let mut link = Link::default();
        link.add("k".to_owned(), nested);
        link.add("whole".to_owned(), 1.5.into());
        let out: Vec<(&str, &str)> =
            link.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(out, [("k.0", "true"), ("k.1.0", "1"), ("k.1.1", "2"), ("whole", "1.5")]);
    }

    #[test]
    fn lists_without_an_end_and_without_a_ground_are_cut() {
        let mut link = Link::default();
        link.add("long".to_owned(), vec![1; 1_000_000].into());
        assert_eq!(link.attributes.len(), MAX_ATTRIBUTES);
        let mut link = Link::default();
        let deep = (0..1_000).fold(Attribute::Int(1), |inner, _| Attribute::List(vec![inner]));
        link.add("deep".to_owned(), deep);
        assert_eq!(link.attributes, []);
    }
}
