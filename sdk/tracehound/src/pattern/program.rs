//! Turns the tree of an expression into steps.

use std::sync::Arc;

use super::class::Class;
use super::syntax::{Node, Place};

/// What somebody who follows a program does next.
#[derive(Debug)]
pub(super) enum Step {
    /// Takes a character of this class.
    Take(Arc<Class>),
    /// Goes on if it is at such a place.
    Stand(Place),
    /// Goes on at that step.
    Go(usize),
    /// Goes on both at the next step and at the other one, and prefers one of them.
    Fork { other: usize, next_first: bool },
    /// Has a match.
    Match,
}

/// The steps of a tree. A part of the tree takes one from `room` each time it is written, a class one for each of its sets, and makes up
/// to three steps.
pub(super) fn compile(tree: &Node, room: &mut usize) -> Result<Vec<Step>, &'static str> {
    let mut compiler = Compiler { steps: Vec::new(), room: *room };
    compiler.add(tree)?;
    compiler.steps.push(Step::Match);
    *room = compiler.room;
    Ok(compiler.steps)
}

struct Compiler {
    steps: Vec<Step>,
    room: usize,
}

impl Compiler {
    fn add(&mut self, node: &Node) -> Result<(), &'static str> {
        let size = if let Node::One(class) = node { class.size().max(1) } else { 1 };
        self.room = self.room.checked_sub(size).ok_or("it is too large")?;
        match node {
            Node::One(class) => self.steps.push(Step::Take(Arc::clone(class))),
            Node::Place(place) => self.steps.push(Step::Stand(*place)),
            Node::All(nodes) => nodes.iter().try_for_each(|node| self.add(node))?,
            Node::Either(nodes) => self.either(nodes)?,
            Node::Repeat { node, least, most, greedy } => self.repeat(node, *least, *most, *greedy)?,
        }
        Ok(())
    }

    fn either(&mut self, nodes: &[Node]) -> Result<(), &'static str> {
        let Some((last, others)) = nodes.split_last() else { return Ok(()) };
        let mut ends = Vec::new();
        for node in others {
            let fork = self.fork(true);
            self.add(node)?;
            ends.push(self.steps.len());
            self.steps.push(Step::Go(0));
            self.lead_here(fork);
        }
        self.add(last)?;
        ends.into_iter().for_each(|end| self.lead_here(end));
        Ok(())
    }

    /// Copies, of which those beyond `least` may be skipped; without an end, the last one may be taken again.
    fn repeat(&mut self, node: &Node, least: u32, most: Option<u32>, greedy: bool) -> Result<(), &'static str> {
        let mut skips = Vec::new();
        let mut last = self.steps.len();
        for copy in 0..most.unwrap_or(least.max(1)) {
            if copy >= least {
                skips.push(self.fork(greedy));
            }
            last = self.steps.len();
            self.add(node)?;
        }
        if most.is_none() {
            self.steps.push(Step::Fork { other: last, next_first: !greedy });
        }
        skips.into_iter().for_each(|skip| self.lead_here(skip));
        Ok(())
    }

    /// A fork whose other way is not known yet.
    fn fork(&mut self, next_first: bool) -> usize {
        self.steps.push(Step::Fork { other: 0, next_first });
        self.steps.len() - 1
    }

    fn lead_here(&mut self, step: usize) {
        let here = self.steps.len();
        if let Some(Step::Go(to) | Step::Fork { other: to, .. }) = self.steps.get_mut(step) {
            *to = here;
        }
    }
}
