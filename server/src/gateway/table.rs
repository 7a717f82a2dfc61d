//! The table of all events that clients send. One entry here, one handler beside it: that is the whole inward protocol.

use super::{
    Gateway, auth,
    call::{Back, Call},
    chat,
    connection::{Connected, Connection},
    cursor, document, note, room, tape, typing,
};
use crate::metrics::UNKNOWN;
use protocol::{
    Code, Event as _, Refusal,
    auth::Refresh,
    chat::{ReadChat, Say},
    cursor::MoveCursor,
    document::{EditDocument, MoveCaret},
    note::ChangeNote,
    room::{Join, Leave},
    tape::ReadTape,
    typing::Type,
};
use serde::de::DeserializeOwned;
use socketioxide::{
    SocketIo,
    adapter::LocalAdapter,
    extract::{AckSender, Event, SocketRef, TryData},
    handler::{FromMessageParts, MessageHandler},
    socket::Socket,
};
use socketioxide_core::Value;
use std::{borrow::Cow, sync::Arc, time::Instant};

/// Characters of an unknown event's name that are told back.
const NAME: usize = 64;

/// The handler of every event. By hand, and not as an async function: it runs where the packet was read, in order, and no
/// task is made for it.
pub struct Table(pub Arc<Gateway>);

impl MessageHandler<LocalAdapter, Self> for Table {
    fn call(&self, socket: Arc<Socket<LocalAdapter>>, mut value: Value, ack: Option<i64>) {
        let started = Instant::now();
        let event = self.dispatch(&socket, &mut value, ack);
        self.0.metrics.events_in.inc(event);
        if let Some(histogram) = self.0.metrics.handler.get(event) {
            histogram.observe(started.elapsed().as_secs_f64());
        }
    }
}

/// What a handler is made from.
struct Packet<'a> {
    gateway: &'a Gateway,
    connected: Connected,
    socket: &'a Arc<Socket<LocalAdapter>>,
    value: &'a mut Value,
    ack: Option<i64>,
}

impl Table {
    /// Finds the handler by the event's name and runs it. Returns the name under which it counts.
    fn dispatch(&self, socket: &Arc<Socket<LocalAdapter>>, value: &mut Value, ack: Option<i64>) -> &'static str {
        let name = Event::from_message_parts(socket, value, &ack)
            .map(|Event(name)| name)
            .unwrap_or_default();
        let Some(connection) = socket.extensions.get::<Arc<Connection>>() else {
            return UNKNOWN;
        };
        let Ok(socket_ref) = SocketRef::from_message_parts(socket, value, &ack);
        let connected = Connected {
            connection,
            socket: socket_ref,
        };
        let packet = Packet {
            gateway: &self.0,
            connected,
            socket,
            value,
            ack,
        };
        match name.as_str() {
            Join::NAME => packet.route(Join::NAME, room::join),
            Leave::NAME => packet.route(Leave::NAME, room::leave),
            Say::NAME => packet.route(Say::NAME, chat::say),
            ReadChat::NAME => packet.route(ReadChat::NAME, chat::read),
            Type::NAME => packet.route(Type::NAME, typing::set),
            EditDocument::NAME => packet.route(EditDocument::NAME, document::edit),
            MoveCaret::NAME => packet.route(MoveCaret::NAME, document::caret),
            ChangeNote::NAME => packet.route(ChangeNote::NAME, note::change),
            MoveCursor::NAME => packet.route(MoveCursor::NAME, cursor::place),
            Refresh::NAME => packet.route(Refresh::NAME, auth::refresh),
            ReadTape::NAME => packet.route(ReadTape::NAME, tape::read),
            _ => packet.unknown(&name),
        }
    }
}

impl Packet<'_> {
    /// Decodes the payload and runs the handler; a payload of another shape is refused.
    fn route<T: DeserializeOwned>(mut self, event: &'static str, handler: fn(Call<'_>, T)) -> &'static str {
        let Ok(TryData(payload)) = TryData::<T>::from_message_parts(self.socket, self.value, &self.ack);
        let back = self.back(Cow::Borrowed(event));
        match payload {
            Ok(payload) => {
                let Ok(io) = SocketIo::from_message_parts(self.socket, self.value, &self.ack);
                handler(
                    Call {
                        gateway: self.gateway,
                        connection: self.connected.connection,
                        io,
                        back,
                    },
                    payload,
                );
            }
            Err(error) => {
                let message = format!("The payload of {event} is not of its shape: {error}");
                back.answer::<()>(Err(Refusal::new(Code::Malformed, message)));
            }
        }
        event
    }

    /// Refuses an event by a name that none has, told back shortened, as anybody may have made it up.
    fn unknown(mut self, name: &str) -> &'static str {
        let message = "No event has this name.";
        let name: String = name.chars().take(NAME).collect();
        self.back(Cow::Owned(name))
            .answer::<()>(Err(Refusal::new(Code::UnknownEvent, message)));
        UNKNOWN
    }

    fn back(&mut self, event: Cow<'static, str>) -> Back {
        let Ok(sender) = AckSender::from_message_parts(self.socket, self.value, &self.ack);
        let ack = self.ack.map(|_| sender);
        Back {
            connected: self.connected.clone(),
            ack,
            event,
            metrics: Arc::clone(&self.gateway.metrics),
        }
    }
}
