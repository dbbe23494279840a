//! Which string comes next, guessed from the spans before.
//!
//! Spans of one place in a program have the same keys in the same order, and many the same values. A right guess costs a
//! comparison instead of a hash; a wrong one costs a comparison more.

use tracehound_model::Symbol;

/// What spans had last.
#[derive(Default)]
pub(crate) struct Guesses {
    /// The texts of the span before.
    pub(crate) service: Symbol,
    pub(crate) name: Symbol,
    pub(crate) resource: Symbol,
    pub(crate) kind: Symbol,
    /// The key of `meta` that came behind each key.
    pub(crate) next_in_meta: ByKey,
    /// The value that each key of `meta` had.
    pub(crate) value: ByKey,
    /// The key of `metrics` that came behind each key.
    pub(crate) next_in_metrics: ByKey,
}

/// How many keys are remembered: tracers use some dozens.
const KEYS: usize = 256;

/// A symbol for each key. Keys that share a place cost each other their guesses and nothing else.
pub(crate) struct ByKey([Symbol; KEYS]);

impl Default for ByKey {
    fn default() -> Self {
        ByKey([Symbol::default(); KEYS])
    }
}

impl ByKey {
    /// The symbol that was last noted for `key`.
    #[inline]
    pub(crate) fn at(&mut self, key: Symbol) -> &mut Symbol {
        &mut self.0[key.0 as usize % KEYS]
    }
}
