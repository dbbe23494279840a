//! What a part says about itself: JSON in the key-values of the Parquet footer.

use serde::{Deserialize, Serialize};
use tracehound_model::UnixNanos;

use crate::keys::Keys;
use crate::{Error, PartName};

/// The key under which the footer has it.
pub(crate) const KEY: &str = "tracehound";

/// What is known of a part without reading its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartMeta {
    /// Its name, and with it the sequence numbers of the first and last batch it holds rows of.
    pub name: PartName,
    /// Parts whose rows are all in this one.
    pub replaces: Vec<PartName>,
    /// Number of rows, at least one.
    pub rows: u32,
    /// Number of exact trace ids.
    pub traces: u32,
    /// Earliest start.
    pub min_start: UnixNanos,
    /// Latest end.
    pub max_end: UnixNanos,
    /// How many rows were left out because a copy of the same span supersedes them.
    pub folded: u64,
    /// Size of both files.
    pub bytes: u64,
}

/// The JSON. The format stands in the seal, where it can be read before anything else.
#[derive(Serialize, Deserialize)]
pub(crate) struct Footer {
    first_sequence: u64,
    last_sequence: u64,
    replaces: Vec<String>,
    pub(crate) rows: u32,
    traces: u32,
    min_start: UnixNanos,
    max_end: UnixNanos,
    folded: u64,
    meta: Vec<String>,
    metrics: Vec<String>,
}

impl Footer {
    pub(crate) fn new(part: &PartMeta, keys: &Keys) -> Footer {
        Footer {
            first_sequence: part.name.first_sequence,
            last_sequence: part.name.last_sequence,
            replaces: part.replaces.iter().map(PartName::to_string).collect(),
            rows: part.rows,
            traces: part.traces,
            min_start: part.min_start,
            max_end: part.max_end,
            folded: part.folded,
            meta: keys.meta.clone(),
            metrics: keys.metrics.clone(),
        }
    }

    pub(crate) fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| Error::Bug(format!("footer: {error}")))
    }

    /// What was written under `name`; `bytes` is not known here and 0.
    pub(crate) fn read(json: &str, name: &PartName, path: &str) -> Result<(PartMeta, Keys), Error> {
        let footer: Footer = serde_json::from_str(json).map_err(|error| Error::damaged(path, error))?;
        if (footer.first_sequence, footer.last_sequence) != (name.first_sequence, name.last_sequence) {
            let (first, last) = (footer.first_sequence, footer.last_sequence);
            return Err(Error::damaged(path, format_args!("it holds batches {first:016x} to {last:016x}")));
        }
        let replaces = footer.replaces.iter().map(|name| name.parse()).collect::<Result<_, _>>();
        let meta = PartMeta {
            name: *name,
            replaces: replaces.map_err(|error| Error::damaged(path, error))?,
            rows: footer.rows,
            traces: footer.traces,
            min_start: footer.min_start,
            max_end: footer.max_end,
            folded: footer.folded,
            bytes: 0,
        };
        Ok((meta, Keys { meta: footer.meta, metrics: footer.metrics }))
    }
}
