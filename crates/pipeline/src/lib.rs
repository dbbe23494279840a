//! From tracer payload to kept rows, in the agent's order of work.
//!
//! A [`Processor`] takes the chunks of one payload and writes what is kept to one [`Batch`]. The numbers are those of
//! the agent's own list, so that the two can be read side by side. What stands in parentheses is the agent's alone: here
//! are no filters, obfuscation, replacements, statistics or samplers, and nothing is forwarded.
//!
//! ```text
//!  1  drop an empty chunk                              check
//!  2  drop a chunk whose ids are unusable              check
//!     repair every span                                normalise
//!  3  find the root, lift the chunk's attributes       root, attributes
//!  4  (ignore_resources)
//!  5  (filter_tags)
//!  6  (global tags, obfuscation) truncate              truncate
//!  7  (replace_tags)
//!  8  (client rate of the root)
//!  9  mark top-level spans                             top_level
//! 10  (hostname, env and version of the payload)
//! 11  (statistics)
//! 12  (samplers)
//! 13  (event extraction, single-span sampling)
//! 14  keep the chunk                                   append
//! 15  (install tags)
//! 16  (split what is forwarded)
//! ```
//!
//! Steps 2 and 6 are mostly about strings, and a payload says the same strings over and over. So each distinct string is
//! made fit once per use and remembered (`words`), and only then enters the batch: raw text never does. That is why the
//! tags of a span are repaired and cut as its row is written.
//!
//! Nothing fails: what cannot be repaired is dropped and counted, and the [`Report`] adds up.
//!
//! Source: agent-protocol 3 and 5.1; differences from the agent are listed in docs/deviations.md.

mod append;
mod attributes;
mod check;
mod memo;
mod normalise;
mod report;
mod roles;
mod root;
mod span_ids;
mod top_level;
mod truncate;
mod words;

use tracehound_model::{Batch, Chunk, Symbols, UnixNanos};

use crate::report::DropReason;
use crate::roles::Roles;
use crate::span_ids::SpanIds;
use crate::words::{Words, Writer};

pub use crate::attributes::ChunkAttributes;
pub use crate::report::{Report, Volume};

/// What is known of a payload besides its chunks.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The tracer's language from the header `Datadog-Meta-Lang`, or empty.
    pub language: &'a str,
    /// Whether the tracer says, by `Datadog-Client-Computed-Top-Level`, that it has marked its top-level spans itself.
    pub client_computed_top_level: bool,
    /// The wall clock; only stands in for impossible starts.
    pub now: UnixNanos,
}

/// Turns the chunks of one payload into rows.
pub struct Processor<'a> {
    context: Context<'a>,
    roles: Roles,
    words: Words,
    report: Report,
}

impl<'a> Processor<'a> {
    /// A processor for one payload.
    pub fn new(context: Context<'a>) -> Processor<'a> {
        let words = Words::new(context.language);
        Processor { context, roles: Roles::default(), words, report: Report::default() }
    }

    /// Takes one chunk through all steps. Its rows follow those of earlier chunks, in the order the spans were sent.
    ///
    /// - `symbols`: the payload's strings, the same table in every call; it may have grown since the last one.
    ///
    /// Returns what the chunk says of its trace, or none if it was dropped; the report then has the reason.
    pub fn append(&mut self, symbols: &Symbols<'_>, chunk: &Chunk) -> Option<ChunkAttributes> {
        self.report.receive(chunk);
        match self.process(symbols, chunk) {
            Ok(attributes) => {
                self.report.keep(chunk, attributes.priority);
                Some(attributes)
            }
            Err(reason) => {
                self.report.drop(chunk, reason);
                None
            }
        }
    }

    fn process(&mut self, symbols: &Symbols<'_>, chunk: &Chunk) -> Result<ChunkAttributes, DropReason> {
        let Processor { context, roles, words, report } = self;
        let mut writer = Writer { symbols, words, report };

        check::not_empty(chunk)?; // 1
        check::ids(chunk)?; // 2
        let heads = normalise::heads(chunk, context.now, &mut writer); // 2
        let ids = SpanIds::of(&heads, writer.report); // 2
        let root = root::find(&heads, &ids); // 3
        let attributes = attributes::lift(chunk, root, symbols, roles); // 3
        let top_level = top_level::find(chunk, &heads, &ids, *context, symbols, roles); // 9
        append::rows(attributes.trace_id, chunk, &heads, &top_level, roles, &mut writer); // 2, 6, 14
        Ok(attributes)
    }

    /// Memory held between two chunks, in bytes: the batch so far and what is remembered of the payload's strings.
    pub fn bytes(&self) -> usize {
        self.words.bytes() + self.roles.bytes()
    }

    /// The kept rows, and what became of every span.
    pub fn finish(self) -> (Batch, Report) {
        debug_assert!(self.report.closes(), "the ledger does not close: {:?}", self.report);
        (self.words.into_batch(), self.report)
    }
}
