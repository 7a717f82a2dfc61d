//! The two codecs, Engine.IO and Socket.IO, as one: over WebSocket each text message is one Engine.IO packet, and each that
//! matters carries one Socket.IO packet. Which packet may come when is the connection's business.

pub(crate) mod decode;
pub(crate) mod encode;

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::Payload;

/// A packet a server can send.
#[derive(Debug)]
pub(crate) enum Packet {
    Open(Handshake),
    /// Engine.IO `close`: the transport is about to go.
    Close,
    Ping,
    /// A pong to a ping we never send, or a no-op.
    Nothing,
    Connect {
        sid: String,
    },
    ConnectError {
        message: String,
        data: Option<Payload>,
    },
    Disconnect,
    Event(Event),
    Ack(Ack),
}

/// What Engine.IO opens with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handshake {
    pub(crate) ping_interval: Duration,
    pub(crate) ping_timeout: Duration,
}

impl Handshake {
    /// How long the line may be silent: a ping is due each interval, and may be late by the timeout.
    pub(crate) fn patience(self) -> Duration {
        self.ping_interval.saturating_add(self.ping_timeout)
    }
}

/// An event, whole but for its attachments.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: Option<u64>,
    pub(crate) name: String,
    pub(crate) payload: Payload,
    /// How many binary messages follow that belong to it.
    pub(crate) attachments: usize,
}

/// An acknowledgement, whole but for its attachments.
#[derive(Debug)]
pub(crate) struct Ack {
    pub(crate) id: u64,
    pub(crate) payload: Payload,
    /// How many binary messages follow that belong to it.
    pub(crate) attachments: usize,
}
