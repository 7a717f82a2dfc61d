//! The document of a room: the text that the log of its edits comes to, and the history that late edits are transformed
//! over. Lane: log.

use super::{
    book::{self, Book},
    command::Reply,
    outbox::{Audience, Effect, Out, Outbox},
};
use crate::store::{Entry, Loaded, LogError, Snapshot, Topic};
use ::document::{History, OperationSeq, caret::Side, wire};
use protocol::{
    Code, Epoch, Millis, PeerId, Position, Refusal, RoomId, Seq,
    document::{Caret, DocumentEdited, EditDocument, Edited, Operation},
    limits::DOCUMENT_HISTORY,
};
use serde::{Deserialize, Serialize};
use std::{collections::VecDeque, sync::Arc};

/// The document of one room.
#[derive(Debug)]
pub struct Document {
    room: RoomId,
    epoch: Epoch,
    history: History,
    /// Who made each of the newest edits, the last one last: as many as the history holds.
    authors: VecDeque<PeerId>,
    /// Edits that carets have not followed yet, with who made each.
    unfollowed: Vec<(PeerId, OperationSeq)>,
}

/// An edit as somebody wishes it.
#[derive(Debug)]
pub struct Edit {
    /// On which connection.
    pub peer: PeerId,
    /// Within the limits that need no text.
    pub edit: EditDocument,
}

/// What stands in the log.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    peer: PeerId,
    operation: Operation,
}

impl Document {
    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        self.history.text()
    }

    /// Somebody's caret of some revision, in the newest; `None` where that revision is gone or yet to come.
    #[must_use]
    pub fn caret(&self, peer: PeerId, caret: Caret) -> Option<Caret> {
        let end = self.history.seq();
        let author = |seq: Seq| {
            let back = usize::try_from(end.0.checked_sub(seq.0)?).ok()?;
            self.authors.iter().rev().nth(back)
        };
        self.history.caret(caret, |seq| side(peer, author(seq).copied()))
    }

    /// The edits that carets have not followed yet, with who made each.
    pub fn take_unfollowed(&mut self) -> Vec<(PeerId, OperationSeq)> {
        std::mem::take(&mut self.unfollowed)
    }

    /// Reads an edit back from the log.
    #[must_use]
    pub fn edited(&self, entry: &Entry) -> Option<DocumentEdited> {
        let Written { peer, operation } = book::read(Topic::Document, entry)?;
        Some(DocumentEdited {
            room: self.room.clone(),
            user_id: entry.by.clone(),
            peer,
            seq: entry.seq,
            id: entry.id.clone(),
            operation,
        })
    }

    fn apply(&mut self, entry: &Entry) -> Result<DocumentEdited, LogError> {
        let damaged = |why: &str| LogError::Damaged(format!("edit {} of {}: {why}", entry.seq, self.room));
        let edited = self.edited(entry).ok_or_else(|| damaged("not of its shape"))?;
        let operation = wire::read(&edited.operation).map_err(|unfit| damaged(&unfit.to_string()))?;
        let pushed = self.history.push(operation.clone());
        pushed.map_err(|unfit| damaged(&unfit.to_string()))?;
        self.authors.push_back(edited.peer);
        if self.authors.len() > DOCUMENT_HISTORY {
            self.authors.pop_front();
        }
        self.unfollowed.push((edited.peer, operation));
        Ok(edited)
    }
}

impl Book for Document {
    type Wish = Edit;

    const TOPIC: Topic = Topic::Document;

    /// A snapshot of the largest text then costs some 2 KiB an edit.
    const SNAPSHOT: u64 = 500;

    fn open(room: RoomId, loaded: &Loaded) -> Result<Self, LogError> {
        let (text, seq) = match &loaded.snapshot {
            Some(Snapshot { seq, body }) => (body.as_ref(), *seq),
            None => ("", Seq(0)),
        };
        let mut document = Self {
            room,
            epoch: loaded.end.epoch,
            history: History::new(text, seq, DOCUMENT_HISTORY),
            authors: VecDeque::new(),
            unfollowed: Vec::new(),
        };
        for entry in &loaded.entries {
            document.apply(entry)?;
        }
        document.unfollowed.clear();
        Ok(document)
    }

    fn compose(&self, Edit { peer, edit }: &Edit, _: Millis) -> Result<Arc<str>, Refusal> {
        if edit.base.epoch != self.epoch {
            let message = "The document has begun a new life since: join again.";
            return Err(Refusal::new(Code::HistoryGone, message));
        }
        let operation = wire::read(&edit.operation)?;
        let operation = self.history.rebase(edit.base.seq, operation)?;
        book::body(&Written {
            peer: *peer,
            operation: wire::write(&operation),
        })
    }

    fn position(&self) -> Position {
        Position {
            epoch: self.epoch,
            seq: self.history.seq(),
        }
    }

    fn take(&mut self, entry: &Entry, out: &mut Outbox) {
        match self.apply(entry) {
            Ok(edited) => out.push(Effect::Out(Out::Emit(Audience::All, edited.into()))),
            Err(error) => tracing::error!(%error, "the document does not go on from its log"),
        }
    }

    fn reply(&self, entry: &Entry) -> Reply {
        Reply::Edited(Edited { seq: entry.seq })
    }

    fn snapshot(&self) -> Option<Arc<str>> {
        Some(self.history.text().into())
    }
}

/// On which side of an insertion at its place somebody's caret is afterwards: what they write themselves pushes it along.
#[must_use]
pub fn side(peer: PeerId, author: Option<PeerId>) -> Side {
    if author == Some(peer) {
        Side::Behind
    } else {
        Side::Before
    }
}
