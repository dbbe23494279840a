//! Ranges of HTTP status codes.

use super::kind::list;

/// Ranges kept; a list that names every code needs fewer.
const MAX_RANGES: usize = 64;

/// Some HTTP status codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StatusRanges(Vec<(u16, u16)>);

impl StatusRanges {
    /// Reads `400-499,503`; the ends of a range may be swapped. Nothing if any part is not like that.
    pub(crate) fn parse(text: &str) -> Option<StatusRanges> {
        let code = |text: &str| text.trim().parse().ok().filter(|code| (0..=999).contains(code));
        let mut ranges = Vec::new();
        for part in list(text) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last): (u16, u16) = (code(first)?, code(last)?);
            ranges.push((first.min(last), first.max(last)));
        }
        (!ranges.is_empty() && ranges.len() <= MAX_RANGES).then_some(StatusRanges(ranges))
    }

    /// Whether `status` is one of them.
    pub(crate) fn contain(&self, status: u16) -> bool {
        self.0.iter().any(|&(first, last)| (first..=last).contains(&status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_ranges_may_be_mixed() {
        for (text, inside, outside) in [
            ("500-599", &[500, 550, 599][..], &[499, 600, 200][..]),
            ("250-200", &[200, 225, 250], &[199, 251]),
            ("400, 404 - 405 ,503", &[400, 404, 405, 503], &[401, 406, 502]),
            ("418,", &[418], &[417, 419]),
        ] {
            let ranges = StatusRanges::parse(text).unwrap();
            assert!(inside.iter().all(|&status| ranges.contain(status)), "{text}");
            assert!(!outside.iter().any(|&status| ranges.contain(status)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", ",", "abc", "400-", "-400", "400-499-500", "400;500", "99999", "4e2", &"1,".repeat(65)] {
            assert_eq!(StatusRanges::parse(text), None, "{text}");
        }
    }
}
