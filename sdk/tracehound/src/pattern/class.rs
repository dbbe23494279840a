//! Sets of characters.

/// Characters of which one is taken: those of any of the sets, or of none.
#[derive(Debug)]
pub(super) struct Class {
    sets: Vec<Set>,
    negated: bool,
    ignore_case: bool,
}

/// Characters from one to another, or such as many expressions speak of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Set {
    Range(char, char),
    Named(fn(&char) -> bool),
    Not(fn(&char) -> bool),
}

impl Class {
    pub(super) fn new(sets: Vec<Set>, negated: bool, ignore_case: bool) -> Self {
        Self { sets, negated, ignore_case }
    }

    pub(super) fn anything() -> Self {
        Self::new(Vec::new(), true, false)
    }

    pub(super) fn anything_but(char: char) -> Self {
        Self::new(vec![Set::of(char)], true, false)
    }

    /// How many sets a character is held against.
    pub(super) fn size(&self) -> usize {
        self.sets.len()
    }

    pub(super) fn has(&self, char: char) -> bool {
        let holds = |char: char| self.sets.iter().any(|set| set.has(char));
        let found =
            holds(char) || self.ignore_case && (holds(char.to_ascii_lowercase()) || holds(char.to_ascii_uppercase()));
        found != self.negated
    }
}

impl Set {
    pub(super) fn of(char: char) -> Self {
        Set::Range(char, char)
    }

    fn has(&self, char: char) -> bool {
        match self {
            Set::Range(first, last) => (*first..=*last).contains(&char),
            Set::Named(is) => is(&char),
            Set::Not(is) => !is(&char),
        }
    }
}

/// The class that a backslash and a letter stand for.
pub(super) fn of_letter(letter: char) -> Option<Set> {
    Some(match letter {
        'd' => Set::Named(char::is_ascii_digit),
        'D' => Set::Not(char::is_ascii_digit),
        's' => Set::Named(is_space),
        'S' => Set::Not(is_space),
        'w' => Set::Named(is_word),
        'W' => Set::Not(is_word),
        _ => return None,
    })
}

/// The class `[:name:]` or `[:^name:]`.
pub(super) fn of_name(name: &str) -> Option<Set> {
    let is: fn(&char) -> bool = match name.trim_start_matches('^') {
        "alnum" => char::is_ascii_alphanumeric,
        "alpha" => char::is_ascii_alphabetic,
        "ascii" => char::is_ascii,
        "blank" => |char| matches!(char, ' ' | '\t'),
        "cntrl" => char::is_ascii_control,
        "digit" => char::is_ascii_digit,
        "graph" => char::is_ascii_graphic,
        "lower" => char::is_ascii_lowercase,
        "print" => |char| matches!(char, ' '..='~'),
        "punct" => char::is_ascii_punctuation,
        "space" => |char| matches!(char, ' ' | '\t'..='\r'),
        "upper" => char::is_ascii_uppercase,
        "word" => is_word,
        "xdigit" => char::is_ascii_hexdigit,
        _ => return None,
    };
    Some(if name.starts_with('^') { Set::Not(is) } else { Set::Named(is) })
}

pub(super) fn is_word(char: &char) -> bool {
    char.is_ascii_alphanumeric() || *char == '_'
}

/// `\s` of RE2, which does not count the vertical tab.
fn is_space(char: &char) -> bool {
    matches!(char, ' ' | '\t' | '\n' | '\x0c' | '\r')
}
