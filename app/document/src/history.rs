//! The server's side of one document: its text, and the newest operations that led to it.

use crate::{
    OperationSeq, Unfit,
    caret::{self, Side},
    change::{changes, inserted_bytes, insertions},
};
use operational_transform::Operation as Step;
use protocol::{
    Seq,
    document::Caret,
    limits::{DOCUMENT, HISTORY_BYTES, OPERATION_STEPS},
};
use ropey::Rope;
use std::{collections::VecDeque, sync::LazyLock};

#[cfg(test)]
mod tests;

/// Bytes of operations that one edit is transformed over, its own counted each time: some tens of milliseconds. An edit by
/// hand comes over 20,000 others with a tenth of it; what would hold up the room for longer is better transformed by the
/// client that made it, which is what it does when it joins again.
const WORK: usize = 64 * 1024 * 1024;

/// Most documents are empty, and a rope takes a kilobyte even so: these share one, each until it is written in.
static EMPTY: LazyLock<Rope> = LazyLock::new(Rope::new);

/// One document as the server holds it. A rope, since an edit of a long text must not move half of it; `ropey`, since it
/// finds a place by its number of characters, as operations count.
#[derive(Clone, Debug)]
pub struct History {
    text: Rope,
    seq: Seq,
    /// How many operations to keep.
    keep: usize,
    /// The newest operations, of which the last one made `seq`.
    operations: VecDeque<OperationSeq>,
    /// Bytes that they take: [`HISTORY_BYTES`] at most.
    weight: usize,
}

impl History {
    /// A document as a snapshot tells it. `keep`: how many operations to keep, usually
    /// [`DOCUMENT_HISTORY`](protocol::limits::DOCUMENT_HISTORY).
    #[must_use]
    pub fn new(text: &str, seq: Seq, keep: usize) -> Self {
        Self {
            text: rope(text),
            seq,
            keep,
            operations: VecDeque::new(),
            weight: 0,
        }
    }

    /// The newest revision.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The text of the newest revision.
    #[must_use]
    pub fn text(&self) -> String {
        self.text.to_string()
    }

    /// Bytes of the text in UTF-8.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len_bytes()
    }

    /// The operations after a revision, oldest first. [`Unfit::Future`] or [`Unfit::Gone`] where they are not there.
    pub fn since(&self, base: Seq) -> Result<impl ExactSizeIterator<Item = &OperationSeq>, Unfit> {
        let missed = self.seq.0.checked_sub(base.0).ok_or(Unfit::Future)?;
        let missed = usize::try_from(missed).map_err(|_| Unfit::Gone)?;
        let first = self.operations.len().checked_sub(missed).ok_or(Unfit::Gone)?;
        Ok(self.operations.range(first..))
    }

    /// Brings an operation that was made for an older revision to the newest. What comes of it, [`Self::push`] will take.
    pub fn rebase(&self, base: Seq, operation: OperationSeq) -> Result<OperationSeq, Unfit> {
        let mut work = 0;
        let mut rebased = operation;
        for earlier in self.since(base)? {
            work += weight(earlier) + weight(&rebased);
            if work > WORK {
                return Err(Unfit::Gone);
            }
            (_, rebased) = earlier.transform(&rebased).map_err(|_| Unfit::Length)?;
        }
        self.check(&rebased)?;
        Ok(rebased)
    }

    /// Does an operation to the text: the next revision. On an error nothing was changed.
    pub fn push(&mut self, operation: OperationSeq) -> Result<(), Unfit> {
        self.check(&operation)?;
        for change in changes(&operation) {
            self.text.remove(change.at..change.at + change.deleted);
            self.text.insert(change.at, change.inserted);
        }
        self.seq = self.seq.next();
        self.keep(operation);
        Ok(())
    }

    /// Brings a caret of an older revision to the newest. `side` says for each revision since on which side of an insertion
    /// the caret ends up: [`Side::Behind`] where the caret's owner made it. `None` for a revision that is gone or yet to
    /// come.
    #[must_use]
    pub fn caret(&self, caret: Caret, side: impl Fn(Seq) -> Side) -> Option<Caret> {
        let later = self.since(caret.seq).ok()?;
        let brought = caret::bring(caret, (caret.seq.0 + 1..).map(Seq).zip(later), side);
        let end = self.text.len_chars();
        Some(caret::map(brought, self.seq, |place| place.min(end)))
    }

    fn check(&self, operation: &OperationSeq) -> Result<(), Unfit> {
        if operation.base_len() != self.text.len_chars() {
            return Err(Unfit::Length);
        }
        if operation.ops().len() > OPERATION_STEPS {
            return Err(Unfit::Steps);
        }
        if insertions(operation).any(|text| text.contains('\r')) {
            return Err(Unfit::Line);
        }
        // A document that is too large already may still shrink.
        let full = DOCUMENT.max(self.bytes());
        let grown = self.bytes() + inserted_bytes(operation);
        if grown > full && grown - self.deleted_bytes(operation) > full {
            return Err(Unfit::Full);
        }
        Ok(())
    }

    fn deleted_bytes(&self, operation: &OperationSeq) -> usize {
        let byte = |char: usize| self.text.char_to_byte(char);
        changes(operation)
            .map(|change| byte(change.from + change.deleted) - byte(change.from))
            .sum()
    }

    fn keep(&mut self, operation: OperationSeq) {
        self.weight += weight(&operation);
        self.operations.push_back(operation);
        while self.operations.len() > self.keep || self.weight > HISTORY_BYTES {
            let Some(gone) = self.operations.pop_front() else { break };
            self.weight -= weight(&gone);
        }
    }
}

/// Bytes of memory that an operation takes, about.
fn weight(operation: &OperationSeq) -> usize {
    size_of::<OperationSeq>() + size_of_val::<[Step]>(operation.ops()) + inserted_bytes(operation)
}

fn rope(text: &str) -> Rope {
    if text.is_empty() {
        return EMPTY.clone();
    }
    Rope::from_str(text)
}
