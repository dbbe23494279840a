//! Tags for every span: `DD_TAGS`, and `OTEL_RESOURCE_ATTRIBUTES` in its place.

use super::git;
use super::kind::Reading;

/// Tags kept. Each goes on every span; Datadog's own limit for the tags of a span with all else on it is of the same order.
const MAX_TAGS: usize = 256;

/// The tag that says where the source is.
pub(super) const REPOSITORY_URL: &str = "git.repository_url";

/// Keys and values.
pub(super) type Tags = Vec<(String, String)>;

/// Reads `DD_TAGS`: with a comma anywhere it is split at commas, else at spaces; the first colon ends the key.
///
/// A value may be missing; a key may not. The last value of a repeated key counts.
pub(super) fn parse(text: &str) -> Tags {
    let separator = if text.contains(',') { ',' } else { ' ' };
    let mut tags = Tags::new();
    for part in text.split(separator) {
        let (key, value) = part.split_once(':').unwrap_or((part, ""));
        if !key.trim().is_empty() && !set(&mut tags, key.trim(), value.trim()) {
            break;
        }
    }
    tags
}

/// Reads `OTEL_RESOURCE_ATTRIBUTES`: `key=value,key=value`, percent-encoded. Nothing if any pair is malformed, as its specification
/// demands.
pub(super) fn parse_attributes(text: &str) -> Option<Tags> {
    let mut tags = Tags::new();
    for pair in text.split(',').filter(|pair| !pair.trim().is_empty()) {
        let (key, value) = pair.split_once('=')?;
        let key = decoded(key.trim())?;
        if key.is_empty() {
            return None;
        }
        if !set(&mut tags, datadog_name(&key), &decoded(value.trim())?) {
            break;
        }
    }
    (!tags.is_empty()).then_some(tags)
}

/// What the attribute is called in Datadog's terms.
fn datadog_name(attribute: &str) -> &str {
    match attribute {
        "service.name" => "service",
        "deployment.environment" | "deployment.environment.name" => "env",
        "service.version" => "version",
        other => other,
    }
}

/// Sets one tag; false if there is no room for another one. No secret of a repository's URL gets in.
pub(super) fn set(tags: &mut Tags, key: &str, value: &str) -> bool {
    let value = if key == REPOSITORY_URL { git::without_credentials(value) } else { value.to_owned() };
    if let Some((_, old)) = tags.iter_mut().find(|(known, _)| known == key) {
        *old = value;
        return true;
    }
    if tags.len() < MAX_TAGS {
        tags.push((key.to_owned(), value));
        return true;
    }
    false
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push((high * 16 + low) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Reads `DD_TAGS` into the form in which it is reported.
pub(super) fn read(text: &str) -> Reading {
    match parse(text) {
        tags if tags.is_empty() => Reading::Wrong,
        tags if tags.len() == MAX_TAGS => {
            Reading::Partly(shown(&tags), format!("only the first {MAX_TAGS} tags are taken"))
        }
        tags => Reading::Whole(shown(&tags)),
    }
}

/// `key:value,key:value`.
pub(super) fn shown(tags: &Tags) -> String {
    tags.iter().map(|(key, value)| format!("{key}:{value}")).collect::<Vec<_>>().join(",")
}

/// Takes the tag called `key` out.
// Only at the start.
#[cold]
pub(super) fn take(tags: &mut Tags, key: &str) -> Option<String> {
    let at = tags.iter().position(|(known, _)| known == key)?;
    Some(tags.remove(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    }

    #[test]
    fn a_comma_decides_whether_commas_or_spaces_separate() {
        for (text, expected) in [
            ("key1:value1,key2:value2", &[("key1", "value1"), ("key2", "value2")][..]),
            ("key1:value1 key2:value2", &[("key1", "value1"), ("key2", "value2")]),
            (
                "env:test aKey:aVal bKey:bVal cKey:",
                &[("env", "test"), ("aKey", "aVal"), ("bKey", "bVal"), ("cKey", "")],
            ),
            (
                "env:test,aKey:aVal,bKey:bVal,cKey:",
                &[("env", "test"), ("aKey", "aVal"), ("bKey", "bVal"), ("cKey", "")],
            ),
            ("env:test,aKey:aVal bKey:bVal cKey:", &[("env", "test"), ("aKey", "aVal bKey:bVal cKey:")]),
            (
                "env:test     bKey :bVal dKey: dVal cKey:",
                &[("env", "test"), ("bKey", ""), ("dKey", ""), ("dVal", ""), ("cKey", "")],
            ),
            ("env :test, aKey : aVal bKey:bVal cKey:", &[("env", "test"), ("aKey", "aVal bKey:bVal cKey:")]),
            ("env:keyWithA:Semicolon bKey:bVal cKey", &[("env", "keyWithA:Semicolon"), ("bKey", "bVal"), ("cKey", "")]),
            ("env:keyWith:  , ,   Lots:Of:Semicolons ", &[("env", "keyWith:"), ("Lots", "Of:Semicolons")]),
            ("a:b,c,d", &[("a", "b"), ("c", ""), ("d", "")]),
            ("a,1", &[("a", ""), ("1", "")]),
            ("a:b:c:d", &[("a", "b:c:d")]),
            ("a:1,b:2,a:3", &[("a", "3"), ("b", "2")]),
            (" , :, :x", &[]),
        ] {
            assert_eq!(parse(text), tags(expected), "{text}");
        }
    }

    #[test]
    fn attributes_are_percent_decoded_and_get_datadogs_names() {
        for (text, expected) in [
            ("resource.test=single", &[("resource.test", "single")][..]),
            ("a=comma%2Cequals%3Dvalue, b = x%C3%A9 ", &[("a", "comma,equals=value"), ("b", "xé")]),
            (
                "deployment.environment=test1,service.name=test2,service.version=5,foo=bar1",
                &[("env", "test1"), ("service", "test2"), ("version", "5"), ("foo", "bar1")],
            ),
            ("a=b=c,", &[("a", "b=c")]),
            ("a=", &[("a", "")]),
        ] {
            assert_eq!(parse_attributes(text), Some(tags(expected)), "{text}");
        }
    }

    #[test]
    fn one_malformed_attribute_discards_them_all() {
        for text in ["resource.test=discarded,invalid", "a=%", "a=%2", "a=%zz", "a=%ff", "=b", "", ","] {
            assert_eq!(parse_attributes(text), None, "{text}");
        }
    }

    #[test]
    fn tags_without_end_are_cut_and_told() {
        let text: String = (0..100_000).map(|i| format!("k{i}:v,")).collect();
        assert_eq!(parse(&text).len(), MAX_TAGS);
        assert!(matches!(read(&text), Reading::Partly(..)));
        assert_eq!(read(","), Reading::Wrong);
    }
}
