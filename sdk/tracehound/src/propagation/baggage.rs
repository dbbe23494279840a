//! Baggage: items that travel with a trace to every service it reaches, set by applications for one another.

use std::sync::Arc;

/// The items that a span holds at most; further ones are not set. Ours: sixteen times what goes out, so that nothing that is sent is lost.
const MAX_ITEMS: usize = 1_024;

/// The entry of `DD_TRACE_BAGGAGE_TAG_KEYS` that stands for all keys, if it is the only one.
const ALL_KEYS: &str = "*";

/// Items in the order in which they were set. Children share their parent's until one of them changes something.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Baggage(Option<Arc<Vec<(String, String)>>>);

impl Baggage {
    pub(crate) const fn new() -> Baggage {
        Baggage(None)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items().is_empty()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|&(other, _)| other == key).map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.items().iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Sets an item; one that was there keeps its place.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        let items = Arc::make_mut(self.0.get_or_insert_default());
        if let Some((_, old)) = items.iter_mut().find(|(other, _)| other == key) {
            value.clone_into(old);
        } else if items.len() < MAX_ITEMS {
            items.push((key.to_owned(), value.to_owned()));
        }
    }

    pub(crate) fn remove(&mut self, key: &str) {
        // Items shared with a parent are not copied for nothing.
        if self.get(key).is_none() {
            return;
        }
        if let Some(items) = &mut self.0 {
            Arc::make_mut(items).retain(|(other, _)| other != key);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }

    /// The tags for the items with these keys: `baggage.` and the key. A `*` means all keys if it stands alone, else only itself. An
    /// entry may be written as `key=value`; the value means nothing.
    pub(super) fn tags(&self, keys: &[String]) -> Vec<(String, String)> {
        let all = matches!(keys, [only] if only == ALL_KEYS);
        let wanted = |key: &str| all || keys.iter().any(|entry| entry.split('=').next() == Some(key));
        let items = self.iter().filter(|&(key, _)| wanted(key));
        items.map(|(key, value)| (["baggage.", key].concat(), value.to_owned())).collect()
    }

    fn items(&self) -> &[(String, String)] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(items: &[(&str, &str)]) -> Baggage {
        let mut baggage = Baggage::new();
        for (key, value) in items {
            baggage.set(key, value);
        }
        baggage
    }

    #[test]
    fn items_are_set_read_and_removed_one_by_one_and_all_at_once() {
        let mut baggage = of(&[("baz", "qux"), ("userId", "Amélie"), ("serverNode", "DF 28")]);
        assert_eq!(baggage.get("userId"), Some("Amélie"));
        assert_eq!(baggage.get("userid"), None);
        baggage.set("baz", "other");
        assert_eq!(baggage, of(&[("baz", "other"), ("userId", "Amélie"), ("serverNode", "DF 28")]));
        baggage.remove("baz");
        baggage.remove("userId");
        baggage.remove("never there");
        assert_eq!(baggage.iter().collect::<Vec<_>>(), [("serverNode", "DF 28")]);
        baggage.clear();
        assert!(baggage.is_empty());
        assert_eq!(baggage.get("serverNode"), None);
    }

    #[test]
    fn a_child_changes_its_own_items_only() {
        let parent = of(&[("a", "1")]);
        let mut child = parent.clone();
        child.set("b", "2");
        child.remove("a");
        assert_eq!(parent, of(&[("a", "1")]));
        assert_eq!(child, of(&[("b", "2")]));
    }

    #[test]
    fn items_beyond_the_limit_are_not_set_but_those_there_change() {
        let mut baggage = Baggage::new();
        for n in 0..=MAX_ITEMS {
            baggage.set(&n.to_string(), "old");
        }
        baggage.set("0", "new");
        assert_eq!(baggage.iter().count(), MAX_ITEMS);
        assert_eq!(baggage.get("0"), Some("new"));
        assert_eq!(baggage.get(&MAX_ITEMS.to_string()), None);
    }

    #[test]
    fn items_become_tags_by_their_key() {
        let baggage = of(&[("user.id", "doggo"), ("account.id", "17"), ("foo", "bar"), ("feature*flag", "xyz")]);
        let table: &[(&[&str], &[&str])] = &[
            (&["user.id", "session.id", "account.id"], &["baggage.user.id=doggo", "baggage.account.id=17"]),
            (&["session.id", "foo"], &["baggage.foo=bar"]),
            (&["account.id", "feature*flag=xyz"], &["baggage.account.id=17", "baggage.feature*flag=xyz"]),
            (&["feature*flag"], &["baggage.feature*flag=xyz"]),
            (&["user*"], &[]),
            (&["*", "foo"], &["baggage.foo=bar"]),
            (
                &["*"],
                &["baggage.user.id=doggo", "baggage.account.id=17", "baggage.foo=bar", "baggage.feature*flag=xyz"],
            ),
            (&[], &[]),
            (&[""], &[]),
        ];
        for &(keys, expected) in table {
            let keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
            let tags: Vec<String> = baggage.tags(&keys).iter().map(|(key, value)| format!("{key}={value}")).collect();
            assert_eq!(tags, expected, "{keys:?}");
        }
    }
}
