//! What is being read, for errors: `traces[3].spans[0].meta`.

use std::fmt;

use crate::text::Text;

/// How much of a field's name is repeated, in characters; an unknown field may have any.
const MAX_FIELD_CHARS: usize = 40;

/// A chunk, a span in it, a field of that; each where one is being read.
#[derive(Default)]
pub(crate) struct Place<'body> {
    pub(crate) chunk: Option<usize>,
    pub(crate) span: Option<usize>,
    pub(crate) field: Option<Text<'body>>,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut dot = "";
        if let Some(chunk) = self.chunk {
            write!(f, "traces[{chunk}]")?;
            dot = ".";
        }
        if let Some(span) = self.span {
            write!(f, "{dot}spans[{span}]")?;
            dot = ".";
        }
        if let Some(field) = &self.field {
            let name: String = field.clone().into_str().escape_debug().take(MAX_FIELD_CHARS).collect();
            write!(f, "{dot}{name}")?;
        }
        Ok(())
    }
}
