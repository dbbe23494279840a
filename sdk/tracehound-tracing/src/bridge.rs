//! Records of the `log` crate, which `tracing-log` brings as events: all have the bridge's metadata, and what the record's own said stands
//! in fields.

use std::borrow::Cow;
use std::fmt::Debug;

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata};

/// The fields that stand for the record's metadata, and not for values that it brought. Source: tracing-log 0.2.
const FIELDS: [&str; 4] = [TARGET, "log.module_path", "log.file", "log.line"];

const TARGET: &str = "log.target";

/// Whether an event was a record of `log`.
pub(crate) fn is_record(metadata: &Metadata<'_>) -> bool {
    metadata.target() == "log" && metadata.name() == "log event"
}

/// Whether a field of such an event is metadata.
pub(crate) fn is_metadata(field: &Field) -> bool {
    FIELDS.contains(&field.name())
}

/// The target that an event or record was made with.
pub(crate) fn target(event: &Event<'_>) -> Cow<'static, str> {
    let metadata = event.metadata();
    let mut target = Target(Cow::Borrowed(metadata.target()));
    if is_record(metadata) {
        event.record(&mut target);
    }
    target.0
}

struct Target(Cow<'static, str>);

impl Visit for Target {
    fn record_str(&mut self, field: &Field, text: &str) {
        if field.name() == TARGET {
            self.0 = Cow::Owned(text.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
