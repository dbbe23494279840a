//! Maps and lists of pairs as carriers.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use super::text::is_name;
use super::{Extract, Inject, Text};

/// Calls `each` with every value whose key is `name`.
fn scan<'a, K: Text + 'a, V: Text + 'a>(
    pairs: impl Iterator<Item = (&'a K, &'a V)>,
    name: &str,
    each: &mut dyn FnMut(&str),
) {
    pairs.filter(|(key, _)| is_name(*key, name)).filter_map(|(_, value)| value.as_text()).for_each(each);
}

impl<K: Text, V: Text> Extract for [(K, V)] {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        scan(self.iter().map(|(key, value)| (key, value)), name, each);
    }
}

impl<K: Text, V: Text, const N: usize> Extract for [(K, V); N] {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        Extract::get(self.as_slice(), name, each);
    }
}

impl<K: Text, V: Text> Extract for Vec<(K, V)> {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        Extract::get(self.as_slice(), name, each);
    }
}

impl<K: Text, V: Text> Extract for BTreeMap<K, V> {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        scan(self.iter(), name, each);
    }
}

impl<K: Text, V: Text, S> Extract for HashMap<K, V, S> {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        scan(self.iter(), name, each);
    }
}

impl<K, V> Inject for Vec<(K, V)>
where
    K: Text + for<'a> From<&'a str>,
    V: for<'a> From<&'a str>,
{
    fn set(&mut self, name: &str, value: &str) {
        self.retain(|(key, _)| !is_name(key, name));
        self.push((name.into(), value.into()));
    }
}

impl<K, V> Inject for BTreeMap<K, V>
where
    K: Text + Ord + for<'a> From<&'a str>,
    V: for<'a> From<&'a str>,
{
    fn set(&mut self, name: &str, value: &str) {
        self.retain(|key, _| !is_name(key, name));
        self.insert(name.into(), value.into());
    }
}

impl<K, V, S> Inject for HashMap<K, V, S>
where
    K: Text + Eq + Hash + for<'a> From<&'a str>,
    V: for<'a> From<&'a str>,
    S: BuildHasher,
{
    fn set(&mut self, name: &str, value: &str) {
        self.retain(|key, _| !is_name(key, name));
        self.insert(name.into(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn values(carrier: &dyn Extract, name: &str) -> Vec<String> {
        let mut values = Vec::new();
        carrier.get(name, &mut |value| values.push(value.to_owned()));
        values
    }

    #[test]
    fn names_match_in_any_case_and_repeated_ones_in_order() {
        let pairs = [("Tracestate", "a=1"), ("other", "x"), ("TRACESTATE", "b=2"), ("tracestat", "c=3")];
        assert_eq!(values(&pairs, "tracestate"), ["a=1", "b=2"]);
        assert_eq!(values(&&pairs[..], "tracestate"), ["a=1", "b=2"]);
        assert_eq!(values(&pairs.to_vec(), "tracestate"), ["a=1", "b=2"]);
        assert_eq!(values(&pairs, "absent"), [""; 0]);
        assert_eq!(values(&HashMap::from([("TraceParent", "1")]), "traceparent"), ["1"]);
        assert_eq!(values(&BTreeMap::from([("B3", Cow::from("1")), ("b3", "2".into())]), "b3"), ["1", "2"]);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_as_if_they_were_not_there() {
        let headers: Vec<(String, Vec<u8>)> =
            [&b"\xff"[..], b"good", b"\xc3"].map(|value| ("b3".to_owned(), value.to_vec())).into();
        assert_eq!(values(&headers, "b3"), ["good"]);
        let names = [(&b"\xffb3"[..], "bad"), (b"B3", "good")];
        assert_eq!(values(&names, "b3"), ["good"]);
    }

    fn sets_in_place<C: Inject + Extract>(mut carrier: C) {
        carrier.set("baggage", "new");
        assert_eq!(values(&carrier, "baggage"), ["new"]);
        assert_eq!(values(&carrier, "other"), ["kept"]);
    }

    #[test]
    fn a_header_that_is_set_is_the_only_one_of_its_name() {
        let pairs = || [("Baggage", "old"), ("other", "kept")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        sets_in_place(Vec::from(pairs()));
        sets_in_place(HashMap::from(pairs()));
        sets_in_place(BTreeMap::from(pairs()));
        sets_in_place(Vec::from(pairs().map(|(key, value)| (key, value.into_bytes()))));
    }
}
