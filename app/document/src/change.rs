//! An operation as the few stretches that it changes, instead of steps over the whole text.

use crate::OperationSeq;
use operational_transform::Operation as Step;
use std::{iter::Peekable, slice::Iter};
use str_indices::chars;

/// One stretch that an operation replaces, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change<'a> {
    /// Where it begins in the text before the operation.
    pub(crate) from: usize,
    /// Where it begins once all changes before it are done.
    pub(crate) at: usize,
    /// How much goes.
    pub(crate) deleted: usize,
    /// What takes its place.
    pub(crate) inserted: &'a str,
}

/// The changes of an operation, first to last. An insertion and the deletion beside it are one.
pub(crate) fn changes(operation: &OperationSeq) -> Changes<'_> {
    Changes {
        steps: operation.ops().iter().peekable(),
        from: 0,
        at: 0,
    }
}

/// A length as the operation type holds it. That type sums them up in `usize` itself, so none is longer.
pub(crate) fn size(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// All that an operation inserts, first to last.
pub(crate) fn insertions(operation: &OperationSeq) -> impl Iterator<Item = &str> {
    operation.ops().iter().filter_map(|step| match step {
        Step::Insert(text) => Some(text.as_str()),
        Step::Retain(_) | Step::Delete(_) => None,
    })
}

/// Bytes that an operation inserts.
pub(crate) fn inserted_bytes(operation: &OperationSeq) -> usize {
    insertions(operation).map(str::len).sum()
}

/// See [`changes`].
pub(crate) struct Changes<'a> {
    steps: Peekable<Iter<'a, Step>>,
    from: usize,
    at: usize,
}

impl<'a> Changes<'a> {
    fn change(&mut self, inserted: &'a str, deleted: usize) -> Change<'a> {
        let change = Change {
            from: self.from,
            at: self.at,
            deleted,
            inserted,
        };
        self.from += deleted;
        self.at += chars::count(inserted);
        change
    }

    /// How much the next step deletes; that step is done then.
    fn deletion(&mut self) -> usize {
        let Some(Step::Delete(length)) = self.steps.peek() else {
            return 0;
        };
        self.steps.next();
        size(*length)
    }
}

impl<'a> Iterator for Changes<'a> {
    type Item = Change<'a>;

    fn next(&mut self) -> Option<Change<'a>> {
        loop {
            match self.steps.next()? {
                Step::Retain(length) => {
                    self.from += size(*length);
                    self.at += size(*length);
                }
                Step::Delete(length) => return Some(self.change("", size(*length))),
                Step::Insert(text) => {
                    let deleted = self.deletion();
                    return Some(self.change(text, deleted));
                }
            }
        }
    }
}
