//! Typed values of links and events, in the two shapes in which they are sent.
//!
//! Plain: the value is itself, as in the JSON of the tags `events` and `_dd.span_links`. Declared: a map that names the
//! type and holds the value under a key of that type, as in the field `span_events`; there an array holds such maps, and
//! maps cannot be said. Source: agent-protocol 2.1.

use std::borrow::Cow;

use tracehound_model::Attribute;

use crate::budget::Room;
use crate::number::Number;
use crate::value::{Elements, Fields, Value};

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
    fn field<V: Value<'body>>(&mut self, key: Cow<'body, str>, value: V) -> Result<(), V::Error> {
        let key = pair(&key, self.room).map_err(V::refused)?;
        self.pairs.push((key, value.attribute(self.room)?));
        Ok(())
    }
}

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
    fn field<V: Value<'body>>(&mut self, key: Cow<'body, str>, value: V) -> Result<(), V::Error> {
        let key = pair(&key, self.room).map_err(V::refused)?;
        let mut declared = Declared::new(self.room);
        value.map(&mut declared)?;
        self.pairs.push((key, declared.finish()));
        Ok(())
    }
}

fn pair(key: &str, room: &mut Room) -> Result<Box<str>, crate::budget::TooLarge> {
    room.take(size_of::<(Box<str>, Attribute)>())?;
    room.copy(key)
}

/// A declared value while its keys come, in any order.
struct Declared<'room> {
    room: &'room mut Room,
    kind: Option<u64>,
    /// The values by the number of their type.
    values: [Option<Attribute>; 5],
}

const KIND: [&str; 5] = ["string_value", "bool_value", "int_value", "double_value", "array_value"];

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
    fn field<V: Value<'body>>(&mut self, key: Cow<'body, str>, value: V) -> Result<(), V::Error> {
        let Some(kind) = KIND.iter().position(|name| *name == key) else {
            if key != "type" {
                return value.skip();
            }
            self.kind = Some(value.number("the number of a type", Number::as_u64)?);
            return Ok(());
        };
        self.values[kind] = Some(match kind {
            0 => Attribute::String(self.room.copy(&value.text()?).map_err(V::refused)?),
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
    fn field<V: Value<'body>>(&mut self, key: Cow<'body, str>, value: V) -> Result<(), V::Error> {
        if key != "values" {
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
