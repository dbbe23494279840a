//! Finds what a program matches, by following all ways at once.
//!
//! A thread has come to one of the steps. With each character every thread goes on or ends, and of two at the same step only the one in
//! front stays: so time is at most steps times characters, whatever they hold. Threads stand in the order in which somebody who tries
//! one way after the other would come to them, and of several matches that of the foremost counts. Source: Cox, "Regular Expression
//! Matching: the Virtual Machine Approach".

use super::class::is_word;
use super::program::Step;
use super::syntax::Place;

/// The first match at or after the byte `from`, as the bytes from where to where; if `any` will do, the one that ends first.
pub(super) fn find(steps: &[Step], text: &str, from: usize, any: bool) -> Option<(usize, usize)> {
    let (before, rest) = text.split_at_checked(from)?;
    let (mut now, mut next) = (Threads::new(steps), Threads::new(steps));
    let mut gap = Gap { before: before.chars().next_back(), after: rest.chars().next() };
    let is_anchored = matches!(steps.first(), Some(Step::Stand(Place::Start)));
    let mut found = None;
    let mut at = from;
    loop {
        if found.is_none() {
            now.add(0, at, gap);
        }
        let taken = gap.after;
        let behind = at + taken.map_or(0, char::len_utf8);
        gap = Gap { before: taken, after: text.get(behind..).and_then(|rest| rest.chars().next()) };
        next.clear();
        for &(step, start) in &now.list {
            match steps.get(step) {
                Some(Step::Take(class)) if taken.is_some_and(|char| class.has(char)) => next.add(step + 1, start, gap),
                Some(Step::Match) => {
                    found = Some((start, at));
                    break;
                }
                _ => {}
            }
        }
        let no_more = next.list.is_empty() && (found.is_some() || is_anchored);
        if no_more || any && found.is_some() || taken.is_none() {
            return found;
        }
        std::mem::swap(&mut now, &mut next);
        at = behind;
    }
}

/// The characters on both sides of where a search is.
#[derive(Clone, Copy)]
struct Gap {
    before: Option<char>,
    after: Option<char>,
}

impl Gap {
    fn is(self, place: Place) -> bool {
        let is_edge = || {
            let is_word = |char: Option<char>| char.is_some_and(|char| is_word(&char));
            is_word(self.before) != is_word(self.after)
        };
        match place {
            Place::Start => self.before.is_none(),
            Place::End => self.after.is_none(),
            Place::LineStart => self.before.is_none_or(|char| char == '\n'),
            Place::LineEnd => self.after.is_none_or(|char| char == '\n'),
            Place::WordEdge => is_edge(),
            Place::NoWordEdge => !is_edge(),
        }
    }
}

/// Threads that wait for the same character.
struct Threads<'p> {
    steps: &'p [Step],
    /// At which step, and since which byte; the foremost first.
    list: Vec<(usize, usize)>,
    /// Whether a thread was at a step.
    seen: Vec<bool>,
    /// Steps still to be looked at; empty but in [`Threads::add`].
    todo: Vec<usize>,
}

impl<'p> Threads<'p> {
    fn new(steps: &'p [Step]) -> Self {
        Threads { steps, list: Vec::new(), seen: vec![false; steps.len()], todo: Vec::new() }
    }

    fn clear(&mut self) {
        self.list.clear();
        self.seen.fill(false);
    }

    /// Lets a thread go on from a step until it waits for a character or has a match, on each of the ways it can go.
    fn add(&mut self, step: usize, start: usize, gap: Gap) {
        self.todo.push(step);
        while let Some(step) = self.todo.pop() {
            let Some(seen) = self.seen.get_mut(step) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            match self.steps.get(step) {
                Some(Step::Go(to)) => self.todo.push(*to),
                Some(Step::Fork { other, next_first: true }) => self.todo.extend([*other, step + 1]),
                Some(Step::Fork { other, next_first: false }) => self.todo.extend([step + 1, *other]),
                Some(Step::Stand(place)) if gap.is(*place) => self.todo.push(step + 1),
                Some(Step::Take(_) | Step::Match) => self.list.push((step, start)),
                Some(Step::Stand(_)) | None => {}
            }
        }
    }
}
