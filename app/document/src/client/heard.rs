//! What comes from the server in the order of the log: others' edits, and one's own as a confirmation.

use super::{Client, pending::Pending};
use crate::{OperationSeq, difference};
use protocol::{MessageId, Position, Seq};
use std::collections::VecDeque;

/// Operations that are kept so that carets of somewhat older revisions can be brought to the newest: a few seconds of many
/// people typing. A caret is sent anew within that time, or its owner is away.
const ECHOES: usize = 256;

/// What became of an edit that was heard.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// It is the one under way: the text had it already. [`Client::take`] may have the next.
    Confirmed,
    /// It was somebody else's: this was done to the text at hand.
    Changed(OperationSeq),
    /// It had been heard before.
    Known,
    /// One before it is missing; nothing was changed. Join again and say where we stand.
    Gap,
}

/// What was heard cannot be true: nothing was changed, and only a snapshot helps, see [`Client::reset`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Astray {
    /// The operation does not have the length of the server's text.
    #[error("an edit does not have the length of the text")]
    Length,
    /// The own edit came back as another than it must have become on the server: texts differ already.
    #[error("an edit came back as another than was sent")]
    Altered,
}

/// The newest operations as they were heard, each made for the one before. The last made the client's position.
#[derive(Clone, Debug, Default)]
pub(super) struct Echoes(VecDeque<OperationSeq>);

impl Echoes {
    fn push(&mut self, operation: OperationSeq) {
        if self.0.len() == ECHOES {
            self.0.pop_front();
        }
        self.0.push_back(operation);
    }

    /// The newest so many, with their revisions.
    pub(super) fn last(&self, count: u64, newest: Seq) -> Option<impl Iterator<Item = (Seq, &OperationSeq)>> {
        let first = self.0.len().checked_sub(usize::try_from(count).ok()?)?;
        let seqs = (newest.0 - count..=newest.0).skip(1).map(Seq);
        Some(seqs.zip(self.0.range(first..)))
    }
}

impl Client {
    /// One edit as everybody hears it. `mine`: its id, if this person is its author; by that the edit under way is known.
    pub fn heard(&mut self, seq: Seq, mine: Option<&MessageId>, operation: OperationSeq) -> Result<Heard, Astray> {
        if seq <= self.position.seq {
            return Ok(Heard::Known);
        }
        if seq.0 - self.position.seq.0 > 1 {
            return Ok(Heard::Gap);
        }
        let heard = if mine.is_some() && mine == self.outstanding() {
            self.confirmed(&operation)?
        } else {
            Heard::Changed(self.changed(&operation)?)
        };
        self.position.seq = seq;
        self.echoes.push(operation);
        self.settle();
        Ok(heard)
    }

    /// A snapshot takes the place of the server's text: history was lost, or too much was missed. Returns what it does to
    /// the text at hand.
    ///
    /// What was pending is done to the new text where it can be: what lies between the old text of the server and the new
    /// one is taken as one edit of somebody else. The edit under way keeps its id. Whether the snapshot has it already,
    /// nobody can tell here: then it stands there twice, until [`Client::acknowledged`] hears that the server knew it; for
    /// good, where the server has forgotten its id.
    pub fn reset(&mut self, position: Position, text: &str) -> OperationSeq {
        let difference = difference(self.server(), text, None);
        let change = self.changed(&difference).unwrap_or_else(|_| self.give_up(text));
        self.position = position;
        self.echoes = Echoes::default();
        self.settle();
        change
    }

    /// Somebody else's edit of the server's text. Returns what it did to the one at hand.
    fn changed(&mut self, operation: &OperationSeq) -> Result<OperationSeq, Astray> {
        let change = match &mut self.pending {
            Some(pending) => pending.hear(operation).map_err(|_| Astray::Length)?,
            None if operation.base_len() == self.length => operation.clone(),
            None => return Err(Astray::Length),
        };
        self.change(&change);
        Ok(change)
    }

    fn confirmed(&mut self, operation: &OperationSeq) -> Result<Heard, Astray> {
        let pending = self.pending.as_mut().ok_or(Astray::Altered)?;
        pending.confirm(operation)?;
        Ok(Heard::Confirmed)
    }

    /// Takes a text in place of the one at hand, and forgets what was pending.
    fn give_up(&mut self, text: &str) -> OperationSeq {
        let change = difference(&self.text, text, None);
        self.pending = None;
        self.change(&change);
        change
    }

    /// The text of the position.
    fn server(&self) -> &str {
        self.pending.as_ref().map_or(&self.text, Pending::server)
    }
}
