//! Notes of a room: the board that the log of their changes comes to. Lane: log.

use super::{
    book::{self, Book},
    command::Reply,
    outbox::{Audience, Effect, Out, Outbox},
};
use crate::store::{Entry, Loaded, LogError, Snapshot, Topic};
use app::note::board::Board;
use protocol::{
    Millis, Position, Refusal, RoomId, Seq,
    note::{Change, Note, NoteChanged, Noted},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The notes of one room.
#[derive(Debug)]
pub struct Notes {
    room: RoomId,
    board: Board,
    position: Position,
}

/// What stands in the log.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    at: Millis,
    change: Change,
}

impl Notes {
    /// All notes.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        self.board.notes()
    }

    /// Reads a change back from the log.
    #[must_use]
    pub fn changed(&self, entry: &Entry) -> Option<NoteChanged> {
        let Written { at, change } = book::read(Topic::Note, entry)?;
        Some(NoteChanged {
            room: self.room.clone(),
            user_id: entry.by.clone(),
            seq: entry.seq,
            id: entry.id.clone(),
            at,
            change,
        })
    }

    fn apply(&mut self, entry: &Entry) -> Option<NoteChanged> {
        self.position.seq = entry.seq;
        let changed = self.changed(entry)?;
        self.board
            .apply(&changed.user_id, changed.seq, changed.at, &changed.change);
        Some(changed)
    }
}

impl Book for Notes {
    type Wish = Change;

    const TOPIC: Topic = Topic::Note;

    const SNAPSHOT: u64 = 200;

    fn open(room: RoomId, loaded: &Loaded) -> Result<Self, LogError> {
        let Position { epoch, .. } = loaded.end;
        let (notes, seq) = match &loaded.snapshot {
            Some(Snapshot { seq, body }) => (read(body)?, *seq),
            None => (Vec::new(), Seq(0)),
        };
        let mut notes = Self {
            room,
            board: Board::from(notes),
            position: Position { epoch, seq },
        };
        loaded.entries.iter().for_each(|entry| {
            notes.apply(entry);
        });
        Ok(notes)
    }

    fn compose(&self, change: &Change, at: Millis) -> Result<Arc<str>, Refusal> {
        self.board.check(change)?;
        let change = change.clone();
        book::body(&Written { at, change })
    }

    fn position(&self) -> Position {
        self.position
    }

    fn take(&mut self, entry: &Entry, out: &mut Outbox) {
        if let Some(changed) = self.apply(entry) {
            out.push(Effect::Out(Out::Emit(Audience::All, changed.into())));
        }
    }

    fn reply(&self, entry: &Entry) -> Reply {
        let at = self.changed(entry).map_or(Millis(0), |changed| changed.at);
        Reply::Noted(Noted { seq: entry.seq, at })
    }

    fn snapshot(&self) -> Option<Arc<str>> {
        book::body(&self.board.notes()).ok()
    }
}

fn read(body: &str) -> Result<Vec<Note>, LogError> {
    serde_json::from_str(body).map_err(|error| LogError::Damaged(error.to_string()))
}
