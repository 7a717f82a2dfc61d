//! The table of all events that clients send. One entry here, one handler beside it: that is the whole inward protocol.

use super::{
    Gateway, access, auth,
    call::{Back, Call},
    chat,
    connection::{Connected, Connection},
    cursor, document,
    meter::{Kind, too_fast},
    note, room, tape, typing,
};
use crate::metrics::UNKNOWN;
use protocol::{
    Code, Event as _, Refusal,
    access::ChangeAccess,
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
    adapter::LocalAdapter,
    extract::{AckSender, Event, SocketRef, TryData},
    handler::{FromMessageParts, MessageHandler},
    socket::Socket,
};
use socketioxide_core::Value;
use std::{
    borrow::Cow,
    sync::Arc,
    time::{Duration, Instant},
};

/// Characters of an unknown event's name that are told back.
const NAME: usize = 64;

/// The handler of every event of one connection. By hand, and not as an async function: it runs where the packet was read,
/// in order, and no task is made for it.
pub struct Table {
    /// What there is to work with.
    pub gateway: Arc<Gateway>,
    /// Whose events these are.
    pub connection: Arc<Connection>,
}

impl MessageHandler<LocalAdapter, Self> for Table {
    fn call(&self, socket: Arc<Socket<LocalAdapter>>, mut value: Value, ack: Option<i64>) {
        let started = Instant::now();
        let event = self.dispatch(&socket, &mut value, ack);
        self.gateway.metrics.events_in.inc(event);
        if let Some(histogram) = self.gateway.metrics.handler.get(event) {
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
        let Ok(socket_ref) = SocketRef::from_message_parts(socket, value, &ack);
        let connected = Connected {
            connection: Arc::clone(&self.connection),
            socket: socket_ref,
        };
        let packet = Packet {
            gateway: &self.gateway,
            connected,
            socket,
            value,
            ack,
        };
        match name.as_str() {
            Join::NAME => packet.route(Kind::Join, Join::NAME, room::join),
            Leave::NAME => packet.route(Kind::Other, Leave::NAME, room::leave),
            Say::NAME => packet.route(Kind::Chat, Say::NAME, chat::say),
            ReadChat::NAME => packet.route(Kind::Other, ReadChat::NAME, chat::read),
            Type::NAME => packet.conflate(Type::NAME, typing::set),
            EditDocument::NAME => packet.route(Kind::Document, EditDocument::NAME, document::edit),
            MoveCaret::NAME => packet.conflate(MoveCaret::NAME, document::caret),
            ChangeAccess::NAME => packet.route(Kind::Other, ChangeAccess::NAME, access::change),
            ChangeNote::NAME => packet.route(Kind::Note, ChangeNote::NAME, note::change),
            MoveCursor::NAME => packet.conflate(MoveCursor::NAME, cursor::place),
            Refresh::NAME => packet.route(Kind::Other, Refresh::NAME, auth::refresh),
            ReadTape::NAME => packet.route(Kind::Other, ReadTape::NAME, tape::read),
            _ => packet.unknown(&name),
        }
    }
}

impl Packet<'_> {
    /// Counts the event; one that comes too fast is refused, as it is.
    fn route<T: DeserializeOwned>(mut self, kind: Kind, event: &'static str, handler: fn(Call<'_>, T)) -> &'static str {
        if let Err(wait) = self.meter(kind) {
            self.back(Cow::Borrowed(event)).answer::<()>(Err(too_fast(wait)));
            return event;
        }
        self.conflate(event, handler)
    }

    /// Decodes the payload and runs the handler; a payload of another shape is refused. How often it comes is the handler's
    /// to mind.
    fn conflate<T: DeserializeOwned>(mut self, event: &'static str, handler: fn(Call<'_>, T)) -> &'static str {
        let Ok(TryData(payload)) = TryData::<T>::from_message_parts(self.socket, self.value, &self.ack);
        let back = self.back(Cow::Borrowed(event));
        match payload {
            Ok(payload) => {
                handler(
                    Call {
                        gateway: self.gateway,
                        connection: self.connected.connection,
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
        let name: String = name.chars().take(NAME).collect();
        let refusal = match self.meter(Kind::Other) {
            Ok(()) => Refusal::new(Code::UnknownEvent, "No event has this name."),
            Err(wait) => too_fast(wait),
        };
        self.back(Cow::Owned(name)).answer::<()>(Err(refusal));
        UNKNOWN
    }

    /// Counts the event, or says how long to wait.
    fn meter(&self, kind: Kind) -> Result<(), Duration> {
        let taken = self.connected.connection.meters.take(kind);
        taken.inspect_err(|_| self.gateway.metrics.rate_limited.inc(kind.label()))
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
