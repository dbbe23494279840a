//! Remembers a value per symbol.

use tracehound_model::Symbol;

/// Values by symbol, filled on demand: one vector, as symbols are small dense numbers.
pub(crate) struct Memo<T> {
    known: Vec<Option<T>>,
}

impl<T> Default for Memo<T> {
    fn default() -> Memo<T> {
        Memo { known: Vec::new() }
    }
}

impl<T: Copy> Memo<T> {
    pub(crate) fn get(&self, symbol: Symbol) -> Option<T> {
        self.known.get(symbol.0 as usize).copied().flatten()
    }

    /// Remembers `value` and gives it back.
    pub(crate) fn put(&mut self, symbol: Symbol, value: T) -> T {
        let place = symbol.0 as usize;
        if place >= self.known.len() {
            self.known.resize(place + 1, None);
        }
        self.known[place] = Some(value);
        value
    }

    /// Memory in use, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.known.capacity() * size_of::<Option<T>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memo_knows_what_was_put_and_nothing_else() {
        let mut memo = Memo::default();
        assert_eq!(memo.put(Symbol(5), 'x'), 'x');
        assert_eq!([4, 5, 6, u32::MAX].map(|i| memo.get(Symbol(i))), [None, Some('x'), None, None]);
        memo.put(Symbol(0), 'y');
        assert_eq!([0, 5].map(|i| memo.get(Symbol(i))), [Some('y'), Some('x')]);
    }
}
