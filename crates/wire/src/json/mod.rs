//! JSON: `serde_json` as a source of [`Value`](crate::value::Value)s.
//!
//! Text is asked for as bytes, because only then does `serde_json` leave invalid UTF-8 and lone surrogates to us.

mod base64;
mod depth;
mod scalar;
mod value;

use serde_json::de::SliceRead;
use serde_json::error::Category;
use tracehound_model::limits::MAX_NESTING;

use crate::error::{DecodeError, Problem};
pub(crate) use value::Json;

/// Longest message of `serde_json` that is repeated; it may quote the body.
const MAX_MESSAGE_CHARS: usize = 120;

/// Why JSON was not read.
pub(crate) enum Failure {
    /// A reader ran out of room.
    TooLarge,
    /// It is not the JSON that was wanted.
    Invalid(Box<DecodeError>),
}

/// The outermost value of a JSON text.
pub(crate) type Outermost<'read, 'body> = Json<&'read mut serde_json::Deserializer<SliceRead<'body>>>;

/// Reads the first value of `text`; what follows it is ignored.
pub(crate) fn read<'body, T>(
    text: &'body [u8],
    read: impl FnOnce(Outermost<'_, 'body>) -> serde_json::Result<T>,
) -> Result<T, Failure> {
    if let Some(offset) = depth::first_deeper_than(MAX_NESTING, text) {
        return Err(Failure::Invalid(DecodeError::at(Problem::TooDeep { limit: MAX_NESTING }, offset)));
    }
    read(Json(&mut serde_json::Deserializer::from_slice(text))).map_err(|error| failure(&error, text))
}

fn failure(error: &serde_json::Error, text: &[u8]) -> Failure {
    let message = error.to_string();
    // `serde_json` begins its own messages otherwise, so this one is ours.
    if message.starts_with(value::REFUSED) {
        return Failure::TooLarge;
    }
    let problem = match error.classify() {
        Category::Eof => Problem::JsonEnds,
        _ => {
            let clause = message.rsplit_once(" at line ").map_or(message.as_str(), |(clause, _)| clause);
            Problem::Json(clause.chars().take(MAX_MESSAGE_CHARS).collect())
        }
    };
    Failure::Invalid(DecodeError::at(problem, offset(error, text)))
}

/// The byte that an error is about: `serde_json` counts lines and columns, both from 1.
fn offset(error: &serde_json::Error, text: &[u8]) -> usize {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    before + error.column().saturating_sub(1)
}
