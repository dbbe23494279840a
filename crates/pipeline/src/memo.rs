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
    /// The value of `symbol`, from `make` when it is asked for the first time.
    #[inline]
    pub(crate) fn get(&mut self, symbol: Symbol, make: impl FnOnce() -> T) -> T {
        let place = symbol.0 as usize;
        match self.known.get(place) {
            Some(&Some(value)) => value,
            _ => self.put(place, make()),
        }
    }

    #[inline(never)]
    fn put(&mut self, place: usize, value: T) -> T {
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
    fn a_value_is_made_once_per_symbol() {
        let mut memo = Memo::default();
        let mut made = Vec::new();
        let asked = [5, 0, 5, 4, 0].map(|i| {
            memo.get(Symbol(i), || {
                made.push(i);
                i * 10
            })
        });
        assert_eq!(asked, [50, 0, 50, 40, 0]);
        assert_eq!(made, [5, 0, 4]);
    }
}
