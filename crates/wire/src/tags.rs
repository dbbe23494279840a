//! Links and events from the tags that hold them as JSON.

use tracehound_model::{Event, Link};

use crate::budget::{Room, TooLarge};
use crate::json::{self, Failure};
use crate::trace::event::{Events, Shape};
use crate::trace::link::Links;
use crate::value::Value;

/// The links of the tag `_dd.span_links`; none if it does not parse.
pub(crate) fn links(text: &str, room: &mut Room) -> Result<Option<Vec<Link>>, TooLarge> {
    let limit_bytes = room.limit_bytes();
    let mut links = Links::new(room);
    let read = json::read(text.as_bytes(), |value| value.array(&mut links));
    parsed(read, limit_bytes).map(|read| read.map(|_| links.links))
}

/// The events of the tag `events`; none if it does not parse.
pub(crate) fn events(text: &str, room: &mut Room) -> Result<Option<Vec<Event>>, TooLarge> {
    let limit_bytes = room.limit_bytes();
    let mut events = Events::new(Shape::Plain, room);
    let read = json::read(text.as_bytes(), |value| value.array(&mut events));
    parsed(read, limit_bytes).map(|read| read.map(|_| events.events))
}

fn parsed(read: Result<bool, Failure>, limit_bytes: usize) -> Result<Option<bool>, TooLarge> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(Failure::Invalid(_)) => Ok(None),
        Err(Failure::TooLarge) => Err(TooLarge { limit_bytes }),
    }
}
