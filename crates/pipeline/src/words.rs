//! The only door through which text enters the batch: each distinct string of the payload is made fit for its use once,
//! and its id in the batch remembered.
//!
//! So the work is paid per distinct string and not per span, and no raw text reaches the disk.

use std::borrow::Cow;

use tracehound_model::limits::MAX_NAME_BYTES;
use tracehound_model::{Batch, BatchBuilder, Extras, RowHead, StringId, Symbol, Symbols, TraceId};

use crate::memo::Memo;
use crate::normalise::{name, service, tag};
use crate::report::{Repair, Report};
use crate::truncate;

/// A text made fit, and what was wrong with it, if that is counted.
pub(crate) type Fit<'t> = (Cow<'t, str>, Option<Repair>);

/// What a string is used as. Each use has its own rule.
#[derive(Clone, Copy)]
pub(crate) enum Use {
    Service,
    Name,
    Resource,
    Type,
    MetaKey,
    MetaValue,
    StructuredKey,
    StructuredValue,
    Env,
    PeerService,
    BaseService,
    MetricsKey,
}

impl Use {
    const COUNT: usize = Use::MetricsKey as usize + 1;

    fn fit<'t>(self, text: &'t str, fallback_service: &'t str) -> Fit<'t> {
        match self {
            Use::Service => service::own(text, fallback_service),
            Use::Name => name::normalise(text),
            Use::Resource => truncate::resource(text),
            Use::Type => kind(text),
            Use::MetaKey => truncate::key(text, Repair::MetaKeyTruncate),
            Use::MetaValue => truncate::value(text),
            Use::StructuredKey | Use::StructuredValue => (Cow::Borrowed(text), None),
            Use::Env => (tag::value(text), None),
            Use::PeerService => service::other(text, Repair::PeerServiceTruncate, Repair::PeerServiceInvalid),
            Use::BaseService => service::other(text, Repair::BaseServiceTruncate, Repair::BaseServiceInvalid),
            Use::MetricsKey => truncate::key(text, Repair::MetricsKeyTruncate),
        }
    }
}

fn kind(text: &str) -> Fit<'_> {
    let cut = truncate::utf8(text, MAX_NAME_BYTES);
    (Cow::Borrowed(cut), (cut.len() < text.len()).then_some(Repair::TypeTruncate))
}

/// A string of the batch, and what had to be repaired to get it.
#[derive(Clone, Copy)]
struct Word {
    id: StringId,
    repair: Option<Repair>,
}

/// The batch being written, and which of its strings stands for which symbol of the payload.
pub(crate) struct Words {
    batch: BatchBuilder,
    memos: [Memo<Word>; Use::COUNT],
    fallback_service: String,
}

impl Words {
    /// An empty batch for the payload of a tracer of this language, or of an unknown one if that is empty.
    pub(crate) fn new(language: &str) -> Words {
        Words { batch: BatchBuilder::new(), memos: Default::default(), fallback_service: service::fallback(language) }
    }

    /// Memory in use, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.batch.bytes() + self.memos.iter().map(Memo::bytes).sum::<usize>()
    }

    pub(crate) fn into_batch(self) -> Batch {
        self.batch.build()
    }

    fn word(&mut self, used_as: Use, symbol: Symbol, symbols: &Symbols<'_>) -> Word {
        self.memos[used_as as usize].get(symbol, || {
            let (text, repair) = used_as.fit(symbols.get(symbol), &self.fallback_service);
            Word { id: self.batch.intern(&text), repair }
        })
    }
}

/// Writes the strings and rows of one chunk, and counts what it repairs.
pub(crate) struct Writer<'w, 'body> {
    pub(crate) symbols: &'w Symbols<'body>,
    pub(crate) words: &'w mut Words,
    pub(crate) report: &'w mut Report,
}

impl Writer<'_, '_> {
    /// The id in the batch of a string of the payload, made fit for its use.
    pub(crate) fn word(&mut self, used_as: Use, symbol: Symbol) -> StringId {
        let Word { id, repair } = self.words.word(used_as, symbol, self.symbols);
        if let Some(repair) = repair {
            self.report.repair(repair);
        }
        id
    }

    pub(crate) fn begin_chunk(&mut self, id: TraceId) {
        self.words.batch.begin_chunk(id);
    }

    /// Adds a row; what follows belongs to it.
    pub(crate) fn row(&mut self, head: RowHead) {
        self.words.batch.push(head);
    }

    pub(crate) fn tag(&mut self, key: (Use, Symbol), value: (Use, Symbol)) {
        let key = self.word(key.0, key.1);
        let value = self.word(value.0, value.1);
        self.words.batch.tag(key, value);
    }

    pub(crate) fn metric(&mut self, key: Symbol, value: f64) {
        let key = self.word(Use::MetricsKey, key);
        self.words.batch.metric(key, value);
    }

    /// Says of the row that it is the entry into its service.
    pub(crate) fn mark_top_level(&mut self) {
        let key = self.words.batch.intern("_top_level");
        self.words.batch.metric(key, 1.0);
    }

    pub(crate) fn extras(&mut self, extras: Box<Extras>) {
        self.words.batch.extras(extras);
    }
}
