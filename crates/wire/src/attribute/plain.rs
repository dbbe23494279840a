//! Plain values.

use tracehound_model::Attribute;

use super::{Attributes, key_of_pair};
use crate::budget::Room;
use crate::msgpack::Writer;
use crate::text::Text;
use crate::value::{Elements, Fields, Value};

/// Takes an array of plain values.
pub(crate) struct List<'room> {
    room: &'room mut Room,
    pub(crate) values: Vec<Attribute>,
}

impl<'room> List<'room> {
    pub(crate) fn new(room: &'room mut Room) -> Self {
        List { room, values: Vec::new() }
    }
}

impl<'body> Elements<'body> for List<'_> {
    fn element<V: Value<'body>>(&mut self, value: V) -> Result<(), V::Error> {
        self.room.take(size_of::<Attribute>()).map_err(V::refused)?;
        self.values.push(value.attribute(self.room)?);
        Ok(())
    }
}

/// Takes a map of plain values.
pub(crate) struct Pairs<'room> {
    room: &'room mut Room,
    pub(crate) pairs: Attributes,
}

impl<'room> Pairs<'room> {
    pub(crate) fn new(room: &'room mut Room) -> Self {
        Pairs { room, pairs: Vec::new() }
    }
}

impl<'body> Fields<'body> for Pairs<'_> {
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error> {
        let key = key_of_pair(key, self.room).map_err(V::refused)?;
        self.pairs.push((key, value.attribute(self.room)?));
        Ok(())
    }
}

/// Writes a map of plain values.
pub(crate) fn write_pairs(writer: &mut Writer, pairs: &[(Box<str>, Attribute)]) {
    writer.map(pairs.len());
    for (key, value) in pairs {
        writer.text(key);
        write(writer, value);
    }
}

fn write(writer: &mut Writer, value: &Attribute) {
    match value {
        Attribute::String(text) => writer.text(text),
        Attribute::Bool(value) => writer.boolean(*value),
        Attribute::Int(number) => writer.signed(*number),
        Attribute::Double(number) => writer.float(*number),
        Attribute::List(values) => {
            writer.array(values.len());
            values.iter().for_each(|value| write(writer, value));
        }
        Attribute::Map(pairs) => write_pairs(writer, pairs),
    }
}
