//! One span of several copies. The rule itself is [`Version::supersedes`].

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tracehound_model::{Batch, SpanRef, Version};
use tracehound_store::Rows;

/// A span that was found.
#[derive(Clone)]
pub struct Found {
    batch: Arc<Batch>,
    row: u32,
}

impl Found {
    /// The span.
    pub fn span(&self) -> SpanRef<'_> {
        self.batch.span(self.row)
    }
}

/// What makes two rows of one trace copies of the same span. Span ids alone do not: a client span and the server's can
/// share one in tracers that propagate theirs.
type Identity<'a> = (u64, &'a str, &'a str);

/// The rows of one trace without the copies that another one supersedes, in the order in which each span first occurs.
pub(crate) fn fold<'a>(read: impl Iterator<Item = (&'a Rows, Version, u32)>) -> Vec<Found> {
    let mut shown: Vec<(Version, &'a Rows, u32)> = Vec::new();
    let mut places: HashMap<Identity<'a>, usize, RandomState> = HashMap::default();
    for (rows, version, row) in read {
        let span = rows.span(row);
        let identity = (span.head().span_id, span.service(), span.name());
        let place = *places.entry(identity).or_insert(shown.len());
        match shown.get_mut(place) {
            None => shown.push((version, rows, row)),
            Some(earlier) if version.supersedes(&earlier.0) => *earlier = (version, rows, row),
            Some(_) => {}
        }
    }
    shown.into_iter().map(|(_, rows, row)| Found { batch: rows.batch().clone(), row }).collect()
}
