//! One event of one connection, on its way from decoding to its answer.

use super::{
    Gateway,
    connection::{Connected, Connection},
    meter::Kind,
    outbox,
    weight::weight,
};
use crate::{
    memory::Memory,
    room::{
        book::RETRY,
        command::{Addressee, Command, Reply, Ticket},
        state::not_joined,
    },
    rooms::Rooms,
};
use protocol::{Answer, Code, Refusal, RoomId, refusal::Refused};
use socketioxide::extract::{AckSender, SocketRef};
use std::{borrow::Cow, sync::Arc, time::Duration};

/// An event that is being handled.
pub struct Call<'a> {
    /// What there is to work with.
    pub gateway: &'a Gateway,
    /// Whose event it is.
    pub connection: Arc<Connection>,
    /// The way back.
    pub back: Back,
}

/// The way an answer takes to the client: the ack if it asked for one, else an event, and that only for refusals.
pub struct Back {
    pub(super) connected: Connected,
    pub(super) ack: Option<AckSender>,
    pub(super) event: Cow<'static, str>,
    pub(super) metrics: Arc<crate::metrics::Metrics>,
}

impl Back {
    /// Answers with anything that serializes.
    pub fn answer<T: serde::Serialize>(self, answer: Result<T, Refusal>) {
        if let Err(refusal) = &answer {
            self.metrics.refusals.inc(refusal.code.as_str());
            if !self.connected.connection.meters.may_be_refused() {
                return self.connected.connection.end_flood();
            }
        }
        match (self.ack, answer) {
            (Some(ack), answer) => {
                let answer = Answer::from(answer);
                self.connected.connection.sent(weight(&answer));
                // The one way this fails that matters: the connection's queue is full.
                if ack.send(&answer).is_err() && self.connected.socket.connected() {
                    self.connected.connection.evict();
                }
            }
            (None, Err(error)) => {
                let event = self.event.into_owned();
                outbox::emit(&self.connected, &Refused { event, error }.into());
            }
            (None, Ok(_)) => {}
        }
    }

    /// The same, for a room to hold.
    pub fn ticket(self) -> Ticket {
        Ticket::new(self)
    }
}

impl Addressee for Back {
    fn puts_off(&self) -> Option<Refusal> {
        let flow = self.connected.connection.flow();
        if flow.is_behind() {
            return Some(behind());
        }
        flow.memory().is_full().then(Memory::refusal)
    }

    fn answer(self: Box<Self>, answer: Result<Reply, Refusal>) {
        Back::answer(*self, answer);
    }
}

/// The refusal of who has too much to read already.
fn behind() -> Refusal {
    let message = "Too much is on its way to you already: read that first.";
    Refusal::new(Code::Busy, message).retry_after(RETRY)
}

impl Call<'_> {
    /// Gives a command to a room that this connection has joined, or refuses.
    pub fn hand(self, room: &RoomId, command: impl FnOnce(Ticket) -> Command) {
        let sender = self.connection.way(room);
        let Some(sender) = sender else {
            return self.back.answer::<()>(Err(not_joined()));
        };
        if let Err(returned) = self.gateway.rooms.send(&sender, command(self.back.ticket())) {
            let (command, refusal) = *returned;
            command.refuse(refusal);
        }
    }

    /// The same for the tick lane, where the newest is worth as much as all: what comes too fast is held, in place of what
    /// was held before, and given to the room as soon as it may be.
    pub fn hand_newest(self, event: &'static str, room: &RoomId, command: impl FnOnce(Ticket) -> Command) {
        match self.connection.meters.take(Kind::Cursor) {
            Ok(()) => {
                self.connection.held.outdate(event, room);
                self.hand(room, command);
            }
            Err(wait) => {
                self.gateway.metrics.rate_limited.inc(Kind::Cursor.label());
                let command = command(self.back.ticket());
                if self.connection.held.keep(event, room, command) {
                    let (rooms, connection) = (Arc::clone(&self.gateway.rooms), self.connection);
                    self.gateway.rooms.spawn(let_go(rooms, connection, wait));
                }
            }
        }
    }

    /// The socket of this call.
    pub fn socket(&self) -> &SocketRef {
        &self.back.connected.socket
    }
}

/// Gives what a connection holds to its rooms, once it may.
async fn let_go(rooms: Arc<Rooms>, connection: Arc<Connection>, mut wait: Duration) {
    loop {
        tokio::time::sleep(wait).await;
        match connection.meters.take(Kind::Cursor) {
            Ok(()) => break,
            Err(more) => wait = more,
        }
    }
    for (room, command) in connection.held.release() {
        let Some(way) = connection.way(&room) else { continue };
        if let Err(returned) = rooms.send(&way, command) {
            let (command, refusal) = *returned;
            command.refuse(refusal);
        }
    }
}
