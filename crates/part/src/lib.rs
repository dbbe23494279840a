//! One immutable file of spans, and the index of its traces beside it.
//!
//! A part is written once, from the batches of a full memtable, and then only read. Its rows are sorted by trace, so that a
//! trace is a run of rows; its columns are those of the data at hand, so that a tag costs little where many spans have it.
//! How they are laid out is nobody's business outside: what goes in and comes out are the model's batches.
//!
//! `spans/<name>.parquet` holds the rows, `spans/<name>.idx` where each trace's rows are. Bytes: docs/formats/part.md. Every
//! byte is verified against a checksum before it is used.

mod decode;
mod encode;
mod entry;
mod error;
pub mod extras;
mod footer;
mod keys;
mod le;
mod name;
mod order;
pub mod packed;
mod parent;
mod part;
mod rebuild;
mod rows;
mod scan;
mod schema;
mod seal;
mod sidecar;
mod tags;
mod write;

pub use entry::{Position, TraceEntry};
pub use error::{Error, ErrorKind};
pub use footer::PartMeta;
pub use name::{DIRECTORY, ParsePartNameError, PartName, list, remove, sweep};
pub use part::{Newest, Part};
pub use rows::{Columns, Rows};
pub use write::write;
