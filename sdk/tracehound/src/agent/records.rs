//! Stats records that wait to be counted, in pages: counting one is so little work that anybody may do it.

use std::collections::VecDeque;

/// When a page is full, in bytes: some 300 records, which take about 50 µs to count.
const PAGE: usize = 32 * 1024;

/// When the sender is woken before its time, in bytes.
const MANY: usize = 256 * 1024;

/// When the sender's thread has fallen so far behind that whoever brings records counts some himself, in bytes.
const TOO_MANY: usize = 2 * 1024 * 1024;

/// The bound on everything that waits, in bytes.
const MAX: usize = 4 * 1024 * 1024;

/// Pages in the order they came.
#[derive(Default)]
pub(super) struct Records {
    pages: VecDeque<Vec<u8>>,
    /// Of all pages.
    bytes: usize,
}

impl Records {
    /// Appends whole records; false if there is no room for them.
    pub(super) fn push(&mut self, records: &[u8]) -> bool {
        if self.bytes + records.len() > MAX {
            return false;
        }
        self.bytes += records.len();
        match self.pages.back_mut().filter(|page| page.len() + records.len() <= PAGE) {
            Some(page) => page.extend_from_slice(records),
            None => {
                let mut page = Vec::with_capacity(PAGE.max(records.len()));
                page.extend_from_slice(records);
                self.pages.push_back(page);
            }
        }
        true
    }

    /// Takes out the oldest page.
    pub(super) fn take_page(&mut self) -> Option<Vec<u8>> {
        let page = self.pages.pop_front()?;
        self.bytes -= page.len();
        Some(page)
    }

    pub(super) fn pages(&self) -> usize {
        self.pages.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Whether there is reason to wake the sender's thread.
    pub(super) fn are_many(&self) -> bool {
        self.bytes >= MANY
    }

    /// Whether the sender's thread needs help.
    pub(super) fn are_too_many(&self) -> bool {
        self.bytes >= TOO_MANY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As long as a usual record.
    const RECORD: [u8; 100] = [7; 100];

    /// Takes out all pages; their lengths.
    fn lens(records: &mut Records) -> Vec<usize> {
        std::iter::from_fn(|| records.take_page()).map(|page| page.len()).collect()
    }

    #[test]
    fn a_page_takes_whole_records_and_is_taken_whole() {
        let mut records = Records::default();
        (0..1_000).for_each(|_| assert!(records.push(&RECORD)));
        assert_eq!(records.pages(), 4);
        assert_eq!(lens(&mut records), [32_700, 32_700, 32_700, 1_900]);
        assert!(records.is_empty());
    }

    #[test]
    fn records_that_come_together_stay_together_however_many() {
        let mut records = Records::default();
        for len in [10, 100_000, 10] {
            assert!(records.push(&vec![0; len]));
        }
        assert_eq!(lens(&mut records), [10, 100_000, 10]);
        assert!(!records.are_many());
    }

    #[test]
    fn they_have_an_end_and_ask_for_help_long_before_it() {
        let mut records = Records::default();
        let mut pushed_until = |stop: fn(&Records) -> bool| {
            let mut pushed = 0;
            while !stop(&records) && records.push(&RECORD) {
                pushed += RECORD.len();
            }
            pushed
        };
        let few = pushed_until(Records::are_many);
        let more = few + pushed_until(Records::are_too_many);
        let all = more + pushed_until(|_| false);
        assert_eq!([few, more, all], [262_200, 2_097_200, 4_194_300], "256 KiB, 2 MiB and 4 MiB");
        records.take_page();
        assert!(records.push(&RECORD), "there is room again");
    }
}
