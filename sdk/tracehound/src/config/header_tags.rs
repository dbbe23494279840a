//! Headers that become tags of a span.

use super::kind::list;

/// Headers kept. Each is looked up for every request.
const MAX_HEADERS: usize = 100;

/// One header of `DD_TRACE_HEADER_TAGS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeaderTag {
    /// Its name, in lower case.
    pub(crate) header: String,
    /// The tag it becomes; without one, `http.request.headers.…` or `http.response.headers.…`.
    pub(crate) tag: Option<String>,
}

/// Reads `header,header:tag`, without entries that lack what a colon promises.
pub(super) fn parse(text: &str) -> Vec<HeaderTag> {
    list(text).filter_map(entry).take(MAX_HEADERS).collect()
}

fn entry(text: &str) -> Option<HeaderTag> {
    let (header, tag) = match text.split_once(':') {
        Some((header, tag)) => (header.trim(), Some(tag.trim())),
        None => (text, None),
    };
    if header.is_empty() || tag.is_some_and(str::is_empty) {
        return None;
    }
    Some(HeaderTag { header: header.to_ascii_lowercase(), tag: tag.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_may_name_its_tag() {
        let tags: Vec<_> = parse("User-Agent:my-user-agent, Content-Type. ,x : a:b,:tag,header:,,")
            .into_iter()
            .map(|HeaderTag { header, tag }| (header, tag.unwrap_or_default()))
            .collect();
        let expected = [("user-agent", "my-user-agent"), ("content-type.", ""), ("x", "a:b")];
        assert_eq!(tags, expected.map(|(header, tag)| (header.to_owned(), tag.to_owned())));
    }

    #[test]
    fn a_list_without_end_is_cut() {
        assert_eq!(parse(&"h,".repeat(100_000)).len(), MAX_HEADERS);
    }
}
