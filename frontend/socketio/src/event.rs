//! What the application hears of a connection. How it is heard (a stream or a callback) is the driver's business.

use std::{fmt, time::Duration};

use crate::Payload;

/// Something that happened, in the order in which it happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The server acknowledged CONNECT. Each connection starts with it, so this is the place to join rooms again.
    Connected {
        /// The server's name for this connection; a new one at every connect.
        sid: String,
    },
    /// The server emitted an event.
    Message {
        /// Its name.
        name: String,
        /// Its arguments and attachments.
        payload: Payload,
        /// Given when the server waits for an acknowledgement: hand it to [`Client::reply`](crate::Client::reply).
        ack: Option<AckId>,
    },
    /// The server answered CONNECT with `connect_error`. The client rests until
    /// [`Client::reconnect`](crate::Client::reconnect), which asks the auth provider again: trying the same payload once
    /// more would only be refused once more. Kept requests stay.
    Refused {
        /// The server's words.
        message: String,
        /// What else the server said.
        data: Option<Payload>,
    },
    /// A connection that had been acknowledged is gone.
    Disconnected {
        /// Why. Tells also whether the client comes back by itself.
        reason: Reason,
    },
    /// An attempt failed or a connection went, and the next attempt is at hand.
    Reconnecting {
        /// Which attempt comes next; 1 for the first after a connection went.
        attempt: u32,
        /// How long until it starts.
        after: Duration,
        /// What made it necessary.
        cause: Reason,
    },
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The server disconnected us on purpose. No reconnection, unless it named a delay before.
    ServerDisconnect,
    /// [`Client::close`](crate::Client::close), or the last handle was dropped. The end.
    Closed,
    /// [`Client::reconnect`](crate::Client::reconnect) was called while connected: the next attempt starts at once.
    Renewed,
    /// The transport closed or failed; the driver's words. The client comes back.
    Transport(String),
    /// No ping came in time. The client comes back.
    PingTimeout,
    /// An attempt took longer than [`Config::connect_timeout`](crate::Config::connect_timeout). The client tries again.
    ConnectTimeout,
    /// The auth provider failed; its words. The client tries again.
    Auth(String),
    /// The server sent something that is not Socket.IO. The client comes back.
    Protocol,
    /// The browser lost its network. The client comes back when there is one.
    Offline,
    /// The page is being left. The client comes back if the page does (from the back-forward cache).
    PageHidden,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ServerDisconnect => "the server disconnected us",
            Self::Closed => "closed",
            Self::Renewed => "renewed",
            Self::Transport(words) | Self::Auth(words) => words,
            Self::PingTimeout => "no ping in time",
            Self::ConnectTimeout => "the server took too long",
            Self::Protocol => "the server does not speak Socket.IO",
            Self::Offline => "no network",
            Self::PageHidden => "the page was left",
        })
    }
}

/// Names one acknowledgement the server waits for. Good for the connection it came from: a reply after a reconnect is
/// dropped, since the new connection knows nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AckId {
    /// Which connection asked.
    pub(crate) connection: u32,
    /// The server's number.
    pub(crate) id: u64,
}
