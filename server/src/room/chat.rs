//! Chat of a room: lines wait here for their place in the log, one at a time. Lane: log.

use super::{
    command::{Reply, Ticket},
    outbox::{Audience, Effect, LogCall, Out, Outbox},
};
use crate::{
    clock::Now,
    store::{Appended, Entry, LogError, NewEntry},
};
use protocol::{
    Code, MessageId, Millis, Name, Refusal, RoomId, Seq, UserId,
    auth::Identity,
    chat::{ChatMessage, Said},
};
use serde::{Deserialize, Serialize};
use std::{collections::VecDeque, sync::Arc};

/// Lines that may wait for the log; beyond it the room is `busy`. A few seconds' worth on a slow store.
const WAITING: usize = 256;

/// When to try again after `busy` or `store_unavailable`, in milliseconds.
const RETRY: u64 = 1000;

/// The chat of one room.
#[derive(Debug)]
pub struct Chat {
    room: RoomId,
    /// The first of these is being written.
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    by: UserId,
    name: Name,
    text: String,
    id: MessageId,
    ticket: Ticket,
}

/// What stands in the log: a message without its place, which the log knows.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    name: Name,
    text: String,
    at: Millis,
}

impl Chat {
    /// An empty queue for this room.
    #[must_use]
    pub fn new(room: RoomId) -> Self {
        Self {
            room,
            waiting: VecDeque::new(),
        }
    }

    /// Queues a line, and writes it at once if none is under way. `false`: the queue was full, and the line refused.
    pub fn say(
        &mut self,
        now: Now,
        who: Identity,
        text: String,
        id: MessageId,
        ticket: Ticket,
        out: &mut Outbox,
    ) -> bool {
        if self.waiting.len() >= WAITING {
            let refusal = Refusal::new(Code::Busy, "The room has too much to write just now.").retry_after(RETRY);
            out.push(Effect::Out(Out::Answer(ticket, Err(refusal))));
            return false;
        }
        self.waiting.push_back(Waiting {
            by: who.user_id,
            name: who.name,
            text,
            id,
            ticket,
        });
        if self.waiting.len() == 1 {
            self.write(now, out);
        }
        true
    }

    /// The line under way has its place, or has not. Everybody hears it, its author is answered, the next is written.
    pub fn appended(&mut self, now: Now, at: Millis, result: Result<Appended, LogError>, out: &mut Outbox) {
        let Some(Waiting {
            by,
            name,
            text,
            id,
            ticket,
        }) = self.waiting.pop_front()
        else {
            return;
        };
        let answer = match result {
            Ok(Appended::New(position)) => {
                let seq = position.seq;
                let message = compose(&self.room, by, id, seq, Line { name, text, at });
                out.push(Effect::Out(Out::Emit(Audience::All, message.into())));
                Ok(Said { seq, at })
            }
            Ok(Appended::Repeated(entry)) => {
                let at = message(&self.room, &entry).map_or(at, |message| message.at);
                Ok(Said { seq: entry.seq, at })
            }
            Ok(Appended::Conflict(_)) => Err(unavailable()),
            Err(error) => {
                tracing::warn!(room = %self.room, %error, "a chat message could not be stored");
                Err(unavailable())
            }
        };
        out.push(Effect::Out(Out::Answer(ticket, answer.map(Reply::Said))));
        self.write(now, out);
    }

    fn write(&self, now: Now, out: &mut Outbox) {
        let Some(next) = self.waiting.front() else {
            return;
        };
        let line = Line {
            name: next.name.clone(),
            text: next.text.clone(),
            at: now.at,
        };
        match serde_json::to_string(&line) {
            Ok(json) => {
                let entry = NewEntry {
                    by: next.by.clone(),
                    id: next.id.clone(),
                    body: Arc::from(json),
                };
                out.push(Effect::Log(LogCall::Append { entry, at: now.at }));
            }
            // Strings and numbers always serialize; should that change, the line must not block those behind it.
            Err(error) => tracing::error!(%error, "a chat line does not serialize"),
        }
    }
}

/// Reads a message back from the log. `None`, and a line in ours, where it is not one.
#[must_use]
pub fn message(room: &RoomId, entry: &Entry) -> Option<ChatMessage> {
    let line = serde_json::from_str(&entry.body)
        .inspect_err(
            |error| tracing::warn!(%room, seq = %entry.seq, %error, "an entry of the chat log is no chat line"),
        )
        .ok()?;
    Some(compose(room, entry.by.clone(), entry.id.clone(), entry.seq, line))
}

fn compose(room: &RoomId, user_id: UserId, id: MessageId, seq: Seq, Line { name, text, at }: Line) -> ChatMessage {
    let room = room.clone();
    ChatMessage {
        room,
        user_id,
        name,
        text,
        at,
        seq,
        id,
    }
}

/// The messages among entries of a room's chat log.
#[must_use]
pub fn messages(room: &RoomId, entries: &[Entry]) -> Vec<ChatMessage> {
    entries.iter().filter_map(|entry| message(room, entry)).collect()
}

/// The refusal of what the store did not take.
#[must_use]
pub fn unavailable() -> Refusal {
    Refusal::new(Code::StoreUnavailable, "The message could not be stored.").retry_after(RETRY)
}
