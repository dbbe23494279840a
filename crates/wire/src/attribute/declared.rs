//! Values that declare their type: `{type: 2, int_value: 5}`.
//!
//! | type | key |
//! | --- | --- |
//! | 0 | `string_value` |
//! | 1 | `bool_value` |
//! | 2 | `int_value` |
//! | 3 | `double_value` |
//! | 4 | `array_value`: `{values: […]}`, each of type 0 to 3 |
//!
//! The type and the values are fields of their own, so that any of them can be missing.

use tracehound_model::Attribute;

use super::{Attributes, key_of_pair};
use crate::budget::Room;
use crate::msgpack::Writer;
use crate::number::Number;
use crate::text::Text;
use crate::value::{Elements, Fields, Value};

/// The keys of values by the number of their type.
const KEYS: [&str; 5] = ["string_value", "bool_value", "int_value", "double_value", "array_value"];

/// Takes a map of declared values.
pub(crate) struct DeclaredPairs<'room> {
    room: &'room mut Room,
    pub(crate) pairs: Attributes,
}

impl<'room> DeclaredPairs<'room> {
    pub(crate) fn new(room: &'room mut Room) -> Self {
        DeclaredPairs { room, pairs: Vec::new() }
    }
}

impl<'body> Fields<'body> for DeclaredPairs<'_> {
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error> {
        let key = key_of_pair(key, self.room).map_err(V::refused)?;
        let mut declared = Declared::new(self.room);
        value.map(&mut declared)?;
        self.pairs.push((key, declared.finish()));
        Ok(())
    }
}

/// A declared value while its keys come, in any order.
struct Declared<'room> {
    room: &'room mut Room,
    kind: Option<u64>,
    /// The values by the number of their type.
    values: [Option<Attribute>; 5],
}

impl<'room> Declared<'room> {
    fn new(room: &'room mut Room) -> Self {
        Declared { room, kind: None, values: Default::default() }
    }

    /// The value of the declared type, or its zero if that was not sent; without a type we know, the value that was.
    fn finish(self) -> Attribute {
        let mut values = self.values;
        let declared = self.kind.and_then(|kind| usize::try_from(kind).ok()).filter(|&kind| kind < values.len());
        let sent = || values.iter().position(Option::is_some);
        let kind = declared.or_else(sent).unwrap_or(0);
        values[kind].take().unwrap_or_else(|| match kind {
            0 => Attribute::String(Box::default()),
            1 => Attribute::Bool(false),
            2 => Attribute::Int(0),
            3 => Attribute::Double(0.0),
            _ => Attribute::List(Vec::new()),
        })
    }
}

impl<'body> Fields<'body> for Declared<'_> {
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error> {
        let Some(kind) = KEYS.iter().position(|name| name.as_bytes() == key.as_bytes()) else {
            if key.as_bytes() != b"type" {
                return value.skip();
            }
            self.kind = Some(value.number("the number of a type", Number::as_u64)?);
            return Ok(());
        };
        self.values[kind] = Some(match kind {
            0 => Attribute::String(self.room.copy(&value.text()?.into_str()).map_err(V::refused)?),
            1 => Attribute::Bool(value.number("a boolean", |n| Some(n.is_set()))?),
            2 => Attribute::Int(value.number("a 64-bit integer", Number::as_i64)?),
            3 => Attribute::Double(value.number("a number", |n| Some(n.as_f64()))?),
            _ => {
                let mut list = DeclaredList { room: self.room, values: Vec::new() };
                value.map(&mut list)?;
                Attribute::List(list.values)
            }
        });
        Ok(())
    }
}

/// Takes `{"values": [declared, …]}`.
struct DeclaredList<'room> {
    room: &'room mut Room,
    values: Vec<Attribute>,
}

impl<'body> Fields<'body> for DeclaredList<'_> {
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error> {
        if key.as_bytes() != b"values" {
            return value.skip();
        }
        self.values.clear();
        value.array(self).map(drop)
    }
}

impl<'body> Elements<'body> for DeclaredList<'_> {
    fn element<V: Value<'body>>(&mut self, value: V) -> Result<(), V::Error> {
        self.room.take(size_of::<Attribute>()).map_err(V::refused)?;
        let mut declared = Declared::new(self.room);
        value.map(&mut declared)?;
        self.values.push(declared.finish());
        Ok(())
    }
}

/// Whether a value can be declared: maps cannot, nor lists in lists.
pub(crate) fn declarable(value: &Attribute) -> bool {
    match value {
        Attribute::List(values) => values.iter().all(|value| kind(value).is_some_and(|kind| kind < 4)),
        _ => kind(value).is_some(),
    }
}

/// Writes a value that is [`declarable`]; a map would come out as no text.
pub(crate) fn write_declared(writer: &mut Writer, value: &Attribute) {
    let kind = kind(value).unwrap_or(0);
    writer.map(2);
    writer.text("type");
    writer.unsigned(kind as u64);
    writer.text(KEYS[kind]);
    match value {
        Attribute::String(text) => writer.text(text),
        Attribute::Bool(value) => writer.boolean(*value),
        Attribute::Int(number) => writer.signed(*number),
        Attribute::Double(number) => writer.float(*number),
        Attribute::List(values) => {
            writer.map(1);
            writer.text("values");
            writer.array(values.len());
            values.iter().for_each(|value| write_declared(writer, value));
        }
        Attribute::Map(_) => writer.text(""),
    }
}

/// The number of a value's type.
fn kind(value: &Attribute) -> Option<usize> {
    match value {
        Attribute::String(_) => Some(0),
        Attribute::Bool(_) => Some(1),
        Attribute::Int(_) => Some(2),
        Attribute::Double(_) => Some(3),
        Attribute::List(_) => Some(4),
        Attribute::Map(_) => None,
    }
}
