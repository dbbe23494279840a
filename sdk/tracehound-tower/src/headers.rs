//! HTTP headers as carriers of trace contexts.

use http::{HeaderMap, HeaderName, HeaderValue};
use tracehound::carrier::{Extract, Inject};

/// Headers to extract a context from.
///
/// ```
/// let mut headers = http::HeaderMap::new();
/// headers.insert("traceparent", "00-0000000000000000000000000000000a-000000000000000b-01".parse().unwrap());
/// let context = tracehound::extract(&tracehound_tower::Headers(&headers));
/// let span = tracehound::span("work").child_of(&context).start();
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Headers<'a>(pub &'a HeaderMap);

impl Extract for Headers<'_> {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        for value in self.0.get_all(name) {
            if let Ok(value) = std::str::from_utf8(value.as_bytes()) {
                each(value);
            }
        }
    }
}

/// Headers to inject a context into; a header that was there is replaced.
///
/// ```
/// let mut headers = http::HeaderMap::new();
/// tracehound::current_span().inject(&mut tracehound_tower::HeadersMut(&mut headers));
/// ```
#[derive(Debug)]
pub struct HeadersMut<'a>(pub &'a mut HeaderMap);

impl Inject for HeadersMut<'_> {
    fn set(&mut self, name: &str, value: &str) {
        // What is no valid header cannot be sent: the context goes without it.
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            self.0.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(headers: &HeaderMap, name: &str) -> Vec<String> {
        let mut values = Vec::new();
        Headers(headers).get(name, &mut |value| values.push(value.to_owned()));
        values
    }

    #[test]
    fn every_value_of_a_name_is_given_in_order_whatever_its_case() {
        let mut headers = HeaderMap::new();
        headers.append("tracestate", HeaderValue::from_static("a=1"));
        headers.append("tracestate", HeaderValue::from_static("b=2"));
        assert_eq!(all(&headers, "TraceState"), ["a=1", "b=2"]);
        assert!(all(&headers, "traceparent").is_empty());
        assert!(all(&headers, "no header\n").is_empty());
    }

    #[test]
    fn a_value_that_is_no_text_is_left_out() {
        let mut headers = HeaderMap::new();
        headers.append("baggage", HeaderValue::from_bytes(b"k=\xff").unwrap());
        headers.append("baggage", HeaderValue::from_bytes("k=\u{e9}".as_bytes()).unwrap());
        assert_eq!(all(&headers, "baggage"), ["k=\u{e9}"]);
    }

    #[test]
    fn a_header_that_was_set_before_is_replaced_and_an_impossible_one_is_left_out() {
        let mut headers = HeaderMap::new();
        headers.append("traceparent", HeaderValue::from_static("old"));
        headers.append("traceparent", HeaderValue::from_static("older"));
        let mut carrier = HeadersMut(&mut headers);
        carrier.set("traceparent", "new");
        carrier.set("baggage", "line\nbreak");
        carrier.set("not a name", "x");
        assert_eq!(all(&headers, "traceparent"), ["new"]);
        assert_eq!(headers.len(), 1);
    }
}
