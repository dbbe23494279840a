//! The nouns that every other crate shares.
//!
//! A span lives twice. As it is decoded it stands in a [`Chunk`], whose strings are [`Symbol`]s into a table that borrows
//! from the request body. Once the pipeline has kept it, it stands in a [`Batch`]: columns of rows, strings owned and
//! stored once. The log, the memtable, the parts and every query work on batches.
//!
//! Nothing here knows bytes on the wire or on disk; those are converted at the rim.

mod attribute;
mod batch;
mod chunk;
mod id;
pub mod limits;
mod strings;
mod time;
mod version;

pub use attribute::{Attribute, Event, Extras, Link};
pub use batch::{Batch, BatchBuilder, ChunkRows, RowHead, SpanRef};
pub use chunk::{Chunk, Span};
pub use id::{ParseTraceIdError, TraceId};
pub use strings::{StringId, Strings, Symbol, Symbols};
pub use time::{Nanos, UnixNanos};
pub use version::{Arrival, Version};
