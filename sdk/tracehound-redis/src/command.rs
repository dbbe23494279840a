//! The text of commands for spans: bounded, and without passwords.

/// Characters kept of one argument. Source: the Python tracer.
const MAX_ARGUMENT_CHARS: usize = 100;
/// Bytes kept of a whole command or pipeline. Source: the Python tracer.
const MAX_TEXT_BYTES: usize = 1000;
const CUT: &str = "...";

/// What a span says about a command or, one line each, the commands of a pipeline.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Description {
    /// The commands' names.
    pub(crate) resource: Text,
    /// The commands with their arguments. Empty if it was not asked for.
    pub(crate) raw: Text,
    /// Words in all, names included.
    pub(crate) words: usize,
}

impl Description {
    /// Adds a command, word by word.
    pub(crate) fn add<'a>(&mut self, words: impl Iterator<Item = &'a [u8]>, with_raw: bool) {
        let mut secrets = Secrets::default();
        for (position, word) in words.enumerate() {
            self.words += 1;
            if position == 0 {
                let name = shorten(word).to_ascii_uppercase();
                secrets = Secrets::of(&name);
                self.resource.append('\n', &name);
            }
            // What is over the limit anyway need not be read.
            if with_raw && !self.raw.is_cut {
                let shown = if secrets.hide(position, word) { "?".to_owned() } else { shorten(word) };
                self.raw.append(if position == 0 { '\n' } else { ' ' }, &shown);
            }
        }
    }
}

/// Text that stops growing at its limit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    text: String,
    is_cut: bool,
}

impl Text {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    fn append(&mut self, separator: char, word: &str) {
        if self.is_cut {
            return;
        }
        if !self.text.is_empty() {
            self.text.push(separator);
        }
        self.text.push_str(word);
        if self.text.len() > MAX_TEXT_BYTES {
            let end = MAX_TEXT_BYTES - CUT.len();
            let end = (0..=end).rev().find(|&end| self.text.is_char_boundary(end)).unwrap_or_default();
            self.text.truncate(end);
            self.text.push_str(CUT);
            self.is_cut = true;
        }
    }
}

/// An argument as text, within its limit. Bytes that are no text become `U+FFFD`.
fn shorten(word: &[u8]) -> String {
    // A character has at most 4 bytes: what lies further on cannot be shown.
    let near = word.get(..4 * (MAX_ARGUMENT_CHARS + 1)).unwrap_or(word);
    let text = String::from_utf8_lossy(near);
    match text.char_indices().nth(MAX_ARGUMENT_CHARS) {
        Some((end, _)) => format!("{}{CUT}", text.get(..end).unwrap_or_default()),
        None => text.into_owned(),
    }
}

/// Which arguments of the command are passwords, or may be.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Secrets {
    #[default]
    None,
    /// `AUTH [user] password`
    All,
    /// `CONFIG SET requirepass password …`
    AfterSet { set: bool },
    /// `HELLO 3 AUTH user password`, `MIGRATE … AUTH password`, `MIGRATE … AUTH2 user password`
    AfterAuth { left: usize },
    /// `ACL SETUSER name >password <password #hash`
    Marked,
}

impl Secrets {
    fn of(name: &str) -> Secrets {
        match name {
            "AUTH" => Secrets::All,
            "CONFIG" => Secrets::AfterSet { set: false },
            "HELLO" | "MIGRATE" => Secrets::AfterAuth { left: 0 },
            "ACL" => Secrets::Marked,
            _ => Secrets::None,
        }
    }

    fn hide(&mut self, position: usize, word: &[u8]) -> bool {
        if position == 0 {
            return false;
        }
        match self {
            Secrets::None => false,
            Secrets::All => true,
            Secrets::AfterSet { set } => {
                if position == 1 {
                    *set = word.eq_ignore_ascii_case(b"SET");
                }
                // Names and values take turns.
                *set && position >= 3 && position % 2 == 1
            }
            Secrets::AfterAuth { left: 0 } => {
                let left =
                    if word.eq_ignore_ascii_case(b"AUTH") || word.eq_ignore_ascii_case(b"AUTH2") { 2 } else { 0 };
                *self = Secrets::AfterAuth { left };
                false
            }
            Secrets::AfterAuth { left } => {
                *left -= 1;
                true
            }
            Secrets::Marked => matches!(word.first(), Some(b'>' | b'<' | b'#' | b'!')),
        }
    }
}

#[cfg(test)]
mod tests;
