//! Which decoder a body gets, by its `Content-Type`.

use http::{HeaderMap, header};

/// What a tracer says its body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/json`, `text/json`, nothing at all, or what is no media type.
    Json,
    /// `application/msgpack`.
    Msgpack,
    /// Any other.
    Other,
}

impl MediaType {
    /// Reads the header; parameters such as `charset` do not matter. Source: agent-protocol 1.3 and 1.4.
    pub(crate) fn of(headers: &HeaderMap) -> MediaType {
        let value = headers.get(header::CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
        let essence = value.split(|&b| b == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
        match essence.as_slice() {
            b"application/json" | b"text/json" => MediaType::Json,
            b"application/msgpack" => MediaType::Msgpack,
            other if is_media_type(other) => MediaType::Other,
            _ => MediaType::Json,
        }
    }
}

/// Whether this is one token, or two with a slash between them. Source: RFC 9110, 5.6.2 and 8.3.1.
fn is_media_type(text: &[u8]) -> bool {
    let is_token = |part: &[u8]| {
        !part.is_empty() && part.iter().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b))
    };
    text.splitn(2, |&b| b == b'/').all(is_token)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_media_type_is_read_without_case_and_parameters_and_nonsense_is_json() {
        let cases = [
            (None, MediaType::Json),
            (Some(""), MediaType::Json),
            (Some("application/json"), MediaType::Json),
            (Some("text/json; charset=utf-8"), MediaType::Json),
            (Some("application/msgpack"), MediaType::Msgpack),
            (Some(" Application/MsgPack ; charset=utf-8"), MediaType::Msgpack),
            (Some("application/octet-stream"), MediaType::Other),
            (Some("text/plain"), MediaType::Other),
            (Some("application/x-msgpack"), MediaType::Other),
            (Some("octets"), MediaType::Other),
            (Some("application/"), MediaType::Json),
            (Some("/msgpack"), MediaType::Json),
            (Some("a/b/c"), MediaType::Json),
            (Some("appli cation/msgpack"), MediaType::Json),
            (Some("\"application/msgpack\""), MediaType::Json),
        ];
        for (value, expected) in cases {
            let headers = value.map(|value| (header::CONTENT_TYPE, HeaderValue::from_static(value)));
            assert_eq!(MediaType::of(&headers.into_iter().collect()), expected, "{value:?}");
        }
    }
}
