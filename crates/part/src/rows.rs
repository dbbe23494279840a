//! From Arrow columns back to a batch.

use std::ops::Range;

use tracehound_model::{Arrival, Batch};

use crate::decode::Decoder;
use crate::keys::{HTTP_STATUS_CODE, Keys, PARTIAL_VERSION};
use crate::scan::Scanner;
use crate::schema::{Column, Fixed};
use crate::{Error, parent};

/// How much of each row is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Everything.
    All,
    /// What a list needs: ids, parent, start, duration, error, service, name, resource, type, and of the tags only
    /// `http.status_code` (either kind) and the metric `_dd.partial_version`.
    Summary,
}

impl Columns {
    fn wants(self, column: Column, keys: &Keys) -> bool {
        let has_key = |keys: &[String], key: usize, wanted: &[&str]| wanted.contains(&keys[key].as_str());
        match column {
            Column::Fixed(Fixed::SpanId | Fixed::ParentBack | Fixed::ParentId) => false,
            Column::Fixed(_) => true,
            _ if self == Columns::All => true,
            Column::Meta(key) => has_key(&keys.meta, key, &[HTTP_STATUS_CODE]),
            Column::Metric(key) => has_key(&keys.metrics, key, &[HTTP_STATUS_CODE, PARTIAL_VERSION]),
            Column::MetaRest | Column::MetricsRest | Column::Extras => false,
        }
    }
}

/// Rows of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// The rows in the part's order; a chunk is a run of rows with one exact trace id.
    pub batch: Batch,
    /// When each row came.
    pub arrivals: Vec<Arrival>,
}

/// Reads rows that ascend and do not overlap.
pub(crate) fn read(scanner: &Scanner<'_>, rows: &[Range<u32>], columns: Columns) -> Result<Rows, Error> {
    let ids = parent::read(scanner, rows)?;
    let mut decoder = Decoder::new(scanner.keys(), scanner.path());
    let mut scan = scanner.scan(rows, |column| columns.wants(column, scanner.keys()))?;
    let mut done = 0;
    while let Some(batch) = scan.next().transpose()? {
        let of_batch = ids.get(done..done + batch.num_rows());
        let of_batch = of_batch.ok_or_else(|| Error::damaged(scanner.path(), "its columns differ in length"))?;
        decoder.append(&scan.columns, &batch, of_batch)?;
        done += batch.num_rows();
    }
    Ok(decoder.finish())
}
