//! Taking back the edit under way: the server refused it, or a snapshot brought it along.

use super::Client;
use crate::{OperationSeq, apply::deletions};
use protocol::{MessageId, Seq};

/// An edit that was taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Undone {
    /// What that did to the text at hand.
    pub change: OperationSeq,
    /// What the person had written and does not see any more, stretches that stood apart on lines of their own. To be kept
    /// for them.
    pub inserted: String,
}

impl Client {
    /// The server refused the edit under way: it is taken back, and what was written behind it stays where it can. `None`
    /// where another edit is under way, or none.
    ///
    /// Not for `history_gone`: that asks for a join, after which [`Client::again`] has the same edit for a newer revision.
    pub fn refused(&mut self, id: &MessageId) -> Option<Undone> {
        if self.outstanding() != Some(id) {
            return None;
        }
        let change = self.pending.as_mut()?.withdraw()?;
        let inserted: Vec<&str> = deletions(&self.text, &change).filter(|text| !text.is_empty()).collect();
        let inserted = inserted.join("\n");
        self.change(&change);
        self.settle();
        Some(Undone { change, inserted })
    }

    /// The ack of the edit under way: `seq` is the revision that it made. It is confirmed when it is heard; but what lies
    /// behind us already and was never heard came with a snapshot, and the edit, which was done to that once more, is taken
    /// back here. `None`, as nearly always, where nothing was changed.
    pub fn acknowledged(&mut self, id: &MessageId, seq: Seq) -> Option<OperationSeq> {
        if seq > self.position.seq {
            return None;
        }
        self.refused(id).map(|undone| undone.change)
    }
}
