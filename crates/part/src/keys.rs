//! Which tag keys get a column of their own, and which share the map of the rest.
//!
//! A column costs a page per 8,192 rows even where it is empty; the map costs a key per value. So keys that one row in a
//! thousand has get a column, the most filled first, up to a limit.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use tracehound_model::{Batch, StringId};

/// Most columns for keys of both kinds together. Source: storage 5.2.
pub(crate) const MAX_COLUMNS: usize = 256;

/// A key needs one row in this many.
const MIN_FILL: u64 = 1_000;

/// Keys that have a column wherever they occur, so that list rows are read without the maps.
pub(crate) const HTTP_STATUS_CODE: &str = "http.status_code";
pub(crate) const PARTIAL_VERSION: &str = "_dd.partial_version";
const PINNED: [&str; 2] = [HTTP_STATUS_CODE, PARTIAL_VERSION];

/// The keys that have columns, in the order of these.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Keys {
    pub(crate) meta: Vec<String>,
    pub(crate) metrics: Vec<String>,
}

impl Keys {
    /// Chooses by how many rows have a key. Rows that will be folded count too: what is chosen differs by nothing that
    /// matters.
    pub(crate) fn choose(batches: &[(u64, Arc<Batch>)]) -> Keys {
        let rows: u64 = batches.iter().map(|(_, batch)| u64::from(batch.rows())).sum();
        let is_filled = |key: &str, count: u64| count * MIN_FILL >= rows || PINNED.contains(&key);
        let mut meta = BTreeMap::new();
        let mut metrics = BTreeMap::new();
        for (_, batch) in batches {
            let spans = (0..batch.rows()).map(|row| batch.span(row));
            count(batch, spans.clone().flat_map(|span| span.meta_ids()).map(|(key, _)| *key), &mut meta);
            count(batch, spans.flat_map(|span| span.metric_ids()).map(|(key, _)| *key), &mut metrics);
        }
        let meta = meta.into_iter().map(|(key, count)| (key, count, true));
        let metrics = metrics.into_iter().map(|(key, count)| (key, count, false));
        let mut chosen: Vec<_> = meta.chain(metrics).filter(|(key, count, _)| is_filled(key, *count)).collect();
        chosen.sort_by_key(|(key, count, _)| (!PINNED.contains(key), Reverse(*count)));
        chosen.truncate(MAX_COLUMNS);

        let of_kind = |is_meta| {
            let of_kind = chosen.iter().filter(move |(_, _, kind)| *kind == is_meta);
            of_kind.map(|(key, _, _)| (*key).to_owned()).collect()
        };
        Keys { meta: of_kind(true), metrics: of_kind(false) }
    }
}

fn count<'a>(batch: &'a Batch, keys: impl Iterator<Item = StringId>, counts: &mut BTreeMap<&'a str, u64>) {
    let mut of_batch = vec![0_u32; batch.strings().len()];
    for key in keys {
        of_batch[key.0 as usize] += 1;
    }
    for (key, rows) in batch.strings().iter().zip(of_batch).filter(|(_, rows)| *rows > 0) {
        *counts.entry(key).or_default() += u64::from(rows);
    }
}

/// For the strings of one batch, the column of each that is a key.
pub(crate) struct Places(Vec<u16>);

/// What a string has that is no key with a column.
const REST: u16 = u16::MAX;

impl Places {
    pub(crate) fn new(batch: &Batch, keys: &[String]) -> Places {
        let mut sorted: Vec<_> = keys.iter().map(String::as_str).zip(0_u16..).collect();
        sorted.sort_unstable();
        let place = |text| sorted.binary_search_by_key(&text, |(key, _)| *key).map_or(REST, |at| sorted[at].1);
        Places(batch.strings().iter().map(place).collect())
    }

    /// The column of a key, none if it belongs to the rest.
    pub(crate) fn column(&self, key: StringId) -> Option<usize> {
        Some(self.0[key.0 as usize]).filter(|column| *column != REST).map(usize::from)
    }
}

#[cfg(test)]
mod tests {
    use tracehound_model::{BatchBuilder, RowHead, TraceId};

    use super::*;

    /// `rows` rows; each tag is (key, how many rows have it).
    fn batches(rows: u32, meta: &[(&str, u32)], metrics: &[(&str, u32)]) -> Vec<(u64, Arc<Batch>)> {
        let mut builder = BatchBuilder::new();
        builder.begin_chunk(TraceId { high: 0, low: 1 });
        for row in 0..rows {
            builder.push(RowHead { span_id: u64::from(row), ..RowHead::default() });
            for (key, _) in meta.iter().filter(|(_, filled)| row < *filled) {
                let key = builder.intern(key);
                builder.tag(key, key);
            }
            for (key, _) in metrics.iter().filter(|(_, filled)| row < *filled) {
                let key = builder.intern(key);
                builder.metric(key, 1.0);
            }
        }
        vec![(1, Arc::new(builder.build()))]
    }

    #[test]
    fn a_key_of_one_row_in_a_thousand_has_a_column_and_a_rarer_one_has_none() {
        let batches = batches(3_000, &[("rare", 2), ("enough", 3), ("all", 3_000)], &[("rare", 2), ("enough", 3)]);
        let keys = Keys::choose(&batches);
        assert_eq!(keys.meta, ["all", "enough"]);
        assert_eq!(keys.metrics, ["enough"]);
    }

    #[test]
    fn the_keys_of_list_rows_have_a_column_however_rare() {
        let batches =
            batches(5_000, &[("http.status_code", 1)], &[("http.status_code", 1), ("_dd.partial_version", 1)]);
        let keys = Keys::choose(&batches);
        assert_eq!(keys.meta, ["http.status_code"]);
        assert_eq!(keys.metrics, ["_dd.partial_version", "http.status_code"]);
    }

    #[test]
    fn beyond_256_columns_the_most_filled_of_both_kinds_stay() {
        let names: Vec<_> = (0..300).map(|n| format!("k{n:03}")).collect();
        let meta: Vec<_> = names.iter().map(|name| (name.as_str(), 5)).collect();
        let keys = Keys::choose(&batches(10, &meta, &[("more", 6), ("less", 4)]));
        assert_eq!(keys.metrics, ["more"]);
        assert_eq!(keys.meta, names[..255]);
    }
}
