//! The server as the network sees it: the crate's [`History`], beside the plainest reference there is, and repeated ids known.

use document::{History, OperationSeq, client::Sending, wire};
use operational_transform::Operation as Step;
use protocol::{Code, Epoch, MessageId, Position, Refusal, Seq, document::Operation};
use std::collections::HashMap;

/// One edit in the log.
#[derive(Clone)]
pub(crate) struct Edited {
    pub(crate) seq: Seq,
    pub(crate) author: usize,
    pub(crate) id: MessageId,
    pub(crate) operation: Operation,
}

/// What a join is answered with: what was missed, or the text.
#[derive(Clone)]
pub(crate) enum Replay {
    Missed(Vec<Edited>),
    Snapshot(Position, String),
}

pub(crate) struct Server {
    pub(crate) history: History,
    pub(crate) epoch: u64,
    /// The operations of the log done to a list of characters, one by one.
    pub(crate) reference: Vec<char>,
    log: Vec<Edited>,
    known: HashMap<(usize, MessageId), Seq>,
    keep: usize,
}

impl Server {
    pub(crate) fn new(keep: usize) -> Self {
        let text = "Everybody writes here.\n🙂 e\u{301}";
        Self {
            history: History::new(text, Seq(0), keep),
            epoch: 1,
            reference: text.chars().collect(),
            log: Vec::new(),
            known: HashMap::new(),
            keep,
        }
    }

    pub(crate) fn position(&self) -> Position {
        Position {
            epoch: Epoch(self.epoch),
            seq: self.history.seq(),
        }
    }

    /// Takes an edit: `Ok(Err(seq))` where it had it already.
    pub(crate) fn edit(&mut self, author: usize, sending: &Sending) -> Result<Result<Edited, Seq>, Refusal> {
        if let Some(seq) = self.known.get(&(author, sending.id.clone())) {
            return Ok(Err(*seq));
        }
        sending.operation.check()?;
        if sending.base.epoch != Epoch(self.epoch) {
            return Err(Refusal::new(Code::HistoryGone, "Another life."));
        }
        let operation = wire::read(&sending.operation)?;
        let rebased = self.history.rebase(sending.base.seq, operation)?;
        self.history.push(rebased.clone())?;
        apply(&mut self.reference, &rebased);
        let edited = Edited {
            seq: self.history.seq(),
            author,
            id: sending.id.clone(),
            operation: wire::write(&rebased),
        };
        self.known.insert((author, edited.id.clone()), edited.seq);
        self.log.push(edited.clone());
        Ok(Ok(edited))
    }

    pub(crate) fn replay(&self, position: Position) -> Replay {
        let since = self.history.since(position.seq);
        match since {
            Ok(missed) if position.epoch == Epoch(self.epoch) => {
                let first = self.log.len() - missed.len();
                Replay::Missed(self.log[first..].to_vec())
            }
            _ => Replay::Snapshot(self.position(), self.history.text()),
        }
    }

    /// Begins another life with a text, perhaps without knowing who wrote what.
    pub(crate) fn restart(&mut self, text: &str, forgets: bool) {
        self.epoch += 1;
        self.history = History::new(text, self.history.seq(), self.keep);
        self.reference = text.chars().collect();
        self.log.clear();
        if forgets {
            self.known.clear();
        }
    }
}

fn apply(text: &mut Vec<char>, operation: &OperationSeq) {
    let mut place = 0;
    for step in operation.ops() {
        match step {
            Step::Retain(length) => place += *length as usize,
            Step::Delete(length) => {
                text.drain(place..place + *length as usize);
            }
            Step::Insert(inserted) => {
                for char in inserted.chars() {
                    text.insert(place, char);
                    place += 1;
                }
            }
        }
    }
    assert_eq!(place, text.len());
}
