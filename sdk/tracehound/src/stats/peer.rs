//! Peer tags: what a span that calls out says about whom it called.
//!
//! Which tags those are the agent announces (`/info`, `peer_tags`, some forty). A span has fewer tags than that, so its tags are looked up
//! among the keys and not the other way round.

/// The agent announces some forty; a list of hundreds would be no list of peer tags.
const KEYS_MAX: usize = 256;
/// The longest of the agent's, `messaging.kafka.bootstrap.servers`, has half of it.
const KEY_MAX_BYTES: usize = 66;
/// More than any library sets on one span.
const TAGS_MAX: usize = 16;

/// Where to find the service that the span's service stands in for.
pub(super) const BASE_SERVICE: &str = "_dd.base_service";

/// The keys of peer tags, by their length; none until the agent has announced some.
///
/// Few of them are of one length, so a tag that is no peer tag is mostly known by that.
#[derive(Debug, Default)]
pub(crate) struct PeerKeys(Vec<Vec<String>>);

impl PeerKeys {
    /// The keys that the agent announced, in any order.
    pub(crate) fn new(announced: &[String]) -> PeerKeys {
        let mut by_len = Vec::new();
        for key in announced.iter().take(KEYS_MAX).filter(|key| key.len() <= KEY_MAX_BYTES) {
            if by_len.len() <= key.len() {
                by_len.resize_with(key.len() + 1, Vec::new);
            }
            if let Some(keys) = by_len.get_mut(key.len()) {
                keys.push(key.clone());
            }
        }
        PeerKeys(by_len)
    }

    /// Whether the agent wants no peer tags at all, not even the base service.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a tag of this key is a peer tag.
    pub(super) fn contains(&self, key: &str) -> bool {
        self.0.get(key.len()).is_some_and(|keys| keys.iter().any(|other| other == key))
    }
}

/// The peer tags of one span, sorted by key so that their order makes no second row.
#[derive(Debug, Default)]
pub(super) struct PeerTags<'a> {
    tags: [(&'a str, &'a str); TAGS_MAX],
    len: usize,
}

impl<'a> PeerTags<'a> {
    /// Adds a tag, unless it is empty or too many are there.
    pub(super) fn add(&mut self, key: &'a str, value: &'a str) {
        if value.is_empty() {
            return;
        }
        let place = self.as_slice().partition_point(|&(other, _)| other < key);
        let Some(tail) = self.tags.get_mut(place..=self.len) else { return };
        tail.rotate_right(1);
        if let Some(free) = tail.first_mut() {
            *free = (key, value);
            self.len += 1;
        }
    }

    pub(super) fn as_slice(&self) -> &[(&'a str, &'a str)] {
        self.tags.get(..self.len).unwrap_or_default()
    }
}
