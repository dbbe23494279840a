//! The metadata of calls as a carrier of trace contexts, for those who continue or send a trace by hand.

use tonic::metadata::{AsciiMetadataKey, MetadataMap, MetadataValue};
use tracehound::carrier::{Extract, Inject};

/// Metadata to extract a context from.
///
/// ```
/// let request = tonic::Request::new(());
/// let context = tracehound::extract(&tracehound_tonic::Metadata(request.metadata()));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Metadata<'a>(pub &'a MetadataMap);

impl Extract for Metadata<'_> {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        for value in self.0.get_all(name) {
            if let Ok(value) = std::str::from_utf8(value.as_encoded_bytes()) {
                each(value);
            }
        }
    }
}

/// Metadata to inject a context into; an entry that was there is replaced.
///
/// ```
/// let mut request = tonic::Request::new(());
/// tracehound::current_span().inject(&mut tracehound_tonic::MetadataMut(request.metadata_mut()));
/// ```
#[derive(Debug)]
pub struct MetadataMut<'a>(pub &'a mut MetadataMap);

impl Inject for MetadataMut<'_> {
    fn set(&mut self, name: &str, value: &str) {
        // What cannot be metadata cannot be sent: the context goes without it.
        if let (Ok(key), Ok(value)) = (AsciiMetadataKey::from_bytes(name.as_bytes()), MetadataValue::try_from(value)) {
            self.0.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use tonic::metadata::KeyRef;

    use super::*;

    #[test]
    fn what_was_injected_is_extracted() {
        let mut metadata = MetadataMap::new();
        metadata.insert("traceparent", MetadataValue::from_static("old"));
        let mut carrier = MetadataMut(&mut metadata);
        carrier.set("traceparent", "new");
        carrier.set("x-datadog-origin", "synthetics");
        carrier.set("not a name", "x");
        carrier.set("baggage", "line\nbreak");
        let names: Vec<_> = metadata
            .keys()
            .filter_map(|key| match key {
                KeyRef::Ascii(key) => Some(key.as_str().to_owned()),
                KeyRef::Binary(_) => None,
            })
            .collect();
        assert_eq!(names, ["traceparent", "x-datadog-origin"]);
        let mut values = Vec::new();
        Metadata(&metadata).get("TraceParent", &mut |value| values.push(value.to_owned()));
        assert_eq!(values, ["new"]);
    }
}
