//! Which keys a span may have, in 64 bits: most keys that it does not have are told by that, without a look at those that it has.

use super::pairs::Pairs;

/// One bit for each key that was ever added. Two keys may share a bit, so a bit that is set promises nothing; one that is not, does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Marks(u64);

impl Marks {
    pub(crate) const NONE: Marks = Marks(0);

    #[inline]
    pub(crate) fn add(&mut self, key: &str) {
        self.0 |= bit(key);
    }

    /// `false`: it was never added.
    #[inline]
    pub(crate) fn may_have(self, key: &str) -> bool {
        self.0 & bit(key) != 0
    }

    /// `false`: no key was added to both.
    #[inline]
    pub(crate) fn may_share_with(self, other: Marks) -> bool {
        self.0 & other.0 != 0
    }
}

/// Chosen by what costs no look at the whole key: its length and its last byte. The factor puts keys apart whose lengths differ by as much
/// as their last letters.
#[inline]
fn bit(key: &str) -> u64 {
    // Not `last()` with `map_or`, which for each tag takes eight instructions more.
    let last = if let [.., last] = key.as_bytes() { usize::from(*last) } else { 0 };
    1 << ((key.len() * 7 + last) % 64)
}

/// Tags that all spans have which do not say otherwise.
#[derive(Debug)]
pub(crate) struct CommonTags {
    pub(crate) pairs: Pairs,
    pub(crate) marks: Marks,
}

impl CommonTags {
    pub(crate) const NONE: CommonTags = CommonTags { pairs: Pairs::EMPTY, marks: Marks::NONE };
}

impl From<Pairs> for CommonTags {
    fn from(pairs: Pairs) -> CommonTags {
        let mut marks = Marks::NONE;
        pairs.iter().for_each(|pair| marks.add(pair.key_text()));
        CommonTags { pairs, marks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_never_said_to_be_missing_and_most_of_what_was_not_is() {
        let keys: Vec<String> = (0..200).map(|n| format!("{}{}", "k".repeat(n % 40), n)).collect();
        let mut told = 0;
        for (one, others) in keys.iter().enumerate().map(|(at, key)| (key, &keys[at + 1..])) {
            let mut marks = Marks::NONE;
            marks.add(one);
            assert!(marks.may_have(one));
            let common = CommonTags::from(Pairs::of_texts([(one.as_str(), "value")]));
            assert!(marks.may_share_with(common.marks));
            told += others.iter().filter(|other| !marks.may_have(other)).count();
        }
        let pairs = keys.len() * (keys.len() - 1) / 2;
        assert!(told > pairs * 9 / 10, "{told} of {pairs}");
    }

    #[test]
    fn nothing_shares_nothing() {
        let mut marks = Marks::NONE;
        marks.add("");
        assert!(marks.may_have("") && !marks.may_share_with(CommonTags::NONE.marks) && !Marks::NONE.may_have(""));
    }
}
