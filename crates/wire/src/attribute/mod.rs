//! Typed values of links and events, in the two shapes in which they are sent.
//!
//! Plain: the value is itself, as in the JSON of the tags `events` and `_dd.span_links`. Declared: a map that names the
//! type and holds the value under a key of that type, as in the field `span_events`; there an array holds such maps, and
//! maps cannot be said. Source: agent-protocol 2.1.

mod declared;
mod plain;

use tracehound_model::Attribute;

use crate::budget::{Room, TooLarge};
use crate::number::Number;
use crate::text::Text;
pub(crate) use declared::{DeclaredPairs, declarable, write_declared};
pub(crate) use plain::{List, Pairs, write_pairs};

/// Values by key, in the order they were sent.
pub(crate) type Attributes = Vec<(Box<str>, Attribute)>;

/// A number as an attribute: whole where it was sent whole and fits.
pub(crate) fn of_number(number: Number) -> Attribute {
    match number {
        Number::Unsigned(n) => i64::try_from(n).map_or(Attribute::Double(n as f64), Attribute::Int),
        Number::Signed(n) => Attribute::Int(n),
        Number::Float(n) => Attribute::Double(n),
    }
}

/// The key of a pair, for which and whose value room is taken.
fn key_of_pair(key: Text<'_>, room: &mut Room) -> Result<Box<str>, TooLarge> {
    room.take(size_of::<(Box<str>, Attribute)>())?;
    room.copy(&key.into_str())
}
