//! Why a body was not decoded, and where.

use std::fmt;

use crate::budget::TooLarge;

/// What a receiver answers to a body that it cannot decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The body ends before what it announced: 400.
    Truncated,
    /// The body is not what its format says: 400.
    Malformed,
    /// Arrays and maps nest deeper than [`MAX_NESTING`](tracehound_model::limits::MAX_NESTING): 400.
    TooDeep,
    /// Decoded, it would take more memory than [`max_decoded_bytes`](crate::max_decoded_bytes) allows: 413.
    TooLarge,
}

/// A body that was not decoded: what is wrong, in which field, at which byte.
///
/// Written as one clause: `traces[3].spans[0].meta: 4294967295 bytes announced, 812 left (offset 1204)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    problem: Problem,
    /// The field, such as `traces[3].spans[0].meta`, or empty.
    path: String,
    /// Bytes before the trouble, where known.
    offset: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// A value, or an announced length of one, reaches beyond the end.
    Short { announced: usize, left: usize },
    /// More elements than any sender has.
    TooManyElements { announced: usize },
    /// A value of another type.
    Unexpected { wanted: &'static str, found: &'static str },
    /// A number or text that the field cannot hold.
    OutOfRange { wanted: &'static str },
    /// A string of v0.5 that is not in its dictionary.
    NoSuchString { index: u64, strings: usize },
    /// The outer array of v0.5 is not (strings, traces).
    NotAPair { elements: usize },
    /// A span of v0.5 that is not a row.
    RowLength,
    /// The JSON text ends too early.
    JsonEnds,
    /// Anything else that the JSON reader says, cut to a line.
    Json(String),
    /// Nested beyond the limit.
    TooDeep { limit: usize },
    /// Over the memory that a body of this size may take.
    TooLarge { limit_bytes: usize },
}

impl DecodeError {
    /// Boxed, because the happy path returns it by the million.
    pub(crate) fn at(problem: Problem, offset: usize) -> Box<DecodeError> {
        Box::new(DecodeError { problem, path: String::new(), offset: Some(offset) })
    }

    pub(crate) fn in_field(mut self: Box<Self>, path: String) -> Box<DecodeError> {
        self.path = path;
        self
    }

    /// What the sender is told.
    pub fn kind(&self) -> ErrorKind {
        match self.problem {
            Problem::Short { .. } | Problem::JsonEnds => ErrorKind::Truncated,
            Problem::TooDeep { .. } => ErrorKind::TooDeep,
            Problem::TooLarge { .. } => ErrorKind::TooLarge,
            _ => ErrorKind::Malformed,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.problem.fmt(f)?;
        self.offset.map_or(Ok(()), |offset| write!(f, " (offset {offset})"))
    }
}

impl std::error::Error for DecodeError {}

impl From<TooLarge> for Box<DecodeError> {
    fn from(TooLarge { limit_bytes }: TooLarge) -> Box<DecodeError> {
        Box::new(DecodeError { problem: Problem::TooLarge { limit_bytes }, path: String::new(), offset: None })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Short { announced, left } => write!(f, "too few bytes: {announced} announced, {left} left"),
            Problem::TooManyElements { announced } => write!(f, "{announced} elements announced, too many for a body"),
            Problem::Unexpected { wanted, found } => write!(f, "expected {wanted}, found {found}"),
            Problem::OutOfRange { wanted } => write!(f, "expected {wanted}, found a value out of its range"),
            Problem::NoSuchString { index, strings } => {
                write!(f, "string {index} is not in the dictionary of {strings}")
            }
            Problem::NotAPair { elements } => {
                write!(f, "expected an array of strings and traces, found {elements} elements")
            }
            Problem::RowLength => f.write_str("encoded span needs exactly 12 elements in array"),
            Problem::JsonEnds => f.write_str("unexpected end of json"),
            Problem::Json(message) => f.write_str(message),
            Problem::TooDeep { limit } => write!(f, "nested deeper than {limit} arrays and maps"),
            Problem::TooLarge { limit_bytes } => {
                write!(f, "takes more than the {limit_bytes} bytes of memory that a body of this size may")
            }
        }
    }
}
