//! Chat of a room: what a line in the log looks like, and what everybody hears of it. Lane: log.

use super::{
    book::{self, Book},
    command::Reply,
    outbox::{Audience, Effect, Out, Outbox},
};
use crate::store::{Entry, Loaded, LogError, Topic};
use protocol::{
    Millis, Name, Position, Refusal, RoomId,
    chat::{ChatMessage, Said},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The chat of one room. It remembers nothing but how far it goes: what was said is read from the log by those who ask.
#[derive(Debug)]
pub struct Chat {
    room: RoomId,
    position: Position,
}

/// Something to be said.
#[derive(Debug)]
pub struct Line {
    /// What the author is called.
    pub name: Name,
    /// Within its limits.
    pub text: String,
}

/// What stands in the log: a message without what the log itself knows.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    name: Name,
    text: String,
    at: Millis,
}

impl Book for Chat {
    type Wish = Line;

    const TOPIC: Topic = Topic::Chat;

    /// A line is right wherever it comes to stand.
    const EXACT: bool = false;

    fn open(room: RoomId, loaded: &Loaded) -> Result<Self, LogError> {
        let position = loaded.end;
        Ok(Self { room, position })
    }

    fn compose(&self, line: &Line, at: Millis) -> Result<Arc<str>, Refusal> {
        book::body(&Written {
            name: line.name.clone(),
            text: line.text.clone(),
            at,
        })
    }

    fn position(&self) -> Position {
        self.position
    }

    fn take(&mut self, entry: &Entry, out: &mut Outbox) {
        self.position.seq = entry.seq;
        if let Some(message) = message(&self.room, entry) {
            out.push(Effect::Out(Out::Emit(Audience::All, message.into())));
        }
    }

    fn reply(&self, entry: &Entry) -> Reply {
        let at = message(&self.room, entry).map_or(Millis(0), |message| message.at);
        Reply::Said(Said { seq: entry.seq, at })
    }
}

/// Reads a message back from the log. `None`, and a line in ours, where it is not one.
#[must_use]
pub fn message(room: &RoomId, entry: &Entry) -> Option<ChatMessage> {
    let Written { name, text, at } = book::read(Topic::Chat, entry)?;
    Some(ChatMessage {
        room: room.clone(),
        user_id: entry.by.clone(),
        name,
        text,
        at,
        seq: entry.seq,
        id: entry.id.clone(),
    })
}

/// The messages among entries of a room's chat log.
#[must_use]
pub fn messages(room: &RoomId, entries: &[Entry]) -> Vec<ChatMessage> {
    entries.iter().filter_map(|entry| message(room, entry)).collect()
}
