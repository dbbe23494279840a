//! Questions to the store, answered over one snapshot each: a trace by its id, and the newest traces page by page.
//!
//! Every answer is made in the same four steps: find the runs of rows ([`tracehound_store::Snapshot`]), join what belongs
//! to one trace (`join`), read, and fold copies of a span into one (`fold`).

mod error;
mod fold;
mod join;
mod list;
mod lookup;
mod trace;

pub use error::Error;
pub use fold::Found;
pub use list::{Cursor, Page, Root, TraceRow, list};
pub use lookup::TraceKey;
pub use trace::{Trace, trace};
