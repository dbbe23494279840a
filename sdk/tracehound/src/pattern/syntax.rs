//! Reads an expression into a tree.
//!
//! The syntax is RE2's without classes of Unicode: `\d`, `\s`, `\w`, `\b` and `(?i)` speak of ASCII. Groups do not capture, since nobody
//! asks for what they matched.

use std::sync::Arc;

use super::class::{self, Class, Set};

/// How deep groups nest at most, since each takes its share of the stack. What people write has three or four.
const MAX_DEPTH: usize = 50;

/// The largest number in `{}`, which is RE2's.
const MAX_COUNT: u32 = 1_000;

/// What an expression is made of.
#[derive(Debug)]
pub(super) enum Node {
    /// One character.
    One(Arc<Class>),
    /// No character, but a place.
    Place(Place),
    /// One after another.
    All(Vec<Node>),
    /// One of them, the first that leads to a match.
    Either(Vec<Node>),
    /// `least` times up to `most` times, or without an end.
    Repeat { node: Box<Node>, least: u32, most: Option<u32>, greedy: bool },
}

/// A place between two characters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Start,
    End,
    LineStart,
    LineEnd,
    WordEdge,
    NoWordEdge,
}

/// What `(?ims-U)` switches.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_takes_newline: bool,
    swap_greed: bool,
}

/// The tree of an expression, or what is wrong with it.
pub(super) fn parse(expression: &str) -> Result<Node, &'static str> {
    let mut parser = Parser { rest: expression, flags: Flags::default() };
    let node = parser.alternatives(MAX_DEPTH)?;
    if parser.rest.is_empty() { Ok(node) } else { Err("a parenthesis that was not opened") }
}

struct Parser<'t> {
    rest: &'t str,
    flags: Flags,
}

impl Parser<'_> {
    /// `a|b|c`, as far as a closing parenthesis. Flags that are set within it end with it.
    fn alternatives(&mut self, depth: usize) -> Result<Node, &'static str> {
        let outside = self.flags;
        let mut alternatives = vec![self.sequence(depth)?];
        while self.eat("|") {
            alternatives.push(self.sequence(depth)?);
        }
        self.flags = outside;
        Ok(Node::Either(alternatives))
    }

    fn sequence(&mut self, depth: usize) -> Result<Node, &'static str> {
        let mut nodes = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            if self.count()?.is_some() {
                return Err("nothing to repeat");
            }
            let node = self.atom(depth)?;
            nodes.push(self.repeated(node)?);
        }
        Ok(Node::All(nodes))
    }

    fn atom(&mut self, depth: usize) -> Result<Node, &'static str> {
        match self.take().ok_or("an end too early")? {
            '(' => self.group(depth),
            '[' => self.brackets().map(one),
            '.' if self.flags.dot_takes_newline => Ok(one(Class::anything())),
            '.' => Ok(one(Class::anything_but('\n'))),
            '^' => Ok(Node::Place(if self.flags.multi_line { Place::LineStart } else { Place::Start })),
            '$' => Ok(Node::Place(if self.flags.multi_line { Place::LineEnd } else { Place::End })),
            '\\' => self.escape(),
            literal => Ok(self.just(Set::of(literal))),
        }
    }

    fn just(&self, set: Set) -> Node {
        one(Class::new(vec![set], false, self.flags.ignore_case))
    }

    /// What stands behind an opening parenthesis.
    fn group(&mut self, depth: usize) -> Result<Node, &'static str> {
        let depth = depth.checked_sub(1).ok_or("too many groups within groups")?;
        let outside = self.flags;
        if self.eat("?P<") || self.eat("?<") {
            self.name()?;
        } else if self.eat("?") && self.switches()? {
            return Ok(Node::All(Vec::new()));
        }
        let node = self.alternatives(depth)?;
        self.flags = outside;
        if self.eat(")") { Ok(node) } else { Err("a parenthesis that is not closed") }
    }

    fn name(&mut self) -> Result<(), &'static str> {
        let (name, rest) = self.rest.split_once('>').ok_or("a name without an end")?;
        self.rest = rest;
        let is_word = !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
        if is_word { Ok(()) } else { Err("not the name of a group") }
    }

    /// Flags up to `:` or, if they are for what follows the parenthesis, `)`; whether it was the latter.
    fn switches(&mut self) -> Result<bool, &'static str> {
        let mut on = true;
        loop {
            match self.take().ok_or("flags without an end")? {
                'i' => self.flags.ignore_case = on,
                'm' => self.flags.multi_line = on,
                's' => self.flags.dot_takes_newline = on,
                'U' => self.flags.swap_greed = on,
                '-' if on => on = false,
                ':' => return Ok(false),
                ')' => return Ok(true),
                _ => return Err("an unknown flag"),
            }
        }
    }

    /// What was read, with the repetition that stands behind it.
    fn repeated(&mut self, node: Node) -> Result<Node, &'static str> {
        let Some((least, most)) = self.count()? else { return Ok(node) };
        let greedy = self.eat("?") == self.flags.swap_greed;
        match self.count()? {
            Some(_) => Err("a repetition of a repetition"),
            None => Ok(Node::Repeat { node: Box::new(node), least, most, greedy }),
        }
    }

    fn count(&mut self) -> Result<Option<(u32, Option<u32>)>, &'static str> {
        if self.eat("*") {
            return Ok(Some((0, None)));
        } else if self.eat("+") {
            return Ok(Some((1, None)));
        } else if self.eat("?") {
            return Ok(Some((0, Some(1))));
        }
        // A brace that counts nothing stands for itself. It is not looked for behind what is no count: there may be many.
        let Some(behind) = self.rest.strip_prefix('{') else { return Ok(None) };
        let end = behind.find(|char: char| !char.is_ascii_digit() && char != ',').unwrap_or(behind.len());
        let (counts, rest) = behind.split_at_checked(end).unwrap_or((behind, ""));
        let Some(rest) = rest.strip_prefix('}') else { return Ok(None) };
        let (least, bound) = counts.split_once(',').unwrap_or((counts, counts));
        let (Some(least), most) = (number(least), number(bound)) else { return Ok(None) };
        if most.is_none() && !bound.is_empty() {
            return Ok(None);
        }
        self.rest = rest;
        if least.max(most.unwrap_or(0)) > MAX_COUNT || most.is_some_and(|most| most < least) {
            return Err("a count out of bounds");
        }
        Ok(Some((least, most)))
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<Node, &'static str> {
        for (letter, place) in
            [("A", Place::Start), ("z", Place::End), ("b", Place::WordEdge), ("B", Place::NoWordEdge)]
        {
            if self.eat(letter) {
                return Ok(Node::Place(place));
            }
        }
        self.escaped().map(|set| self.just(set))
    }

    /// The characters that stand behind a backslash, also within brackets.
    fn escaped(&mut self) -> Result<Set, &'static str> {
        let letter = self.take().ok_or("a backslash at the end")?;
        if let Some(set) = class::of_letter(letter) {
            return Ok(set);
        }
        let char = match letter {
            'a' => '\x07',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            'x' => return self.hexadecimal().map(Set::of),
            other if other.is_ascii_punctuation() || other == ' ' => other,
            _ => return Err("an unknown escape"),
        };
        Ok(Set::of(char))
    }

    /// `41` or `{1F600}`.
    fn hexadecimal(&mut self) -> Result<char, &'static str> {
        let wrong = "no character of this number";
        let (digits, rest) = match self.rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}').ok_or(wrong)?,
            None => self.rest.split_at_checked(2).ok_or(wrong)?,
        };
        self.rest = rest;
        let is_number = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_number);
        code.and_then(char::from_u32).ok_or(wrong)
    }

    /// What stands behind an opening bracket.
    fn brackets(&mut self) -> Result<Class, &'static str> {
        let negated = self.eat("^");
        let mut sets = Vec::new();
        // A closing bracket in front stands for itself.
        while sets.is_empty() || !self.eat("]") {
            let set = self.member()?;
            let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            sets.push(if is_range { self.range(set)? } else { set });
        }
        Ok(Class::new(sets, negated, self.flags.ignore_case))
    }

    fn range(&mut self, from: Set) -> Result<Set, &'static str> {
        self.eat("-");
        match (from, self.member()?) {
            (Set::Range(from, from_end), Set::Range(to, to_end)) if from == from_end && to == to_end && from <= to => {
                Ok(Set::Range(from, to))
            }
            _ => Err("no range of characters"),
        }
    }

    /// One character or class within brackets.
    fn member(&mut self) -> Result<Set, &'static str> {
        if let Some((name, rest)) = self.rest.strip_prefix("[:").and_then(|rest| rest.split_once(":]")) {
            self.rest = rest;
            return class::of_name(name).ok_or("an unknown class");
        }
        match self.take().ok_or("a bracket that is not closed")? {
            '\\' => self.escaped(),
            char => Ok(Set::of(char)),
        }
    }

    fn take(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let first = chars.next();
        self.rest = chars.as_str();
        first
    }

    /// Whether `token` was next; then it is behind us.
    fn eat(&mut self, token: &str) -> bool {
        let behind = self.rest.strip_prefix(token);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }
}

fn one(class: Class) -> Node {
    Node::One(Arc::new(class))
}

/// Digits without a sign.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}
