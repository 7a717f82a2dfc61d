//! Undo and redo of one person's own edits in a text that others change meanwhile: the `UndoManager` of [ot.js].
//!
//! A step of it is the operation that takes an edit back. Whatever is done to the text afterwards is done to the steps too,
//! so that each fits the text at hand once all above it are done.
//!
//! [ot.js]: https://github.com/Operational-Transformation/ot.js/blob/master/lib/undo-manager.js

use crate::{OperationSeq, invert};
use str_indices::chars;

#[cfg(test)]
mod tests;

/// Steps that can be undone. Each that others' edits are transformed over costs as they come in; few people go back further.
const DEPTH: usize = 200;

/// What one person can undo and redo.
#[derive(Clone, Debug, Default)]
pub struct Undo {
    /// The last step on top.
    undo: Vec<OperationSeq>,
    /// The step that was undone last on top.
    redo: Vec<OperationSeq>,
    /// Whether the next edit may join the last step: not after an undo or a redo.
    is_open: bool,
}

impl Undo {
    /// Nothing to undo yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The person edited; `inverse` takes that back, see [`invert`]. `join`: it belongs to the edit before, as one letter to
    /// the next, and is undone together with it. What was undone before can be redone no longer.
    pub fn edited(&mut self, inverse: OperationSeq, join: bool) {
        if inverse.is_noop() {
            return;
        }
        self.redo.clear();
        let last = self.undo.pop_if(|_| join && self.is_open);
        let step = match last.map(|last| inverse.compose(&last)) {
            Some(Ok(both)) => both,
            _ => inverse,
        };
        self.is_open = !step.is_noop();
        if self.is_open {
            push(&mut self.undo, step);
        }
    }

    /// Somebody else, or a snapshot, did this to the text at hand.
    pub fn heard(&mut self, change: &OperationSeq) {
        transform(&mut self.undo, change);
        transform(&mut self.redo, change);
    }

    /// What takes the last step back, given the text at hand; it counts as done then and can be redone. `None` when there is
    /// nothing to undo.
    pub fn undo(&mut self, text: &str) -> Option<OperationSeq> {
        self.is_open = false;
        turn(&mut self.undo, &mut self.redo, text)
    }

    /// What does again what was undone last, given the text at hand; it counts as done then. `None` when there is nothing
    /// to redo.
    pub fn redo(&mut self, text: &str) -> Option<OperationSeq> {
        self.is_open = false;
        turn(&mut self.redo, &mut self.undo, text)
    }

    /// Whether there is something to undo.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Whether there is something to redo.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }
}

/// Takes the top step of one stack and puts what takes it back onto the other. Stacks whose top is not for this text missed
/// a change: they are of no use any more.
fn turn(from: &mut Vec<OperationSeq>, to: &mut Vec<OperationSeq>, text: &str) -> Option<OperationSeq> {
    let step = from.pop()?;
    if step.base_len() != chars::count(text) {
        from.clear();
        to.clear();
        return None;
    }
    push(to, invert(text, &step));
    Some(step)
}

fn push(stack: &mut Vec<OperationSeq>, step: OperationSeq) {
    if stack.len() == DEPTH {
        stack.remove(0);
    }
    stack.push(step);
}

/// Transforms the steps of a stack over a change, from the top down: each lower one is for the text that those above make. A
/// step of which nothing is left goes.
fn transform(stack: &mut Vec<OperationSeq>, change: &OperationSeq) {
    let mut change = change.clone();
    let mut steps = Vec::with_capacity(stack.len());
    for step in stack.drain(..).rev() {
        let Ok((after, step)) = change.transform(&step) else {
            break;
        };
        change = after;
        if !step.is_noop() {
            steps.push(step);
        }
    }
    steps.reverse();
    *stack = steps;
}
